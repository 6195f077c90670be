"""Labels of rows: what stands in the model beside children: net capacity, infant classes, gates, the rules between openings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_value import KeptRows
from placeplan.allocate.rules import Rule
from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.gates import gates
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening, which_bind
from placeplan.options.option import Options

Labelled = tuple[pd.DataFrame, pd.DataFrame]


def nets_of(network: Network, urns: Number, model: KeptRows) -> Labelled:
    """Return the net capacity of each school and year in which it can bind, and what openings change of it."""
    rows = which_bind(model.upper[model.columns("rolls")], network.roll_of(), network.places.net)
    return _limits(network, urns, network.places.net, rows)


def infants_of(network: Network, urns: Number, model: KeptRows) -> Labelled:
    """Return the infants that the classes of each school and year hold, where that can bind, and what openings change of it."""
    rows = which_bind(model.upper[model.columns("bundles")], network.infants_matrix(), network.places.infants)
    return _limits(network, urns, network.places.infants, rows)


def _limits(network: Network, urns: Number, limit: ByOpening, rows: Whole) -> Labelled:
    """Return urn, academic_year, places where a limit can bind. rows: in which of its rows, school by planned year."""
    years = len(network.years)
    frame = {
        "urn": urns[rows // years],
        "academic_year": network.years[0] + rows % years,
        "places": limit.constant[rows],
    }
    return pd.DataFrame(frame), changes(limit.matrix[rows], "places")


def gates_of(network: Network, bundles: pd.DataFrame) -> Labelled:
    """Return the stays that not every state of their school allows: how many they can hold, and what opens them."""
    of = gates(network)
    keys = bundles[["urn", "cohort", "from_nc_year", "to_nc_year"]].iloc[of.bundle].reset_index(drop=True)
    someone = (of.most > 0).astype(float)
    share = sparse.csr_matrix(sparse.diags_array(someone) @ of.shares)
    return keys.assign(most=of.most, today=of.today * someone), changes(share, "share")


def rules_of(rules: Sequence[Rule], options: Options) -> Labelled:
    """Return each rule between openings alone, by its name, and the openings it speaks of, by their decisions."""
    names, most = [rule.name for rule in rules], np.array([rule.at_most for rule in rules], dtype=float)
    told = pd.DataFrame({"rule": names, "at_least": np.full(len(rules), -np.inf), "at_most": most})
    parts = pd.DataFrame(
        [(row, column, amount) for row, rule in enumerate(rules) for column, amount in sorted(rule.amounts.items())],
        columns=["row", "opening", "amount"],
    ).astype({"row": np.int64, "opening": np.int64, "amount": float})
    decision = np.array([d.name for d in options.decisions], dtype=object)
    return told, parts.assign(decision=decision[options.opening_decision[parts["opening"]]])


def together_of(network: Network) -> pd.DataFrame:
    """Return row, stay, amount of the rows that keep pupils of a closed school with the one that takes them."""
    if not network.states.closes_into_another:
        return pd.DataFrame({"row": np.zeros(0, int), "stay": np.zeros(0, int), "amount": np.zeros(0)})
    leaves, joins = network.moving_together()
    some = np.flatnonzero(np.diff(leaves.indptr))
    return changes((leaves[some] - joins[some]).tocsr(), "amount").rename(columns={"opening": "stay"})


def changes(matrix: sparse.csr_matrix, figure: str) -> pd.DataFrame:
    """Return row, opening and a figure: what is added to the row where the opening column is 1."""
    table = sparse.csr_matrix(matrix)
    table.sum_duplicates()
    table.eliminate_zeros()
    found = table.tocoo()
    told = pd.DataFrame({"row": found.row, "opening": found.col, figure: found.data})
    return told.sort_values(["row", "opening"], ignore_index=True)

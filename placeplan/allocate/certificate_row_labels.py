"""Labels of rows: what stands in the model beside children: net capacity, infant classes, gates, the rules between openings."""

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_value import KeptRows
from placeplan.allocate.openings_alone import openings_alone
from placeplan.domain.arrays import Number
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening

Labelled = tuple[pd.DataFrame, pd.DataFrame]


def nets_of(network: Network, urns: Number, model: KeptRows) -> Labelled:
    """Return the net capacity of each school and year in which it can bind, and what openings change of it."""
    could = np.asarray(network.roll_of() @ model.upper[model.columns("rolls")])
    return _limits(network, urns, network.places.net, could)


def infants_of(network: Network, urns: Number, model: KeptRows) -> Labelled:
    """Return the infants that the classes of each school and year hold, where that can bind, and what openings change of it."""
    could = np.asarray(network.infants_matrix() @ model.upper[model.columns("bundles")])
    return _limits(network, urns, network.places.infants, could)


def _limits(network: Network, urns: Number, limit: ByOpening, could: Number) -> Labelled:
    """Return urn, academic_year, places where a limit can bind. could: those who could be there, by school and planned year."""
    years = len(network.years)
    touched = np.asarray(abs(limit.matrix).sum(axis=1)).ravel() > 0
    rows = np.flatnonzero((could > limit.constant) | (touched & (could > 0)))
    frame = {
        "urn": urns[rows // years],
        "academic_year": network.years[0] + rows % years,
        "places": limit.constant[rows],
    }
    return pd.DataFrame(frame), changes(limit.matrix[rows], "places")


def gates_of(model: KeptRows, bundles: pd.DataFrame) -> Labelled:
    """Return the stays that not every state of their school allows: how many they can hold, and what opens them."""
    rows = model.of_kind("gate")
    table = model.rows.tocsr()[rows]
    whose = sparse.csr_matrix(table[:, model.columns("bundles")]).indices
    keys = bundles[["urn", "cohort", "from_nc_year", "to_nc_year"]].iloc[whose].reset_index(drop=True)
    openings = -table[:, model.columns("openings")]
    side = model.row_upper[rows]
    largest = np.asarray(abs(openings).max(axis=1).todense()).ravel() if len(rows) else np.zeros(0)
    most = np.maximum(side, largest)
    share = sparse.diags_array(1 / np.where(most > 0, most, 1.0)) @ openings
    return keys.assign(most=most, today=side / np.where(most > 0, most, 1.0)), changes(share.tocsr(), "share")


def rules_of(model: KeptRows, openings: pd.DataFrame) -> Labelled:
    """Return each rule between openings alone, by its name, and the openings it speaks of, by theirs."""
    table = sparse.csr_matrix(model.rows.tocsr())
    rows = np.flatnonzero(openings_alone(table, model.integer) & ~np.isin(model.row_kind, _at(model, "stays open")))
    names = np.array(model.row_names, dtype=object)[model.row_kind[rows]]
    told = pd.DataFrame({"rule": names, "at_least": model.row_lower[rows], "at_most": model.row_upper[rows]})
    parts = changes(sparse.csr_matrix(table[rows][:, model.integer]), "amount")
    return told, parts.assign(decision=openings["decision"].to_numpy(dtype=object)[parts["opening"]])


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


def _at(model: KeptRows, name: str) -> list[int]:
    """Return the positions of a name among the names of rows."""
    return [k for k, told in enumerate(model.row_names) if told == name]

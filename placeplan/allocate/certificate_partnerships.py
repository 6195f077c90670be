"""Partnerships, recounted: transfers inside them, from labels alone. Who moves with a school that closes makes no transfer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_recount import Journeys, summed
from placeplan.allocate.certificate_rows import Rows, at_most, entries, identity, ones
from placeplan.allocate.certificate_value import Labels
from placeplan.domain.arrays import Number, Whole, YesNo


@dataclass(frozen=True)
class Moving:
    """Stays whose school closes into another. stays: which they are.  into: for every stay the urn of that other, else ""."""

    stays: YesNo
    into: np.ndarray


def moving_of(labels: Labels) -> Moving:
    """Return whose pupils go on in the school that takes them: those who leave in a row are more than 0, who join less."""
    together, urn = labels.together, labels.stays["urn"].to_numpy(dtype=object)
    row, stay, amount = (together[name].to_numpy() for name in ("row", "stay", "amount"))
    leaves, joins = amount > 0, amount < 0
    takes = dict(zip(row[joins].tolist(), urn[stay[joins].astype(int)], strict=True))
    found = Moving(np.zeros(len(urn), dtype=bool), np.full(len(urn), "", dtype=object))
    found.stays[stay[leaves].astype(int)] = True
    found.into[stay[leaves].astype(int)] = [takes.get(one, "") for one in row[leaves].tolist()]
    return found


def kept_transfers(journeys: Journeys, children: Number) -> Number:
    """Return the transfers kept inside a partnership, one a kept pair: at most, the strongest partnership first."""
    labels = journeys.labels
    pairs, count = labels.kept, len(labels.nodes)
    if not len(pairs):
        return np.zeros(0)
    moving, node = moving_of(labels), journeys.node_of_area(pairs)
    urn = labels.stays["urn"].to_numpy(dtype=object)

    def lesser(of: YesNo, into: YesNo) -> Number:
        joins = summed(journeys.begins, children * of, count) - journeys.arrivals(children * moving.stays * into)
        return np.minimum(journeys.arrivals(children * of * ~moving.stays), joins)

    everybody = np.ones(len(urn), dtype=bool)
    left, kept = lesser(everybody, everybody), np.zeros(len(pairs))
    for partnership in labels.members["partnership"].unique():
        members = labels.members.query("partnership == @partnership")["urn"]
        least = lesser(np.isin(urn, members), np.isin(moving.into, members))
        rows = np.flatnonzero(pairs["partnership"].to_numpy(dtype=object) == partnership)
        kept[rows] = np.minimum(least, left)[node[rows]]
        left[node[rows]] -= kept[rows]
    return kept


def kept_rows(journeys: Journeys) -> Iterator[tuple[str, Rows]]:
    """Yield the rows: a transfer is kept at most as often as children leave, and join, inside the partnership, and once."""
    labels, moving = journeys.labels, moving_of(journeys.labels)
    pairs, members, urn = labels.kept, labels.members, labels.stays["urn"].to_numpy(dtype=object)
    node = journeys.node_of_area(pairs) if len(pairs) else np.zeros(0, dtype=int)
    names = members["partnership"].unique()
    of = [members.loc[members["partnership"] == name, "urn"] for name in names]
    whose = pd.Index(names).get_indexer(pairs["partnership"]) if len(pairs) else np.zeros(0, dtype=int)
    each, nothing = identity(len(pairs)), np.zeros(len(pairs))
    stays, begins = np.arange(len(urn)), ones(journeys.begins, len(labels.nodes))
    goes_on, together = (
        entries(journeys.goes_to, stays, journeys.goes_on * which, len(labels.nodes), len(urn))
        for which in (~moving.stays, moving.stays)
    )

    def inside(table: sparse.csr_matrix, school: np.ndarray) -> sparse.csr_matrix:
        belongs = np.array([np.isin(school, one) for one in of], dtype=float).reshape(-1, len(urn))
        return table[node].multiply(sparse.csr_matrix(belongs)[whose]).tocsr() if len(pairs) else table[:0]

    yield "kept leaves", at_most({"kept": each, "stays": -inside(goes_on, urn)}, nothing)
    joins = inside(begins, urn) - inside(together, moving.into)
    yield "kept joins", at_most({"kept": each, "stays": -joins}, nothing)
    twice = bool(members["urn"].duplicated().any())
    at, which = _once(node, twice)
    add = ones(which, len(at)) if twice else identity(len(pairs))[:0]
    yield "kept once, leaving", at_most({"kept": add, "stays": -goes_on[at]}, np.zeros(len(at)))
    yield "kept once, joining", at_most({"kept": add, "stays": together[at] - begins[at]}, np.zeros(len(at)))


def _once(node: Whole, twice: bool) -> tuple[Whole, Whole]:
    """Return the nodes of the kept pairs, each once, and of each pair which it is; none where no school is in two."""
    at, which = np.unique(node, return_inverse=True)
    return (at, which) if twice else (at[:0], which)

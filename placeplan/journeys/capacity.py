"""Capacity: the places of a school that count as spare or full, no more of them than its net capacity holds."""

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.openings import ByOpening, by_state
from placeplan.options.option import GROUPS


def capacity(network: Network, band: int) -> ByOpening:
    """Return school × planned year: places of a band of year groups, all bands together no more than net capacity.

    Of each opening year of a decision by itself: the lesser of net capacity and all open year groups then, shared among
    the bands by their places. What several decisions change at one school is added up, which is exact where the lesser of
    the two is the same with each of them. A school that a closure option shuts (outside an age-range package) keeps the
    places of its base-year roll, or closing a full school would look like fewer spare places.
    """
    options, net = network.options, network.places.net
    places = [_of_band(network, k) for k in range(len(BANDS))]
    today = _counted([p.constant for p in places], net.constant)[band]
    added = [(p.matrix @ options.open_then()).tocsr() for p in places]
    more_net = (net.matrix @ options.open_then()).tocsr()
    touched = sum((abs(m) for m in added), abs(more_net)).tocoo()
    row, column = touched.row[touched.data > 0], touched.col[touched.data > 0]
    then = [p.constant[row] + _at(m, row, column) for p, m in zip(places, added, strict=True)]
    change = _counted(then, net.constant[row] + _at(more_net, row, column))[band] - today[row]
    in_year = sparse.csr_matrix((change, (row, column)), shape=more_net.shape)
    counted = ByOpening(today, (in_year @ options.opening()).tocsr())
    return counted.plus(_kept_by_closed(network, *BANDS[band]))


def _of_band(network: Network, band: int) -> ByOpening:
    """Return school × planned year: places in the year groups of a band."""
    first, last = BANDS[band]
    count = len(network.estate.table) * len(network.years)
    row = np.arange(count * GROUPS)
    inside = np.flatnonzero((row % GROUPS >= first) & (row % GROUPS <= last))
    return network.places.by_year_group.rows(inside).summed(inside // GROUPS, count)


def _counted(places: list[Number], net: Number) -> list[Number]:
    """Return places by band, all of them scaled down where together they are more than net capacity."""
    there = [np.maximum(p, 0) for p in places]
    every: Number = np.sum(there, axis=0)
    part = np.where(every > net, np.maximum(net, 0) / np.maximum(every, 1e-9), 1.0)
    return [p * part for p in there]


def _at(matrix: sparse.csr_matrix, row: Whole, column: Whole) -> Number:
    """Return the entries of a matrix at some places."""
    return np.asarray(matrix[row, column], dtype=float).ravel() if len(row) else np.zeros(0)


def _kept_by_closed(network: Network, first: int, last: int) -> ByOpening:
    """Return school × planned year: the base-year roll of schools in a state in which a closure option has shut them."""
    reshapes = {o.decision for o in network.options.options if o.kind in {"age_range", "all_through"}}
    shuts = {o.decision for o in network.options.options if o.effects.is_closure} - reshapes
    shut: YesNo = (
        np.isin(network.states.decision, list(shuts)) if shuts else np.zeros(len(network.states.school), dtype=bool)
    )
    taught = network.states.taught[:, :, first : last + 1].any(axis=2)
    roll = (network.estate.rolls * network.estate.taught)[network.states.school, first : last + 1].sum(axis=1)
    return by_state(network.states, network.options, roll[:, None] * (shut[:, None] & ~taught))

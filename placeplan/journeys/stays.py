"""Stays: a time at one school from one NC year to another, by origin and joining year; and the bundles they add up to."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.demand import Demand
from placeplan.journeys.estate import Estate
from placeplan.journeys.reach import Reach, within_reach
from placeplan.journeys.states import LAST_COMPULSORY, NOT_TAUGHT, States, possible_ends
from placeplan.options.option import GROUPS

ENTRY_TO_SIXTH_FORM = 12
SMALL = 1e-9


@dataclass(frozen=True)
class Nodes:
    """A point on a journey: an origin in a planned year and NC year. First zone × year at Reception, then area × year × Year 1…13.

    origin, year, nc: equal lengths.  enters: children who arrive from outside (Reception entry, or joiners).
    children: how many are there in all; the most that can join a school or wait there.
    """

    origin: Whole
    year: Whole
    nc: Whole
    enters: Number
    children: Number
    zones: int
    years: int

    def at(self, area: Whole, year: Whole, nc: Whole) -> Whole:
        """Return the node of an area in a planned year and NC year from 1 on."""
        result: Whole = self.zones * self.years + (area * self.years + year) * (GROUPS - 1) + nc - 1
        return result


@dataclass(frozen=True)
class Bundles:
    """Stays at one school that begin and end together, whoever makes them.

    school, joins (planned year, −1: on roll in the base year), first_nc, ends (planned year), last_nc: equal lengths.
    on_roll: bundle × planned year, the share of its joiners still there, 0 outside the stay.
    lawful: bundle × state, 1 where the state allows it.  always: lawful in every state of its school.
    most: the most children it can hold.
    """

    school: Whole
    joins: Whole
    first_nc: Whole
    ends: Whole
    last_nc: Whole
    on_roll: Number
    lawful: sparse.csr_matrix
    always: YesNo
    most: Number

    def last_share(self) -> Number:
        """Return the share of joiners still there in the stay's last year (1 where it ends in the base year)."""
        rows = np.arange(len(self.ends))
        return np.where(self.ends >= 0, self.on_roll[rows, np.maximum(self.ends, 0)], 1.0)

    def ended_early(self, states: States) -> Number:
        """Return for each bundle the share of its joiners whose stay an option ends before it would end by itself today."""
        today = np.flatnonzero(states.column < 0)
        as_today = np.empty(len(today), dtype=np.int64)
        as_today[states.school[today]] = today
        by_itself = states.ends[as_today[self.school], self.joins + 1, self.first_nc]
        ended = (by_itself > NOT_TAUGHT) & (self.ends < by_itself) & (self.last_nc != LAST_COMPULSORY)
        share: Number = (ended & (self.goes_into(states) < 0)) * self.last_share()
        return share

    def goes_into(self, states: States) -> Whole:
        """Return for each bundle the school into which its own has closed, −1 where that isn't what ended the stay.

        A stay that could also end by another option (a closure in the same year) counts as ended by that.
        """
        if not states.closes_into_another:
            return np.full(len(self.school), -1, dtype=np.int64)
        allowed = np.diff(self.lawful.indptr)
        into = np.asarray(self.lawful @ (states.successor + 1.0)).ravel() / np.maximum(allowed, 1)
        same = np.asarray(self.lawful @ (states.successor + 1.0) ** 2).ravel() / np.maximum(allowed, 1)
        alike = (np.abs(same - into**2) < SMALL) & (np.asarray(self.lawful @ (states.successor < 0)).ravel() == 0)
        return np.where(alike, np.rint(into).astype(np.int64) - 1, -1)


@dataclass(frozen=True)
class Stays:
    """One row a stay. node: where it begins (−1: on roll in the base year). group: of a stay on roll, its row of `fixed`.

    origin, area (of the origin), bundle, node, group: equal lengths.  most: the most children who can make it.
    fixed: children on roll in the base year, one an (area, school, NC year).
    """

    origin: Whole
    area: Whole
    bundle: Whole
    node: Whole
    group: Whole
    most: Number
    fixed: Number


def nodes(demand: Demand) -> Nodes:
    """Return every node with the children who enter there and who are there."""
    zones, years = demand.entry.shape
    areas = demand.children.shape[0]
    zone, year = np.indices((zones, years)).reshape(2, -1)
    area, later, nc = np.indices((areas, years, GROUPS - 1)).reshape(3, -1)
    return Nodes(
        np.concatenate([zone, zones + area]),
        np.concatenate([year, later]),
        np.concatenate([np.zeros_like(zone), nc + 1]),
        np.concatenate([demand.entry.ravel(), demand.joiners[:, :, 1:].ravel()]),
        np.concatenate([demand.entry.ravel(), demand.children[:, :, 1:].ravel()]),
        zones,
        years,
    )


def stays(
    nodes: Nodes,
    demand: Demand,
    states: States,
    within: list[YesNo],
    area_of_zone: Whole,
    pattern: Number,
) -> tuple[Stays, Bundles]:
    """Return every stay within reach, and the bundles they add up to.

    within: who could go where, as `reachable` tells it; successors of schools that close are added in place.
    pattern: area × school × NC year, pupils on roll.
    """
    possible, state = possible_ends(states)
    keys, which = np.unique(possible, axis=0, return_inverse=True)
    which = which.ravel()
    lawful = sparse.csr_matrix((np.ones(len(which)), (which, state)), shape=(len(keys), len(states.school)))
    _successors_too(within, states, pattern, nodes.zones)
    joining = _joining(keys, nodes, within)
    rolling = _on_roll(keys, pattern, nodes.zones)
    used, bundle = np.unique(np.concatenate([joining[1], rolling[1]]), return_inverse=True)
    origin = np.concatenate([joining[0], rolling[0]])
    node = np.concatenate([joining[2], np.full(len(rolling[0]), -1)])
    group = np.concatenate([np.full(len(joining[0]), -1), rolling[2]])
    most = np.where(node >= 0, nodes.children[np.maximum(node, 0)], np.append(rolling[3], 0.0)[group])
    area = np.concatenate([area_of_zone, np.arange(pattern.shape[0])])[origin]
    table = Stays(origin, area, bundle, node, group, most, rolling[3])
    return table, _bundles(keys[used], lawful[used], states, demand, table)


def reachable(estate: Estate, states: States, reach: Reach, nearest: tuple[int, int]) -> list[YesNo]:
    """Return one origin × school table for each NC year. nearest: schools within reach at Reception to Year 4, and later."""
    ever = np.zeros_like(estate.taught)
    entry_ever = np.zeros_like(estate.taught)
    anywhere = states.taught.any(axis=1)
    np.logical_or.at(ever, states.school, anywhere)
    lowest = states.taught & ~np.pad(states.taught, ((0, 0), (0, 0), (1, 0)))[:, :, :GROUPS]
    np.logical_or.at(entry_ever, states.school, lowest.any(axis=1))
    today = estate.taught
    entry_today = today & ~np.pad(today, ((0, 0), (1, 0)))[:, :GROUPS]
    for table, source in ((entry_today, today), (entry_ever, ever)):
        table[:, ENTRY_TO_SIXTH_FORM] |= source[:, ENTRY_TO_SIXTH_FORM]
    return within_reach(reach.miles, today, entry_today, ever, entry_ever, nearest)


def _successors_too(reachable: list[YesNo], states: States, pattern: Number, zones: int) -> None:
    """Let whoever could be at a school that closes into another reach that other, in place, at every NC year."""
    for state in np.unique(np.flatnonzero(states.successor >= 0)):
        closing, other = states.school[state], states.successor[state]
        near: YesNo = np.any([table[:, closing] for table in reachable], axis=0)
        near[zones:] |= (pattern[:, closing] > SMALL).any(axis=1)
        taught = states.taught[states.school == other].any(axis=(0, 1))
        for nc in np.flatnonzero(taught):
            reachable[nc][:, other] |= near


def _joining(keys: Whole, nodes: Nodes, reachable: list[YesNo]) -> tuple[Whole, Whole, Whole]:
    """Return origin, key and node of each stay that begins in a planned year."""
    origins, chosen, begins = [], [], []
    order = np.arange(len(nodes.origin))
    zones, years = nodes.zones, nodes.years
    area_nodes = order[zones * years :].reshape(-1, years, GROUPS - 1)
    zone_nodes = order[: zones * years].reshape(zones, years)
    for nc in range(GROUPS):
        rows = np.flatnonzero((keys[:, 1] >= 0) & (keys[:, 2] == nc))
        table = reachable[nc][:zones] if nc == 0 else reachable[nc][zones:]
        origin, row = np.nonzero(table[:, keys[rows, 0]])
        year = keys[rows[row], 1]
        node = zone_nodes[origin, year] if nc == 0 else area_nodes[origin, year, nc - 1]
        alive = nodes.children[node] > SMALL
        origins.append((origin + (0 if nc == 0 else zones))[alive])
        chosen.append(rows[row][alive])
        begins.append(node[alive])
    return np.concatenate(origins), np.concatenate(chosen), np.concatenate(begins)


def _on_roll(keys: Whole, pattern: Number, zones: int) -> tuple[Whole, Whole, Whole, Number]:
    """Return origin, key and group of each stay of pupils on roll, and the children of each group."""
    area, school, nc = np.nonzero(pattern > SMALL)
    rows = np.flatnonzero(keys[:, 1] == -1)
    code = school * GROUPS + nc
    of_row = keys[rows, 0] * GROUPS + keys[rows, 2]
    order = np.argsort(of_row, kind="stable")
    first, last = np.searchsorted(of_row[order], code), np.searchsorted(of_row[order], code, side="right")
    count = last - first
    group = np.repeat(np.arange(len(code)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    key = rows[order[np.repeat(first, count) + offset]]
    return area[group] + zones, key, group, pattern[area, school, nc]


def _bundles(keys: Whole, lawful: sparse.csr_matrix, states: States, demand: Demand, stays: Stays) -> Bundles:
    """Return the bundles with the share on roll in each year."""
    school, joins, first, ends = keys.T
    years = demand.retention.shape[0]
    year = np.arange(years)
    share = demand.survival()[joins + 1, first]
    on_roll = share * ((year >= joins[:, None]) & (year <= ends[:, None]))
    per_school = np.bincount(states.school)
    always = np.asarray(lawful.sum(axis=1)).ravel() >= per_school[school]
    most = np.zeros(len(keys))
    np.add.at(most, stays.bundle, stays.most)
    return Bundles(school, joins, first, ends, first + ends - joins, on_roll, lawful, always, most)


def roll_matrix(bundles: Bundles, schools: int, years: int) -> sparse.csr_matrix:
    """Return (school, planned year, NC year) × bundle: the share on roll there."""
    bundle, year = np.nonzero(bundles.on_roll > 0)
    nc = bundles.first_nc[bundle] + year - bundles.joins[bundle]
    row = (bundles.school[bundle] * years + year) * GROUPS + nc
    shape = (schools * years * GROUPS, len(bundles.school))
    return sparse.csr_matrix((bundles.on_roll[bundle, year], (row, bundle)), shape=shape)


def ending(stays: Stays, bundles: Bundles, nodes: Nodes) -> tuple[Whole, Whole]:
    """Return the stays after which a child goes on to a node, and that node."""
    ends, last = bundles.ends[stays.bundle], bundles.last_nc[stays.bundle]
    goes_on = np.flatnonzero((ends < nodes.years - 1) & (last < GROUPS - 1))
    return goes_on, nodes.at(stays.area[goes_on], ends[goes_on] + 1, last[goes_on] + 1)


def beginning_later(stays: Stays, nodes: Nodes) -> Whole:
    """Return the stays that are joins after the first: they begin at a node of an area."""
    return np.flatnonzero(stays.node >= nodes.zones * nodes.years)


def kept_pairs(stays: Stays, bundles: Bundles, nodes: Nodes, of_school: YesNo) -> tuple[Whole, Whole]:
    """Return the (node, partnership) pairs at which a transfer could be kept: some stay ends, and some begins, inside it."""
    count = max(of_school.shape[1], 1)
    goes_on, node = ending(stays, bundles, nodes)
    begins = beginning_later(stays, nodes)
    leaves = _pairs(node, bundles.school[stays.bundle[goes_on]], of_school)
    joins = _pairs(stays.node[begins], bundles.school[stays.bundle[begins]], of_school)
    pairs = np.intersect1d(leaves, joins)
    return pairs // count, pairs % count


def _pairs(node: Whole, school: Whole, of_school: YesNo) -> Whole:
    """Return the code of node and partnership for each membership of the school."""
    row, partnership = np.nonzero(of_school[school])
    return np.unique(node[row] * of_school.shape[1] + partnership)


def going_on(stays: Stays, bundles: Bundles, nodes: Nodes, retention: Number) -> sparse.csr_matrix:
    """Return node × stay: the children who come to the node after the stay, retention into its year counted."""
    goes_on, node = ending(stays, bundles, nodes)
    share = bundles.last_share()[stays.bundle[goes_on]] * retention[nodes.year[node], nodes.nc[node]]
    return sparse.csr_matrix((share, (node, goes_on)), shape=(len(nodes.origin), len(stays.origin)))


def joining(stays: Stays, nodes: Nodes) -> sparse.csr_matrix:
    """Return node × stay: 1 where the stay begins at the node."""
    begins = np.flatnonzero(stays.node >= 0)
    return sparse.csr_matrix(
        (np.ones(len(begins)), (stays.node[begins], begins)), shape=(len(nodes.origin), len(stays.origin))
    )


def inside_partnership(
    flow: sparse.csr_matrix, school: Whole, of_school: YesNo, node: Whole, partnership: Whole
) -> sparse.csr_matrix:
    """Return kept × stay: the part of a node × stay flow that lies at schools of the partnership, one row a kept pair."""
    rows = flow[node].tocoo()
    inside = of_school[school[rows.col], partnership[rows.row]]
    return sparse.csr_matrix((rows.data[inside], (rows.row[inside], rows.col[inside])), shape=rows.shape)

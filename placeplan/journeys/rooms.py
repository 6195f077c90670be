"""Rooms: how many of a school's are poor, today and with whatever opens; a room is told by the places in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening
from placeplan.options.option import SOME_COHORTS, Option

MOST_STATES = 64  # of one school in one year that are told apart


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision that opens in a planned year changes of a school's rooms: by planned year more of them, poor ones among them.

    mends: from the opening on the poor rooms of today are sound.
    """

    school: int
    decision: int
    opening: int
    more: Number
    poor: Number
    mends: bool


@dataclass(frozen=True)
class Rooms:
    """every, poor: rooms of each school today.  changes: of all schools whose share of poor rooms an option can change."""

    every: Number
    poor: Number
    changes: tuple[Change, ...]

    def share(self, opens: Whole, years: int) -> Number:
        """Return school × planned year: the share of poor rooms. opens: of each decision the planned year, −1 where it doesn't."""
        every, poor = (np.repeat(of_today[:, None], years, axis=1) for of_today in (self.every, self.poor))
        mine = [c for c in self.changes if opens[c.decision] == c.opening]
        for change in mine:
            if change.mends:
                poor[change.school, change.opening :] = 0.0
        for change in mine:
            every[change.school] += change.more
            poor[change.school] += change.poor
        return _share(poor, every)


@dataclass(frozen=True)
class RoomStates:
    """least: school × planned year, the least share of poor rooms that any state has.

    One row a school, planned year and state whose share is larger: school, year, share.  apart: how many decisions are
    otherwise than in that state, 0 where it holds.
    """

    least: Number
    school: Whole
    year: Whole
    share: Number
    apart: ByOpening


def rooms(network: Network, poor_share: Number) -> Rooms:
    """Return the rooms of today and what options change of them. poor_share: of each school's rooms of today."""
    net = network.estate.table["net_capacity"].to_numpy(dtype=float)
    every = np.where(net > 0, net, (network.estate.places * network.estate.taught).sum(axis=1))
    poor = poor_share * every
    index, found = network.estate.index(), dict[tuple[int, int, int], Change]()
    for option in network.options.options:
        if option.school in index:
            for opening in network.options.opening_year[network.options.opening_decision == option.decision]:
                one = _change(network, option, int(opening), every, poor)
                key = (one.school, one.decision, one.opening)
                found[key] = _together(found[key], one) if key in found else one
    by_school = groupby(sorted(found.values(), key=lambda c: (c.school, c.decision, c.opening)), lambda c: c.school)
    told = [_told_apart(network, list(mine), poor[school]) for school, mine in by_school]
    return Rooms(every, poor, tuple(change for mine in told for change in mine))


def _change(network: Network, option: Option, opening: int, every: Number, poor: Number) -> Change:
    """Return what one option changes. Rooms for some cohorts are temporary units; those of a school that closes come as they are."""
    effects, years = option.effects, len(network.years)
    school = network.estate.index()[option.school]
    since = np.arange(years) >= opening
    closing = [network.estate.index()[urn] for urn in effects.closes]
    built = effects.net_capacity * since
    if effects.year_groups is not None and not closing:
        today = network.estate.taught[school]
        new = effects.year_groups.by_year(opening, years, today) & ~today
        built = built + effects.year_groups.places * new.sum(axis=1)
    temporary = np.zeros(years)
    for change in (c for c in effects.places if c.pattern == SOME_COHORTS):
        temporary += change.places * change.by_year(opening, years).sum(axis=1)
    come, of_them_poor = every[closing].sum() * since, poor[closing].sum() * since * (not effects.sound_rooms)
    more = np.maximum(built, 0) + temporary + come
    return Change(school, option.decision, opening, more, temporary + of_them_poor, effects.sound_rooms)


def _together(one: Change, other: Change) -> Change:
    """Return what two options of one package change of one school."""
    mends = one.mends or other.mends
    return Change(one.school, one.decision, one.opening, one.more + other.more, one.poor + other.poor, mends)


def _told_apart(network: Network, mine: list[Change], poor: float) -> list[Change]:
    """Return the changes of one school, without those that matter least where there would be too many states."""
    if poor <= 0 and not any(c.poor.any() for c in mine):
        return []
    mine = [c for c in mine if c.more.any() or (poor > 0 and c.mends)]
    weight = {c.decision: 0.0 for c in mine}
    for c in mine:
        weight[c.decision] = max(weight[c.decision], float(c.more.max() + poor * c.mends))
    least_first = sorted(weight, key=lambda d: (weight[d], network.options.decisions[d].name))
    while any(len(list(_states(network, mine, t))) > MOST_STATES for t in range(len(network.years))):
        weakest = least_first.pop(0)
        mine = [c for c in mine if c.decision != weakest]
    return mine


def room_states(network: Network, told: Rooms) -> RoomStates:
    """Return of each school and planned year the states that have more poor rooms than the least."""
    years = len(network.years)
    least = np.repeat(_share(told.poor, told.every)[:, None], years, axis=1)
    school, year, share, apart = list[int](), list[int](), list[float](), list[tuple[float, dict[int, float]]]()
    for s, group in groupby(told.changes, lambda c: c.school):
        mine = list(group)
        for t in range(years):
            every = [(_share_of(told, s, chosen, t), chosen) for chosen in _states(network, mine, t)]
            least[s, t] = min(value for value, _ in every)
            for value, chosen in every:
                if value > least[s, t] + 1e-12:
                    school, year, share = [*school, s], [*year, t], [*share, value]
                    apart.append(_otherwise(network, mine, chosen, t))
    row = np.repeat(np.arange(len(apart)), [len(parts) for _, parts in apart])
    column = [c for _, parts in apart for c in parts]
    signs = [v for _, parts in apart for v in parts.values()]
    entries = (np.array(signs, dtype=float), (row, np.array(column, dtype=int)))
    in_year = sparse.csr_matrix(entries, shape=(len(apart), len(network.options.opening_year)))
    figures = ByOpening(np.array([k for k, _ in apart], dtype=float), (in_year @ network.options.opening()).tocsr())
    return RoomStates(least, np.array(school, dtype=int), np.array(year, dtype=int), np.array(share), figures)


def _variants(mine: Sequence[Change], t: int) -> list[list[list[Change]]]:
    """Return by decision the changes that are there in a planned year, those that are alike then together."""
    there = [c for c in mine if c.opening <= t and (c.mends or c.more[t] or c.poor[t])]
    found = dict[int, dict[tuple[float, float, bool], list[Change]]]()
    for c in there:
        alike = found.setdefault(c.decision, {})
        alike.setdefault((round(float(c.more[t]), 6), round(float(c.poor[t]), 6), c.mends), []).append(c)
    return [list(alike.values()) for alike in found.values()]


def _states(network: Network, mine: Sequence[Change], t: int) -> Iterator[list[list[Change]]]:
    """Yield every set of changes that can stand together in a planned year: of each decision one variant, or none."""
    decisions, variants = network.options.decisions, _variants(mine, t)

    def extended(k: int, chosen: list[list[Change]]) -> Iterator[list[list[Change]]]:
        if k == len(variants):
            yield chosen
            return
        yield from extended(k + 1, chosen)
        this = variants[k][0][0].decision
        others = [c[0].decision for c in chosen]
        if not any(o in decisions[this].excludes or this in decisions[o].excludes for o in others):
            for variant in variants[k]:
                yield from extended(k + 1, [*chosen, variant])

    return extended(0, [])


def _share_of(told: Rooms, school: int, chosen: Sequence[Sequence[Change]], t: int) -> float:
    """Return the share of poor rooms of a school in a state."""
    ones = [variant[0] for variant in chosen]
    poor = 0.0 if any(c.mends for c in ones) else told.poor[school]
    poor += sum(c.poor[t] for c in ones)
    return float(_share(np.array(poor), np.array(told.every[school] + sum(c.more[t] for c in ones))))


def _otherwise(
    network: Network, mine: Sequence[Change], chosen: Sequence[Sequence[Change]], t: int
) -> tuple[float, dict[int, float]]:
    """Return how many decisions are otherwise, as a constant and a figure for what opens in each year (opening column)."""
    parts, here = dict[int, float](), {id(c) for variant in chosen for c in variant}
    for variant in (v for of_decision in _variants(mine, t) for v in of_decision):
        for c in variant:
            at = np.flatnonzero(network.options.opening_decision == c.decision)
            column = int(at[network.options.opening_year[at] == c.opening][0])
            parts[column] = -1.0 if id(c) in here else 1.0
    return float(len(chosen)), parts


def _share(poor: Number, every: Number) -> Number:
    """Return the share of poor rooms, at most all."""
    share: Number = np.minimum(np.maximum(poor, 0) / np.maximum(every, 1e-9), 1.0)
    return share

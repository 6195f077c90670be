"""Places: how many there are in each school, planned year and NC year, whatever opens."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.demand import Demand
from placeplan.journeys.estate import Estate
from placeplan.journeys.infants import held_by_classes, opened_by, seats, where_it_binds
from placeplan.journeys.openings import ByOpening, by_state
from placeplan.journeys.states import States
from placeplan.options.option import GROUPS, SOME_COHORTS, Option, Options


@dataclass(frozen=True)
class Places:
    """How many children there is room for, whatever opens.

    by_year_group: school × planned year × NC year (flat).  net: school × planned year (flat), the whole building.
    infants: school × planned year (flat), children of Reception to Year 2 whom the classes hold; infinite where no number
    of classes is given, or where there are never places for more.
    A cohort on roll in the base year always has its places, also in year groups that its school comes to teach before
    it would have left; new intake gets the places that exist only.  allowance: state × planned year × NC year, by how much
    such a cohort is more than the places that exist.
    """

    by_year_group: ByOpening
    net: ByOpening
    infants: ByOpening
    allowance: Number


def places(estate: Estate, options: Options, states: States, demand: Demand, class_size: float) -> Places:
    """Return places by year group, net capacity and what infant classes hold, as figures that depend on what opens."""
    cohort = _cohorts(estate, demand)
    today = np.broadcast_to(estate.places[:, None, :], cohort.shape)
    before = estate.taught[states.school][:, None, :]
    more = states.taught & ~before
    passing = _passing(estate, states, demand) * more
    new: Number = np.maximum(states.new_places[:, None, None] * more, passing)
    held = np.maximum(today, cohort)[states.school] * (states.taught & before)
    groups = by_state(states, options, (held + new).reshape(len(states.school), -1))
    over = np.maximum(cohort - today, 0)[states.school] * before
    allowance = over + np.maximum(passing - states.new_places[:, None, None], 0)
    net = by_state(states, options, _net(estate, states, cohort, new))
    infants = held_by_classes(estate, states, options, cohort, new, class_size)
    index = estate.index()
    for option in options.options:
        if option.school in index:
            at = index[option.school]
            groups, net = _changed(groups, net, option, options, at, cohort, estate)
            infants = _more_classes(infants, option, options, at, cohort, estate, class_size)
    infants = where_it_binds(infants, groups, options)
    return Places(groups, net, infants, allowance)


def _cohorts(estate: Estate, demand: Demand) -> Number:
    """Return school × planned year × NC year: pupils on roll in the base year who are still there."""
    return _moved_up(estate, demand) * estate.taught[:, None, :]


def _moved_up(estate: Estate, demand: Demand) -> Number:
    """Return school × planned year × NC year: pupils on roll in the base year, as if every school taught every year group."""
    share = demand.survival()[0]
    years = share.shape[1]
    cohort = np.zeros((len(estate.table), years, GROUPS))
    rolls = estate.rolls * estate.taught
    for t in range(years):
        moved = GROUPS - (t + 1)
        if moved > 0:
            cohort[:, t, t + 1 :] = rolls[:, :moved] * share[:moved, t]
    return cohort


def _passing(estate: Estate, states: States, demand: Demand) -> Number:
    """Return state × planned year × NC year: pupils on roll in the base year whom their school has taught all the way."""
    still = np.zeros(states.taught.shape, dtype=bool)
    before: YesNo = estate.taught[states.school]
    for t in range(states.taught.shape[1]):
        still[:, t, 1:] = before[:, :-1] & states.taught[:, t, 1:]
        before = still[:, t]
    return _moved_up(estate, demand)[states.school] * still


def _net(estate: Estate, states: States, cohort: Number, new: Number) -> Number:
    """Return state × planned year: net capacity, at least the cohorts of the base year that are still there."""
    capacity = estate.table["net_capacity"].to_numpy(dtype=float)[:, None]
    held = np.maximum(capacity, cohort.sum(axis=2))
    result: Number = held[states.school] + new.sum(axis=2)
    return result


def _changed(
    groups: ByOpening, net: ByOpening, option: Option, options: Options, school: int, cohort: Number, estate: Estate
) -> tuple[ByOpening, ByOpening]:
    """Return places and net capacity with what one option adds or takes."""
    columns = np.flatnonzero(options.opening_decision == option.decision)
    years = cohort.shape[1]
    if not len(columns):
        return groups, net
    opening = options.opening_year[columns]
    cells = np.stack([_cells(option, int(t), school, cohort, estate) for t in opening])
    room = np.stack([_room(option, int(t), school, cohort, estate) for t in opening])
    groups = _with(groups, options, columns, school * years * GROUPS, cells.reshape(len(columns), -1))
    return groups, _with(net, options, columns, school * years, room)


def _more_classes(
    infants: ByOpening, option: Option, options: Options, school: int, cohort: Number, estate: Estate, class_size: float
) -> ByOpening:
    """Return what infant classes hold with those that come with an option's places; none are told of, none come."""
    columns = np.flatnonzero(options.opening_decision == option.decision)
    years = cohort.shape[1]
    if not len(columns) or np.isinf(infants.constant[school * years]):
        return infants
    opening = [int(t) for t in options.opening_year[columns]]
    brought = np.stack([opened_by(option, t, years) for t in opening])
    moved = np.stack([_moved(option, t, school, cohort, estate) for t in opening])
    return _with(infants, options, columns, school * years, seats(brought, class_size) + seats(moved, class_size))


def _with(figures: ByOpening, options: Options, columns: Whole, first: int, values: Number) -> ByOpening:
    """Return figures from row `first` on with values (opening column × figure) where a decision opens in that year."""
    which, figure = np.nonzero(values)
    if not len(which):
        return figures
    table = (values[which, figure], (first + figure, columns[which]))
    added = sparse.csr_matrix(table, shape=figures.matrix.shape) @ options.opening()
    return ByOpening(figures.constant, (figures.matrix + added).tocsr())


def _cells(option: Option, opening: int, school: int, cohort: Number, estate: Estate) -> Number:
    """Return planned year × NC year: places that an option adds or takes when it opens in a year."""
    cells = np.zeros(cohort.shape[1:])
    for change in option.effects.places:
        amount = _amount(change.places, cohort[school], estate.places[school])
        cells += amount * change.by_year(opening, len(cells))
    return cells + _moved(option, opening, school, cohort, estate)


def _moved(option: Option, opening: int, school: int, cohort: Number, estate: Estate) -> Number:
    """Return planned year × NC year: places that come with the pupils of schools that close into this one.

    In each year group of such a school the places that the option names; the cohorts that were there before keep as
    many as they had. Year groups that this school didn't teach before have the places named already.
    """
    year, group = np.ogrid[: cohort.shape[1], :GROUPS]
    moved = np.zeros(cohort.shape[1:])
    index = estate.index()
    for urn in option.effects.closes:
        closing = index[urn]
        taught = estate.taught[closing]
        named = float(option.effects.year_groups.places) if option.effects.year_groups else 0.0
        had = np.maximum(estate.places[closing], cohort[closing])
        before = (year - (group - int(taught.argmax())) < opening) & (year >= opening) & taught
        moved += before * np.maximum(had - named, 0)
        moved += (year >= opening) * (taught & estate.taught[school]) * named
    return moved


def _room(option: Option, opening: int, school: int, cohort: Number, estate: Estate) -> Number:
    """Return for each planned year by how much an option changes net capacity; the room of some cohorts goes with them."""
    years = cohort.shape[1]
    room = option.effects.net_capacity * (np.arange(years) >= opening)
    passing = [c for c in option.effects.places if c.pattern == SOME_COHORTS]
    room = room + sum(c.places * c.by_year(opening, years).sum(axis=1) for c in passing)
    result: Number = room + _moved(option, opening, school, cohort, estate).sum(axis=1)
    return result


def _amount(places: float, cohort: Number, today: Number) -> Number:
    """Return year × NC year: what a change is worth where a cohort is over the places already, or there are fewer to take."""
    if places >= 0:
        return np.maximum(places - np.maximum(cohort - today, 0), 0)
    return -np.minimum(-places, today)

"""Places: how many there are in each school, planned year and NC year, whatever opens."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, YesNo
from placeplan.journeys.demand import Demand
from placeplan.journeys.estate import Estate
from placeplan.journeys.openings import ByOpening, by_state
from placeplan.journeys.states import States
from placeplan.options.option import GROUPS, ONE_COHORT, Option, Options


@dataclass(frozen=True)
class Places:
    """by_year_group: school × planned year × NC year (flat).  net: school × planned year (flat), the whole building.

    A cohort on roll in the base year always has its places (`cohort`: its pupils still there); new intake gets the
    places that exist only.  standing: today's places by school × NC year × year without that allowance.
    """

    by_year_group: ByOpening
    net: ByOpening
    cohort: Number
    standing: Number


def places(estate: Estate, options: Options, states: States, demand: Demand) -> Places:
    """Return places by year group and net capacity, as figures that depend on what opens."""
    cohort = _cohorts(estate, demand)
    today = np.broadcast_to(estate.places[:, None, :], cohort.shape)
    before = estate.taught[states.school][:, None, :]
    new: Number = states.new_places[:, None, None] * (states.taught & ~before)
    held = np.maximum(today, cohort)[states.school] * (states.taught & before)
    groups = by_state(states, options, (held + new).reshape(len(states.school), -1))
    net = by_state(states, options, _net(estate, states, cohort, new))
    index = estate.index()
    for option in options.options:
        if option.school in index:
            groups, net = _changed(groups, net, option, options, index[option.school], cohort, today)
    return Places(groups, net, cohort, np.asarray(today) * estate.taught[:, None, :])


def _cohorts(estate: Estate, demand: Demand) -> Number:
    """Return school × planned year × NC year: pupils on roll in the base year who are still there."""
    share = demand.survival()[0]
    years = share.shape[1]
    cohort = np.zeros((len(estate.table), years, GROUPS))
    rolls = estate.rolls * estate.taught
    for t in range(years):
        moved = GROUPS - (t + 1)
        if moved > 0:
            cohort[:, t, t + 1 :] = rolls[:, :moved] * share[:moved, t]
    taught = estate.taught[:, None, :]
    return cohort * taught


def _net(estate: Estate, states: States, cohort: Number, new: Number) -> Number:
    """Return state × planned year: net capacity, at least the cohorts of the base year that are still there."""
    capacity = estate.table["net_capacity"].to_numpy(dtype=float)[:, None]
    held = np.maximum(capacity, cohort.sum(axis=2))
    result: Number = held[states.school] + new.sum(axis=2)
    return result


def _changed(
    groups: ByOpening, net: ByOpening, option: Option, options: Options, school: int, cohort: Number, today: Number
) -> tuple[ByOpening, ByOpening]:
    """Return places and net capacity with what one option adds or takes."""
    columns = np.flatnonzero(options.opening_decision == option.decision)
    years = cohort.shape[1]
    rows, cols, values = [], [], []
    for change in option.effects.places:
        amount = _amount(change.places, cohort[school], today[school])
        for column in columns:
            cells = amount * change.by_year(int(options.opening_year[column]), years)
            where = np.flatnonzero(cells)
            rows.append(school * years * GROUPS + where)
            cols.append(np.full(len(where), column))
            values.append(cells.ravel()[where])
    if rows:
        table = (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols)))
        added = sparse.csr_matrix(table, shape=groups.matrix.shape) @ options.opening()
        groups = ByOpening(groups.constant, (groups.matrix + added).tocsr())
    if option.effects.net_capacity and len(columns):
        opened = [(_roomier(option, int(options.opening_year[c]), years), c) for c in columns]
        row = np.concatenate([school * years + np.flatnonzero(inside) for inside, _ in opened])
        col = np.concatenate([np.full(int(inside.sum()), c) for inside, c in opened])
        table = (np.full(len(row), option.effects.net_capacity), (row, col))
        added = sparse.csr_matrix(table, shape=net.matrix.shape) @ options.opening()
        net = ByOpening(net.constant, (net.matrix + added).tocsr())
    return groups, net


def _roomier(option: Option, opening: int, years: int) -> YesNo:
    """Return for each planned year whether an option changes net capacity: a bulge's room goes with its cohort."""
    cohorts = [change.by_year(opening, years).any(axis=1) for change in option.effects.places]
    if cohorts and all(change.pattern == ONE_COHORT for change in option.effects.places):
        passing: YesNo = np.any(cohorts, axis=0)
        return passing
    return np.arange(years) >= opening


def _amount(places: float, cohort: Number, today: Number) -> Number:
    """Return year × NC year: what a change is worth where a cohort is over the places already, or there are fewer to take."""
    if places >= 0:
        return np.maximum(places - np.maximum(cohort - today, 0), 0)
    return -np.minimum(-places, today)

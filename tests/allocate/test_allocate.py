"""Sufficiency first: no plan leaves more children out than a separate model says it must, and the objective adds up."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse
from scipy.optimize import linprog

from authorities import only
from cases import cases
from placeplan.allocate.highs import Answer
from placeplan.allocate.solve import Solver
from placeplan.domain.errors import NoPlanInTime, ScenarioProblems
from properties.officer import cost_of
from towns import (
    STAGE_1_STOPS_AT,
    crowded,
    option,
    plan_for,
    three_tier_town,
    towns,
)

SAFE = 1e-5
OPTIMAL, INFEASIBLE = 0, 2  # how linprog ends


class PlacesAtFixedOpenings:
    """Fewest child-years R–11 without a place when everything that opens is fixed: who is where, year by year.

    Written anew, in terms of children at a school in a year, never of stays: whoever is at a school goes on to its next
    year group if that is taught, else must find a place; after Year 11 everybody may leave.
    """

    def __init__(self, net, openings):
        self.net = net
        self.years, self.areas, self.schools = len(net.years), len(net.areas), len(net.estate.table)
        of_school = {int(s): row for s, row in self._states(net, openings).items()}
        self.taught = np.stack([net.states.taught[of_school[s]] for s in range(self.schools)])
        self.places = net.places.by_year_group.at(openings).reshape(self.schools, self.years, 14)
        self.whole = net.places.net.at(openings).reshape(self.schools, self.years)
        self.infants = net.places.infants.at(openings).reshape(self.schools, self.years)
        self.retention = net.demand.retention
        self.column, self.rows, self.sides = {}, [], []
        self.limits, self.limit_sides = [], []

    @staticmethod
    def _states(net, openings):
        opens = net.options.opening() @ openings
        found = {}
        for row, (school_, column) in enumerate(zip(net.states.school, net.states.column, strict=True)):
            if column < 0 or opens[column] > 0.5:
                found[int(school_)] = row
        return found

    def at(self, *key):
        return self.column.setdefault(key, len(self.column))

    def equal(self, parts, side):
        self.rows.append(parts)
        self.sides.append(side)

    def least(self):
        self._children()
        self._capacity()
        cost = np.zeros(len(self.column))
        for key, j in self.column.items():
            cost[j] = float(key[0] == "wait" and key[3] <= 11)
        answer = linprog(cost, *self._matrix(self.limits, self.limit_sides), *self._matrix(self.rows, self.sides))
        assert answer.status in {OPTIMAL, INFEASIBLE}
        return answer.fun if answer.status == OPTIMAL else np.inf  # too few places are left for those on roll

    def _matrix(self, rows, sides):
        cells = [(i, j, a) for i, row in enumerate(rows) for j, a in row]
        i, j, a = zip(*cells, strict=True) if cells else ((), (), ())
        return sparse.csr_matrix((a, (i, j)), shape=(len(rows), len(self.column))), np.array(sides, dtype=float)

    def _today(self):
        today = np.zeros((self.areas, self.schools, 14))
        rolling = np.unique(self.net.stays.group, return_index=True)
        for group, stay in zip(*rolling, strict=True):
            if group >= 0:
                bundle = self.net.stays.bundle[stay]
                key = self.net.stays.area[stay], self.net.bundles.school[bundle], self.net.bundles.first_nc[bundle]
                today[key] += self.net.stays.fixed[group]
        return today

    def _children(self):
        """Who is at each school: those who went on, and those who join; who finds no place waits."""
        net, today = self.net, self._today()
        reach = set(zip(net.stays.node.tolist(), net.school_of_stay().tolist(), strict=True))
        for t, n, a in product(range(self.years), range(14), range(self.areas)):
            leaving, fixed_leaving, sigma = [], 0.0, self.retention[t, n]
            for s in range(self.schools):
                if n:
                    before = [(self.at("on", a, s, t - 1, n - 1), sigma)] if t else []
                    count = 0.0 if t else sigma * today[a, s, n - 1]
                    goes_on = self.taught[s, t, n] and (
                        self.taught[s, t - 1, n - 1] if t else net.estate.taught[s, n - 1]
                    )
                else:
                    before, count, goes_on = [], 0.0, False
                here = [(self.at("on", a, s, t, n), 1.0)]
                here += [
                    (self.at("join", o, s, t, n), -1.0)
                    for o in self._origins(a, n)
                    if self._in_reach(reach, o, s, t, n)
                ]
                if goes_on and n != 12:
                    self.equal([*here, *((j, -k) for j, k in before)], count)
                elif goes_on:  # after Year 11: as many as want to
                    stay = self.at("stay", a, s, t)
                    self.equal([*here, (stay, -1.0)], 0.0)
                    self.limits.append([(stay, 1.0), *((j, -k) for j, k in before)])
                    self.limit_sides.append(count)
                    leaving += [*before, (stay, -1.0)]
                    fixed_leaving += count
                else:
                    self.equal(here, 0.0)
                    leaving += before
                    fixed_leaving += count
            self._flow(reach, a, t, n, leaving, fixed_leaving)

    def _origins(self, a, n):
        zones = len(self.net.zones)
        return [z for z in range(zones) if self.net.area_of_zone[z] == a] if n == 0 else [zones + a]

    def _in_reach(self, reach, origin, s, t, n):
        zones = len(self.net.zones)
        node = origin * self.years + t if n == 0 else int(self.net.nodes.at(origin - zones, t, n))
        return self.taught[s, t, n] and (node, s) in reach

    def _flow(self, reach, a, t, n, leaving, fixed_leaving):
        """Whoever enters, comes from a school that ends here, or waited, joins a school or waits."""
        for o in self._origins(a, n):
            joins = [
                (self.at("join", o, s, t, n), 1.0) for s in range(self.schools) if self._in_reach(reach, o, s, t, n)
            ]
            waits = [(self.at("wait", o, t, n), 1.0)]
            if n == 0:
                self.equal([*joins, *waits], self.net.demand.entry[o, t])
                continue
            if t:
                waits += [(self.at("wait", b, t - 1, n - 1), -self.retention[t, n]) for b in self._origins(a, n - 1)]
            self.equal(
                [*joins, *waits, *((j, -k) for j, k in leaving)], self.net.demand.joiners[a, t, n] + fixed_leaving
            )

    def _capacity(self):
        for s, t in product(range(self.schools), range(self.years)):
            whole = [(self.at("on", a, s, t, n), 1.0) for n in range(14) for a in range(self.areas)]
            self.limits.append(whole)
            self.limit_sides.append(self.whole[s, t])
            if np.isfinite(self.infants[s, t]):
                self.limits.append([(self.at("on", a, s, t, n), 1.0) for n in range(3) for a in range(self.areas)])
                self.limit_sides.append(self.infants[s, t])
            for n in range(14):
                self.limits.append([(self.at("on", a, s, t, n), 1.0) for a in range(self.areas)])
                self.limit_sides.append(max(self.places[s, t, n], 0.0) if self.taught[s, t, n] else 0.0)


def allowed_openings(planned):
    """Every way to open the options that the rules over openings alone admit (tested on their own)."""
    matrix, found = planned.allocation.matrix, planned.network.options
    spans = [d for d in found.decisions if not d.refused]
    rows = matrix.rows.tocsr()
    whole = np.flatnonzero(matrix.integer)
    alone = np.flatnonzero(np.diff(rows.indptr) == np.diff(rows[:, whole].indptr))
    table = rows[alone][:, whole]
    for way in product(*[range(d.last - d.first + 2) for d in spans]):
        y = np.concatenate(
            [np.arange(d.last - d.first + 1) >= k for d, k in zip(spans, way, strict=True)] or [[]]
        ).astype(float)
        value = table @ y
        if (value <= matrix.row_upper[alone] + 1e-9).all() and (value >= matrix.row_lower[alone] - 1e-9).all():
            yield y


@given(town=towns(most_zones=2, most_options=3, window=0))
@cases(5)
def test_the_plan_leaves_no_more_children_out_than_a_separate_model_says_it_must(town):
    planned = plan_for(town)
    least = min(PlacesAtFixedOpenings(planned.network, y).least() for y in allowed_openings(planned))
    plan, told = planned.allocation.plan, planned.allocation
    assert told.least_shortfall_bound <= least + SAFE
    assert least - SAFE <= told.least_shortfall <= least + STAGE_1_STOPS_AT + SAFE
    room = told.least_shortfall - least + 1e-4 if least > 1e-4 else 1e-4
    assert least - SAFE <= plan.shortfall(0, 11) <= least + room + SAFE


@given(town=towns(most_zones=2, most_options=3))
@cases(5)
def test_the_do_minimum_leaves_out_what_a_separate_model_says_it_must(town):
    planned = plan_for(town)
    least = PlacesAtFixedOpenings(planned.network, np.zeros(len(planned.network.options.opening_year))).least()
    assert planned.allocation.do_minimum.shortfall(0, 11) == pytest.approx(least, abs=2e-3)


def test_a_child_without_a_place_weighs_more_than_any_cost():
    planned = plan_for(crowded(3, tolerance=1.0))
    assert planned.opens == {"X": 0}
    assert planned.allocation.do_minimum.shortfall(0, 11) > 5
    assert planned.allocation.plan.shortfall(0, 11) <= 1e-6


def test_a_small_shortfall_is_avoided_too_where_it_can_be():
    planned = plan_for(crowded(0.03, tolerance=1.0))
    assert 0.01 < planned.allocation.do_minimum.shortfall(0, 11) < STAGE_1_STOPS_AT
    assert planned.allocation.plan.shortfall(0, 11) <= 1e-4


@given(town=towns(most_options=3))
@cases(5)
def test_the_objective_and_both_gaps_add_up(town):
    planned = plan_for(town)
    told = planned.allocation
    for plan, value in ((told.plan, told.objective), (told.do_minimum, told.do_minimum_objective)):
        parts = sum(
            s.weight * s.deviation(p.loss(plan)) for s, p in zip(told.model.scales, planned.prices, strict=True)
        )
        names = [decision.name for decision in planned.network.options.decisions]
        opens = {name: int(t) if t >= 0 else None for name, t in zip(names, plan.opens(), strict=True)}
        assert value == pytest.approx(parts + cost_of(town, opens), rel=1e-6, abs=1e-7)
    assert told.bound <= told.objective + 1e-9
    assert told.gap == pytest.approx(0, abs=1e-6)
    change = max(told.do_minimum_objective - told.objective, 0.01 * told.objective)
    assert told.controllable_gap == pytest.approx((told.objective - told.bound) / change, abs=1e-6)


@given(town=towns(most_options=3))
@cases(3)
def test_the_do_minimum_opens_nothing_that_is_not_committed(town):
    assert not plan_for(town).allocation.do_minimum.openings.any()


def test_what_is_committed_is_part_of_the_do_minimum():
    row = option("X", "expansion", "L", 1, 1, places_per_year=5, committed=True)
    planned = plan_for(three_tier_town(options=[row]))
    assert planned.opens == {"X": 1}
    assert planned.allocation.do_minimum.openings.tolist() == [1.0]


def test_commitments_that_cannot_stand_together_are_told_as_a_fault_of_the_table():
    rows = [option(f"X{k}", "expansion", "L", 1, 1, places_per_year=5, committed=True) for k in "12"]
    rows[1]["excludes"] = "X1"
    with pytest.raises(ScenarioProblems) as told:
        plan_for(three_tier_town(options=rows))
    assert [p.column for p in told.value.problems] == ["committed"]


def test_a_time_limit_that_comes_before_any_plan_is_told_as_one(monkeypatch):
    up = Answer("Time limit reached", None, np.inf, -np.inf, None, 0.0)
    monkeypatch.setattr(Solver, "_run", lambda *_, **__: up)
    with pytest.raises(NoPlanInTime, match="time_limit_seconds"):
        plan_for(three_tier_town())


def test_weights_of_nothing_at_all_still_place_everybody():
    town = only(crowded(3, tolerance=0.0))
    settings = town.settings.model_copy(update={"anchors": {}})
    assert plan_for(replace(town, settings=settings)).allocation.plan.shortfall(0, 11) <= 1e-6


@pytest.mark.parametrize("rows", [[], [option("X", "expansion", "L", places_per_year=5, capital_pounds=9e6)]])
def test_an_authority_in_which_nothing_can_open_is_planned_and_told_as_proven(rows):
    told = plan_for(three_tier_town(options=rows, budget={"total_pounds": 1e6})).allocation
    assert told.status == "Optimal"
    assert told.gap == pytest.approx(0, abs=1e-9)
    assert told.bound == pytest.approx(told.objective)
    assert told.objective == pytest.approx(told.do_minimum_objective)

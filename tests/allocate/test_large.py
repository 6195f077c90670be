"""The way of large problems on small ones: relaxation, cuts, what it settles, branching; and what each net catches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse

from authorities import enumerated
from cases import cases
from placeplan.allocate import size
from placeplan.allocate.benders import by_cuts
from placeplan.allocate.duals import cut_from_duals
from placeplan.allocate.highs import Answer
from placeplan.allocate.problem import Matrix
from placeplan.allocate.solve import Solver
from placeplan.appraise.tables import DUST
from placeplan.publish.verify_plan import DUST as LEFT_AWAY
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, STAGE_1_STOPS_AT, authority, crowded, option, plan_for, school, towns


@pytest.fixture(autouse=True)
def every_problem_is_large(monkeypatch):
    monkeypatch.setattr(size, "SMALL", 0)


def quiet():
    return Solver(1, 1, lambda *_: None)


def in_the_small_way(town):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(size, "SMALL", 20_000)
        return plan_for(town)


@given(town=towns(most_zones=3, most_options=4))
@cases(12)
def test_a_large_problem_ends_at_the_optimum_of_plain_enumeration(town):
    small, large = in_the_small_way(town).allocation, plan_for(town)
    told = large.allocation
    assert told.least_shortfall <= small.least_shortfall + STAGE_1_STOPS_AT + 1e-4
    assert told.least_shortfall_bound <= small.least_shortfall + 1e-4
    truth = enumerated(large)  # under the limit on the shortfall that was found
    room = 1e-6 * max(1.0, abs(truth))
    assert told.status == "Optimal"
    assert truth - room <= told.objective <= truth + room
    assert told.bound <= truth + room


def test_a_small_shortfall_is_avoided_in_a_large_problem_too():
    planned = plan_for(crowded(0.03, tolerance=1.0))
    assert 0.01 < planned.allocation.do_minimum.shortfall(0, 11) < STAGE_1_STOPS_AT
    assert planned.allocation.plan.shortfall(0, 11) <= 1e-4


def needy():
    """Too few places for all, and two expansions that would do."""
    schools = [school("A", "primary", pan=20), school("B", "primary", pan=20), school("S", "secondary", pan=60)]
    rows = [option(f"X{u}", "expansion", u, places_per_year=10, nc_years=(0, 6), capital_pounds=1e5) for u in "AB"]
    return authority(schools, 2 * CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM)


def test_where_branching_finds_nothing_in_time_nobody_is_left_out_in_vain(monkeypatch):
    least, honest = in_the_small_way(needy()).allocation.plan.shortfall(0, 11), Solver.mip

    def slow(self, matrix, **options):
        if (~matrix.integer).sum() <= 1:  # the small problem of the cuts
            return honest(self, matrix, **options)
        return Answer("Time limit reached", None, np.inf, -np.inf, None, 0.0)

    monkeypatch.setattr(Solver, "mip", slow)
    told = plan_for(needy()).allocation
    assert told.do_minimum.shortfall(0, 11) > least + 10
    assert told.plan.shortfall(0, 11) <= least + 1e-4
    assert told.status == "Time limit reached"
    assert told.bound <= told.objective


def test_a_search_that_the_solver_gave_up_is_not_told_as_one_that_ran_out_of_time(monkeypatch):
    honest = Solver.mip

    def broken(self, matrix, **options):
        if (~matrix.integer).sum() <= 1:
            return honest(self, matrix, **options)
        return Answer("Solve error", None, np.inf, -np.inf, None, 0.0)

    monkeypatch.setattr(Solver, "mip", broken)
    told = plan_for(needy()).allocation
    assert told.status == "Solve error"


def test_where_nothing_at_all_is_found_in_time_the_do_minimum_is_the_plan(monkeypatch):
    honest = Solver.mip

    def slow(self, matrix, **options):
        if matrix.integer.any():
            return Answer("Time limit reached", None, np.inf, -np.inf, None, 0.0)
        return honest(self, matrix, **options)

    monkeypatch.setattr(Solver, "mip", slow)
    told = plan_for(needy()).allocation
    assert not told.plan.openings.any()
    assert told.plan.shortfall(0, 11) == pytest.approx(told.do_minimum.shortfall(0, 11), abs=2e-3)


def knapsack(cost, rows, least, most):
    """Openings y and, in the last column, one that is not whole: how far the first row is short."""
    rows = np.atleast_2d(np.array(rows, dtype=float))
    count = rows.shape[1]
    return Matrix(
        np.array(cost, dtype=float), np.zeros(count), np.append(np.ones(count - 1), 10.0), np.arange(count) < count - 1,
        sparse.csc_matrix(rows), np.array(least, dtype=float), np.array(most, dtype=float),
        np.arange(len(rows)), tuple(f"row {i}" for i in range(len(rows))),
    )  # fmt: skip


NEITHER_BESIDE_THE_OTHER = [1, 1, 0, 0]


def by_cuts_alone(matrix, nearness, aim=lambda bound: bound + 1e-6):
    none = cut_from_duals(matrix, np.zeros(len(matrix.row_lower)), matrix.cost)
    return by_cuts(quiet(), matrix, np.array(nearness), none, seconds=10, known=np.inf, aim=aim)


def test_cuts_find_the_openings_that_leave_least_short_whatever_is_near():
    found = by_cuts_alone(
        knapsack([0, 0, 0, 1], [[2, 1, 0, 1], NEITHER_BESIDE_THE_OTHER], [2, -9], [99, 1]), [0, -1e-3, 0]
    )
    assert found.point.tolist() == pytest.approx([1, 0, 0, 0])
    assert (found.value, found.bound) == (pytest.approx(0), pytest.approx(0, abs=2e-3))


def test_among_openings_as_good_as_the_least_the_nearest_are_taken():
    given_ = knapsack([0, 0, 0, 1], [[2, 1, 0, 1]], [2], [99])
    found = by_cuts_alone(given_, [1e-3, -1e-3, -1e-3], aim=lambda bound: bound + 1)
    assert found.point.tolist() == pytest.approx([0, 1, 1, 1])


def test_openings_at_which_nothing_can_stand_are_excluded_by_a_ray():
    given_ = knapsack(
        [0, 0, 0, 1], [[0, 0, -12, 1], [1, 0, 0, 1]], [-np.inf, 0], [-1, 99]
    )  # the last at most 10: y2 opens
    found = by_cuts_alone(given_, [1e-3, 1e-3, 1e-3])
    assert found.point.tolist() == pytest.approx([0, 0, 1, 0])


def test_where_no_openings_may_stand_together_nothing_is_found():
    found = by_cuts_alone(knapsack([0, 0, 0, 1], [[1, 1, 1, 1], NEITHER_BESIDE_THE_OTHER], [0, 3], [99, 99]), [0, 0, 0])
    assert found.point is None


def test_a_solver_that_refuses_a_plan_in_hand_is_asked_again_without_its_presolve(monkeypatch):
    given_ = knapsack([1, 2, 3, 9], [[1, 1, 1, 1]], [2], [np.inf])
    honest, asked = Solver._run, []

    def wrong_with_presolve(self, matrix, options, **more):
        asked.append(options.get("presolve", "on"))
        if asked[-1] == "on":
            return Answer("Infeasible", None, np.inf, -np.inf, None, 0.0)
        return honest(self, matrix, options, **more)

    monkeypatch.setattr(Solver, "_run", wrong_with_presolve)
    answer = quiet().mip(given_, seconds=10, gap=0, start=np.array([1.0, 1.0, 1.0, 0.0]))
    assert asked == ["on", "off"]
    assert answer.point.tolist() == pytest.approx([1, 1, 0, 0])
    asked.clear()
    assert quiet().mip(given_, seconds=10, gap=0).status == "Infeasible"  # no plan in hand: taken at its word
    assert asked == ["on"]


def test_flows_left_out_as_rounding_are_far_below_what_a_check_may_miss():
    assert DUST * 10 <= LEFT_AWAY
    told = plan_for(needy()).allocation.plan
    swept = replace(told, stays=np.where(told.stays < DUST, 0.0, told.stays))
    assert np.abs(swept.stays - told.stays).sum() <= LEFT_AWAY

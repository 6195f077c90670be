"""The search against plain enumeration on generated towns, and against a second solver; with proof that they can fail."""

import time
from dataclasses import replace

import numpy as np
import pyscipopt
import pytest
from hypothesis import given

import authorities
from authorities import enumerated
from cases import cases
from placeplan.allocate import allocate, search
from placeplan.allocate.doubts import NOT_PROVEN, Doubted
from placeplan.allocate.duals import bound_from_duals
from placeplan.allocate.highs import Answer
from placeplan.allocate.relaxation import relaxed
from placeplan.allocate.search import Search
from placeplan.allocate.size import is_small
from placeplan.allocate.solve import Solver
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school, towns

CLOSE = 1e-6


def quiet():
    return Solver(1, 1, lambda *_: None)


def faults(allocation, truth):
    """What the least objective of all openings says against a plan and its bound."""
    room = CLOSE * max(1.0, abs(truth))
    duals = bound_from_duals(allocation.proof, allocation.row_duals) + allocation.model.constant
    told = {
        "the plan is not told as proven": allocation.status != "Optimal",
        "the plan is not the best": allocation.objective > truth + room,
        "the plan is better than can be": allocation.objective < truth - room,
        "the bound is above the best plan": allocation.bound > truth + room,
        "the bound does not reach the plan": allocation.status == "Optimal" and allocation.bound < truth - room,
        "the duals prove more than is true": duals > truth + room,
    }
    return [fault for fault, found in told.items() if found]


@given(town=towns(most_zones=3, most_options=3))
@cases(10)
def test_the_optimum_is_that_of_plain_enumeration(town):
    planned = plan_for(town)
    assert faults(planned.allocation, enumerated(planned)) == []


def needy():
    """A town in which opening both options is far the best."""
    schools = [school("A", "primary", pan=20), school("B", "primary", pan=20), school("S", "secondary", pan=60)]
    rows = [option(f"X{u}", "expansion", u, places_per_year=10, nc_years=(0, 6), capital_pounds=1e4) for u in "AB"]
    return authority(schools, 2 * CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, tolerance=1e6)


def test_enumeration_catches_a_wrong_bound_and_a_wrong_plan():
    planned = plan_for(needy())
    truth = enumerated(planned)
    told = planned.allocation
    assert faults(told, truth) == []
    assert told.do_minimum_objective > 1.1 * truth
    assert faults(replace(told, bound=1.01 * truth), truth) == ["the bound is above the best plan"]
    assert faults(replace(told, bound=0.99 * truth), truth) == ["the bound does not reach the plan"]
    assert faults(replace(told, objective=told.do_minimum_objective), truth) == ["the plan is not the best"]
    assert faults(replace(told, row_duals=-told.row_duals), truth) == []  # any duals prove something true


def never_opens(monkeypatch):
    """A solver that never opens an option, and calls that optimal."""
    honest = Solver.mip

    def lazy(self, matrix, **options):
        shut = replace(matrix, upper=np.where(matrix.integer & (matrix.lower < 1), 0.0, matrix.upper))
        return honest(self, shut, **options)

    monkeypatch.setattr(Solver, "mip", lazy)


def believed(_solver, _matrix, _decision, told, *_):
    """No second opinion: the solver's word is taken."""
    return Doubted(told.point, told.objective, told.bound, wrong=False)


def test_enumeration_catches_a_solver_that_never_opens_an_option(monkeypatch):
    never_opens(monkeypatch)
    monkeypatch.setattr(search, "second_opinion", believed)
    monkeypatch.setattr(allocate, "branch", lambda *_, **__: None)
    planned = plan_for(needy())
    monkeypatch.undo()
    assert "the plan is not the best" in faults(planned.allocation, enumerated(planned))


def test_a_second_opinion_finds_the_optimum_that_a_wrong_solver_missed_and_tells_nothing_as_proven(monkeypatch):
    never_opens(monkeypatch)
    planned = plan_for(needy())
    monkeypatch.undo()
    truth = enumerated(planned)
    assert planned.allocation.status == NOT_PROVEN
    assert planned.allocation.objective == pytest.approx(truth, rel=1e-6)
    assert planned.allocation.bound <= truth + CLOSE


def test_of_two_equal_options_the_one_whose_code_comes_first_is_chosen_in_whatever_order_they_stand():
    schools = [school("A", "primary", pan=20), school("B", "primary", pan=20), school("S", "secondary", pan=60)]
    twins = [
        option(name, "expansion", "A", places_per_year=10, nc_years=(0, 6), capital_pounds=1e4) for name in ("Y", "X")
    ]
    twins = [{**twin, "excludes": other} for twin, other in zip(twins, ("X", "Y"), strict=True)]
    for rows in (twins, twins[::-1]):
        planned = plan_for(authority(schools, 2 * CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM))
        chosen = planned.allocation.plan.opens() >= 0
        names = [d.name for d in planned.allocation.plan.network.options.decisions]
        assert [n for n, opens in zip(names, chosen, strict=True) if opens] == ["X"]


def of_second_solver(matrix):
    """The least objective by SCIP, which shares nothing with HiGHS."""
    model = pyscipopt.Model()
    model.hideOutput()
    z = [
        model.addVar(lb=low, ub=high, vtype="B" if whole else "C")
        for low, high, whole in zip(matrix.lower, matrix.upper, matrix.integer, strict=True)
    ]
    rows = matrix.rows.tocsr()
    for i, (low, high) in enumerate(zip(matrix.row_lower, matrix.row_upper, strict=True)):
        span = slice(rows.indptr[i], rows.indptr[i + 1])
        left = pyscipopt.quicksum(a * z[j] for j, a in zip(rows.indices[span], rows.data[span], strict=True))
        if np.isfinite(low):
            model.addCons(left >= low)
        if np.isfinite(high):
            model.addCons(left <= high)
    model.setObjective(pyscipopt.quicksum(c * v for c, v in zip(matrix.cost, z, strict=True) if c))
    model.optimize()
    assert model.getStatus() == "optimal"
    return model.getObjVal()


@given(town=towns(most_zones=2, most_options=4))
@cases(4)
def test_a_second_solver_finds_the_same_optimum(town):
    told = plan_for(town).allocation
    assert of_second_solver(told.matrix) + told.model.constant == pytest.approx(told.objective, rel=1e-6, abs=1e-6)


@given(town=towns(most_zones=3, most_options=4))
@cases(4)
def test_the_way_of_large_problems_ends_at_the_same_optimum(town):
    told = plan_for(town).allocation
    counted = np.zeros(len(told.matrix.cost), dtype=bool)
    unplaced = told.model.problem.blocks["unplaced"].columns
    counted[unplaced] = told.model.network.nodes.nc <= 11
    solver = quiet()
    beside = relaxed(solver, told.model.problem.matrix(), counted, 0.001, lambda: 30.0)
    way = Search(solver, told.matrix, gap=0.0, offset=told.model.constant, ends=np.inf)
    found = way.by_relaxation(beside, told.limit_on_shortfall)
    assert found.objective + told.model.constant == pytest.approx(told.objective, rel=1e-6, abs=1e-6)
    assert found.bound <= found.objective + 1e-6
    proven = bound_from_duals(beside.matrix, found.row_duals) - beside.price * told.limit_on_shortfall
    assert proven <= found.objective + 1e-6


class Telling(Solver):
    """A solver that finds nothing but two plans on its way: one that breaks a rule, and one that is the best."""

    def mip(self, _matrix, *, talk, **_):
        if talk.offer is not None:  # branching on the whole
            for plan in self.plans:
                talk.found(plan)
                self.heard.append(self.way.objective)
        return Answer("Time limit reached", None, np.inf, -np.inf, None, 0.0)


def test_a_plan_that_branching_comes_upon_is_known_at_once_unless_it_breaks_a_rule_that_branching_left_out():
    told = plan_for(needy()).allocation
    shut = np.where(told.matrix.integer, 0.0, told.point)
    assert (told.matrix.rows @ shut > told.matrix.row_upper + 1).any()
    solver = Telling(1, 1, lambda *_: None)
    solver.plans, solver.heard = [shut, told.point], []
    nobody = np.zeros(len(told.matrix.cost), dtype=bool)
    beside = relaxed(solver, told.matrix, nobody, 0.0, lambda: 30.0)
    solver.way = way = Search(solver, told.matrix, gap=0.0, offset=0.0, ends=time.monotonic() + 30)
    found = way.by_relaxation(beside, 0.0)
    assert solver.heard[0] == np.inf
    assert solver.heard[1] == pytest.approx(told.matrix.cost @ told.point)
    assert found.objective == solver.heard[1]


def test_the_way_of_large_problems_is_for_large_problems():
    assert is_small(plan_for(needy()).allocation.matrix)


def test_what_was_solved_before_changes_nothing():
    town, other = authorities.scenario("town"), needy()
    first = plan_for(town).allocation
    plan_for(other)
    Solver(7, 2, lambda *_: None)
    again = plan_for(town).allocation
    assert (again.plan.openings == first.plan.openings).all()
    assert (again.plan.stays == first.plan.stays).all()
    assert again.bound == first.bound


def test_a_bound_that_a_better_plan_disproves_is_given_up_and_the_plan_is_not_called_optimal():
    told = plan_for(needy()).allocation
    one = np.arange(len(told.point)) == np.flatnonzero(told.matrix.integer)[0]
    worse, better = (np.where(told.matrix.integer, opened, told.point) for opened in (1.0, one))
    matrix = replace(told.matrix, cost=np.where(told.matrix.integer, 1.0, 0.0))
    way = Search(quiet(), matrix, gap=0.01, offset=0.0, ends=time.monotonic() + 30)
    way.take(worse)
    way.raise_to(way.objective - 0.5)  # false: the plan that comes now is better than that
    way.take(better)
    assert way.disproved
    way.raise_to(way.objective)
    assert way.bound == way.least, "whoever told one false bound is not believed again"
    assert way._done(None).status == NOT_PROVEN

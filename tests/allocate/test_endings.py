"""Wherever a solve may end without an answer, what is published stays true: a feasible plan, its value, a bound below it."""

import numpy as np
import pytest

from placeplan.allocate.highs import Answer
from placeplan.allocate.solve import Solver
from placeplan.domain.errors import NoPlanInTime, SolverFailed
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school

TIME_IS_UP = ["Time limit reached", "Unknown"]
NO_ANSWER = ["Infeasible", "Unbounded", "Solve error"]
MOST_SOLVES = 12


def town():
    """Too few places for all, and two expansions, so that both stages have something to decide."""
    schools = [school("A", "primary", pan=20), school("B", "primary", pan=20), school("S", "secondary", pan=60)]
    rows = [option(f"X{u}", "expansion", u, places_per_year=10, nc_years=(0, 6), capital_pounds=1e5) for u in "AB"]
    return authority(schools, 2 * CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=3)


class StandIn:
    """HiGHS, but for one solve of a run, which ends as it is told to."""

    def __init__(self, monkeypatch, at, status):
        self.solves, honest = 0, Solver._run

        def run(solver, matrix, options, **more):
            self.solves += 1
            if self.solves == at:
                return Answer(status, None, np.inf, -np.inf, None, 0.0)
            return honest(solver, matrix, options, **more)

        monkeypatch.setattr(Solver, "_run", run)


def outcome(monkeypatch, at, status):
    """The plan or what was raised, and whether the solve was reached at all."""
    with monkeypatch.context() as patch:
        stand_in = StandIn(patch, at, status)
        try:
            return plan_for(town()).allocation, stand_in.solves >= at
        except (NoPlanInTime, SolverFailed) as told:
            return told, True


@pytest.mark.parametrize("status", [*TIME_IS_UP, *NO_ANSWER])
def test_a_solve_that_ends_without_a_point_is_never_read_as_one(monkeypatch, status):
    truth = plan_for(town()).allocation
    for at in range(1, MOST_SOLVES):
        told, reached = outcome(monkeypatch, at, status)
        if not reached:
            break
        if isinstance(told, NoPlanInTime):
            assert status in TIME_IS_UP
            continue
        if isinstance(told, SolverFailed):
            assert status in NO_ANSWER
            continue
        value = told.matrix.rows @ told.point
        assert (value <= told.matrix.row_upper + 1e-6).all()
        assert (value >= told.matrix.row_lower - 1e-6).all()
        assert told.bound <= truth.objective + 1e-6
        assert told.objective >= truth.objective - 1e-6 or told.least_shortfall > truth.least_shortfall + 1e-6
        assert told.plan.shortfall(0, 11) >= truth.least_shortfall - 1e-6
    assert at > 3

"""Sufficiency, the first stage: the do-minimum, and openings that leave the fewest children without a place."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.allocate.benders import Cutting, Least
from placeplan.allocate.clock import Clock
from placeplan.allocate.duals import cut_from_duals
from placeplan.allocate.limit import NO_SHORTFALL, ROUNDING
from placeplan.allocate.model import Model, compulsory
from placeplan.allocate.opening_rules import broken_rules
from placeplan.allocate.problem import Matrix, part_of, whole, with_openings, with_rows
from placeplan.allocate.relaxation import Relaxed
from placeplan.allocate.size import is_small
from placeplan.allocate.so_far import Found
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import NoPlanInTime, PlaceplanError, Problem, ScenarioProblems, SolverFailed

STAGE_1_COLUMNS = ("stays", "bundles", "rolls", "unplaced", "openings")
STAGE_1_ROWS = {
    "bundle", "roll", "on roll", "flow", "places", "net capacity", "infant classes", "gate", "one sex", "stays open",
    "moves together",
}  # fmt: skip
TOLERANCE = 0.25  # child-years at which the least shortfall counts as proven
NEARNESS = 0.02  # child-years that all openings together may weigh among plans as good as the least
DEAREST, UNDECIDED = 1.0, 3e-3  # of the objective: the most that one opening is taken to cost; the pull of the point
OUT_OF_TIME = {"Time limit reached", "Iteration limit reached", "Solution limit reached", "Unknown"}


@dataclass(frozen=True)
class DoMinimum:
    """The do-minimum: its point of the first stage, and its shortfall R–11. closed: the problem with nothing more to open."""

    closed: Matrix
    first_stage: Number
    openings: Number
    shortfall: float

    def complete(self, model: Model, solver: Solver, seconds: float) -> Number:
        """Return all columns of the do-minimum that serves the principles best; raises NoPlanInTime or SolverFailed."""
        limited = with_limit(model, self.closed, 0.0 if self.shortfall < NO_SHORTFALL else self.shortfall + ROUNDING)
        answer = solver.lp(with_openings(limited, self.openings, self.closed.integer), seconds=seconds)
        if answer.point is None:
            raise _ended(answer.status, "the do-minimum")
        return whole(answer.point, self.closed.integer)


def counted(model: Model) -> YesNo:
    """Return which columns tell the shortfall R–11."""
    result = np.zeros(len(model.problem.lower), dtype=bool)
    result[model.problem.blocks["unplaced"].columns] = compulsory(model.network)
    return result


def do_minimum(model: Model, matrix: Matrix, solver: Solver, clock: Clock) -> DoMinimum:
    """Return the plan in which nothing opens beyond what is committed, at its own least shortfall."""
    options = model.network.options
    shut = [decision for decision in options.decisions if decision.committed and decision.refused]
    if shut:
        raise ScenarioProblems([_committed(f"{one.name} is committed and can't open: {one.refused}.") for one in shut])
    block = model.problem.blocks["openings"]
    committed = np.array([options.decisions[d].committed for d in options.opening_decision], dtype=bool)
    upper = matrix.upper.copy()
    upper[block.columns] = committed
    closed = replace(matrix, upper=upper)
    part, _ = stage_1(model, closed)
    settled_already, small = bool((part.lower >= part.upper)[part.integer].all()), is_small(part)
    least = (
        solver.lp(part, seconds=clock.left(), corner=small, method="choose" if small else "ipm")
        if settled_already
        else solver.mip(part, seconds=clock.left(), gap=0.0, large=not small)
    )
    if least.status == "Infeasible" and committed.any():
        broken = broken_rules(closed, committed.astype(float), solver, clock.left())
        names = ", ".join(decision.name for decision in options.decisions if decision.committed)
        told = f"the committed options ({names}) can't all open. In the way: {'; '.join(broken)}."
        raise ScenarioProblems([_committed(told)])
    if least.point is None:
        raise _ended(least.status, "the do-minimum")
    shortfall = max(float(part.cost @ least.point), 0.0)
    return DoMinimum(closed, least.point, np.round(least.point[part.integer]), shortfall)


def _committed(wrong: str) -> Problem:
    """Return a fault of what is marked as committed."""
    remedy = "Mark what they need as committed too, or take the mark from one of them."
    return Problem("options.csv", None, "committed", wrong, remedy)


def _ended(status: str, what: str) -> PlaceplanError:
    """Return what an ending without a point means."""
    if status in OUT_OF_TIME:
        return NoPlanInTime(f"The time limit came before any plan ({what}). Give [solve] time_limit_seconds more.")
    return SolverFailed(f"the solver ended {what} with “{status}”, which this model never should")


def least_shortfall(
    model: Model,
    matrix: Matrix,
    solver: Solver,
    minimum: DoMinimum,
    clock: Clock,
    beside: Relaxed | None,
    tolerance: float,
) -> Found:
    """Return openings that leave the fewest child-years without a place, R–11, and what is proven of that.

    The point is of the first stage: columns that it has no part in are 0.

    A small problem is branched on for a third of the time at most. In a large one the openings are found by cuts, and
    among those as good as the least the nearest to the weighted relaxation: a first plan that serves the principles too.
    """
    part, columns = stage_1(model, matrix)
    start = minimum.first_stage
    if beside is not None:
        least = _near_relaxation(part, solver, beside, minimum, clock, tolerance)
    elif minimum.shortfall < NO_SHORTFALL:
        least = Least(None, minimum.shortfall, 0.0)
    else:
        seconds = max(clock.left() - 2 * clock.limit / 3, 1.0)
        answer = solver.mip(part, seconds=seconds, gap=0.0, absolute=TOLERANCE, start=start)
        least = Least(answer.point, answer.objective, max(min(answer.bound, answer.objective), 0.0))
    point = np.zeros(len(matrix.cost))
    point[columns] = start if least.point is None else least.point
    value = max(minimum.shortfall if least.point is None else least.value, 0.0)
    proven = value - least.bound <= TOLERANCE
    return Found(point, value, min(least.bound, value), "Optimal" if proven else "Time limit reached", None, least.cuts)


def _near_relaxation(
    part: Matrix,
    solver: Solver,
    beside: Relaxed,
    minimum: DoMinimum,
    clock: Clock,
    tolerance: float,
) -> Least:
    """Return the openings with the least shortfall, as near the weighted relaxation as that lets them be.

    While that relaxation is still being solved, cuts are found at openings near the first stage's own.
    """

    def aim(bound: float) -> float:
        return _as_good(bound, tolerance)

    alone = solver.lp(part, seconds=clock.left())
    known = minimum.shortfall + NO_SHORTFALL  # no worse than the do-minimum
    duals = np.zeros(len(part.row_lower)) if alone.row_duals is None else alone.row_duals
    cutting = Cutting(solver, part, cut_from_duals(part, duals, part.cost))
    own = None if alone.point is None else NEARNESS * (0.5 - alone.point[part.integer]) / max(part.integer.sum(), 1)
    first = Least(None, known, cutting.bound)
    if own is not None:
        first = cutting.seek(own, seconds=clock.left() / 2, known=known, aim=aim, enough=beside.work.done.is_set)
    weighted = beside.work.result()
    if weighted.point is None or weighted.row_duals is None:
        return first
    nearness = _nearness(beside.matrix, weighted.point, weighted.row_duals)
    known = known if first.point is None else max(first.value, aim(first.bound))
    near = cutting.seek(nearness, seconds=clock.left() / 2, known=known, aim=aim)
    return replace(first, bound=near.bound, cuts=near.cuts) if near.point is None else near


def _nearness(matrix: Matrix, point: Number, row_duals: Number) -> Number:
    """Return what each opening costs of the weighted objective at least, and a little for leaving the relaxation's point.

    Reduced costs tell what a settled opening is worth (a sixth form that everything wants open); they are nothing where the
    relaxation is undecided. All together weigh NEARNESS child-years.
    """
    reduced = cut_from_duals(matrix, row_duals, matrix.cost).slope
    cost = np.clip(reduced, -DEAREST, DEAREST) + UNDECIDED * (0.5 - point[matrix.integer])
    return NEARNESS * cost / max(float(np.abs(cost).sum()), UNDECIDED)


def _as_good(bound: float, tolerance: float) -> float:
    """Return the shortfall that is as good as the least: nobody, or where somebody must be short, within the tolerance."""
    return NO_SHORTFALL if bound < NO_SHORTFALL else bound + max(tolerance, TOLERANCE)


def stage_1(model: Model, matrix: Matrix) -> tuple[Matrix, YesNo]:
    """Return the part of the problem that decides who has a place, with the shortfall R–11 as its objective."""
    columns = np.zeros(len(matrix.cost), dtype=bool)
    for name in STAGE_1_COLUMNS:
        columns[model.problem.blocks[name].columns] = True
    part = part_of(matrix, columns, first_stage_rows(model, matrix))
    return replace(part, cost=counted(model)[columns].astype(float)), columns


def first_stage_rows(model: Model, matrix: Matrix) -> YesNo:
    """Return which rows decide who has a place."""
    wanted = np.array([n in STAGE_1_ROWS or n in model.problem.rules for n in matrix.row_names])
    return np.asarray(wanted[matrix.row_kind])


def with_limit(model: Model, matrix: Matrix, limit: float) -> Matrix:
    """Return the problem with the shortfall R–11 held at a limit: a bound on every column at 0, else a row."""
    which = counted(model)
    if limit == 0.0:
        return replace(matrix, upper=np.where(which, 0.0, matrix.upper))
    row = sparse.csr_matrix(which.astype(float)[None, :])
    return with_rows(matrix, row, np.full(1, -np.inf), np.full(1, limit), "sufficiency")

"""Sufficiency, the first stage: the do-minimum, and openings that leave the fewest children without a place."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.allocate.clock import Clock
from placeplan.allocate.model import Model, compulsory
from placeplan.allocate.problem import Matrix, part_of
from placeplan.allocate.rounding import by_rounding, with_openings
from placeplan.allocate.search import Found, Relaxed, is_small, settled
from placeplan.allocate.solve import Solver, bound_from_duals
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import NoPlanInTime, PlaceplanError, Problem, ScenarioProblems, SolverFailed

NO_SHORTFALL = 1e-4  # below it every unplaced column gets the bound 0 instead of a row (a tight row made HiGHS lie)
COMMITTED_CANNOT_STAND = Problem(
    "options.csv",
    None,
    "committed",
    "the options marked as committed can't all open: they break a budget, a need, an exclusion or the provider gate.",
    "Mark what they need as committed too, or take the mark from one of them.",
)
STAGE_1_COLUMNS = ("stays", "bundles", "rolls", "unplaced", "openings")
STAGE_1_ROWS = {"bundle", "roll", "on roll", "flow", "places", "net capacity", "gate", "stays open"}
TOLERANCE = 0.25  # child-years at which the least shortfall counts as proven
ROUNDING = 1e-3  # child-years by which a plan may miss its own shortfall when it is solved again


@dataclass(frozen=True)
class DoMinimum:
    """The do-minimum: a point of all columns, and its shortfall R–11."""

    point: Number
    shortfall: float


def counted(model: Model) -> YesNo:
    """Return which columns tell the shortfall R–11."""
    result = np.zeros(len(model.problem.lower), dtype=bool)
    result[model.problem.blocks["unplaced"].columns] = compulsory(model.network)
    return result


def do_minimum(model: Model, matrix: Matrix, solver: Solver, clock: Clock) -> DoMinimum:
    """Return the plan in which nothing opens beyond what is committed, at its own least shortfall."""
    options = model.network.options
    block = model.problem.blocks["openings"]
    committed = np.array([options.decisions[d].committed for d in options.opening_decision], dtype=bool)
    upper = matrix.upper.copy()
    upper[block.columns] = committed
    closed = replace(matrix, upper=upper)
    part, _ = _stage_1(model, closed)
    settled_already, small = bool((part.lower >= part.upper)[part.integer].all()), is_small(part)
    least = (
        solver.lp(part, seconds=clock.left(), corner=small, method="choose" if small else "ipm")
        if settled_already
        else solver.mip(part, seconds=clock.left(), gap=0.0, large=not small)
    )
    if least.status == "Infeasible" and committed.any():
        raise ScenarioProblems([COMMITTED_CANNOT_STAND])
    if least.point is None:
        raise _ended(least.status, "the do-minimum")
    shortfall = max(float(part.cost @ least.point), 0.0)
    limited = with_limit(model, closed, 0.0 if shortfall < NO_SHORTFALL else shortfall + ROUNDING)
    fixed = with_openings(limited, np.round(least.point[part.integer]), matrix.integer)
    answer = solver.lp(fixed, seconds=clock.left())
    if answer.point is None:
        raise _ended(answer.status, "the do-minimum")
    whole = np.where(matrix.integer, np.round(answer.point), answer.point)
    return DoMinimum(whole, shortfall)


def _ended(status: str, what: str) -> PlaceplanError:
    """Return what an ending without a point means."""
    if "limit" in status.lower() or status == "Unknown":
        return NoPlanInTime(f"The time limit came before any plan ({what}). Give [solve] time_limit_seconds more.")
    return SolverFailed(f"the solver ended {what} with “{status}”, which this model never should")


class _Best:
    """The plan of stage 1 with the smallest shortfall so far, and what is proven of it."""

    def __init__(self, start: Number, shortfall: float) -> None:
        self.point, self.shortfall, self.bound = start, shortfall, 0.0
        self.first = self.least = shortfall

    def take(self, point: Number | None, shortfall: float, *, wanted: bool = False) -> bool:
        """Keep a plan that is better, or that is wanted for other reasons and no worse than a tolerance."""
        room = 0.0 if not wanted else NO_SHORTFALL if self.least < NO_SHORTFALL else TOLERANCE
        if point is None or shortfall >= self.least + room:
            return False
        self.point, self.shortfall = point, max(shortfall, 0.0)
        self.least = min(self.least, self.shortfall)
        return True

    @property
    def proven(self) -> bool:
        return self.shortfall - self.bound <= TOLERANCE

    @property
    def may_be_bettered(self) -> bool:
        """May fewer be left out: by more than the tolerance, or all of them placed."""
        return self.shortfall >= NO_SHORTFALL and (self.bound < NO_SHORTFALL or not self.proven)

    @property
    def nothing_gained(self) -> bool:
        """Is it no better than where it began, though it may well be."""
        return not self.proven and self.shortfall > self.first - TOLERANCE


def least_shortfall(
    model: Model, matrix: Matrix, solver: Solver, minimum: DoMinimum, clock: Clock, beside: Relaxed | None
) -> Found:
    """Return openings that leave the fewest child-years without a place, R–11; in about a third of the time at most.

    In a large problem a linear program bounds the shortfall, and the openings of the weighted relaxation are rounded: as a
    rule a plan near that bound, which serves the principles too. Where it isn't, branching goes on from it, and what it
    gains is sought again near the relaxation. While no plan is better than the do-minimum, though one may be, half of the
    time left goes here.
    """
    part, columns = _stage_1(model, matrix)
    best = _Best(minimum.point[columns], minimum.shortfall)
    if beside is None:
        if best.may_be_bettered:
            _go_on(best, part, solver, clock.left() - 2 * clock.limit / 3)
    else:
        _with_relaxation(best, part, columns, solver, beside, clock)
    if best.nothing_gained:
        _go_on(best, part, solver, clock.left() / 2)
    point = minimum.point.copy()
    point[columns] = best.point
    return Found(point, best.shortfall, best.bound, "Optimal" if best.proven else "Time limit reached", None)


def _go_on(best: _Best, part: Matrix, solver: Solver, seconds: float) -> None:
    """Branch for the smallest shortfall, from the best plan."""
    answer = solver.mip(part, seconds=max(seconds, 1.0), gap=0.0, absolute=TOLERANCE, start=best.point)
    best.take(answer.point, answer.objective)
    best.bound = best.shortfall if answer.proven else max(best.bound, min(answer.bound, best.shortfall))


def _with_relaxation(best: _Best, part: Matrix, columns: YesNo, solver: Solver, beside: Relaxed, clock: Clock) -> None:
    """Find a plan near the relaxation whose shortfall is the least, or near it."""
    points = []
    if best.may_be_bettered:
        least = solver.lp(part, seconds=clock.left())
        points = [] if least.point is None else [least.point]
        best.bound = 0.0 if least.row_duals is None else max(bound_from_duals(part, least.row_duals), 0.0)
    root = beside.work.result()
    if root.point is None:
        return
    fractional = root.point[columns]
    rounded = _rounded(part, [fractional, *points], solver, clock, best.bound + TOLERANCE)
    near_already, before = best.take(rounded, _shortfall(part, rounded), wanted=True), best.least
    if best.may_be_bettered:
        _go_on(best, part, solver, min(clock.limit / 3, clock.left() / 2))
    if not near_already or best.least < before:
        near = _near(part, fractional, best.point, solver, clock)
        best.take(near, _shortfall(part, near), wanted=True)


def _shortfall(part: Matrix, point: Number | None) -> float:
    return np.inf if point is None else float(part.cost @ point)


def _rounded(part: Matrix, points: list[Number], solver: Solver, clock: Clock, enough: float) -> Number | None:
    """Return the plan with the smallest shortfall at rounded openings: of the first point, and of further ones if need be."""
    places = part.rows[part.row_kind == part.row_names.index("places")]
    adds = -np.asarray(places.sum(axis=0)).ravel()[part.integer]
    best: Number | None = None
    for point in points:
        if _shortfall(part, best) <= enough:
            break
        seconds = max(clock.left() / 3, 1.0)
        found = by_rounding(solver, part, point, adds, seconds=seconds, enough=enough)
        best = min(found, best, key=lambda p: _shortfall(part, p))
    return best


def _near(part: Matrix, fractional: Number, start: Number, solver: Solver, clock: Clock) -> Number | None:
    """Return a plan whose openings lie near those of the weighted relaxation, the shortfall first."""
    guide = np.where(part.integer, TOLERANCE * (0.5 - fractional) / max(int(part.integer.sum()), 1), 0.0)
    guided = replace(part, cost=part.cost + guide)
    seconds = min(clock.limit / 6, max(clock.left() / 3, 1.0))
    return settled(solver, guided, fractional, seconds=seconds, gap=0.0, absolute=TOLERANCE / 100, start=start).point


def _stage_1(model: Model, matrix: Matrix) -> tuple[Matrix, YesNo]:
    """Return the part of the problem that decides who has a place, with the shortfall R–11 as its objective."""
    columns = np.zeros(len(matrix.cost), dtype=bool)
    for name in STAGE_1_COLUMNS:
        columns[model.problem.blocks[name].columns] = True
    wanted = np.array([n in STAGE_1_ROWS or n in model.problem.rules for n in matrix.row_names])
    part = part_of(matrix, columns, wanted[matrix.row_kind])
    return replace(part, cost=counted(model)[columns].astype(float)), columns


def with_limit(model: Model, matrix: Matrix, limit: float) -> Matrix:
    """Return the problem with the shortfall R–11 held at a limit: a bound on every column at 0, else a row."""
    which = counted(model)
    if limit == 0.0:
        return replace(matrix, upper=np.where(which, 0.0, matrix.upper))
    row = sparse.csr_matrix(which.astype(float)[None, :])
    return replace(
        matrix,
        rows=sparse.csc_matrix(sparse.vstack([matrix.rows, row])),
        row_lower=np.append(matrix.row_lower, -np.inf),
        row_upper=np.append(matrix.row_upper, limit),
        row_kind=np.append(matrix.row_kind, len(matrix.row_names)),
        row_names=(*matrix.row_names, "sufficiency"),
    )

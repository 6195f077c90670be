"""Allocate: sufficiency first, then the best plan against the nine principles, with its bound, and the do-minimum beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.allocate.clock import Clock
from placeplan.allocate.model import Model, build, compulsory
from placeplan.allocate.objective import scales
from placeplan.allocate.problem import Matrix, part_of
from placeplan.allocate.search import (
    Found,
    Relaxed,
    Search,
    Step,
    by_rounding,
    is_small,
    relaxed,
    settled,
    with_openings,
)
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import NoPlanInTime, PlaceplanError, Problem, ScenarioProblems, SolverFailed
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

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
PRICE_OF_SHORTFALL = 0.001  # of the relaxation: any price ≥ 0 gives a bound, this one keeps its shortfall low
SEARCH = 0.85  # share of the time limit for the search; the rest is for the last linear program
TOLERANCE_OF_STAGE_1 = 0.25  # child-years at which the least shortfall counts as proven


@dataclass(frozen=True)
class Allocation:
    """The plan, and what is known of it.

    objective, bound: of the weighted constraints.  gap: (objective − bound) / objective.  controllable_gap: of what the
    plan could change against the do-minimum.  least_shortfall, its bound, and the plan's own: child-years, R–11.
    seconds: by stage.  model, matrix, point: for the certificate; row_duals: of `proof`, a relaxation of matrix (with the
    shortfall priced where the limit on it has been left out).
    """

    plan: Plan
    do_minimum: Plan
    model: Model
    matrix: Matrix
    point: Number
    proof: Matrix
    row_duals: Number | None
    status: str
    objective: float
    do_minimum_objective: float
    bound: float
    least_shortfall: float
    least_shortfall_bound: float
    least_shortfall_proven: bool
    limit_on_shortfall: float
    seconds: dict[str, float]
    steps: tuple[tuple[str, float, float, float], ...]

    @property
    def gap(self) -> float:
        """Return the part of the objective that might still be bettered."""
        return 0.0 if self.objective <= 1e-9 else max(0.0, (self.objective - self.bound) / self.objective)

    @property
    def controllable_gap(self) -> float:
        """Return the same as a part of what the plan could change: most of the objective is travel that no plan avoids."""
        if self.objective <= 1e-9:
            return 0.0
        change = max(self.do_minimum_objective - self.objective, 0.01 * self.objective)
        return max(0.0, (self.objective - self.bound) / change)


def allocate(
    network: Network,
    prices: tuple[Prices, ...],
    keys: Sequence[str],
    scenario: Scenario,
    *,
    progress: Progress = silent,
) -> Allocation:
    """Return the best plan that leaves no avoidable child without a place.

    Raises NoPlanInTime when the time limit comes before any plan, SolverFailed when the solver can't be trusted.
    """
    settings = scenario.settings.solve
    clock = Clock(settings.time_limit_seconds)
    model = build(network, prices, scales(prices, keys, scenario), scenario)
    matrix = model.problem.matrix()
    solver = Solver(settings.seed, settings.threads, progress)
    progress(f"The model has {matrix.rows.shape[1]:,} columns and {matrix.rows.shape[0]:,} rows", None)
    beside = None if is_small(matrix) else relaxed(solver, matrix, _counted(model), PRICE_OF_SHORTFALL, clock.left)
    clock.lap("build")
    minimum = _do_minimum(model, matrix, solver, clock)
    clock.lap("do-minimum")
    first = _least_shortfall(model, matrix, solver, minimum, clock, beside)
    clock.lap("sufficiency")
    limit = (
        0.0 if first.objective < NO_SHORTFALL else first.objective + max(settings.sufficiency_tolerance, NO_SHORTFALL)
    )
    progress(
        f"At least {first.objective:,.1f} child-years have no place; {minimum.shortfall:,.1f} if nothing opens", None
    )
    limited = _with_limit(model, matrix, limit)
    steps: list[Step] = []
    search = Search(
        solver,
        limited,
        gap=settings.gap,
        offset=model.constant,
        deadline=clock.began + SEARCH * clock.limit,
        steps=steps,
    )
    search.start_from(_complete(model, limited, solver, first.point, clock))
    found = search.directly() if beside is None else search.by_relaxation(beside, limit)
    point = _polished(model, limited, solver, found, clock)
    clock.lap("weighted constraints")
    duals = found.row_duals
    if beside is None:
        duals = solver.lp(limited, seconds=60.0, corner=True, method="choose").row_duals
    proof = limited if beside is None else beside.matrix
    return Allocation(
        model.plan(point), model.plan(minimum.point), model, limited, point, proof, duals, found.status,
        float(matrix.cost @ point) + model.constant, float(matrix.cost @ minimum.point) + model.constant,
        found.bound + model.constant, first.objective, first.bound, first.status == "Optimal", limit, clock.laps, tuple(steps),
    )  # fmt: skip


def _counted(model: Model) -> YesNo:
    """Return which columns tell the shortfall R–11."""
    counted = np.zeros(len(model.problem.lower), dtype=bool)
    counted[model.problem.blocks["unplaced"].columns] = compulsory(model.network)
    return counted


def _stage_1(model: Model, matrix: Matrix) -> tuple[Matrix, YesNo]:
    """Return the part of the problem that decides who has a place, with the shortfall R–11 as its objective."""
    columns = np.zeros(len(matrix.cost), dtype=bool)
    for name in STAGE_1_COLUMNS:
        columns[model.problem.blocks[name].columns] = True
    wanted = np.array([n in STAGE_1_ROWS or n in model.problem.rules for n in matrix.row_names])
    part = part_of(matrix, columns, wanted[matrix.row_kind])
    cost = np.zeros(len(matrix.cost))
    cost[model.problem.blocks["unplaced"].columns] = compulsory(model.network)
    return replace(part, cost=cost[columns]), columns


@dataclass(frozen=True)
class _Minimum:
    """The do-minimum: a point of all columns, and its shortfall R–11."""

    point: Number
    shortfall: float


def _do_minimum(model: Model, matrix: Matrix, solver: Solver, clock: Clock) -> _Minimum:
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
    limited = _with_limit(model, closed, 0.0 if shortfall < NO_SHORTFALL else shortfall + 1e-3)
    fixed = with_openings(limited, np.round(least.point[part.integer]), matrix.integer)
    answer = solver.lp(fixed, seconds=clock.left())
    if answer.point is None:
        raise _ended(answer.status, "the do-minimum")
    return _Minimum(_whole(answer.point, matrix.integer), shortfall)


def _ended(status: str, what: str) -> PlaceplanError:
    """Return what an ending without a point means."""
    if "limit" in status.lower() or status == "Unknown":
        return NoPlanInTime(f"The time limit came before any plan ({what}). Give [solve] time_limit_seconds more.")
    return SolverFailed(f"the solver ended {what} with “{status}”, which this model never should")


def _least_shortfall(
    model: Model, matrix: Matrix, solver: Solver, minimum: _Minimum, clock: Clock, beside: Relaxed | None
) -> Found:
    """Return openings that leave the fewest child-years without a place, R–11; in about a third of the time at most.

    In a large problem the openings that the weighted relaxation settles are then fixed, and the rest is decided for the
    shortfall first and nearness to the relaxation second: a first plan that serves the principles too. Where no time is
    left for that, the relaxation's openings are rounded.
    """
    part, columns = _stage_1(model, matrix)
    start = minimum.point[columns]
    value, bound, proven = minimum.shortfall, 0.0, minimum.shortfall < NO_SHORTFALL
    if not proven:
        seconds = max(clock.left() - 2 * clock.limit / 3, 1.0)
        answer = solver.mip(part, seconds=seconds, gap=0.0, absolute=TOLERANCE_OF_STAGE_1, start=start)
        proven, bound = answer.proven, max(answer.bound, 0.0)
        if answer.point is not None and answer.objective < value:
            start, value = answer.point, answer.objective
    if beside is not None:
        near = _near_relaxation(part, columns, solver, beside, clock)
        shortfall = np.inf if near is None else float(part.cost @ near)
        if near is not None and shortfall <= value + TOLERANCE_OF_STAGE_1:
            start, value = near, min(value, shortfall)
    point = minimum.point.copy()
    point[columns] = start
    proven = proven or value - bound <= TOLERANCE_OF_STAGE_1
    return Found(point, max(value, 0.0), bound, "Optimal" if proven else "Time limit reached", None)


def _near_relaxation(part: Matrix, columns: YesNo, solver: Solver, beside: Relaxed, clock: Clock) -> Number | None:
    """Return a plan of stage 1 whose openings lie near those of the weighted relaxation, the shortfall first."""
    root = beside.work.result()
    if root.point is None:
        return None
    fractional = root.point[columns]
    count = max(int(part.integer.sum()), 1)
    guide = np.where(part.integer, TOLERANCE_OF_STAGE_1 * (0.5 - fractional) / count, 0.0)
    guided = replace(part, cost=part.cost + guide)
    seconds = min(clock.limit / 6, max(clock.left() / 3, 1.0))
    answer = settled(solver, guided, fractional, seconds=seconds, gap=0.0, absolute=TOLERANCE_OF_STAGE_1 / 100)
    if answer.point is not None:
        return answer.point
    return by_rounding(solver, part, fractional, seconds=max(clock.left() / 3, 1.0))


def _with_limit(model: Model, matrix: Matrix, limit: float) -> Matrix:
    """Return the problem with the shortfall R–11 held at a limit: a bound on every column at 0, else a row."""
    block = model.problem.blocks["unplaced"]
    counted = compulsory(model.network)
    if limit == 0.0:
        upper = matrix.upper.copy()
        upper[block.columns] = np.where(counted, 0.0, upper[block.columns])
        return replace(matrix, upper=upper)
    row = sparse.csr_matrix(
        (np.ones(counted.sum()), (np.zeros(counted.sum(), dtype=int), block.first + np.flatnonzero(counted))),
        shape=(1, len(matrix.cost)),
    )
    return replace(
        matrix,
        rows=sparse.csc_matrix(sparse.vstack([matrix.rows, row])),
        row_lower=np.append(matrix.row_lower, -np.inf),
        row_upper=np.append(matrix.row_upper, limit),
        row_kind=np.append(matrix.row_kind, len(matrix.row_names)),
        row_names=(*matrix.row_names, "sufficiency"),
    )


def _complete(model: Model, matrix: Matrix, solver: Solver, point: Number, clock: Clock) -> Number | None:
    """Return the best plan at the openings of stage 1: a plan always stands."""
    block = model.problem.blocks["openings"]
    fixed = with_openings(matrix, np.round(point[block.columns]), matrix.integer)
    answer = solver.lp(fixed, seconds=max(clock.left(), 5.0))
    return None if answer.point is None else _whole(answer.point, matrix.integer)


def _polished(model: Model, matrix: Matrix, solver: Solver, found: Found, clock: Clock) -> Number:
    """Return the plan at its openings made whole, at a corner, so that few journeys are split."""
    fixed = with_openings(matrix, np.round(found.point[model.problem.blocks["openings"].columns]), matrix.integer)
    answer = solver.lp(fixed, seconds=max(clock.left(), clock.limit * (1 - SEARCH)), corner=True)
    point = found.point if answer.point is None else answer.point
    return _whole(point, matrix.integer)


def _whole(point: Number, integer: YesNo) -> Number:
    """Return a point with its openings made whole."""
    result = point.copy()
    result[integer] = np.round(result[integer])
    return result

"""Allocate: sufficiency first, then the best plan against the nine principles, with its bound, and the do-minimum beside it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.model import Model, build, compulsory, scales
from placeplan.allocate.problem import Matrix, part_of
from placeplan.allocate.search import Found, Search, with_openings
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import NoPlanInTime, SolverFailed
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

NO_SHORTFALL = 1e-4  # below it every unplaced column gets the bound 0 instead of a row (a tight row made HiGHS lie)
STAGE_1_COLUMNS = ("stays", "bundles", "unplaced", "openings")
STAGE_1_ROWS = {"bundle", "on roll", "flow", "places", "net capacity", "gate", "stays open"}
TOLERANCE_OF_STAGE_1 = 0.25  # child-years at which the least shortfall counts as proven


@dataclass(frozen=True)
class Allocation:
    """The plan, and what is known of it.

    objective, bound: of the weighted constraints.  gap: (objective − bound) / objective.  controllable_gap: of what the
    plan could change against the do-minimum.  least_shortfall, its bound, and the plan's own: child-years, R–11.
    seconds: by stage.  model, matrix, row_duals: for the certificate.
    """

    plan: Plan
    do_minimum: Plan
    model: Model
    matrix: Matrix
    point: Number
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
    began = time.monotonic()
    model = build(network, prices, scales(prices, keys, scenario), scenario)
    matrix = model.problem.matrix()
    solver = Solver(settings.seed, settings.threads, progress)
    progress(f"The model has {matrix.rows.shape[1]:,} columns and {matrix.rows.shape[0]:,} rows", None)
    seconds = {"build": time.monotonic() - began}
    began = time.monotonic()
    deadline = began + settings.time_limit_seconds
    minimum, minimum_shortfall = _do_minimum(model, matrix, solver, deadline)
    seconds["do-minimum"] = time.monotonic() - began
    first = _least_shortfall(model, matrix, solver, minimum, began + settings.time_limit_seconds / 3, progress)
    seconds["sufficiency"] = time.monotonic() - began - seconds["do-minimum"]
    limit = (
        0.0 if first.objective < NO_SHORTFALL else first.objective + max(settings.sufficiency_tolerance, NO_SHORTFALL)
    )
    limited = _with_limit(model, matrix, limit)
    start = _complete(model, limited, solver, first.point, deadline)
    search = Search(solver, limited, gap=settings.gap, absolute=1e-9, deadline=deadline, told=progress)
    found = search.run(start)
    point = _polished(model, limited, solver, found, deadline)
    seconds["weighted constraints"] = time.monotonic() - began - seconds["do-minimum"] - seconds["sufficiency"]
    return Allocation(
        model.plan(point), model.plan(minimum), model, limited, point, found.row_duals, found.status,
        float(matrix.cost @ point) + model.constant, float(matrix.cost @ minimum) + model.constant, found.bound + model.constant,
        first.objective, first.bound, first.status == "Optimal", limit, seconds, found.steps,
    )  # fmt: skip


def _stage_1(model: Model, matrix: Matrix) -> tuple[Matrix, YesNo]:
    """Return the part of the problem that decides who has a place, with the shortfall R–11 as its objective."""
    columns = np.zeros(len(matrix.cost), dtype=bool)
    for name in STAGE_1_COLUMNS:
        columns[model.problem.blocks[name].columns] = True
    wanted = np.array([n in STAGE_1_ROWS or n in model.problem.constraints for n in matrix.row_names])
    part = part_of(matrix, columns, wanted[matrix.row_kind])
    cost = np.zeros(len(matrix.cost))
    cost[model.problem.blocks["unplaced"].columns] = compulsory(model.network)
    return replace(part, cost=cost[columns]), columns


def _do_minimum(model: Model, matrix: Matrix, solver: Solver, deadline: float) -> tuple[Number, float]:
    """Return the plan in which nothing opens beyond what is committed, at its own least shortfall."""
    options = model.network.options
    block = model.problem.blocks["openings"]
    committed = np.array([options.decisions[d].committed for d in options.opening_decision], dtype=bool)
    upper = matrix.upper.copy()
    upper[block.columns] = committed
    closed = replace(matrix, upper=upper)
    part, _ = _stage_1(model, closed)
    seconds = max(deadline - time.monotonic(), 1.0)
    least = solver.mip(part, seconds=seconds, gap=0.0) if committed.any() else solver.lp(part, seconds=seconds)
    if least.point is None:
        _explain(least.status, "the do-minimum")
    shortfall = max(float(part.cost @ least.point), 0.0)  # type: ignore[operator]
    limited = _with_limit(model, closed, 0.0 if shortfall < NO_SHORTFALL else shortfall + 1e-3)
    seconds = max(deadline - time.monotonic(), 1.0)
    if committed.any():
        answer = solver.mip(limited, seconds=seconds, gap=1e-4)
    else:
        answer = solver.lp(limited, seconds=seconds)
    if answer.point is None:
        _explain(answer.status, "the do-minimum")
    return answer.point, shortfall  # type: ignore[return-value]


def _explain(status: str, what: str) -> None:
    """Raise what an ending without a point means."""
    if "limit" in status.lower():
        message = f"The time limit came before any plan ({what}). Give [solve] time_limit_seconds more."
        raise NoPlanInTime(message)
    message = f"the solver ended {what} with “{status}”, which this model never should"
    raise SolverFailed(message)


def _least_shortfall(
    model: Model, matrix: Matrix, solver: Solver, minimum: Number, deadline: float, progress: Progress
) -> Found:
    """Return the openings that leave the fewest child-years without a place, R–11."""
    part, columns = _stage_1(model, matrix)
    search = Search(solver, part, gap=0.0, absolute=TOLERANCE_OF_STAGE_1, deadline=deadline, told=progress)
    found = search.run(minimum[columns])
    point = minimum.copy()
    point[columns] = found.point
    return replace(found, point=point, objective=max(found.objective, 0.0))


def _with_limit(model: Model, matrix: Matrix, limit: float) -> Matrix:
    """Return the problem with the shortfall R–11 held at a limit: a bound on every column at 0, else a row."""
    block = model.problem.blocks["unplaced"]
    counted = compulsory(model.network)
    if limit == 0.0:
        upper = matrix.upper.copy()
        upper[block.columns] = np.where(counted, 0.0, upper[block.columns])
        return replace(matrix, upper=upper)
    from scipy import sparse  # noqa: PLC0415

    row = sparse.csr_matrix(
        (np.ones(counted.sum()), (np.zeros(counted.sum(), dtype=int), block.first + np.flatnonzero(counted))),
        shape=(1, len(matrix.cost)),
    )
    return replace(
        matrix,
        rows=sparse.vstack([matrix.rows, row]).tocsc(),
        row_lower=np.append(matrix.row_lower, -np.inf),
        row_upper=np.append(matrix.row_upper, limit),
        row_kind=np.append(matrix.row_kind, len(matrix.row_names)),
        row_names=(*matrix.row_names, "sufficiency"),
    )


def _complete(model: Model, matrix: Matrix, solver: Solver, point: Number, deadline: float) -> Number | None:
    """Return the best plan at the openings of stage 1: a plan always stands."""
    block = model.problem.blocks["openings"]
    fixed = with_openings(matrix, np.round(point[block.columns]), matrix.integer)
    answer = solver.lp(fixed, seconds=max(deadline - time.monotonic(), 5.0))
    return None if answer.point is None else _whole(answer.point, matrix.integer)


def _polished(model: Model, matrix: Matrix, solver: Solver, found: Found, deadline: float) -> Number:
    """Return the plan at its openings made whole, by simplex: a corner of the plan, so that few journeys are split."""
    fixed = with_openings(matrix, np.round(found.point[model.problem.blocks["openings"].columns]), matrix.integer)
    answer = solver.lp(fixed, seconds=max(deadline - time.monotonic(), 60.0), method="choose", crossover=True)
    if answer.point is None:
        return _whole(found.point, matrix.integer)
    return _whole(answer.point, matrix.integer)


def _whole(point: Number, integer: YesNo) -> Number:
    """Return a point with its openings made whole."""
    result = point.copy()
    result[integer] = np.round(result[integer])
    return result

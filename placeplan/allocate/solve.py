"""HiGHS, called by ourselves, its own status read once and honestly.

Options that are always set, and why, are in `docs/decisions/0001`: HiGHS 1.13 to 1.16 as they come tell false optima on
this shape of model; with restarts off none was seen.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import highspy
import numpy as np

from placeplan.allocate.problem import Matrix
from placeplan.domain.arrays import Number
from placeplan.domain.errors import SolverFailed

KNOWN_WRONG = {"1.14.0": "tells false optima on small models of our shape (HiGHS #2957, #3094)"}
FEASIBLE = 2  # HiGHS's primal_solution_status for a point that holds every row

Told = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Answer:
    """What the solver said. status: HiGHS's own word. point: a feasible point, or None where there is none.

    bound: proven lower bound (−inf where none).  row_duals, column_duals: of an LP, else None.
    """

    status: str
    point: Number | None
    objective: float
    bound: float
    row_duals: Number | None
    column_duals: Number | None
    seconds: float

    @property
    def proven(self) -> bool:
        """Did the solver end because it was done."""
        return self.status == "Optimal"


@dataclass
class Solver:
    """HiGHS with the options of one run. seed, threads: as in run.json. told: hears of progress."""

    seed: int
    threads: int
    told: Told
    interrupted: bool = False

    def __post_init__(self) -> None:
        """Refuse a version that is known to be wrong."""
        version = _version()
        if version in KNOWN_WRONG:
            message = f"HiGHS {version} {KNOWN_WRONG[version]}. Install highspy 1.15.1."
            raise SolverFailed(message)
        highspy.Highs.resetGlobalScheduler(True)  # threads are global to the process

    def lp(self, matrix: Matrix, *, seconds: float, method: str = "ipm", crossover: bool = False) -> Answer:
        """Solve the linear relaxation; by interior point without crossover unless told otherwise."""
        options = {"solver": method, "run_crossover": "on" if crossover else "off", "time_limit": max(seconds, 0.1)}
        return self._run(matrix, options, integer=False, start=None)

    def mip(
        self, matrix: Matrix, *, seconds: float, gap: float, absolute_gap: float = 0.0, start: Number | None = None
    ) -> Answer:
        """Solve with whole openings, from a plan where one is given."""
        options = {"time_limit": max(seconds, 0.1), "mip_rel_gap": gap, "mip_abs_gap": absolute_gap}
        return self._run(matrix, options, integer=True, start=start)

    def _run(self, matrix: Matrix, options: dict[str, Any], *, integer: bool, start: Number | None) -> Answer:
        """Hand the matrix over, run, read the status, and only then any value."""
        highs = _highs()
        always: dict[str, Any] = {
            "output_flag": False, "random_seed": self.seed, "threads": self.threads, "mip_allow_restart": False,
            "presolve": "on",
        }  # fmt: skip
        for name, value in (always | options).items():
            if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
                message = f"the solver refuses its option {name} = {value}"
                raise SolverFailed(message)
        if highs.passModel(_model(matrix, integer=integer)) == highspy.HighsStatus.kError:
            message = "the solver refuses the model"
            raise SolverFailed(message)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        began = time.monotonic()
        with _Interruptible(self, highs):
            highs.run()
        if self.interrupted:
            raise KeyboardInterrupt
        return _read(highs, time.monotonic() - began, integer=integer)


class _Interruptible:
    """While the solver runs, Ctrl-C and SIGTERM stop it within a moment and progress is told."""

    def __init__(self, solver: Solver, highs: highspy.Highs) -> None:
        self.solver, self.highs = solver, highs
        self.before: dict[int, Any] = {}
        self.last = 0.0

    def __enter__(self) -> None:
        for callback in (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt):
            callback.subscribe(self._stop)
        self.highs.cbMipLogging.subscribe(self._tell)
        try:
            self.before = {signal.SIGINT: signal.signal(signal.SIGINT, self._note)}
        except ValueError:  # not the main thread: the caller's own handler stays
            self.before = {}

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
        for callback in (
            self.highs.cbMipInterrupt,
            self.highs.cbSimplexInterrupt,
            self.highs.cbIpmInterrupt,
            self.highs.cbMipLogging,
        ):
            callback.clear()  # type: ignore[no-untyped-call]

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.solver.interrupted = True

    def _stop(self, event: Any) -> None:  # noqa: ANN401  (highspy has no types)
        if self.solver.interrupted:
            event.interrupt()

    def _tell(self, event: Any) -> None:  # noqa: ANN401
        now = time.monotonic()
        if now - self.last > 2:
            self.last = now
            out = event.data_out
            gap = f", gap {out.mip_gap:.2%}" if 0 <= out.mip_gap < 10 else ""
            self.solver.told(f"Best plan {out.mip_primal_bound:,.4f}, bound {out.mip_dual_bound:,.4f}{gap}", None)


def _version() -> str:
    """Return HiGHS's version."""
    return str(_highs().version())


def _highs() -> highspy.Highs:
    """Return a solver without a model."""
    return highspy.Highs()  # type: ignore[no-untyped-call]


def _model(matrix: Matrix, *, integer: bool) -> highspy.HighsLp:
    """Return the matrix as HiGHS takes it."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.rows.shape[1], matrix.rows.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = matrix.cost, matrix.lower, matrix.upper
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.rows.indptr, matrix.rows.indices
    lp.a_matrix_.value_ = matrix.rows.data
    if integer and matrix.integer.any():
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [whole if i else real for i in matrix.integer]
    return lp


def _read(highs: highspy.Highs, seconds: float, *, integer: bool) -> Answer:
    """Return the answer; values are read only where HiGHS says that the point is feasible."""
    status = highs.modelStatusToString(highs.getModelStatus())
    info = highs.getInfo()
    if status in {
        "Infeasible",
        "Unbounded",
        "Primal infeasible or unbounded",
        "Not Set",
        "Load error",
        "Model error",
        "Solve error",
    }:
        return Answer(status, None, np.inf, -np.inf, None, None, seconds)
    solution = highs.getSolution()
    feasible = info.primal_solution_status == FEASIBLE
    point = np.asarray(solution.col_value, dtype=float) if feasible else None
    bound = float(info.mip_dual_bound) if integer else -np.inf
    row_duals = column_duals = None
    if not integer and solution.dual_valid:
        row_duals, column_duals = np.asarray(solution.row_dual, dtype=float), np.asarray(solution.col_dual, dtype=float)
    return Answer(status, point, float(info.objective_function_value), bound, row_duals, column_duals, seconds)


def bound_from_duals(matrix: Matrix, row_duals: Number) -> float:
    """Return the lower bound that any vector of row duals proves, by weak duality over the variables' boxes.

    Duals of a wrong sign against an infinite side are set to 0. Source: LP duality; recomputed by `verify`.
    """
    y = np.where(np.isinf(matrix.row_lower), np.minimum(row_duals, 0), row_duals)
    y = np.where(np.isinf(matrix.row_upper), np.maximum(y, 0), y)
    sides = np.where(y > 0, matrix.row_lower, matrix.row_upper)
    rows = float(y @ np.where(y == 0, 0.0, sides))
    reduced = matrix.cost - matrix.rows.T @ y
    least = np.where(reduced > 0, matrix.lower, matrix.upper)
    return rows + float((reduced * np.where(reduced == 0, 0.0, least)).sum())

"""HiGHS's own forms: the matrix as it takes it, the answer as it gives it, scaled costs and honest statuses."""

from dataclasses import dataclass

import highspy
import numpy as np

from placeplan.allocate.problem import Matrix
from placeplan.domain.arrays import Number

FEASIBLE = 2  # HiGHS's primal_solution_status for a point that holds every row
NO_ANSWER = {
    "Infeasible",
    "Unbounded",
    "Primal infeasible or unbounded",
    "Not Set",
    "Load error",
    "Model error",
    "Solve error",
}
LARGEST_COST = 100.0  # costs are scaled to about this: HiGHS's tolerances are absolute
FEW, FAR_ABOVE = 9, 500.0  # columns (a must of each principle) whose costs, so many times all others, set no scale


@dataclass(frozen=True)
class Answer:
    """What the solver said. status: HiGHS's own word. point: a feasible point, or None where there is none.

    bound: proven lower bound (−inf where none).  row_duals: of an LP, else None.
    """

    status: str
    point: Number | None
    objective: float
    bound: float
    row_duals: Number | None
    seconds: float

    @property
    def proven(self) -> bool:
        """Did the solver end because it was done."""
        return self.status == "Optimal"


def new_highs() -> highspy.Highs:
    """Return a solver without a model."""
    return highspy.Highs()  # type: ignore[no-untyped-call]


def scale_of(matrix: Matrix) -> float:
    """Return the power of ten that brings the largest cost near LARGEST_COST.

    What a must costs where it is missed, a thousand times all weights, doesn't count. Where it did, all other costs came so
    near to HiGHS's tolerance that it called a plan optimal which was 0.4 % worse than the best.
    """
    cost = np.sort(np.abs(matrix.cost))
    others = float(cost[:-FEW].max(initial=0.0))
    largest = float(cost[(cost <= FAR_ABOVE * others) | (others == 0)].max(initial=0.0))
    return float(10.0 ** np.round(np.log10(LARGEST_COST / largest))) if largest > 0 else 1.0


def model_of(matrix: Matrix, scale: float, *, integer: bool) -> highspy.HighsLp:
    """Return the matrix as HiGHS takes it."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.rows.shape[1], matrix.rows.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = matrix.cost * scale, matrix.lower, matrix.upper
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.rows.indptr, matrix.rows.indices
    lp.a_matrix_.value_ = matrix.rows.data
    if integer:
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [whole if i else real for i in matrix.integer]
    return lp


def read(highs: highspy.Highs, scale: float, seconds: float, *, integer: bool) -> Answer:
    """Return the answer; values are read only where HiGHS says that the point is feasible."""
    status = highs.modelStatusToString(highs.getModelStatus())
    info = highs.getInfo()
    if status in NO_ANSWER:
        return Answer(status, None, np.inf, -np.inf, None, seconds)
    solution = highs.getSolution()
    feasible = info.primal_solution_status == FEASIBLE
    point = np.asarray(solution.col_value, dtype=float) if feasible else None
    bound = float(info.mip_dual_bound) / scale if integer else -np.inf
    row_duals = None
    if not integer and solution.dual_valid:
        row_duals = np.asarray(solution.row_dual, dtype=float) / scale
    return Answer(status, point, float(info.objective_function_value) / scale, bound, row_duals, seconds)

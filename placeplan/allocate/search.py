"""The search: the linear relaxation, what it settles, a first plan from the rest, then branching on what is left.

Measured at the size of a county authority (127,000 columns): the relaxation takes half a minute and settles most of the
openings; the rest, solved with an interior-point root, gives a plan within half a per cent of it half a minute later.
HiGHS alone from scratch needs several times as long for its first good plan.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.beside import Beside
from placeplan.allocate.duals import bound_from_duals
from placeplan.allocate.highs import NO_ANSWER, Answer
from placeplan.allocate.problem import Matrix
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import NoPlanInTime, SolverFailed

SETTLED_OPEN, SETTLED_SHUT, HALF = 0.9995, 1e-3, 0.5
SMALL = 20_000  # columns: a smaller problem goes to HiGHS as it is
FIRST_PLAN = 0.9  # share of the time left that the first plan may take
DUST = 1e-9

Step = tuple[str, float, float, float]  # step, seconds since the start, best objective, bound


@dataclass(frozen=True)
class Relaxed:
    """A problem whose relaxation is being solved beside other work, with a price on the shortfall instead of its limit.

    Σu ≤ V lets the bound be read from it: bound(F | Σu ≤ V) ≥ bound(F + P·Σu) − P·V for any P ≥ 0.
    """

    matrix: Matrix
    price: float
    work: Beside


@dataclass(frozen=True)
class Found:
    """The best plan found and what is proven. point: all columns. bound: no plan is below it."""

    point: Number
    objective: float
    bound: float
    status: str
    row_duals: Number | None


class Search:
    """One search on one matrix until a deadline (monotonic seconds); `steps` tells how it went."""

    def __init__(
        self, solver: Solver, matrix: Matrix, *, gap: float, offset: float, deadline: float, steps: list[Step]
    ) -> None:
        """Remember what to solve. offset: the constant of the objective, which the relative gap counts."""
        self.solver, self.matrix, self.gap, self.offset = solver, matrix, gap, offset
        self.deadline, self.steps, self.began = deadline, steps, time.monotonic()
        self.best: Number | None = None
        self.met: list[Number] = []
        self.objective = np.inf
        self.bound = bound_from_duals(matrix, np.zeros(len(matrix.row_lower)))  # what no duals at all prove
        self.row_duals: Number | None = None

    def start_from(self, point: Number | None) -> None:
        """Take a known plan as the one to better."""
        if point is not None:
            self._take(point)

    def directly(self) -> Found:
        """Hand the whole problem to HiGHS: right for small ones."""
        return self._done(self._branch(self.matrix, self._left()))

    def by_relaxation(self, relaxed: Relaxed, limit: float) -> Found:
        """Use the relaxation that was solved beside: its bound, the openings that it settles, then branching.

        limit: the shortfall that the plan may have (V of Relaxed).
        """
        root = relaxed.work.result()
        if root.row_duals is not None:
            self.row_duals = root.row_duals
            self.bound = bound_from_duals(relaxed.matrix, root.row_duals) - relaxed.price * limit
        self._note("linear relaxation")
        last = self._first_plan(root.point) if root.point is not None and self._gap() > self.gap else None
        if self._gap() > self.gap and self._left() > 1:
            last = self._branch(self._settled(relaxed, limit), self._left())
        return self._done(last)

    def _first_plan(self, point: Number) -> Answer:
        """Fix the openings on which the relaxation and the best plan agree, and decide the rest."""
        whole, matrix = self.matrix.integer, self.matrix
        best = point if self.best is None else self.best
        shut = whole & (point <= SETTLED_SHUT) & (best < HALF) & (matrix.lower < 1)
        opened = whole & (point >= SETTLED_OPEN) & (best > HALF) & (matrix.upper > 0)
        fixed = replace(matrix, lower=np.where(opened, 1.0, matrix.lower), upper=np.where(shut, 0.0, matrix.upper))
        self.solver.told(
            f"{int((shut | opened).sum())} of {int(whole.sum())} openings are settled by the relaxation", None
        )
        seconds, large = FIRST_PLAN * self._left(), _is_large(fixed)
        answer = self.solver.mip(fixed, seconds=seconds, gap=self.gap / 3, start=self.best, large=large)
        if answer.point is not None:
            self._take(answer.point)
        self._note("first plan")
        return answer

    def _settled(self, relaxed: Relaxed, limit: float) -> Matrix:
        """Return the problem with every opening fixed whose reduced cost shows that it can't better the best plan."""
        if self.row_duals is None or self.best is None:
            return self.matrix
        reduced = relaxed.matrix.cost - relaxed.matrix.rows.T @ self.row_duals
        room = self.objective + relaxed.price * limit - bound_from_duals(relaxed.matrix, self.row_duals) + DUST
        integer, lower, upper = self.matrix.integer, self.matrix.lower.copy(), self.matrix.upper.copy()
        upper[integer & (reduced > room) & (lower < 1)] = 0.0
        lower[integer & (-reduced > room) & (upper > 0)] = 1.0
        return replace(self.matrix, lower=lower, upper=upper)

    def _branch(self, matrix: Matrix, seconds: float) -> Answer:
        """Let HiGHS branch on what is left, from the best plan."""
        answer = self.solver.mip(matrix, seconds=seconds, gap=self.gap, start=self.best, large=_is_large(matrix))
        if answer.status in {"Unbounded", "Primal infeasible or unbounded"}:
            message = f"the solver calls the plan “{answer.status}”, which this model never is"
            raise SolverFailed(message)
        if answer.point is not None:
            self._take(answer.point)
        if answer.status != "Infeasible":  # with a plan in hand: nothing better is left
            self.bound = max(self.bound, min(answer.bound, self.objective))
        self._note("branching")
        return answer

    def _take(self, point: Number) -> None:
        """Keep a plan if it is the best."""
        self.met.append(point)
        value = float(self.matrix.cost @ point)
        if value < self.objective:
            self.best, self.objective = point, value

    def _gap(self) -> float:
        """Return the relative gap, the objective's constant counted."""
        if not np.isfinite(self.objective) or not np.isfinite(self.bound):
            return np.inf
        return max(0.0, self.objective - self.bound) / max(abs(self.objective + self.offset), DUST)

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def _note(self, step: str) -> None:
        """Keep and tell how far it is."""
        best, bound = self.objective + self.offset, self.bound + self.offset
        self.steps.append((step, time.monotonic() - self.began, best, bound))
        words = f"{step}: best {best:,.4f}, bound {bound:,.4f}, gap {self._gap():.2%}" if self._gap() < np.inf else step
        self.solver.told(words, None)

    def _done(self, last: Answer | None) -> Found:
        if self.best is None:
            if last is not None and last.status == "Infeasible":
                message = "the solver calls the plan “Infeasible”, which this model never is"
                raise SolverFailed(message)
            message = "The time limit came before any plan. Give [solve] time_limit_seconds more."
            raise NoPlanInTime(message)
        unproven = last.status if last is not None and last.status in NO_ANSWER else "Time limit reached"
        status = "Optimal" if self._gap() <= self.gap + DUST else unproven
        return Found(self.best, self.objective, self.bound, status, self.row_duals)


def relaxed(solver: Solver, matrix: Matrix, counted: YesNo, price: float, seconds: Callable[[], float]) -> Relaxed:
    """Begin to solve the relaxation beside other work. counted: the columns of the shortfall."""
    cost = matrix.cost + price * counted
    priced = replace(matrix, cost=cost)
    return Relaxed(priced, price, Beside(solver, lambda: solver.lp(priced, seconds=seconds())))


def is_small(matrix: Matrix) -> bool:
    """Return whether a problem goes to HiGHS as it is."""
    return not _is_large(matrix)


def _is_large(matrix: Matrix) -> bool:
    return len(matrix.cost) > SMALL

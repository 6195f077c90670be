"""So far: the best plan that a search knows, what is proven, and how both are told."""

import time
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.duals import Cut, bound_from_duals
from placeplan.allocate.problem import Matrix
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number

DUST, CLOSE = 1e-9, 1e-6
TELL_EVERY, TELL_AGAIN = 2.0, 15.0  # seconds: what is new, and what isn't

Step = tuple[str, float, float, float]  # step, seconds since the start, best objective, bound


@dataclass(frozen=True)
class Found:
    """The best plan found and what is proven. point: all columns. bound: no plan is below it.

    cuts: what linear programs on the way have proven of all openings.
    """

    point: Number
    objective: float
    bound: float
    status: str
    row_duals: Number | None
    cuts: tuple[Cut, ...] = ()


class SoFar:
    """What is known of one problem until a deadline (monotonic seconds); `steps` tells how it came."""

    def __init__(self, solver: Solver, matrix: Matrix, *, gap: float, offset: float, ends: float) -> None:
        """Remember what to solve. offset: the constant of the objective, which the relative gap counts."""
        self.solver, self.matrix, self.gap, self.offset = solver, matrix, gap, offset
        self.ends, self.began = ends, time.monotonic()
        self.steps = list[Step]()
        self.told, self.words = self.began, ""
        self.best: Number | None = None
        self.met: list[Number] = []
        self.objective = self.shown = np.inf
        self.bound = self.least = bound_from_duals(
            matrix, np.zeros(len(matrix.row_lower))
        )  # what no duals at all prove
        self.row_duals: Number | None = None
        self.disproved = False

    def take(self, point: Number | None) -> None:
        """Keep a plan if it is the best. Both cores bring theirs.

        One that is better than the bound shows that the solver told a false one: from then on nothing that it says is
        taken as proven, and the bound is what no duals at all prove.
        """
        if point is None:
            return
        self.met.append(point)
        value = float(self.matrix.cost @ point)
        if value < self.bound - CLOSE * max(abs(value), 1.0):
            self.disproved, self.bound = True, self.least
        if value < self.objective:
            self.best, self.objective = point, value

    def raise_to(self, bound: float) -> None:
        """Take a bound, but never one above a plan in hand: there the solver is wrong, and says nothing."""
        if not self.disproved and bound <= self.objective + CLOSE * max(abs(self.objective), 1.0):
            self.bound = max(self.bound, min(bound, self.objective))

    def enough(self) -> bool:
        """Return whether the gap asked for is reached."""
        return self.relative_gap() <= self.gap

    def relative_gap(self, objective: float | None = None) -> float:
        """Return the relative gap, the objective's constant counted."""
        value = self.objective if objective is None else objective
        if abs(value + self.offset) <= DUST:
            return 0.0
        if not np.isfinite(value) or not np.isfinite(self.bound):
            return np.inf
        return max(0.0, value - self.bound) / max(abs(value + self.offset), DUST)

    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self.ends - time.monotonic()

    def tell(self, objective: float) -> None:
        """Tell how far it is, every other second; of two cores the better word."""
        self.shown = objective = min(self.shown, objective)
        now = time.monotonic()
        if now - self.told < TELL_EVERY or self.relative_gap(objective) == np.inf:
            return
        best, bound = objective + self.offset, self.bound + self.offset
        words = f"branching: best {best:,.4f}, bound {bound:,.4f}, gap {self.relative_gap(objective):.2%}"
        if words != self.words or now - self.told > TELL_AGAIN:
            self.told, self.words = now, words
            left = f", at most {self.left():,.0f} s more" if self.left() < np.inf else ""
            self.solver.told(words + left, None)

    def note(self, step: str) -> None:
        """Keep and tell how far it is."""
        best, bound = self.objective + self.offset, self.bound + self.offset
        self.steps.append((step, time.monotonic() - self.began, best, bound))
        words = (
            f"{step}: best {best:,.4f}, bound {bound:,.4f}, gap {self.relative_gap():.2%}"
            if self.relative_gap() < np.inf
            else step
        )
        self.solver.told(words, None)

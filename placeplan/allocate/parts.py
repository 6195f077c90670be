"""Parts: the linear program of each part that a cover makes, begun anew by interior point, on as many cores as ask for one.

Each takes about as long as the relaxation itself: it needs no corner, and none needs the one before it.
"""

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.problem import Matrix
from placeplan.allocate.relaxation import Relaxed
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, Whole


@dataclass(frozen=True)
class Solved:
    """A part's program. relaxed: the part, with a price on the shortfall.  row_duals, point: of it."""

    relaxed: Relaxed
    row_duals: Number
    point: Number

    def bound(self, limit: float) -> float:
        """Return what is proven of the part's plans that leave no more than `limit` child-years without a place."""
        return self.relaxed.bound(self.row_duals, limit)

    def known(self) -> tuple[Number, Number]:
        """Return the row duals of the problem with its limit as the last row, and the openings."""
        return self.relaxed.with_limit(self.row_duals), self.point[self.relaxed.matrix.integer]


class Parts:
    """solved: of each part its program, None until it is there or where time was out."""

    def __init__(self, solver: Solver, relaxed: Relaxed, cover: Whole) -> None:
        """Remember what to solve. cover: the openings, the first of them open in the first part, and so on."""
        self.solver, self.relaxed, self.cover = solver, relaxed, cover
        self.solved: list[Solved | None] = [None] * len(cover)
        self.waiting, self.begun = list(range(len(cover))), set[int]()
        self.turn = threading.Lock()

    def work(self, until: float) -> None:
        """Solve one part after another until none waits, or time (monotonic seconds) is out."""
        while (which := self._next(until)) is not None:
            try:
                self._solve(which, until)
            finally:
                self.begun.discard(which)

    def wait(self, until: float) -> None:
        """Wait for what other cores have begun, until then at most."""
        while self.begun and time.monotonic() < until:
            time.sleep(0.05)
            self.solver.meanwhile()

    def known(self) -> list[tuple[Number, Number] | None]:
        """Return what is known of each part, as leaves are told of it."""
        return [None if one is None else one.known() for one in self.solved]

    def likeliest(self, limit: float, below: float) -> list[tuple[int, Solved]]:
        """Return the parts in which a plan below an objective may stand, those with the least bound first."""
        told = [(one.bound(limit), which, one) for which, one in enumerate(self.solved) if one is not None]
        return [(which, one) for bound, which, one in sorted(told, key=lambda t: t[:2]) if bound < below]

    def _next(self, until: float) -> int | None:
        with self.turn:
            if not self.waiting or time.monotonic() >= until:
                return None
            which = self.waiting.pop(0)
            self.begun.add(which)
            return which

    def _solve(self, which: int, until: float) -> None:
        of = part_of_cover(self.relaxed.matrix, self.cover, which)
        answer = self.solver.lp(of, seconds=until - time.monotonic())
        if answer.point is not None and answer.row_duals is not None:
            self.solved[which] = Solved(replace(self.relaxed, matrix=of), answer.row_duals, answer.point)


def part_of_cover(matrix: Matrix, cover: Whole, which: int) -> Matrix:
    """Return a problem in which one opening of a cover is open, and none of those before it."""
    columns = np.flatnonzero(matrix.integer)[cover]
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    upper[columns[:which]] = 0.0
    lower[columns[which]] = 1.0
    return replace(matrix, lower=lower, upper=upper)


def alone(part: Matrix, cover: Whole, which: int) -> Matrix:
    """Return a part in which no other opening of the cover is open either."""
    upper = part.upper.copy()
    upper[np.flatnonzero(part.integer)[np.delete(cover, which)]] = 0.0
    return replace(part, upper=upper)

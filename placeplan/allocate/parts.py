"""Parts: the linear program of each part that a cover makes, begun anew by interior point, on as many cores as ask for one.

Each takes about as long as the relaxation itself: it needs no corner, and none needs the one before it.
"""

import threading
import time
from dataclasses import replace

import numpy as np

from placeplan.allocate.problem import Matrix
from placeplan.allocate.relaxation import Relaxed
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, Whole

Known = tuple[Number, Number]  # row duals of the problem with its limit as the last row, and openings


class Parts:
    """known: of each part what its program says, None until it is there or where time was out."""

    def __init__(self, solver: Solver, relaxed: Relaxed, cover: Whole) -> None:
        """Remember what to solve. cover: the openings, the first of them open in the first part, and so on."""
        self.solver, self.relaxed, self.cover = solver, relaxed, cover
        self.known: list[Known | None] = [None] * len(cover)
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
            row_duals = np.append(answer.row_duals, -self.relaxed.price)  # the price, said with the limit's own row
            self.known[which] = (row_duals, answer.point[of.integer])


def part_of_cover(matrix: Matrix, cover: Whole, which: int) -> Matrix:
    """Return a problem in which one opening of a cover is open, and none of those before it."""
    columns = np.flatnonzero(matrix.integer)[cover]
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    upper[columns[:which]] = 0.0
    lower[columns[which]] = 1.0
    return replace(matrix, lower=lower, upper=upper)

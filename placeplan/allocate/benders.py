"""Benders: the least value over all openings, by a small problem of openings and a linear program at each of its answers.

The small problem knows the rules between openings and, for each linear program solved, a cut: what its duals prove of any
openings. Its answer is a bound; the linear program at its openings is a plan. Measured for the shortfall of a county
(127,000 columns): proven least after twelve linear programs in twenty seconds, where branching had found nothing better
than the do-minimum in forty. Source: Benders, Numerische Mathematik 4 (1962).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.duals import Cut, cut_from_duals
from placeplan.allocate.problem import Matrix, of_openings_alone
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number

SECONDS_OF_OPENINGS = 20.0  # hundreds of openings and their rules: hundredths of a second, as a rule
SAME = 1e-6  # of a value: less is rounding
SMALLEST_PROOF = 1e-9  # by which a ray must exclude the openings that it was found at


@dataclass(frozen=True)
class Least:
    """The best point found (None where none), its value, a bound that no openings are below, and the cuts that tell it."""

    point: Number | None
    value: float
    bound: float
    cuts: tuple[Cut, ...] = ()


def by_cuts(
    solver: Solver,
    matrix: Matrix,
    nearness: Number,
    first: Cut,
    *,
    seconds: float,
    known: float,
    aim: Callable[[float], float],
) -> Least:
    """Return openings with the least value, or one as good, and among these the smallest nearness · openings.

    first: a cut known beforehand.  The others as in `Cutting.seek`.
    """
    return Cutting(solver, matrix, first).seek(nearness, seconds=seconds, known=known, aim=aim)


class Cutting:
    """One search by cuts, which may be gone on with for other openings: what is proven of all of them stays known."""

    def __init__(self, solver: Solver, matrix: Matrix, first: Cut) -> None:
        """Begin with a cut known beforehand."""
        self.solver, self.matrix = solver, matrix
        self.small = _Small(matrix, [first])
        self.bound = max(self.small.least_of(first), 0.0)

    def seek(
        self,
        nearness: Number,
        *,
        seconds: float,
        known: float,
        aim: Callable[[float], float],
        enough: Callable[[], bool] = lambda: False,
    ) -> Least:
        """Return openings with the least value, or one as good, and among these the smallest nearness · openings.

        nearness: a price on each opening, far smaller than any value that matters.  known: only openings that are no worse
        are of use.  aim: the value that is as good as the least, from a bound on it.  enough: asked before each program.
        Where time runs out, or it is enough, the best so far.
        """
        until, seen = time.monotonic() + seconds, set[bytes]()
        point, value = None, known
        # anew: from openings that are far away a warm program took ten times as long as a cold one
        programs = AtOpenings(self.solver, self.matrix)
        while (left := until - time.monotonic()) > 0 and not enough():
            openings, bound = self.small.answer(self.solver, nearness, aim(self.bound), min(left, SECONDS_OF_OPENINGS))
            if bound > aim(self.bound) + SAME:  # up to there, all are as good
                self.bound = min(bound, value)
            done = point is not None and value <= aim(self.bound)
            if done or openings is None or openings.tobytes() in seen:
                break
            seen.add(openings.tobytes())
            answer = programs.solve(openings, seconds=left)
            if answer.row_duals is None:
                break
            self._learn(openings, answer.row_duals, stands=answer.point is not None)
            if answer.point is not None and answer.objective <= value:
                point, value = answer.point, answer.objective
        return Least(point, value, self.bound, tuple(self.small.cuts))

    def _learn(self, openings: Number, row_duals: Number, *, stands: bool) -> None:
        """Keep what the linear program at openings proves of all others. stands: whether anything can stand there."""
        matrix = self.matrix
        if stands:
            self.small.cuts.append(cut_from_duals(matrix, row_duals, matrix.cost))
            return
        nothing = np.zeros(len(matrix.cost))
        rays = (row_duals, -row_duals)  # HiGHS doesn't say which way its ray points
        cut = max((cut_from_duals(matrix, r, nothing) for r in rays), key=lambda c: c.at(openings))
        self.small.exclude(openings, cut)


class _Small:
    """The openings, the rules that bind them alone, and one column for the value that the cuts push up."""

    def __init__(self, matrix: Matrix, cuts: list[Cut]) -> None:
        self.rules = of_openings_alone(matrix)
        self.cuts = cuts
        self.excluded: list[Cut] = []

    def least_of(self, cut: Cut) -> float:
        """Return the least that a cut says, whatever the openings."""
        return cut.constant + float(np.minimum(cut.slope * self.rules.lower, cut.slope * self.rules.upper).sum())

    def exclude(self, openings: Number, cut: Cut) -> None:
        """Forbid openings at which nothing can stand: by the cut, or, where it doesn't tell, just these."""
        by = cut.at(openings)
        if by <= SMALLEST_PROOF:
            cut, by = Cut(1.0 - openings.sum(), 2 * openings - 1), 1.0
        self.excluded.append(Cut(cut.constant / by, cut.slope / by))

    def answer(self, solver: Solver, nearness: Number, aim: float, seconds: float) -> tuple[Number | None, float]:
        """Return the openings at which the cuts promise the least, or `aim`, and that promise as a bound."""
        answer = solver.mip(self._matrix(nearness, aim), seconds=seconds, gap=0.0)
        bound = max(answer.bound - float(np.maximum(nearness, 0.0).sum()), 0.0)
        return (None if answer.point is None else np.round(answer.point[:-1])), bound

    def _matrix(self, nearness: Number, aim: float) -> Matrix:
        """Return the small problem: nearness · openings + value, at least `aim` and at least every cut."""
        rules, said = self.rules, self.cuts + self.excluded
        slopes = np.array([c.slope for c in said]).reshape(len(said), len(rules.cost))
        pushes = np.repeat([1.0, 0.0], [len(self.cuts), len(self.excluded)])
        known = sparse.hstack([rules.rows, sparse.csr_matrix((rules.rows.shape[0], 1))], format="csr")
        rows = sparse.csc_matrix(sparse.vstack([known, sparse.csr_matrix(np.column_stack([-slopes, pushes]))]))
        least = np.array([c.constant for c in said])
        return Matrix(
            np.append(nearness, 1.0), np.append(rules.lower, aim), np.append(rules.upper, np.inf),
            np.append(rules.integer, False), rows, np.append(rules.row_lower, least),
            np.append(rules.row_upper, np.full(len(said), np.inf)), np.zeros(rows.shape[0], dtype=int), ("openings",),
        )  # fmt: skip

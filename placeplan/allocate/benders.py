"""Benders: the least value over all openings, by a small problem of openings and a linear program at each of its answers.

The small problem knows the rules between openings and, for each linear program solved, a cut: what its duals prove of any
openings. Its answer is a bound; the linear program at its openings is a plan. Measured for the shortfall of a county
(127,000 columns): proven least after twelve linear programs in twenty seconds, where branching had found nothing better
than the do-minimum in forty. Source: Benders, Numerische Mathematik 4 (1962).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

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

    nearness: a price on each opening, far smaller than any value that matters.  first: a cut known beforehand.
    known: only openings that are no worse are of use.  aim: the value that is as good as the least, from a bound on it.
    Where time runs out, the best so far.
    """
    until, seen = time.monotonic() + seconds, set[bytes]()
    small, programs = _Small(matrix, nearness, [first]), AtOpenings(solver, matrix)
    found = Least(None, known, max(small.least_of(first), 0.0))
    while (left := until - time.monotonic()) > 0:
        openings, bound = small.answer(solver, aim(found.bound), min(left, SECONDS_OF_OPENINGS))
        if bound > aim(found.bound) + SAME:  # up to there, all are as good
            found = replace(found, bound=min(bound, found.value))
        done = found.point is not None and found.value <= aim(found.bound)
        if done or openings is None or openings.tobytes() in seen:
            break
        seen.add(openings.tobytes())
        answer = programs.solve(openings, seconds=left)
        if answer.row_duals is None:
            break
        if answer.point is None:
            nothing = np.zeros(len(matrix.cost))
            rays = (answer.row_duals, -answer.row_duals)  # HiGHS doesn't say which way its ray points
            small.exclude(
                openings, max((cut_from_duals(matrix, r, nothing) for r in rays), key=lambda c: c.at(openings))
            )
            continue
        small.cuts.append(cut_from_duals(matrix, answer.row_duals, matrix.cost))
        if answer.objective <= found.value:
            found = replace(found, point=answer.point, value=answer.objective)
    return replace(found, cuts=tuple(small.cuts))


class _Small:
    """The openings, the rules that bind them alone, and one column for the value that the cuts push up."""

    def __init__(self, matrix: Matrix, nearness: Number, cuts: list[Cut]) -> None:
        self.rules = of_openings_alone(matrix)
        self.nearness, self.cuts = nearness, cuts
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

    def answer(self, solver: Solver, aim: float, seconds: float) -> tuple[Number | None, float]:
        """Return the openings at which the cuts promise the least, or `aim`, and that promise as a bound."""
        answer = solver.mip(self._matrix(aim), seconds=seconds, gap=0.0)
        bound = max(answer.bound - float(np.maximum(self.nearness, 0.0).sum()), 0.0)
        return (None if answer.point is None else np.round(answer.point[:-1])), bound

    def _matrix(self, aim: float) -> Matrix:
        """Return the small problem: nearness · openings + value, at least `aim` and at least every cut."""
        rules, said = self.rules, self.cuts + self.excluded
        slopes = np.array([c.slope for c in said]).reshape(len(said), len(rules.cost))
        pushes = np.repeat([1.0, 0.0], [len(self.cuts), len(self.excluded)])
        known = sparse.hstack([rules.rows, sparse.csr_matrix((rules.rows.shape[0], 1))], format="csr")
        rows = sparse.csc_matrix(sparse.vstack([known, sparse.csr_matrix(np.column_stack([-slopes, pushes]))]))
        least = np.array([c.constant for c in said])
        return Matrix(
            np.append(self.nearness, 1.0), np.append(rules.lower, aim), np.append(rules.upper, np.inf),
            np.append(rules.integer, False), rows, np.append(rules.row_lower, least),
            np.append(rules.row_upper, np.full(len(said), np.inf)), np.zeros(rows.shape[0], dtype=int), ("openings",),
        )  # fmt: skip

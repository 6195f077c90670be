"""Covers: decisions of which at least one must be taken, for without all of them too many children have no place.

A linear program with some openings shut and all others as open as they like tells the fewest children that could be left
out. Where that is more than a plan may leave, one of those shut must open. The relaxation opens a fiftieth of each and
travels free; branching by how much one opening does to the bound never comes upon them, for all must be shut before
anything happens. Measured on LA 823, where one of six reorganisations must come: the relaxation proves 2.1 % of the best
plan, two minutes of branching 1.6 %, seven linear programs over that cover 0.3 %.
"""

import time
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.duals import cut_from_duals
from placeplan.allocate.problem import Matrix
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, Whole, YesNo

HARDLY_OPEN = (0.2, 0.5)  # of the relaxation's openings: those below are shut
CLEARLY = 1e-3  # child-years by which too many must be left out
HELPS = 1e-6  # child-years that an opening must save to belong to a cover


@dataclass(frozen=True)
class Cover:
    """Openings of which at least one must open: a decision's last one each. row_duals: of the first stage, which prove it."""

    openings: Whole
    row_duals: Number


@dataclass(frozen=True)
class _Shut:
    """Openings held shut, and the linear program that tells how many must then be left out."""

    programs: AtOpenings
    matrix: Matrix
    limit: float
    until: float

    def helping(self, shut: YesNo) -> tuple[YesNo, Number] | None:
        """Return which of the openings shut would help, and the duals that say so; None where too few wait, or time is out."""
        low, high = self.matrix.lower[self.matrix.integer], self.matrix.upper[self.matrix.integer]
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            return None
        answer = self.programs.between(low, np.where(shut, low, high), seconds=seconds)
        if not answer.proven or answer.row_duals is None or answer.objective <= self.limit + CLEARLY:
            return None
        slope = cut_from_duals(self.matrix, answer.row_duals, self.matrix.cost).slope
        return shut & (slope < -HELPS), answer.row_duals


def find_cover(
    solver: Solver, first_stage: Matrix, relaxed: Number, decision: Whole, limit: float, seconds: float
) -> Cover | None:
    """Return openings of which at least one must open; None where none are found.

    first_stage: the problem of who has a place.  relaxed: openings of the weighted relaxation.  decision: of each opening.
    limit: child-years that a plan may leave without a place.
    What opens stays open, so that a decision whose last opening is shut is never taken.
    """
    free = first_stage.lower[first_stage.integer] < first_stage.upper[first_stage.integer]
    of = _Shut(AtOpenings(solver, first_stage, first="ipm"), first_stage, limit, time.monotonic() + seconds)
    for below in HARDLY_OPEN:
        needed = of.helping(free & (relaxed < below))
        if needed is not None:
            return _shrunk(of, *needed, relaxed, decision)
    return None


def _shrunk(of: _Shut, needed: YesNo, row_duals: Number, relaxed: Number, decision: Whole) -> Cover | None:
    """Return a cover without the decisions that it holds without: those that the relaxation likes best are tried first."""
    likes = {int(d): float(relaxed[needed & (decision == d)].sum()) for d in np.unique(decision[needed])}
    for d in sorted(likes, key=lambda d: -likes[d]):
        without = of.helping(needed & (decision != d))
        if without is not None:
            needed, row_duals = without
    last = _last(needed, decision)
    return Cover(last, row_duals) if len(last) else None


def _last(needed: YesNo, decision: Whole) -> Whole:
    """Return the last opening of each decision of a cover."""
    return np.array([np.flatnonzero(needed & (decision == d))[-1] for d in np.unique(decision[needed])], dtype=np.int64)

"""Doubts: a second opinion on a plan that the solver calls optimal.

HiGHS 1.13 to 1.16 have told false optima on this shape of model. The told plan is exactly feasible, so recomputing it finds
nothing: only another way to the optimum, or a better neighbour, shows that the word was false. Decision 0001.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from placeplan.allocate.duals import bound_from_duals
from placeplan.allocate.neighbours import BETTER, best_nearby
from placeplan.allocate.problem import Matrix
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, Whole

NOT_PROVEN = "Not proven"  # told as the status where two solves disagree


class Told(Protocol):
    """What a search told: a plan, its objective, a bound and a status."""

    @property
    def point(self) -> Number: ...  # noqa: D102
    @property
    def objective(self) -> float: ...  # noqa: D102
    @property
    def bound(self) -> float: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Doubted:
    """The best plan after all doubts and its bound. wrong: some solve told what another proves false."""

    point: Number
    objective: float
    bound: float
    wrong: bool


def second_opinion(
    solver: Solver, matrix: Matrix, decision: Whole, told: Told, gap: float, left: Callable[[], float]
) -> Doubted:
    """Look at the neighbours of a plan, solve once more in another way, and keep the best plan of all.

    decision: of each opening.  left: seconds left. Where one plan is better than another solve's bound, the solver was
    wrong somewhere, and only what duals prove is left as the bound.
    """
    near = best_nearby(solver, matrix, decision, (told.point, told.objective), left())
    point, objective, bound = near.point, near.objective, told.bound
    wrong = False
    if told.status == "Optimal":
        room = BETTER * max(abs(objective), 1.0)
        wrong = near.better and objective < bound - room
        again = solver.again(matrix, seconds=left(), gap=gap, start=point) if left() > 0 else None
        if again is not None and again.point is not None:
            value = float(matrix.cost @ again.point)
            wrong = wrong or value < bound - room or again.bound > objective + room
            if value < objective - room:
                point, objective = again.point, value
    if wrong:
        duals = solver.lp(matrix, seconds=max(left(), 1.0), corner=True).row_duals
        bound = bound_from_duals(matrix, np.zeros(len(matrix.row_lower)) if duals is None else duals)
        solver.told("two solves disagree: the best plan is kept, and nothing is told as proven", None)
    return Doubted(point, objective, min(bound, objective), wrong)

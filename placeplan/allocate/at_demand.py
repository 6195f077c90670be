"""At another demand: what given openings leave short and cost if other children come than the forecast expects."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.model import Model
from placeplan.allocate.relaxation import priced
from placeplan.allocate.size import is_small
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import counted
from placeplan.domain.arrays import Number

DEARER = 10.0  # times the dearest stay: what a child-year without a place costs, so that places come first


@dataclass(frozen=True)
class Outcome:
    """shortfall: child-years R–11 without a place.  objective: of the weighted constraints, the journeys at their best."""

    shortfall: float
    objective: float


def outcomes(
    model: Model, openings: Sequence[Number], solver: Solver, seconds: Callable[[], float]
) -> list[Outcome] | None:
    """Return the outcome at each of some openings; None where one of them has none in the time that is left.

    model: of the demand to be tried.  One linear program each, places first and then the objective, warm from the last.
    """
    found = []
    for one in each_outcome(model, openings, solver, seconds):
        if one is None:
            return None
        found.append(one)
    return found


def each_outcome(
    model: Model, openings: Sequence[Number], solver: Solver, seconds: Callable[[], float]
) -> Iterator[Outcome | None]:
    """Yield the outcome at each of some openings, as `outcomes` does; None for one that has none in the time that is left."""
    matrix, short = model.problem.matrix(), counted(model)
    dearest = float(np.abs(matrix.cost[model.problem.blocks["stays"].columns]).max(initial=0.0))
    places_first = priced(matrix, short, DEARER * dearest)
    programs = AtOpenings(solver, places_first, first="simplex" if is_small(matrix) else "ipm")
    for one in openings:
        answer = programs.solve(
            np.clip(np.round(one), matrix.lower[matrix.integer], matrix.upper[matrix.integer]), seconds=seconds()
        )
        if answer.point is None or not answer.proven:
            yield None
            continue
        yield Outcome(max(float(short @ answer.point), 0.0), float(matrix.cost @ answer.point) + model.constant)

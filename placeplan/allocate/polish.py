"""Polish: the last linear program of a plan, at its openings made whole, at a corner, so that few journeys are split."""

from collections.abc import Callable

import numpy as np

from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.problem import Matrix, whole
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number


class Polish:
    """The last linear program of one problem. programs: it stays warm at the corner of the plan polished last."""

    def __init__(self, solver: Solver, matrix: Matrix, seconds: Callable[[], float]) -> None:
        """Remember the problem. seconds: that one linear program may take."""
        self.solver, self.matrix, self.seconds = solver, matrix, seconds
        self.programs: AtOpenings | None = None
        self.polished: dict[bytes, Number] = {}

    def of(self, point: Number) -> Number:
        """Return the plan at the openings of a point, polished; each openings once."""
        openings = np.round(point[self.matrix.integer])
        key = openings.tobytes()
        if key not in self.polished:
            self.programs = self.programs or AtOpenings(self.solver, self.matrix, first="ipm")
            answer = self.programs.solve(openings, seconds=self.seconds())
            self.polished[key] = whole(point if answer.point is None else answer.point, self.matrix.integer)
        return self.polished[key]

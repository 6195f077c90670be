"""The linear program at given openings, again and again: each begins where the one before it ended."""

from dataclasses import replace

import numpy as np

from placeplan.allocate.highs import Answer, scale_of
from placeplan.allocate.problem import Matrix, with_openings
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number


class AtOpenings:
    """One matrix, its openings fixed anew at each call. Warm: a tenth of a second where the first took two."""

    def __init__(self, solver: Solver, matrix: Matrix, first: str = "simplex") -> None:
        """Hand the matrix over once. first: the method of the first program, “ipm” for a large one; each ends at a corner."""
        self.solver, self.scale = solver, scale_of(matrix)
        self.columns = np.flatnonzero(matrix.integer).astype(np.int32)
        shut = with_openings(matrix, np.zeros(len(self.columns)), matrix.integer)
        self.highs = solver.begin(shut, {"solver": first, "run_crossover": "on"}, integer=False)

    def solve(self, openings: Number, *, seconds: float) -> Answer:
        """Return the answer at openings; where nothing can stand there, its row_duals are a ray that proves it."""
        return self.between(openings, openings, seconds=seconds)

    def between(self, low: Number, high: Number, *, seconds: float) -> Answer:
        """Return the answer where openings lie between low and high, whole or not."""
        self.highs.changeColsBounds(len(self.columns), self.columns, low, high)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.1))
        answer = self.solver.finish(self.highs, self.scale, integer=False)
        self.highs.setOptionValue("solver", "simplex")
        self.highs.setOptionValue("presolve", "off")  # it would throw the basis away
        if answer.status == "Infeasible":
            return self._with_ray(answer)
        return answer

    def _with_ray(self, answer: Answer) -> Answer:
        """Return an infeasible answer with its ray."""
        _, there, ray = self.highs.getDualRay()  # type: ignore[attr-defined]  # missing in highspy's stubs
        found = np.asarray(ray, dtype=float) if there else np.zeros(self.highs.getNumRow())
        return replace(answer, row_duals=found)

"""By cover: the leaves of a large problem in which some decision must be taken, so that too many children aren't left out."""

import threading
import time

import numpy as np
from scipy import sparse

from placeplan.allocate.covers import Cover, find_cover
from placeplan.allocate.leaves import Branched, branch
from placeplan.allocate.model import Model
from placeplan.allocate.parts import Parts, Solved
from placeplan.allocate.problem import Matrix, with_rows
from placeplan.allocate.relaxation import Relaxed
from placeplan.allocate.so_far import SoFar
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import first_stage_rows, stage_1
from placeplan.domain.arrays import Number

LEAVES_AIM = 5e-7  # of the objective: by which a leaf may prove less than the solver says
PROGRAMS = 2000  # linear programs of one proof at most
SETTLING = 5.0  # seconds that the other core may take to tell what the parts prove together
SHARE = 1 / 4  # of the time that is left: what the search for a cover may take
TO_BRANCH = 4.0  # relaxations' time that must be left to branch on the parts: the first program ends at a corner


class ByCover:
    """Sought once, beside everything else. found: the cover.  branched: the leaves; each None until there is one.

    One core seeks the cover; then both solve the linear programs of its parts.
    """

    def __init__(self, model: Model, limited: Matrix, solver: Solver, limit: float) -> None:
        """Remember the problem. limit: child-years that a plan may leave without a place; 0: there is nothing to seek."""
        self.limited, self.solver, self.limit = limited, solver, limit
        self.decision = model.network.options.opening_decision
        self.part = stage_1(model, limited)[0] if limit > 0 else None
        rows = first_stage_rows(model, limited)
        self.first_stage = np.flatnonzero(rows[: len(rows) - (limit > 0)])  # the last row is the limit itself
        self.found: Cover | None = None
        self.branched: Branched | None = None
        self.parts: Parts | None = None
        self.sought, self.settled = threading.Event(), threading.Event()

    def seek(self, relaxed: Relaxed, seconds: float) -> None:
        """Look for a cover; `sought` is set when that is done."""
        root = relaxed.work.result()
        try:
            if self.part is not None and root.point is not None:
                opened = root.point[self.limited.integer]
                self.found = find_cover(self.solver, self.part, opened, self.decision, self.limit, seconds)
            if self.found is not None:
                self.parts = Parts(self.solver, relaxed, self.found.openings)
        finally:
            self.sought.set()

    def before(self, matrix: Matrix, relaxed: Relaxed, until: float) -> Matrix:
        """Do what comes before branching: seek a cover and solve its parts; return the problem to branch on."""
        self.seek(relaxed, SHARE * (until - time.monotonic()))
        if self.parts is not None:
            self.parts.work(until)
            self.parts.wait(until)
            self.settled.wait(SETTLING)  # perhaps it is enough
        return self.row_for(matrix)

    def row_for(self, matrix: Matrix) -> Matrix:
        """Return a problem over the same openings with a row that says what must open, where a cover has been found."""
        if self.found is None:
            return matrix
        columns = np.flatnonzero(matrix.integer)[self.found.openings]
        row = sparse.csr_matrix((np.ones(len(columns)), (np.zeros(len(columns), int), columns)), (1, len(matrix.cost)))
        return with_rows(matrix, row, np.ones(1), np.full(1, np.inf), "one of a cover")

    def settle(self, so_far: SoFar, relaxed: Relaxed, until: float) -> None:
        """Raise the bound by one program for each part; until: monotonic seconds."""
        root = relaxed.work.result()
        while not self.sought.wait(0.1):
            self.solver.meanwhile()
        if self.found is None or self.parts is None or root.point is None or root.row_duals is None:
            return
        told = f"One of {len(self.found.openings)} decisions must be taken: proving the plan for each of them"
        self.solver.told(told, None)
        with self.solver.doing(told):
            self.parts.work(until)
            self.parts.wait(until)
        if None not in self.parts.solved:
            self._leaves(so_far, relaxed, until, programs=0)
        self.settled.set()

    def prove(self, so_far: SoFar, relaxed: Relaxed, until: float) -> None:
        """Raise the bound further by branching on the parts, where enough time is left for it."""
        long = TO_BRANCH * relaxed.work.result().seconds
        if self.parts is not None and until - time.monotonic() >= long:
            self._leaves(so_far, relaxed, until, programs=PROGRAMS)

    def _leaves(self, so_far: SoFar, relaxed: Relaxed, until: float, programs: int) -> None:
        """Take what leaves prove: one for each opening of the cover, or parts of it, and one in which none of them opens."""
        root, found, parts = relaxed.work.result(), self.found, self.parts
        assert found is not None and parts is not None  # noqa: S101, PT018  (asked before)
        assert root.point is not None and root.row_duals is not None  # noqa: S101, PT018

        def enough(bound: float) -> bool:
            so_far.raise_to(bound)
            return so_far.enough()

        slack = LEAVES_AIM * abs(so_far.objective + so_far.offset)
        branched = branch(
            self.solver, self.limited, known=so_far.objective, aim=so_far.objective - slack,
            seconds=until - time.monotonic(), programs=programs, root=Solved(relaxed, root.row_duals, root.point).known(),
            cover=found.openings.tolist(), parts=parts.known(), nowhere=self._ray(found), proven=enough,
        )  # fmt: skip
        least = relaxed.bound(root.row_duals, self.limit) if self.branched is None else self.branched.bound
        if branched is not None and branched.bound > least + slack:
            self.branched = branched
            so_far.take(branched.better)
            enough(branched.bound)
            so_far.note("leaves over a cover")

    def _ray(self, found: Cover) -> Number:
        """Return the ray that proves that nothing can stand where none of the cover opens: too many would be left out."""
        ray = np.zeros(len(self.limited.row_lower))
        ray[self.first_stage] = found.row_duals
        ray[-1] = -1.0
        return ray

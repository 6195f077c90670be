"""HiGHS, called by ourselves, its own status read once and honestly.

Options that are always set, and why, are in `docs/decisions/0001`: HiGHS 1.13 to 1.16 as they come tell false optima on
this shape of model; with restarts off none was seen.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np

from placeplan.allocate.highs import Answer, model_of, new_highs, read, scale_of
from placeplan.allocate.own_thread import in_own_thread
from placeplan.allocate.problem import Matrix
from placeplan.allocate.talk import Talk, Talking
from placeplan.domain.arrays import Number
from placeplan.domain.errors import SolverFailed

KNOWN_WRONG = {"1.14.0": "tells false optima on small models of our shape (HiGHS #2957, #3094)"}
ALWAYS: dict[str, Any] = {"output_flag": False, "mip_allow_restart": False, "presolve": "on"}
TELL_EVERY, STILL_EVERY = 2.0, 10.0  # seconds: what is new, and that it still goes on

Told = Callable[[str, float | None], None]


@dataclass
class Solver:
    """HiGHS with the options of one run.

    seed, threads: as in run.json.  told: hears of progress, in values to which `offset` is added.
    """

    seed: int
    threads: int
    told: Told
    offset: float = 0.0
    interrupted: threading.Event = field(default_factory=threading.Event)
    meanwhile: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        """Refuse a version that is known to be wrong."""
        version = str(new_highs().version())
        if version in KNOWN_WRONG:
            message = f"HiGHS {version} {KNOWN_WRONG[version]}. Install highspy 1.15.1."
            raise SolverFailed(message)
        # threads are global to the process, and their scheduler belongs to the thread in which it was made
        in_own_thread(lambda: highspy.Highs.resetGlobalScheduler(True), lambda: None)

    @contextmanager
    def doing(self, words: str) -> Iterator[None]:
        """Tell now and then that something is still being done, and since when."""
        before, began = self.meanwhile, time.monotonic()
        told = [began]

        def beat() -> None:
            now = time.monotonic()
            if now - told[0] > STILL_EVERY:
                told[0] = now
                self.told(f"{words}: {now - began:,.0f} s so far", None)

        self.meanwhile = beat
        try:
            yield
        finally:
            self.meanwhile = before

    def lp(self, matrix: Matrix, *, seconds: float, corner: bool = False, method: str = "ipm") -> Answer:
        """Solve the linear relaxation; by interior point without crossover, unless a corner of the plan is wanted.

        Where interior point ends without a feasible point it calls “Unknown”, the simplex method takes over.
        """
        began = time.monotonic()
        options = {"solver": method, "run_crossover": "on" if corner else "off", "time_limit": max(seconds, 0.1)}
        answer = self._run(matrix, options, integer=False, start=None)
        left = seconds - (time.monotonic() - began)
        if answer.point is None and answer.status == "Unknown" and left > 0:
            answer = self._run(matrix, {"solver": "simplex", "time_limit": max(left, 0.1)}, integer=False, start=None)
        return answer

    def mip(
        self,
        matrix: Matrix,
        *,
        seconds: float,
        gap: float,
        absolute: float = 0.0,
        start: Number | None = None,
        large: bool = False,
        talk: Talk | None = None,
    ) -> Answer:
        """Solve with whole openings, from a plan where one is given; a large problem's root by interior point.

        talk: with whom, instead of telling the progress.
        Where nothing is to be decided the relaxation is the problem, and its optimum the bound (HiGHS would tell 0).
        """
        if not matrix.integer.any():
            answer = self.lp(matrix, seconds=seconds, corner=True, method="choose")
            return replace(answer, bound=answer.objective if answer.proven else -np.inf)
        options: dict[str, Any] = {
            "time_limit": max(seconds, 0.1),
            "mip_rel_gap": gap,
            "mip_abs_gap": absolute * scale_of(matrix),
        }
        options["mip_lp_solver"] = "ipm" if large else "choose"
        answer = self._run(matrix, options, integer=True, start=start, talk=talk)
        left = seconds - answer.seconds
        if (
            start is not None
            and left > 0
            and (answer.status == "Infeasible" or (answer.proven and answer.bound == -np.inf))
        ):
            # a plan is in hand, so the solver is wrong: its presolve has been, on figures near its tolerances
            answer = self._run(
                matrix, options | {"presolve": "off", "time_limit": left}, integer=True, start=start, talk=talk
            )
        return answer

    def again(self, matrix: Matrix, *, seconds: float, gap: float, start: Number) -> Answer:
        """Solve once more in another way, without presolve and from another seed: a second opinion on an optimum."""
        options = {
            "time_limit": max(seconds, 0.1), "mip_rel_gap": gap, "mip_abs_gap": 0.0, "presolve": "off",
            "random_seed": (self.seed + 1) % 2**31,
        }  # fmt: skip
        return self._run(matrix, options, integer=True, start=start)

    def _run(
        self,
        matrix: Matrix,
        options: dict[str, Any],
        *,
        integer: bool,
        start: Number | None,
        talk: Talk | None = None,
    ) -> Answer:
        """Hand the matrix over, run, read the status, and only then any value."""
        scale = scale_of(matrix)
        highs = self.begin(matrix, options, integer=integer)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        return self.finish(highs, scale, integer=integer, talk=talk)

    def begin(self, matrix: Matrix, options: dict[str, Any], *, integer: bool) -> highspy.Highs:
        """Return HiGHS with the options that are always set, some more, and a matrix, ready to run."""
        if not np.isfinite(matrix.cost).all() or not np.isfinite(matrix.rows.data).all():
            message = "the model holds a number that is none"  # HiGHS would take it and call the model infeasible
            raise SolverFailed(message)
        highs = new_highs()
        always = ALWAYS | {"random_seed": self.seed, "threads": self.threads}
        for name, value in (always | options).items():
            if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
                message = f"the solver refuses its option {name} = {value}"
                raise SolverFailed(message)
        if highs.passModel(model_of(matrix, scale_of(matrix), integer=integer)) == highspy.HighsStatus.kError:
            message = "the solver refuses the model"
            raise SolverFailed(message)
        return highs

    def finish(
        self,
        highs: highspy.Highs,
        scale: float,
        *,
        integer: bool,
        talk: Talk | None = None,
    ) -> Answer:
        """Run, read the status, and only then any value."""
        began = time.monotonic()

        def go() -> None:
            with Talking(highs, scale, self.interrupted, talk or Talk(watch=self._teller())):
                highs.run()

        try:
            in_own_thread(go, self.meanwhile)
        except BaseException:  # Ctrl-C, SIGTERM, or whatever else a signal raises
            self.interrupted.set()
            raise
        if self.interrupted.is_set():
            raise KeyboardInterrupt
        return read(highs, scale, time.monotonic() - began, integer=integer)

    def _teller(self) -> Callable[[float, float], bool]:
        """Return what tells the best value and the bound now and then, and never ends a solve."""
        last = time.monotonic()

        def tell(value: float, least: float) -> bool:
            nonlocal last
            now, best, bound = time.monotonic(), value + self.offset, least + self.offset
            if now - last > TELL_EVERY and np.isfinite(best):
                last, near = now, best - bound <= abs(best)  # further off, the root's relaxation isn't there yet
                gap = f"bound {bound:,.4f}, gap {(best - bound) / max(abs(best), 1e-9):.2%}" if near else "no bound yet"
                self.told(f"branching: best {best:,.4f}, {gap}", None)
            return False

        return tell

"""HiGHS, called by ourselves, its own status read once and honestly.

Options that are always set, and why, are in `docs/decisions/0001`: HiGHS 1.13 to 1.16 as they come tell false optima on
this shape of model; with restarts off none was seen.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

import highspy
import numpy as np

from placeplan.allocate.highs import Answer, model_of, new_highs, read, scale_of
from placeplan.allocate.own_thread import in_own_thread
from placeplan.allocate.problem import Matrix
from placeplan.domain.arrays import Number
from placeplan.domain.errors import SolverFailed

KNOWN_WRONG = {"1.14.0": "tells false optima on small models of our shape (HiGHS #2957, #3094)"}
ALWAYS: dict[str, Any] = {"output_flag": False, "mip_allow_restart": False, "presolve": "on"}
TELL_EVERY, STILL_EVERY = 2.0, 10.0  # seconds: what is new, and that it still goes on

Told = Callable[[str, float | None], None]
Watch = Callable[[float, float], bool]  # of the best value and the bound so far: is it enough?


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
        watch: Watch | None = None,
    ) -> Answer:
        """Solve with whole openings, from a plan where one is given; a large problem's root by interior point.

        watch: hears of the best value and the bound now and then, instead of the progress, and may end the solve.
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
        answer = self._run(matrix, options, integer=True, start=start, watch=watch)
        left = seconds - answer.seconds
        if (
            start is not None
            and left > 0
            and (answer.status == "Infeasible" or (answer.proven and answer.bound == -np.inf))
        ):
            # a plan is in hand, so the solver is wrong: its presolve has been, on figures near its tolerances
            answer = self._run(
                matrix, options | {"presolve": "off", "time_limit": left}, integer=True, start=start, watch=watch
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
        watch: Watch | None = None,
    ) -> Answer:
        """Hand the matrix over, run, read the status, and only then any value."""
        scale = scale_of(matrix)
        highs = self.begin(matrix, options, integer=integer)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        return self.finish(highs, scale, integer=integer, watch=watch)

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

    def finish(self, highs: highspy.Highs, scale: float, *, integer: bool, watch: Watch | None = None) -> Answer:
        """Run, read the status, and only then any value."""
        began = time.monotonic()
        try:
            in_own_thread(lambda: _go(self, highs, scale, watch), self.meanwhile)
        except BaseException:  # Ctrl-C, SIGTERM, or whatever else a signal raises
            self.interrupted.set()
            raise
        if self.interrupted.is_set():
            raise KeyboardInterrupt
        return read(highs, scale, time.monotonic() - began, integer=integer)


def _go(solver: Solver, highs: highspy.Highs, scale: float, watch: Watch | None) -> None:
    with _Interruptible(solver, highs, scale, watch):
        highs.run()


class _Interruptible:
    """While the solver runs, it asks now and then whether to stop, and progress is told.

    It doesn't ask in presolve, nor in the relaxation at a root, which may take a minute: see `own_thread`.
    """

    def __init__(self, solver: Solver, highs: highspy.Highs, scale: float, watch: Watch | None) -> None:
        self.solver, self.highs, self.scale, self.watch = solver, highs, scale, watch
        self.last = time.monotonic()

    def __enter__(self) -> Self:
        for callback in (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt):
            callback.subscribe(self._stop)
        # cbMipLogging is never called where output_flag is off
        self.highs.cbMipInterrupt.subscribe(self._tell if self.watch is None else self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for callback in (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt):
            callback.clear()  # type: ignore[no-untyped-call]

    def _stop(self, event: Any) -> None:  # noqa: ANN401  (highspy has no types)
        nobody_waits = not threading.main_thread().is_alive()  # the program is leaving
        enough = self.watch is not None and self.watch(np.inf, -np.inf)
        if self.solver.interrupted.is_set() or nobody_waits or enough:
            event.interrupt()

    def _ask(self, event: Any) -> None:  # noqa: ANN401
        out = event.data_out
        assert self.watch is not None  # noqa: S101  (subscribed only then)
        if self.watch(out.mip_primal_bound / self.scale, out.mip_dual_bound / self.scale):
            event.interrupt()

    def _tell(self, event: Any) -> None:  # noqa: ANN401
        now, out = time.monotonic(), event.data_out
        best, bound = (b / self.scale + self.solver.offset for b in (out.mip_primal_bound, out.mip_dual_bound))
        if now - self.last > TELL_EVERY and np.isfinite(best):
            self.last = now
            near = best - bound <= abs(best)  # further off, the root's relaxation isn't there yet
            proven = f"bound {bound:,.4f}, gap {(best - bound) / max(abs(best), 1e-9):.2%}" if near else "no bound yet"
            self.solver.told(f"branching: best {best:,.4f}, {proven}", None)

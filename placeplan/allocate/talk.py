"""Talk: while HiGHS solves, it asks whether to go on, tells how far it is, and may be given a plan or give one."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import highspy
import numpy as np

from placeplan.domain.arrays import Number


@dataclass(frozen=True)
class Talk:
    """With whom a solve talks.

    watch: hears of the best value and the bound so far (both infinite in a linear program), and says whether it is enough.
    offer: a plan found elsewhere since the last asking, if there is one.  found: is given each better plan.
    """

    watch: Callable[[float, float], bool]
    offer: Callable[[], Number | None] | None = None
    found: Callable[[Number], None] | None = None


class Talking:
    """While the solver runs, it asks now and then whether to stop.

    It doesn't ask in presolve, nor in the relaxation at a root, which may take a minute: see `own_thread`.
    """

    def __init__(self, highs: highspy.Highs, scale: float, interrupted: threading.Event, talk: Talk) -> None:
        """Remember who talks. scale: by which costs were multiplied.  interrupted: set when nobody waits any more."""
        self.highs, self.scale, self.interrupted, self.talk = highs, scale, interrupted, talk

    def __enter__(self) -> Self:
        """Begin to listen."""
        for callback in (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt):
            callback.subscribe(self._stop)
        self.highs.cbMipInterrupt.subscribe(self._ask)  # cbMipLogging is never called where output_flag is off
        if self.talk.offer is not None:
            self.highs.cbMipUserSolution.subscribe(self._give)
        if self.talk.found is not None:
            self.highs.cbMipImprovingSolution.subscribe(self._take)
        return self

    def __exit__(self, *_: object) -> None:
        """Hear no more."""
        heard = (self.highs.cbMipInterrupt, self.highs.cbSimplexInterrupt, self.highs.cbIpmInterrupt)
        for callback in (*heard, self.highs.cbMipUserSolution, self.highs.cbMipImprovingSolution):
            callback.clear()  # type: ignore[no-untyped-call]

    def _stop(self, event: Any) -> None:  # noqa: ANN401  (highspy has no types)
        nobody_waits = not threading.main_thread().is_alive()  # the program is leaving
        if self.interrupted.is_set() or nobody_waits or self.talk.watch(np.inf, -np.inf):
            event.interrupt()

    def _ask(self, event: Any) -> None:  # noqa: ANN401
        out = event.data_out
        if self.talk.watch(out.mip_primal_bound / self.scale, out.mip_dual_bound / self.scale):
            event.interrupt()

    def _give(self, event: Any) -> None:  # noqa: ANN401
        point = None if self.talk.offer is None else self.talk.offer()
        if point is not None:
            event.data_in.setSolution(point)

    def _take(self, event: Any) -> None:  # noqa: ANN401
        if self.talk.found is not None:
            self.talk.found(np.array(event.data_out.mip_solution, dtype=float))

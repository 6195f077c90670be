"""Beside: a solve in a thread of its own, while the main one goes on."""

import threading
from collections.abc import Callable

from placeplan.allocate.highs import Answer
from placeplan.allocate.solve import Solver


class Beside:
    """Work done in a thread of its own beside the main one, on the second core; `result` waits for it.

    No daemon: Python would end such a thread in the midst of the solver, which aborts the whole process.
    """

    def __init__(self, solver: Solver, work: Callable[[], Answer]) -> None:
        """Begin at once."""
        self.solver, self.work = solver, work
        self.answer: Answer | None = None
        self.fault: BaseException | None = None
        self.done = threading.Event()
        threading.Thread(target=self._go).start()

    def _go(self) -> None:
        try:
            self.answer = self.work()
        except BaseException as fault:  # noqa: BLE001  (handed to whoever waits)
            self.fault = fault
        self.done.set()

    def result(self) -> Answer:
        """Wait for the answer and return it, or raise what went wrong."""
        try:
            while not self.done.wait(0.1):
                self.solver.meanwhile()
        except BaseException:  # Ctrl-C, or whatever else a signal raises
            self.solver.interrupted.set()
            raise
        if self.fault is not None:
            raise self.fault
        assert self.answer is not None  # noqa: S101  (done without a fault)
        return self.answer

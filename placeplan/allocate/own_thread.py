"""The solver's own thread: the main one waits, and hears Ctrl-C at once.

Python handles signals in its main thread, between two of its own instructions. A solver that runs there and doesn't call
back (HiGHS in presolve, or in the relaxation at a root: up to a minute at the size of a county) would leave Ctrl-C unheard.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

HEARS_EVERY = 0.1  # seconds: where a waiting thread isn't woken by a signal (Windows)

_thread = ThreadPoolExecutor(1, "solver")
_running: set[object] = set()


def in_own_thread(work: Callable[[], None], meanwhile: Callable[[], None]) -> None:
    """Do work in the solver's thread and wait for it; from another thread than the main one, do it here.

    meanwhile: called some ten times a second while the main thread waits.
    Whatever a signal means to the program is raised at once, while the work goes on until it notices.
    """
    if threading.current_thread() is not threading.main_thread():
        with _counted():
            work()
        return
    task = _thread.submit(_count, work)
    while wait([task], timeout=HEARS_EVERY).not_done:
        meanwhile()
    task.result()


def is_running() -> bool:
    """Say whether a solver is still at work that somebody has stopped waiting for."""
    return bool(_running)


def _count(work: Callable[[], None]) -> None:
    with _counted():
        work()


@contextmanager
def _counted() -> Iterator[None]:
    mark = object()
    _running.add(mark)
    try:
        yield
    finally:
        _running.discard(mark)

"""Clock: the time limit of a plan, and where the seconds went."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

What = TypeVar("What")


class Clock:
    """The time limit of both stages together, and seconds by stage."""

    def __init__(self, limit: float) -> None:
        self.began = self.last = time.monotonic()
        self.limit = limit
        self.ends = self.began + limit
        self.laps: dict[str, float] = {}

    def left(self) -> float:
        """Return the seconds left of the limit."""
        return self.ends - time.monotonic()

    def lap(self, stage: str) -> None:
        """Note the seconds since the last lap."""
        now = time.monotonic()
        self.laps[stage] = now - self.last
        self.last = now


class Once(Generic[What]):
    """Work that is done when its result is first asked for, and never again."""

    def __init__(self, work: Callable[[], What]) -> None:
        self.work, self.results = work, list[What]()

    def result(self) -> What:
        """Return the result."""
        if not self.results:
            self.results.append(self.work())
        return self.results[0]

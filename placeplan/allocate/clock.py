"""Clock: the time limit of a plan, and where the seconds went."""

import time


class Clock:
    """The time limit of both stages together, and seconds by stage."""

    def __init__(self, limit: float) -> None:
        self.began = self.last = time.monotonic()
        self.limit = limit
        self.laps: dict[str, float] = {}

    def left(self) -> float:
        """Return the seconds left of the limit."""
        return self.began + self.limit - time.monotonic()

    def lap(self, stage: str) -> None:
        """Note the seconds since the last lap."""
        now = time.monotonic()
        self.laps[stage] = now - self.last
        self.last = now

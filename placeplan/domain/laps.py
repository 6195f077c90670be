"""Laps: how long each stage of a run took."""

import time


class Laps:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.last = time.monotonic()

    def lap(self, stage: str | None) -> None:
        """Note the seconds since the last lap under a stage's name, or under none."""
        now = time.monotonic()
        if stage:
            self.laps[stage] = now - self.last
        self.last = now

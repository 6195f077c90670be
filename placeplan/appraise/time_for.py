"""Time for: whether there is time to try plans again after the search, and how long that may take."""

import time
from dataclasses import dataclass

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.size import is_huge, is_small
from placeplan.scenario.scenario import Scenario

LONG = 600.0  # seconds of a time limit from which on a large authority is tried too
A_MOMENT = 600.0  # seconds that nothing small needs, on a busy machine either
AT_LEAST = 0.1  # seconds of a program, however late it is


@dataclass(frozen=True)
class TimeFor:
    """there_is: a small authority is always tried, to the end; a large one where its time limit is long.  until: monotonic seconds.

    Of a huge authority a single linear program takes minutes: nothing is begun that could not be ended.
    """

    there_is: bool
    until: float

    @property
    def is_up(self) -> bool:
        """Say whether nothing more is to be begun."""
        return time.monotonic() > self.until

    def left(self) -> float:
        """Return the seconds that a program may take."""
        return max(self.until - time.monotonic(), AT_LEAST)


def time_for(allocation: Allocation, scenario: Scenario, share: float) -> TimeFor:
    """Return the time that there is from now on. share: of the time limit, for a large authority."""
    limit, small = scenario.settings.solve.time_limit_seconds, is_small(allocation.matrix)
    long = limit >= LONG and not is_huge(allocation.matrix)
    return TimeFor(small or long, time.monotonic() + (A_MOMENT if small else share * limit))

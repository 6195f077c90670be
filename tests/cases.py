"""How many cases a property is tried on: few while people wait, many in a night (make deep)."""

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("PLACEPLAN_DEEP", "") not in {"", "0"}
NIGHT = 50  # times as many cases in `make deep`

settings.register_profile(
    "test",
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", max_examples=30 * NIGHT, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("deep" if DEEP else "test")


def cases(few: int, *, night: int | None = None) -> settings:
    """A property of its own price:   @cases(10) above @given(towns()) tries 10 towns, and 500 in a night.

    night: how many in a night where 50 times as many would be too many.
    """
    return settings(max_examples=(night or few * NIGHT) if DEEP else few)

"""Last year: what the plan opens in the last year in which it may, and whether a longer horizon keeps it there.

Where money is discounted and benefits end with the horizon, a plan may put off what it would do sooner if more years
counted, or do what it would leave: such an option is marked.
"""

import numpy as np

from placeplan.appraise.beyond import Beyond
from placeplan.appraise.longer import listed
from placeplan.appraise.reasons import MARK, opens_last
from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.plan import Plan

UNTRIED = "whether a longer horizon keeps it there has not been tried"


def in_the_last_year(plan: Plan, found: Beyond) -> dict[str, str]:
    """Return decision → words for its reason, of those that open in the last of several years in which they may."""
    options = plan.network.options
    return {
        name: f"{MARK}; {_kept(np.flatnonzero(options.opening_decision == k), found)}"
        for k, name in opens_last(plan).items()
    }


def _kept(columns: Whole, found: Beyond) -> str:
    """Return whether the plans that are first over longer horizons open a decision in the same year."""
    horizons = found.counted.horizons
    if not horizons:
        return UNTRIED
    plan = _open_years(next(iter(found.openings.values())), columns)
    other: dict[str, list[int]] = {}
    for years in horizons:
        then = _open_years(found.openings[found.counted.first_in(years)], columns)
        if then != plan:
            other.setdefault("sooner" if then else "not at all", []).append(years)
    if not other:
        return f"the plan that is first over {listed(horizons)} years in all opens it then too"
    return "; ".join(
        f"the plan that is first over {listed(over)} years in all opens it {how}" for how, over in other.items()
    )


def _open_years(openings: Number, columns: Whole) -> int:
    """Return in how many of its years a decision is open: more where it opens sooner."""
    return int(np.round(openings[columns]).sum())

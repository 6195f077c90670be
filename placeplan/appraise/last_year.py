"""Last year: what the plan opens in the last year in which it may, and whether a longer horizon keeps it there.

Where money is discounted and benefits end with the horizon, a plan may put off what it would do sooner if more years
counted, or do what it would leave: such an option is marked.
"""

import numpy as np

from placeplan.allocate.allocate import Allocation
from placeplan.appraise.beyond import Beyond
from placeplan.appraise.longer import listed
from placeplan.domain.arrays import Number, Whole

UNTRIED = "whether a longer horizon keeps it there has not been tried"


def in_the_last_year(allocation: Allocation, found: Beyond) -> dict[str, str]:
    """Return decision → words for its reason, of those that open in the last of several years in which they may.

    What is decided already, or may open in one year alone, is no choice of the year and isn't marked.
    """
    options = allocation.plan.network.options
    told = {}
    for k, (decision, opens) in enumerate(zip(options.decisions, allocation.plan.opens(), strict=True)):
        columns = np.flatnonzero(options.opening_decision == k)
        possible = [int(year) for year in options.opening_year[columns] if year not in decision.barred]
        if opens >= 0 and not decision.committed and len(possible) > 1 and opens == possible[-1]:
            told[decision.name] = f"in the last year in which it may open; {_kept(columns, found)}"
    return told


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

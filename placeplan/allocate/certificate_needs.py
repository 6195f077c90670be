"""Needs and options, whole: that labels which few rows of the model read say what they must."""

from itertools import product

import numpy as np

from placeplan.allocate.certificate_value import Labels
from placeplan.forecast.settings_of_need import SCHOOL_AGES

WORKS_UP = "pan_reduction"  # saves only as far as the smaller cohorts have come


def needs_astray(labels: Labels, years: tuple[int, ...]) -> float:
    """Return how many rows of needs are not those of every area, need, age and planned year, in that order."""
    table = labels.needs
    areas, needs = (list(dict.fromkeys(table[name])) for name in ("area", "need"))
    every = [(a, k, *age, year) for a, k, age, year in product(areas, needs, SCHOOL_AGES, years)]
    told = list(
        table[["area", "need", "from_nc_year", "to_nc_year", "academic_year"]].itertuples(index=False, name=None)
    )
    if len(told) != len(every):
        return float("inf")
    return float(sum(one != other for one, other in zip(told, every, strict=True)))


def year_groups_astray(labels: Labels) -> float:
    """Return how many options tell that revenue builds up over year groups where it comes at once: all but what a cut saves."""
    options = labels.options
    saves = (options["kind"] == WORKS_UP).to_numpy() & (options["revenue_pounds_a_year"].to_numpy(dtype=float) < 0)
    told = options["year_groups"].to_numpy(dtype=int)
    return float(np.where(saves, told < 1, told != 1).sum())

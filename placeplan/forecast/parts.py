"""Parts: what a forecast is made of, one cause after another, adding up to it exactly."""

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.reconcile import on_the_grid
from placeplan.forecast.survival import moved_up

POST_16 = 12  # Years 12 and 13 are one cause: who stays on


def parts_of(base: Number, organic: Number, homes: Number, england: Number | None) -> dict[str, Number]:
    """Return the story of the forecast: parts, zone × year × NC year, that add up to it exactly, in any order.

    base: zone × NC year.  organic: zone × year × NC year without new homes; homes: the same axes, pupils of new homes.
    england: year × 11, survival to Years 1 … 11 as in all of England, where the method knows it.
    baseline: the base year's rolls, held.  births: cohorts that enter Reception in the plan, at their entry, against the
    year group that they replace.  moving_up: cohorts on roll in the base year, at their size then, likewise.
    survival: who joins less who leaves as cohorts move up to Year 11, as in all of England where that is known, else all
    of it.  migration: what this authority and area differ from England by; 0 where that isn't known.
    housing: new homes.  post_16: Years 12 and 13.
    """
    years, groups = organic.shape[1:]
    baseline = np.repeat(base[:, None, :], years, axis=1)
    year, nc = np.ogrid[:years, :groups]
    at_school, entered = nc < POST_16, nc <= year
    held = moved_up(base, organic[:, :, 0], np.ones((years, groups - 1)))
    expected = organic
    if england is not None:
        survival = np.ones((years, groups - 1))
        survival[:, :11] = england[:years]
        expected = on_the_grid(moved_up(base, organic[:, :, 0], survival))
    return {
        "baseline": baseline,
        "births": np.where(at_school & entered, held - baseline, 0.0),
        "moving_up": np.where(at_school & ~entered, held - baseline, 0.0),
        "survival": np.where(at_school, expected - held, 0.0),
        "migration": np.where(at_school, organic - expected, 0.0),
        "housing": homes,
        "post_16": np.where(at_school, 0.0, organic - baseline),
    }

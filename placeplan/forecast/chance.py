"""Chance: how far futures may stray from the central forecast, as the authority's own past shows it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number

Assume = Callable[[str], float]


@dataclass(frozen=True)
class Spread:
    """Standard deviations of the factors of chance, in logarithms (0.01 is 1 %).

    authority, area, nc_year: of a year's survival, shared by all year groups, by those of a planning area, or own.
    reception: of the ratio of Reception to births.  births: of births not known yet, a year.
    lasting: part of each that lasts for the whole horizon, because past ratios don't tell the true mean.
    """

    authority: float
    area: float
    nc_year: float
    reception: float
    births: float
    lasting: float


def spread(rolls: Number, weights: tuple[float, ...], assume: Assume, births: Number | None = None) -> Spread:
    """Estimate the spread from the history's own residuals, never below the stated floors.

    rolls: academic year × NC year.  births: those four years before each, NaN where unknown.
    The residual of a ratio is its logarithm less the mean of its year group; its mean over Year 1 … Year 11 in a year is
    the authority's factor, what is left the year group's own. The floors are assumptions named forecast.spread_….
    A mean of ratios weighted w has the standard deviation σ · √Σw² / Σw: that part lasts.
    """
    authority, own = _residuals(rolls)
    of_weights = np.asarray(weights[-max(min(len(weights), len(rolls) - 1), 1) :])
    return Spread(
        authority=max(authority, assume("forecast.spread_authority")),
        area=assume("forecast.spread_area"),
        nc_year=max(own, assume("forecast.spread_nc_year")),
        reception=max(_of_reception(rolls, births), assume("forecast.spread_reception")),
        births=assume("forecast.spread_births"),
        lasting=float(np.sqrt((of_weights**2).sum()) / of_weights.sum()),
    )


def _residuals(rolls: Number) -> tuple[float, float]:
    """Return the standard deviations of the authority's yearly factor and of the year groups' own; 0 for too few years."""
    below, above = rolls[:-1, :11], rolls[1:, 1:12]
    seen = (below > 0) & (above > 0)
    whole = seen.all(axis=0)
    if len(below) < 2 or not whole.any():
        return 0.0, 0.0
    ratios = np.log(above[:, whole] / below[:, whole])
    residual = ratios - ratios.mean(axis=0)
    factor = residual.mean(axis=1, keepdims=True)
    freedom = len(below) / (len(below) - 1)  # the mean was taken off
    return float(np.sqrt((factor**2).mean() * freedom)), float(np.sqrt(((residual - factor) ** 2).mean() * freedom))


def _of_reception(rolls: Number, births: Number | None) -> float:
    """Return the standard deviation of the logarithm of Reception to births; 0 for too few years."""
    if births is None:
        return 0.0
    paired = (rolls[:, 0] > 0) & (np.nan_to_num(births) > 0)
    ratio = np.log(rolls[paired, 0] / births[paired])
    return float(ratio.std(ddof=1)) if len(ratio) > 2 else 0.0

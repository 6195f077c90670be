"""Shocks: what chance does to a cohort, gathered along its way; who shares a shock meets the same draw of it."""

import numpy as np

from placeplan.domain.arrays import Number, Single
from placeplan.domain.years import MAINSTREAM
from placeplan.forecast.chance import Spread
from placeplan.forecast.streams import stream

GROUPS = len(MAINSTREAM)
SHARED = ("authority", *(f"year group {nc}" for nc in MAINSTREAM), "births", "reception")
STRETCHED = ((slice(0, 7), slice(0, 7)), (slice(7, 12), slice(7, 14)))  # measured; stretched: the sixth form goes along


def normals(name: str, seed: int, draws: int, years: int) -> Single:
    """Return (1 + years) × draw: a normal that lasts for the whole horizon, then one a year, in single precision.

    Each has a random stream of its own, so more draws begin with the same ones, and a longer horizon leaves the years
    before as they were.
    """
    streams = [stream(f"{name}, year {ahead}", seed) for ahead in range(years + 1)]
    return np.stack([own.standard_normal(draws, dtype=np.float32) for own in streams])


def shared_shocks(chance: Spread, drawn: Single, known_births: int) -> Single:
    """Return the shocks that all areas share, in logarithms, gathered along cohorts: year × NC year × draw.

    drawn: source of SHARED × (1 + years) × draw, normals.  known_births: planned years whose Reception is born already.
    """
    authority, groups, births, reception = drawn[0], drawn[1:-2], drawn[-2], drawn[-1]
    of_year = chance.nc_year * _of_years(groups, chance.lasting).swapaxes(0, 1)
    of_year += (chance.authority * _of_years(authority, chance.lasting))[:, None]
    unborn = np.arange(len(of_year)) >= known_births
    entering = chance.reception * _of_years(reception, chance.lasting)
    entering += chance.births * np.cumsum(births[1:] * unborn[:, None], axis=0)
    return along_cohorts(of_year, entering)


def along_cohorts(of_year: Single, entering: Single) -> Single:
    """Add up shocks along each cohort: year × NC year × draw.

    of_year: year × NC year × draw, on a group that moves up into it.  entering: year × draw, on Reception.
    """
    gathered = of_year.copy()
    gathered[:, 0] = entering
    for year in range(1, len(gathered)):
        gathered[year, 1:] += gathered[year - 1, :-1]
    return gathered


def own_way(chance: Spread, drawn: Single) -> Single:
    """Return the shocks of a planning area added up to the end of each year, in logarithms: (1 + years) × draw, from 0 on.

    drawn: (1 + years) × draw, normals.  A year's shock works on all year groups of the area alike, Reception too: what a
    cohort has met since it entered, or since the base year, is the difference of two ends (`since`).
    """
    ends = np.zeros_like(drawn)
    np.cumsum(chance.area * _of_years(drawn, chance.lasting), axis=0, out=ends[1:])
    return ends


def since(year: int) -> np.ndarray:
    """Return by NC year which end of `own_way` a cohort starts from, in a planned year (0 is the first)."""
    return np.maximum(year - np.arange(GROUPS), 0)


def stretch(chance: Spread, by_area: Number, measured: Number, known_births: int) -> Number:
    """Return year × NC year, by which factor shared shocks are stretched so that totals are as uncertain as measured.

    by_area: planning area × year × NC year, the central forecast.  measured: phase (primary, secondary) × at least the
    planned years, standard deviation of ln of the authority's total as earlier forecasts showed it.
    A total's shock is a weighted sum of independent normals: its variance is the sum of the squares of what each does
    alone. What the areas' own shocks add is taken off first; where these alone are more than was measured, a third of it
    is left to the shared ones. No draw is looked at, so however many there are they are stretched alike.
    """
    years = by_area.shape[1]
    each = np.eye(len(SHARED) * (years + 1), dtype=np.float32).reshape(len(SHARED), years + 1, -1)
    shared = shared_shocks(chance, each, known_births)
    ends = own_way(chance, np.eye(years + 1, dtype=np.float32))
    own = np.stack([ends[year + 1] - ends[since(year)] for year in range(years)])
    factors = np.ones((years, GROUPS))
    for phase, (groups, all_groups) in enumerate(STRETCHED):
        weights = by_area[:, :, groups]
        whole = np.maximum(weights.sum(axis=(0, 2)), 1e-9)
        common = np.sqrt((np.einsum("ynk,yn->yk", shared[:, groups], weights.sum(axis=0)) ** 2).sum(axis=1)) / whole
        apart = (np.einsum("ynk,ayn->ayk", own[:, groups], weights) ** 2).sum(axis=(0, 2)) / whole**2
        target = measured[phase, :years]
        left = np.sqrt(np.maximum(target**2 - apart, (target / 3) ** 2))
        factors[:, all_groups] = np.divide(left, common, out=np.ones_like(left), where=common > 0)[:, None]
    return factors


def _of_years(drawn: Single, lasting: float) -> Single:
    """Return … × year × draw: each year's normal and the one that lasts, `lasting` times as large."""
    together: Single = drawn[..., 1:, :] + lasting * drawn[..., :1, :]
    return together

"""Simulate: other futures than the central one, each a whole and consistent forecast."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number, Single
from placeplan.domain.years import MAINSTREAM
from placeplan.forecast.streams import stream

LONGEST_HORIZON = 25  # as in the settings: a longer horizon adds years and leaves the earlier ones as they were
GROUPS = len(MAINSTREAM)
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


def simulate(
    organic: Number, areas: tuple[str, ...], area_of_zone: np.ndarray, chance: Spread, *, draws: int,
    seed: int, known_births: int, measured: Number | None = None,
) -> Single:  # fmt: skip
    """Return simulated futures, draw × zone × year × NC year.

    organic: zone × year × NC year of the central forecast without new homes.  areas: names of the planning areas;
    area_of_zone: position among them.  known_births: planned years whose Reception is born and counted already.
    measured: phase (primary, secondary) × at least the planned years, standard deviation of ln of the authority's total
    as earlier forecasts showed it; the shared shocks are stretched until the futures have it.
    A future is the central forecast × exp(shocks gathered along the cohort).
    Shocks are those of the authority and of the year group, shared by all zones, and those of the area. Each has a
    random stream of its own, found from its name and the seed: another area more leaves every stream as it was, and
    more draws begin with the same ones. The median of every shock is 1; nothing turns negative; 0 stays 0.
    """
    years = organic.shape[1]
    futures = np.empty((draws, *organic.shape), dtype=np.float32)
    shared = _shared_shocks(chance, draws, seed, years, known_births)
    if measured is not None and draws > 1:
        apart = [_area_shocks(name, chance, draws, seed, years) for name in areas]
        shared = _stretched(shared, apart, organic, area_of_zone, measured)
    for area, name in enumerate(areas):
        inside = np.flatnonzero(area_of_zone == area)
        factor = np.exp(shared + _area_shocks(name, chance, draws, seed, years)).astype(np.float32)
        futures[:, inside] = organic[inside].astype(np.float32) * factor[:, None]
    return futures


def _stretched(
    shared: Number, own: list[Number], organic: Number, area_of_zone: np.ndarray, measured: Number
) -> Number:
    """Stretch the shared shocks, by phase and year, so that the authority's totals are as uncertain as measured.

    What the areas' own shocks add is taken off first; where these alone are more than was measured, a third of it is left
    to the shared ones. The sixth form is stretched as secondary.
    """
    members = np.eye(len(own))[area_of_zone].T
    by_area = np.einsum("az,zyn->ayn", members, organic)
    stretched = shared.copy()
    for phase, (groups, all_groups) in enumerate(((slice(0, 7), slice(0, 7)), (slice(7, 12), slice(7, 14)))):
        weights = by_area[:, :, groups]
        whole = np.maximum(weights.sum(axis=(0, 2)), 1e-9)
        common = np.einsum("dyn,yn->dy", shared[:, :, groups], weights.sum(axis=0)) / whole
        apart = sum(np.einsum("dyn,yn->dy", own[a][:, :, groups], weights[a]) for a in range(len(own))) / whole
        target = measured[phase, : shared.shape[1]]
        left = np.sqrt(np.maximum(target**2 - np.var(apart, axis=0), (target / 3) ** 2))
        spread = common.std(axis=0)
        factor = np.divide(left, spread, out=np.ones_like(left), where=spread > 0)
        stretched[:, :, all_groups] *= factor[None, :, None]
    return stretched


def along_cohorts(of_year: Number, entering: Number) -> Number:
    """Add up shocks along each cohort: draw × year × NC year.

    of_year: draw × year × NC year, on a group that moves up into it.  entering: draw × year, on Reception.
    """
    gathered = np.zeros_like(of_year)
    before = np.zeros_like(of_year[:, 0])
    for year in range(of_year.shape[1]):
        gathered[:, year, 1:] = before[:, :-1] + of_year[:, year, 1:]
        gathered[:, year, 0] = entering[:, year]
        before = gathered[:, year]
    return gathered


def _shared_shocks(chance: Spread, draws: int, seed: int, years: int, known_births: int) -> Number:
    """Return the shocks that all zones share, gathered along cohorts: draw × year × NC year."""
    of_year = chance.authority * _normal("authority", seed, draws, years, chance.lasting)[..., None]
    groups = _normal("year groups", seed, draws * GROUPS, years, chance.lasting).reshape(draws, GROUPS, years)
    survival = of_year + chance.nc_year * groups.transpose(0, 2, 1)
    steps = np.arange(years) >= known_births
    unborn = np.cumsum(_normal("births", seed, draws, years, 0.0) * steps, axis=1)
    entering = chance.reception * _normal("reception", seed, draws, years, chance.lasting) + chance.births * unborn
    return along_cohorts(survival, entering)


def _area_shocks(name: str, chance: Spread, draws: int, seed: int, years: int) -> Number:
    """Return a planning area's own shocks, gathered along cohorts: draw × year × NC year."""
    of_year = chance.area * _normal(f"area {name}", seed, draws, years, chance.lasting)
    return along_cohorts(np.repeat(of_year[..., None], GROUPS, axis=2), of_year)


def _normal(name: str, seed: int, rows: int, years: int, lasting: float) -> Number:
    """Return row × year of a named stream: a normal for each year, and one that lasts, `lasting` times as large."""
    drawn = stream(name, seed).standard_normal((rows, LONGEST_HORIZON + 1))
    return drawn[:, 1 : years + 1] + lasting * drawn[:, :1]


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

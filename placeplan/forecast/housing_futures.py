"""Futures of housing: developments that come early, late or never, and homes that bring more or fewer pupils."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Single
from placeplan.forecast.housing import Homes, pupils_of_rows
from placeplan.forecast.streams import stream

EARLIEST, LATEST = -3, 6  # years: a slip beyond is taken as that
AT_ONCE = 4_000_000  # row × draw cells that are held at a time


@dataclass(frozen=True)
class BuildingChance:
    """Standard deviations of what isn't known of new homes.

    pace: of a planning area's building, in logarithms.  slip: years by which a development differs from its trajectory.
    yield_: of pupils a home, in logarithms, where no estate of the authority's own was counted; by kind of home it falls
    by √(weight / (weight + dwellings counted)).  weight: dwellings.
    """

    pace: float
    slip: float
    yield_: float
    weight: float


@dataclass(frozen=True)
class HomesFutures:
    """Simulated pupils of new homes.

    pupils: draw × zone × year × NC year.  moved: draw × year × NC year, those of all zones who only moved within the
    authority.
    """

    pupils: Single
    moved: Single


def building_chance(assume: Callable[[str], float]) -> BuildingChance:
    """Return the spreads as the assumptions have them. assume: gives an assumption by its name."""
    return BuildingChance(
        pace=assume("forecast.spread_building"),
        slip=assume("forecast.spread_slip"),
        yield_=assume("forecast.spread_yield"),
        weight=assume("housing.estates_weight"),
    )


def futures_of_homes(
    homes: Homes, areas: tuple[str, ...], area_of_zone: np.ndarray, chance: BuildingChance, *, draws: int, seed: int
) -> HomesFutures:
    """Return simulated pupils of new homes.

    homes: the central forecast of them.  areas: names of the planning areas; area_of_zone: position among them.
    In a future each development goes ahead or not, with its probability, and brings the whole of its homes or none; it is
    earlier or later by a normal number of years, but never completed by the base year; the pace of building is its area's
    own, and a yield is off by the same factor everywhere. The mean over many draws is the central forecast × the mean of
    pace and yield (their medians are 1), but for homes of the first years, which can only be late.
    Each stream of chance is found from a name and the seed: another development leaves those of the others as they were.
    """
    zones, years, groups = homes.pupils.shape
    of_row, slips = _shocks(homes, areas, area_of_zone, chance, draws, seed)
    pupils = np.zeros((draws, zones * years * groups), dtype=np.float32)
    moved = np.zeros((draws, years * groups), dtype=np.float32)
    for some in np.array_split(np.arange(draws), max(1, -(-draws * len(of_row) // AT_ONCE))):
        for lag in range(EARLIEST, LATEST + 1):
            share = _share_at(slips[:, some], lag)
            if share.any():
                in_zones, who_moved = _at_lag(homes, lag)
                pupils[some] += (in_zones.T @ (of_row[:, some] * share)).T
                moved[some] += (who_moved.T @ (of_row[:, some] * share)).T
    return HomesFutures(pupils.reshape(draws, zones, years, groups), moved.reshape(draws, years, groups))


def _shocks(
    homes: Homes, areas: tuple[str, ...], area_of_zone: np.ndarray, chance: BuildingChance, draws: int, seed: int
) -> tuple[Number, Number]:
    """Return row × draw: by how much the homes and yields of a row differ, and its slip in years."""
    sites = homes.sites
    names, of_row = np.unique(sites.development, return_inverse=True)
    slips = _draw_each("slip", names, seed, lambda own: chance.slip * own.standard_normal(draws), draws)
    luck = _draw_each("goes ahead", names, seed, lambda own: own.random(draws), draws)
    pace = _draw_each("building", areas, seed, lambda own: np.exp(chance.pace * own.standard_normal(draws)), draws)
    built = np.divide(luck[of_row] < sites.chance[:, None], sites.chance[:, None], where=sites.chance[:, None] > 0,
                      out=np.zeros((len(of_row), draws)))  # fmt: skip
    spread = chance.yield_ * _narrowed(homes.yields.counted, chance.weight)[sites.kind]
    yields = np.exp(spread[:, None] * stream("yields", seed).standard_normal(draws))
    return built * yields * pace[area_of_zone[sites.zone]], np.clip(slips[of_row], EARLIEST, LATEST)


def _narrowed(counted: Number, weight: float) -> Number:
    """Return by how much counted estates narrow the spread of a yield: the standard deviation of a gamma posterior."""
    return np.sqrt(np.divide(weight, weight + counted, out=np.ones_like(counted), where=counted > 0))


def _share_at(slips: Number, lag: int) -> Number:
    """Return the share of a row's homes that are late by a whole number of years: a slip between two is shared by both."""
    share: Number = np.maximum(1 - np.abs(slips - lag), 0)
    return share


def _at_lag(homes: Homes, lag: int) -> tuple[sparse.csr_array, Number]:
    """Return pupils of each row, late by `lag` years: row × (zone, year and NC year), and row × (year and NC year)."""
    sites = homes.sites
    years, groups = homes.pupils.shape[1:]
    completed = np.maximum(sites.year + lag, homes.base_year + 1)
    of_rows = pupils_of_rows(sites, homes.yields, completed, homes.base_year + 1 + np.arange(years, dtype=np.int64))
    cells = of_rows.reshape(len(of_rows), years * groups)
    columns = sites.zone[:, None] * cells.shape[1] + np.arange(cells.shape[1])
    starts = np.arange(len(cells) + 1) * cells.shape[1]
    shape = (len(cells), homes.pupils.size)
    return sparse.csr_array((cells.ravel(), columns.ravel(), starts), shape=shape), cells * sites.moved[:, None]


def _draw_each(
    what: str, names: tuple[str, ...] | np.ndarray, seed: int, draw: Callable[[np.random.Generator], Number], draws: int
) -> Number:
    """Return name × draw, each name from a stream of its own."""
    drawn = [draw(stream(f"{what} {name}", seed)) for name in names]
    return np.array(drawn).reshape(len(names), draws)

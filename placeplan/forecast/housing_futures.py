"""Futures of housing: developments that come early, late or never, and homes that bring more or fewer pupils."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole
from placeplan.forecast.housing import Homes, pupils_of_rows
from placeplan.forecast.housing_sites import Sites
from placeplan.forecast.reconcile import on_the_grid
from placeplan.forecast.simulate import HomesFutures
from placeplan.forecast.streams import stream

EARLIEST, LATEST = -3, 6  # years: a slip beyond is taken as that
AT_ONCE = 500_000  # row × draw cells that are held at a time


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
class HomesByChance:
    """New homes as they may come, for a simulation that asks for one planning area after another.

    homes: the central forecast of them.  The rest: how uncertain it is, and which futures are drawn.
    """

    homes: Homes
    chance: BuildingChance
    draws: int
    seed: int

    @property
    def somebody_moves(self) -> bool:
        """Return whether any of their pupils only moves within the authority."""
        return bool(self.homes.moved.any())

    def inside(self, area: str, zones: Whole, *, apart: bool) -> HomesFutures:
        """Return the pupils in the zones of a planning area, zone by zone or all as one zone.

        In a future each development goes ahead or not, with its probability, and brings the whole of its homes or none; it
        is earlier or later by a normal number of years, but never completed by the base year; the pace of building is its
        area's own, and a yield is off by the same factor everywhere. The mean over many draws is the central forecast × the
        mean of pace and yield (their medians are 1), but for homes of the first years, which can only be late.
        Each stream of chance is found from a name and the seed: another development leaves those of the others as they were.
        """
        sites, (_, years, groups) = self.homes.sites, self.homes.pupils.shape
        of_zones = len(zones) if apart else 1
        pupils = np.zeros((of_zones * years * groups, self.draws))
        moved = np.zeros((years * groups, self.draws))
        place = np.full(len(self.homes.pupils), -1)
        place[zones] = np.arange(len(zones)) if apart else 0
        inside = np.flatnonzero(place[sites.zone] >= 0)
        for some in np.array_split(inside, max(1, -(-self.draws * len(inside) // AT_ONCE))):
            part = replace(self.homes, sites=_placed(sites, some, place))
            homes, slips = _shocks(part, area, self.chance, self.draws, self.seed)
            for lag in range(EARLIEST, LATEST + 1):
                share = _share_at(slips, lag)
                if share.any():
                    in_zones, who_moved = _at_lag(part, lag, of_zones)
                    pupils += in_zones @ (homes * share)
                    moved += who_moved @ (homes * share)
        shape = (years, groups, self.draws)
        return HomesFutures(on_the_grid(pupils.reshape(of_zones, *shape)), on_the_grid(moved.reshape(shape)))


def building_chance(assume: Callable[[str], float]) -> BuildingChance:
    """Return the spreads as the assumptions have them. assume: gives an assumption by its name."""
    return BuildingChance(
        pace=assume("forecast.spread_building"),
        slip=assume("forecast.spread_slip"),
        yield_=assume("forecast.spread_yield"),
        weight=assume("housing.estates_weight"),
    )


def _placed(sites: Sites, rows: Whole, place: Whole) -> Sites:
    """Return some rows of the sites. place: by zone, what stands for it."""
    return replace(
        sites,
        development=sites.development[rows],
        zone=place[sites.zone[rows]],
        year=sites.year[rows],
        homes=sites.homes[rows],
        chance=sites.chance[rows],
        kind=sites.kind[rows],
        moved=sites.moved[rows],
    )


def _shocks(homes: Homes, area: str, chance: BuildingChance, draws: int, seed: int) -> tuple[Number, Number]:
    """Return row × draw: by how much the homes and yields of a row differ, and its slip in years."""
    sites = homes.sites
    names, of_row = np.unique(sites.development, return_inverse=True)
    slips = _draw_each("slip", names, seed, lambda own: chance.slip * own.standard_normal(draws), draws)
    luck = _draw_each("goes ahead", names, seed, lambda own: own.random(draws), draws)
    pace = np.exp(chance.pace * stream(f"building {area}", seed).standard_normal(draws))
    built = np.divide(luck[of_row] < sites.chance[:, None], sites.chance[:, None], where=sites.chance[:, None] > 0,
                      out=np.zeros((len(of_row), draws)))  # fmt: skip
    spread = chance.yield_ * _narrowed(homes.yields.counted, chance.weight)[sites.kind]
    yields = np.exp(spread[:, None] * stream("yields", seed).standard_normal(draws))
    return built * yields * pace, np.clip(slips[of_row], EARLIEST, LATEST)


def _narrowed(counted: Number, weight: float) -> Number:
    """Return by how much counted estates narrow the spread of a yield: the standard deviation of a gamma posterior."""
    return np.sqrt(np.divide(weight, weight + counted, out=np.ones_like(counted), where=counted > 0))


def _share_at(slips: Number, lag: int) -> Number:
    """Return the share of a row's homes that are late by a whole number of years: a slip between two is shared by both."""
    share: Number = np.maximum(1 - np.abs(slips - lag), 0)
    return share


def _at_lag(homes: Homes, lag: int, zones: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return pupils of each row, late by `lag` years: (zone, year and NC year) × row, and (year and NC year) × row."""
    sites = homes.sites
    years, groups = homes.pupils.shape[1:]
    completed = np.maximum(sites.year + lag, homes.base_year + 1)
    of_rows = pupils_of_rows(sites, homes.yields, completed, homes.base_year + 1 + np.arange(years, dtype=np.int64))
    cells = of_rows.reshape(len(of_rows), years * groups)
    row, cell = np.nonzero(cells)
    pupils, moved = cells[row, cell], (cells * sites.moved[:, None])[row, cell]
    placed = sites.zone[row] * cells.shape[1] + cell
    return (
        sparse.csr_array((pupils, (placed, row)), shape=(zones * cells.shape[1], len(cells))),
        sparse.csr_array((moved, (cell, row)), shape=(cells.shape[1], len(cells))),
    )


def _draw_each(
    what: str, names: np.ndarray, seed: int, draw: Callable[[np.random.Generator], Number], draws: int
) -> Number:
    """Return name × draw, each name from a stream of its own."""
    drawn = [draw(stream(f"{what} {name}", seed)) for name in names]
    return np.array(drawn).reshape(len(names), draws)

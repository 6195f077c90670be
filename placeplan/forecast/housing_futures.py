"""Futures of housing: developments that come early, late or never, and homes that bring more or fewer pupils."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Single, Whole
from placeplan.forecast.housing import Homes
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

    def inside(self, area: str, zones: Whole, *, apart: bool) -> Single:
        """Return the pupils in the zones of a planning area (positions), zone × year × NC year × draw; else all as one zone.

        In a future each development goes ahead or not, with its probability, and brings the whole of its homes or none; it
        is earlier or later by a normal number of years, but never completed by the base year; the pace of building is its
        area's own, and a yield is off by the same factor everywhere. The mean over many draws is the central forecast × the
        mean of pace and yield (their medians are 1), but for homes of the first years, which can only be late.
        Each stream of chance is found from a name and the seed: another development leaves those of the others as they were.
        """
        return self._lived_in(self._completed(area, zones, np.ones_like(self.homes.sites.moved), apart=apart))

    def moved(self, areas: tuple[str, ...], area_of_zone: np.ndarray) -> Single:
        """Return those of all new homes who only moved within the authority: year × NC year × draw."""
        who = self.homes.sites.moved
        zones = [np.flatnonzero(area_of_zone == area) for area in range(len(areas))]
        every = sum(self._completed(name, zones[area], who, apart=False) for area, name in enumerate(areas))
        pupils: Single = self._lived_in(np.asarray(every))[0]
        return pupils

    def _completed(self, area: str, zones: Whole, weight: Number, *, apart: bool) -> Number:
        """Return weighted homes × what chance does to their yield: zone × (kind of home, planned year) × draw."""
        sites, years = self.homes.sites, self.homes.pupils.shape[1]
        place = np.full(len(self.homes.pupils), -1)
        place[zones] = np.arange(len(zones)) if apart else 0
        rows = np.flatnonzero(place[sites.zone] >= 0)
        shape = ((len(zones) if apart else 1), len(sites.kinds) * years)
        completed = np.zeros((shape[0] * shape[1], self.draws))
        for some in np.array_split(rows, max(1, -(-self.draws * len(rows) // AT_ONCE))):
            homes, slips = _shocks(self.homes, some, area, self.chance, self.draws, self.seed)
            homes *= (sites.homes * weight)[some][:, None]
            at = (place[sites.zone[some]] * len(sites.kinds) + sites.kind[some]) * years
            for lag in range(EARLIEST, LATEST + 1):
                year = np.maximum(sites.year[some] + lag - self.homes.base_year - 1, 0)
                seen, share = year < years, _share_at(slips, lag)
                if share[seen].any():
                    completed += _gathered_at(at[seen] + year[seen], len(completed)) @ (homes[seen] * share[seen])
        return completed.reshape(*shape, self.draws)

    def _lived_in(self, completed: Number) -> Single:
        """Return the pupils of completed homes: zone × year × NC year × draw."""
        years, groups = self.homes.pupils.shape[1:]
        of_zones = sparse.eye_array(len(completed), dtype=np.float32)
        brings = sparse.kron(of_zones, _brought(self.homes.yields.profiles, years), format="csr")
        pupils: Single = brings @ completed.reshape(brings.shape[1], self.draws).astype(np.float32)
        return pupils.reshape(len(completed), years, groups, self.draws)


def building_chance(assume: Callable[[str], float]) -> BuildingChance:
    """Return the spreads as the assumptions have them. assume: gives an assumption by its name."""
    return BuildingChance(
        pace=assume("forecast.spread_building"),
        slip=assume("forecast.spread_slip"),
        yield_=assume("forecast.spread_yield"),
        weight=assume("housing.estates_weight"),
    )


def _shocks(
    homes: Homes, rows: Whole, area: str, chance: BuildingChance, draws: int, seed: int
) -> tuple[Number, Number]:
    """Return row × draw, for some rows in an area: by how much homes and yields differ, and the slip in years."""
    sites, certain = homes.sites, homes.sites.chance[rows][:, None]
    names, of_row = np.unique(sites.development[rows], return_inverse=True)
    slips = _draw_each("slip", names, seed, lambda own: chance.slip * own.standard_normal(draws), draws)
    luck = _draw_each("goes ahead", names, seed, lambda own: own.random(draws), draws)
    pace = np.exp(chance.pace * stream(f"building {area}", seed).standard_normal(draws))
    built = np.divide(luck[of_row] < certain, certain, where=certain > 0, out=np.zeros((len(rows), draws)))
    spread = chance.yield_ * _narrowed(homes.yields.counted, chance.weight)[sites.kind[rows]]
    yields = np.exp(spread[:, None] * stream("yields", seed).standard_normal(draws))
    return built * yields * pace, np.clip(slips[of_row], EARLIEST, LATEST)


def _narrowed(counted: Number, weight: float) -> Number:
    """Return by how much counted estates narrow the spread of a yield: the standard deviation of a gamma posterior."""
    return np.sqrt(np.divide(weight, weight + counted, out=np.ones_like(counted), where=counted > 0))


def _share_at(slips: Number, lag: int) -> Number:
    """Return the share of a row's homes that are late by a whole number of years: a slip between two is shared by both."""
    share: Number = np.maximum(1 - np.abs(slips - lag), 0)
    return share


def _gathered_at(places: Whole, of: int) -> sparse.csr_array:
    """Return place × row, 1 where a row belongs: it adds up rows at each of so many places."""
    rows = np.arange(len(places))
    return sparse.csr_array((np.ones(len(places)), (places, rows)), shape=(of, len(places)))


def _brought(profiles: Number, years: int) -> sparse.csr_array:
    """Return (year and NC year) × (kind and planned year of completion), pupils of a home. profiles: as those of Yields."""
    kinds, longest, groups = profiles.shape
    year, completed = np.nonzero(np.tri(years, dtype=bool))
    of_home = profiles[:, np.minimum(year - completed, longest - 1)]
    shape = (kinds, len(year), groups)
    row = np.broadcast_to(year[:, None] * groups + np.arange(groups), shape)
    column = np.broadcast_to((np.arange(kinds)[:, None] * years + completed)[..., None], shape)
    cells = (of_home.ravel().astype(np.float32), (row.ravel(), column.ravel()))
    return sparse.csr_array(cells, shape=(years * groups, kinds * years))


def _draw_each(
    what: str, names: np.ndarray, seed: int, draw: Callable[[np.random.Generator], Number], draws: int
) -> Number:
    """Return name × draw, each name from a stream of its own."""
    drawn = [draw(stream(f"{what} {name}", seed)) for name in names]
    return np.array(drawn).reshape(len(names), draws)

"""Simulate: other futures than the central one, each a whole and consistent forecast, one planning area after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from placeplan.domain.arrays import Number, Single, Whole
from placeplan.forecast.chance import Spread
from placeplan.forecast.housing_moves import share_that_moved
from placeplan.forecast.reconcile import put_on_the_grid, shared_out
from placeplan.forecast.shocks import SHARED, normals, own_way, shared_shocks, since, stretch

BLOCK = 4  # areas at a time: what all areas share in a year stays near the processor meanwhile, and memory stays small
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)  # quantiles kept of every planning area: the middle and both intervals


class NewHomes(Protocol):
    """What new homes bring in every future: asked for one planning area at a time."""

    @property
    def somebody_moves(self) -> bool:
        """Return whether any of their pupils only moves within the authority."""

    def inside(self, area: str, zones: Whole, *, apart: bool) -> Single:
        """Return the pupils in the zones of a planning area (positions), zone × year × NC year × draw; else all as one zone."""

    def moved(self, areas: tuple[str, ...], area_of_zone: np.ndarray) -> Single:
        """Return those of all new homes who only moved within the authority: year × NC year × draw."""


@dataclass(frozen=True)
class Simulation:
    """All that futures are made of: any area can be drawn from it at any time, and is always the same.

    organic: zone × year × NC year of the central forecast without new homes.  areas: names of the planning areas;
    area_of_zone: position among them.  shared: year × NC year × draw, factor of what all areas share, with the part of
    the children who don't move into new homes elsewhere.  homes: None where none are to come.
    """

    organic: Number
    areas: tuple[str, ...]
    area_of_zone: np.ndarray
    chance: Spread
    seed: int
    shared: Single
    homes: NewHomes | None

    @property
    def draws(self) -> int:
        """Return how many futures there are."""
        return len(self.shared[0, 0])


@dataclass(frozen=True)
class Futures:
    """Simulated futures: the authority in each of them, and what is published of its planning areas.

    totals: draw × year × NC year, children of the authority.  areas: names of the planning areas.
    of_areas: area × level (LEVELS) × year × NC year, quantiles over the draws; NaN without draws.
    simulation: draws the zones of any area anew.
    """

    totals: Number
    areas: tuple[str, ...]
    of_areas: Number
    simulation: Simulation

    def zones(self, first: int | None = None) -> Number:
        """Return draw × zone × year × NC year: every zone in every future, or in the first of them, held at once."""
        of = self.simulation
        draws = of.draws if first is None else min(first, of.draws)
        everywhere = np.empty((draws, *of.organic.shape))
        for area in range(len(of.areas) if draws else 0):
            everywhere[:, of.area_of_zone == area] = np.moveaxis(zones_of(of, area)[..., :draws], -1, 0)
        return everywhere


def simulate(
    organic: Number, areas: tuple[str, ...], area_of_zone: np.ndarray, chance: Spread, *, draws: int, seed: int,
    known_births: int, measured: Number | None = None, homes: NewHomes | None = None,
) -> Futures:  # fmt: skip
    """Return simulated futures.

    organic, areas, area_of_zone, homes: see Simulation.  known_births: planned years whose Reception is born and counted
    already.  measured: phase × at least the planned years, how uncertain the authority's totals are (see stretch).
    A future is the central forecast × exp(shocks gathered along the cohort), and pupils of new homes come on top.
    Shocks are those of the authority and of the year group, shared by all zones, and those of the area. Each has a
    random stream of its own, found from its name and the seed: another area more leaves every stream as it was, and
    more draws begin with the same ones. The median of every shock is 1; nothing turns negative; 0 stays 0.
    """
    years = organic.shape[1]
    shared = shared_shocks(chance, np.stack([normals(name, seed, draws, years) for name in SHARED]), known_births)
    if measured is not None:
        by_area = np.einsum("az,zyn->ayn", np.eye(len(areas))[area_of_zone].T, organic)
        shared *= stretch(chance, by_area, measured, known_births)[..., None].astype(np.float32)
    np.exp(shared, out=shared)
    return gathered(_without_movers(Simulation(organic, areas, area_of_zone, chance, seed, shared, homes)))


def gathered(simulation: Simulation, areas: Sequence[int] | None = None) -> Futures:
    """Simulate areas one after another, keep the quantiles of each and add it to the authority, draw by draw.

    areas: positions of those to simulate, in any order; all unless given. Every number lies on the grid of `reconcile`,
    so totals are the same to the last digit in whatever order or parts areas come, and those of parts may be added.
    Memory: a few arrays of year × NC year × draw, however many areas there are.
    """
    totals = np.zeros(simulation.shared.shape)
    of_areas = np.full((len(simulation.areas), len(LEVELS), *simulation.organic.shape[1:]), np.nan)
    ranks = [position_of(level, simulation.draws) for level in LEVELS] if simulation.draws else []
    for area, year, children in _each(simulation, range(len(simulation.areas)) if areas is None else areas):
        totals[year] += children
        children.sort(axis=-1)
        of_areas[area, : len(ranks), year] = children[:, ranks].T
    return Futures(np.moveaxis(totals, -1, 0), simulation.areas, of_areas, simulation)


def zones_of(simulation: Simulation, area: int) -> Number:
    """Return zone of an area × year × NC year × draw, zones in the order of the scenario.

    They share the area's children in every future as their own forecasts and new homes say, so they add up to it exactly.
    """
    inside = np.flatnonzero(simulation.area_of_zone == area)
    own, whole = _drawn(simulation, area), np.empty_like(simulation.shared)
    factors = np.empty_like(simulation.shared)
    for year, shared in enumerate(simulation.shared):
        own.children(year, shared, whole[year])
        own.factor(year, shared, factors[year])
    weights = simulation.organic[inside][..., None] * factors
    if simulation.homes is not None:
        weights += simulation.homes.inside(simulation.areas[area], inside, apart=True)
    return shared_out(whole.astype(float), weights)


def position_of(level: float, draws: int) -> int:
    """Return which of the draws in ascending order stands at a level between 0 and 1."""
    return round(level * (draws - 1))


def _without_movers(simulation: Simulation) -> Simulation:
    """Return the simulation in which those who move into new homes within the authority leave where they lived."""
    homes = simulation.homes
    if homes is None or not homes.somebody_moves:
        return simulation
    whole = np.zeros(simulation.shared.shape)
    for _, year, children in _each(replace(simulation, homes=None), range(len(simulation.areas))):
        whole[year] += children
    moved = homes.moved(simulation.areas, simulation.area_of_zone).astype(float)
    kept = 1 - share_that_moved(moved, whole)
    return replace(simulation, shared=simulation.shared * kept.astype(np.float32))


def _each(simulation: Simulation, areas: Sequence[int]) -> Iterator[tuple[int, int, Single]]:
    """Yield area, year and its children, NC year × draw: always the same array, which may be sorted but not kept."""
    children = np.empty(simulation.shared.shape[1:], dtype=np.float32)
    for first in range(0, len(areas), BLOCK):
        block = areas[first : first + BLOCK]
        drawn = [_drawn(simulation, area) for area in block]
        for year, shared in enumerate(simulation.shared):
            for area, own in zip(block, drawn, strict=True):
                own.children(year, shared, children)
                yield area, year, children


@dataclass(frozen=True)
class _Drawn:
    """What chance does to one area, drawn for all years.

    until: (1 + years) × draw, factor of its own shocks up to the end of each year, from 1 on.  before: 1 / until.
    organic: year × NC year.  homes: year × NC year × draw, pupils of new homes; None where none are to come.
    """

    until: Single
    before: Single
    organic: Single
    homes: Single | None

    def factor(self, year: int, shared: Single, out: Single) -> None:
        """Write into `out`, NC year × draw, how the area differs from the central forecast. shared: that of all areas."""
        np.take(self.before, since(year), axis=0, out=out, mode="clip")  # the mode that checks would copy
        out *= self.until[year + 1]
        out *= shared

    def children(self, year: int, shared: Single, out: Single) -> None:
        """Write into `out`, NC year × draw, the area's children, on the grid."""
        self.factor(year, shared, out)
        out *= self.organic[year][:, None]
        if self.homes is not None:
            out += self.homes[year]
        put_on_the_grid(out)


def _drawn(simulation: Simulation, area: int) -> _Drawn:
    """Draw an area's own chance, and its new homes'."""
    inside, name = np.flatnonzero(simulation.area_of_zone == area), simulation.areas[area]
    years = simulation.organic.shape[1]
    until = np.exp(own_way(simulation.chance, normals(f"area {name}", simulation.seed, simulation.draws, years)))
    organic = simulation.organic[inside].sum(axis=0).astype(np.float32)
    if simulation.homes is None:
        return _Drawn(until, np.reciprocal(until), organic, None)
    homes = simulation.homes.inside(name, inside, apart=False)[0]
    return _Drawn(until, np.reciprocal(until), organic, homes)

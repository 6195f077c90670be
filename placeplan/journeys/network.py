"""The network: every stay that a child could make, one row each, with what it costs in miles and where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.progress import Progress, silent
from placeplan.forecast.value import Forecast
from placeplan.journeys import stays as make
from placeplan.journeys.demand import Demand, demand
from placeplan.journeys.estate import Estate, estate
from placeplan.journeys.infants import INFANTS
from placeplan.journeys.places import Places, places
from placeplan.journeys.present import present_pattern
from placeplan.journeys.reach import Reach, reach
from placeplan.journeys.specialist import Specialist, specialist
from placeplan.journeys.states import States, states
from placeplan.journeys.stays import Bundles, Nodes, Stays
from placeplan.options.option import GROUPS, Options
from placeplan.scenario.scenario import Scenario

BANDS = ((0, 6), (7, 11), (12, 13))
"""Primary, secondary and sixth-form year groups: rolls are added up so, whatever the schools."""


@dataclass(frozen=True)
class Partnerships:
    """Groups of schools among which a transfer counts as kept.

    names, strength: one a partnership.  of_school: school × partnership, 1 where it is a member.
    """

    names: tuple[str, ...]
    strength: Number
    of_school: YesNo


@dataclass(frozen=True)
class Network:
    """All that the plan can be made of.

    zones, areas: labels; an origin is a zone at Reception (its position) and an area later (zones + its position).
    communities: the community of each area.  area_of_zone: position of each zone's area.  years: September years.  kept: positions (node, partnership) at which
    a transfer can stay inside a partnership.
    """

    zones: tuple[str, ...]
    areas: tuple[str, ...]
    communities: tuple[str, ...]
    area_of_zone: Whole
    years: tuple[int, ...]
    estate: Estate
    options: Options
    states: States
    demand: Demand
    reach: Reach
    nodes: Nodes
    stays: Stays
    bundles: Bundles
    partnerships: Partnerships
    kept_node: Whole
    kept_partnership: Whole
    places: Places
    specialist: Specialist
    forecast: Forecast

    @property
    def origins(self) -> tuple[str, ...]:
        """Labels of the origins: zones, then areas."""
        return self.zones + self.areas

    def area_of_origin(self) -> Whole:
        """Return the area of each origin."""
        return np.concatenate([self.area_of_zone, np.arange(len(self.areas))])

    def roll_matrix(self) -> sparse.csr_matrix:
        """Return (school, planned year, NC year) × bundle: the share of the bundle on roll there."""
        return make.roll_matrix(self.bundles, len(self.estate.table), len(self.years))

    def band_matrix(self) -> sparse.csr_matrix:
        """Return (school, planned year, band) × bundle: the share on roll in each of BANDS."""
        matrix = self.roll_matrix()
        row = np.arange(matrix.shape[0])
        band = np.searchsorted([last for _, last in BANDS], row % GROUPS)
        shape = (matrix.shape[0] // GROUPS * len(BANDS), matrix.shape[0])
        add = sparse.csr_matrix((np.ones(len(row)), (row // GROUPS * len(BANDS) + band, row)), shape=shape)
        band_rolls: sparse.csr_matrix = (add @ matrix).tocsr()
        return band_rolls

    def roll_of(self, *bands: int) -> sparse.csr_matrix:
        """Return (school, planned year) × (school, planned year, band): the sum of some bands, of all when none is named."""
        rows = len(self.estate.table) * len(self.years)
        which = np.array(bands or range(len(BANDS)))
        row = np.repeat(np.arange(rows), len(which))
        column = row * len(BANDS) + np.tile(which, rows)
        return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(rows, rows * len(BANDS)))

    def infants_matrix(self) -> sparse.csr_matrix:
        """Return (school, planned year) × bundle: the share of the bundle on roll there in Reception to Year 2."""
        matrix = self.roll_matrix()
        row = np.arange(matrix.shape[0])
        young = np.flatnonzero(row % GROUPS < INFANTS)
        add = (np.ones(len(young)), (young // GROUPS, young))
        count = matrix.shape[0] // GROUPS
        infants: sparse.csr_matrix = (sparse.csr_matrix(add, shape=(count, matrix.shape[0])) @ matrix).tocsr()
        return infants

    def nc_of(self) -> Whole:
        """Return bundle × planned year: the NC year of the bundle's children then (meaningless outside the stay)."""
        year = np.arange(len(self.years))
        result: Whole = self.bundles.first_nc[:, None] + year - self.bundles.joins[:, None]
        return result

    def joining(self) -> sparse.csr_matrix:
        """Return node × stay: 1 where the stay begins at the node."""
        return make.joining(self.stays, self.nodes)

    def going_on(self) -> sparse.csr_matrix:
        """Return node × stay: the children who come to the node after the stay."""
        return make.going_on(self.stays, self.bundles, self.nodes, self.demand.retention)

    def transfers(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Return two matrices node × stay: who leaves to transfer, and who joins so; who moves with a closing school doesn't."""
        going_on = self.going_on()
        together = self._together(going_on)
        return going_on - together, self.joining() - together

    def kept_bounds(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Return two matrices kept × stay: who leaves, and who joins, inside the partnership at the node, by a transfer."""
        going_on, school = self.going_on(), self.school_of_stay()
        together = self._together(going_on)
        leaves = self._inside(going_on - together, school)
        return leaves, self._inside(self.joining(), school) - self._inside(together, self._closes_into())

    def _inside(self, flow: sparse.csr_matrix, school: Whole) -> sparse.csr_matrix:
        """Return kept × stay: the part of a flow at schools (one a stay) of the partnership."""
        return make.inside_partnership(flow, school, self.partnerships.of_school, self.kept_node, self.kept_partnership)

    def _closes_into(self) -> Whole:
        """Return for each stay the school into which its own closes as it ends, −1 where it doesn't."""
        into: Whole = self.bundles.goes_into(self.states)[self.stays.bundle]
        return into

    def _together(self, going_on: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return the part of who goes on that comes to the node with their school, which has closed into another."""
        closes = self._closes_into() >= 0
        together: sparse.csr_matrix = sparse.csr_matrix(going_on.multiply(closes[None, :]))
        together.eliminate_zeros()
        return together

    def moved_together(self) -> Number:
        """Return for each bundle the share of its joiners who go on to the school into which their own has closed."""
        ends = self.bundles.ends
        inside = (self.bundles.goes_into(self.states) >= 0) & (ends < len(self.years) - 1)
        inside &= self.bundles.last_nc < GROUPS - 1
        year, nc = np.minimum(ends + 1, len(self.years) - 1), np.minimum(self.bundles.last_nc + 1, GROUPS - 1)
        share: Number = inside * self.bundles.last_share() * self.demand.retention[year, nc]
        return share

    def moving_together(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Return two matrices (successor, node) × stay: who comes to the node from the school that closed, and who joins."""
        into, school = self._closes_into(), self.school_of_stay()
        others = np.unique(self.states.successor[self.states.successor >= 0])
        leaves = [self.going_on().multiply((into == other)[None, :]).tocsr() for other in others]
        joins = [self.joining().multiply((school == other)[None, :]).tocsr() for other in others]
        ended, joined = sparse.csr_matrix(sparse.vstack(leaves)), sparse.csr_matrix(sparse.vstack(joins))
        ended.eliminate_zeros()
        return ended, joined

    def school_of_stay(self) -> Whole:
        """Return the school of each stay."""
        return self.bundles.school[self.stays.bundle]


def network(scenario: Scenario, forecast: Forecast, options: Options, *, progress: Progress = silent) -> Network:
    """Return every stay that a child could make over the planned years.

    Raises nothing of its own: the scenario is checked.
    """
    progress("Drawing the journeys that children could make", None)
    schools = estate(scenario, options)
    areas, area_of_zone = _areas(scenario.zones["community"])
    distances = reach(scenario, schools, area_of_zone, forecast.base.sum(axis=1))
    pattern = _pattern(forecast, schools, area_of_zone, distances, areas)
    need = demand(forecast, area_of_zone, pattern.sum(axis=1))
    configurations = states(schools, options, len(forecast.years))
    nodes = make.nodes(need)
    within = make.reachable(schools, configurations, distances, nearest(scenario))
    stays, bundles = make.stays(nodes, need, configurations, within, area_of_zone, pattern)
    partners = _partnerships(scenario.table("links"), schools)
    kept_node, kept_partnership = make.kept_pairs(stays, bundles, nodes, partners.of_school)
    return Network(
        forecast.zones, areas, areas, area_of_zone, forecast.years, schools, options, configurations, need, distances, nodes,
        stays, bundles, partners, kept_node, kept_partnership, places(schools, options, configurations, need, scenario.assume("class_size.infant")),
        specialist(scenario, forecast, options, area_of_zone, distances.of_area), forecast,
    )  # fmt: skip


def nearest(scenario: Scenario) -> tuple[int, int]:
    """Return how many schools are within reach at Reception to Year 4, and later."""
    return int(scenario.assume("reach.primary")), int(scenario.assume("reach.later"))


def _areas(community: pd.Series) -> tuple[tuple[str, ...], Whole]:
    """Return the names of the areas in order, and each zone's position among them."""
    names = sorted(set(community))
    position = {name: i for i, name in enumerate(names)}
    return tuple(names), community.map(position).to_numpy(dtype=np.int64)


def _pattern(
    forecast: Forecast, schools: Estate, area_of_zone: Whole, distances: Reach, areas: Sequence[str]
) -> Number:
    """Return area × school × NC year: the pattern of today, fitted."""
    children = np.zeros((len(areas), forecast.base.shape[1]))
    np.add.at(children, area_of_zone, forecast.base)
    same = np.array(areas, dtype=object)[:, None] == schools.table["community"].to_numpy(dtype=object)[None, :]
    miles = distances.miles[len(area_of_zone) :]
    return present_pattern(children, schools.rolls * schools.taught, miles, same.astype(float))


def _partnerships(links: pd.DataFrame, schools: Estate) -> Partnerships:
    """Return the partnerships, strongest first; a pair's strength is the least of its members'."""
    index = schools.index()
    links = links[links["urn"].isin(index)]
    strength = links.groupby("partnership")["strength"].min().sort_values(ascending=False, kind="stable")
    strength = strength[strength > 0]
    of_school = np.zeros((len(schools.table), len(strength)), dtype=bool)
    position = {name: i for i, name in enumerate(strength.index)}
    inside = links[links["partnership"].isin(position)]
    of_school[inside["urn"].map(index).to_numpy(dtype=int), inside["partnership"].map(position).to_numpy(dtype=int)] = (
        True
    )
    return Partnerships(tuple(strength.index), strength.to_numpy(dtype=float), of_school)

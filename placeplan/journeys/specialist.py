"""Specialist places: which children with an EHCP could use which, and how far away."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.forecast.settings_of_need import SCHOOL_AGES
from placeplan.forecast.value import Forecast
from placeplan.journeys.openings import ByOpening
from placeplan.journeys.reach import METRES_A_MILE
from placeplan.options.option import Options
from placeplan.scenario.scenario import Scenario

NEAREST = 5
LAST_PRIMARY = 6


@dataclass(frozen=True)
class Specialist:
    """Pools of places (a site, and the need that they are for; "" takes any), and who could use them.

    pools: site, need, resourced, easting, northing, community, first, last (NC years that it takes); one row a pool.
    places: pool × planned year (flat), shared by all ages that the pool takes.
    needs: names.  ages: age × (first, last NC year).  children: area × need × age × planned year.
    group: need × age, the group of each: needs and ages that no pool tells apart, and that have one far distance, are one.
    need: area × group × planned year, children.
    Columns area, group_of, year, pool: one row a use.
    miles, near, penalty: child-weighted means over the area's zones, one a use: of the route miles, of who lives within
    the far distance of the age (0 to 1), and of 0 within it, 1 at twice it and beyond; never the penalty at the mean.
    """

    pools: pd.DataFrame
    places: ByOpening
    needs: tuple[str, ...]
    ages: Whole
    children: Number
    group: Whole
    need: Number
    area: Whole
    group_of: Whole
    year: Whole
    pool: Whole
    miles: Number
    near: Number
    penalty: Number

    def unmet_row(self) -> Whole:
        """Return for each use the (area, group, year) it belongs to, flat."""
        where = (self.area, self.group_of, self.year)
        result: Whole = np.ravel_multi_index(where, self.need.shape).astype(np.int64)
        return result

    def unmet(self, used: Number) -> Number:
        """Return the children whose need is not met, (area, group, year) flat, when so many places are used."""
        most = self.need.ravel()
        left: Number = np.maximum(most - np.bincount(self.unmet_row(), weights=used, minlength=len(most)), 0)
        return left

    def shares(self) -> Number:
        """Return use × need: of the children of a use's group, how many have each need (0 to 1).

        Places used are told of needs in these shares: nothing in the model makes one need of a group come before another.
        """
        of_need = np.zeros((len(self.needs), self.need.shape[1], *self.need.shape[::2]))  # need × group × area × year
        for need, groups in enumerate(self.group):
            np.add.at(of_need[need], groups, self.children[:, need].swapaxes(0, 1))
        mine = of_need[:, self.group_of, self.area, self.year].T
        shares: Number = mine / mine.sum(axis=1, keepdims=True)
        return shares

    def site_rows(self) -> Whole:
        """Return for each use the (pool, year) whose places it takes, flat."""
        result: Whole = self.pool * self.need.shape[-1] + self.year
        return result


def specialist(
    scenario: Scenario, forecast: Forecast, options: Options, area_of_zone: Whole, of_area: Number
) -> Specialist:
    """Return pools, need by area and age, and the uses within reach: the nearest pools that take need and age.

    of_area: area × zone, each zone's share of its area's children.
    """
    years = len(forecast.years)
    children = np.zeros((len(of_area), *forecast.specialist.shape[1:]))
    np.add.at(children, area_of_zone, forecast.specialist)
    pools = _pools(scenario, options)
    by_zone = _zone_miles(scenario, pools)
    miles = of_area @ by_zone
    ages = np.array(SCHOOL_AGES)
    far = np.where(
        ages[:, 1] <= LAST_PRIMARY, scenario.assume("vulnerable.far_primary"), scenario.assume("vulnerable.far_later")
    )
    takes = _takes(pools, forecast.needs, ages)
    group, first = _groups(takes, far)
    need = np.zeros((len(of_area), len(first), years))
    np.add.at(need.swapaxes(0, 1), group, np.moveaxis(children, 0, 2))
    takes, far = takes.reshape(takes.shape[0] * takes.shape[1], len(pools))[first], far[first % len(ages), None, None]
    near = of_area @ (by_zone <= far)  # group × area × pool
    penalty = of_area @ np.minimum(1, np.maximum(0, by_zone - far) / far)
    area, of, year, pool = _uses(miles, takes, pools["decision"].to_numpy() < 0, need)
    return Specialist(
        pools, _places(pools, options, years), forecast.needs, ages, children, group, need, area, of, year, pool,
        miles[area, pool], near[of, area, pool], penalty[of, area, pool],
    )  # fmt: skip


def _takes(pools: pd.DataFrame, needs: tuple[str, ...], ages: Whole) -> YesNo:
    """Return need × age × pool: whether a pool takes children of that need and age.

    A pool takes an age when it has a year group of it: one of R–4 takes all of R–6.
    """
    wanted = pools["need"].to_numpy(dtype=object)
    of_need = (wanted == "") | (wanted == np.array(needs, dtype=object)[:, None])
    first, last = (pools[name].to_numpy(dtype=int) for name in ("first", "last"))
    takes: YesNo = of_need[:, None] & (first <= ages[:, [1]]) & (last >= ages[:, [0]])
    return takes


def _groups(takes: YesNo, far: Number) -> tuple[Whole, Whole]:
    """Return need × age, the group of each, and the first (need, age) of each group, flat.

    Two are one group where the same pools take them and far is as far: a plan that serves one of them serves the other.
    """
    seen: dict[tuple[bytes, float], int] = {}
    first: list[int] = []
    group = np.zeros(takes.shape[:2], dtype=np.int64)
    for need, age in np.ndindex(*group.shape):
        key = (takes[need, age].tobytes(), float(far[age]))
        group[need, age] = seen.setdefault(key, len(seen))
        first += [need * len(far) + age] * (len(seen) > len(first))
    return group, np.array(first, dtype=np.int64)


def _pools(scenario: Scenario, options: Options) -> pd.DataFrame:
    """Return one row a pool: today's specialist places, and those that options add."""
    today = scenario.schools[scenario.schools["specialist_places"] > 0]
    rows = [
        {"site": s["urn"], "need": "", "resourced": s["phase"] != "special", "easting": s["easting"], "northing": s["northing"],
         "community": s["community"], "places": float(s["specialist_places"]), "decision": -1,
         "first": s["lowest_nc_year"], "last": s["highest_nc_year"]}
        for _, s in today.iterrows()
    ]  # fmt: skip
    where = scenario.schools.set_index("urn")[["easting", "northing", "community"]]
    for option in options.options:
        for extra in option.effects.specialist:
            row = option.row
            own = pd.notna(row["easting"]) and pd.notna(row["northing"])
            at = row if own else where.loc[row["urn"]]
            rows.append(
                {"site": row["site"] or row["urn"], "need": extra.need, "resourced": extra.resourced, "easting": at["easting"],
                 "northing": at["northing"], "community": at["community"], "places": extra.places, "decision": option.decision,
                 "first": extra.first, "last": extra.last}
            )  # fmt: skip
    columns = ["site", "need", "resourced", "easting", "northing", "community", "places", "decision", "first", "last"]
    return pd.DataFrame(rows, columns=columns)


def _zone_miles(scenario: Scenario, pools: pd.DataFrame) -> Number:
    """Return zone × pool: route miles."""
    centre = scenario.zones.geometry.representative_point()
    east = centre.x.to_numpy()[:, None] - pools["easting"].to_numpy(dtype=float)
    north = centre.y.to_numpy()[:, None] - pools["northing"].to_numpy(dtype=float)
    miles: Number = np.hypot(east, north) / METRES_A_MILE * scenario.assume("travel.circuity")
    return miles


def _uses(miles: Number, takes: YesNo, today: YesNo, need: Number) -> tuple[Whole, Whole, Whole, Whole]:
    """Return area, group, year and pool of each use: the nearest pools of today, and those of options where nearer."""
    parts: list[Whole] = [np.zeros((4, 0), dtype=np.int64)]
    for g, mine in enumerate(takes):
        area, pool = np.nonzero((miles <= _farthest(miles, mine & today)) & mine)
        row, year = np.nonzero(need[area, g] > 0)
        parts.append(np.stack([area[row], np.full(len(row), g), year, pool[row]]))
    area, group, year, pool = np.concatenate(parts, axis=1)
    return area, group, year, pool


def _farthest(miles: Number, today: YesNo) -> Number:
    """Return area × 1: the miles to the last of the nearest pools of today; infinite where there are fewer."""
    if today.sum() < NEAREST:
        return np.full((len(miles), 1), np.inf)
    farthest: Number = np.sort(miles[:, today], axis=1)[:, [NEAREST - 1]]
    return farthest


def _places(pools: pd.DataFrame, options: Options, years: int) -> ByOpening:
    """Return pool × planned year: places, as figures that depend on what opens."""
    standing = np.where(pools["decision"].to_numpy() < 0, pools["places"].to_numpy(dtype=float), 0.0)
    cells = [
        (p * years + t, column, float(pools["places"].iloc[p]))
        for p in range(len(pools))
        if (decision := int(pools["decision"].iloc[p])) >= 0
        for t in range(years)
        if (column := options.column(decision, t)) >= 0
    ]
    row, col, value = (np.array(c) for c in zip(*cells, strict=True)) if cells else (np.zeros(0, dtype=int),) * 3
    matrix = sparse.csr_matrix((value, (row, col)), shape=(len(pools) * years, len(options.opening_year)))
    return ByOpening(np.repeat(standing, years), matrix)

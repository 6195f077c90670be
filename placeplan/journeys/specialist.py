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
    needs: names.  ages: age × (first, last NC year).  need: area × need × age × planned year, children.
    Columns area, need_of, age, year, pool: one row a use.
    miles, near, penalty: child-weighted means over the area's zones, one a use: of the route miles, of who lives within
    the far distance of the age (0 to 1), and of 0 within it, 1 at twice it and beyond; never the penalty at the mean.
    """

    pools: pd.DataFrame
    places: ByOpening
    needs: tuple[str, ...]
    ages: Whole
    need: Number
    area: Whole
    need_of: Whole
    age: Whole
    year: Whole
    pool: Whole
    miles: Number
    near: Number
    penalty: Number

    def unmet_row(self) -> Whole:
        """Return for each use the (area, need, age, year) it belongs to, flat."""
        where = (self.area, self.need_of, self.age, self.year)
        result: Whole = np.ravel_multi_index(where, self.need.shape).astype(np.int64)
        return result

    def unmet(self, used: Number) -> Number:
        """Return the children whose need is not met, (area, need, age, year) flat, when so many places are used."""
        most = self.need.ravel()
        left: Number = np.maximum(most - np.bincount(self.unmet_row(), weights=used, minlength=len(most)), 0)
        return left

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
    need = np.zeros((len(of_area), *forecast.specialist.shape[1:]))
    np.add.at(need, area_of_zone, forecast.specialist)
    pools = _pools(scenario, options)
    by_zone = _zone_miles(scenario, pools)
    miles = of_area @ by_zone
    ages = np.array(SCHOOL_AGES)
    far = np.where(
        ages[:, 1] <= LAST_PRIMARY, scenario.assume("vulnerable.far_primary"), scenario.assume("vulnerable.far_later")
    )[:, None, None]
    near = of_area @ (by_zone <= far)  # age × area × pool
    penalty = of_area @ np.minimum(1, np.maximum(0, by_zone - far) / far)
    area, need_of, age, year, pool = _uses(miles, pools, forecast.needs, ages, need)
    return Specialist(
        pools, _places(pools, options, years), forecast.needs, ages, need, area, need_of, age, year, pool,
        miles[area, pool], near[age, area, pool], penalty[age, area, pool],
    )  # fmt: skip


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


def _uses(
    miles: Number, pools: pd.DataFrame, needs: tuple[str, ...], ages: Whole, need: Number
) -> tuple[Whole, Whole, Whole, Whole, Whole]:
    """Return area, need, age, year and pool of each use: the nearest pools of today, and those of options where nearer.

    A pool takes an age when it has a year group of it: one of R–4 takes all of R–6.
    """
    parts: list[Whole] = [np.zeros((5, 0), dtype=np.int64)]
    optional = pools["decision"].to_numpy() >= 0
    for k, name in enumerate(needs):
        of_need: YesNo = pools["need"].isin(["", name]).to_numpy()
        for a, (first, last) in enumerate(ages):
            takes = of_need & (pools["first"] <= last).to_numpy() & (pools["last"] >= first).to_numpy()
            area, pool = np.nonzero((miles <= _farthest(miles, takes & ~optional)) & takes)
            row, year = np.nonzero(need[area, k, a] > 0)
            parts.append(np.stack([area[row], np.full(len(row), k), np.full(len(row), a), year, pool[row]]))
    area, need_of, age, year, pool = np.concatenate(parts, axis=1)
    return area, need_of, age, year, pool


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

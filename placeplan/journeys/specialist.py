"""Specialist places: which children with an EHCP could use which, and how far away."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.forecast.value import Forecast
from placeplan.journeys.openings import ByOpening
from placeplan.journeys.reach import METRES_A_MILE
from placeplan.options.option import Options
from placeplan.scenario.scenario import Scenario

NEAREST = 5


@dataclass(frozen=True)
class Specialist:
    """Pools of places (a site, and the need that they are for; "" takes any), and who could use them.

    pools: site, need, resourced, easting, northing, community; one row a pool.  places: pool × planned year (flat).
    needs: names.  need: area × need × planned year, children.  Columns area, need_of, year, pool: one row a use.
    miles, near, penalty: child-weighted means over the area's zones, one a use: of the route miles, of who lives within
    the far distance (0 to 1), and of 0 within it, 1 at twice it and beyond; never the penalty at the mean distance.
    """

    pools: pd.DataFrame
    places: ByOpening
    needs: tuple[str, ...]
    need: Number
    area: Whole
    need_of: Whole
    year: Whole
    pool: Whole
    miles: Number
    near: Number
    penalty: Number

    def unmet_row(self) -> Whole:
        """Return for each use the (area, need, year) it belongs to, flat."""
        result: Whole = (self.area * len(self.needs) + self.need_of) * self.need.shape[2] + self.year
        return result

    def site_rows(self) -> Whole:
        """Return for each use the (pool, year) whose places it takes, flat."""
        result: Whole = self.pool * self.need.shape[2] + self.year
        return result


def specialist(
    scenario: Scenario, forecast: Forecast, options: Options, area_of_zone: Whole, of_area: Number
) -> Specialist:
    """Return pools, need by area, and the uses within reach: the nearest pools that take the need.

    of_area: area × zone, each zone's share of its area's children.
    """
    years = len(forecast.years)
    need = np.zeros((len(of_area), len(forecast.needs), years))
    np.add.at(need, area_of_zone, forecast.specialist)
    pools = _pools(scenario, options)
    by_zone = _zone_miles(scenario, pools)
    miles = of_area @ by_zone
    uses = _uses(miles, pools, forecast.needs, need)
    under = forecast.base[:, :7].sum() / max(forecast.base.sum(), 1e-9)
    far = under * scenario.assume("vulnerable.far_primary") + (1 - under) * scenario.assume("vulnerable.far_later")
    area, need_of, year, pool = uses
    near = of_area @ (by_zone <= far)
    penalty = of_area @ np.minimum(1, np.maximum(0, by_zone - far) / far)
    return Specialist(
        pools, _places(pools, options, years), forecast.needs, need, area, need_of, year, pool,
        miles[area, pool], near[area, pool], penalty[area, pool],
    )  # fmt: skip


def _pools(scenario: Scenario, options: Options) -> pd.DataFrame:
    """Return one row a pool: today's specialist places, and those that options add."""
    today = scenario.schools[scenario.schools["specialist_places"] > 0]
    rows = [
        {"site": s["urn"], "need": "", "resourced": s["phase"] != "special", "easting": s["easting"], "northing": s["northing"],
         "community": s["community"], "places": float(s["specialist_places"]), "decision": -1}
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
                 "northing": at["northing"], "community": at["community"], "places": extra.places, "decision": option.decision}
            )  # fmt: skip
    columns = ["site", "need", "resourced", "easting", "northing", "community", "places", "decision"]
    return pd.DataFrame(rows, columns=columns)


def _zone_miles(scenario: Scenario, pools: pd.DataFrame) -> Number:
    """Return zone × pool: route miles."""
    centre = scenario.zones.geometry.representative_point()
    east = centre.x.to_numpy()[:, None] - pools["easting"].to_numpy(dtype=float)
    north = centre.y.to_numpy()[:, None] - pools["northing"].to_numpy(dtype=float)
    miles: Number = np.hypot(east, north) / METRES_A_MILE * scenario.assume("travel.circuity")
    return miles


def _uses(
    miles: Number, pools: pd.DataFrame, needs: tuple[str, ...], need: Number
) -> tuple[Whole, Whole, Whole, Whole]:
    """Return area, need, year and pool of each use: the nearest pools of today, and those of options where nearer."""
    parts: list[Whole] = []
    optional = pools["decision"].to_numpy() >= 0
    for k, name in enumerate(needs):
        takes: YesNo = pools["need"].isin(["", name]).to_numpy()
        today = takes & ~optional
        if today.sum() >= NEAREST:
            farthest = np.sort(miles[:, today], axis=1)[:, NEAREST - 1][:, None]
        else:
            farthest = np.full((len(miles), 1), np.inf)
        area, pool = np.nonzero((miles <= farthest) & takes)
        year = np.arange(need.shape[2])
        some = need[area][:, k, :] > 0
        row, t = np.nonzero(some)
        parts.append(np.stack([area[row], np.full(len(row), k), year[t], pool[row]]))
    empty = np.zeros((4, 0), dtype=np.int64)
    area, need_of, year, pool = np.concatenate(parts, axis=1) if parts else empty
    return area, need_of, year, pool


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

"""Reach: how far each school is from each zone and area, and which schools a child there could go to."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.estate import Estate
from placeplan.options.option import GROUPS
from placeplan.scenario.scenario import Scenario

METRES_A_MILE = 1609.344
NEAR_MILES = 0.5  # no child is closer to the ideal than half a mile: principle local
LAST_PRIMARY_REACH = 4  # Reception to Year 4: the nearest eight
LAST_UNDER_8 = 3  # Year 3 has seven-year-olds in it: the shorter limit, to be safe


@dataclass(frozen=True)
class Reach:
    """Distances and what they mean, by origin (zones first, then areas).

    zone_miles: zone × school, route miles.  miles: origin × school, an area's being the child-weighted mean of its zones'.
    excess: two matrices origin × school, 0 at half a mile, 1 at the walking limit, at most 2: for Reception to Year 3,
    and for later years; an area's is the mean of its zones' values, never the value at its mean distance.
    within: likewise, the share of the origin's children within the walking limit by a safe route; a zone's is 0 or 1.
    of_area: area × zone, each zone's share of its area's children.
    """

    zone_miles: Number
    of_area: Number
    miles: Number
    excess_under_8: Number
    excess_from_8: Number
    within_under_8: Number
    within_from_8: Number

    def mean(self, by_zone: Number) -> Number:
        """Return origin × school from zone × school: an area's is the child-weighted mean over its zones."""
        return np.vstack([by_zone, self.of_area @ by_zone])

    def of_origin(self) -> Number:
        """Return origin × zone: a zone's own is 1, an area's are shared among its zones by their children."""
        return np.vstack([np.eye(self.of_area.shape[1]), self.of_area])


def reach(scenario: Scenario, estate: Estate, area_of_zone: Whole, children: Number) -> Reach:
    """Return distances from zones and areas to schools.

    area_of_zone: position of each zone's area.  children: one number a zone, the weights of the means.
    Route miles are the travel table's where it has the pair, else straight line × circuity (an assumption).
    """
    miles = zone_miles(scenario, estate.table)
    share = _shares(area_of_zone, children)
    limits = scenario.assume("walk.under_8"), scenario.assume("walk.from_8")
    unsafe = estate.table["unsafe_routes"].to_numpy(dtype=bool)
    excess = [_excess(miles, limit, unsafe) for limit in limits]
    within = [((miles <= limit) & ~unsafe).astype(float) for limit in limits]
    with_areas = [np.vstack([m, share @ m]) for m in (miles, *excess, *within)]
    return Reach(miles, share, *with_areas)


def zone_miles(scenario: Scenario, schools: pd.DataFrame) -> Number:
    """Return zone × school: route miles. schools: urn, easting, northing, one row a school."""
    centre = scenario.zones.geometry.representative_point()
    east = centre.x.to_numpy()[:, None] - schools["easting"].to_numpy(dtype=float)
    north = centre.y.to_numpy()[:, None] - schools["northing"].to_numpy(dtype=float)
    miles: Number = np.hypot(east, north) / METRES_A_MILE * scenario.assume("travel.circuity")
    travel = scenario.table("travel")
    zone = {z: i for i, z in enumerate(scenario.zones["zone"])}
    school = {urn: i for i, urn in enumerate(schools["urn"])}
    travel = travel[travel["zone"].isin(zone) & travel["urn"].isin(school)]
    miles[travel["zone"].map(zone).to_numpy(dtype=int), travel["urn"].map(school).to_numpy(dtype=int)] = travel[
        "miles"
    ].to_numpy(dtype=float)
    return miles


def _excess(miles: Number, limit: float, unsafe: YesNo) -> Number:
    """Return 0 at half a mile, 1 at the walking limit, 2 at most; an unsafe route counts as the limit at least."""
    value = np.clip((miles - NEAR_MILES) / (limit - NEAR_MILES), 0, 2)
    return np.where(unsafe, np.maximum(value, 1), value)


def _shares(area_of_zone: Whole, children: Number) -> Number:
    """Return area × zone: each zone's share of its area's children (equal where an area has none)."""
    areas = int(area_of_zone.max()) + 1
    inside = area_of_zone[None, :] == np.arange(areas)[:, None]
    weights = inside * (children[None, :] + 1e-9)
    result: Number = weights / weights.sum(axis=1, keepdims=True)
    return result


def within_reach(
    miles: Number, today: YesNo, entry_today: YesNo, ever: YesNo, entry_ever: YesNo, nearest: tuple[int, int]
) -> list[YesNo]:
    """Return one origin × school table for each NC year: who could go where.

    today, ever: school × NC year, taught today, or in any state.  entry_…: the same for a school's lowest year group
    (and Year 12).  nearest: how many schools at Reception to Year 4, and later.
    Counted among the schools of today, ties all in; a school that only options open comes on top where it is nearer.
    """
    tables = []
    for nc in range(GROUPS):
        count = nearest[0] if nc <= LAST_PRIMARY_REACH else nearest[1]
        inside = _nearest(miles, today[:, nc], ever[:, nc], count)
        if nc > LAST_PRIMARY_REACH:
            inside |= _nearest(miles, entry_today[:, nc], entry_ever[:, nc], count)
        tables.append(inside & ever[:, nc][None, :])
    return tables


def _nearest(miles: Number, today: YesNo, ever: YesNo, count: int) -> YesNo:
    """Return origin × school: no farther than the count-th nearest school of today."""
    if not ever.any():
        return np.zeros(miles.shape, dtype=bool)
    if not today.any():
        return np.broadcast_to(ever, miles.shape).copy()
    ranked = np.sort(miles[:, today], axis=1)
    farthest = ranked[:, min(count, ranked.shape[1]) - 1][:, None]
    if ranked.shape[1] < count:
        farthest = np.full_like(farthest, np.inf)
    return (miles <= farthest + 1e-9) & ever[None, :]

"""The estate: mainstream schools of today and those that options would open, as one table with positions and places."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.options.option import GROUPS, Option, Options
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class Estate:
    """Schools that the plan may use; those of today first, then those that only options open.

    table: urn (the site of a new school), name, phase, lowest_nc_year, highest_nc_year, easting, northing, community,
    planning_area, ofsted, provider, trust, faith, condition, sparse, federated, unsafe_routes, net_capacity, is_new;
    one row a school.  taught: school × NC year, taught today.  places: school × NC year, today (PAN or the places given).
    rolls: school × NC year, pupils on roll in the base year.
    """

    table: pd.DataFrame
    taught: YesNo
    places: Number
    rolls: Number

    def index(self) -> dict[str, int]:
        """Return the position of each school by its urn or site."""
        return {urn: i for i, urn in enumerate(self.table["urn"])}


def estate(scenario: Scenario, options: Options) -> Estate:
    """Return the schools of today and of the options, with places and rolls by year group."""
    today = scenario.mainstream.copy()
    today["is_new"] = False
    fresh = _new_schools(options, set(today["urn"]))
    table = pd.concat([today, fresh], ignore_index=True) if len(fresh) else today
    zones = _zone_of(table, scenario.zones)
    blank = table["planning_area"].fillna("") == ""
    table["planning_area"] = table["planning_area"].where(~blank, scenario.zones["planning_area"].to_numpy()[zones])
    empty = table["community"].fillna("") == ""
    table["community"] = table["community"].where(~empty, scenario.zones["community"].to_numpy()[zones])
    group = np.arange(GROUPS)
    low, high = table["lowest_nc_year"].to_numpy()[:, None], table["highest_nc_year"].to_numpy()[:, None]
    taught = (group >= low) & (group <= high) & ~table["is_new"].to_numpy()[:, None]
    places = np.zeros((len(table), GROUPS))
    places[: len(today)] = places_by_nc_year(today)
    return Estate(table, taught, places * taught, _rolls(table, scenario))


def _new_schools(options: Options, known: set[str]) -> pd.DataFrame:
    """Return one row for each school that only options open."""
    opening = [o for o in options.options if o.kind == "new_school" and o.school not in known]
    first = {o.school: o for o in reversed(opening)}
    return pd.DataFrame([_as_school(first[site]) for site in dict.fromkeys(o.school for o in opening)])


def _as_school(option: Option) -> dict[str, object]:
    """Return a school's row for a new school: empty until its option opens."""
    row = option.row
    low, high = row["nc_years"]
    phase = "lower" if high <= 4 else "primary" if high <= 6 else "middle" if high <= 8 else "secondary"
    if low == 0 and high > 8:
        phase = "all_through"
    return {
        "urn": option.school, "name": row["name"] or option.school, "phase": phase, "lowest_nc_year": low,
        "highest_nc_year": high, "pan": 0, "net_capacity": 0, "easting": row["easting"], "northing": row["northing"],
        "provider": row["provider"] or "free_school", "trust": row["trust"], "community": row["community"],
        "ofsted": row["ofsted"], "sixth_form": high > 11, "specialist_places": 0, "planning_area": "",
        "places_by_nc_year": "", "condition": "a", "temporary_places": 0, "faith": row["faith"], "denomination": row["faith"],
        "sex": "mixed", "sparse": False, "federated": False, "unsafe_routes": False, "community_use": row["community_use"],
        "laestab": "", "infant_classes": None, "site_area": np.nan, "college_share": np.nan, "opened": "", "is_new": True,
    }  # fmt: skip


def _zone_of(table: pd.DataFrame, zones: gpd.GeoDataFrame) -> Whole:
    """Return the zone that holds each school, the nearest where none does."""
    points = gpd.points_from_xy(table["easting"], table["northing"])
    return np.asarray(zones.sindex.nearest(points, return_all=False)[1])


def _rolls(table: pd.DataFrame, scenario: Scenario) -> Number:
    """Return school × NC year: pupils on roll in the base year."""
    pupils = scenario.table("pupils")
    base = pupils[(pupils["academic_year"] == scenario.settings.base_year) & pupils["nc_year"].between(0, GROUPS - 1)]
    index = {urn: i for i, urn in enumerate(table["urn"])}
    base = base[base["urn"].isin(index)]
    rolls = np.zeros((len(table), GROUPS))
    np.add.at(
        rolls, (base["urn"].map(index).to_numpy(), base["nc_year"].to_numpy()), base["pupils"].to_numpy(dtype=float)
    )
    return rolls

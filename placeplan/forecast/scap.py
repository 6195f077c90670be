"""SCAP: forecast, capacity and planned places by planning area and year group, as the School Capacity survey has them."""

import geopandas as gpd
import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_nc_year
from placeplan.forecast.reconcile import whole_numbers
from placeplan.forecast.value import Forecast
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.scenario import Scenario

PRIMARY, SECONDARY = range(7), range(7, 12)  # the survey counts by year group, whatever the tiers of the area
PRIMARY_YEARS, SECONDARY_YEARS = 5, 7  # years ahead that the survey asks for
FROM_ENTRY, ONE_COHORT = ("new_school", "pan_reduction"), ("bulge",)  # how places work up a school


def scap_table(scenario: Scenario, forecast: Forecast) -> pd.DataFrame:
    """Return one row a year, planning area and year group, with the published columns, in whole pupils and places.

    time_period: the academic year, 201920 for 2019/20; 5 years ahead for Reception to Year 6, 7 for Years 7 to 11.
    pupil_forecast: by planning area of residence; the survey counts where pupils attend, which no forecast by residence
    knows. estimated_capacity: places of today's schools by year group. la_planned_places: places of committed
    expansions, bulges, new schools and reductions of admission numbers, at their earliest opening; a committed change
    of age range or closure isn't an additional place and isn't in it.
    additional_need_minus_spare_places: forecast − capacity − planned, negative where places are spare;
    additional_need_only_places: the same, not below 0.
    """
    areas, area_of_zone = np.unique(np.array(forecast.planning_areas, dtype=str), return_inverse=True)
    members = np.eye(len(areas))[area_of_zone].T
    pupils = whole_numbers(np.einsum("az,zyn->ayn", members, forecast.central))
    capacity = _capacity(scenario, areas)
    planned = _planned(scenario, areas, np.array(forecast.years))
    tables = [
        _phase("Primary", PRIMARY, PRIMARY_YEARS, areas, forecast.years, pupils, capacity, planned),
        _phase("Secondary", SECONDARY, SECONDARY_YEARS, areas, forecast.years, pupils, capacity, planned),
    ]
    return pd.concat(tables, ignore_index=True)


def _capacity(scenario: Scenario, areas: np.ndarray) -> Number:
    """Return planning area × NC year, places of the mainstream schools of today."""
    schools = scenario.mainstream
    own = schools["planning_area"].fillna("").astype(str).to_numpy()
    at = _positions(scenario, areas, own, schools["easting"], schools["northing"])
    capacity = np.zeros((len(areas), 14))
    np.add.at(capacity, at, places_by_nc_year(schools))
    return capacity


def _planned(scenario: Scenario, areas: np.ndarray, years: np.ndarray) -> Number:
    """Return planning area × year × NC year, places of committed options."""
    rows = scenario.table("options")
    adding = rows["kind"].isin(["expansion", *FROM_ENTRY, *ONE_COHORT])
    rows = rows[rows["committed"].astype(bool) & adding].sort_values("option", kind="stable")
    planned = np.zeros((len(areas), len(years), 14))
    if rows.empty:
        return planned
    first, last = (np.array([r[i] for r in rows["nc_years"]])[:, None, None] for i in (0, 1))
    year, nc, opens = (
        years[None, :, None],
        np.arange(14)[None, None, :],
        rows["earliest_opening"].to_numpy(dtype=int)[:, None, None],
    )
    entered = year - (nc - first)  # September in which a year group entered the school
    kind = rows["kind"].to_numpy()[:, None, None]
    there = np.where(
        np.isin(kind, ONE_COHORT),
        entered == opens,
        np.where(np.isin(kind, FROM_ENTRY), entered >= opens, year >= opens),
    )
    inside = there & (nc >= first) & (nc <= last) & (year >= opens)
    places = rows["places_per_year"].to_numpy(dtype=float)
    signed = np.where(rows["kind"] == "pan_reduction", -np.abs(places), places)
    np.add.at(planned, _areas_of_options(scenario, areas, rows), inside * signed[:, None, None])
    return planned


def _areas_of_options(scenario: Scenario, areas: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    """Return the planning area of each option: that of its school, else that of its site."""
    schools = scenario.schools.set_index("urn").reindex(rows["urn"])
    own = schools["planning_area"].fillna("").astype(str).to_numpy()
    easting, northing = (
        rows[axis].astype(float).fillna(pd.Series(schools[axis].to_numpy(dtype=float), index=rows.index))
        for axis in ("easting", "northing")
    )
    return _positions(scenario, areas, own, easting, northing)


def _positions(
    scenario: Scenario, areas: np.ndarray, own: np.ndarray, easting: pd.Series, northing: pd.Series
) -> np.ndarray:
    """Return positions among the planning areas: the one named if it is known, else that of the nearest zone."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(easting, northing), crs=scenario.zones.crs)
    zones = scenario.zones[["planning_area", "geometry"]]
    nearest = gpd.sjoin_nearest(points, zones, how="left")
    of_zone = nearest.loc[~nearest.index.duplicated(), "planning_area"].astype(str).to_numpy()
    named = np.isin(own, areas)
    return np.searchsorted(areas, np.where(named, own, of_zone))


def _phase(
    name: str, groups: range, ahead: int, areas: np.ndarray, years: tuple[int, ...],
    pupils: Number, capacity: Number, planned: Number,
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of one phase, by year, planning area and year group."""
    ahead = min(ahead, len(years))
    size = (ahead, len(areas), len(groups))
    year, area, nc = (axis.ravel() for axis in np.indices(size))
    group = nc + groups.start
    need = pupils[area, year, group] - capacity[area, group] - planned[area, year, group]
    return pd.DataFrame(
        {
            "time_period": [f"{years[y]}{(years[y] + 1) % 100:02d}" for y in year],
            "planning_area_code": areas[area],
            "planning_area_name": areas[area],
            "education_phase": name,
            "nc_year_group": [name_of_nc_year(int(n)) for n in group],
            "pupil_forecast": pupils[area, year, group].astype(np.int64),
            "estimated_capacity": capacity[area, group].astype(np.int64),
            "la_planned_places": planned[area, year, group].astype(np.int64),
            "additional_need_minus_spare_places": need.astype(np.int64),
            "additional_need_only_places": np.maximum(need, 0).astype(np.int64),
        }
    )

"""SCAP: forecast, capacity and planned places by planning area, as the School Capacity survey asks for them.

The column names of scap_table are those of the published place demand data (School capacity 2024/25), but for
`of_which_developer_contributions`; all other tables and that column are named by us: the template isn't public.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_nc_year
from placeplan.forecast.developer_contributions import from_secured_sites
from placeplan.forecast.reconcile import whole_numbers
from placeplan.forecast.settings_of_need import Plans
from placeplan.forecast.value import Forecast
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.scenario import Scenario

PRIMARY, SECONDARY = range(7), range(7, 12)  # the survey counts by year group, whatever the tiers of the area
PRIMARY_YEARS, SECONDARY_YEARS = 5, 7  # years ahead that the survey asks for
PLANNED_YEARS = 3  # years ahead for which it asks for planned places
PHASES = (("Primary", PRIMARY, PRIMARY_YEARS), ("Secondary", SECONDARY, SECONDARY_YEARS))
TOTALS_OF_SPECIALIST = (("time_period", "education_phase"),)  # sums that anybody can work out from papers
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
    of_which_developer_contributions: pupils of pupil_forecast from homes on sites with permission (ours).
    """
    areas, members = _areas(forecast)
    pupils = whole_numbers(np.einsum("az,zyn->ayn", members, forecast.central))
    secured = whole_numbers(np.einsum("az,zyn->ayn", members, from_secured_sites(scenario, forecast)))
    secured = np.minimum(secured, pupils)
    capacity = _capacity(scenario, areas)
    planned = _planned(scenario, areas, np.array(forecast.years)).sum(axis=0)
    tables = [
        _phase(name, groups, ahead, areas, forecast.years, pupils, secured, capacity, planned)
        for name, groups, ahead in PHASES
    ]
    return pd.concat(tables, ignore_index=True)


def scap_planned_table(scenario: Scenario, forecast: Forecast) -> pd.DataFrame:
    """Return places planned in the next three years: one row a year, planning area and year group that gains or loses any.

    additional_places: committed expansions and new schools.  bulge_places: committed bulges, one cohort each.
    removed_places: committed cuts of admission numbers, above 0.  la_planned_places: additional + bulge − removed, as in
    scap_table. Places that stand open in that year, not those that open in it.
    """
    areas, _ = _areas(forecast)
    planned = _planned(scenario, areas, np.array(forecast.years))[:, :, :PLANNED_YEARS, :12]
    area, year, nc = (axis for axis in np.nonzero(planned.any(axis=0)))
    order = np.lexsort((nc, area, year))
    area, year, nc = area[order], year[order], nc[order]
    additional, bulge, removed = planned[:, area, year, nc]
    return pd.DataFrame(
        {
            **_who_and_when(areas, forecast.years, area, year),
            "education_phase": np.where(nc < SECONDARY.start, "Primary", "Secondary"),
            "nc_year_group": [name_of_nc_year(int(n)) for n in nc],
            "additional_places": additional.astype(np.int64),
            "bulge_places": bulge.astype(np.int64),
            "removed_places": -removed.astype(np.int64),
            "la_planned_places": (additional + bulge + removed).astype(np.int64),
        }
    )


def scap_specialist_table(forecast: Forecast, plans: Plans) -> pd.DataFrame:
    """Return children with an EHCP who live here and need a specialist place: one row a year, planning area and phase.

    Primary is Reception to Year 6, five years ahead; Secondary Years 7 to 13, seven years, with the sixth form.
    pupil_forecast: all settings but mainstream classes: special schools, SEN units and resourced provision,
    alternative provision, independent and out of area. The survey counts them by residence, as here.
    Small counts aren't withheld yet: suppress.withhold(…, column="pupil_forecast", totals=TOTALS_OF_SPECIALIST).
    Source: Forecasting demand for SEND provision for SCAP, 2026; School capacity 2023/24.
    """
    areas, members = _areas(forecast)
    bands = {"Primary": ["R–6"], "Secondary": ["7–11", "12–13"]}
    outside = [i for i, name in enumerate(plans.settings) if name != "mainstream"]
    tables = []
    for name, _, ahead in PHASES:
        of_phase = plans.children[:, :, :, [plans.bands.index(band) for band in bands[name]]]
        needed = whole_numbers(members @ of_phase[:, :, outside].sum(axis=(1, 2, 3)))[:, :ahead]
        year, area = (axis.ravel() for axis in np.indices(needed.T.shape))
        tables.append(
            pd.DataFrame(
                {
                    **_who_and_when(areas, forecast.years, area, year),
                    "education_phase": name,
                    "pupil_forecast": needed[area, year].astype(np.int64),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _areas(forecast: Forecast) -> tuple[np.ndarray, Number]:
    """Return the planning areas in order, and planning area × zone, 1 where the zone belongs to it."""
    areas, area_of_zone = np.unique(np.array(forecast.planning_areas, dtype=str), return_inverse=True)
    return areas, np.eye(len(areas))[area_of_zone].T


def _who_and_when(
    areas: np.ndarray, years: tuple[int, ...], area: np.ndarray, year: np.ndarray
) -> dict[str, np.ndarray | list[str]]:
    """Return the columns that say which year and which planning area a row is of."""
    return {
        "time_period": [f"{years[y]}{(years[y] + 1) % 100:02d}" for y in year],
        "planning_area_code": areas[area],
        "planning_area_name": areas[area],
    }


def _capacity(scenario: Scenario, areas: np.ndarray) -> Number:
    """Return planning area × NC year, places of the mainstream schools of today."""
    schools = scenario.mainstream
    own = schools["planning_area"].fillna("").astype(str).to_numpy()
    at = _positions(scenario, areas, own, schools["easting"], schools["northing"])
    capacity = np.zeros((len(areas), 14))
    np.add.at(capacity, at, places_by_nc_year(schools))
    return capacity


def _planned(scenario: Scenario, areas: np.ndarray, years: np.ndarray) -> Number:
    """Return (added, bulge, removed) × planning area × year × NC year, places of committed options; removed below 0."""
    rows = scenario.table("options")
    adding = rows["kind"].isin(["expansion", *FROM_ENTRY, *ONE_COHORT])
    rows = rows[rows["committed"].astype(bool) & adding].sort_values("option", kind="stable")
    planned = np.zeros((3, len(areas), len(years), 14))
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
    sort = np.where(signed < 0, 2, rows["kind"].isin(ONE_COHORT).to_numpy(dtype=int))
    np.add.at(planned, (sort, _areas_of_options(scenario, areas, rows)), inside * signed[:, None, None])
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
    pupils: Number, secured: Number, capacity: Number, planned: Number,
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of one phase, by year, planning area and year group."""
    ahead = min(ahead, len(years))
    size = (ahead, len(areas), len(groups))
    year, area, nc = (axis.ravel() for axis in np.indices(size))
    group = nc + groups.start
    need = pupils[area, year, group] - capacity[area, group] - planned[area, year, group]
    return pd.DataFrame(
        {
            **_who_and_when(areas, years, area, year),
            "education_phase": name,
            "nc_year_group": [name_of_nc_year(int(n)) for n in group],
            "pupil_forecast": pupils[area, year, group].astype(np.int64),
            "estimated_capacity": capacity[area, group].astype(np.int64),
            "la_planned_places": planned[area, year, group].astype(np.int64),
            "additional_need_minus_spare_places": need.astype(np.int64),
            "additional_need_only_places": np.maximum(need, 0).astype(np.int64),
            "of_which_developer_contributions": secured[area, year, group].astype(np.int64),
        }
    )

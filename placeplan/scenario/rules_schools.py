"""Rules of schools: positions in the area, capacity against admission number, who is who."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.geodata import GREAT_BRITAIN, GRID
from placeplan.scenario.places import read_places
from placeplan.scenario.rules import Material, Rule, each
from placeplan.scenario.say import TOLD
from placeplan.scenario.tables.people import read_date
from placeplan.scenario.tables.schools import MAINSTREAM_PHASES

NEAR = 5_000.0  # metres from the zones within which a school may still be one of the area
INFANT_CLASS = "class_size.infant"
A_PLACE = 1_000.0  # metres by which the zones' frame is widened when a swapped point is sought in it


def positions(material: Material, table: str = "schools") -> Iterator[Problem]:
    """Yield points that aren't in British National Grid metres, are swapped, or lie far from the zones."""
    frame = material.frame(table)
    frame = frame[frame["easting"].notna() & frame["northing"].notna()]
    east, north = frame["easting"].to_numpy(), frame["northing"].to_numpy()
    west_most, south_most, east_most, north_most = GREAT_BRITAIN
    degrees = (np.abs(east) <= 180) & (np.abs(north) <= 180)
    outside = ~degrees & ~((west_most <= east) & (east <= east_most) & (south_most <= north) & (north <= north_most))
    swapped = np.zeros(len(frame), dtype=bool)
    if material.zones is not None:
        left, low, right, top = material.zones.total_bounds + np.array([-1, -1, 1, 1]) * A_PLACE
        inside = (left <= east) & (east <= right) & (low <= north) & (north <= top)
        swapped = ~inside & (left <= north) & (north <= right) & (low <= east) & (east <= top)
    grid = "Give British National Grid metres, for example 502345 and 237810."
    for row in frame.index[degrees][:TOLD]:
        yield material.fault(table, row, "easting", "the position looks like degrees of longitude and latitude.", grid)
    for row in frame.index[swapped & ~degrees][:TOLD]:
        wrong = "the point falls outside the zones; are easting and northing swapped?"
        yield material.fault(table, row, "easting", wrong, "Exchange the two cells.")
    for n in np.flatnonzero(outside & ~swapped)[:TOLD]:
        wrong = f"the point ({east[n]:,.0f}, {north[n]:,.0f}) lies outside Great Britain."
        off = not west_most <= east[n] <= east_most
        yield material.fault(table, frame.index[n], "easting" if off else "northing", wrong, grid)
    if material.zones is not None:
        yield from _far(material, table, frame[~(degrees | swapped | outside)])


def _far(material: Material, table: str, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield a warning for each point outside the zones, and how far from the nearest it lies."""
    zones = material.zones
    if zones is None or frame.empty:
        return
    points = gpd.GeoSeries.from_xy(frame["easting"], frame["northing"], crs=GRID)
    pairs, metres = zones.sindex.nearest(points, return_all=False, return_distance=True)
    out = np.flatnonzero(metres > 0)
    out = out[np.argsort(-metres[out], kind="stable")]
    for n in out[:TOLD]:
        zone = zones["zone"].iloc[pairs[1][n]]
        far = metres[n] > NEAR
        wrong = f"the point lies {metres[n] / 1000:.1f} km outside the zones; the nearest zone, {zone}, is taken."
        remedy = "Check the position." if far else ""
        yield material.warning(table, frame.index[pairs[0][n]], "easting", wrong, remedy)
    if len(out) > TOLD:
        wrong = f"{len(out) - TOLD:,} more points lie outside the zones; the nearest zone is taken."
        yield material.warning(table, frame.index[pairs[0][out[TOLD]]], "easting", wrong)


def age_ranges(material: Material) -> Iterator[Problem]:
    """Yield schools whose youngest year group is older than the oldest."""
    frame = material.frame("schools")
    for row, school in each(frame[frame["lowest_nc_year"] > frame["highest_nc_year"]]):
        wrong = f"the youngest year group of {school['name']} is older than the oldest."
        yield material.fault("schools", row, "lowest_nc_year", wrong, "Exchange the two cells.")


def capacities(material: Material) -> Iterator[Problem]:
    """Yield a warning where a school admits more in one year than all its buildings hold."""
    frame = material.frame("schools")
    odd = frame[(frame["pan"] > frame["net_capacity"]) & frame["phase"].isin(MAINSTREAM_PHASES)]
    for row, school in each(odd.iloc[:TOLD]):
        wrong = f"the admission number {school['pan']:,} is above the net capacity {school['net_capacity']:,}."
        yield material.warning("schools", row, "pan", wrong, "Check both figures.")


def infant_classes(material: Material) -> Iterator[Problem]:
    """Yield schools that teach infants in no class, and a warning where the classes hold fewer than the school admits."""
    size = DEFAULTS[INFANT_CLASS].value
    for row, one in each(material.frame("assumptions").query("assumption == @INFANT_CLASS")):
        try:
            size = float(one["value"])
        except ValueError:
            continue  # told by the rule of assumptions
        if not size >= 1:
            wrong = f"{INFANT_CLASS} is {size:g}; a class holds one child at least."
            yield material.fault("assumptions", row, "value", wrong, f"For example {DEFAULTS[INFANT_CLASS].value:g}.")
            return
    frame = material.frame("schools")
    groups = (1 + frame["highest_nc_year"].clip(upper=2) - frame["lowest_nc_year"].clip(lower=0)).clip(lower=0)
    told = frame[(groups > 0) & frame["infant_classes"].notna() & frame["phase"].isin(MAINSTREAM_PHASES)]
    for row, school in each(told[told["infant_classes"] == 0].iloc[:TOLD]):
        wrong = f"{school['name']} teaches Reception to Year 2 in no class."
        yield material.fault("schools", row, "infant_classes", wrong, "Give the number, or leave it blank if unknown.")
    few = told[(told["infant_classes"] > 0) & (size * told["infant_classes"] < told["pan"] * groups[told.index])]
    for row, school in each(few.iloc[:TOLD]):
        seats = f"{size * school['infant_classes']:,g}"
        wrong = f"classes for {seats} infants are fewer than {groups[row]} year groups of {school['pan']:,}; no more are placed."
        yield material.warning("schools", row, "infant_classes", wrong, "Check both figures, or leave it blank.")


def inspections(material: Material) -> Iterator[Problem]:
    """Yield one warning that schools without a grade are taken as not yet inspected."""
    frame = material.frame("schools")
    none = frame[(frame["ofsted"] == "none") & frame["phase"].isin(MAINSTREAM_PHASES)]
    if len(none):
        wrong = f"{len(none):,} schools have no inspection grade; they are taken as not yet inspected."
        yield material.warning("schools", none.index[0], "ofsted", wrong)


def twins(material: Material) -> Iterator[Problem]:
    """Yield a warning for two schools of one name at one place: a school and its successor, both open."""
    frame = material.frame("schools")
    name = frame["name"].str.lower().str.replace(r"\W+", " ", regex=True).str.strip()
    same = pd.DataFrame({"name": name, "east": frame["easting"].round(-2), "north": frame["northing"].round(-2)})
    again = frame[same.duplicated()]
    for row, school in each(again.iloc[:TOLD]):
        first = frame[(same == same.loc[[row]].to_numpy()).all(axis=1)].iloc[0]
        wrong = f"schools {first['urn']} and {school['urn']} are both called {school['name']} and stand at one place."
        yield material.warning("schools", row, "name", wrong, "Keep the one that is open in the base year.")


def written_cells(material: Material) -> Iterator[Problem]:
    """Yield opening dates and places by year group that can't be read."""
    frame = material.frame("schools")
    for row, text in frame.loc[frame["opened"] != "", "opened"].items():
        try:
            read_date(text)
        except ValueError as error:
            yield material.fault("schools", row, "opened", f"{error}.", "Two digits are no year.")
    for row, text in frame.loc[frame["places_by_nc_year"] != "", "places_by_nc_year"].items():
        try:
            read_places(text)
        except ValueError as error:
            yield material.fault("schools", row, "places_by_nc_year", f"{error}.", "For example 7-11:180;12-13:90.")


def long_names(material: Material) -> Iterator[Problem]:
    """Yield a warning for names that a shapefile will have to cut."""
    frame = material.frame("schools")
    long = frame.index[frame["name"].map(lambda name: len(name.encode()) > 254)]
    for row in long[:TOLD]:
        wrong = "the name is longer than a shapefile holds; it is cut there, whole elsewhere."
        yield material.warning("schools", row, "name", wrong)


RULES: tuple[Rule, ...] = (
    age_ranges,
    positions,
    capacities,
    infant_classes,
    inspections,
    twins,
    written_cells,
    long_names,
)

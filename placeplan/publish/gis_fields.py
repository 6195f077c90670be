"""The fields of the map layers: one table for the GeoPackage, the shapefiles, their aliases and fields.csv."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import academic_year

TEXT_BYTES = 254  # a shapefile holds no longer text
LONGEST_NAME = 10  # signs of a field's name in a shapefile
_CUT = f"text; a shapefile holds its first {TEXT_BYTES} bytes, the GeoPackage all of it"
SHARED = (
    "what a community lacks is shared among its zones by their forecast children, so it says nothing of one zone alone; "
    "a child who waits three years stands in three years"
)
MIDDLES = "measured from the middle of each zone, along the route that the scenario's travel table gives, else by the straight line times the circuity of the assumptions"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layer: its name of at most ten characters, its name for people, its meaning, its unit.

    Braces {first}, {last} and {year} stand for academic years, {september} for the calendar year in which one begins.
    A field with {september} in its name stands for one a planned year.
    """

    layer: str
    field: str
    full_name: str
    meaning: str
    unit: str

    def told(self, **years: str) -> "Field":
        """Return the field with its years in words."""
        field, full_name, meaning = (text.format(**years) for text in (self.field, self.full_name, self.meaning))
        return replace(self, field=field, full_name=full_name, meaning=meaning)


@dataclass(frozen=True, slots=True)
class LayerKind:
    """One layer: its title, what a feature of it is, and the kind of its shapes."""

    title: str
    about: str
    geometry: str


LAYERS: dict[str, LayerKind] = {
    "zones": LayerKind("Zones", f"Zones with the children who need a place and those without one: {SHARED}", "MultiPolygon"),
    "plan_areas": LayerKind("Planning areas", "Planning areas with children, places and shortfall, each the sum of its zones or of the schools that stand in it", "MultiPolygon"),
    "walking": LayerKind(
        "Walking catchments",
        f"Zones within the walking limit of a school that is open in the last planned year, as the plan's principle Local schools measures it: {MIDDLES}. "
        "Whole zones, in or out by their middle. A school whose routes are told as unsafe, or whose limit reaches no zone's middle, has none",
        "MultiPolygon",
    ),
    "nearest": LayerKind(
        "Nearest schools",
        f"Zones for which a school is the nearest of those that teach a year group in the last planned year, the year groups being those at which schools begin: {MIDDLES}. "
        "Nobody is sent there by that; a school that is nearest to no zone has none",
        "MultiPolygon",
    ),
    "journeys": LayerKind("Journeys", "From where children join which school: straight lines, five children or more", "LineString"),
    "schools": LayerKind("Schools", "Schools with roll and places under the plan; special and independent schools are shown only", "Point"),
    "options": LayerKind("Options", "What could be done, and whether and when the plan does it", "Point"),
}  # fmt: skip
"""From the bottom of a map to its top."""

FIELDS: tuple[Field, ...] = (
    Field("zones", "zone", "zone", "code of the zone", _CUT),
    Field("zones", "name", "name", "name of the zone", _CUT),
    Field("zones", "plan_area", "planning area", "planning area the zone lies in", _CUT),
    Field("zones", "community", "community", "community the zone belongs to", _CUT),
    Field("zones", "change", "change in demand", "demand in {last} less demand in {first}", "children"),
    Field("zones", "shortfall", "children without a place", f"children for whom the plan has no place, all planned years together; {SHARED}", "child-years"),
    Field("zones", "demand{september}", "demand {year}", "children who need a mainstream place, Reception to Year 13, {year}", "children"),
    Field("zones", "short{september}", "without a place {year}", f"children for whom the plan has no place, {{year}}; {SHARED}", "children"),
    Field("plan_areas", "plan_area", "planning area", "code of the planning area", _CUT),
    Field("plan_areas", "zones", "zones", "zones in it", "zones"),
    Field("plan_areas", "schools", "schools", "planned schools that belong to it and are open in {last}", "schools"),
    Field("plan_areas", "change", "change in demand", "demand in {last} less demand in {first}", "children"),
    Field("plan_areas", "shortfall", "children without a place", f"the sum of its zones, all planned years together; {SHARED}", "child-years"),
    Field("plan_areas", "demand{september}", "demand {year}", "children of its zones who need a mainstream place, Reception to Year 13, {year}", "children"),
    Field("plan_areas", "places{september}", "places {year}", "places of its schools that exist under the plan, {year}; children may go to school in another area", "places"),
    Field("plan_areas", "short{september}", "without a place {year}", f"the sum of its zones, {{year}}; {SHARED}", "children"),
    Field("walking", "urn", "URN or site", "unique reference number; of a new school the code of its site", _CUT),
    Field("walking", "name", "name", "name of the school", _CUT),
    Field("walking", "ages", "ages", "under 8: its year groups from Reception to Year 3; from 8: those from Year 4", "text"),
    Field("walking", "limit", "walking limit", "the longest walk beyond which transport is free at that age", "miles"),
    Field("walking", "zones", "zones", "zones whose middle lies within the limit", "zones"),
    Field("walking", "children", "children {last}", "children of these zones who need a mainstream place in a year group of that age which the school teaches, {last}; catchments overlap, so that children count in several", "children"),
    Field("nearest", "urn", "URN or site", "unique reference number; of a new school the code of its site", _CUT),
    Field("nearest", "name", "name", "name of the school", _CUT),
    Field("nearest", "nc_year", "year group", "year group for which it is the nearest: R, or the number of the year", "text"),
    Field("nearest", "zones", "zones", "zones for which it is the nearest", "zones"),
    Field("nearest", "children", "children {last}", "children of these zones who need a mainstream place in that year group, {last}", "children"),
    Field("nearest", "miles", "mean miles", "mean way from these zones to it, weighed by those children", "miles"),
    Field("nearest", "colour", "colour on the map", "a number such that neighbours of one year group have different ones; no other meaning", "number"),
    Field("journeys", "origin", "origin", "zone (Reception) or community (later joining) the children come from", _CUT),
    Field("journeys", "orig_kind", "kind of origin", "zone or area (community)", "text"),
    Field("journeys", "urn", "URN or site", "school they join", _CUT),
    Field("journeys", "school", "school", "name of that school", _CUT),
    Field("journeys", "children", "children", "children who join the school from the origin, all cohorts of the plan together; fewer than 5 are left out", "children"),
    Field("journeys", "miles", "straight miles", "straight line from the middle of the origin to the school", "miles"),
    Field("schools", "urn", "URN", "unique reference number; of a new school the code of its site", _CUT),
    Field("schools", "laestab", "LAESTAB", "number of authority and establishment; empty where it isn't told", _CUT),
    Field("schools", "name", "name", "name of the school", _CUT),
    Field("schools", "phase", "phase", "phase of education; not_registered: a new school", _CUT),
    Field("schools", "nc_years", "year groups", "youngest and oldest year group: in the base year, of a new school when it opens", _CUT),
    Field("schools", "plan_area", "planning area", "planning area that the scenario gives it, else the one in which it stands", _CUT),
    Field("schools", "community", "community", "community the school serves", _CUT),
    Field("schools", "is_new", "new school", "yes: the plan opens it; no: it is there already", "yes or no"),
    Field("schools", "planned", "planned", "yes: mainstream, part of the plan; no: shown only, its figures are left empty", "yes or no"),
    Field("schools", "spare_pct", "spare share {last}", "spare places as a share of places, {last}; empty without places", "per cent"),
    Field("schools", "roll{september}", "roll {year}", "pupils on roll under the plan, {year}; 0 where it is not open", "pupils"),
    Field("schools", "places{september}", "places {year}", "places that exist under the plan, {year}", "places"),
    Field("schools", "spare{september}", "spare places {year}", "places less roll, {year}; below 0: over full", "places"),
    Field("options", "option", "option", "short name of the option", _CUT),
    Field("options", "name", "name", "name of the option for people, else of the school that changes", _CUT),
    Field("options", "kind", "kind", "what would be done", _CUT),
    Field("options", "urn", "URN or site", "school that changes, or site of a new one", _CUT),
    Field("options", "chosen", "chosen", "yes: the plan opens it; no: it does not", "yes or no"),
    Field("options", "opens", "opens", "first September of the option, or the words not chosen", "academic year"),
    Field("options", "places", "places", "places added, below 0 taken away", "places"),
    Field("options", "capital", "capital cost", "capital cost, whole", "£"),
    Field("options", "reason", "reason", "why it is chosen or not", _CUT),
    Field("options", "stands_at", "stands at", "what the point is: school, site, or the middle of the community or the authority", "text"),
)  # fmt: skip


def names_of(layer: str, years: Sequence[str]) -> list[str]:
    """Return the field names of one layer, in their order. years: planned academic years, as written."""
    return [field.field for field in _fields(years) if field.layer == layer]


def fields_table(years: Sequence[str]) -> pd.DataFrame:
    """Return the data dictionary of the layers: layer, field, full_name, meaning, unit.

    years: planned academic years, as written.
    """
    rows = [(f.layer, f.field, f.full_name, f.meaning, f.unit) for f in _fields(years)]
    return pd.DataFrame(rows, columns=["layer", "field", "full_name", "meaning", "unit"])


def by_year(name: str, years: Sequence[str], table: Number) -> dict[str, Number]:
    """Return one column a planned year: ("demand", ["2019/20"], table) → {"demand2019": its first column}."""
    return {f"{name}{academic_year(year)}": column for year, column in zip(years, table.T, strict=True)}


def _fields(years: Sequence[str]) -> Iterator[Field]:
    """Yield every field, those of a year once for each."""
    ends = {"first": years[0], "last": years[-1]}
    for field in FIELDS:
        if "{september}" not in field.field:
            yield field.told(**ends)
            continue
        for year in years:
            yield field.told(**ends, year=year, september=str(academic_year(year)))

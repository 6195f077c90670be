"""The fields of the map layers: one table for the GeoPackage, the shapefiles, their aliases and fields.csv."""

from dataclasses import dataclass

import pandas as pd

TEXT_BYTES = 254  # a shapefile holds no longer text
_CUT = f"text; a shapefile holds its first {TEXT_BYTES} bytes, the GeoPackage all of it"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layer: its name of at most ten characters, its name for people, its meaning, its unit.

    Braces {first} and {last} stand for the first and last planned academic year.
    """

    layer: str
    field: str
    full_name: str
    meaning: str
    unit: str


FIELDS: tuple[Field, ...] = (
    Field("zones", "zone", "zone", "code of the zone", _CUT),
    Field("zones", "name", "name", "name of the zone", _CUT),
    Field("zones", "plan_area", "planning area", "planning area the zone lies in", _CUT),
    Field("zones", "community", "community", "community the zone belongs to", _CUT),
    Field("zones", "demand_1", "demand {first}", "children who need a mainstream place, Reception to Year 13, {first}", "children"),
    Field("zones", "demand_n", "demand {last}", "children who need a mainstream place, Reception to Year 13, {last}", "children"),
    Field("zones", "change", "change in demand", "demand in {last} less demand in {first}", "children"),
    Field(
        "zones",
        "shortfall",
        "children without a place",
        "children for whom the plan has no place, all years together, a child who waits three years counted three times; "
        "the shortfall of a community is shared among its zones by their forecast children, so it says nothing of one zone alone",
        "child-years",
    ),
    Field("schools", "urn", "URN", "unique reference number; of a new school the code of its site", _CUT),
    Field("schools", "name", "name", "name of the school", _CUT),
    Field("schools", "phase", "phase", "phase of education; not_registered: a new school", _CUT),
    Field("schools", "nc_years", "year groups", "youngest and oldest year group: in the base year, of a new school when it opens", _CUT),
    Field("schools", "community", "community", "community the school serves", _CUT),
    Field("schools", "is_new", "new school", "yes: the plan opens it; no: it is there already", "yes or no"),
    Field("schools", "planned", "planned", "yes: mainstream, part of the plan; no: shown only, its figures are left empty", "yes or no"),
    Field("schools", "roll_1", "roll {first}", "pupils on roll under the plan, {first}; 0 where it is not open", "pupils"),
    Field("schools", "roll_n", "roll {last}", "pupils on roll under the plan, {last}; 0 where it is not open", "pupils"),
    Field("schools", "places_1", "places {first}", "places that exist under the plan, {first}", "places"),
    Field("schools", "places_n", "places {last}", "places that exist under the plan, {last}", "places"),
    Field("schools", "spare_1", "spare places {first}", "places less roll, {first}; below 0: over full", "places"),
    Field("schools", "spare_n", "spare places {last}", "places less roll, {last}; below 0: over full", "places"),
    Field("schools", "spare_pct", "spare share {last}", "spare places as a share of places, {last}; empty without places", "per cent"),
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
    Field("journeys", "origin", "origin", "zone (Reception) or community (later joining) the children come from", _CUT),
    Field("journeys", "orig_kind", "kind of origin", "zone or area (community)", "text"),
    Field("journeys", "urn", "URN or site", "school they join", _CUT),
    Field("journeys", "school", "school", "name of that school", _CUT),
    Field(
        "journeys",
        "children",
        "children",
        "children who join the school from the origin, all cohorts of the plan together; fewer than 5 are left out",
        "children",
    ),
    Field("journeys", "miles", "straight miles", "straight line from the middle of the origin to the school", "miles"),
)  # fmt: skip
LAYERS: dict[str, tuple[str, str]] = {
    "zones": ("Zones", "Zones of the authority with the children who need a place and those without one"),
    "schools": (
        "Schools",
        "Schools with roll and places under the plan; special and independent schools are shown only",
    ),
    "options": ("Options", "What could be done, and whether and when the plan does it"),
    "journeys": ("Journeys", "From where children join which school: straight lines, five children or more"),
}


def names_of(layer: str) -> list[str]:
    """Return the field names of one layer, in their order."""
    return [field.field for field in FIELDS if field.layer == layer]


def fields_table(first: str, last: str) -> pd.DataFrame:
    """Return the data dictionary of the layers: layer, field, full_name, meaning, unit.

    first, last: the first and last planned academic year, as written.
    """
    rows = [
        (f.layer, f.field, f.full_name.format(first=first, last=last), f.meaning.format(first=first, last=last), f.unit)
        for f in FIELDS
    ]
    return pd.DataFrame(rows, columns=["layer", "field", "full_name", "meaning", "unit"])

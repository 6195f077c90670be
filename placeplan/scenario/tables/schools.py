"""Schools: every school of the area, as it stands in the base year."""

import re
from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from placeplan.scenario.tables.row import (  # fmt: skip
    Amount,
    Code,
    Count,
    MaybeAmount,
    MaybeCode,
    MaybeCount,
    NcYear,
    Row,
    Text,
    YesNo,
    column,
    word_of,
)

PHASES = (
    "nursery", "lower", "primary", "middle", "secondary", "upper", "all_through", "special",
    "alternative_provision", "16_plus", "independent",
)  # fmt: skip
MAINSTREAM_PHASES = ("lower", "primary", "middle", "secondary", "upper", "all_through")
PROVIDERS = (
    "community", "voluntary_controlled", "voluntary_aided", "foundation", "academy", "free_school", "diocese",
    "college", "independent", "trust",
)  # fmt: skip
GRADES = ("outstanding", "good", "requires_improvement", "inadequate", "none")
_SPELLINGS = {
    "1": "outstanding", "2": "good", "3": "requires_improvement", "4": "inadequate", "": "none", "ri": "requires_improvement",
    "not_yet_inspected": "none", "not_reported": "none", "special_measures": "inadequate", "serious_weaknesses": "inadequate",
}  # fmt: skip


def _grade(cell: object) -> object:
    """Read an inspection grade by word or number; blank means not yet inspected."""
    if not isinstance(cell, str):
        return cell
    word = re.sub(r"[\s\-]+", "_", cell.strip().lower())
    word = _SPELLINGS.get(word, word)
    if word not in GRADES:
        message = f'"{cell}" is not an inspection grade'
        raise ValueError(message)
    return word


Grade = Annotated[str, BeforeValidator(_grade)]


class School(Row):
    """A school or college. Special, nursery and independent schools are shown, never planned as mainstream."""

    file: ClassVar[str] = "schools"
    key: ClassVar[tuple[str, ...]] = ("urn",)

    urn: Code = column("unique reference number of the school", example="109444")
    name: Text = column("name of the school", example="Oak Lower School")
    phase: Annotated[str, word_of(*PHASES)] = column("phase of education", example="lower")
    lowest_nc_year: NcYear = column(
        "youngest year group taught (nursery apart)", unit="NC year", example="R", least=-2, most=13
    )
    highest_nc_year: NcYear = column("oldest year group taught", unit="NC year", example="4", least=-2, most=14)
    pan: Count = column("published admission number of the entry year", unit="places", example=30, least=0, most=1000)
    net_capacity: Count = column("net capacity of the buildings", unit="places", example=150, least=0, most=6000)
    easting: Amount = column("British National Grid easting", unit="m", example=502345)
    northing: Amount = column("British National Grid northing", unit="m", example=237810)
    provider: Annotated[str, word_of(*PROVIDERS)] = column("who runs the school", example="community")
    trust: MaybeCode = column("trust or federation; blank for none", example="Ivel Trust", default="")
    community: Code = column("the community that the school serves", example="Biggleswade")
    ofsted: Grade = column("last inspection grade; blank: not yet inspected", example="good")
    sixth_form: YesNo = column("does the school have a sixth form", example="no", default=False)
    specialist_places: Count = column(
        "places for pupils with EHCPs", unit="places", example=0, least=0, most=1000, default=0
    )
    laestab: MaybeCode = column("LA and establishment number", example="8232000", default="")
    planning_area: MaybeCode = column("pupil planning area; blank: that of its zone", example="PA01", default="")
    places_by_nc_year: MaybeCode = column(
        "places by year group where they differ from the PAN", example="7-11:180;12-13:90", default=""
    )
    condition: Annotated[str, word_of("a", "b", "c", "d", "")] = column(
        "condition grade A to D", example="B", default=""
    )
    temporary_places: Count = column(
        "places in temporary units", unit="places", example=0, least=0, most=3000, default=0
    )
    site_area: MaybeAmount = column(
        "site area; blank: not known, never checked", unit="ha", example=1.5, least=0, most=100, default=None
    )
    faith: MaybeCode = column("faith of the school; blank for none", example="Church of England", default="")
    denomination: MaybeCode = column("religious denomination", example="Church of England", default="")
    sex: Annotated[str, word_of("mixed", "girls", "boys", "")] = column(
        "who is admitted", example="mixed", default="mixed"
    )
    sparse: YesNo = column("counts as sparse under the funding rules: never too small", example="no", default=False)
    federated: YesNo = column("shares leadership with another school", example="no", default=False)
    college_share: MaybeAmount = column(
        "share of Year 11 who go to a college", unit="share", example=0.4, least=0, most=1, default=None
    )
    unsafe_routes: YesNo = column("are walking routes to it unsafe", example="no", default=False)
    community_use: MaybeCode = column("facilities the community may use", example="hall;pitch", default="")
    infant_classes: MaybeCount = column(
        "classes for Reception to Year 2, of up to 30; blank sets no limit",
        unit="classes",
        example=3,
        least=0,
        most=60,
        default=None,
    )
    opened: MaybeCode = column("opening date, day before month", example="01/09/2011", default="")

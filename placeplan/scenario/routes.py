"""Legal routes: how an option becomes lawful, from when to when, who decides and how long it takes.

Dates and periods are those that the field notes give; a scenario's table `rules` may set a route's own dates
(`route.<name>` with from and to), its months (`route.<name>.lead_months`) and its words for a kind (`route.<kind>`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

MATURITY = ("idea", "viability", "feasibility", "consulted", "approved", "on_site")
UNDER_WAY = ("approved", "on_site")
AUTHORITY = ("authority", "LA", "la", "council")  # who decides, where that is the council
REGION = ("secretary_of_state", "regional_commissioner", "regional_director")  # by date
ACADEMIES = ("academy", "free_school", "trust")
OWN_GOVERNORS = ("voluntary_aided", "foundation", "diocese")
COMMISSIONER = ("2014-09-01", "2022-08-31")  # regional schools commissioners; regional directors after them
ENLARGED_BY, ENLARGED_SHARE, ENLARGED_AT_MOST = 30, 0.25, 200  # pupils, share of the school, pupils
YEARS_MOVED = 3  # an age range moved by fewer needs no statutory proposal at a maintained school
NEW_SECONDARY = 12  # months more than a new primary school

_REGULATIONS = "School Organisation (Prescribed Alterations) Regulations 2013"
_SECTION_7 = "Education and Inspections Act 2006, section 7, as substituted in 2026"


@dataclass(frozen=True, slots=True)
class Route:
    """One legal route. decides: a role; "provider" and "regional" stand for those of the school and of the date.

    valid_from, valid_to: first and last day (ISO), blank: open.  consultation_weeks: the least that is lawful or advised.
    lead_months: from the base year's census in January to the September of its opening.
    """

    words: str
    decides: str
    consultation_weeks: int
    lead_months: int
    source: str
    valid_from: str = ""
    valid_to: str = ""

    def holds(self, day: str) -> bool:
        """Say whether the route is open on a day, ISO."""
        return (not self.valid_from or self.valid_from <= day) and (not self.valid_to or day <= self.valid_to)


ROUTES: Mapping[str, Route] = {
    "presumption": Route(
        "free school presumption", "regional", 6, 32, "Education and Inspections Act 2006, section 6A",
        "2012-02-01", "2026-08-31",
    ),
    "invitation": Route("published invitation of proposals", "regional", 6, 32, _SECTION_7, "2026-09-01"),
    "section_106": Route(
        "school on a developer's site, proposer sought as the law of the day says", "regional", 6, 32,
        "Town and Country Planning Act 1990, section 106",
    ),
    "voluntary_aided": Route(
        "statutory proposal of a diocese or other body", "authority", 4, 32, "Education and Inspections Act 2006, section 11",
        "2007-05-25",
    ),
    "central_free_school": Route(
        "central free school programme", "regional", 6, 44, "Academies Act 2010", "2010-07-28"
    ),
    "prescribed_alteration": Route("statutory proposal", "authority", 4, 20, _REGULATIONS, "2014-01-28"),
    "significant_change": Route("significant change of an academy", "regional", 4, 20, "Academies Act 2010", "2010-07-28"),
    "discontinuance": Route(
        "statutory closure", "authority", 10, 20, "Education and Inspections Act 2006, section 15", "2007-05-25"
    ),
    "academy_closure": Route("closure by agreement", "regional", 6, 20, "Academies Act 2010", "2010-07-28"),
    "admission_arrangements": Route(
        "admission arrangements, objections to the adjudicator", "provider", 6, 20, "School Admissions Code 2014"
    ),
    "governors": Route("decision of the governing body or trust", "provider", 4, 8, _REGULATIONS),
    "federation_regulations": Route(
        "federation of governing bodies", "provider", 6, 8, "School Governance (Federations) Regulations 2012", "2012-09-01"
    ),
    "agreement": Route("agreement between the schools", "provider", 0, 8, "Education Act 2002, section 26"),
}  # fmt: skip

USUAL = {  # kind → (route of a maintained school, of an academy)
    "expansion": ("governors", "governors"),
    "temporary_expansion": ("governors", "governors"),
    "bulge": ("governors", "governors"),
    "all_through": ("prescribed_alteration", "significant_change"),
    "age_range": ("governors", "significant_change"),
    "sixth_form": ("prescribed_alteration", "significant_change"),
    "resourced_provision": ("prescribed_alteration", "significant_change"),
    "special_places": ("prescribed_alteration", "significant_change"),
    "satellite": ("prescribed_alteration", "significant_change"),
    "closure": ("discontinuance", "academy_closure"),
    "amalgamation": ("discontinuance", "academy_closure"),
    "federation": ("federation_regulations", "agreement"),
    "link": ("agreement", "agreement"),
    "sixth_form_consortium": ("agreement", "agreement"),
    "pan_reduction": ("admission_arrangements", "admission_arrangements"),
    "nursery": ("governors", "governors"),
    "community_facility": ("governors", "governors"),
}
RISK = {
    "new_school": "high", "closure": "high", "amalgamation": "high", "age_range": "high", "all_through": "high",
    "sixth_form": "medium", "satellite": "medium", "special_places": "medium", "expansion": "medium",
    "temporary_expansion": "medium", "pan_reduction": "medium", "federation": "medium",
}  # fmt: skip
"""Usual risk of a kind; all others are low."""


def is_enlargement(pupils: float, more: float) -> bool:
    """Return whether places added to a maintained school are an enlargement that needs a statutory proposal.

    pupils: places before, five years ago.  more: places added since, all together; temporary ones for under three
    years left out.  More than 30, and by a quarter or by 200, whichever is less.

    >>> is_enlargement(210, 30), is_enlargement(210, 60)
    (False, True)
    """
    return more > ENLARGED_BY and more >= min(ENLARGED_SHARE * pupils, ENLARGED_AT_MOST)


def usual_route(kind: str, provider: str, day: str, *, enlarges: bool = False, years_moved: int = 0) -> str:
    """Return the name of the route that an option usually takes.

    provider: of the school, or of the new one.  day: of the decision, ISO.  enlarges: see `is_enlargement`.
    years_moved: by how many years either end of the age range moves.
    """
    if kind == "new_school":
        if provider in {"voluntary_aided", "diocese"}:
            return "voluntary_aided"
        return "presumption" if ROUTES["presumption"].holds(day) else "invitation"
    academy = provider in ACADEMIES
    statutory = (kind == "expansion" and enlarges) or (kind == "age_range" and years_moved >= YEARS_MOVED)
    if statutory:
        return "significant_change" if academy else "prescribed_alteration"
    return USUAL[kind][int(academy)]


def who_decides(route: Route, provider: str, day: str) -> str:
    """Return the role that decides on a route on a day: the region's of that date, or the school's own."""
    academy = provider in ACADEMIES
    if route.decides == "provider":
        return "trust" if academy else "governing_body" if provider in OWN_GOVERNORS else "authority"
    if route.decides == "regional" or academy:
        first, last = COMMISSIONER
        return "secretary_of_state" if day < first else "regional_commissioner" if day <= last else "regional_director"
    return route.decides


def lead_months(name: str, last_nc_year: int, own: Mapping[str, str]) -> int:
    """Return the months that a route takes; a new school beyond Year 6 takes a year more.

    own: the scenario's rules, key → value.
    """
    months = int(own.get(f"route.{name}.lead_months", ROUTES[name].lead_months))
    opens_school = name in {"presumption", "invitation", "section_106", "voluntary_aided", "central_free_school"}
    return months + NEW_SECONDARY * (opens_school and last_nc_year > 6)


def months_until(opening: int, base_year: int) -> int:
    """Return the months from the base year's census in January to a September.

    >>> months_until(2020, 2018)
    20
    """
    return 12 * (opening - base_year) - 4

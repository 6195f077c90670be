"""Rules of options: what each concerns, when it may open, and what it costs."""

from collections.abc import Iterator, Mapping
from typing import Any

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.rules import Material, Rule, each, unknown
from placeplan.scenario.rules_committed import RULES as COMMITTED
from placeplan.scenario.rules_committed_order import RULES as COMMITTED_ORDER
from placeplan.scenario.rules_kinds import RULES as KINDS
from placeplan.scenario.rules_money import RULES as MONEY
from placeplan.scenario.rules_packages import RULES as PACKAGES
from placeplan.scenario.rules_schools import positions
from placeplan.scenario.rules_sites import RULES as SITES
from placeplan.scenario.say import TOLD

LAST_YEARS_SHUT = 5  # an opening in the last years of a plan shows its cost and hides its burden
WITHOUT_SCHOOL = ("new_school", "community_facility", "all_through", "special_places")
NO_YEAR_GROUPS = ("special_places", "satellite", "resourced_provision", "nursery")  # places_per_year is their number
ADDS = (
    "expansion",
    "bulge",
    "new_school",
    "all_through",
    "sixth_form",
    "resourced_provision",
    "special_places",
    "satellite",
    "temporary_expansion",
    "nursery",
)
USUAL_COST = (1_000.0, 250_000.0)  # £ a place: a temporary class at the low end, a special school at the high one
MOST_A_YEAR_GROUP = {"sixth_form": 150}  # places: more is the total of several year groups
MOST_OF_OTHERS = 300


def subjects(material: Material) -> Iterator[Problem]:
    """Yield options for schools that nobody knows, and for no school and no site."""
    schools = material.frame("schools")
    names = dict(zip(schools["urn"], schools["name"], strict=True))
    known = material.words("schools", "urn")
    yield from unknown(material, "options", "urn", known, "schools.csv", names)
    options = material.frame("options")
    sites = material.words("options", "site") or set()
    members = None if known is None else {*known, *sites, *options["option"]}
    for table, column in (("options", "partner_urn"), ("links", "urn"), ("travel", "urn"), ("phase_plan", "urn")):
        yield from unknown(material, table, column, members, "schools.csv or a site of options.csv", names)
    nowhere = options[(options["urn"] == "") & (options["site"] == "")]
    for row, option in each(nowhere.iloc[:TOLD]):
        if option["kind"] not in WITHOUT_SCHOOL or option["kind"] == "new_school":
            wrong = f"option {option['option']} names neither a school nor a site."
            yield material.fault("options", row, "urn", wrong, "Give the URN of a school, or a name for the site.")
    new = options[(options["kind"] == "new_school") & (options["easting"].isna() | options["northing"].isna())]
    for row, option in each(new.iloc[:TOLD]):
        wrong = f"the new school {option['option']} has no position."
        yield material.fault("options", row, "easting", wrong, "Give its point in British National Grid metres.")


def sites(material: Material) -> Iterator[Problem]:
    """Yield sites and facilities that lie where no school of the area can."""
    yield from positions(material, "options")
    yield from positions(material, "facilities")


def openings(material: Material) -> Iterator[Problem]:
    """Yield options that open before the plan, after it, or in its last years."""
    settings = material.settings
    if settings is None:
        return
    first, last = settings.base_year + 1, settings.base_year + settings.horizon_years
    options = material.frame("options")
    for row, option in each(options):
        early, late = option["earliest_opening"], option["latest_opening"]
        told = f"option {option['option']} could open in"
        if early < first:
            wrong = f"{told} {name_of_year(early)}, before the plan starts ({name_of_year(first)})."
            yield material.fault("options", row, "earliest_opening", wrong, "Move the opening or the base year.")
        elif early > last:
            wrong = f"{told} {name_of_year(early)}, after the plan ends ({name_of_year(last)})."
            yield material.fault("options", row, "earliest_opening", wrong, "Move the opening or lengthen the horizon.")
        elif late < early:
            wrong = f"{told} {name_of_year(late)} at the latest, before its earliest opening ({name_of_year(early)})."
            yield material.fault("options", row, "latest_opening", wrong, "Exchange the two cells.")
        elif late > last:
            wrong = f"{told} {name_of_year(late)}, after the plan ends ({name_of_year(last)})."
            yield material.fault("options", row, "latest_opening", wrong, "Move the opening or lengthen the horizon.")
        elif _too_late(option, last, settings.horizon_years) and not settings.late_openings:
            wrong = f"{told} {name_of_year(late)}, in the last {LAST_YEARS_SHUT} years of the plan, when most of its burden is out of sight."
            remedy = (
                f"Give {name_of_year(last - LAST_YEARS_SHUT)} or earlier, lengthen the horizon, or write "
                "late_openings = true under [scenario]."
            )
            yield material.fault("options", row, "latest_opening", wrong, remedy)


def _too_late(option: Mapping[str, Any], last: int, horizon: int) -> bool:
    """Say whether an option may open in the last years; what is decided already is no choice of the plan."""
    return bool(
        horizon > LAST_YEARS_SHUT and option["latest_opening"] > last - LAST_YEARS_SHUT and not option["committed"]
    )


def amounts(material: Material) -> Iterator[Problem]:
    """Yield a warning for places that are a total of several year groups, and for a capital in thousands or millions."""
    options = material.frame("options")
    mainstream = ~options["kind"].isin(NO_YEAR_GROUPS)
    most = options["kind"].map(MOST_A_YEAR_GROUP).fillna(MOST_OF_OTHERS)
    for row, option in each(options[mainstream & (options["places_per_year"] > most)].iloc[:TOLD]):
        wrong = f"{option['places_per_year']} places in each year group are many; is it the total of all year groups?"
        yield material.warning("options", row, "places_per_year", wrong, "Give the places of one year group.")
    groups = options["nc_years"].map(lambda ends: ends[1] - ends[0] + 1).astype(float)
    groups = groups.where(mainstream & ~options["kind"].isin(["bulge", "temporary_expansion"]), 1.0)
    places = options["places_per_year"] * groups
    options = options.assign(pounds_a_place=options["capital_pounds"] / places.where(places > 0))
    low, high = USUAL_COST
    odd = options[
        options["kind"].isin(ADDS)
        & (options["capital_pounds"] > 0)
        & ~options["pounds_a_place"].between(low, high)
        & (places > 0)
    ]
    for row, option in each(odd.iloc[:TOLD]):
        wrong = f"capital of £{option['capital_pounds']:,.0f} is £{option['pounds_a_place']:,.2f} a place; usual is £{low:,.0f} to £{high:,.0f}."
        yield material.warning("options", row, "capital_pounds", wrong, "Give whole pounds, not thousands or millions.")


def closures(material: Material) -> Iterator[Problem]:
    """Yield options at a school that is closed by then, and a warning for a closure with no smaller step beside it.

    A middle school that closes because the package's others change their age range has none: its year groups go to them.
    """
    options = material.frame("options")
    cuts = options[options["kind"] == "pan_reduction"]
    communities = material.frame("schools").drop_duplicates("urn").set_index("urn")["community"]
    near = {*cuts["urn"].map(communities).dropna()}
    reshaping = {*options.loc[options["kind"].isin(["age_range", "all_through"]), "package"]}
    for row, closure in each(options[(options["kind"] == "closure") & (options["urn"] != "")]):
        after = options[(options["urn"] == closure["urn"]) & (options["kind"] != "closure")]
        after = after[after["earliest_opening"] >= closure["latest_opening"]]
        for other, option in each(after):
            if closure["option"] in option["excludes"].split(";") or option["option"] in closure["excludes"].split(";"):
                continue
            wrong = (
                f"rows {row} and {other}: {option['option']} opens in {name_of_year(option['earliest_opening'])}, when the "
                f"school may be closed by {closure['option']} ({name_of_year(closure['latest_opening'])})."
            )
            yield material.fault("options", other, "earliest_opening", wrong, "Let one exclude the other, or move it.")
        reshapes = closure["package"] and closure["package"] in reshaping
        if not reshapes and closure["urn"] not in set(cuts["urn"]) and communities.get(closure["urn"]) not in near:
            wrong = f"{closure['option']} closes a school, and no cut of an admission number is offered beside it."
            yield material.warning("options", row, "kind", wrong, "Add an option of kind pan_reduction.")


RULES: tuple[Rule, ...] = (
    subjects,
    sites,
    openings,
    amounts,
    closures,
    *PACKAGES,
    *KINDS,
    *MONEY,
    *COMMITTED,
    *COMMITTED_ORDER,
    *SITES,
)

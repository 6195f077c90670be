"""Rules of single kinds: what an amalgamation, a federation, a consortium, a satellite or a nursery must say, and its route."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.dated import begun_by, holding
from placeplan.scenario.routes import ROUTES, UNDER_WAY, Route, lead_months, months_until
from placeplan.scenario.rules import Material, Rule, each
from placeplan.scenario.say import did_you_mean, shown

SHARED = ("sixth_form_consortium", "amalgamation")
PARTNERED = ("federation",)
FOR_NEW_SCHOOLS = ("presumption", "invitation", "section_106", "central_free_school")
LAST_BEFORE_RECEPTION = -1


def members(material: Material) -> Iterator[Problem]:
    """Yield members that are no schools, a consortium of one, an amalgamation without or with too many schools."""
    known = material.words("schools", "urn")
    if known is None:
        return
    options = material.frame("options")
    for row, option in each(options[(options["members"] != "") | options["kind"].isin(SHARED)]):
        others = [word.strip() for word in option["members"].split(";") if word.strip()]
        told = f"option {option['option']}"
        if option["kind"] not in SHARED:
            wrong = f"{told} is no consortium and no amalgamation, and names members."
            yield material.fault("options", row, "members", wrong, "Leave the cell blank.")
        elif not others:
            wrong = f"{told} names no other school."
            yield material.fault("options", row, "members", wrong, "Give the URNs of the others, separated by ;.")
        elif option["urn"] in others:
            wrong = f"{told} names its own school {option['urn']} as another."
            yield material.fault("options", row, "members", wrong, "Name the others only.")
        elif option["kind"] == "amalgamation" and len(others) > 1:
            wrong = f"{told} closes {len(others)} schools into one."
            yield material.fault("options", row, "members", wrong, "Give each pair an option of its own.")
        for word in others:
            if word not in known:
                wrong = f"{shown(word)} is not in schools.csv."
                yield material.fault("options", row, "members", wrong, did_you_mean(word, known))


def amalgamations(material: Material) -> Iterator[Problem]:
    """Yield amalgamations under which a year group that either school teaches today is taught no more."""
    schools = material.frame("schools").drop_duplicates("urn").set_index("urn")
    options = material.frame("options")
    for row, option in each(options[options["kind"] == "amalgamation"]):
        both = schools.loc[[u for u in (option["urn"], option["members"].strip()) if u in schools.index]]
        if len(both) < 2:
            continue
        low, high = int(both["lowest_nc_year"].min()), int(both["highest_nc_year"].max())
        first, last = option["nc_years"]
        if first > low or last < high:
            wrong = f"option {option['option']} leaves out year groups that one of its two schools teaches."
            yield material.fault("options", row, "nc_years", wrong, "Give the range of both schools together.")


def partners(material: Material) -> Iterator[Problem]:
    """Yield federations without a partner, or with the school itself as one."""
    options = material.frame("options")
    for row, option in each(options[options["kind"].isin(PARTNERED)]):
        if option["partner_urn"] in {"", option["urn"]}:
            wrong = f"the federation {option['option']} names no partner."
            yield material.fault("options", row, "partner_urn", wrong, "Give the URN of the school that it joins.")


def places_of_their_own(material: Material) -> Iterator[Problem]:
    """Yield satellites without a position, and nurseries that would change places from Reception on."""
    options = material.frame("options")
    nowhere = options["easting"].isna() | options["northing"].isna()
    for row, option in each(options[(options["kind"] == "satellite") & nowhere]):
        wrong = f"the satellite {option['option']} has no position of its own."
        yield material.fault("options", row, "easting", wrong, "Give its point in British National Grid metres.")
    for row, option in each(options[options["kind"] == "nursery"]):
        if option["nc_years"][1] > LAST_BEFORE_RECEPTION:
            wrong = f"the nursery {option['option']} names year groups from Reception on."
            yield material.fault("options", row, "nc_years", wrong, "Give N1-N2, or N2 alone.")
        if option["net_capacity_change"]:
            wrong = f"the nursery {option['option']} changes net capacity, which counts Reception to Year 13."
            yield material.fault("options", row, "net_capacity_change", wrong, "Put a cut beside it in one package.")


def routes(material: Material) -> Iterator[Problem]:
    """Yield options on a route that is not for their kind or not open by then, or that open before their lead time."""
    settings = material.settings
    if settings is None:
        return
    options, book = material.frame("options"), material.frame("rules")
    for row, option in each(options[(options["route"] != "") | options["lead_months"].notna()]):
        route, told = option["route"], f"option {option['option']}"
        of_day = holding(book, begun_by(option["kind"], option["earliest_opening"], settings.base_year))
        own = dict(zip(of_day["key_"], of_day["value"], strict=True))
        if route in FOR_NEW_SCHOOLS and option["kind"] != "new_school":
            wrong = f"{told} opens no new school, and goes by the route {route}."
            yield material.fault("options", row, "route", wrong, "Leave the cell blank for the usual route.")
            continue
        if option["maturity"] in UNDER_WAY:
            continue
        months = option["lead_months"]
        months = int(lead_months(route, option["nc_years"][1], own)) if pd.isna(months) else int(months)
        if months_until(option["earliest_opening"], settings.base_year) < months:
            wrong = (
                f"{told} opens in {name_of_year(option['earliest_opening'])}, before its lead time of {months} months."
            )
            remedy = "Open it later, or say that it is under way: maturity approved or on_site."
            yield material.fault("options", row, "earliest_opening", wrong, remedy)
        elif route and not _open_by(route, option, months, settings.base_year, book):
            wrong = f"{told} must be begun when the route {route} is not open{_dates(_dated(route, book))}."
            yield material.fault("options", row, "route", wrong, "Give the route of that date, or leave it blank.")


def _open_by(route: str, option: Mapping[str, Any], months: int, base_year: int, book: pd.DataFrame) -> bool:
    """Return whether a route is open when an option must be begun, its latest opening taken."""
    month = option["latest_opening"] * 12 + 8 - months
    latest = max(f"{month // 12}-{month % 12 + 1:02d}-01", f"{base_year + 1}-01-31")
    return _dated(route, book).holds(latest) or _dated(route, book).holds(f"{base_year + 1}-01-31")


def _dated(route: str, book: pd.DataFrame) -> Route:
    """Return a route with the scenario's own dates where its rules give them."""
    mine, it = book[book["key_"] == f"route.{route}"], ROUTES[route]
    if mine.empty:
        return it
    last = mine.iloc[-1]
    return Route(
        it.words, it.decides, it.consultation_weeks, it.lead_months, it.source, last["valid_from"], last["valid_to"]
    )


def _dates(route: Route) -> str:
    """Return from when to when a route is open, in words."""
    ends = [f"{word} {day}" for word, day in (("from", route.valid_from), ("to", route.valid_to)) if day]
    return f" ({' '.join(ends)})" if ends else ""


RULES: tuple[Rule, ...] = (members, amalgamations, partners, places_of_their_own, routes)

"""Rules of what is committed, in time: the years of a package, what it needs and follows, the gate, and a year's limits."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.dated import begun_by, good_enough
from placeplan.scenario.rules import Material, Rule, each
from placeplan.scenario.rules_committed import JOINS, committed_options
from placeplan.scenario.say import listed

GATED = ("expansion", "bulge", "temporary_expansion", "new_school", "sixth_form")
GATED_WITH_PLACES = ("age_range", "all_through")
A_YEAR_LATER = {"needs": 0, "follows": 1}  # by how many years what is named must be open before


def years_meet(material: Material) -> Iterator[Problem]:
    """Yield committed packages whose options have no year of opening in common."""
    for package, rows in committed_options(material).groupby("decision", sort=False):
        late = rows.sort_values("earliest_opening", ascending=False, kind="stable").iloc[0]
        soon = rows.sort_values("latest_opening", kind="stable").iloc[0]
        if late["earliest_opening"] > soon["latest_opening"] and late["option"] != soon["option"]:
            wrong = (
                f"{late['option']} opens in {name_of_year(int(late['earliest_opening']))} at the earliest, and {soon['option']} "
                f"of the same committed package {package} in {name_of_year(int(soon['latest_opening']))} at the latest."
            )
            remedy = "Give the package a year that all of it shares."
            yield material.fault("options", late.name, "earliest_opening", wrong, remedy)


def needed(material: Material) -> Iterator[Problem]:
    """Yield committed options that need or follow what isn't committed, or what opens too late for them."""
    committed = committed_options(material)
    of_name = _decisions(committed)
    offered = {*material.frame("options")["option"], *material.frame("options")["package"]}
    for row, option, column, word in _named(committed):
        if word in offered and word not in of_name:
            wrong = f"{option['option']} is committed and {column} {word}, which is not."
            remedy = f"Mark {word} as committed too, or take the mark from {option['option']}."
            yield material.fault("options", row, column, wrong, remedy)
    yield from _first_openings(material)[1]


def _first_openings(material: Material) -> tuple[dict[str, int], list[Problem]]:
    """Return the first September in which each committed decision can open, and what can't be had in time.

    A decision opens no sooner than what it needs, and a year after what it follows.
    """
    committed = committed_options(material)
    if committed.empty:
        return {}, []
    windows = committed.groupby("decision").agg({"earliest_opening": "max", "latest_opening": "min"}).astype(int)
    names = [str(name) for name in windows.index]
    first = dict(zip(names, windows["earliest_opening"].tolist(), strict=True))
    last = dict(zip(names, windows["latest_opening"].tolist(), strict=True))
    of_name, faults = _decisions(committed), []
    for _ in range(len(first)):  # rings are refused elsewhere: no way is longer
        moved = False
        for row, option, column, word in _named(committed):
            mine, other = option["decision"], of_name.get(word)
            if other is None or other == mine or first[mine] >= (least := first[other] + A_YEAR_LATER[column]):
                continue
            if least > last[mine]:
                faults.append(_too_late(material, row, option, (column, word), first[other], last[mine]))
                least = last[mine]
            moved, first[mine] = moved or first[mine] != least, max(first[mine], least)
        if not moved:
            break
    return first, [fault for k, fault in enumerate(faults) if fault not in faults[:k]]


def _too_late(
    material: Material, row: int, option: dict[str, Any], named: tuple[str, str], other: int, last: int
) -> Problem:
    """Return the fault that what a committed option needs or follows opens too late for it."""
    column, word = named
    asked = f"needs {word}" if column == "needs" else f"follows {word} by a year"
    wrong = (
        f"{option['option']} {asked}, which opens in {name_of_year(other)} at the earliest, and opens in {name_of_year(last)} at the "
        "latest itself; both are committed."
    )
    return material.fault("options", row, column, wrong, "Move one of the two, or take the mark from one.")


def _decisions(committed: pd.DataFrame) -> dict[str, str]:
    """Return the name of an option or package → what is decided as one."""
    return dict(zip(committed["option"], committed["decision"], strict=True)) | {d: d for d in committed["decision"]}


def _named(committed: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any], str, str]]:
    """Yield row, option, column and each option that the column needs or follows."""
    for row, option in each(committed):
        for column in A_YEAR_LATER:
            for word in (w.strip() for w in option[column].split(";") if w.strip()):
                yield row, option, column, word


def gate(material: Material) -> Iterator[Problem]:
    """Yield committed places at a provider that may get none, and with no committed link that opens a year before."""
    settings = material.settings
    if settings is None:
        return
    committed, first = _at_school(committed_options(material)), _first_openings(material)[0]
    schools = material.frame("schools").drop_duplicates("urn")
    grades = dict(zip(schools["urn"], schools["ofsted"], strict=True))
    gated = committed["kind"].isin(GATED) | (
        committed["kind"].isin(GATED_WITH_PLACES) & (committed["places_per_year"] > 0)
    )
    last = committed.groupby("decision")["latest_opening"].min().astype(int)
    links, names = _at_school(material.frame("options")), _decisions(committed)
    for row, option in each(committed[gated]):
        day = begun_by(option["kind"], option["earliest_opening"], settings.base_year)
        passing = good_enough(material.frame("rules"), day)
        grade = grades.get(option["urn"], "none") if option["urn"] else option["ofsted"]
        new = not option["urn"] and grade == "none"  # a provider still to be found
        if grade in passing or new or grades.get(option["partner_urn"], "none") in passing:
            continue
        mine = links[links["kind"].isin(JOINS) & (links["school"] == option["school"])]
        mine = mine[mine["partner_urn"].map(grades).isin(passing)]
        done = mine[mine["option"].isin(committed["option"])]
        if any(first[names[link]] < last[option["decision"]] for link in done["option"]):
            continue
        yield _shut(material, row, option, grade, list(mine["option"]), uncommitted=done.empty)


def _at_school(options: pd.DataFrame) -> pd.DataFrame:
    """Return options with the school that each concerns: one of today, or the site of a new one."""
    site = options["site"].where(options["site"] != "", options["option"])
    return options.assign(school=options["urn"].where(options["urn"] != "", site))


def _shut(
    material: Material, row: int, option: dict[str, Any], grade: str, links: list[str], *, uncommitted: bool
) -> Problem:
    """Return the fault that the provider gate keeps a committed option shut. uncommitted: no link is committed at all."""
    who = f"{option['option']} is committed, and its provider ({grade.replace('_', ' ')}) may get no new places"
    if not links:
        wrong = f"{who}: no link with a good or outstanding school is offered."
        remedy = "Add a committed option of kind link that opens a year before, or take the mark from it."
    elif uncommitted:
        wrong = f"{who} without a link, and {listed(links)} is not committed."
        remedy = f"Mark {links[0]} as committed too, a year before, or take the mark from {option['option']}."
    else:
        wrong = f"{who} until a year after {listed(links)}, which opens too late for that."
        remedy = "Move one of the two, or take the mark from it."
    return material.fault("options", row, "committed", wrong, remedy)


def a_years_limits(material: Material) -> Iterator[Problem]:
    """Yield years in which more must open, or be paid, than the budget of a year allows: all that can open in no other.

    Options whose spending is told year by year are left to the run.
    """
    budget = material.settings.budget if material.settings else None
    if budget is None or (budget.a_year_pounds is None and budget.projects_a_year is None):
        return
    committed, first = committed_options(material), _first_openings(material)[0]
    if committed.empty:
        return
    paid_at_once = ~committed["option"].isin(material.frame("spending")["option"])
    cost = (committed["capital_pounds"] + committed["land_pounds"]).where(paid_at_once, 0.0)
    whole = committed.assign(cost=cost, row=committed.index).groupby("decision", sort=False)
    works = whole.agg({"cost": "sum", "latest_opening": "min", "row": "first"})
    works["first"] = [first[str(name)] for name in works.index]
    for begin in sorted(works["first"].unique()):
        for end in sorted(works["latest_opening"].unique()):
            inside = works[(works["first"] >= begin) & (works["latest_opening"] <= end)]
            years = int(end - begin + 1)
            if inside.empty or years < 1:
                continue
            span = f"from {name_of_year(int(begin))} to {name_of_year(int(end))}"
            told = f"{listed([str(name) for name in inside.index])} are committed and open {span}"
            if budget.projects_a_year is not None and len(inside) > budget.projects_a_year * years:
                wrong = f"{told}: {len(inside)} projects where {budget.projects_a_year * years} may open."
                yield material.fault(
                    "options", inside["row"].iloc[-1], "committed", wrong, "Raise budget.projects_a_year, or move one."
                )
                return
            if budget.a_year_pounds is not None and inside["cost"].sum() > budget.a_year_pounds * years + 1:
                wrong = f"{told}: £{inside['cost'].sum():,.0f} where £{budget.a_year_pounds * years:,.0f} may be spent."
                yield material.fault(
                    "options", inside["row"].iloc[-1], "committed", wrong, "Raise budget.a_year_pounds, or move one."
                )
                return


RULES: tuple[Rule, ...] = (years_meet, needed, gate, a_years_limits)

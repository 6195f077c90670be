"""The options of a scenario: what each does, what is decided as one, and which hard rules keep one shut."""

from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd

from placeplan.domain.years import nc_year
from placeplan.options import (  # fmt: skip
    age_range,
    amalgamation,
    bulge,
    closure,
    community_facility,
    consortium,
    expansion,
    federation,
    link,
    new_school,
    nursery,
    pan,
    resourced,
    satellite,
    sixth_form,
    special,
    temporary,
)
from placeplan.options.money import barred_years, most_a_year, refusing_pot, revenue_of, spending_of
from placeplan.options.option import Decision, Effects, Option, Options, YearGroups
from placeplan.options.particulars import particulars
from placeplan.scenario.dated import begun_by
from placeplan.scenario.dated import good_enough as grades_that_pass
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.sites import site_refuses, with_sites

ALL_KINDS: tuple[ModuleType, ...] = (
    expansion, temporary, bulge, new_school, age_range, amalgamation, sixth_form, consortium, resourced, special, satellite,
    link, federation, pan, closure, community_facility, nursery,
)  # fmt: skip
KIND = {word: kind for kind in ALL_KINDS for word in kind.KINDS}


def options(scenario: Scenario) -> Options:
    """Return every option of the scenario with its effects, grouped into decisions.

    A package opens as one. Opening years outside the plan are cut off; a decision without any is told as refused.
    """
    rows = _with_today(scenario)
    names = _decisions(rows)
    listed = tuple(_option(row, names[row["decision"]], scenario) for _, row in rows.iterrows())
    decisions = tuple(_decide(name, rows, names, listed, scenario) for name in names)
    decision, year = [], []
    for i, it in enumerate(decisions):
        years = [] if it.refused else range(it.first, it.last + 1)
        decision += [i] * len(years)
        year += list(years)
    return Options(listed, decisions, np.array(decision, dtype=np.int64), np.array(year, dtype=np.int64))


def _with_today(scenario: Scenario) -> pd.DataFrame:
    """Return the options table with the school it concerns and what that school teaches today."""
    rows = with_sites(scenario.table("options"), scenario.schools)
    schools = scenario.schools.set_index("urn")
    rows["school"] = rows["urn"].where(rows["urn"] != "", rows["site"].where(rows["site"] != "", rows["option"]))
    rows["decision"] = rows["package"].where(rows["package"] != "", rows["option"])
    rows["school_provider"] = rows["urn"].map(schools["provider"]).fillna(rows["provider"])
    rows["members"] = rows["members"].map(words_of)
    rows["capital_pounds"] = rows["capital_pounds"] + rows["land_pounds"]
    rows["grade"] = rows["urn"].map(schools["ofsted"]).where(rows["urn"] != "", rows["ofsted"])
    return rows


def _decisions(rows: pd.DataFrame) -> dict[str, int]:
    """Return the name of each decision and its place, in the order of the table."""
    return {name: i for i, name in enumerate(dict.fromkeys(rows["decision"]))}


def words_of(cell: str) -> tuple[str, ...]:
    """Return the codes that a cell names, separated by ;."""
    return tuple(word.strip() for word in str(cell).split(";") if word.strip())


def _option(row: pd.Series, decision: int, scenario: Scenario) -> Option:
    """Return one option with what it does, what people ask of it, and how it is paid."""
    effects = _effects(row, scenario)
    told, paid = particulars(row, effects, scenario), spending_of(row, scenario.table("spending"))
    return Option(row["option"], row["kind"], row["school"], decision, effects, row, told, paid)


def _effects(row: pd.Series, scenario: Scenario) -> Effects:
    """Return what an option does, its phase plan taken from the scenario where it gives one."""
    effects: Effects = KIND[row["kind"]].effects(row)
    plan = scenario.table("phase_plan")
    plan = plan[(plan["option"] == row["option"]) & (plan["urn"] == row["school"])]
    if plan.empty:
        return effects
    ranges = tuple(
        (int(p["academic_year"]) - int(row["earliest_opening"]), _range_of(p))
        for _, p in plan.sort_values("academic_year").iterrows()
    )
    places = effects.year_groups.places if effects.year_groups else float(row["places_per_year"])
    return replace(effects, year_groups=YearGroups(ranges, places))


def _range_of(plan: pd.Series) -> tuple[int, int] | None:
    """Return the first and last year group of a row of a phase plan, or None where the school teaches none."""
    if plan["first_nc_year"] == "" or plan["last_nc_year"] == "":
        return None
    return nc_year(str(plan["first_nc_year"])), nc_year(str(plan["last_nc_year"]))


def _decide(
    name: str, rows: pd.DataFrame, names: dict[str, int], listed: tuple[Option, ...], scenario: Scenario
) -> Decision:
    """Return one decision: its members' years in common, their cost, what it needs, follows and excludes."""
    mine = rows[rows["decision"] == name]
    base = scenario.planned_years[0]
    first = max(int(mine["earliest_opening"].max()) - base, 0)
    last = min(int(mine["latest_opening"].min()) - base, len(scenario.planned_years) - 1)
    of_option = dict(zip(rows["option"], rows["decision"].map(names), strict=True)) | names

    def others(column: str) -> tuple[int, ...]:
        words = {word for cell in mine[column] for word in words_of(cell)}
        return tuple(sorted({int(of_option[w]) for w in words if w in of_option} - {names[name]}))

    members = [option for option in listed if option.decision == names[name]]
    decision = Decision(
        name, tuple(mine["option"]), first, last, float(mine["capital_pounds"].sum()), str(mine["fund"].iloc[0]),
        bool(mine["committed"].all()), others("needs"), others("follows"), others("excludes"),
        spending=tuple(spend for option in members for spend in option.spending),
        revenues=tuple(revenue_of(option) for option in members),
    )  # fmt: skip
    decision = replace(decision, barred=barred_years(decision, scenario))
    return replace(decision, refused=_refusal(decision, members, listed, scenario))


def _refusal(decision: Decision, members: list[Option], listed: tuple[Option, ...], scenario: Scenario) -> str:
    """Return the hard rule that keeps a decision shut, or nothing."""
    if decision.last < decision.first:
        return "its opening years do not fit together within the plan"
    budget = scenario.settings.budget
    costs = ((decision.capital_pounds, budget.total_pounds), (most_a_year(decision), budget.a_year_pounds))
    if not decision.committed and any(limit is not None and cost > limit for cost, limit in costs):
        return "it costs more than the budget of a year or of the plan"
    if len(decision.barred) > decision.last - decision.first:
        return "no pot that it names can be spent in a year in which it may open"
    return next((why for option in members if (why := _refuses(option, decision, listed, scenario))), "")


def _refuses(option: Option, decision: Decision, listed: tuple[Option, ...], scenario: Scenario) -> str:
    """Return the hard rule that keeps one option shut, and so its decision, or nothing; a decided site is not held to a measure."""
    own = scenario.table("assumptions")
    given = dict(zip(own["assumption"], own["value"], strict=True))
    if not decision.committed and (small := site_refuses(option.row.to_dict(), given)):
        return small
    if pot := refusing_pot(option, scenario):
        return f"the pot {pot} is tied to another site or phase"
    if option.effects.gated and not can_pass_gate(option, listed, scenario):
        return f"{option.school} is not a good or outstanding provider and no link with one is offered"
    return ""


def can_pass_gate(option: Option, listed: tuple[Option, ...], scenario: Scenario) -> bool:
    """Return whether the provider passes the gate itself, brings a partner that does, or could be linked with one."""
    return passes_gate(option, scenario) or bool(links_of(option, listed, scenario))


def passes_gate(option: Option, scenario: Scenario) -> bool:
    """Return whether the provider, or the partner that the option brings with it, is good or outstanding."""
    passing = good_enough(option, scenario)
    grades = scenario.schools.set_index("urn")["ofsted"]
    own = option.row["grade"] in passing or (option.row["urn"] == "" and option.row["grade"] == "none")
    partner = option.effects.partner
    return bool(own or (not option.effects.joins_partner and partner and grades.get(partner, "none") in passing))


def links_of(option: Option, listed: tuple[Option, ...], scenario: Scenario) -> list[Option]:
    """Return the links and federations that join the option's school with a partner that passes the gate."""
    passing = good_enough(option, scenario)
    grades = scenario.schools.set_index("urn")["ofsted"]
    return [
        other
        for other in listed
        if other.effects.joins_partner
        and other.school == option.school
        and grades.get(other.effects.partner, "none") in passing
    ]


def good_enough(option: Option, scenario: Scenario) -> frozenset[str]:
    """Return the grades that pass the gate on the day on which an option must be begun."""
    day = begun_by(option.kind, int(option.row["earliest_opening"]), scenario.settings.base_year)
    return grades_that_pass(scenario.table("rules"), day)

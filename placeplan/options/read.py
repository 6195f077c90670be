"""The options of a scenario: what each does, what is decided as one, and which hard rules keep one shut."""

from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd

from placeplan.domain.years import nc_year
from placeplan.options import (  # fmt: skip
    age_range,
    bulge,
    closure,
    community_facility,
    expansion,
    link,
    new_school,
    pan,
    resourced,
    sixth_form,
    special,
)
from placeplan.options.option import Decision, Effects, Option, Options, YearGroups
from placeplan.scenario.scenario import Scenario

ALL_KINDS: tuple[ModuleType, ...] = (
    expansion, bulge, new_school, age_range, sixth_form, resourced, special, link, pan, closure, community_facility,
)  # fmt: skip
KIND = {word: kind for kind in ALL_KINDS for word in kind.KINDS}


def options(scenario: Scenario) -> Options:
    """Return every option of the scenario with its effects, grouped into decisions.

    A package opens as one. Opening years outside the plan are cut off; a decision without any is told as refused.
    """
    rows = _with_today(scenario)
    names = _decisions(rows)
    listed = tuple(
        Option(r["option"], r["kind"], r["school"], names[r["decision"]], _effects(r, scenario), r)
        for _, r in rows.iterrows()
    )
    decisions = tuple(_decide(name, rows, names, listed, scenario) for name in names)
    decision, year = [], []
    for i, it in enumerate(decisions):
        years = [] if it.refused else range(it.first, it.last + 1)
        decision += [i] * len(years)
        year += list(years)
    return Options(listed, decisions, np.array(decision, dtype=np.int64), np.array(year, dtype=np.int64))


def _with_today(scenario: Scenario) -> pd.DataFrame:
    """Return the options table with the school it concerns and what that school teaches today."""
    rows = scenario.table("options").copy()
    schools = scenario.schools.set_index("urn")
    rows["school"] = rows["urn"].where(rows["urn"] != "", rows["site"].where(rows["site"] != "", rows["option"]))
    rows["decision"] = rows["package"].where(rows["package"] != "", rows["option"])
    rows["lowest_today"] = rows["urn"].map(schools["lowest_nc_year"]).fillna(0).astype(int)
    rows["grade"] = rows["urn"].map(schools["ofsted"]).where(rows["urn"] != "", rows["ofsted"])
    return rows


def _decisions(rows: pd.DataFrame) -> dict[str, int]:
    """Return the name of each decision and its place, in the order of the table."""
    return {name: i for i, name in enumerate(dict.fromkeys(rows["decision"]))}


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
        words = {w.strip() for cell in mine[column] for w in str(cell).split(";") if w.strip()}
        return tuple(sorted({int(of_option[w]) for w in words if w in of_option} - {names[name]}))

    decision = Decision(
        name, tuple(mine["option"]), first, last, float(mine["capital_pounds"].sum()), str(mine["fund"].iloc[0]),
        bool(mine["committed"].all()), others("needs"), others("follows"), others("excludes"),
    )  # fmt: skip
    return replace(decision, refused=_refusal(decision, mine, listed, scenario))


def _refusal(decision: Decision, mine: pd.DataFrame, listed: tuple[Option, ...], scenario: Scenario) -> str:
    """Return the hard rule that keeps a decision shut, or nothing."""
    if decision.last < decision.first:
        return "its opening years do not fit together within the plan"
    budget = scenario.settings.budget
    limits = [x for x in (budget.total_pounds, budget.a_year_pounds) if x is not None]
    if limits and decision.capital_pounds > min(limits) and not decision.committed:
        return "it costs more than the budget of a year or of the plan"
    for option in listed:
        if option.name in set(mine["option"]) and option.effects.gated and not can_pass_gate(option, listed, scenario):
            return f"{option.school} is not a good or outstanding provider and no link with one is offered"
    return ""


def can_pass_gate(option: Option, listed: tuple[Option, ...], scenario: Scenario) -> bool:
    """Return whether the provider passes the gate itself, brings a partner that does, or could be linked with one."""
    return passes_gate(option, scenario) or bool(links_of(option, listed, scenario))


def passes_gate(option: Option, scenario: Scenario) -> bool:
    """Return whether the provider, or the partner that the option brings with it, is good or outstanding."""
    passing = good_enough(scenario)
    grades = scenario.schools.set_index("urn")["ofsted"]
    own = option.row["grade"] in passing or (option.row["urn"] == "" and option.row["grade"] == "none")
    partner = option.effects.partner
    return bool(own or (option.kind != "link" and partner and grades.get(partner, "none") in passing))


def links_of(option: Option, listed: tuple[Option, ...], scenario: Scenario) -> list[Option]:
    """Return the link options that join the option's school with a partner that passes the gate."""
    passing = good_enough(scenario)
    grades = scenario.schools.set_index("urn")["ofsted"]
    return [
        other
        for other in listed
        if other.kind == "link"
        and other.school == option.school
        and grades.get(other.effects.partner, "none") in passing
    ]


def good_enough(scenario: Scenario) -> frozenset[str]:
    """Return the grades that pass the gate: the dated rule `gate.good` where the scenario gives one."""
    rules = scenario.table("rules")
    given = list(rules.loc[rules["key_"] == "gate.good", "value"])
    words = str(given[-1]).replace(",", ";").split(";") if given else ["good", "outstanding"]
    return frozenset(w.strip() for w in words) | {"outstanding"}

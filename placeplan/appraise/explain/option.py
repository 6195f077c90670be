"""An option: chosen or refused and why, what it would cost to force it in or out, and what would turn the answer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_labels import places_of
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.flips import flips
from placeplan.appraise.explain.flips import sentences as of_flips
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import both, pounds
from placeplan.appraise.explain.worsening import (
    NOTHING,
    Worsening,
    how_much,
    run_s_gap,
    what_else,
    who_pays,
    worsening,
)
from placeplan.domain.years import name_of_year
from placeplan.options.option import Decision, Option
from placeplan.options.read import links_of, passes_gate

OPTIONS = "plan/options.csv"
SOME_CHILDREN = 1e-4  # child-years: less is rounding


def names(told: Told) -> Mapping[str, str]:
    """Return every option by its name, and each package by its own, which stands for its first option."""
    table = told.tables[OPTIONS]
    packages: dict[str, str] = {}
    for option, reason in zip(table["option"], table["reason"].astype(str), strict=True):
        if "package " in reason:
            packages.setdefault(reason.split("package ")[1].split(":")[0].strip(), option)
    return packages | {name: name for name in table["option"]}


def explain(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say why an option was chosen, not chosen or refused, from the run and from solving again without or with it."""
    could = told.network.options
    option = next(o for o in could.options if o.name == subject)
    decision = could.decisions[option.decision]
    title = f"Option {subject}: {option.kind.replace('_', ' ')} at {_where(told, option)}"
    said = [f"{title}. {_fate(told, option, decision)}", *_rules(told, option, decision)]
    if decision.refused:
        said.append(
            "A hard rule refuses it, so no weight and no principle could bring it in; only what the rule says could."
        )
        return Explanation(subject, "option", title, tuple(said), _facts(told, option, decision), {})
    chosen = told.opens(subject) >= 0
    told.progress("Solving again without it" if chosen else "Solving again with it", None)
    found = worsening(told.again, option.decision, opened=not chosen, seconds=told.seconds)
    said += _of_forcing(told, option.decision, found, chosen=chosen)
    figures: dict[str, float | str | None] = {
        "forced": "out" if chosen else "in", "objective": told.again.objective, "change": _finite(found.change),
        "at_least": _finite(found.at_least), "proven": str(found.other.proven).lower(),
        "shortfall": _finite(found.other.shortfall), "shortfall_at_least": _finite(found.other.fewest),
    }  # fmt: skip
    if found.other.plan is None:
        return Explanation(subject, "option", title, tuple(said), _facts(told, option, decision), figures)
    flip = flips(told, option.decision, found, chosen=chosen)
    if not _leaves_out(told, found) and found.change > NOTHING:
        said += of_flips(told, option.decision, found, flip, chosen=chosen)
        figures |= {
            "flips_at_capital": flip.capital,
            "flips_at_weight_of": flip.principle,
            "flips_at_weight": flip.weight,
        }
    return Explanation(
        subject, "option", title, tuple(said), found.table("without it" if chosen else "with it"), figures, 4
    )


def _fate(told: Told, option: Option, decision: Decision) -> str:
    """Say what the plan does with it, in which years it could open, and what it brings."""
    years = told.network.years
    brings = (
        f"{places_of(option):,.0f} places".replace("-", "−") + f" for {pounds(float(option.row['capital_pounds']))}"
    )
    opens = told.opens(option.name)
    if decision.refused:
        return f"It could not be considered: {decision.refused}."
    if opens >= 0:
        already = "; it is already decided, so the do-minimum opens it too" if decision.committed else ""
        return f"The plan opens it in {name_of_year(years[opens])}: {brings}{already}."
    window = [name_of_year(years[t]) for t in sorted({decision.first, decision.last})]
    return f"The plan does not open it. It could open in {' to '.join(window)}: {brings}."


def _rules(told: Told, option: Option, decision: Decision) -> list[str]:
    """Say which hard rules bind it: package, needs, follows, excludes, the provider gate, the budget, who decides."""
    listed = told.network.options
    said = []
    if len(decision.options) > 1:
        said.append(
            f"It is part of package {decision.name} ({both(decision.options)}): they open together, for "
            f"{pounds(decision.capital_pounds)} in all, and what follows is told of the whole package."
        )
    for words, others in (
        ("needs", decision.needs), ("follows, by a year at least,", decision.follows), ("excludes", decision.excludes),
    ):  # fmt: skip
        if others:
            said.append(f"It {words} {both([listed.decisions[k].name for k in others])}.")
    if option.effects.gated and not passes_gate(option, told.scenario):
        links = [o.name for o in links_of(option, listed.options, told.scenario)]
        gate = f"a year after {both(links)} has opened" if links else "never: no link is offered"
        said.append(f"Its provider is not good or outstanding, so it can open {gate}.")
    total = told.scenario.settings.budget.total_pounds
    if total is not None:
        spent = sum(
            d.capital_pounds for d in listed.decisions if told.opens(d.options[0]) >= 0
        )  # fmt: skip
        said.append(f"The plan spends {pounds(spent)} of the budget of {pounds(total)}.")
    if option.particulars.needs_consent:
        said.append(f"Not the authority but the {option.particulars.who_decides.replace('_', ' ')} decides on it.")
    return said


def _of_forcing(told: Told, decision: int, found: Worsening, *, chosen: bool) -> list[str]:
    """Say what forcing it out, or in, would cost."""
    other, objective = found.other, told.again.objective
    condition = "Without it" if chosen else "With it"
    if other.broken:
        way = "It could not be left out" if chosen else "It could not be opened"
        return [f"{way} whatever else were decided: in the way is {both(other.broken)}."]
    said = [_lacking(told, found, condition)]
    if other.plan is None:
        return [*said, f"No plan {condition.lower()} was found in {told.seconds:.0f} seconds. Give --seconds more."]
    opens = other.plan.opens()[decision]
    when = f", best in {name_of_year(told.network.years[opens])}," if not chosen else ""
    if abs(found.change) <= NOTHING * max(1.0, objective):
        said.append(
            f"{condition}{when} the objective would be the same: {objective:.4f}. Equal plans; the model's order decides."
        )
    elif found.change < 0:
        said.append(
            f"{condition}{when} the objective would be {points_of(found)} lower: a better plan than the run's, which is only "
            f"known to be within {run_s_gap(told.again)} of the best. Run longer (--effort proof) before you quote the run."
            if not _leaves_out(told, found)
            else f"{condition}{when} the rest of the objective would be {points_of(found)} lower, paid for by those children."
        )
    else:
        said.append(
            f"{condition}{when} the objective (lower is better) would worsen from {objective:.4f} to {other.objective:.4f}, "
            f"{how_much(found, told.again, told.seconds)}."
        )
    said.append(who_pays(found))
    return [*said, *filter(None, [what_else(told.again, other.plan, decision)])]


def _lacking(told: Told, found: Worsening, condition: str) -> str:
    """Say whether more children would have no place: for sure, as far as was found, or perhaps."""
    other, limit = found.other, told.again.limit
    if other.plan is None and not np.isfinite(other.shortfall):
        return f"{condition}, whether every child has a place that the run gives one is not known yet."
    if not _leaves_out(told, found):
        return f"{condition}, no more children need be without a place than the run allows."
    if other.fewest > limit + SOME_CHILDREN:
        return (
            f"{condition}, at least {other.fewest - limit:,.1f} child-years more from Reception to Year 11 would have no place "
            f"({other.shortfall:,.1f} against {limit:,.1f} that the run allows). Places come first, so no weight "
            "could turn this."
        )
    return (
        f"{condition}, the best that was found in {told.seconds:.0f} seconds leaves {other.shortfall - limit:,.1f} child-years more "
        "from Reception to Year 11 without a place; whether that can be avoided is not proven. Give --seconds more."
    )


def points_of(found: Worsening) -> str:
    """Return the size of a change of the objective."""
    return f"{abs(found.change):.4f}"


def _leaves_out(told: Told, found: Worsening) -> bool:
    """Return whether the condition leaves more children without a place than the run allows."""
    return bool(np.isfinite(found.other.shortfall) and found.other.shortfall > told.again.limit + SOME_CHILDREN)


def _where(told: Told, option: Option) -> str:
    """Return the name of the school or site with its code."""
    table = told.network.estate.table
    known = dict(zip(table["urn"], table["name"], strict=True)) | dict(
        zip(told.scenario.schools["urn"], told.scenario.schools["name"], strict=True)
    )
    name = str(known.get(option.school) or option.row["name"] or option.school)
    return name if name == option.school else f"{name} ({option.school})"


def _facts(told: Told, option: Option, decision: Decision) -> pd.DataFrame:
    """Return what is known of an option that wasn't weighed."""
    rows = [
        ("capital", pounds(decision.capital_pounds)), ("lead time", f"{option.particulars.lead_months} months"),
        ("who decides", option.particulars.who_decides), ("route", option.particulars.legal_route),
        ("reason", str(told.options_table.loc[option.name, "reason"])),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "value"])


def _finite(figure: float) -> float | None:
    """Return a figure, or None where nothing is known."""
    return float(figure) if np.isfinite(figure) else None


OPTION = Kind(OPTIONS, names, explain)

"""An option, or a package: chosen or refused and why, what it costs to force it in or out, and what would turn the answer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_labels import places_of
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.flips import flips
from placeplan.appraise.explain.flips import sentences as of_flips
from placeplan.appraise.explain.forcing import leaves_out, of_forcing, older_without_a_place
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import both, pounds, prices_in
from placeplan.appraise.explain.worsening import NOTHING, worsening
from placeplan.domain.years import name_of_year
from placeplan.options.option import Decision, Option
from placeplan.options.read import links_of, passes_gate

OPTIONS = "plan/options.csv"


def names(told: Told) -> Mapping[str, str]:
    """Return every option by its name."""
    return {name: name for name in told.tables[OPTIONS]["option"]}


def packages(told: Told) -> Mapping[str, str]:
    """Return every package by its name, refused ones too: the scenario tells them."""
    return {d.name: d.name for d in told.could.decisions if len(d.options) > 1}


def explain(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say why an option was chosen, not chosen or refused, from the run and from solving again without or with it."""
    could = told.network.options
    option = next(o for o in could.options if o.name == subject)
    title = f"Option {subject}: {option.kind.replace('_', ' ')} at {_where(told, option)}"
    decision = could.decisions[option.decision]
    said = [f"{title}. {_fate(told, decision)}: {_brings(told, [option])}.", *_rules(told, [option], decision)]
    if len(decision.options) > 1:
        said.insert(
            1,
            f"It is part of package {decision.name} ({both(decision.options)}): they open together, for "
            f"{pounds(decision.capital_pounds)} in all, and what follows is told of the whole package.",
        )
    return _decided(told, subject, "option", title, said, option.decision)


def explain_package(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say the same of a package: all its options, which open together, and their capital in all."""
    could = told.network.options
    at = next(k for k, d in enumerate(could.decisions) if d.name == subject and len(d.options) > 1)
    decision = could.decisions[at]
    mine = [o for o in could.options if o.decision == at]
    title = f"Package {subject}: {both(list(decision.options))}, which open together"
    said = [f"{title}. {_fate(told, decision)}: {_brings(told, mine)} in all."]
    said += [f"{o.name}: {o.kind.replace('_', ' ')} at {_where(told, o)}, {_brings(told, [o])}." for o in mine]
    return _decided(told, subject, "package", title, said + _rules(told, mine, decision), at)


def _decided(told: Told, subject: str, kind: str, title: str, said: list[str], at: int) -> Explanation:
    """Say what forcing a decision out, or in, would cost, and what would turn the answer."""
    decision = told.network.options.decisions[at]
    money = prices_in(told.scenario.settings.budget)
    if decision.refused:
        said.append(
            "A hard rule refuses it, so no weight and no principle could bring it in; only what the rule says could."
        )
        return Explanation(subject, kind, title, (*said, money), _facts(told, decision), {})
    chosen = told.opens(decision.options[0]) >= 0
    told.progress("Solving again without it" if chosen else "Solving again with it", None)
    found = worsening(told.again, at, opened=not chosen, seconds=told.seconds)
    said += of_forcing(told, at, found, chosen=chosen)
    figures: dict[str, float | str | None] = {
        "forced": "out" if chosen else "in", "objective": found.before.weighed, "change": _finite(found.change),
        "at_least": _finite(found.at_least), "proven": str(found.other.proven).lower(),
        "shortfall": _finite(found.other.shortfall), "shortfall_at_least": _finite(found.other.fewest),
    }  # fmt: skip
    if found.other.plan is None:
        return Explanation(subject, kind, title, (*said, money), _facts(told, decision), figures)
    figures["shortfall_12_13"] = older_without_a_place(told, found)[1]
    if found.broken_musts:
        figures["at_least"] = None  # the bound counts what a missed must adds
    figures |= {f"must_{key}": u for key, (_, _, u) in found.broken_musts.items()}
    if not leaves_out(told, found) and not found.broken_musts and found.change > NOTHING:
        flip = flips(told, at, found, chosen=chosen)
        said += of_flips(told, at, found, flip, chosen=chosen)
        figures |= {
            "flips_at_capital": flip.capital, "flips_at_weight_of": flip.principle, "flips_at_weight": flip.weight,
            "flip_confirmed": None if flip.confirmed is None else str(flip.confirmed).lower(),
        }  # fmt: skip
    table = found.table("without it" if chosen else "with it")
    return Explanation(subject, kind, title, (*said, money), table, figures, 4)


def _fate(told: Told, decision: Decision) -> str:
    """Say what the plan does with a decision, and in which years it could open."""
    years = told.network.years
    opens = told.opens(decision.options[0])
    if decision.refused:
        return f"It could not be considered, refused by a rule ({decision.refused.rstrip('.')})"
    if opens >= 0:
        already = " (it is already decided, so the do-minimum opens it too)" if decision.committed else ""
        return f"The plan opens it in {name_of_year(years[opens])}{already}"
    window = [name_of_year(years[t]) for t in sorted({decision.first, decision.last})]
    return f"The plan does not open it. It could open in {' to '.join(window)}"


def _brings(told: Told, options: list[Option]) -> str:
    """Say what options bring or take, in places, and their capital."""
    places = sum(places_of(o, told.network.estate) for o in options)
    capital = sum(float(o.row["capital_pounds"]) for o in options)
    kinds = " for children with special needs" if all(o.effects.specialist for o in options) else ""
    kinds = " before Reception" if all(o.effects.nursery_places for o in options) else kinds
    told_of = f"{places:+,.0f} places{kinds}".replace("-", "−") if round(places) else "no places more or fewer"
    return f"{told_of} for {pounds(capital)}"


def _rules(told: Told, options: list[Option], decision: Decision) -> list[str]:
    """Say which hard rules bind it: needs, follows, excludes, the provider gate, the budget, who decides."""
    listed = told.network.options
    said = []
    for words, others in (
        ("needs", decision.needs), ("follows, by a year at least,", decision.follows), ("excludes", decision.excludes),
    ):  # fmt: skip
        if others:
            said.append(f"It {words} {both([listed.decisions[k].name for k in others])}.")
    for option in options:
        if option.effects.gated and not passes_gate(option, told.scenario):
            links = [o.name for o in links_of(option, listed.options, told.scenario)]
            gate = f"a year after {both(links)} has opened" if links else "never: no link is offered"
            said.append(f"The provider of {option.name} is not good or outstanding, so it can open {gate}.")
    total = told.scenario.settings.budget.total_pounds
    if total is not None:
        spent = sum(d.capital_pounds for d in listed.decisions if told.opens(d.options[0]) >= 0)
        said.append(f"The plan spends {pounds(spent)} of the budget of {pounds(total)}.")
    deciders = sorted({o.particulars.who_decides.replace("_", " ") for o in options if o.particulars.needs_consent})
    if deciders:
        said.append(
            f"Not the authority but the {both(deciders)} decides on it{'' if len(options) == 1 else ', in part'}."
        )
    return said


def _where(told: Told, option: Option) -> str:
    """Return the name of the school or site with its code."""
    table = told.network.estate.table
    known = dict(zip(table["urn"], table["name"], strict=True)) | dict(
        zip(told.scenario.schools["urn"], told.scenario.schools["name"], strict=True)
    )
    name = str(known.get(option.school) or option.row["name"] or option.school)
    return name if name == option.school else f"{name} ({option.school})"


def _facts(told: Told, decision: Decision) -> pd.DataFrame:
    """Return what is known of a decision that wasn't weighed."""
    mine = [o for o in told.network.options.options if o.name in decision.options]
    rows = [("capital", pounds(decision.capital_pounds))]
    for o in mine:
        its = "" if len(mine) == 1 else f" of {o.name}"
        rows += [
            (f"lead time{its}", f"{o.particulars.lead_months} months"),
            (f"who decides{its}", o.particulars.who_decides.replace("_", " ")),
            (f"route{its}", o.particulars.legal_route),
            (f"reason{its}", str(told.options_table.loc[o.name, "reason"])),
        ]
    return pd.DataFrame(rows, columns=["item", "value"])


def _finite(figure: float) -> float | None:
    """Return a figure, or None where nothing is known."""
    return float(figure) if np.isfinite(figure) else None


OPTION = Kind(OPTIONS, names, explain, "an option", by_year=False)
PACKAGE = Kind(OPTIONS, lambda _told: {}, explain_package, "a package", called=packages, by_year=False)

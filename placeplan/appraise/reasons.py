"""Reasons: why each option was chosen, not chosen, or refused."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_labels import places_of
from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.journeys.plan import Plan
from placeplan.options.option import Decision, Options

MARK = "in the last year in which it may open"
SHOWN = 0.5e-4  # of the objective: less is 0.0000 in a table


def options_table(plan: Plan, least: Number, marked: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return option, kind, opens, places, capital_pounds, reason: one row an option.

    least: what opening each decision costs at least beyond what it brings, on the scale of the objective.
    marked: decision → what its reason adds, of those that are chosen.
    """
    options = plan.network.options
    opens = plan.opens()
    rows = []
    for option in options.options:
        decision = options.decisions[option.decision]
        year = opens[option.decision]
        when = name_of_year(plan.network.years[year]) if year >= 0 else "not chosen"
        reason = _reason(decision, year >= 0, least[option.decision])
        reason += f", {marked[decision.name]}" if marked and decision.name in marked else ""
        places, pounds = places_of(option, plan.network.estate), float(option.row["capital_pounds"])
        rows.append((option.name, option.kind, when, places, pounds, reason))
    return pd.DataFrame(rows, columns=["option", "kind", "opens", "places", "capital_pounds", "reason"])


def _reason(decision: Decision, chosen: bool, least: float) -> str:
    """Return a sentence with its figure."""
    if decision.refused:
        return f"refused: {decision.refused}"
    package = f" as part of package {decision.name}" if len(decision.options) > 1 else ""
    if chosen and decision.committed:
        return f"already decided{package}"
    if chosen:
        return f"chosen{package}: part of the best plan found"
    if least >= SHOWN:
        return f"not chosen{package}: by the linear relaxation it costs at least {least:.4f} more than it brings"
    return f"not chosen{package}: a better plan was found without it"


def least_worsening(options: Options, reduced: Number) -> Number:
    """Return for each decision what opening it costs at least beyond what it brings.

    reduced: reduced cost of each opening column in the linear relaxation; empty where nothing was proven.
    """
    least = np.zeros(len(options.decisions))
    for d in range(len(options.decisions)) if len(reduced) else ():
        mine = reduced[options.opening_decision == d]
        if len(mine):  # open from T on: the sum of the reduced costs of T and all later columns
            least[d] = float(np.cumsum(mine[::-1]).min())
    return least


def opens_last(plan: Plan) -> dict[int, str]:
    """Return position → name of the decisions that open in the last of several years in which they may.

    What is decided already, or may open in one year alone, is no choice of the year.
    """
    options, found = plan.network.options, dict[int, str]()
    for k, (decision, opens) in enumerate(zip(options.decisions, plan.opens(), strict=True)):
        mine = options.opening_year[options.opening_decision == k]
        possible = [int(year) for year in mine if year not in decision.barred]
        if opens >= 0 and not decision.committed and len(possible) > 1 and opens == possible[-1]:
            found[k] = decision.name
    return found

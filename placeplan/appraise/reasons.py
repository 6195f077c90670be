"""Reasons: why each option was chosen, not chosen, or refused."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.certificate_labels import places_of
from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.options.option import Decision

SHOWN = 0.5e-4  # of the objective: less is 0.0000 in a table


def options_table(allocation: Allocation, marked: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return option, kind, opens, places, capital_pounds, reason: one row an option.

    marked: decision → what its reason adds, of those that are chosen.
    """
    plan = allocation.plan
    options = plan.network.options
    opens = plan.opens()
    least = _least_worsening(allocation)
    rows = []
    for option in options.options:
        decision = options.decisions[option.decision]
        year = opens[option.decision]
        when = name_of_year(plan.network.years[year]) if year >= 0 else "not chosen"
        reason = _reason(decision, year >= 0, least[option.decision])
        reason += f", {marked[decision.name]}" if marked and decision.name in marked else ""
        rows.append((option.name, option.kind, when, places_of(option), float(option.row["capital_pounds"]), reason))
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


def _least_worsening(allocation: Allocation) -> Number:
    """Return for each decision what opening it costs at least beyond what it brings, by the relaxation's reduced costs."""
    options = allocation.plan.network.options
    least = np.zeros(len(options.decisions))
    if allocation.row_duals is None:
        return least
    block = allocation.model.problem.blocks["openings"]
    reduced = allocation.proof.cost - allocation.proof.rows.T @ allocation.row_duals
    of_opening = reduced[block.columns]
    for d in range(len(options.decisions)):
        mine = of_opening[options.opening_decision == d]
        if len(mine):  # open from T on: the sum of the reduced costs of T and all later columns
            least[d] = float(np.cumsum(mine[::-1]).min())
    return least

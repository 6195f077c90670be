"""Money: what the plan spends, of which budget, and what cost weighs in the objective."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from placeplan.allocate.scales import whole_budget
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.school import LEAST_CHILDREN, LEAST_WORTH, in_pounds
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import both, pounds, prices_in, share, year_groups
from placeplan.domain.years import name_of_year
from placeplan.options.option import GROUPS

TOLD = 3  # places that are named


def names(_told: Told) -> Mapping[str, str]:
    """Return what money may be called."""
    return dict.fromkeys(("cost", "budget", "money", "capital"), "cost")


def explain(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say what the plan spends on what, how much of the budget that is, and what cost weighs beside the principles."""
    settings, could = told.scenario.settings, told.network.options
    spent = [(d, told.opens(d.options[0])) for d in could.decisions]
    chosen = [(d, opens) for d, opens in spent if opens >= 0]
    total = sum(d.capital_pounds for d, _ in chosen)
    a_year = sum(d.revenue_pounds_a_year for d, _ in chosen)
    budget = settings.budget.total_pounds
    whole = whole_budget(told.network, told.scenario)
    of_it = (
        "no budget is set" if budget is None else f"{share(total / max(budget, 1.0))} of the budget of {pounds(budget)}"
    )
    said = [f"Cost: the plan spends {pounds(total)} of capital, {of_it}."]
    if chosen:
        said.append(f"It goes to {both([f'{d.name} {pounds(d.capital_pounds)}' for d, _ in chosen])}.")
    if a_year:
        said.append(f"Running what it opens {'costs' if a_year > 0 else 'saves'} {pounds(abs(a_year))} a year.")
    part = float(told.again.model.cost @ told.again.openings)
    said.append(
        f"Cost is weighed beside the principles with weight {settings.weights.cost:g}: {part:.4f} of the objective. A pound counts as "
        f"its share of {pounds(whole)}, {'the budget' if budget else 'the cost of all options, for no budget is set'}."
    )
    if settings.budget.a_year_pounds is not None:
        said.append(f"At most {pounds(settings.budget.a_year_pounds)} may be committed in one year.")
    said += [*_worth(told), prices_in(settings.budget)]
    rows = [
        (d.name, name_of_year(told.network.years[opens]) if opens >= 0 else "refused" if d.refused else "not chosen",
         d.capital_pounds, d.revenue_pounds_a_year)
        for d, opens in spent
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["decision", "opens", "capital_pounds", "revenue_pounds_a_year"])
    return Explanation(subject, "cost", "Cost", tuple(said), table, {"capital": total, "part": part}, 0)


def _worth(told: Told) -> Iterator[str]:
    """Say where one more place would help most: shadow prices, with what the plan opens kept."""
    network = told.network
    names_of = network.estate.table["name"].astype(str).to_numpy()
    years = len(network.years)

    def cell(k: int) -> str:
        group = year_groups(k % GROUPS, k % GROUPS)
        return f"{names_of[k // (years * GROUPS)]}, {group} in {name_of_year(network.years[k // GROUPS % years])}"

    placed, worth = told.placed_by_one_more, told.again.worth
    best = [int(k) for k in np.argsort(-placed, kind="stable")[:TOLD] if placed[k] > LEAST_CHILDREN]
    if best:
        told_of = [f"{cell(k)} ({placed[k]:.2f} child-years)" for k in best]
        yield f"One more place would give most children from Reception to Year 11 a place, by no more than the figures say, at {both(told_of)}."
    best = [int(k) for k in np.argsort(-worth, kind="stable")[:TOLD] if worth[k] > LEAST_WORTH]
    if best:
        told_of = [f"{cell(k)}: by {worth[k]:.6f}{in_pounds(told, float(worth[k]))}" for k in best]
        yield f"One more place would lower the objective most (by no more than the figures say, and with what the plan opens kept) at {'; '.join(told_of)}."
    elif not placed.max(initial=0.0) > LEAST_CHILDREN:
        yield "One more place anywhere would change nothing, with what the plan opens kept."


MONEY = Kind("plan/options.csv", names, explain, "cost", by_year=False)

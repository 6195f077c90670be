"""The three findings that matter most, in sentences with figures."""

import numpy as np

from placeplan.allocate.allocate import Allocation
from placeplan.appraise.scorecard import Scorecard
from placeplan.domain.years import name_of_year
from placeplan.scenario.scenario import Scenario

SHOWN = 0.05  # of 100: less of a score is not shown


def findings(allocation: Allocation, card: Scorecard, scenario: Scenario) -> tuple[str, ...]:
    """Return: who has a place; what opens and what it costs; which principle gains and which loses most."""
    return _places(allocation), _options(allocation, scenario), _principles(card)


def _places(allocation: Allocation) -> str:
    """Say how many children have no place, against the do-minimum."""
    now, before = allocation.plan.shortfall(0, 11), allocation.do_minimum.shortfall(0, 11)
    if now < 0.5 and before < 0.5:
        return "Every child from Reception to Year 11 has a place in every planned year, with nothing opened too."
    if now < 0.5:
        return f"Every child from Reception to Year 11 has a place; with nothing opened {before:,.0f} child-years would have none."
    best = (
        "the least possible"
        if allocation.least_shortfall_proven
        else f"at best {max(allocation.least_shortfall_bound, 0):,.0f} could be"
    )
    return (
        f"{now:,.0f} child-years from Reception to Year 11 have no place ({best}); with nothing opened {before:,.0f}."
    )


def _options(allocation: Allocation, scenario: Scenario) -> str:
    """Say how many options are chosen, from when, and at what capital."""
    plan = allocation.plan
    decisions, opens = plan.network.options.decisions, plan.opens()
    chosen = [(d, t) for d, t in zip(decisions, opens, strict=True) if t >= 0]
    if not decisions:
        return "There are no options to choose from."
    if not chosen:
        return f"None of the {len(plan.network.options.options)} options is worth opening at these weights."
    capital = sum(d.capital_pounds for d, _ in chosen)
    count = sum(len(d.options) for d, _ in chosen)
    first = name_of_year(plan.network.years[min(t for _, t in chosen)])
    budget = scenario.settings.budget.total_pounds
    of_budget = f" of £{budget / 1e6:,.0f}m" if budget else ""
    return (
        f"{count} of {len(plan.network.options.options)} options are chosen, the first from {first}, "
        f"for £{capital / 1e6:,.1f}m{of_budget} of capital."
    )


def _principles(card: Scorecard) -> str:
    """Say which principle gains most and which loses most."""
    after, before = card.scores(card.plan), card.scores(card.do_minimum)
    change = np.array([after[p.key] - before[p.key] for p in card.principles])
    best, worst = card.principles[int(change.argmax())], card.principles[int(change.argmin())]
    told = f"{best.title} gains most ({before[best.key]:.1f} to {after[best.key]:.1f} of 100)"
    if change.max() < SHOWN:
        told = "No principle gains"
    if change.min() < -SHOWN:
        return f"{told}; {worst.title.lower()} loses most ({before[worst.key]:.1f} to {after[worst.key]:.1f})."
    return f"{told}; no principle loses."

"""Worsening: what another plan costs against the run's own, principle by principle, and what it opens otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.allocate.again import Again, Other, forced
from placeplan.allocate.model import Model
from placeplan.appraise.explain.words import TITLES, both, in_text, points, share
from placeplan.domain.years import name_of_year
from placeplan.journeys.plan import Plan

NOTHING = 1e-6  # of the objective: less is rounding
SHOWN = 5e-5  # the least that four digits show
TOLD = 3  # principles that are named


@dataclass(frozen=True)
class Worsening:
    """Another plan beside the run's. change: of the objective, above 0 worse; at_least: no such plan is nearer.

    parts: principle (and cost) → what its part of the objective is in the run, and in the other plan.
    """

    other: Other
    change: float
    at_least: float
    before: Mapping[str, float]
    after: Mapping[str, float]

    @property
    def parts(self) -> dict[str, float]:
        """Return by how much each part of the objective changes."""
        return {key: self.after[key] - self.before[key] for key in self.before}

    def table(self, heading: str) -> pd.DataFrame:
        """Return one row a principle: the run's part of the objective, the other's, the change."""
        rows = [
            (TITLES[key], self.before[key], self.after[key], change)
            for key, change in self.parts.items()
            if key != "must" or change
        ]
        rows.append(("All", sum(self.before.values()), sum(self.after.values()), self.change))
        return pd.DataFrame(rows, columns=["part of the objective", "plan", heading, "change"])


def worsening(again: Again, decision: int, *, opened: bool, seconds: float) -> Worsening:
    """Return what forcing a decision in, or out, costs."""
    return beside(again, forced(again, decision, opened=opened, seconds=seconds))


def beside(again: Again, other: Other) -> Worsening:
    """Return another plan beside the run's."""
    before = contributions(again.model, again.plan, again.objective)
    after = dict.fromkeys(before, np.nan)
    if other.plan is not None:
        after = contributions(again.model, other.plan, other.objective)
    return Worsening(other, other.objective - again.objective, other.bound - again.objective, before, after)


def contributions(model: Model, plan: Plan, objective: float) -> dict[str, float]:
    """Return each principle's part of the objective, cost, and what a must that isn't met adds."""
    bundles, rolls, kept = plan.bundles(), plan.bands(), plan.kept()
    parts = {
        s.key: s.weight * s.deviation(price.loss_from(plan, bundles, rolls, kept))
        for s, price in zip(model.scales, model.prices, strict=True)
    }
    parts["cost"] = float(model.cost @ plan.openings)
    left = objective - sum(parts.values())
    return parts | ({"must": left} if left > 1e-4 * max(1.0, abs(objective)) else {"must": 0.0})


def how_much(found: Worsening, again: Again, seconds: float) -> str:
    """Return by how much the objective worsens, and whether that is proven or how far it is known."""
    objective = again.objective
    change = f"{points(found.change)} ({share(found.change / max(objective, NOTHING))} of it)"
    if found.other.proven:
        return f"by {change}; solved to the end, so no plan under this condition is better"
    return f"by at most {change} with the best plan found in {seconds:.0f} seconds; {at_least(found, again)}"


def at_least(found: Worsening, again: Again) -> str:
    """Return what is proven of the least worsening."""
    if found.at_least > NOTHING:
        return f"by at least {points(found.at_least)}, which is proven"
    if again.objective - again.bound <= NOTHING * max(1.0, abs(again.objective)):
        return "whether it would worsen at all is not proven"
    if not np.isfinite(again.bound):
        return "whether it would worsen at all is not proven, nor is that the run's plan is the best"
    return (
        "whether it would worsen at all is not proven, for the run's own plan is only known to be within "
        f"{run_s_gap(again)} of the best"
    )


def run_s_gap(again: Again) -> str:
    """Return by how much a better plan than the run's could be better, as a share of the objective."""
    return share(max(again.objective - again.bound, 0.0) / max(again.objective, NOTHING))


def who_pays(found: Worsening) -> str:
    """Return which parts of the objective worsen and which gain."""
    parts = sorted(found.parts.items(), key=lambda part: -abs(part[1]))
    lose = [f"{in_text(TITLES[k])} {points(c)}" for k, c in parts if c > SHOWN][:TOLD]
    gain = [f"{in_text(TITLES[k])} {points(c)}" for k, c in parts if c < -SHOWN][:TOLD]
    if not lose and not gain:
        return "No principle and no cost changes."
    paid = f"It is paid by {both(lose)}" if lose else "No principle pays"
    return f"{paid}; {both(gain)} {'is' if len(gain) == 1 else 'are'} better." if gain else f"{paid}."


def what_else(again: Again, other: Plan, decision: int) -> str:
    """Return which other decisions would be taken otherwise; nothing where none."""
    before, after = again.plan.opens(), other.opens()
    network = other.network
    told = []
    for k in np.flatnonzero(before != after):
        name = network.options.decisions[k].name
        if k == decision:
            continue
        told.append(
            f"{name} would not open" if after[k] < 0
            else f"{name} would open in {name_of_year(network.years[after[k]])}"
            + (f" instead of {name_of_year(network.years[before[k]])}" if before[k] >= 0 else "")
        )  # fmt: skip
    return f"Then {both(told)}." if told else ""

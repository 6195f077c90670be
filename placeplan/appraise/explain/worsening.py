"""Worsening: what another plan costs against the run's own, principle by principle, and what it opens otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.allocate.again import Again, Other, forced
from placeplan.appraise.explain.parts_of_objective import PLACES, Parts, parts_of_objective
from placeplan.appraise.explain.words import TITLES, both, in_text, points, share
from placeplan.domain.years import name_of_year
from placeplan.journeys.plan import Plan

NOTHING = 1e-6  # of the objective: less is rounding
SHOWN = 5e-5  # the least that four digits show
TOLD = 3  # principles that are named
MISSED = 1e-4  # on the scale of U: less of a must is rounding


@dataclass(frozen=True)
class Worsening:
    """Another plan beside the run's. at_least: no such plan is nearer.

    before, after: the parts of the objective in the run and in the other plan (None: there is no other plan).
    """

    other: Other
    at_least: float
    before: Parts
    after: Parts | None

    @property
    def change(self) -> float:
        """Return by how much the objective changes, above 0 worse; what a missed must adds is told apart."""
        return np.inf if self.after is None else self.after.weighed - self.before.weighed

    @property
    def parts(self) -> dict[str, float]:
        """Return by how much each principle, and cost, changes with the children without a place that it prices."""
        return self._changes(self.before.whole, None if self.after is None else self.after.whole)

    @property
    def told_parts(self) -> dict[str, float]:
        """Return the same with the children without a place as a part of their own."""
        return self._changes(self.before.told, None if self.after is None else self.after.told)

    def _changes(self, before: Mapping[str, float], after: Mapping[str, float] | None) -> dict[str, float]:
        return {key: np.nan if after is None else after[key] - before[key] for key in before}

    @property
    def broken_musts(self) -> dict[str, tuple[float, float, float]]:
        """Return principle → (asked, in the run, in the other plan) for each must that the other plan misses by more."""
        if self.after is None:
            return {}
        return {
            key: (asked, self.before.musts[key][1], u)
            for key, (asked, u) in self.after.musts.items()
            if u - asked > max(self.before.musts[key][1] - asked, 0.0) + MISSED
        }

    def table(self, heading: str) -> pd.DataFrame:
        """Return one row a part of the objective: in the run, in the other plan, the change; their sum is the last."""
        after = dict.fromkeys(self.before.told, np.nan) if self.after is None else self.after.told
        rows = [
            (TITLES[key], self.before.told[key], after[key], change)
            for key, change in self.told_parts.items()
            if key != PLACES or change or self.before.told[key]
        ]
        rows.append(
            (
                "All",
                self.before.weighed,
                np.nan if self.after is None else self.after.weighed,
                self.change if self.after else np.nan,
            )
        )
        return pd.DataFrame(rows, columns=["part of the objective", "plan", heading, "change"])


def worsening(again: Again, decision: int, *, opened: bool, seconds: float) -> Worsening:
    """Return what forcing a decision in, or out, costs."""
    return beside(again, forced(again, decision, opened=opened, seconds=seconds))


def beside(again: Again, other: Other) -> Worsening:
    """Return another plan beside the run's."""
    before = parts_of_objective(again.model, again.plan, again.objective)
    after = None if other.plan is None else parts_of_objective(again.model, other.plan, other.objective)
    return Worsening(other, other.bound - again.objective, before, after)


def how_much(found: Worsening, again: Again, seconds: float) -> str:
    """Return by how much the objective worsens, and whether that is proven or how far it is known."""
    change = f"{points(found.change)} ({share(found.change / max(found.before.weighed, NOTHING))} of it)"
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
        f"{run_s_gap(found, again)} of the best"
    )


def run_s_gap(found: Worsening, again: Again) -> str:
    """Return by how much a better plan than the run's could be better, as a share of the objective."""
    return share(max(again.objective - again.bound, 0.0) / max(found.before.weighed, NOTHING))


def who_pays(found: Worsening) -> str:
    """Return which parts of the objective worsen and which gain."""
    parts = sorted(found.told_parts.items(), key=lambda part: -abs(part[1]))
    lose = [f"{in_text(TITLES[k])} {points(c)}" for k, c in parts if c > SHOWN][:TOLD]
    gain = [f"{in_text(TITLES[k])} {points(c)}" for k, c in parts if c < -SHOWN][:TOLD]
    if not lose and not gain:
        return "No principle and no cost changes."
    paid = f"It is paid by {both(lose)}" if lose else "No principle pays"
    return f"{paid}; {both(gain)} {'is' if len(gain) == 1 else 'are'} better." if gain else f"{paid}."


def of_musts(found: Worsening, condition: str, seconds: float) -> list[str]:
    """Return which musts can't be met under the condition, or aren't by the best plan found."""
    said = []
    for key, (asked, before, u) in found.broken_musts.items():
        run = (
            f"{before:.3f} in the run" if before <= asked + MISSED else f"{before:.3f} in the run, which misses it too"
        )
        can = "can't be met" if found.other.proven else f"is not met by the best plan found in {seconds:.0f} seconds"
        said.append(
            f"{condition} the must on {in_text(TITLES[key])} {can}: {u:.3f} against {asked:.3f} at most ({run}; 0 is the "
            "ideal, 1 the unacceptable). A must comes before all weights and money, so neither could turn this."
        )
    return said


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

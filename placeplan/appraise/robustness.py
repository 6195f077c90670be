"""Robustness: how surely the plan stays first when weights are drawn at random, its nearest rival, and what would turn it.

No solver: each plan of the pool has its deviations and its cost, and a draw of weights prices them all at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.model import Model
from placeplan.allocate.rivals import Rival
from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.forecast.streams import stream
from placeplan.journeys.plan import Plan

DRAWS = 200
STREAM = "weight draws"
CHOSEN, DO_MINIMUM = "the plan", "do-minimum"
HOW = {CHOSEN: "the best plan found", DO_MINIMUM: "nothing opened beyond what is committed"}
SAME = 1e-9  # of the objective: equal plans; the plan goes first among equals
HALF = 0.5
SHORT = 1e-3  # child-years: more without a place than the plan may leave
COLUMNS = [
    "plan", "met", "opens", "objective", "points_behind", "capital_pounds", "pounds_more", "shortfall", "draws", "draws_first",
    "share_first", "overtakes_by", "overtakes_at", "weight_now",
]  # fmt: skip


@dataclass(frozen=True)
class Robustness:
    """table: appraisal/robustness.csv, one row a plan of the pool, the plan itself first, then by points behind.

    share_first: of the draws in which the plan stays first.  plans: in the pool that could be first.
    """

    table: pd.DataFrame
    draws: int
    plans: int
    share_first: float

    def told(self) -> dict[str, object]:
        """Return what run.json says of it."""
        rival = self.nearest
        return {
            "draws": self.draws, "plans": self.plans, "share_first": self.share_first,
            "nearest_rival": "" if rival is None else str(rival["plan"]),
            "sentence": self.sentence(), "points_behind": None if rival is None else float(rival["points_behind"]),
        }  # fmt: skip

    @property
    def nearest(self) -> dict[str, Any] | None:
        """Return the row of the nearest rival that could be first; None where the pool holds none."""
        could = self.table[(self.table["plan"] != CHOSEN) & self.table["share_first"].notna()]
        return None if could.empty else {str(k): v for k, v in could.iloc[0].items()}

    def sentence(self) -> str:
        """Return what people are told at once."""
        rival = self.nearest
        if rival is None:
            return "No rival of the plan was met, so how surely it stays first is not known."
        return (
            f"It stays first in {100 * self.share_first:.0f} % of {self.draws} draws of weights, among {self.plans} plans; "
            f"the nearest rival is the plan {rival['plan']}, {rival['points_behind']:.4f} points behind."
        )


def robustness(allocation: Allocation, rivals: Sequence[Rival], weight_of_cost: float, seed: int) -> Robustness:
    """Return how the plan stands against its pool: itself, the do-minimum and the rivals.

    The nine weights are drawn from a Dirichlet distribution round those of the scenario, as many points as there are
    weights above 0: where all are equal, every mixture is as likely as any other. Their sum, and the weight of cost, stay.
    Plans with the same openings are one, priced in each draw by the best of their journeys that is known.
    A plan that leaves more children without a place than the run allows can't be first.
    """
    model = allocation.model
    names = [CHOSEN, DO_MINIMUM, *(rival.met for rival in rivals)]
    plans = [allocation.plan, allocation.do_minimum, *(rival.plan for rival in rivals)]
    deviations, cost = _deviations(model, plans), np.array([float(model.cost @ plan.openings) for plan in plans])
    short = np.array([plan.shortfall(0, 11) for plan in plans])
    could = short <= max(allocation.limit_on_shortfall, short[0]) + SHORT
    now = np.array([scale.weight for scale in model.scales])
    same = _alike(plans)
    value = deviations @ now + cost
    first = _first(draw_weights(now, DRAWS, seed) @ deviations.T + cost, could)
    counts = np.bincount(same[first], minlength=len(plans))
    by, at = _overtaking(deviations, cost, now, weight_of_cost)
    keys = np.array([*(scale.key for scale in model.scales), "cost"], dtype=object)
    turns = could & ~np.isnan(at)
    frame = pd.DataFrame(
        {
            "plan": names, "met": [_how(name) for name in names], "opens": [_opens(plans[0], plan) for plan in plans],
            "objective": value, "points_behind": value - value[0], "capital_pounds": [_capital(plan) for plan in plans],
            "shortfall": short, "draws": DRAWS, "draws_first": counts, "share_first": np.where(could, counts / DRAWS, np.nan),
            "overtakes_by": np.where(turns, keys[by], ""), "overtakes_at": np.where(turns, at, np.nan),
            "weight_now": np.where(turns, np.append(now, weight_of_cost)[by], np.nan),
        }
    )  # fmt: skip
    frame["pounds_more"] = frame["capital_pounds"] - frame["capital_pounds"].iloc[0]
    own = np.flatnonzero(same == np.arange(len(plans)))  # one row for all plans with the same openings
    order = own[np.lexsort((frame["points_behind"].to_numpy()[own], ~could[own], own != 0))]
    table = frame.iloc[order][COLUMNS].reset_index(drop=True)
    table["plan"] = _once(list(table["plan"]))
    return Robustness(table, DRAWS, int(could[own].sum()), float(counts[0] / DRAWS))


def _alike(plans: Sequence[Plan]) -> Whole:
    """Return for each plan the first one that opens the same: children may journey otherwise in them."""
    seen: dict[bytes, int] = {}
    return np.array(
        [seen.setdefault((plan.openings > HALF).tobytes(), k) for k, plan in enumerate(plans)], dtype=np.int64
    )


def draw_weights(now: Number, draws: int, seed: int) -> Number:
    """Return draw × principle: weights round those of the scenario, with their sum; one that is 0 stays 0."""
    weights = np.zeros((draws, len(now)))
    positive = now > 0
    if positive.any():
        share = now[positive] / now.sum()
        weights[:, positive] = stream(STREAM, seed).dirichlet(share * positive.sum(), draws) * now.sum()
    return weights


def _deviations(model: Model, plans: Sequence[Plan]) -> Number:
    """Return plan × principle: by how much each misses its targets."""
    pairs = list(zip(model.scales, model.prices, strict=True))
    bands, rows = model.network.band_matrix(), []
    for plan in plans:
        bundles, kept = plan.bundles(), plan.kept()
        rolls = bands @ bundles
        rows.append([scale.deviation(price.loss_from(plan, bundles, rolls, kept)) for scale, price in pairs])
    return np.array(rows)


def _first(value: Number, could: YesNo) -> Whole:
    """Return for each draw which plan is first; among equals the first of the pool, which is the plan."""
    held = np.where(could[None, :], value, np.inf)
    least = held.min(axis=1, keepdims=True)
    return np.asarray((held <= least + SAME * np.maximum(1.0, np.abs(least))).argmax(axis=1))


def _overtaking(deviations: Number, cost: Number, now: Number, weight_of_cost: float) -> tuple[Whole, Number]:
    """Return for each plan the principle (or cost, the last) whose weight would bring it level soonest, and that weight.

    Soonest: by the ratio to the weight now. NaN where no single weight, from 0 on, does.
    """
    weights = np.append(now, weight_of_cost)
    parts = np.column_stack([deviations, cost / max(weight_of_cost, SAME)])
    better = parts[0] - parts  # by which a plan is better a point of weight
    behind = ((parts - parts[0]) @ weights)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(np.abs(better) > SAME, weights + behind / better, np.nan)
        times = np.maximum(level / weights, weights / level)
    times = np.where((level >= 0) & (weights > 0) & (behind > SAME), times, np.inf)
    by = np.asarray(np.argmin(times, axis=1))
    row = np.arange(len(level))
    return by, np.where(np.isfinite(times[row, by]), level[row, by], np.nan)


def _opens(best: Plan, plan: Plan) -> str:
    """Return which decisions a plan takes otherwise than the best one: + opens, − doesn't, ± in another year."""
    before, after = best.opens(), plan.opens()
    names = [decision.name for decision in plan.network.options.decisions]
    signs = np.where(before < 0, "+", np.where(after < 0, "−", "±"))
    return " ".join(f"{signs[k]}{names[k]}" for k in np.flatnonzero(before != after))


def _capital(plan: Plan) -> float:
    """Return the capital of what a plan opens."""
    decisions = plan.network.options.decisions
    return float(sum(d.capital_pounds for d, opens in zip(decisions, plan.opens(), strict=True) if opens >= 0))


def _how(met: str) -> str:
    """Return how a rival was found."""
    if met in HOW:
        return HOW[met]
    if met.startswith(("with ", "without ")):
        return "one decision taken otherwise, and what rules ask for beside it"
    return "solved again" if met.startswith("best with") else met


def _once(names: Sequence[str]) -> list[str]:
    """Return names none of which stands twice: the second is called 2."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return told

"""Standing: how surely a plan is first in its pool when weights are drawn at random, its nearest rival, what would turn it.

Worked out from the pool alone: each plan's deviations, its openings and what they cost. So `verify` works it out again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.forecast.streams import stream

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
class Pool:
    """Plans to be compared: the plan itself, the do-minimum, the rivals.

    names: how each was met.  deviations: plan × principle.  openings: plan × opening, 0 or 1.  cost: plan, its part of the
    objective.  short: plan, child-years R–11 without a place.
    """

    names: tuple[str, ...]
    deviations: Number
    openings: Number
    cost: Number
    short: Number


@dataclass(frozen=True)
class Openings:
    """What opening columns stand for. decision: name of each.  year: its September year.  capital: decision → pounds."""

    decision: Number
    year: Whole
    capital: dict[str, float]

    def opens(self, openings: Number) -> dict[str, int]:
        """Return decision → year in which it opens, of those that do."""
        some = np.flatnonzero(openings > HALF)[::-1]
        return {str(self.decision[j]): int(self.year[j]) for j in some}

    def capital_of(self, openings: Number) -> float:
        """Return the capital of what opens."""
        return float(sum(self.capital[name] for name in self.opens(openings)))

    def otherwise(self, best: Number, openings: Number) -> str:
        """Return which decisions are taken otherwise: + opens, − doesn't, ± in another year."""
        before, after = self.opens(best), self.opens(openings)
        names = list(dict.fromkeys(self.decision.tolist()))
        signs = {name: "+" if name not in before else "−" if name not in after else "±" for name in names}
        return " ".join(f"{signs[n]}{n}" for n in names if before.get(n) != after.get(n))


@dataclass(frozen=True)
class Robustness:
    """pool: what was compared.  table: appraisal/robustness.csv, one row a plan of the pool, the plan itself first, then by points behind.

    share_first: of the draws in which the plan stays first.  plans: in the pool that could be first.
    rows: of the pool, one a row of the table.
    """

    pool: Pool
    table: pd.DataFrame
    draws: int
    plans: int
    share_first: float
    rows: tuple[int, ...]

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


def standing(
    pool: Pool, known: Openings, weights: dict[str, float], weight_of_cost: float, seed: int, limit: float
) -> Robustness:
    """Return how the first plan of a pool stands in it.

    weights: principle → weight now.  limit: child-years that the plan may leave without a place.
    The weights are drawn from a Dirichlet distribution round those of the scenario, as many points as there are weights
    above 0: where all are equal, every mixture is as likely as any other. Their sum, and the weight of cost, stay.
    Plans with the same openings are one, priced in each draw by the best of their journeys that is known.
    A plan that leaves more children without a place than the run allows can't be first.
    """
    now, deviations = np.array(list(weights.values())), pool.deviations
    could = pool.short <= max(limit, pool.short[0]) + SHORT
    same = _alike(pool.openings)
    value = deviations @ now + pool.cost
    first = _first(draw_weights(now, DRAWS, seed) @ deviations.T + pool.cost, could)
    counts = np.bincount(same[first], minlength=len(value))
    by, at = _overtaking(deviations, pool.cost, now, weight_of_cost)
    keys = np.array([*weights, "cost"], dtype=object)
    turns = could & ~np.isnan(at)
    frame = pd.DataFrame(
        {
            "plan": list(pool.names), "met": [_how(name) for name in pool.names],
            "opens": [known.otherwise(pool.openings[0], one) for one in pool.openings],
            "objective": value, "points_behind": value - value[0],
            "capital_pounds": [known.capital_of(one) for one in pool.openings],
            "shortfall": pool.short, "draws": DRAWS, "draws_first": counts, "share_first": np.where(could, counts / DRAWS, np.nan),
            "overtakes_by": np.where(turns, keys[by], ""), "overtakes_at": np.where(turns, at, np.nan),
            "weight_now": np.where(turns, np.append(now, weight_of_cost)[by], np.nan),
        }
    )  # fmt: skip
    frame["pounds_more"] = frame["capital_pounds"] - frame["capital_pounds"].iloc[0]
    own = np.flatnonzero(same == np.arange(len(value)))  # one row for all plans with the same openings
    order = own[np.lexsort((frame["points_behind"].to_numpy()[own], ~could[own], own != 0))]
    table = frame.iloc[order][COLUMNS].reset_index(drop=True)
    table["plan"] = _once(list(table["plan"]))
    return Robustness(pool, table, DRAWS, int(could[own].sum()), float(counts[0] / DRAWS), tuple(order.tolist()))


def _alike(openings: Number) -> Whole:
    """Return for each plan the first one that opens the same: children may journey otherwise in them."""
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault((one > HALF).tobytes(), k) for k, one in enumerate(openings)], dtype=np.int64)


def draw_weights(now: Number, draws: int, seed: int) -> Number:
    """Return draw × principle: weights round those of the scenario, with their sum; one that is 0 stays 0."""
    weights = np.zeros((draws, len(now)))
    positive = now > 0
    if positive.any():
        share = now[positive] / now.sum()
        weights[:, positive] = stream(STREAM, seed).dirichlet(share * positive.sum(), draws) * now.sum()
    return weights


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

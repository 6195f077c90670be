"""Tried in other futures: how often the plan stays first if other children come than the forecast expects.

Worked out from outcomes alone, so that `verify` works it out again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole

EACH = ["plan", "future", "children", "shortfall", "objective", "first"]
COLUMNS = ["plan", "futures", "futures_first", "share_first", "shortfall_usual", "shortfall_at_most", "objective_usual"]
USUAL, MOST = 0.5, 0.9  # quantiles told of what a plan leaves short
DIGITS = 6  # of published figures
SAME = 1e-6  # of the objective: equal plans; the plan goes first among equals
UNTRIED = "How often it stays first if other children come than forecast has not been tried."


@dataclass(frozen=True)
class Tried:
    """each: appraisal/each_future.csv, one row a plan and future, the plan itself first in each; no rows where nothing was tried.

    table: appraisal/futures.csv, one row a plan.
    """

    each: pd.DataFrame
    table: pd.DataFrame

    def told(self) -> dict[str, object]:
        """Return what run.json says of it."""
        futures = int(self.each["future"].nunique())
        said = {"futures": futures, "plans": len(self.table)}
        if not futures:
            return said | {"sentence": UNTRIED}
        plan, often = self.table.iloc[0], self.table.iloc[int(self.table["share_first"].to_numpy().argmax())]
        other = "" if often["plan"] == plan["plan"] else f"The plan {often['plan']} is first in {_per_cent(often)}. "
        sentence = (
            f"It stays first in {_per_cent(plan)} of {futures} futures of the forecast, among {len(self.table)} plans. "
            f"{other}It leaves at most {plan['shortfall_at_most']:,.0f} child-years without a place in nine of ten futures."
        )
        return said | {
            "share_first": float(plan["share_first"]), "shortfall_at_most": float(plan["shortfall_at_most"]),
            "most_often_first": str(often["plan"]), "its_share_first": float(often["share_first"]), "sentence": sentence,
        }  # fmt: skip


def tried(names: Sequence[str], children: Number, shortfall: Number, objective: Number, tolerance: float) -> Tried:
    """Return how plans stand in futures.

    names: of the plans, the plan itself first.  children: future, child-years R–11.  shortfall, objective: future × plan.
    tolerance: child-years by which a plan may leave more without a place than the best of a future and still be first.
    Figures are rounded first, as they are published, so that whoever counts again finds the same.
    """
    shortfall, objective = shortfall.round(DIGITS), objective.round(DIGITS)
    futures, plans = shortfall.shape
    first = np.zeros((futures, plans), dtype=int)
    if futures:
        first[np.arange(futures), first_of(shortfall, objective, tolerance)] = 1
    each = pd.DataFrame(
        {
            "plan": np.tile(np.array(names, dtype=object), futures), "future": np.repeat(np.arange(1, futures + 1), plans),
            "children": np.repeat(children, plans), "shortfall": shortfall.ravel(), "objective": objective.ravel(),
            "first": first.ravel(),
        },
        columns=EACH,
    )  # fmt: skip
    if not futures:
        return Tried(each, pd.DataFrame(columns=COLUMNS))
    usual, most = (np.quantile(shortfall, level, axis=0, method="higher") for level in (USUAL, MOST))
    table = pd.DataFrame(
        {
            "plan": list(names), "futures": futures, "futures_first": first.sum(axis=0), "share_first": first.mean(axis=0),
            "shortfall_usual": usual, "shortfall_at_most": most,
            "objective_usual": np.quantile(objective, USUAL, axis=0, method="higher"),
        },
        columns=COLUMNS,
    )  # fmt: skip
    return Tried(each, table)


def first_of(shortfall: Number, objective: Number, tolerance: float) -> Whole:
    """Return for each future which plan is first: of those that leave as few short as any, the one with the least objective."""
    could = shortfall <= shortfall.min(axis=1, keepdims=True) + tolerance
    held = np.where(could, objective, np.inf)
    least = held.min(axis=1, keepdims=True)
    return np.asarray((held <= least + SAME * np.maximum(1.0, np.abs(least))).argmax(axis=1))


def _per_cent(row: pd.Series) -> str:
    return f"{100 * row['share_first']:.0f} %"

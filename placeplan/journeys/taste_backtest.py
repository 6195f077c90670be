"""Back-test of the tastes: fitted on half of the schools' rolls, how well are the others foretold, and by what simpler rule too."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, YesNo
from placeplan.journeys.logit import Market, Prior, fit, misplaced
from placeplan.journeys.present import OWN_COMMUNITY, ROUNDS, SCALE_MILES

NEAR_MILES = 0.25  # no school is nearer in the gravity rule, or it would take everybody
COUNTED = 10.0  # pupils: a school with fewer counts in the pupils' error, not in the schools' mean
RULES = {
    "logit": "the logit within the places there are",
    "wanted": "the same logit, as if every school had room",
    "prior": "the logit before any roll is seen, within the places there are",
    "nearest": "everybody to the nearest school",
    "gravity": "places ÷ miles²",
    "present": "the present pattern's own fit: by distance and community, to the rolls that are known",
    "places": "every school as full as the known ones together",
}


def backtest(
    market: Market, rolls: Number, priors: Mapping[str, Prior], *, splits: int = 10, seed: int = 1
) -> pd.DataFrame:
    """Return rule, split, error, school_error, misplaced: one row a rule and random half of the schools.

    The coefficients see the rolls of one half only; error is Σ|foretold − roll| ÷ Σ roll over the other half, school_error
    the mean of |foretold − roll| ÷ roll over its schools of ten pupils or more, misplaced the share of all pupils that
    the rule puts at another school than they are.
    """
    chance = np.random.default_rng(seed)
    rows = []
    for split in range(splits):
        known = np.zeros(len(rolls), dtype=bool)
        known[chance.permutation(len(rolls))[: len(rolls) // 2]] = True
        for rule, foretold in _foretold(market, rolls, priors, known).items():
            rows.append((rule, split, *_errors(foretold, rolls, ~known), misplaced(foretold, rolls)))
    return pd.DataFrame(rows, columns=["rule", "split", "error", "school_error", "misplaced"])


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rule, in the order of RULES: mean errors, and in how many splits the logit did better than it."""
    mean = rows.groupby("rule")[["error", "school_error", "misplaced"]].mean().reindex(list(RULES))
    errors = rows.pivot_table(index="split", columns="rule", values="error")
    mean["logit_better"] = (errors["logit"].to_numpy()[:, None] < errors[list(RULES)]).sum().to_numpy()
    return mean


def _foretold(market: Market, rolls: Number, priors: Mapping[str, Prior], known: YesNo) -> dict[str, Number]:
    """Return each rule's rolls from the rolls of one half."""
    values = fit(market, rolls, priors, known).coefficients
    miles, same = (market.features[:, :, market.names.index(name)] for name in ("miles", "same community"))
    children, places = market.children, market.places
    nearest = np.bincount(miles.argmin(axis=1), weights=children, minlength=len(rolls)).astype(float)
    pull = places / np.maximum(miles, NEAR_MILES) ** 2
    return {
        "logit": market.rolls(values),
        "wanted": market.wanted(values),
        "prior": market.rolls(np.array([priors[name].mean for name in market.names])),
        "nearest": nearest,
        "gravity": children @ (pull / pull.sum(axis=1, keepdims=True)),
        "present": _present(miles, same, children, rolls, known),
        "places": places * rolls[known].sum() / places[known].sum(),
    }


def _present(miles: Number, same: Number, children: Number, rolls: Number, known: YesNo) -> Number:
    """Return the rolls of the present pattern's kernel, fitted in turn to the zones and to the rolls that are known."""
    table = np.exp(-miles / SCALE_MILES) * np.where(same > 0, OWN_COMMUNITY, 1.0) + 1e-12
    for _ in range(ROUNDS):
        total = table.sum(axis=0)
        table = table * np.divide(rolls, total, out=np.ones_like(rolls), where=known & (total > 0))[None, :]
        table = table * (children / np.maximum(table.sum(axis=1), 1e-300))[:, None]
    told: Number = table.sum(axis=0)
    return told


def _errors(foretold: Number, rolls: Number, judged: YesNo) -> tuple[float, float]:
    """Return the error in pupils, and the mean error of a school."""
    off = np.abs(foretold - rolls)
    counted = judged & (rolls >= COUNTED)
    return float(off[judged].sum() / rolls[judged].sum()), float((off[counted] / rolls[counted]).mean())

"""Checks: does a plan hold every row, what does it cost, and how much better could any plan be, without a solver."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placeplan.allocate.certificate_needs import group_of_use, need_of_groups
from placeplan.allocate.certificate_partnerships import kept_transfers
from placeplan.allocate.certificate_recount import Journeys, position
from placeplan.allocate.certificate_value import PRICED, KeptRows, Proof, Solution
from placeplan.domain.arrays import Number
from placeplan.principles.principle import Prices

TOLERANCE = 1e-6  # relative: tables have nine decimals, and the solver keeps its rows to 1e-7
EXCESS_OVER_A_MUST = 1000.0  # times all weights, as in the model


@dataclass(frozen=True)
class Check:
    """One thing that was checked. file and rule: what a refusal names.  figure: how far off; passed within tolerance."""

    file: str
    rule: str
    figure: float
    tolerance: float
    worst: str = ""

    @property
    def passed(self) -> bool:
        """Is the figure within its tolerance; an unknown figure is not."""
        return bool(self.figure <= self.tolerance)

    def __str__(self) -> str:
        """Return the sentence an officer reads."""
        where = f" ({self.worst})" if self.worst else ""
        told = f": off by {self.figure:.3g}, allowed {self.tolerance:.3g}" if self.tolerance else ""
        return f"{self.file}: the rule “{self.rule}” {'holds' if self.passed else 'does not hold'}{told}{where}"


@dataclass(frozen=True)
class Recounted:
    """What a solution comes to. point: every column.  losses: one a principle.  over: sum of excesses over a must."""

    point: Number
    losses: tuple[float, ...]
    over: float

    def objective(self, proof: Proof, openings: Number) -> float:
        """Return Σ weight × deviation + cost, constants included."""
        parts = sum(s.weight * s.deviation(loss) for s, loss in zip(proof.scales, self.losses, strict=True))
        total = sum(s.weight for s in proof.scales) or 1.0
        return float(parts + proof.opening_cost @ openings + EXCESS_OVER_A_MUST * total * self.over)


def recounted(proof: Proof, journeys: Journeys, solution: Solution) -> Recounted:
    """Return every column of the model from what is published of a plan: the rest is worked out at its least."""
    model, labels = proof.model, proof.labels
    point = np.zeros(len(model.cost))
    bundle = bundle_of(proof)
    bundles = np.bincount(bundle, weights=solution.stays, minlength=len(labels.bundles))
    groups = need_of_groups(labels)
    need = groups["children"].to_numpy(dtype=float)
    unmet = np.maximum(need - np.bincount(group_of_use(groups, labels), weights=solution.used, minlength=len(need)), 0)
    kept = kept_transfers(journeys, solution.stays)
    rolls = journeys.bands(journeys.rolls(solution.stays))
    of = {
        "stays": solution.stays, "bundles": bundles, "rolls": rolls, "unplaced": solution.unplaced, "openings": solution.openings,
        "kept": kept, "used": solution.used, "unmet": unmet,
    }  # fmt: skip
    for name, values in of.items():
        point[model.columns(name)] = values
    losses, over = [], 0.0
    for scale, price in zip(proof.scales, proof.prices, strict=True):
        loss = price.constant + sum(getattr(price, name) @ of[name] for name in PRICED)
        for k, deviation in enumerate(price.deviations):
            least = deviation.of(rolls, solution.openings, solution.stays)
            loss += deviation.price @ least
            if len(least):
                point[model.columns(f"{scale.key} {k}")] = least
        losses.append(float(loss))
        if not scale.plain and scale.factor > 0:
            point[model.columns(f"{scale.key} deviation")] = scale.deviation(loss)
            excess = 0.0 if np.isnan(scale.must) else max(0.0, scale.u(loss) - scale.must)
            point[model.columns(f"{scale.key} over the must")] = excess
            over += excess
    return Recounted(point, tuple(losses), over)


def bundle_of(proof: Proof) -> np.ndarray:
    """Return the bundle of each stay: the one with the same school, cohort and year groups."""
    labels = proof.labels
    return position(labels.bundles, labels.stays, ["urn", "cohort", "from_nc_year", "to_nc_year"])


def row_checks(model: KeptRows, point: Number, file: str, *, without: tuple[str, ...] = ()) -> Iterator[Check]:
    """Yield one check for each kind of row, with the largest violation relative to what the row adds up, and the bounds."""
    value = model.rows @ point
    size = np.maximum(abs(model.rows) @ abs(point), 1.0)
    over = np.maximum(np.maximum(model.row_lower - value, value - model.row_upper), 0) / size
    for kind, name in enumerate(model.row_names):
        rows = np.flatnonzero(model.row_kind == kind)
        if len(rows) and name not in without:
            yield Check(file, f"rows “{name}” of the model", float(over[rows].max()), TOLERANCE)
    beyond = np.maximum(model.lower - point, point - model.upper) / np.maximum(abs(point), 1.0)
    for name in model.blocks:
        columns = model.columns(name)
        if columns.stop > columns.start and name not in without:
            yield Check(file, f"bounds of “{name}”", float(beyond[columns].max()), TOLERANCE)


def constant_of(proof: Proof) -> Fraction:
    """Return the part of the objective that no column carries, without a rounding."""
    total = Fraction(0)
    for s, p in zip(proof.scales, proof.prices, strict=True):
        if s.plain:
            u = (Fraction(p.constant) - Fraction(s.ideal)) * Fraction(s.factor)
            total += Fraction(s.weight) * (u - Fraction(s.target))
    return total


def cost_of(proof: Proof) -> Number:
    """Return the cost of every column as it follows from prices, scales and weights."""
    cost = np.zeros(len(proof.model.cost))
    total = sum(s.weight for s in proof.scales) or 1.0
    for scale, price in zip(proof.scales, proof.prices, strict=True):
        if scale.plain:
            _add(cost, proof.model, scale.key, price, scale.weight * scale.factor)
        elif scale.factor > 0:
            cost[proof.model.columns(f"{scale.key} deviation")] += scale.weight
            cost[proof.model.columns(f"{scale.key} over the must")] += EXCESS_OVER_A_MUST * total
    cost[proof.model.columns("openings")] += proof.opening_cost
    return cost


def _add(cost: Number, model: KeptRows, key: str, price: Prices, factor: float) -> None:
    """Add one principle's prices."""
    for name in PRICED:
        cost[model.columns(name)] += factor * getattr(price, name)
    for k, deviation in enumerate(price.deviations):
        if len(deviation.price):
            cost[model.columns(f"{key} {k}")] += factor * deviation.price


def gaps(objective: float, bound: float, do_minimum: float) -> tuple[float, float]:
    """Return gap and controllable gap. Source: the model's definition, in the mathematics of the docs."""
    if objective <= 1e-9:
        return 0.0, 0.0
    missing = objective - bound
    return max(0.0, missing / objective), max(0.0, missing / max(do_minimum - objective, 0.01 * objective))

"""The frontier: efficient plans between what the nine principles lose and what a plan costs, with the weights that choose each.

At a weight λ of cost a plan comes to loss + λ · cost: a straight line in λ, and the best plans are the lower envelope of all
lines. Where two neighbours tie the plan is sought once more: either nothing lies below, or a new plan comes between them.
This is the non-inferior set estimation of Cohon, Church and Sheer (Water Resources Research 15(5), 1979).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from placeplan.allocate.allocate import Allocation, allocate
from placeplan.allocate.scales import opening_costs
from placeplan.domain.arrays import Number
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

SPAN = 100.0  # the weight of cost is varied from a hundredth of the scenario's own to a hundred times
ALIKE = 1e-7  # relative: weights and costs nearer than this are one
SHORT = 1e-6  # child-years: dust of the solver


@dataclass(frozen=True)
class Point:
    """A plan as two figures. loss: Σ weight × deviation over the principles.  cost: discounted, as a part of the budget."""

    plan: Plan
    loss: float
    cost: float

    def at(self, weight: float) -> float:
        """Return what the plan comes to at a weight of cost."""
        return self.loss + weight * self.cost


@dataclass(frozen=True)
class Efficient:
    """A plan of the frontier. low, high: weights of cost between which none is better.  bound: of any plan, at `weight`."""

    point: Point
    low: float
    high: float
    bound: float

    @property
    def weight(self) -> float:
        """Return the weight of cost that chooses the plan: the middle of its weights, as ratios count."""
        return middle(self.low, self.high)

    @property
    def gap(self) -> float:
        """Return by how much of its own objective a better plan could beat it at its weight."""
        objective = self.point.at(self.weight)
        return max(0.0, objective - self.bound) / abs(objective) if abs(objective) > ALIKE else 0.0


@dataclass(frozen=True)
class Frontier:
    """plans: dearest first.  bounds: weight of cost → proven lower bound there.  complete: nothing is left to seek.

    own: the scenario's weight of cost.
    """

    plans: tuple[Efficient, ...]
    bounds: dict[float, float]
    complete: bool
    own: float
    do_minimum: Plan
    prices: tuple[Prices, ...]


def frontier(
    network: Network,
    prices: tuple[Prices, ...],
    keys: Sequence[str],
    scenario: Scenario,
    *,
    solves: int = 12,
    progress: Progress = silent,
) -> Frontier:
    """Return the efficient plans. solves: how often the best plan is sought at most, each as long as [solve] says.

    Raises NoPlanInTime and SolverFailed as `allocate` does.
    """
    own = scenario.settings.weights.cost
    unit = opening_costs(network, at_weight(scenario, 1.0))
    ends, found, bounds = (own / SPAN, own * SPAN), dict[bytes, Point](), dict[float, float]()
    last = None
    while (weight := _next(tuple(found.values()), tuple(bounds), ends)) is not None and len(bounds) < solves:
        progress(f"Plan {len(bounds) + 1} of at most {solves}: cost counts {weight:.4g}", len(bounds) / solves)
        last = allocate(network, prices, keys, at_weight(scenario, weight), progress=progress)
        bounds[weight] = last.bound
        for point in _points(last, unit, weight):
            key = np.round(point.plan.openings).tobytes()
            if key not in found or point.loss < found[key].loss:
                found[key] = point
    assert last is not None  # noqa: S101  (solves is at least 1)
    plans = tuple(
        Efficient(point, low, high, bound_at(bounds, middle(low, high)))
        for point, low, high in envelope(tuple(found.values()), *ends)
    )
    return Frontier(plans, bounds, weight is None, own, last.do_minimum, prices)


def middle(low: float, high: float) -> float:
    """Return the weight between two, as ratios count."""
    return float(np.sqrt(low * high))


def at_weight(scenario: Scenario, weight: float) -> Scenario:
    """Return a scenario with another weight of cost, and no proof beyond the solver's."""
    settings = scenario.settings
    changed = {
        "weights": settings.weights.model_copy(update={"cost": weight}),
        "solve": settings.solve.model_copy(update={"proof_share": 0.0}),
    }
    return replace(scenario, settings=settings.model_copy(update=changed))


def envelope(points: Sequence[Point], low: float, high: float) -> tuple[tuple[Point, float, float], ...]:
    """Return the points that some weight between low and high chooses, dearest first, each with its first and last weight.

    Of plans that come to the same the cheaper is taken. None of them is dominated, and without one the others stay.
    """
    left, at, found = list(points), low, list[tuple[Point, float, float]]()
    while left:
        best = min(left, key=lambda p: (p.at(at), p.cost))
        left = [p for p in left if p.cost < best.cost - ALIKE * max(1.0, abs(best.cost)) and p.loss > best.loss]
        ties = [(p.loss - best.loss) / (best.cost - p.cost) for p in left]
        until = max(min([*ties, high]), at)
        if until > at or not left:
            found.append((best, at, until))
        at = until
        if at >= high:
            break
    return tuple(found)


def bound_at(bounds: dict[float, float], weight: float) -> float:
    """Return what bounds at other weights prove at this one: the best objective is concave in the weight."""
    known = sorted(bounds)
    if weight in bounds:
        return bounds[weight]
    pairs = [(a, b) for a in known for b in known if a < weight < b]
    between = [bounds[a] + (weight - a) / (b - a) * (bounds[b] - bounds[a]) for a, b in pairs]
    return max(between, default=-np.inf)


def _next(points: Sequence[Point], sought: Sequence[float], ends: tuple[float, float]) -> float | None:
    """Return the weight to seek a plan at: the ends first, then where neighbours tie, those that differ most first."""
    for end in ends:
        if end not in sought:
            return end
    plans = envelope(points, *ends)
    ties = [(one.cost - other.cost, high) for (one, _, high), (other, _, _) in pairwise(plans)]
    new = [(apart, tie) for apart, tie in ties if not np.isclose(tie, sought, rtol=ALIKE, atol=0).any()]
    return max(new)[1] if new else None


def _points(allocation: Allocation, unit: Number, weight: float) -> list[Point]:
    """Return the plan, those met on the way, and the do-minimum where it leaves no more without a place."""
    model, matrix = allocation.model, allocation.matrix
    plans = [(allocation.plan, allocation.objective)]
    plans += [(model.plan(point), float(matrix.cost @ point) + model.constant) for point in allocation.met]
    if allocation.do_minimum.shortfall(0, 11) <= allocation.limit_on_shortfall + SHORT:
        plans.append((allocation.do_minimum, allocation.do_minimum_objective))
    costs = [float(unit @ np.round(plan.openings)) for plan, _ in plans]
    return [Point(plan, value - weight * cost, cost) for (plan, value), cost in zip(plans, costs, strict=True)]

"""The objective: each principle on its fixed scale, its deviations as rows, its target and its must; and the cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.allocate.problem import Block, TableProblem, identity
from placeplan.domain.arrays import Number
from placeplan.journeys.network import Network
from placeplan.options.money import capital_in_time, revenue_in_time
from placeplan.principles.principle import Deviations, Prices
from placeplan.scenario.scenario import Scenario

NO_LIMIT = np.inf
EXCESS_OVER_A_MUST = 1000.0  # times all weights: a must gives way only where nothing else can


@dataclass(frozen=True)
class Scale:
    """How a principle's loss becomes its part of the objective.

    key, weight, ideal, unacceptable, target, must (NaN: none).  movable: False where the two anchors meet.
    """

    key: str
    weight: float
    ideal: float
    unacceptable: float
    target: float
    must: float

    @property
    def movable(self) -> bool:
        """Can a plan of this scenario influence it at all."""
        return self.unacceptable - self.ideal > 1e-6

    def u(self, loss: float) -> float:
        """Return 0 at the ideal, 1 at the unacceptable."""
        return (loss - self.ideal) / (self.unacceptable - self.ideal) if self.movable else 0.0

    def deviation(self, loss: float) -> float:
        """Return by how much the target is missed."""
        return max(0.0, self.u(loss) - self.target)


def scales(prices: Sequence[Prices], keys: Sequence[str], scenario: Scenario) -> tuple[Scale, ...]:
    """Return the scale of each principle: fixed anchors, computed once, never from a plan."""
    settings = scenario.settings
    found = []
    for key, price in zip(keys, prices, strict=True):
        anchor = settings.anchors.get(key)
        ideal = anchor.ideal if anchor else 0.0
        worst = anchor.unacceptable if anchor and anchor.unacceptable is not None else price.unacceptable
        weight = settings.weight_of(key)
        found.append(Scale(key, weight, ideal, worst, settings.targets.get(key, 0.0), settings.must.get(key, np.nan)))
    return tuple(found)


def add_principles(problem: TableProblem, prices: tuple[Prices, ...], scale: tuple[Scale, ...]) -> float:
    """Add every principle's deviations and its part of the objective; return the constant part."""
    constant = 0.0
    total = sum(s.weight for s in scale) or 1.0
    for price, s in zip(prices, scale, strict=True):
        deviations = _deviations(problem, s.key, price)
        factor = 1 / (s.unacceptable - s.ideal) if s.movable else 0.0
        plain = s.target <= 0 and s.ideal <= 0 and np.isnan(s.must)
        if plain:  # U is never negative here, so the deviation is U itself: no row over all stays is needed
            constant += s.weight * (factor * (price.constant - s.ideal) - s.target)
            _add_costs(problem, price, deviations, s.weight * factor)
        elif s.movable:
            _add_target(problem, price, deviations, s, factor, total)
    return constant


def _deviations(problem: TableProblem, key: str, price: Prices) -> list[tuple[Block, Number]]:
    """Add the deviation columns and rows of one principle."""
    found = []
    for k, d in enumerate(price.deviations):
        count = len(d.constant)
        if not count:
            continue
        most = _most(d, problem)
        block = problem.add_columns(f"{key} {k}", count, upper=most)
        own = (d.earlier - identity(count)).tocsr()
        reads = {} if d.stays is None else {"stays": d.stays}
        parts = {"rolls": d.rolls, "openings": d.openings, **reads, block.name: own}
        problem.add_rows(f"{key} {k}", parts, -NO_LIMIT, -d.constant)
        found.append((block, d.price))
    return found


def _most(d: Deviations, problem: TableProblem) -> Number:
    """Return a finite bound on each deviation, from the bounds of what it reads."""
    upper = {name: problem.upper[problem.blocks[name].columns] for name in ("rolls", "openings")}
    most = d.constant + d.rolls.maximum(0) @ upper["rolls"] + d.openings.maximum(0) @ upper["openings"]
    if d.stays is not None:
        most = most + d.stays.maximum(0) @ problem.upper[problem.blocks["stays"].columns]
    first: Number = np.maximum(most, 0)
    bound: Number = np.maximum(most + d.earlier.maximum(0) @ first, 0) + 1.0
    return bound


def _add_costs(problem: TableProblem, price: Prices, deviations: list[tuple[Block, Number]], factor: float) -> None:
    """Add a principle's prices to the objective."""
    for name, values in _by_block(price):
        problem.cost[problem.blocks[name].columns] += factor * values
    for block, values in deviations:
        problem.cost[block.columns] += factor * values


def _by_block(price: Prices) -> list[tuple[str, Number]]:
    """Return a principle's prices by block of columns."""
    names = ("stays", "bundles", "unplaced", "kept", "used", "unmet")
    return [(name, getattr(price, name)) for name in names]


def _add_target(
    problem: TableProblem, price: Prices, deviations: list[tuple[Block, Number]], s: Scale, factor: float, total: float
) -> None:
    """Add the row U − d ≤ target, and U − excess ≤ must where the scenario says so."""
    parts: dict[str, sparse.csr_matrix] = {
        n: sparse.csr_matrix(factor * v[None, :]) for n, v in _by_block(price) if len(v)
    }
    parts |= {block.name: sparse.csr_matrix(factor * v[None, :]) for block, v in deviations}
    fixed = factor * (price.constant - s.ideal)
    one = sparse.csr_matrix(np.array([[-1.0]]))
    d = problem.add_columns(f"{s.key} deviation", 1, upper=1e6)
    problem.add_rows(f"{s.key} target", parts | {d.name: one}, -NO_LIMIT, s.target - fixed)
    problem.cost[d.columns] += s.weight
    if not np.isnan(s.must):
        excess = problem.add_columns(f"{s.key} over the must", 1, upper=1e6)
        problem.add_rows(f"{s.key} must", parts | {excess.name: one}, -NO_LIMIT, s.must - fixed)
        problem.cost[excess.columns] += EXCESS_OVER_A_MUST * total


def opening_costs(network: Network, scenario: Scenario) -> Number:
    """Return the objective of each opening column: discounted capital and revenue as a part of the whole budget, weighted.

    Each payment is discounted by the year in which it is spent. Revenue counts from the opening to the end of the plan;
    what it saves lowers the cost. The budget is the scenario's own; where it has none, the capital of all options.
    """
    options, budget = network.options, scenario.settings.budget
    whole = whole_budget(network, scenario)
    if not len(options.opening_year) or whole <= 0:
        return np.zeros(len(options.opening_year))
    discount = (1 + budget.discount_rate) ** -np.arange(len(network.years), dtype=float)
    columns = zip(options.opening_decision.tolist(), options.opening_year.tolist(), strict=True)
    opens = ((options.decisions[decision], year) for decision, year in columns)
    spent = np.array(
        [capital_in_time(d.spending, t, discount) + revenue_in_time(d.revenues, t, discount) for d, t in opens]
    )
    cost: Number = scenario.settings.weights.cost * (options.opening().T @ spent) / whole
    return cost


def whole_budget(network: Network, scenario: Scenario) -> float:
    """Return the money against which cost counts: the scenario's budget, else the capital, or revenue, of all options."""
    decisions = network.options.decisions
    capital = sum(d.capital_pounds for d in decisions)
    a_year = sum(abs(d.revenue_pounds_a_year) for d in decisions)
    return float(scenario.settings.budget.total_pounds or capital or a_year)

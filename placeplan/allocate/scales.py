"""Scales: what a principle's loss and an opening's money are worth in the objective, from the scenario alone, never from a plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.journeys.network import Network
from placeplan.options.money import capital_in_time, revenue_in_time
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario


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

    @property
    def factor(self) -> float:
        """What one unit of loss is worth on the scale of U: 0 where the two anchors meet."""
        return 1 / (self.unacceptable - self.ideal) if self.movable else 0.0

    @property
    def plain(self) -> bool:
        """U can't be negative and misses its target by itself, so it is priced without a row of its own."""
        return self.target <= 0 and self.ideal <= 0 and np.isnan(self.must)

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

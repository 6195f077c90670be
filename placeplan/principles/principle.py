"""What all nine principles can do: say their prices to the optimiser, measure a plan, give reasons."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.domain.arrays import Number, YesNo
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.openings import ByOpening
from placeplan.journeys.plan import Plan
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class Deviations:
    """Rows `rolls·roll + stays·x + openings·Y + earlier·deviations + constant − deviation ≤ 0`, each deviation at a price.

    rolls (by school, planned year and band), openings, earlier, stays (None: read none): matrices with one row a
    deviation; earlier is strictly lower triangular.
    constant, price: one a row; prices ≥ 0.  A deviation of a finished plan is max(0, amount).
    """

    rolls: sparse.csr_matrix
    openings: sparse.csr_matrix
    earlier: sparse.csr_matrix
    constant: Number
    price: Number
    stays: sparse.csr_matrix | None = None

    def of(self, rolls: Number, openings: Number, stays: Number) -> Number:
        """Return each deviation of a finished plan, without a solver."""
        amount = self.rolls @ rolls + self.openings @ openings + self.constant
        if self.stays is not None:
            amount = amount + self.stays @ stays
        deviation: Number = np.maximum(amount, 0)
        if self.earlier.nnz:  # nested at most once: the rows that read no others come first
            deviation = np.maximum(amount + self.earlier @ deviation, 0)
        return deviation


@dataclass(frozen=True)
class Prices:
    """What one principle would rather not see; every field in units of its loss.

    stays, bundles, unplaced (a node), kept, used, unmet: a price a unit, arrays of the network's lengths.
    constant: what no plan changes.  deviations: rows with prices.  unacceptable: the loss that scores 0.
    """

    stays: Number
    bundles: Number
    unplaced: Number
    kept: Number
    used: Number
    unmet: Number
    unacceptable: float
    constant: float = 0.0
    deviations: tuple[Deviations, ...] = ()

    def loss(self, plan: Plan) -> float:
        """Return the loss of a finished plan at these prices, worked out without a solver."""
        return self.loss_from(plan, plan.bundles(), plan.bands(), plan.kept())

    def loss_from(self, plan: Plan, bundles: Number, rolls: Number, kept: Number) -> float:
        """Return the loss of a plan whose bundles, rolls by band and kept transfers are worked out already."""
        total = self.constant + self.stays @ plan.stays + self.bundles @ bundles + self.unplaced @ plan.unplaced
        total += self.kept @ kept + self.used @ plan.used + self.unmet @ plan.unmet
        return float(total + sum(d.price @ d.of(rolls, plan.openings, plan.stays) for d in self.deviations))


@dataclass(frozen=True)
class Measure:
    """What people are told: the loss recounted from the plan, and a figure in words' own unit.

    value, unit: the headline.  parts: measure → (value, unit), told apart.  by_zone or by_school: tables, may be empty.
    """

    loss: float
    value: float
    unit: str
    name: str
    parts: dict[str, tuple[float, str]] = field(default_factory=dict)
    table: pd.DataFrame = field(default_factory=pd.DataFrame)


class Principle(ABC):
    """One of the nine."""

    key: str
    title: str
    limits: str  # what can't be measured, in the words to print
    more_is_better: bool = True  # of the headline figure

    @abstractmethod
    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return what the optimiser sees."""

    @abstractmethod
    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return what people are told, from the plan's tables alone."""

    def why(self, before: Measure, after: Measure) -> Iterator[str]:
        """Yield sentences with figures: what the plan changes."""
        yield f"{self.title}: {after.name} goes from {before.value:,.2f} to {after.value:,.2f} ({after.unit})."


def no_prices(network: Network, unacceptable: float) -> Prices:
    """Return prices that are all 0, to be filled in."""
    return Prices(
        np.zeros(len(network.stays.origin)),
        np.zeros(len(network.bundles.school)),
        np.zeros(len(network.nodes.origin)),
        np.zeros(len(network.kept_node)),
        np.zeros(len(network.specialist.area)),
        np.zeros(network.specialist.need.size),
        unacceptable,
    )


def rows(network: Network, rolls: sparse.csr_matrix | None, figures: ByOpening, price: Number | float) -> Deviations:
    """Return deviations of rolls and figures, none of which reads another: rolls + figures − deviation ≤ 0."""
    count = len(figures.constant)
    if rolls is None:
        rolls = sparse.csr_matrix((count, len(network.estate.table) * len(network.years) * len(BANDS)))
    nothing = sparse.csr_matrix((count, count))
    return Deviations(
        rolls,
        figures.matrix,
        nothing,
        figures.constant,
        np.broadcast_to(np.asarray(price, dtype=float), (count,)).copy(),
    )


def some(deviations: Deviations, keep: YesNo) -> Deviations:
    """Return only some rows (none of which reads another)."""
    which = np.flatnonzero(keep)
    nothing = sparse.csr_matrix((len(which), len(which)))
    return Deviations(
        deviations.rolls[which],
        deviations.openings[which],
        nothing,
        deviations.constant[which],
        deviations.price[which],
    )

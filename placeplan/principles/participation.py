"""Participation: places for all at 16 and 17, within reach, in sixth forms that can stand."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening, by_state, nothing, open_by
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices, rows, some
from placeplan.scenario.scenario import Scenario

YEAR_12, YEAR_13 = 12, 13
SIXTH_FORM_BAND = 2
FAR_COUNTS = 0.5
PART_OF_ALL = 0.1


class Participation(Principle):
    """Support the Raising of the Participation Age.

    Loss: student-years without a place at 16 and 17, half of those who travel far (twice the distance and beyond count
    whole), and students missing below 200 in a sixth form that an option opens or changes; a consortium's members count
    as one. Those who go to a college
    keep their present share, an assumption. Proxy: places and distance, not participation.
    """

    key = "participation"
    title = "Raising of the Participation Age"
    limits = "Places within reach, not participation; colleges keep their present share."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price on students who travel far or wait, and rows for small new sixth forms."""
        older = network.nodes.nc >= YEAR_12
        student_years = (network.bundles.on_roll * (network.nc_of() >= YEAR_12)).sum(axis=1)
        price = FAR_COUNTS * self._far(network, scenario) * student_years[network.stays.bundle]
        least = self._least(network, scenario)
        asked = least.constant + np.asarray(abs(least.matrix).sum(axis=1)).ravel() > 0
        relieved = least.plus(self._relief(network, scenario))
        short = rows(network, -network.roll_of(SIXTH_FORM_BAND), relieved, 1.0)
        prices = no_prices(network, max(PART_OF_ALL * network.demand.child_years(YEAR_12, YEAR_13), 1e-9))
        return replace(
            prices,
            stays=price,
            unplaced=older.astype(float),
            deviations=(some(short, asked), *self._pooled(network, scenario)),
        )

    def _far(self, network: Network, scenario: Scenario) -> Number:
        """Return for each stay 0 within the far distance, 1 at twice it; of an area the child-weighted mean over its zones."""
        far = scenario.assume("participation.far")
        by_zone = np.minimum(1, np.maximum(0, network.reach.zone_miles - far) / far)
        result: Number = network.reach.mean(by_zone)[network.stays.origin, network.school_of_stay()]
        return result

    def _near(self, network: Network, scenario: Scenario) -> Number:
        """Return for each stay the share of its students who live within the far distance."""
        near = (network.reach.zone_miles <= scenario.assume("participation.far")).astype(float)
        result: Number = network.reach.mean(near)[network.stays.origin, network.school_of_stay()]
        return result

    def _least(self, network: Network, scenario: Scenario) -> ByOpening:
        """Return school × planned year: students that a sixth form needs where an option opens or changes it."""
        states = network.states
        size = scenario.assume("size.sixth_form")
        taught = states.taught[:, :, YEAR_12:].sum(axis=2)
        today = network.estate.taught[states.school, YEAR_12]
        base_roll = (network.estate.rolls * network.estate.taught)[states.school, YEAR_12:].sum(axis=1)
        new = size * taught / 2
        changed = np.minimum(size, base_roll)[:, None] * (taught > 0)
        by_option = (states.column >= 0)[:, None]
        return by_state(states, network.options, np.where(today[:, None], changed, new) * by_option)

    def _consortia(self, network: Network) -> list[tuple[int, Whole]]:
        """Return the decision of each consortium on offer and the positions of its members."""
        index = network.estate.index()
        return [
            (o.decision, np.array([index[urn] for urn in o.effects.pools_sixth_form if urn in index], dtype=np.int64))
            for o in network.options.options
            if o.effects.pools_sixth_form
        ]

    def _relief(self, network: Network, scenario: Scenario) -> ByOpening:
        """Return school × planned year: what a member of an open consortium need not have by itself."""
        years, count = len(network.years), len(network.estate.table)
        relief = nothing(count * years, network.options)
        for decision, members in self._consortia(network):
            school, year = np.repeat(members, years), np.tile(np.arange(years), len(members))
            open_ = open_by(network.options, np.full(len(school), decision), year)
            size = ByOpening(np.zeros(len(school)), (-scenario.assume("size.sixth_form") * open_).tocsr())
            relief = relief.plus(size.summed(school * years + year, count * years))
        return relief

    def _pooled(self, network: Network, scenario: Scenario) -> tuple[Deviations, ...]:
        """Return one row a consortium and year: students missing below the viable size, all its members together."""
        years, found = len(network.years), []
        for decision, members in self._consortia(network):
            which = (members[:, None] * years + np.arange(years)).ravel()
            roll = network.roll_of(SIXTH_FORM_BAND)[which]
            add = sparse.kron(np.ones((1, len(members))), sparse.identity(years)).tocsr()
            open_ = open_by(network.options, np.full(years, decision), np.arange(years))
            figures = ByOpening(np.zeros(years), (scenario.assume("size.sixth_form") * open_).tocsr())
            found.append(rows(network, -(add @ roll).tocsr(), figures, 1.0))
        return tuple(found)

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of students with a place within the far distance; the loss recounted year by year."""
        network = plan.network
        bundle = network.stays.bundle
        far, within = self._far(network, scenario), self._near(network, scenario)
        unplaced = plan.shortfall(YEAR_12, YEAR_13)
        total, near, weighted = unplaced, 0.0, 0.0
        for t in range(len(network.years)):
            students = plan.stays * network.bundles.on_roll[bundle, t] * (network.nc_of()[bundle, t] >= YEAR_12)
            total += float(students.sum())
            near += float(students @ within)
            weighted += float(students @ far)
        roll = plan.rolls()[:, :, YEAR_12:].sum(axis=2)
        size = scenario.assume("size.sixth_form")
        least = self._least(network, scenario).at(plan.openings).reshape(roll.shape)
        small, pooled = (roll > 0) & (roll < size), 0.0
        opens = plan.opens()
        for decision, members in self._consortia(network):
            open_ = (opens[decision] >= 0) & (np.arange(roll.shape[1]) >= opens[decision])
            together = roll[members].sum(axis=0)
            least[members] -= size * open_
            pooled += float((np.maximum(size - together, 0) * open_).sum())
            small[members] &= ~open_ | (together < size)
        short = float(np.maximum(least - roll, 0).sum()) + pooled
        share = 100 * near / max(total, 1e-9)
        parts = {
            "students with a place within the far distance": (share, "%"),
            "sixth forms under 200 in the last planned year (flagged, not priced)": (
                float(small[:, -1].sum()),
                "schools",
            ),
            "students missing in sixth forms that options open, change or pool": (short, "student-years"),
        }
        return Measure(
            unplaced + FAR_COUNTS * weighted + short,
            share,
            "% of student-years",
            "students with a place in reach",
            parts,
        )

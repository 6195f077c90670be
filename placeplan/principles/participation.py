"""Participation: places for all at 16 and 17, within reach, in sixth forms that can stand."""

from dataclasses import replace

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening, by_state
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Measure, Prices, Principle, no_prices, rows, some
from placeplan.scenario.scenario import Scenario

YEAR_12, YEAR_13 = 12, 13
SIXTH_FORM_BAND = 2
FAR_COUNTS = 0.5
PART_OF_ALL = 0.1


class Participation(Principle):
    """Support the Raising of the Participation Age.

    Loss: student-years without a place at 16 and 17, half of those who travel far (twice the distance and beyond count
    whole), and students missing below 200 in a sixth form that an option opens or changes. Those who go to a college
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
        short = rows(network, -network.roll_of(SIXTH_FORM_BAND), self._least(network, scenario), 1.0)
        asked = short.constant + np.asarray(abs(short.openings).sum(axis=1)).ravel() > 0
        prices = no_prices(network, max(PART_OF_ALL * network.demand.child_years(YEAR_12, YEAR_13), 1e-9))
        return replace(prices, stays=price, unplaced=older.astype(float), deviations=(some(short, asked),))

    def _far(self, network: Network, scenario: Scenario) -> Number:
        """Return for each stay 0 within the far distance, 1 at twice it."""
        far = scenario.assume("participation.far")
        miles = network.reach.miles[network.stays.origin, network.school_of_stay()]
        result: Number = np.minimum(1, np.maximum(0, miles - far) / far)
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

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of students with a place within the far distance; the loss recounted year by year."""
        network = plan.network
        bundle = network.stays.bundle
        far = self._far(network, scenario)
        miles = network.reach.miles[network.stays.origin, network.school_of_stay()]
        unplaced = plan.shortfall(YEAR_12, YEAR_13)
        total, near, weighted = unplaced, 0.0, 0.0
        for t in range(len(network.years)):
            students = plan.stays * network.bundles.on_roll[bundle, t] * (network.nc_of()[bundle, t] >= YEAR_12)
            total += float(students.sum())
            near += float(students @ (miles <= scenario.assume("participation.far")))
            weighted += float(students @ far)
        roll = plan.rolls()[:, :, YEAR_12:].sum(axis=2)
        least = self._least(network, scenario).at(plan.openings).reshape(roll.shape)
        short = float(np.maximum(least - roll, 0).sum())
        small = (roll > 0) & (roll < scenario.assume("size.sixth_form"))
        share = 100 * near / max(total, 1e-9)
        parts = {
            "students with a place within the far distance": (share, "%"),
            "sixth forms under 200 in the last planned year (flagged, not priced)": (
                float(small[:, -1].sum()),
                "schools",
            ),
            "students missing in sixth forms that options open or change": (short, "student-years"),
        }
        return Measure(
            unplaced + FAR_COUNTS * weighted + short,
            share,
            "% of student-years",
            "students with a place in reach",
            parts,
        )

"""Single phase: fewer moves between schools, Reception to nineteen."""

from dataclasses import replace

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.journeys.states import LAST_COMPULSORY
from placeplan.principles.principle import Measure, Prices, Principle, no_prices
from placeplan.scenario.scenario import Scenario

A_YEAR_WITHOUT_A_PLACE = 3.0  # moves: worse than any arrangement, or leaving children out would look good
MOVES_IN_THREE_TIERS = 2.0
YEARS_TO_11 = 12


class SinglePhase(Principle):
    """The ambition to achieve a single phase of education 0–19 and reduce the negative impact of school transfer points.

    Loss: joins after the first from Year 1 to Year 11, less half of the kept transfers by their strength (the wording of
    2015; not in that of 2013), and two moves for each child whose stay an option ends. A join is counted along the
    journey, the year of conversion included; never by pupils in terminal years, who may vanish before they get there.
    Pupils whose school closes into another by an amalgamation move together with it: one stay, no move.
    """

    key = "single_phase"
    more_is_better = False
    title = "A single phase of education"
    limits = "Counts of moves between schools, not the harm that a move does; none before Reception or to a college."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price on each join after the first, on stays that an option ends, less kept transfers."""
        nc = network.nodes.nc
        counted = (nc >= 1) & (nc <= LAST_COMPULSORY)
        node = np.maximum(network.stays.node, 0)
        joins = ((network.stays.node >= 0) & counted[node]).astype(float)
        displaced = scenario.assume("single_phase.displaced") * network.bundles.ended_early(network.states)
        prices = no_prices(
            network, max(MOVES_IN_THREE_TIERS * network.demand.child_years(0, LAST_COMPULSORY) / YEARS_TO_11, 1e-9)
        )
        return replace(
            prices,
            stays=joins,
            bundles=displaced - self._together(network),
            kept=-self._discount(network, scenario),
            unplaced=np.where(nc <= LAST_COMPULSORY, A_YEAR_WITHOUT_A_PLACE, 0.0),
            constant=-float(network.nodes.enters[counted].sum()),
        )

    def _together(self, network: Network) -> Number:
        """Return for each bundle the joins that are no moves: pupils whose school closes into another move with it."""
        counted = network.bundles.last_nc < LAST_COMPULSORY
        joins: Number = network.moved_together() * counted
        return joins

    def _discount(self, network: Network, scenario: Scenario) -> Number:
        """Return what a kept transfer spares, up to Year 11."""
        if not len(network.kept_node):
            return np.zeros(0)
        discount = scenario.assume("single_phase.kept_discount") if scenario.settings.profile == "cbc_2015" else 0.0
        nc = network.nodes.nc[network.kept_node]
        return discount * network.partnerships.strength[network.kept_partnership] * (nc <= LAST_COMPULSORY)

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return mean moves a child from Reception to Year 11, counted along journeys; the loss recounted by node."""
        network = plan.network
        nc = network.nodes.nc
        joins = network.joining() @ plan.stays
        counted = (nc >= 1) & (nc <= LAST_COMPULSORY)
        together = float(plan.bundles() @ self._together(network))
        moves = float((joins - network.nodes.enters)[counted].sum()) - together
        ended = float(plan.bundles() @ network.bundles.ended_early(network.states))
        unplaced = plan.shortfall(0, LAST_COMPULSORY)
        spared = float(plan.kept() @ self._discount(network, scenario))
        loss = moves - spared + scenario.assume("single_phase.displaced") * ended + A_YEAR_WITHOUT_A_PLACE * unplaced
        all_moves = float((joins - network.nodes.enters)[nc >= 1].sum() - plan.bundles() @ network.moved_together())
        children = network.demand.child_years(0, LAST_COMPULSORY)
        mean = moves / max(children / YEARS_TO_11, 1e-9)
        parts = {
            "moves a child, Reception to Year 11": (mean, "moves"),
            "moves a child between schools, Reception to Year 13": (
                all_moves / max(children / YEARS_TO_11, 1e-9),
                "moves",
            ),
            "children whose stay an option ends": (ended, "children"),
            "children who move together into the school that theirs closes into": (together, "children"),
        }
        return Measure(loss, mean, "moves a child", "moves from Reception to Year 11", parts)

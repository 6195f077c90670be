"""Partnership: robust partnerships and learning communities."""

from dataclasses import replace

import numpy as np

from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Measure, Prices, Principle, no_prices
from placeplan.scenario.scenario import Scenario

A_YEAR_WITHOUT_A_PLACE = 2.0  # worse than a transfer outside every partnership


class Partnership(Principle):
    """Robust partnerships and learning communities.

    Loss: transfers (joins after the first), less those that could stay inside a partnership, by its strength. Who came
    from where is not known at a node, so the kept ones are the best case, under feeder priority: told as "at most".
    Pupils whose school closes into another by an amalgamation make no transfer.
    Proxy: declared links, not working ones.
    """

    key = "partnership"
    title = "Partnerships and learning communities"
    limits = "Declared links, not whether they work; kept transfers are the most that feeder priority could give."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price of 1 on each join after the first, less the strength on each kept transfer."""
        prices = no_prices(network, self.unacceptable(network))
        later = network.nodes.nc > 0
        return replace(
            prices,
            stays=((network.stays.node >= 0) & later[np.maximum(network.stays.node, 0)]).astype(float),
            bundles=-network.moved_together(),
            kept=-network.partnerships.strength[network.kept_partnership] if len(network.kept_node) else prices.kept,
            unplaced=np.full(len(network.nodes.origin), A_YEAR_WITHOUT_A_PLACE),
            constant=-float(network.nodes.enters[later].sum()),
        )

    def unacceptable(self, network: Network) -> float:
        """Return the transfers if each year's share in its school's lowest year group stayed as in the base year."""
        estate = network.estate
        rolls = estate.rolls * estate.taught
        lowest = estate.taught & ~np.pad(estate.taught, ((0, 0), (1, 0)))[:, :-1]
        share = (rolls * lowest).sum(axis=0) / np.maximum(rolls.sum(axis=0), 1e-9)
        children = network.demand.wanted.sum(axis=(0, 1))
        return max(float(children[1:] @ share[1:]), 1.0)

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of transfers inside a partnership, at most; the loss recounted node by node."""
        network = plan.network
        joins = network.joining() @ plan.stays
        later = network.nodes.nc > 0
        together = float(plan.bundles() @ network.moved_together())
        transfers = float((joins - network.nodes.enters)[later].sum()) - together
        kept = plan.kept()
        strength = network.partnerships.strength[network.kept_partnership] if len(kept) else np.zeros(0)
        loss = transfers - float(kept @ strength) + A_YEAR_WITHOUT_A_PLACE * float(plan.unplaced.sum())
        share = 100 * float(kept.sum()) / max(float(joins[later].sum()), 1e-9)
        parts = {
            "transfers (joins after the first)": (transfers, "children"),
            "transfers inside a partnership, at most": (float(kept.sum()), "children"),
        }
        return Measure(loss, share, "% of transfers, at most", "transfers inside a partnership", parts)

"""Local: local schools for local children."""

from dataclasses import replace

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.journeys.free_transport import free_transport
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.journeys.reach import LAST_UNDER_8
from placeplan.principles.principle import Measure, Prices, Principle, no_prices
from placeplan.scenario.scenario import Scenario

A_YEAR_WITHOUT_A_PLACE = 2.25  # as far as can be, and outside the community: nothing is gained by leaving children out


class Local(Principle):
    """Local schools for local children: a sense of belonging, and sustainable ways to travel.

    Loss: child-years, each by how far the school lies between half a mile (0) and the walking limit of the child's age
    (1), at most 2; and a quarter for each joining outside the child's community. Proxy: distance, never the mode of
    travel; belonging is only the community of the school.
    """

    key = "local"
    title = "Local schools for local children"
    limits = "Distance within the walking limit, not how children travel; belonging is told by community only."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price on each stay: its years by distance, and its joining."""
        stays, bundles = network.stays, network.bundles
        share = bundles.on_roll[stays.bundle]
        under = network.nc_of()[stays.bundle] <= LAST_UNDER_8
        school = network.school_of_stay()
        near, far = (
            network.reach.excess_under_8[stays.origin, school],
            network.reach.excess_from_8[stays.origin, school],
        )
        price = near * (share * under).sum(axis=1) + far * (share * ~under).sum(axis=1)
        price += scenario.assume("local.outside_community") * self._outside(network)
        prices = no_prices(network, max(network.demand.child_years(), 1.0))
        return replace(prices, stays=price, unplaced=np.full(len(network.nodes.origin), A_YEAR_WITHOUT_A_PLACE))

    def _outside(self, network: Network) -> Number:
        """Return 1 for each joining, from the first planned year on, at a school of another community."""
        community = network.estate.table["community"].to_numpy(dtype=object)
        of_area = np.array(network.communities, dtype=object)
        other = community[network.school_of_stay()] != of_area[network.stays.area]
        outside: Number = (other & (network.stays.node >= 0)).astype(float)
        return outside

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of child-years within the walking limit, each child's by its zone; the loss recounted year by year."""
        network, reach = plan.network, plan.network.reach
        stays, school = network.stays, network.school_of_stay()
        loss, by_age = A_YEAR_WITHOUT_A_PLACE * plan.unplaced.sum(), _waiting(plan)
        for t in range(len(network.years)):
            children = plan.stays * network.bundles.on_roll[stays.bundle, t]
            young = network.nc_of()[stays.bundle, t] <= LAST_UNDER_8
            near, far = reach.excess_under_8[stays.origin, school], reach.excess_from_8[stays.origin, school]
            loss += float(children @ np.where(young, near, far))
            for age, (which, inside) in enumerate(((young, reach.within_under_8), (~young, reach.within_from_8))):
                by_age[age] += [children @ (which * inside[stays.origin, school]), children @ which]
        outside = float(plan.stays @ self._outside(network))
        loss += scenario.assume("local.outside_community") * outside
        within, total = by_age.sum(axis=0)
        share = _per_cent(within, total)
        parts = {
            "child-years within the walking limit": (share, "%"),
            "child-years within the walking limit, Reception to Year 3": (_per_cent(*by_age[0]), "%"),
            "child-years within the walking limit, Year 4 and after": (_per_cent(*by_age[1]), "%"),
            "child-years beyond the walking limit or without a place": (float(total - within), "child-years"),
            "joinings outside the child's community": (outside, "children"),
            **_transport(plan, scenario),
        }
        return Measure(loss, share, "% of child-years", "children within the walking limit", parts)


def _waiting(plan: Plan) -> Number:
    """Return age (Reception to Year 3, later) × two: child-years within the limit, 0, and all child-years without a place."""
    young = plan.network.nodes.nc <= LAST_UNDER_8
    return np.array([[0.0, plan.unplaced[young].sum()], [0.0, plan.unplaced[~young].sum()]])


def _per_cent(part: float, whole: float) -> float:
    """Return part of whole in per cent."""
    return float(100 * part / max(whole, 1e-9))


def _transport(plan: Plan, scenario: Scenario) -> dict[str, tuple[float, str]]:
    """Return who is entitled to free transport, and what it costs at the assumption's price; what isn't known isn't told."""
    told, price = free_transport(plan, scenario), scenario.assume("transport.cost")
    parts = {"child-years entitled to free transport by distance": (told.by_distance, "child-years")}
    if told.low_income is not None:
        parts["further child-years entitled to free transport by low income"] = (told.low_income, "child-years")
    if price > 0:
        parts["cost of free transport in all planned years"] = (price * told.entitled / 1e6, "£ million")
    return parts

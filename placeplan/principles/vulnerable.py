"""Vulnerable: area special schools, and special needs met in mainstream."""

from dataclasses import replace

import numpy as np

from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Measure, Prices, Principle, no_prices, rows
from placeplan.scenario.scenario import Scenario

FAR_COUNTS = 0.9  # a far place is never worse than none


class Vulnerable(Principle):
    """Vulnerable learners in area special schools, and SEN provision in mainstream schools.

    Loss: specialist need not met, places far from home (0.9 at twice the far distance and beyond), and places of
    resourced provision missing against a target share of each area's need. Small numbers: told for the whole area only.
    Proxy: places and distance, not inclusion.
    """

    key = "vulnerable"
    title = "Vulnerable learners"
    limits = "Places and distance, not inclusion; special-school capacity takes no account of complexity."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return prices on need unmet and far, and rows for resourced provision missing."""
        special = network.specialist
        missing = rows(network, None, self._missing(network, scenario), 1.0)
        prices = no_prices(network, max(float(special.need.sum()), 1e-9))
        return replace(
            prices,
            unplaced=np.ones(len(network.nodes.origin)),
            used=FAR_COUNTS * special.penalty,
            unmet=np.ones(special.need.size),
            deviations=(missing,),
        )

    def _missing(self, network: Network, scenario: Scenario) -> ByOpening:
        """Return community × planned year: target places of resourced provision less those in the community."""
        special, years = network.specialist, len(network.years)
        names, of_area = np.unique(np.array(network.communities, dtype=object), return_inverse=True)
        need = np.zeros((len(names), years))
        np.add.at(need, of_area, special.need.sum(axis=1))
        target = scenario.assume("vulnerable.resourced_target") * need
        pools = special.pools
        home = pools["community"].map({name: i for i, name in enumerate(names)}).fillna(-1).to_numpy(dtype=int)
        counted = np.flatnonzero(pools["resourced"].to_numpy(dtype=bool) & (home >= 0))
        row = (counted[:, None] * years + np.arange(years)).ravel()
        group = (home[counted][:, None] * years + np.arange(years)).ravel()
        places = special.places.rows(row).summed(group, len(names) * years)
        return ByOpening(target.ravel() - places.constant, (-places.matrix).tocsr())

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of specialist need met within the far distance."""
        special = plan.network.specialist
        need = float(special.need.sum())
        near = float(plan.used @ special.near)
        missing = float(np.maximum(self._missing(plan.network, scenario).at(plan.openings), 0).sum())
        unmet = float(special.unmet(plan.used).sum())
        far = float(plan.used @ special.penalty)
        share = 100 * near / max(need, 1e-9)
        parts = {
            "specialist need met within the far distance": (share, "%"),
            "specialist need not met": (100 * unmet / max(need, 1e-9), "% of child-years"),
            "mean miles to a specialist place": (
                float(plan.used @ special.miles) / max(float(plan.used.sum()), 1e-9),
                "miles",
            ),
            "resourced provision missing against the target": (missing, "place-years"),
        }
        loss = unmet + FAR_COUNTS * far + missing + float(plan.unplaced.sum())
        return Measure(loss, share, "% of child-years", "specialist need met near home", parts)

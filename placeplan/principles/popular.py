"""Popular: expand popular and successful schools, or link expanding schools with them."""

from dataclasses import replace

import numpy as np

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening, open_by
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices, rows
from placeplan.scenario.scenario import Scenario


class Popular(Principle):
    """Expand local popular and successful schools, or link expanding schools with them.

    Loss: child-years at schools below the highest inspection grade, by how far below; through an open link the partner's
    grade counts. Proxy: the last dated inspection judgement; no attainment. The gate for new places is a rule, not a weight.
    """

    key = "popular"
    title = "Popular and successful schools"
    limits = "The last inspection judgement with its date; not attainment, and not whether parents are satisfied."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price on each bundle by its school's grade, and a deviation where a link could lift it."""
        own, linked, decision = self._quality(network, scenario)
        prices = no_prices(network, max(network.demand.child_years(), 1.0))
        years_in = network.bundles.on_roll.sum(axis=1)
        return replace(
            prices,
            bundles=(1 - linked)[network.bundles.school] * years_in,
            unplaced=np.ones(len(network.nodes.origin)),
            deviations=self._links(network, own, linked, decision),
        )

    def _quality(self, network: Network, scenario: Scenario) -> tuple[Number, Number, Whole]:
        """Return each school's own quality, that of its partner where an offered link lifts it, and the link's decision (−1)."""
        grade = {
            g: scenario.assume(f"quality.{g}")
            for g in ("outstanding", "good", "none", "requires_improvement", "inadequate")
        }
        own: Number = np.array(network.estate.table["ofsted"].map(grade), dtype=np.float64)
        index = network.estate.index()
        of_partner = scenario.schools.set_index("urn")["ofsted"].map(grade)
        linked: Number = own.copy()
        decision: Whole = np.full(len(own), -1, dtype=np.int64)
        for option in network.options.options:
            partner = float(of_partner.get(option.effects.partner, 0.0))
            if option.kind == "link" and option.school in index and partner > linked[index[option.school]]:
                linked[index[option.school]] = partner
                decision[index[option.school]] = option.decision
        return own, linked, decision

    def _links(self, network: Network, own: Number, linked: Number, decision: Whole) -> tuple[Deviations, ...]:
        """Return one row a linkable school and year: children there while the link is not open, at the grade they miss."""
        schools = np.flatnonzero(linked > own)
        if not len(schools):
            return ()
        years = len(network.years)
        school, year = np.repeat(schools, years), np.tile(np.arange(years), len(schools))
        roll = network.roll_of()[school * years + year]
        most = np.asarray(roll @ (network.band_matrix() @ network.bundles.most))
        open_ = open_by(network.options, decision[school], year)
        figures = ByOpening(np.zeros(len(school)), -open_.multiply(most[:, None]).tocsr())
        return (rows(network, roll, figures, (linked - own)[school]),)

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of child-years in good or outstanding schools; the loss recounted school by school."""
        network = plan.network
        own, linked, decision = self._quality(network, scenario)
        rolls = plan.rolls().sum(axis=2)
        opens = plan.opens()
        year = np.arange(rolls.shape[1])
        open_ = (decision[:, None] >= 0) & (opens[decision][:, None] >= 0) & (opens[decision][:, None] <= year)
        quality = np.where(open_, linked[:, None], own[:, None])
        unplaced = float(plan.unplaced.sum())
        loss = float((rolls * (1 - quality)).sum()) + unplaced
        good = np.isin(network.estate.table["ofsted"].to_numpy(dtype=object), ["good", "outstanding"])
        total = float(rolls.sum()) + unplaced
        share = 100 * float(rolls[good].sum()) / max(total, 1e-9)
        linked_years = float((rolls * open_).sum())
        parts = {
            "child-years in good or outstanding schools": (share, "%"),
            "child-years in schools linked with a stronger partner": (linked_years, "child-years"),
        }
        return Measure(loss, share, "% of child-years", "children in good or outstanding schools", parts)

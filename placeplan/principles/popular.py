"""Popular: expand popular and successful schools, or link expanding schools with them."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening, open_by
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices, rows
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class _Links:
    """Links on offer that would lift a school: school, decision and the partner's quality, equal lengths."""

    school: Whole
    decision: Whole
    quality: Number

    def best(self, own: Number) -> Number:
        """Return each school's quality with the best of its links open."""
        best = own.copy()
        np.maximum.at(best, self.school, self.quality)
        return best


class Popular(Principle):
    """Expand local popular and successful schools, or link expanding schools with them.

    Loss: child-years at schools below the highest inspection grade, by how far below; through an open link the partner's
    grade counts. Proxy: the last inspection judgement that the scenario gives, whatever its date; neither attainment nor
    families' first preferences. The gate for new places is a rule, not a weight.
    """

    key = "popular"
    title = "Popular and successful schools"
    limits = "The last inspection judgement, whatever its date; not attainment, not first preferences."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return a price on each bundle by its school's grade, and a deviation where a link could lift it."""
        own, links = self._quality(network, scenario)
        prices = no_prices(network, max(network.demand.child_years(), 1.0))
        years_in = network.bundles.on_roll.sum(axis=1)
        return replace(
            prices,
            bundles=(1 - links.best(own))[network.bundles.school] * years_in,
            unplaced=np.ones(len(network.nodes.origin)),
            deviations=self._links(network, own, links),
        )

    def _quality(self, network: Network, scenario: Scenario) -> tuple[Number, _Links]:
        """Return each school's own quality, and the links on offer with a better partner."""
        grade = {
            g: scenario.assume(f"quality.{g}")
            for g in ("outstanding", "good", "none", "requires_improvement", "inadequate")
        }
        own: Number = np.array(network.estate.table["ofsted"].map(grade), dtype=np.float64)
        index = network.estate.index()
        of_partner = scenario.schools.set_index("urn")["ofsted"].map(grade)
        offered = [
            (index[option.school], option.decision, float(of_partner.get(option.effects.partner, 0.0)))
            for option in network.options.options
            if option.kind == "link" and option.school in index
        ]
        lifting = [link for link in offered if link[2] > own[link[0]]]
        school, decision = (np.array([link[k] for link in lifting], dtype=np.int64) for k in (0, 1))
        return own, _Links(school, decision, np.array([link[2] for link in lifting], dtype=np.float64))

    def _links(self, network: Network, own: Number, links: _Links) -> tuple[Deviations, ...]:
        """Return one row a linkable school, grade on offer and year: children there while no link lifts it so far.

        Each is priced at the step from the grade below, so that a lesser link counts though a better one is on offer.
        """
        if not len(links.school):
            return ()
        years = len(network.years)
        rungs = np.unique(np.stack([links.school, links.quality], axis=1), axis=0)
        school, quality = rungs[:, 0].astype(np.int64), rungs[:, 1]
        begins = np.diff(school, prepend=-1) != 0
        step = quality - np.where(begins, own[school], np.roll(quality, 1))
        reaches = (school[:, None] == links.school) & (links.quality >= quality[:, None])
        all_years = np.tile(np.arange(years), len(links.school))
        open_ = open_by(network.options, np.repeat(links.decision, years), all_years)
        lifted = sparse.kron(sparse.csr_matrix(reaches.astype(float)), sparse.identity(years)).tocsr() @ open_
        roll = network.roll_of()[(school[:, None] * years + np.arange(years)).ravel()]
        most = np.asarray(roll @ (network.band_matrix() @ network.bundles.most))
        figures = ByOpening(np.zeros(len(most)), -lifted.multiply(most[:, None]).tocsr())
        return (rows(network, roll, figures, np.repeat(step, years)),)

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of child-years in good or outstanding schools; the loss recounted school by school."""
        network = plan.network
        own, links = self._quality(network, scenario)
        rolls = plan.rolls().sum(axis=2)
        opens = plan.opens()[links.decision]
        open_ = (opens[:, None] >= 0) & (opens[:, None] <= np.arange(rolls.shape[1]))
        quality = np.repeat(own[:, None], rolls.shape[1], axis=1)
        np.maximum.at(quality, links.school, np.where(open_, links.quality[:, None], 0.0))
        unplaced = float(plan.unplaced.sum())
        loss = float((rolls * (1 - quality)).sum()) + unplaced
        grade = network.estate.table["ofsted"].to_numpy(dtype=object)
        good = np.isin(grade, ["good", "outstanding"])
        total = float(rolls.sum()) + unplaced
        share = 100 * float(rolls[good].sum()) / max(total, 1e-9)
        linked_years = float((rolls * (quality > own[:, None])).sum())
        parts = {
            "child-years in good or outstanding schools": (share, "%"),
            "child-years in schools linked with a stronger partner": (linked_years, "child-years"),
            **_of_new_places(_new_places(plan), good, grade == "none"),
        }
        return Measure(loss, share, "% of child-years", "children in good or outstanding schools", parts)


def _new_places(plan: Plan) -> Number:
    """Return for each school the places that the plan adds, summed over planned years and year groups.

    A year group that a school comes to teach counts whole; places that go elsewhere take nothing off.
    """
    places, nothing = plan.network.places.by_year_group, np.zeros(len(plan.openings))
    today, planned = (np.maximum(places.at(openings), 0) for openings in (nothing, plan.openings))
    added: Number = np.maximum(planned - today, 0).reshape(len(plan.network.estate.table), -1).sum(axis=1)
    return added


def _of_new_places(added: Number, good: YesNo, not_inspected: YesNo) -> dict[str, tuple[float, str]]:
    """Return how many new places there are, and the shares of them by the grade of their school; 0 where there are none."""
    total = float(added.sum())
    shares = {"good or outstanding schools": good, "schools not yet inspected": not_inspected}
    told = {
        f"new places in {where}": (100 * float(added[which].sum()) / max(total, 1e-9), "%")
        for where, which in shares.items()
    }
    return {"new places": (total, "place-years")} | told

"""Families: what families themselves would choose, weighed beside the nine where a scenario asks for it."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.plan import Plan
from placeplan.journeys.segments import MOST_LOST, Favourites, favourites
from placeplan.journeys.taste import taste_at
from placeplan.principles.principle import Deviations, Measure, Prices, Principle, no_prices
from placeplan.scenario.scenario import Scenario

RECEPTION = 0


class Families(Principle):
    """Families choose: first choices at Reception, as a logit fitted to the present pattern tells them.

    None of the nine of the policy: it counts only where the scenario gives [families] a weight. Loss: children who enter
    Reception at another school than their first choice, each by the miles that the family would travel rather than go to
    its second choice, at most three. Proxy: tastes simulated from rolls and distances, not asked of anybody.
    """

    key = "families"
    title = "Families' first choices"
    limits = "Simulated from rolls, distances and first preferences; what families want beyond that isn't known."

    def prices(self, network: Network, scenario: Scenario) -> Prices:
        """Return one row a zone, school and year: children whose first choice it is less those who begin there."""
        wanted = _favourites(network, scenario)
        rows = len(wanted.lost)
        nothing = sparse.csr_matrix((rows, len(network.estate.table) * len(network.years) * len(BANDS)))
        deviations = Deviations(
            nothing, wanted.children.matrix, sparse.csr_matrix((rows, rows)), wanted.children.constant, wanted.lost,
            -_beginning(network, wanted),
        )  # fmt: skip
        worst = float(wanted.lost @ wanted.children.constant)
        unplaced = np.where(network.nodes.nc == RECEPTION, MOST_LOST, 0.0)
        return replace(no_prices(network, max(worst, 1.0)), unplaced=unplaced, deviations=(deviations,))

    def measure(self, plan: Plan, scenario: Scenario) -> Measure:
        """Return the share of children who can begin at their first choice; the loss recounted school by school."""
        network = plan.network
        wanted = _favourites(network, scenario)
        shape = (len(network.zones), len(network.estate.table), len(network.years))
        begin, want, lost = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        stays = network.stays
        first = np.flatnonzero((stays.node >= 0) & (stays.origin < len(network.zones)))
        cell = (stays.origin[first], network.school_of_stay()[first], network.nodes.year[stays.node[first]])
        np.add.at(begin, cell, plan.stays[first])
        here = (wanted.zone, wanted.school, wanted.year)
        want[here], lost[here] = np.maximum(wanted.children.at(plan.openings), 0), wanted.lost
        waiting = float(plan.unplaced[network.nodes.nc == RECEPTION].sum())
        loss = float((np.maximum(want - begin, 0) * lost).sum()) + MOST_LOST * waiting
        entering = float(network.demand.entry.sum())
        met = float(np.minimum(want, begin).sum())
        parts = {
            "children who can begin Reception at their first choice, at most": (100 * met / max(entering, 1e-9), "%"),
            "children who begin Reception elsewhere": (entering - met, "children"),
        }
        value = 100 * met / max(entering, 1e-9)
        return Measure(loss, value, "% of children", "children at their first choice at Reception, at most", parts)


def _favourites(network: Network, scenario: Scenario) -> Favourites:
    """Return who wants which school most at Reception."""
    settings = scenario.settings
    taste = taste_at(network, scenario, RECEPTION)
    return favourites(network, taste, settings.families.segments, settings.solve.seed)


def _beginning(network: Network, wanted: Favourites) -> sparse.csr_matrix:
    """Return (zone, school and year of a favourite) × stay: 1 where the stay begins Reception there."""
    stays, years = network.stays, len(network.years)
    row_of: Whole = np.full((len(network.zones), len(network.estate.table), years), -1)
    row_of[wanted.zone, wanted.school, wanted.year] = np.arange(len(wanted.lost))
    first = np.flatnonzero((stays.node >= 0) & (stays.origin < len(network.zones)))
    row = row_of[stays.origin[first], network.school_of_stay()[first], network.nodes.year[stays.node[first]]]
    some = row >= 0
    ones: Number = np.ones(int(some.sum()))
    return sparse.csr_matrix((ones, (row[some], first[some])), shape=(len(wanted.lost), len(stays.origin)))

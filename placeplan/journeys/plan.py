"""A plan: a network with children on it, and what opens when. It knows no solver."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.network import Network
from placeplan.options.option import GROUPS


@dataclass(frozen=True)
class Plan:
    """What a plan says.

    stays: children on each stay, counted at joining.  unplaced: children without a place, one a node.
    openings: 0 or 1, one an opening column (1: open by that year).  used: specialist places used, one a use.
    unmet: children whose specialist need is not met, (area, group of needs and ages, year) flat.
    """

    network: Network
    stays: Number
    unplaced: Number
    openings: Number
    used: Number
    unmet: Number

    def bundles(self) -> Number:
        """Return the children of each bundle, counted at joining."""
        count = len(self.network.bundles.school)
        children: Number = np.bincount(self.network.stays.bundle, weights=self.stays, minlength=count).astype(float)
        return children

    def rolls(self) -> Number:
        """Return school × planned year × NC year: pupils on roll."""
        rolls: Number = self.network.roll_matrix() @ self.bundles()
        return rolls.reshape(len(self.network.estate.table), len(self.network.years), GROUPS)

    def bands(self) -> Number:
        """Return pupils on roll by (school, planned year, band), flat."""
        rolls: Number = self.network.band_matrix() @ self.bundles()
        return rolls

    def kept(self) -> Number:
        """Return the transfers kept inside a partnership, one a kept pair: at most, since who came from where isn't known.

        The lesser of who leaves and who joins inside it; together no more than all who leave or join, the strongest
        partnership first.
        """
        leaves_of, joins_of = self.network.kept_bounds()
        bound = np.minimum(leaves_of @ self.stays, joins_of @ self.stays)
        at_node = self.network.kept_node
        leaves, joins = self.network.transfers()
        left = np.minimum(leaves @ self.stays, joins @ self.stays)
        kept = np.zeros(len(bound))
        for partnership in np.unique(self.network.kept_partnership):
            rows = np.flatnonzero(self.network.kept_partnership == partnership)
            kept[rows] = np.minimum(bound[rows], left[at_node[rows]])
            left[at_node[rows]] -= kept[rows]
        return kept

    def opens(self) -> Whole:
        """Return for each decision the planned year in which it opens, −1 where it doesn't."""
        options = self.network.options
        opens = np.full(len(options.decisions), -1, dtype=np.int64)
        for column in np.flatnonzero(self.openings > 0.5)[::-1]:
            opens[options.opening_decision[column]] = options.opening_year[column]
        return opens

    def states(self) -> Whole:
        """Return for each school the state that it is in (its row among the states)."""
        states = self.network.states
        held = self.network.options.opening() @ self.openings
        today = np.flatnonzero(states.column < 0)
        state = np.empty(len(today), dtype=np.int64)
        state[states.school[today]] = today
        for row in np.flatnonzero(states.column >= 0):
            if held[states.column[row]] > 0.5:
                state[states.school[row]] = row
        return state

    def shortfall(self, first: int = 0, last: int = GROUPS - 1) -> float:
        """Return the child-years without a place, from one NC year to another."""
        nc = self.network.nodes.nc
        return float(self.unplaced[(nc >= first) & (nc <= last)].sum())

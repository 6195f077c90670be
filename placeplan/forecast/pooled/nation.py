"""Nation: what happens to year groups everywhere, with the years of a shock told from ordinary ones."""

from dataclasses import dataclass, replace

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.panel import TO_RECEPTION, Panel

SHOCK = 4.0  # times the usual jump of earlier years: the census of January 2021 stood at 5.4, no other above 3.5
ENOUGH_JUMPS = 5  # before that nobody knows what is usual
FADES = 0.9  # a year: what of the last ordinary year's departure from the long mean is left a year later


@dataclass(frozen=True)
class Nation:
    """Sums over the authorities of a panel. Years as there.

    first, pupils: census year × NC year.  first_birth, births: year.  london: share of the authorities in London.
    """

    first: int
    pupils: Number
    first_birth: int
    births: Number
    london: float

    @property
    def last(self) -> int:
        """Return the year of the last census."""
        return self.first + len(self.pupils) - 1

    def until(self, origin: int) -> "Nation":
        """Return what was known in an origin's summer."""
        censuses, births = max(origin - self.first + 1, 0), max(origin - self.first_birth + 1, 0)
        return replace(self, pupils=self.pupils[:censuses], births=self.births[:births])

    def to(self, year: int) -> "Nation":
        """Return the nation as far as a year: cut, or carried on as `ahead` expects where its census isn't known yet."""
        if year <= self.last:
            return self.until(year)
        moves, reception = self.ahead(year - self.last)
        pupils = list(self.pupils)
        for ahead, move in enumerate(moves):
            entering = self.born(self.last + ahead + 1 - TO_RECEPTION) * np.exp(reception)
            pupils.append(np.append(entering, pupils[-1][:-1] * np.exp(move)))
        return replace(self, pupils=np.array(pupils))

    def born(self, year: int) -> float:
        """Return births of a year; beyond the last known year, those of the last; NaN before the first."""
        at = min(year - self.first_birth, len(self.births) - 1)
        return float(self.births[at]) if at >= 0 else np.nan

    def survival(self) -> Number:
        """Return ln of each year group to the one below a year before: year (from the second census) × NC year − 1."""
        grown: Number = np.log(self.pupils[1:, 1:] / self.pupils[:-1, :-1])
        return grown

    def reception(self) -> Number:
        """Return ln of Reception to births four years before, by census year."""
        born = np.array([self.born(self.first + i - TO_RECEPTION) for i in range(len(self.pupils))])
        ratio: Number = np.log(self.pupils[:, 0] / born)
        return ratio

    def shocks(self) -> tuple[int, ...]:
        """Return the years in which a part jumped from the last ordinary year by more than SHOCK usual jumps.

        Parts: mean survival of primary and of secondary moves, the move to Year 7, Reception to births. A slow trend is
        no shock: what counts is the jump, against the root mean square of the jumps before it (a shock that has
        happened is one of them from then on). Nothing later is looked at.
        """
        moves = self.survival()
        parts = np.stack(
            [moves[:, :6].mean(axis=1), moves[:, 7:].mean(axis=1), moves[:, 6], self.reception()[1:]], axis=1
        )
        found: list[int] = []
        jumps: list[Number] = []
        ordinary = parts[0]
        for i, part in enumerate(parts[1:], start=1):
            jump = part - ordinary
            if len(jumps) >= ENOUGH_JUMPS and (np.abs(jump) > SHOCK * np.sqrt(np.square(jumps).mean(axis=0))).any():
                found.append(self.first + 1 + i)
            else:
                ordinary = part
            jumps.append(jump)
        return tuple(found)

    def ahead(self, horizon: int) -> tuple[Number, float]:
        """Return ln survival for each year ahead (horizon × NC year − 1), and ln of Reception to births.

        Survival: that of the last ordinary year, fading to the mean of all ordinary years; Reception: their mean.
        """
        shocks, years = self.shocks(), np.arange(self.first + 1, self.last + 1)
        ordinary = ~np.isin(years, shocks)
        moves = self.survival()
        mean, last = moves[ordinary].mean(axis=0), int(np.flatnonzero(ordinary)[-1])
        since = np.arange(1, horizon + 1) + len(years) - 1 - last
        reception = self.reception()[np.append(True, ordinary)]
        return mean + (moves[last] - mean) * FADES ** since[:, None], float(reception[~np.isnan(reception)].mean())


def nation_of(panel: Panel) -> Nation:
    """Return the sums of a panel in which every roll and birth is known."""
    return Nation(
        panel.first, panel.rolls.sum(axis=0), panel.first_birth, panel.births.sum(axis=0), float(panel.london.mean())
    )

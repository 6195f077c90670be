"""Demand: who enters Reception, who stays from year to year, and who joins on the way."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number, Whole
from placeplan.forecast.value import Forecast
from placeplan.options.option import GROUPS

HARDLY_ANY = 1e-3  # a share that goes on below this is taken as none: those who are there count as joiners
DUST = (
    1e-6  # children: fewer joiners than this are rounding; as a demand of 5e-8 they made HiGHS call a model infeasible
)


@dataclass(frozen=True)
class Demand:
    """Children whom the plan must place.

    entry: zone × planned year, who reach Reception.  retention: planned year × NC year, share of a year group that goes
    on into it (at most 1; Reception's is 1).  joiners: area × planned year × NC year (Reception 0), who come new.
    children: area × planned year × NC year, all of them as the plan carries them.  wanted: the forecast itself, likewise.
    """

    entry: Number
    retention: Number
    joiners: Number
    children: Number
    wanted: Number

    def child_years(self, first: int = 0, last: int = GROUPS - 1) -> float:
        """Return the children of all planned years, from one NC year to another."""
        return float(self.children[:, :, first : last + 1].sum())

    def survival(self) -> Number:
        """Return joining year (base year first) × NC year × planned year: the share of joiners still there."""
        years = self.retention.shape[0]
        share = np.zeros((years + 1, GROUPS, years))
        for joined in range(-1, years):
            for t in range(max(joined, 0), years):
                steps = t - joined
                n = np.arange(GROUPS - steps) if steps < GROUPS else np.arange(0)
                before = np.ones(len(n)) if steps == 0 or (joined < 0 and steps == 1) else share[joined + 1, n, t - 1]
                share[joined + 1, n, t] = before * (self.retention[t, n + steps] if steps else 1.0)
        return share


def demand(forecast: Forecast, area_of_zone: Whole, on_roll: Number) -> Demand:
    """Return entry, retention and joiners that carry the pupils on roll and the forecast.

    on_roll: area × NC year, pupils in the base year.  Retention is the authority's own ratio, at most 1, so that
    net loss lies in it and joiners are never negative; an area that loses more keeps the rest (told as excess).
    Figures that are mere rounding are left out: the solver's own tolerances are coarser.
    """
    areas = int(area_of_zone.max()) + 1
    years = len(forecast.years)
    wanted = np.zeros((areas, years, GROUPS))
    np.add.at(wanted, area_of_zone, forecast.central)
    totals = np.vstack([forecast.base.sum(axis=0)[None], forecast.central.sum(axis=0)])
    retention = np.ones((years, GROUPS))
    below = totals[:-1, :-1]
    retention[:, 1:] = np.minimum(np.divide(totals[1:, 1:], below, out=np.ones_like(below), where=below > 0), 1.0)
    retention[retention < HARDLY_ANY] = 0.0
    joiners, children = np.zeros_like(wanted), wanted.copy()
    before = on_roll
    for t in range(years):
        stayed = before[:, :-1] * retention[t, 1:]
        new = wanted[:, t, 1:] - stayed
        joiners[:, t, 1:] = np.where(new > DUST, new, 0.0)
        children[:, t, 1:] = stayed + joiners[:, t, 1:]
        before = children[:, t]
    return Demand(forecast.central[:, :, 0].copy(), retention, joiners, children, wanted)

"""Project: rolls of authorities by year group, years ahead, from what is everywhere, what is theirs and how that drifts."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.drift import Drift, corrections, learn
from placeplan.forecast.pooled.nation import Nation, nation_of
from placeplan.forecast.pooled.panel import GROUPS, TO_RECEPTION, Panel
from placeplan.forecast.pooled.parts import PRIMARY, SECONDARY, TO_YEAR_7, levels, parts_of


@dataclass(frozen=True)
class Ratios:
    """What an authority's year groups will do. survival: authority × year ahead × NC year − 1.

    reception: authority × year ahead, Reception for one birth four years before.
    """

    survival: Number
    reception: Number


def ratios(panel: Panel, nation: Nation, drift: Drift, horizon: int) -> Ratios:
    """Return survival ratios and Reception to births for each year ahead of a panel's last census.

    Each is exp(the nation's + the authority's level + its drift); a part of which nothing is known is the nation's.
    """
    nation = nation.to(panel.last)
    parts = parts_of(panel, nation)
    at, moved = levels(parts, panel.last), corrections(parts, drift, horizon)
    everywhere, reception = nation.ahead(horizon)
    logs = np.repeat(parts.own()[:, None, :], horizon, axis=1) + everywhere
    logs[:, :, PRIMARY] += (at["primary"][:, None] + moved["primary"])[:, :, None]
    logs[:, :, SECONDARY] += (at["secondary"][:, None] + moved["secondary"])[:, :, None]
    logs[:, :, TO_YEAR_7] += at["transfer"][:, None] + moved["transfer"]
    entering = at["reception"][:, None] + moved["reception"] + reception
    return Ratios(np.exp(logs), np.exp(entering))


def projected(panel: Panel, found: Ratios) -> Number:
    """Return authority × year ahead × NC year: rolls moved on year by year, births held beyond the last known."""
    before, years = panel.rolls[:, -1], []
    for ahead in range(found.reception.shape[1]):
        rolls = np.empty((len(panel.names), GROUPS))
        rolls[:, 1:] = before[:, :-1] * found.survival[:, ahead]
        rolls[:, 0] = panel.born(panel.last + ahead + 1 - TO_RECEPTION) * found.reception[:, ahead]
        years.append(rolls)
        before = rolls
    return np.stack(years, axis=1)


def from_others(target: Panel, others: Panel, horizon: int) -> Number:
    """Forecast authorities with the nation and the drift learned from others alone; both panels to the same origin."""
    nation = nation_of(others)
    return projected(target, ratios(target, nation, learn(parts_of(others, nation)), horizon))

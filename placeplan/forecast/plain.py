"""Plain cohort survival: what most authorities do, and what every other method must better."""

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.panel import TO_RECEPTION, Panel

WEIGHTS = np.array([1.0, 2.0, 3.0]) / 6  # oldest first


def plain_survival(panel: Panel, horizon: int) -> Number:
    """Return authority × year ahead × NC year from the last three ratios, weighted 1 : 2 : 3, the newest most.

    Reception is births in the year to the middle of the summer four years before × the last three such ratios, weighted
    alike; births after the origin's are held. Needs four censuses.
    Source: Department for Education, School Capacity survey guide (cohort survival as councils describe it).
    """
    rolls, born = panel.rolls, panel.born_before()
    moves = rolls[:, -3:, 1:] / rolls[:, -4:-1, :-1]
    survival = np.tensordot(moves, WEIGHTS, axes=(1, 0))
    reception = (rolls[:, -3:, 0] / born[:, -3:]) @ WEIGHTS
    before, years = rolls[:, -1], []
    for ahead in range(1, horizon + 1):
        entering = panel.born(panel.last + ahead - TO_RECEPTION) * reception
        before = np.concatenate([entering[:, None], before[:, :-1] * survival], axis=1)
        years.append(before)
    return np.stack(years, axis=1)

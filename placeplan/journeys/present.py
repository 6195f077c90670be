"""Who goes where today: children by area and rolls by school, fitted to both since few authorities have the table."""

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.options.option import GROUPS

SCALE_MILES = 1.5  # how fast attendance falls with distance; only a starting table, both margins correct it
OWN_COMMUNITY = 4.0  # a school of the child's own community is this much likelier
SMALL_SHARE = 0.03  # areas that send less than this share of a school's year group are left to the larger ones
ROUNDS = 60


def present_pattern(children: Number, rolls: Number, miles: Number, same_community: Number) -> Number:
    """Return area × school × NC year: pupils on roll in the base year by the area where they live. Fitted, not known.

    children: area × NC year.  rolls: school × NC year.  miles, same_community: area × school.
    Iterative proportional fitting; each school's roll is met exactly, each area's number as nearly as the rest allows.
    Source of the method: Deming and Stephan, Annals of Mathematical Statistics 11 (1940).
    """
    start = np.exp(-miles / SCALE_MILES) * np.where(same_community > 0, OWN_COMMUNITY, 1.0) + 1e-12
    pattern = np.zeros((*miles.shape, GROUPS))
    for nc in range(GROUPS):
        if rolls[:, nc].sum() > 0:
            pattern[:, :, nc] = _fit(start, children[:, nc], rolls[:, nc])
    return pattern


def _fit(start: Number, of_area: Number, of_school: Number) -> Number:
    """Return a table with the two margins: first on all pairs, then on those that matter."""
    wanted = of_area * (of_school.sum() / max(of_area.sum(), 1e-9))
    table = _rounds(start * (of_school > 0), wanted, of_school)
    share = table / np.maximum(of_school, 1e-9)
    largest = share.max(axis=0, keepdims=True)
    kept = (share >= np.minimum(SMALL_SHARE, largest)) & (of_school > 0)
    return _rounds(table * kept, wanted, of_school)


def _rounds(table: Number, of_area: Number, of_school: Number) -> Number:
    """Return the table scaled to areas and schools in turn, the schools last."""
    for _ in range(ROUNDS):
        total = table.sum(axis=1)
        table = table * np.divide(of_area, total, out=np.zeros_like(total), where=total > 0)[:, None]
        total = table.sum(axis=0)
        lost = (total <= 0) & (of_school > 0)
        if lost.any():
            table[:, lost] = 1e-6
            total = table.sum(axis=0)
        table = table * np.divide(of_school, total, out=np.zeros_like(total), where=total > 0)[None, :]
    return table

"""Moves within: children who move into a new home from another part of the authority leave that part."""

import numpy as np

from placeplan.domain.arrays import Number


def left_behind(moved: Number, organic: Number) -> Number:
    """Return how many children each zone loses to new homes within the authority: … × zone × year × NC year.

    moved: … × year × NC year, children of all new homes who only moved within the authority.
    organic: … × zone × year × NC year, the forecast without new homes.
    Where they come from isn't known, so every zone gives in proportion to its children of that year group, that of the
    new homes too (some move round the corner). The sum over zones is `moved`, unless there are fewer children than that:
    then all leave and no zone turns negative. Taken from `organic`, with all pupils of the new homes added, the children
    of the authority grow by those who come from outside it, and no more.

    >>> left_behind(np.array([[6.0]]), np.array([[[10.0]], [[20.0]]])).ravel().tolist()
    [2.0, 4.0]
    """
    left: Number = organic * share_that_moved(moved, organic.sum(axis=-3))[..., None, :, :]
    return left


def share_that_moved(moved: Number, whole: Number) -> Number:
    """Return the part of all children who move into new homes within the authority, at most 1; 0 where there are none."""
    share: Number = np.divide(np.minimum(moved, whole), whole, out=np.zeros_like(whole), where=whole > 0)
    return share

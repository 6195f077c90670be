"""Reconcile: zones sum to the authority's own forecast, in every year and year group, to the last digit."""

import numpy as np

from placeplan.domain.arrays import Number, Single

GRAIN = 2.0**-32  # children: on this grid sums are exact in any order, and every total up to a million fits


def on_the_grid(children: Number) -> Number:
    """Return numbers of children rounded to the grid, so that parts add up exactly whoever adds them."""
    gridded: Number = np.array(children, dtype=float)
    put_on_the_grid(gridded)
    return gridded


def put_on_the_grid(children: Number | Single) -> None:
    """Round numbers of children to the grid where they stand. In single precision only those below 0.002 can change."""
    children *= 1 / GRAIN  # a power of two: exact
    np.rint(children, out=children)
    children *= GRAIN


def shared_out(total: Number, weights: Number) -> Number:
    """Share a total among zones in proportion to their weights, on the grid.

    total: children, any axes.  weights: zone × the same axes, at least 0, scale free.
    Returns zone × the same axes; the sum over zones is the total exactly (the largest zone takes what rounding leaves).
    Where every weight is 0 nothing can be shared, and the zones hold 0.

    >>> shared_out(np.array([30.0]), np.array([[1.0], [2.0]])).ravel().tolist()
    [10.0, 20.0]
    """
    whole = weights.sum(axis=0)
    shares = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
    parts = on_the_grid(shares * total)
    left = np.where(whole > 0, on_the_grid(total) - parts.sum(axis=0), 0.0)
    largest = np.expand_dims(parts.argmax(axis=0), 0)
    np.put_along_axis(parts, largest, np.take_along_axis(parts, largest, axis=0) + left, axis=0)
    return parts


def whole_numbers(children: Number) -> Number:
    """Round to whole children so that the sum over the first axis is the rounded total (largest remainders).

    children: area × any axes.  No cell moves by 1 or more.

    >>> whole_numbers(np.array([[0.5], [0.5], [1.2]])).ravel().tolist()
    [1.0, 0.0, 1.0]
    """
    floor = np.floor(children)
    wanted = np.round(children.sum(axis=0)) - floor.sum(axis=0)
    rank = np.argsort(np.argsort(floor - children, axis=0, kind="stable"), axis=0, kind="stable")
    rounded: Number = floor + (rank < wanted)
    return rounded

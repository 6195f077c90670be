"""Duals: what any vector of row duals proves by weak duality over the variables' boxes. Recomputed by `verify`."""

from dataclasses import dataclass

import numpy as np

from placeplan.allocate.problem import Matrix
from placeplan.domain.arrays import Number, YesNo


@dataclass(frozen=True)
class Cut:
    """A value that is at least constant + slope · openings, whatever the openings. duals: of the rows, by which it is proven."""

    constant: float
    slope: Number
    duals: Number | None = None

    def at(self, openings: Number) -> float:
        """Return what it says of some openings."""
        return self.constant + float(self.slope @ openings)


def bound_from_duals(matrix: Matrix, row_duals: Number) -> float:
    """Return the lower bound that row duals prove. Source: LP duality."""
    rows, reduced = _priced(matrix, row_duals, matrix.cost)
    return rows + _least(matrix, reduced, np.ones(len(reduced), dtype=bool))


def cut_from_duals(matrix: Matrix, row_duals: Number, cost: Number) -> Cut:
    """Return what row duals prove of the least cost at any openings.

    With no cost at all and a ray of an infeasible problem: a cut above 0 where openings can't stand. Source: Benders (1962).
    """
    rows, reduced = _priced(matrix, row_duals, cost)
    return Cut(rows + _least(matrix, reduced, ~matrix.integer), reduced[matrix.integer], row_duals)


def _priced(matrix: Matrix, row_duals: Number, cost: Number) -> tuple[float, Number]:
    """Return Σ dual · side, and the reduced costs; duals of a wrong sign against an infinite side are set to 0."""
    y = np.where(np.isinf(matrix.row_lower), np.minimum(row_duals, 0), row_duals)
    y = np.where(np.isinf(matrix.row_upper), np.maximum(y, 0), y)
    sides = np.where(y > 0, matrix.row_lower, matrix.row_upper)
    return float(y @ np.where(y == 0, 0.0, sides)), cost - matrix.rows.T @ y


def _least(matrix: Matrix, reduced: Number, which: YesNo) -> float:
    """Return the least of reduced · z over the boxes of some columns."""
    at = np.where(reduced > 0, matrix.lower, matrix.upper)
    return float((reduced * np.where(reduced == 0, 0.0, at))[which].sum())

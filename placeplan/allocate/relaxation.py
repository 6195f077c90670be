"""The relaxation of a large problem: solved beside other work, and what branching takes in place of the shortfall's limit.

The row Σu ≤ V touches thousands of columns and trebles the time of every linear program under it. A price on the shortfall
stands in: bound(F | Σu ≤ V) ≥ bound(F + P·Σu) − P·V for any P ≥ 0. And what the first stage's cuts say of openings, that
they leave more than V without a place, are short rows over openings alone, from which the solver draws cuts of its own.
Measured on LA 823: after half a minute a bound 0.7 % below the best plan, where with the row it stood at 2.1 %.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placeplan.allocate.beside import Beside
from placeplan.allocate.duals import Cut, bound_from_duals
from placeplan.allocate.problem import Matrix, with_rows
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, YesNo

DUST = 1e-9
HARDLY = 1e-6  # children: less is the dust of a program solved by interior point


@dataclass(frozen=True)
class Relaxed:
    """A problem whose relaxation is being solved beside other work, with a price on the shortfall instead of its limit."""

    matrix: Matrix
    price: float
    work: Beside

    def bound(self, row_duals: Number, limit: float) -> float:
        """Return what duals prove of the problem with a limit on its shortfall."""
        return bound_from_duals(self.matrix, row_duals) - self.price * limit

    def with_limit(self, row_duals: Number) -> Number:
        """Return the same, said of the problem with its limit as the last row: that row's dual is the price."""
        said: Number = np.append(row_duals, -self.price)
        return said


def relaxed(solver: Solver, matrix: Matrix, counted: YesNo, price: float, seconds: Callable[[], float]) -> Relaxed:
    """Begin to solve the relaxation beside other work. counted: the columns of the shortfall."""
    on = priced(matrix, counted, price)
    return Relaxed(on, price, Beside(solver, lambda: solver.lp(on, seconds=seconds())))


def priced(matrix: Matrix, counted: YesNo, price: float) -> Matrix:
    """Return a problem with a price on some columns."""
    return replace(matrix, cost=matrix.cost + price * counted)


def to_branch_on(limited: Matrix, beside: Relaxed, limit: float, cuts: Sequence[Cut]) -> Matrix:
    """Return the problem to branch on: the limited one where nobody is to be short, else price and cuts instead of its row.

    Its optimum less price × limit is no more than that of the limited problem.
    """
    if limit == 0.0:
        return limited
    if not cuts:
        return beside.matrix
    on, whole = beside.matrix, np.flatnonzero(limited.integer)
    slopes = sparse.coo_matrix(np.array([c.slope for c in cuts]))
    rows = sparse.csr_matrix((slopes.data, (slopes.row, whole[slopes.col])), shape=(len(cuts), len(on.cost)))
    most = np.array([limit - c.constant + DUST for c in cuts])
    return with_rows(on, rows, np.full(len(cuts), -np.inf), most, "sufficiency, by openings")


def settled(matrix: Matrix, beside: Relaxed, row_duals: Number, most: float) -> Matrix:
    """Return a problem with every opening fixed whose reduced cost in the relaxation shows that it can't be below `most`."""
    reduced = _reduced(beside, row_duals)
    room = most - bound_from_duals(beside.matrix, row_duals) + DUST
    return _fixed(matrix, reduced > room, -reduced > room)


def thinned(matrix: Matrix, beside: Relaxed, row_duals: Number, point: Number, best: Number, share: float) -> Matrix:
    """Return a problem without the journeys that neither the relaxation nor the best plan makes, but for the cheapest.

    point: of the relaxation.  share: how many of the columns unused stay, cheapest by reduced cost first. The best plan
    stands in it, and whatever plan is found is one of the whole problem, perhaps not the best at its openings; what is
    proven of it is not. Measured on the demo: a quarter of the columns, and in three seconds a plan that four minutes of
    branching on all of them had not found. Openings stay as free as they were.
    """
    reduced = _reduced(beside, row_duals)
    unused = ~matrix.integer & (matrix.lower <= 0) & (matrix.upper > 0) & (np.maximum(point, best) <= HARDLY)
    if not unused.any():
        return matrix
    dearest = np.quantile(reduced[unused], share) if share > 0 else -np.inf
    return replace(matrix, upper=np.where(unused & (reduced > dearest), 0.0, matrix.upper))


def _reduced(beside: Relaxed, row_duals: Number) -> Number:
    return np.asarray(beside.matrix.cost - beside.matrix.rows.T @ row_duals)


def _fixed(matrix: Matrix, shut: YesNo, opened: YesNo) -> Matrix:
    """Return a problem with some openings shut and some opened, where their bounds let them be."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    upper[matrix.integer & shut & (matrix.lower < 1)] = 0.0
    lower[matrix.integer & opened & (matrix.upper > 0)] = 1.0
    return replace(matrix, lower=lower, upper=upper)

"""Openings: what a year's figures owe to the options that are open by then, as a constant and a matrix."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.states import States
from placeplan.options.option import Options


@dataclass(frozen=True)
class ByOpening:
    """Figures that depend on what is open: constant + matrix × Y, one row a figure; Y is 1 where open by that year."""

    constant: Number
    matrix: sparse.csr_matrix

    def at(self, openings: Number) -> Number:
        """Return the figures for given openings."""
        result: Number = self.constant + self.matrix @ openings
        return result

    def rows(self, which: Whole) -> "ByOpening":
        """Return some of the figures."""
        return ByOpening(self.constant[which], self.matrix[which])

    def times(self, factor: Number | float) -> "ByOpening":
        """Return the figures, each times its factor."""
        scale = np.broadcast_to(np.asarray(factor, dtype=float), self.constant.shape)
        return ByOpening(self.constant * scale, sparse.diags_array(scale) @ self.matrix)

    def plus(self, other: "ByOpening") -> "ByOpening":
        """Return the sum of two tables of figures."""
        return ByOpening(self.constant + other.constant, (self.matrix + other.matrix).tocsr())

    def summed(self, group: Whole, count: int) -> "ByOpening":
        """Return the figures added up by group."""
        add = sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), shape=(count, len(group)))
        return ByOpening(np.asarray(add @ self.constant), (add @ self.matrix).tocsr())


def by_state(states: States, options: Options, values: Number) -> ByOpening:
    """Return Σ value × state for each school: values is state × (any number of figures); rows are school × figure."""
    figures = values.shape[1]
    schools = int(states.school.max()) + 1
    today = np.flatnonzero(states.column < 0)
    base = np.zeros((schools, figures))
    base[states.school[today]] = values[today]
    opened = np.flatnonzero(states.column >= 0)
    change = values[opened] - base[states.school[opened]]
    row, figure = np.nonzero(change)
    where = states.school[opened[row]] * figures + figure
    shape = (schools * figures, len(options.opening_year))
    in_year = sparse.csr_matrix((change[row, figure], (where, states.column[opened[row]])), shape=shape)
    return ByOpening(base.ravel(), (in_year @ options.opening()).tocsr())


def nothing(rows: int, options: Options) -> ByOpening:
    """Return figures that are all 0."""
    return ByOpening(np.zeros(rows), sparse.csr_matrix((rows, len(options.opening_year))))


def open_by(options: Options, decision: Whole, year: Whole) -> sparse.csr_matrix:
    """Return a matrix × Y with one row a pair: is the decision open by the planned year."""
    column = np.array([options.column(int(d), int(t)) for d, t in zip(decision, year, strict=True)], dtype=np.int64)
    there = np.flatnonzero(column >= 0)
    shape = (len(column), len(options.opening_year))
    return sparse.csr_matrix((np.ones(len(there)), (there, column[there])), shape=shape)


def most_by_openings(matrix: sparse.csr_matrix, options: Options) -> Number:
    """Return the most that openings add to each row: of each decision one year or none, by itself."""
    first: Whole = np.flatnonzero(np.diff(options.opening_decision, prepend=-1))
    if not len(first):
        return np.zeros(matrix.shape[0])
    in_year = np.maximum(np.asarray((matrix @ options.open_then()).todense()), 0)
    result: Number = np.maximum.reduceat(in_year, first, axis=1).sum(axis=1)
    return result


def which_bind(most: Number, roll: sparse.csr_matrix, places: ByOpening) -> Whole:
    """Return which rows of places are written: those that a roll could reach. most: of each column that makes the rolls."""
    could = np.asarray(roll @ most)
    touched = np.asarray(abs(places.matrix).sum(axis=1)).ravel() > 0
    return np.flatnonzero((could > places.constant) | (touched & (could > 0)))

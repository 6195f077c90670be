"""Every way to open the options, each a linear program of its own: the truth that a search is held against."""

from dataclasses import replace
from itertools import product

import highspy
import numpy as np

SMALL = 1e-9
LARGEST_COST = 100.0


def ways(matrix, decisions):
    """Every opening vector that the rules over openings alone admit: decision by decision, year by year, or never."""
    spans = [d.last - d.first + 1 for d in decisions if not d.refused]
    whole = np.flatnonzero(matrix.integer)
    rows = matrix.rows.tocsr()
    alone = np.flatnonzero(np.diff(rows.indptr) == np.diff(rows[:, whole].indptr))
    table = rows[alone][:, whole].toarray()
    for years in product(*[range(span + 1) for span in spans]):
        steps = [np.arange(span) >= year for span, year in zip(spans, years, strict=True)]
        y = np.concatenate(steps).astype(float) if steps else np.zeros(0)
        value = table @ y
        held = (value <= matrix.row_upper[alone] + SMALL).all() and (value >= matrix.row_lower[alone] - SMALL).all()
        if held and (y >= matrix.lower[whole]).all() and (y <= matrix.upper[whole]).all():
            yield y


class Enumerated:
    """The least objective over all ways to open; presolve off, each program from the corner where the last one ended."""

    def __init__(self, matrix, decisions):
        self.matrix, self.ways = matrix, list(ways(matrix, decisions))
        self.whole = np.flatnonzero(matrix.integer).astype(np.int32)
        largest = np.abs(matrix.cost).max(initial=0.0)
        self.scale = LARGEST_COST / largest if largest else 1.0
        self.highs = highspy.Highs()
        for name, value in (("output_flag", False), ("presolve", "off"), ("threads", 1), ("solver", "simplex")):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(self._as_given())

    def least(self, cost=None):
        """The least objective (inf where nothing can stand), at another cost of the columns where one is given."""
        if cost is not None:
            columns = np.arange(len(cost), dtype=np.int32)
            self.highs.changeColsCost(len(cost), columns, cost * self.scale)
        values = [self._at(y) for y in self.ways]
        return min(values, default=np.inf)

    def _at(self, openings):
        self.highs.changeColsBounds(len(self.whole), self.whole, openings, openings)
        self.highs.run()
        status = self.highs.modelStatusToString(self.highs.getModelStatus())
        assert status in {"Optimal", "Infeasible"}, status
        return self.highs.getInfo().objective_function_value / self.scale if status == "Optimal" else np.inf

    def _as_given(self):
        matrix, lp = self.matrix, highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.rows.shape
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = matrix.cost * self.scale, matrix.lower, matrix.upper
        lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = matrix.rows.shape
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.rows.indptr, matrix.rows.indices
        lp.a_matrix_.value_ = matrix.rows.data
        return lp


def costs_by_principle(model):
    """What a weight of 1 on each principle adds to the cost of each column, worked out from its prices and anchors."""
    found = []
    for price, scale in zip(model.prices, model.scales, strict=True):
        cost = np.zeros(len(model.problem.lower))
        for name in ("stays", "bundles", "unplaced", "kept", "used", "unmet"):
            cost[model.problem.blocks[name].columns] = getattr(price, name)
        for k, deviations in enumerate(price.deviations):
            if len(deviations.constant):
                cost[model.problem.blocks[f"{scale.key} {k}"].columns] = deviations.price
        movable = scale.unacceptable - scale.ideal > 1e-6
        found.append(cost / (scale.unacceptable - scale.ideal) if movable else 0 * cost)
    return np.array(found)


COUNTS_CHILDREN = ("stays", "bundles", "rolls", "unplaced", "kept", "used", "unmet")
TOLD_BY_CHILDREN = {"flow", "on roll", "need"}


def of_fewer_children(model, matrix, share):
    """The same problem with a share of the children, at every age and in every place."""
    upper = matrix.upper.copy()
    for name in COUNTS_CHILDREN:
        upper[model.problem.blocks[name].columns] *= share
    count = np.array([name in TOLD_BY_CHILDREN for name in matrix.row_names])[matrix.row_kind]
    sides = [np.where(count, share * side, side) for side in (matrix.row_lower, matrix.row_upper)]
    return replace(matrix, upper=upper, row_lower=sides[0], row_upper=sides[1])


def of_another_budget(matrix, share):
    """The same problem with a share of the whole budget; rules without a budget stay as they are."""
    budget = np.array([name == "budget" for name in matrix.row_names])[matrix.row_kind]
    return replace(matrix, row_upper=np.where(budget, share * matrix.row_upper, matrix.row_upper))

"""Placed anew: a plan's specialist places as vulnerable learners would have them, whatever its weight left unpriced."""

from dataclasses import replace

import numpy as np

from placeplan.allocate.model import Model
from placeplan.allocate.problem import Matrix, part_of, with_openings
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import OUT_OF_TIME
from placeplan.domain.arrays import Number
from placeplan.domain.errors import SolverFailed

KEY = "vulnerable"
COLUMNS, ROWS = ("used", "unmet", "openings"), ("need", "specialist places")
NOTHING = 1e-6  # children: less is rounding, and the places stay as they are
SECONDS = 600.0  # far more than so small a program takes


def placed_anew(model: Model, matrix: Matrix, solver: Solver, point: Number) -> Number:
    """Return a plan's columns with specialist places used so that their loss is the least at its openings.

    A weight of 0, or a target that is met, leaves those columns without a price: then a solver may say that nobody uses
    a place that is free. Nothing else of a plan is left so: kept transfers and deviations are worked out from it.
    Where the time is up the places stay as they are. Raises SolverFailed where the solver has no other answer, which this
    small program always has.
    """
    keys = [scale.key for scale in model.scales]
    if KEY not in keys or not model.network.specialist.need.size:
        return point
    price = model.prices[keys.index(KEY)]
    columns = np.zeros(len(matrix.cost), dtype=bool)
    for name in COLUMNS:
        columns[model.problem.blocks[name].columns] = True
    rows = np.array([name in ROWS for name in matrix.row_names])[matrix.row_kind]
    cost = np.zeros(len(matrix.cost))
    cost[model.problem.blocks["used"].columns] = price.used
    cost[model.problem.blocks["unmet"].columns] = price.unmet
    part = replace(part_of(matrix, columns, np.asarray(rows)), cost=cost[columns])
    part = with_openings(part, np.round(point[matrix.integer]), part.integer)
    answer = solver.lp(part, seconds=SECONDS, corner=True, method="simplex")
    if answer.point is None and answer.status in OUT_OF_TIME:
        return point  # lawful as it is, and the least it could be where the weight counts it
    if answer.point is None:
        raise SolverFailed(f"the solver ended the specialist places of a plan with “{answer.status}”")
    anew: Number = point.copy()
    anew[columns] = np.where(matrix.integer[columns], point[columns], answer.point)
    return anew if cost @ anew < cost @ point - NOTHING else point

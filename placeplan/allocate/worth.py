"""Worth: what one more place would save at given openings, from the duals of all that limits places."""

import numpy as np
from scipy import sparse

from placeplan.allocate.model import Model
from placeplan.allocate.problem import Matrix
from placeplan.domain.arrays import Number
from placeplan.journeys.infants import INFANTS
from placeplan.journeys.openings import ByOpening, which_bind
from placeplan.options.option import GROUPS


def worth_of_places(model: Model, matrix: Matrix, row_duals: Number | None) -> Number:
    """Return what one more place would save, school × planned year × NC year, flat: the duals of what limits it.

    A place more in a year group is one more in the whole school too, and up to Year 2 one more in its infant classes, so
    the duals of net capacity and of infant classes are added.
    """
    network, held = model.network, model.network.places
    by_group = _duals_of(model, matrix, row_duals, "places", "bundles", network.roll_matrix(), held.by_year_group)
    of_school = _duals_of(model, matrix, row_duals, "net capacity", "rolls", network.roll_of(), held.net)
    of_classes = _duals_of(
        model, matrix, row_duals, "infant classes", "bundles", network.infants_matrix(), held.infants
    )
    infants = np.arange(GROUPS) < INFANTS
    worth: Number = (by_group.reshape(-1, GROUPS) + of_school[:, None] + of_classes[:, None] * infants).ravel()
    return worth


def _duals_of(
    model: Model, matrix: Matrix, row_duals: Number | None, name: str, block: str, roll: sparse.csr_matrix, places: ByOpening,
) -> Number:  # fmt: skip
    """Return the dual of each row of one kind of places, 0 where the row isn't written as nothing could reach it."""
    duals = np.zeros(len(places.constant))
    if row_duals is not None and name in matrix.row_names:
        rows = which_bind(model.problem.upper[model.problem.blocks[block].columns], roll, places)
        duals[rows] = np.maximum(-row_duals[matrix.row_kind == matrix.row_names.index(name)], 0.0)
    return duals

"""Openings alone: which rows of a problem speak of nothing else. Known to the model and to its certificate."""

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import YesNo


def openings_alone(rows: sparse.csr_matrix | sparse.csc_matrix, integer: YesNo) -> YesNo:
    """Return which rows have no column but openings. integer: which columns are openings."""
    others = sparse.csr_matrix(rows[:, np.flatnonzero(~integer)])
    return np.asarray(np.diff(others.indptr) == 0)

"""Kept duals: the prices of rows by which a run proved its bound, read back from its certificate."""

import zipfile
from pathlib import Path

import numpy as np

from placeplan.allocate.certificate_files import DUALS, arrays_of
from placeplan.domain.arrays import Number


def kept_duals(folder: Path) -> Number | None:
    """Return a dual a row of the run's linear relaxation; None where it kept none, or they can't be read.

    Whatever they are, what is concluded from them holds: any vector of duals proves a bound, good ones a near one.
    """
    try:
        found: Number = np.asarray(arrays_of((folder / DUALS).read_bytes())["row_duals"], dtype=float)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
    return found if np.isfinite(found).all() else None

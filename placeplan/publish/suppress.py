"""Small counts of vulnerable children are withheld, and so is what would give them away by subtraction."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from placeplan.domain.arrays import Number, YesNo

WITHHELD = "[c]"  # the Government Statistical Service's sign for a confidential figure
SMALL = range(1, 5)  # counts of 1 to 4 children could point at one child


def withhold(frame: pd.DataFrame, *, column: str, totals: Sequence[Sequence[str]] = ()) -> pd.DataFrame:
    """Return the table with its counts as text, whole, and [c] in place of those that may not be shown.

    column: the counts, children.  totals: sets of columns by which sums are published beside the table; a sum that is
    small itself counts as withheld too.
    A count of 1 to 4 is withheld. Where the published sums still narrow it down, so that one of the values 1 to 4 is
    ruled out, the smallest shown count that shares a sum with it is withheld too, until none is or all that share
    a sum are withheld; then the sum itself would have to go.
    Source: Government Statistical Service, Disclosure control of tables; Information Commissioner's practice, "fewer than 5".
    """
    counts = np.rint(frame[column].to_numpy(dtype=float))
    hidden = hide(counts, [frame.groupby(list(by), sort=False).ngroup().to_numpy() for by in totals])
    shown = np.where(hidden, WITHHELD, counts.astype(np.int64).astype(str))
    return frame.assign(**{column: shown.astype(object)})


def hide(counts: Number, groups: Sequence[np.ndarray]) -> YesNo:
    """Return which counts to withhold: the small ones, and as many others as their protection asks for.

    counts: whole, one a cell.  groups: for each published breakdown the number of the sum that each cell belongs to.
    """
    small = (counts >= SMALL[0]) & (counts <= SMALL[-1])
    sums = _published_sums(counts, groups)
    hidden = small.copy()
    for cell in np.flatnonzero(
        small
    ).tolist():  # one pass is enough: what is withheld later only widens what is possible
        while not is_safe(cell, counts, hidden, sums):
            more = _next_to_hide(cell, counts, hidden, sums)
            if more is None:
                break
            hidden[more] = True
    return hidden


def is_safe(cell: int, counts: Number, hidden: YesNo, sums: csr_array) -> bool:
    """Return whether all of 1 to 4 remain possible for a withheld count, given all that is published.

    sums: published sum × cell, 1 where the cell belongs to it. The least and greatest value are two small programs.
    """
    near = _reached_from(cell, hidden, sums)
    rows = np.unique(sums[:, near].nonzero()[0])
    if not len(rows):
        return True
    matrix = sums[rows][:, near].toarray()
    told = matrix @ counts[near]
    direction = (near == cell).astype(float)
    least, greatest = (linprog(sign * direction, A_eq=matrix, b_eq=told, bounds=(0, None)).x for sign in (1, -1))
    return bool(direction @ least <= SMALL[0] + 1e-6 and direction @ greatest >= SMALL[-1] - 1e-6)


def _published_sums(counts: Number, groups: Sequence[np.ndarray]) -> csr_array:
    """Return published sum × cell; sums that are small themselves are not published."""
    blocks = [np.empty((0, len(counts)))]
    for group in groups:
        belongs = (group[None, :] == np.unique(group)[:, None]).astype(float)
        told = belongs @ counts
        blocks.append(belongs[(told == 0) | (told > SMALL[-1])])
    return csr_array(np.vstack(blocks))


def _reached_from(cell: int, hidden: YesNo, sums: csr_array) -> np.ndarray:
    """Return the withheld cells that sums tie to one cell, directly or through others, the cell among them."""
    near = np.zeros(len(hidden), dtype=bool)
    near[cell] = True
    while True:
        rows = (sums @ near.astype(float)) > 0
        wider = ((sums.T @ rows.astype(float)) > 0) & hidden | near
        if (wider == near).all():
            return np.flatnonzero(near)
        near = wider


def _next_to_hide(cell: int, counts: Number, hidden: YesNo, sums: csr_array) -> int | None:
    """Return the smallest shown count that shares a sum with the withheld ones round a cell, zeros last; or nothing."""
    near = np.zeros(len(hidden), dtype=bool)
    near[_reached_from(cell, hidden, sums)] = True
    rows = (sums @ near.astype(float)) > 0
    choice = np.flatnonzero(((sums.T @ rows.astype(float)) > 0) & ~hidden)
    if not len(choice):
        return None
    order = np.where(counts[choice] == 0, np.inf, counts[choice])
    return int(choice[np.argmin(order)])

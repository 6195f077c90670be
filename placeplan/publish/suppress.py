"""Small counts of vulnerable children are withheld, and so is what would give them away by subtraction."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from placeplan.domain.arrays import Number, YesNo

WITHHELD = "[c]"  # the Government Statistical Service's sign for a confidential figure
BELOW = 5  # children; a count from 1 to one below it could point at one child
SMALL = range(1, BELOW)
DUST = 1e-6
UNBOUNDED = 3  # scipy's word for a program whose best value has no limit


def withhold(
    frame: pd.DataFrame, *, column: str, totals: Sequence[Sequence[str]] = (), below: int = BELOW
) -> pd.DataFrame:
    """Return the table with its counts as text, whole, and [c] in place of those that may not be shown.

    column: the counts, children.  totals: sets of columns by which sums are taken to be known beside the table.
    below: counts from 1 to one below it are small. What else is withheld for their sake: see `protect`.
    Source: Government Statistical Service, Disclosure control of tables; Information Commissioner's practice, "fewer than 5".
    """
    counts = np.rint(frame[column].to_numpy(dtype=float))
    return with_signs(frame, column, hide(counts, groups_of(frame, totals), below=below))


def with_signs(frame: pd.DataFrame, column: str, hidden: YesNo) -> pd.DataFrame:
    """Return the table with whole counts as text, [c] where they are hidden."""
    counts = np.rint(frame[column].to_numpy(dtype=float)).astype(np.int64).astype(str)
    return frame.assign(**{column: np.where(hidden, WITHHELD, counts).astype(object)})


def groups_of(frame: pd.DataFrame, totals: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Return for each breakdown the number of the sum that each row belongs to."""
    return [frame.groupby(list(by), sort=False).ngroup().to_numpy() for by in totals]


def hide(counts: Number, groups: Sequence[np.ndarray], *, below: int = BELOW) -> YesNo:
    """Return which cells of one table to withhold.

    counts: whole, one a cell.  groups: for each breakdown the number of the sum that each cell belongs to.
    """
    rows, sums = sums_of(counts, groups)
    whole = np.concatenate([counts, sums])
    told = np.arange(len(whole)) >= len(counts)
    return protect(whole, rows, aside=told, below=below)[: len(counts)]


def sums_of(counts: Number, groups: Sequence[np.ndarray]) -> tuple[csr_array, Number]:
    """Return the rows "cells of a sum − the sum = 0" over cells and sums, and the sums themselves."""
    blocks = [np.empty((0, len(counts)))]
    blocks += [(group[None, :] == np.unique(group)[:, None]).astype(float) for group in groups]
    belongs = np.vstack(blocks)
    return csr_array(np.hstack([belongs, -np.eye(len(belongs))])), belongs @ counts


def protect(counts: Number, rows: csr_array, *, aside: YesNo, untold: YesNo | None = None, below: int = BELOW) -> YesNo:
    """Return which figures to withhold: the small ones, and as many others as their protection asks for.

    counts: whole figures.  rows: relation × figure; each relation among figures is known to everybody.
    aside: figures that stand in no table of ours but are taken to be known; they are given up last.
    untold: figures that nobody tells, but that relations may give away; small ones among them are protected too.
    For every small figure each value from 1 to one below the limit stays possible, whatever is worked out from the rest:
    the least and greatest value that the relations allow are two linear programs. Until they are wide enough the
    smallest shown figure that shares a relation is withheld too. When all that hang together are withheld, all is possible:
    a relation that rounding leaves open by a child or two narrows nothing for a reader, who sees none of its figures.
    """
    small = (counts >= 1) & (counts < below)
    hidden = small.copy() if untold is None else small | untold
    for figure in np.flatnonzero(small).tolist():  # one pass: what is withheld later only widens what is possible
        while not is_safe(figure, counts, hidden, rows, below=below):
            another = _next_to_hide(figure, counts, hidden, rows, aside)
            if another is None:
                break
            hidden[another] = True
    return hidden


def is_safe(figure: int, counts: Number, hidden: YesNo, rows: csr_array, *, below: int = BELOW) -> bool:
    """Return whether all small values remain possible for a withheld figure, given the relations and all that is shown."""
    near = _reached_from(figure, hidden, rows)
    touched = np.unique(rows[:, near].nonzero()[0])
    if not len(touched):
        return True
    matrix = rows[touched][:, near].toarray()
    left = matrix @ counts[near]
    direction = (near == figure).astype(float)
    least = linprog(direction, A_eq=matrix, b_eq=left, bounds=(0, None))
    greatest = linprog(-direction, A_eq=matrix, b_eq=left, bounds=(0, None))
    if least.fun is None or least.fun > 1 + DUST:
        return False
    return greatest.status == UNBOUNDED or (greatest.fun is not None and -greatest.fun >= below - 1 - DUST)


def _reached_from(figure: int, hidden: YesNo, rows: csr_array) -> np.ndarray:
    """Return the withheld figures that relations tie to one figure, directly or through others, the figure among them."""
    ties = abs(rows)
    near = np.zeros(len(hidden), dtype=bool)
    near[figure] = True
    while True:
        touched = (ties @ near.astype(float)) > 0
        wider = ((ties.T @ touched.astype(float)) > 0) & hidden | near
        if (wider == near).all():
            return np.flatnonzero(near)
        near = wider


def _next_to_hide(figure: int, counts: Number, hidden: YesNo, rows: csr_array, aside: YesNo) -> int | None:
    """Return the smallest shown figure that shares a relation with the withheld ones round a figure; zeros, then those aside, last.

    None where all of them are withheld.
    """
    near = np.zeros(len(hidden), dtype=bool)
    near[_reached_from(figure, hidden, rows)] = True
    ties = abs(rows)
    touched = (ties @ near.astype(float)) > 0
    choice = np.flatnonzero(((ties.T @ touched.astype(float)) > 0) & ~hidden)
    rank = np.lexsort((counts[choice], counts[choice] == 0, aside[choice]))
    return int(choice[rank[0]]) if len(choice) else None

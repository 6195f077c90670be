"""Leaves: a branching over the openings is proven leaf by leaf, in whole numbers and without the solver.

The leaves must share out all ways to open, each way in just one leaf; the least that any leaf's duals prove is then a
bound on every plan.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placeplan.allocate.certificate_exact import Proven, boxes, exact_bound, proven_by, to_publish
from placeplan.allocate.certificate_value import KeptRows, Leaves
from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.errors import CertificateRefused

FILE = "certificate/leaves.npz"
EITHER = -1


@dataclass(frozen=True)
class Bounds:
    """What is proven without the solver's word, all of the objective without its constant.

    root: by the duals of the relaxation, leaves: by those of the branching; each None where there are none.
    of_leaf: the bound of each leaf, None where nothing can stand in it.
    """

    root: Fraction | None
    leaves: Fraction | None
    of_leaf: tuple[Fraction | None, ...] = ()

    @property
    def best(self) -> Fraction | None:
        """Return the better of the two."""
        known = [bound for bound in (self.root, self.leaves) if bound is not None]
        return max(known) if known else None

    @property
    def how(self) -> str:
        """Return by what the better one is proven, in words for certificate.json."""
        if self.best is None:
            return "nothing"
        return "leaves of a branching" if self.best == self.leaves else "duals of the linear relaxation"


def certified_by(model: KeptRows, row_duals: Number | None, leaves: Leaves | None) -> Bounds:
    """Return what duals and leaves prove. Raises CertificateRefused where the leaves don't cover all ways to open."""
    if row_duals is not None:
        _refuse_unless_duals(model, row_duals[None, :], "certificate/duals.npz")
    root = None if row_duals is None else exact_bound(model, row_duals)
    if leaves is None:
        return Bounds(root, None)
    refuse_unless_they_cover(leaves, int(model.integer.sum()))
    of_leaf = bounds_of(model, leaves)
    some = [bound for bound in of_leaf if bound is not None]
    return Bounds(root, min(some) if some else None, of_leaf)


def refuse_unless_they_cover(leaves: Leaves, openings: int) -> None:
    """Raise CertificateRefused unless every way to open, whole and lawful or not, lies in exactly one leaf."""
    table = leaves.openings
    if table.ndim != 2 or table.shape[1] != openings or not np.isin(table, (EITHER, 0, 1)).all():
        raise CertificateRefused(f"{FILE}: the leaves don't tell for each opening: open, shut or either")
    left = [(np.arange(len(table)), np.zeros(openings, dtype=bool))]
    while left:
        some, told = left.pop()
        halves = _halved(table, some, told)
        if halves is None:
            raise CertificateRefused(f"{FILE}: the rule “every way to open lies in exactly one leaf” does not hold")
        left += halves


def _halved(table: Whole, some: Whole, told: YesNo) -> list[tuple[Whole, YesNo]] | None:
    """Return the leaves of either half of a box, split at an opening on which all of them say something.

    Nothing where one leaf is the whole box; None where they can't share the box out.
    """
    says = (table[some] != EITHER) & ~told
    if len(some) == 1 and not says.any():
        return []
    by_all = np.flatnonzero(says.all(axis=0)) if len(some) else np.zeros(0, dtype=int)
    if not len(by_all):
        return None
    told = told.copy()
    told[by_all[0]] = True
    is_open = table[some, by_all[0]] == 1
    return [(some[is_open], told), (some[~is_open], told)]


def bounds_of(model: KeptRows, leaves: Leaves) -> tuple[Fraction | None, ...]:
    """Return the bound of each leaf without a rounding, None where a ray proves that nothing can stand in it.

    Raises CertificateRefused for a leaf without a proof.
    """
    _refuse_unless_duals(model, leaves.duals, FILE)
    used = np.unique(leaves.vector)
    if (
        len(leaves.vector) != len(leaves.openings)
        or used.tolist() != list(range(len(leaves.duals)))
        or len(leaves.rays) != len(used)
    ):
        raise CertificateRefused(f"{FILE}: the rule “every leaf has duals, and all duals a leaf” does not hold")
    proofs = [proven_by(model, y, ray=bool(ray)) for y, ray in zip(leaves.duals, leaves.rays, strict=True)]
    low, high = boxes(model)
    return tuple(
        _of_one(proofs[v], bool(leaves.rays[v]), np.where(row == EITHER, low, np.maximum(row, low)), np.where(row == EITHER, high, np.minimum(row, high)))
        for row, v in zip(leaves.openings, leaves.vector, strict=True)
    )  # fmt: skip


def _refuse_unless_duals(model: KeptRows, duals: Number, file: str) -> None:
    """Raise CertificateRefused unless there is one dual for each row, known, and of a sign that proves something."""
    if duals.shape[1:] != model.row_lower.shape or not np.isfinite(duals).all():
        raise CertificateRefused(f"{file}: the rule “one known dual for each row of the model” does not hold")
    if any((to_publish(model, vector) != vector).any() for vector in duals):
        raise CertificateRefused(
            f"{file}: the rule “duals are whole numbers over 2^64, and none leans on a side that isn't there” does not hold"
        )


def _of_one(proven: Proven, ray: bool, low: Whole, high: Whole) -> Fraction | None:
    """Return the bound of one leaf."""
    if (low > high).any():
        return None  # the leaf lies outside of what the model allows
    least = proven.least(low, high)
    if not ray:
        return least
    if least <= 0:
        raise CertificateRefused(f"{FILE}: a leaf said to hold no plan isn't proven to hold none")
    return None

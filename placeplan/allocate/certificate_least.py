"""The least shortfall, proven without the solver: how many child-years, R–11, have no place whatever opens.

Where it was found by cuts, each is proven by the duals that were kept, in whole numbers, and rounded so that it says no
more; openings, their rules and these cuts make a small problem, whose leaves share out all ways to open.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from placeplan.allocate.certificate_exact import boxes, not_above, proven_by, to_publish
from placeplan.allocate.certificate_files import CUTS, LEAST
from placeplan.allocate.certificate_leaves import certified_by
from placeplan.allocate.certificate_value import CutProof, KeptRows, Leaves
from placeplan.allocate.openings_alone import openings_alone
from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.errors import CertificateRefused


def least_proven(model: KeptRows, compulsory: YesNo, least: CutProof | None) -> float:
    """Return child-years below which no openings come; 0, which needs no proof, where nothing was kept.

    compulsory: of the columns “unplaced”, those of Reception to Year 11.
    Raises CertificateRefused where a part of the proof doesn't hold.
    """
    if least is None:
        return 0.0
    stage = first_stage(model, compulsory)
    found = _proven(LEAST, lambda: small_problem(stage, least.duals) if len(least.duals) else stage, least.leaves)
    return not_above(max(found or Fraction(0), Fraction(0)))


def first_stage(model: KeptRows, compulsory: YesNo) -> KeptRows:
    """Return the model with the shortfall R–11 as its objective, without the row that limits it."""
    cost = np.zeros(len(model.cost))
    cost[model.columns("unplaced")] = compulsory
    free = np.isin(np.arange(len(model.row_lower)), model.of_kind("sufficiency"))
    return replace(
        model,
        cost=cost,
        row_lower=np.where(free, -np.inf, model.row_lower),
        row_upper=np.where(free, np.inf, model.row_upper),
    )


def by_cuts_proven(model: KeptRows, cuts: CutProof | None, most: float) -> Fraction | None:
    """Return what cuts and leaves prove of the whole objective, without its constant; None where none were kept.

    most: nothing above it is asked, so that what is proven is at most that.
    """
    if cuts is None:
        return None
    found = _proven(CUTS, lambda: small_problem(model, cuts.duals, -most, most), cuts.leaves)
    return None if found is None else min(found, Fraction(most))


def _proven(file: str, problem: Callable[[], KeptRows], leaves: Leaves) -> Fraction | None:
    """Return what leaves prove of a problem. Raises CertificateRefused, naming the file, where a part doesn't hold."""
    try:
        return certified_by(problem(), None, leaves).best
    except CertificateRefused as fault:
        raise CertificateRefused(f"{file}: {str(fault).partition(': ')[2]}") from fault


def small_problem(stage: KeptRows, duals: Number, least: float = 0.0, most: float | None = None) -> KeptRows:
    """Return the problem of openings, their rules, and one column, from least to most, that every cut pushes up.

    duals: cut × row. A cut is rounded: the nearest slope, and a constant so low that between 0 and 1 it says no more.
    most: None: more than the shortfall of all children.
    """
    if duals.ndim != 2 or duals.shape[1:] != stage.row_lower.shape or not np.isfinite(duals).all():
        raise CertificateRefused(
            f"{LEAST}: the rule “one known dual of each cut for each row of the model” does not hold"
        )
    if any((to_publish(stage, vector) != vector).any() for vector in duals):
        raise CertificateRefused(f"{LEAST}: the rule “no dual leans on a side that isn't there” does not hold")
    cuts = [_rounded(stage, vector) for vector in duals]
    rules = opening_rules(stage)
    slopes = np.array([slope for _, slope in cuts])
    table = sparse.csr_matrix(stage.rows)[rules][:, np.flatnonzero(stage.integer)]
    known = sparse.hstack([table, sparse.csr_matrix((len(rules), 1))], format="csr")
    pushed = sparse.csr_matrix(np.column_stack([-slopes, np.ones(len(cuts))]))
    if most is None:
        most = 1.0 + 2 * float(stage.upper[stage.cost > 0].sum())  # more than could ever be, however it is rounded
    rows = sparse.csc_matrix(sparse.vstack([known, pushed]))
    return KeptRows(
        np.append(np.zeros(slopes.shape[1]), 1.0), np.append(stage.lower[stage.integer], least),
        np.append(stage.upper[stage.integer], most), np.append(np.ones(slopes.shape[1], dtype=bool), False), rows,
        np.append(stage.row_lower[rules], [constant for constant, _ in cuts]),
        np.append(stage.row_upper[rules], np.full(len(cuts), np.inf)), np.zeros(rows.shape[0], dtype=int), ("openings",), {},
    )  # fmt: skip


def opening_rules(stage: KeptRows) -> Whole:
    """Return which rows bind openings alone."""
    alone = openings_alone(stage.rows, stage.integer)
    found: Whole = np.flatnonzero(alone & (np.isfinite(stage.row_lower) | np.isfinite(stage.row_upper)))
    return found


def _rounded(stage: KeptRows, duals: Number) -> tuple[float, Number]:
    """Return a cut's constant and slope as float64, that say no more of any openings than its duals prove."""
    some = duals != 0
    part = replace(
        stage, rows=stage.rows.tocsr()[some].tocsc(), row_lower=stage.row_lower[some], row_upper=stage.row_upper[some]
    )
    proven = proven_by(part, duals[some])
    unit = Fraction(2) ** proven.slope.power
    exact = [int(whole) * unit for whole in proven.slope.whole]
    slope = np.array([float(value) for value in exact])
    low, high = boxes(stage)
    off = [value - Fraction(near) for value, near in zip(exact, slope.tolist(), strict=True)]
    least = sum((o * int(a if o > 0 else b) for o, a, b in zip(off, low, high, strict=True)), Fraction(0))
    return not_above(proven.constant + least), slope

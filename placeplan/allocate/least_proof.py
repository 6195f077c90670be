"""Prove the least shortfall: leaves over the cuts that found it, or over the first stage of a small problem."""

from dataclasses import fields, replace

import numpy as np

from placeplan.allocate.certificate_exact import to_publish
from placeplan.allocate.certificate_least import first_stage, opening_rules, small_problem
from placeplan.allocate.certificate_value import KeptRows, LeastProof, Leaves
from placeplan.allocate.leaves import branch
from placeplan.allocate.model import Model, compulsory
from placeplan.allocate.problem import Matrix
from placeplan.allocate.search import Found
from placeplan.allocate.size import is_small
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import NO_SHORTFALL, first_stage_rows, stage_1
from placeplan.domain.arrays import Number, Whole

AIM = 1e-6  # of a shortfall: by which its proof may stay below the bound that the solver told
PROGRAMS = 2000  # linear programs at most


def least_proof(model: Model, limited: Matrix, solver: Solver, found: Found, seconds: float) -> LeastProof | None:
    """Return what proves that no openings leave fewer children without a place; None where nothing can be proven.

    limited: the problem with the row that limits the shortfall, as the certificate keeps it.  found: of the first stage.
    """
    if found.bound < NO_SHORTFALL:
        return None
    part, _ = stage_1(model, limited)
    rows = np.flatnonzero(first_stage_rows(model, limited))
    stage = first_stage(_kept(model, limited), compulsory(model.network))
    duals = [to_publish(stage, _wide(cut.duals, rows, stage)) for cut in found.cuts if cut.duals is not None]
    if not duals and not is_small(part):
        return None
    table = np.array(duals).reshape(len(duals), len(stage.row_lower))
    on = _matrix(small_problem(stage, table)) if duals else part
    aim = found.bound - AIM * max(1.0, found.bound)
    proven = branch(solver, on, known=found.objective, aim=aim, seconds=seconds, programs=PROGRAMS)
    if proven is None or proven.bound <= 0:
        return None
    if duals:
        return _that_count(table, proven.leaves, len(opening_rules(stage)))
    return LeastProof(table, replace(proven.leaves, duals=_wide(proven.leaves.duals, rows, stage)))


def _that_count(duals: Number, leaves: Leaves, rules: int) -> LeastProof:
    """Return the proof without the cuts on which no leaf leans."""
    needed = (leaves.duals[:, rules:] != 0).any(axis=0)
    if not needed.any():
        needed[0] = True
    keep = np.append(np.ones(rules, dtype=bool), needed)
    return LeastProof(duals[needed], replace(leaves, duals=leaves.duals[:, keep]))


def _wide(duals: Number, rows: Whole, stage: KeptRows) -> Number:
    """Return duals of the first stage's rows as duals of all rows."""
    found = np.zeros((*duals.shape[:-1], len(stage.row_lower)))
    found[..., rows] = duals
    return found


def _kept(model: Model, matrix: Matrix) -> KeptRows:
    """Return the problem as the certificate keeps it."""
    blocks = {name: (block.first, block.count) for name, block in model.problem.blocks.items()}
    return KeptRows(**{f.name: getattr(matrix, f.name) for f in fields(Matrix)}, blocks=blocks)


def _matrix(kept: KeptRows) -> Matrix:
    """Return a problem as the solver takes it."""
    return Matrix(**{f.name: getattr(kept, f.name) for f in fields(Matrix)})

"""Prove the least shortfall: by leaves over the cuts that tell it, or, where they don't, over the first stage itself.

Measured on the import of local authority 857 (9,671 columns, 45 openings): all 303.62 child-years by one cut and nine
leaves in a tenth of a second, where five seconds of linear programs at the nodes of a branching proved 280.
"""

import time
from dataclasses import fields, replace

import numpy as np

from placeplan.allocate.benders import by_cuts
from placeplan.allocate.certificate_exact import to_publish
from placeplan.allocate.certificate_labels import kept_rows
from placeplan.allocate.certificate_least import first_stage, opening_rules, small_problem
from placeplan.allocate.certificate_value import CutProof, KeptRows, Leaves
from placeplan.allocate.duals import Cut, cut_from_duals
from placeplan.allocate.leaves import branch
from placeplan.allocate.limit import NO_SHORTFALL
from placeplan.allocate.model import Model, compulsory
from placeplan.allocate.problem import Matrix
from placeplan.allocate.size import is_small
from placeplan.allocate.so_far import Found
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import first_stage_rows, stage_1
from placeplan.domain.arrays import Number, Whole

AIM = 1e-6  # of a shortfall: by which its proof may stay below the bound that the solver told
SHARE = 0.5  # of the time, for the cuts of a small problem
PROGRAMS = 2000  # linear programs at most


def least_proof(model: Model, limited: Matrix, solver: Solver, found: Found, seconds: float) -> CutProof | None:
    """Return what proves that no openings leave fewer children without a place; None where nothing can be proven.

    limited: the problem with the row that limits the shortfall, as the certificate keeps it.  found: of the first stage.
    """
    if found.bound < NO_SHORTFALL:
        return None
    part, _ = stage_1(model, limited)
    rows = np.flatnonzero(first_stage_rows(model, limited))
    stage = first_stage(kept_rows(limited, model.problem.blocks), compulsory(model.network))
    aim = found.bound - AIM * max(1.0, found.bound)
    until = time.monotonic() + seconds
    cuts = found.cuts
    if not cuts and is_small(part):  # its first stage was branched on as it is
        cuts = _cuts(solver, part, solver.lp(part, seconds=seconds).row_duals, found.objective + NO_SHORTFALL, seconds)
    duals = [to_publish(stage, _wide(cut.duals, rows, stage)) for cut in cuts if cut.duals is not None]
    table = np.array(duals).reshape(len(duals), len(stage.row_lower))
    leaves_of_cuts = None
    if duals:
        on = _matrix(small_problem(stage, table))
        leaves_of_cuts = branch(
            solver, on, known=found.objective, aim=aim, seconds=until - time.monotonic(), programs=PROGRAMS
        )
    if is_small(part) and (leaves_of_cuts is None or leaves_of_cuts.bound < aim):
        by_leaves = branch(
            solver, part, known=found.objective, aim=aim, seconds=until - time.monotonic(), programs=PROGRAMS
        )
        if by_leaves is not None and (leaves_of_cuts is None or by_leaves.bound > leaves_of_cuts.bound):
            leaves = replace(by_leaves.leaves, duals=_wide(by_leaves.leaves.duals, rows, stage))
            return CutProof(table[:0], leaves)
    return None if leaves_of_cuts is None else _that_count(table, leaves_of_cuts.leaves, len(opening_rules(stage)))


def cut_proof(
    model: Model, limited: Matrix, solver: Solver, known: float, aim: float, first: Number | None, seconds: float
) -> CutProof | None:
    """Return cuts and leaves that prove the objective of a problem as far as time allows; None where they prove nothing.

    known: cost of the best plan.  aim: the bound wanted.  first: duals of the rows of the relaxation.
    """
    if not limited.integer.any():
        return None
    until = time.monotonic() + seconds
    kept = kept_rows(limited, model.problem.blocks)
    cuts = _cuts(solver, limited, first, known + AIM, seconds)
    if not cuts:
        return None
    table = np.array([to_publish(kept, cut.duals) for cut in cuts if cut.duals is not None])
    most = 1.0 + 2 * abs(known + model.constant)
    on = _matrix(small_problem(kept, table, -most, most))
    left = max(until - time.monotonic(), 1.0)
    proven = branch(solver, on, known=known, aim=aim, seconds=left, programs=PROGRAMS)
    return None if proven is None else _that_count(table, proven.leaves, len(opening_rules(kept)))


def _cuts(solver: Solver, matrix: Matrix, first: Number | None, known: float, seconds: float) -> tuple[Cut, ...]:
    """Return cuts that tell the least value of a problem. first: duals of its relaxation, None: no cuts.

    known: only openings that are no worse are of use.  seconds: of which a share may be taken.
    """
    if first is None:
        return ()
    return by_cuts(
        solver, matrix, np.zeros(int(matrix.integer.sum())), cut_from_duals(matrix, first, matrix.cost),
        seconds=SHARE * seconds, known=known, aim=lambda bound: bound + AIM * max(1.0, abs(bound)),
    ).cuts  # fmt: skip


def _that_count(duals: Number, leaves: Leaves, rules: int) -> CutProof:
    """Return the proof without the cuts on which no leaf leans."""
    needed = (leaves.duals[:, rules:] != 0).any(axis=0)
    if not needed.any():
        needed[0] = True
    keep = np.append(np.ones(rules, dtype=bool), needed)
    return CutProof(duals[needed], replace(leaves, duals=leaves.duals[:, keep]))


def _wide(duals: Number, rows: Whole, stage: KeptRows) -> Number:
    """Return duals of the first stage's rows as duals of all rows."""
    found = np.zeros((*duals.shape[:-1], len(stage.row_lower)))
    found[..., rows] = duals
    return found


def _matrix(kept: KeptRows) -> Matrix:
    """Return a problem as the solver takes it."""
    return Matrix(**{f.name: getattr(kept, f.name) for f in fields(Matrix)})

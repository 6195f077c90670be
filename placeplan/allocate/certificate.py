"""The certificate: a plan's proof, kept so that anyone can check it without the solver and without PuLP."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.certificate_checks import (
    TOLERANCE,
    Check,
    Recounted,
    constant_of,
    gaps,
    recounted,
    row_checks,
)
from placeplan.allocate.certificate_exact import not_above
from placeplan.allocate.certificate_files import LEAVES, from_files, leaves_table, to_files
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_least import by_cuts_proven, least_proven
from placeplan.allocate.certificate_leaves import certified_by
from placeplan.allocate.certificate_model import MODEL_FILE, model_checks
from placeplan.allocate.certificate_recount import Journeys, compulsory, journeys_of, retention_of
from placeplan.allocate.certificate_shapes import Solved
from placeplan.allocate.certificate_value import CutProof, Proof, Solution
from placeplan.domain.errors import CertificateRefused

WHAT = (
    "Every row and bound of the model, recomputed from the labels of the plan without the solver; the objective from prices "
    "and scales. certified_bound follows from the kept duals alone, by weak duality, in exact whole numbers over powers of two "
    "(rounded once, downwards, to be printed): of the linear relaxation, and of each leaf of a branching whose leaves share out "
    "all ways to open. bound is the better of that and the solver's word; bound_how says which, and beyond certified_bound "
    "nothing but the solver's word bears it out. In the same way certified_least_shortfall_bound stands to least_shortfall_bound."
)
CERTIFIED, SAID, NOTHING = "certified", "the solver's word", "nothing"
BY_CUTS = "cuts and leaves of a branching over openings"


@dataclass(frozen=True)
class Certified:
    """What is proven of a plan without the solver's word; None where no duals were kept.

    bound: no plan's objective is below it.  root_bound: the same by the duals of the relaxation alone.  how: in words.
    of_leaf: bound of each leaf, None where nothing can stand in it.  least: child-years, R–11, that no openings spare; 0
    needs no proof.  least_cuts, least_leaves: by how many of either it is proven.
    cuts, cut_leaves: likewise of the objective, where it was proven by cuts.
    """

    bound: float | None
    root_bound: float | None
    how: str
    of_leaf: tuple[float | None, ...]
    least: float = 0.0
    least_cuts: int = 0
    least_leaves: int = 0
    cuts: int = 0
    cut_leaves: int = 0

    def gap(self, objective: float) -> float | None:
        """Return the part of an objective that might still be bettered, for all that is proven."""
        return None if self.bound is None else gaps(objective, self.bound, objective)[0]

    def at_least(self, bound: float, objective: float) -> float:
        """Return the better of a bound that the solver told and what is proven, never above a plan's objective."""
        return bound if self.bound is None else max(bound, min(self.bound, objective))

    def least_at_least(self, bound: float, least: float) -> float:
        """Return the same of the least shortfall."""
        return max(bound, min(self.least, least))

    def for_run_file(self, objective: float, bound: float, least_bound: float) -> dict[str, object]:
        """Return what run.json and certificate.json say of it.  bound, least_bound: as they are told."""
        return {
            "bound_how": how_known(bound, self.bound),
            "least_shortfall_bound_how": how_known(least_bound, self.least),
            "certified_bound": self.bound,
            "certified_gap": self.gap(objective),
            "certified_how": self.how,
            "certified_root_bound": self.root_bound,
            "certified_leaves": len(self.of_leaf),
            "certified_cuts": self.cuts,
            "certified_cut_leaves": self.cut_leaves,
            "certified_least_shortfall_bound": self.least,
            "certified_least_shortfall_cuts": self.least_cuts,
            "certified_least_shortfall_leaves": self.least_leaves,
        }


def certificate_files(
    solved: Solved,
    about: Mapping[str, object] | None = None,
    published: Mapping[str, bytes] | None = None,
    proven: Certified | None = None,
) -> dict[str, bytes]:
    """Return path → content of certificate.json and certificate/: internal, never published, hashed in run.json.

    about: what run.json will say beside format and files.  published: path → content of tables; of both the SHA-256 is
    kept, so that a change is found even where run.json was mended to suit it.  proven: where it is known already.
    The plan is checked first, from its labels, as `verify` will. Raises CertificateRefused when it doesn't hold.
    """
    proof = proof_of(solved)
    journeys = journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))
    plan = solved.plan
    solution = Solution(plan.stays, plan.unplaced, plan.openings, plan.used)
    found = recounted(proof, journeys, solution)
    checks = [*row_checks(proof.model, found.point, MODEL_FILE), *model_checks(proof, journeys)]
    refuse_if_any_failed(checks)
    proven = proven or certified(proof)
    objective = found.objective(proof, solution.openings)
    gap, _ = gaps(objective, proof.told.bound, proof.told.do_minimum_objective)
    summary: dict[str, object] = {
        "what": WHAT,
        "checks": [{"rule": c.rule, "figure": c.figure, "tolerance": c.tolerance} for c in checks],
        "largest_violation": max(c.figure for c in checks),
        "objective": objective,
        "bound": proof.told.bound if np.isfinite(proof.told.bound) else None,
        "gap": gap if np.isfinite(gap) else None,
        **proven.for_run_file(objective, proof.told.bound, proof.told.least_shortfall_bound),
        "kept_of_run_json": None if about is None else digest_of(about),
        "kept_of_tables": {path: hashlib.sha256(content).hexdigest() for path, content in (published or {}).items()},
    }
    files = to_files(proof, summary)
    return files if proof.leaves is None else files | {LEAVES: leaves_table(proof, proven.of_leaf)}


def certified(proof: Proof) -> Certified:
    """Return what the kept duals prove by themselves. Raises CertificateRefused where leaves don't cover all ways to open."""
    found, constant = certified_by(proof.model, proof.row_duals, proof.leaves), constant_of(proof)
    told = [
        None if bound is None else not_above(bound + constant) for bound in (found.best, found.root, *found.of_leaf)
    ]
    by_cuts = by_cuts_proven(proof.model, proof.cuts, 1.0 + 2 * abs(proof.told.objective))
    bound, how = told[0], found.how
    if by_cuts is not None and (found.best is None or by_cuts > found.best):
        bound, how = not_above(by_cuts + constant), BY_CUTS
    least = least_proven(proof.model, compulsory(proof.labels), proof.least)
    counts = (*_sizes(proof.least), *_sizes(proof.cuts))
    return Certified(bound, told[1], how, tuple(told[2:]), least, *counts)


def _sizes(by: CutProof | None) -> tuple[int, int]:
    """Return how many cuts and how many leaves there are."""
    return (0, 0) if by is None else (len(by.duals), len(by.leaves.openings))


def how_known(told: float, proven: float | None) -> str:
    """Return whose word a bound is: the certificate's to the last millionth, else the solver's."""
    if not np.isfinite(told):
        return NOTHING
    sure = proven is not None and told <= proven + TOLERANCE * max(1.0, abs(told))
    return CERTIFIED if sure else SAID


def certified_of(solved: Solved) -> Certified:
    """Return what is proven of an allocation without the solver's word."""
    return certified(proof_of(solved))


def digest_of(about: Mapping[str, object]) -> str:
    """Return the SHA-256 of what run.json says, whatever the order and the spacing in which it stands there."""
    text = json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: object) -> object:
    """Return a number of numpy, or a path, as JSON writes it."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else str(value)


def refuse_if_any_failed(checks: list[Check]) -> None:
    """Raise CertificateRefused with every check that doesn't hold."""
    failed = [str(check) for check in checks if not check.passed]
    if failed:
        raise CertificateRefused("\n".join(failed))


__all__ = ["Check", "Journeys", "Proof", "Recounted", "Solution", "certificate_files", "certified", "from_files"]

"""The certificate: a plan's proof, kept so that anyone can check it without the solver and without PuLP."""

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from placeplan.allocate.certificate_checks import (
    Check,
    Recounted,
    constant_of,
    dual_bound,
    gaps,
    recounted,
    row_checks,
)
from placeplan.allocate.certificate_files import from_files, to_files
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_recount import Journeys, journeys_of, retention_of
from placeplan.allocate.certificate_shapes import Solved
from placeplan.allocate.certificate_value import Proof, Solution
from placeplan.domain.errors import CertificateRefused

MODEL_FILE = "certificate/model.npz"


def certificate_files(
    solved: Solved, about: Mapping[str, object] | None = None, published: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Return path → content of certificate.json and certificate/: internal, never published, hashed in run.json.

    about: what run.json will say beside format and files.  published: path → content of tables; of both the SHA-256 is
    kept, so that a change is found even where run.json was mended to suit it.
    The plan is checked first, from its labels, as `verify` will. Raises CertificateRefused when it doesn't hold.
    """
    proof = proof_of(solved)
    journeys = journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))
    plan = solved.plan
    solution = Solution(plan.stays, plan.unplaced, plan.openings, plan.used)
    found = recounted(proof, journeys, solution)
    checks = [*row_checks(proof.model, found.point, MODEL_FILE)]
    refuse_if_any_failed(checks)
    certified = certified_bound(proof)
    objective = found.objective(proof, solution.openings)
    gap, _ = gaps(objective, proof.told.bound, proof.told.do_minimum_objective)
    summary: dict[str, object] = {
        "what": "Every row and bound of the model, recomputed from the labels of the plan without the solver; the objective "
        "from prices and scales; the bound by weak duality from the row duals.",
        "checks": [{"rule": c.rule, "figure": c.figure, "tolerance": c.tolerance} for c in checks],
        "largest_violation": max(c.figure for c in checks),
        "objective": objective,
        "bound": proof.told.bound if np.isfinite(proof.told.bound) else None,
        "gap": gap if np.isfinite(gap) else None,
        "certified_bound": certified,
        "kept_of_run_json": None if about is None else digest_of(about),
        "kept_of_tables": {path: hashlib.sha256(content).hexdigest() for path, content in (published or {}).items()},
    }
    return to_files(proof, summary)


def certified_bound(proof: Proof) -> float | None:
    """Return the bound on the objective that the kept duals prove by themselves; None where no duals were kept."""
    if proof.row_duals is None:
        return None
    return dual_bound(proof.model, proof.row_duals) + constant_of(proof)


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


__all__ = ["Check", "Journeys", "Proof", "Recounted", "Solution", "certificate_files", "certified_bound", "from_files"]

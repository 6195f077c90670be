"""Verify: recompute what a run folder says, from its files alone, without the solver.

First the files themselves (every one as it was written, none beyond), then the plan: children in and out of every
node, rolls and places, every row of the model, the objective by principle, the bound, the gaps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from placeplan.allocate.certificate import BY_CUTS, SAID, Certified, certified, how_known, refuse_if_any_failed
from placeplan.allocate.certificate_checks import (
    TOLERANCE,
    Check,
    Recounted,
    cost_of,
    gaps,
    recounted,
    row_checks,
)
from placeplan.allocate.certificate_files import LEAVES, from_files, leaves_table
from placeplan.allocate.certificate_model import MODEL_FILE, model_checks
from placeplan.allocate.certificate_recount import Journeys, journeys_of, retention_of
from placeplan.allocate.certificate_value import Proof, Solution
from placeplan.allocate.limit import NO_SHORTFALL
from placeplan.domain.errors import CertificateRefused
from placeplan.publish.figures import CLOSE, FIGURES, figures_table, quoted_figures
from placeplan.publish.provenance import made_here
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.verify_beyond import check_beyond
from placeplan.publish.verify_figures import close
from placeplan.publish.verify_files import certificate_of, check_files, read_for_verifying, summary_of
from placeplan.publish.verify_futures import check_futures
from placeplan.publish.verify_money import check_cost_of_openings
from placeplan.publish.verify_plan import check_plan, solution_of, table_of
from placeplan.publish.verify_pool import ROBUSTNESS, check_pool
from placeplan.publish.verify_run_file import check_principles, check_run_file

SAME_COST = 1e-13  # of a column: the same products of prices and weights, added in the same order
LEAF, CUT = ("leaf", "leaves"), ("cut", "cuts")


@dataclass(frozen=True)
class Verdict:
    """What was found of a run folder that bears out what it says.

    checks: each with file, rule, figure, tolerance.  largest_violation: of the rows and bounds of the model, relative.
    objective, gap, controllable_gap: recomputed.  bound: as it was told, by the solver's word where that is better than what
    the kept duals and leaves prove by themselves (certified: its bound, how, and the leaves; certified_gap).  Each is None
    where nothing was proven.  least_shortfall, least_shortfall_bound: likewise, child-years, R–11.
    also: sentences on what no check reached.
    """

    folder: Path
    checks: tuple[Check, ...]
    largest_violation: float
    objective: float
    bound: float | None
    gap: float | None
    controllable_gap: float | None
    certified: Certified
    certified_gap: float | None
    least_shortfall: float
    least_shortfall_bound: float
    also: tuple[str, ...] = ()

    @property
    def told_of_proof(self) -> dict[str, object]:
        """What run.json says of the proof."""
        bound = -np.inf if self.bound is None else self.bound
        return self.certified.for_run_file(self.objective, bound, self.least_shortfall_bound)

    def sentences(self) -> Iterator[str]:
        """Yield what people are told."""
        yield f"All {len(self.checks)} checks hold. The largest violation of a rule is {self.largest_violation:.1e}."
        yield f"Objective {self.objective:.6f}, recomputed from the published tables."
        proven = self.certified.bound
        if proven is None or self.certified_gap is None:
            yield "No duals were kept, so no bound is certified."
        else:
            leaves = f" ({_of(len(self.certified.of_leaf), LEAF)})" if self.certified.of_leaf else ""
            if self.certified.how == BY_CUTS:
                leaves = f" ({_of(self.certified.cuts, CUT)}, {_of(self.certified.cut_leaves, LEAF)})"
            yield (
                f"Certified in exact arithmetic by {self.certified.how}{leaves}: bound {proven:.6f}, "
                f"gap {self.certified_gap:.2%}."
            )
        if self.bound is None or self.gap is None:
            yield "The solver gave no bound."
        elif proven is None or self.bound > proven + TOLERANCE * max(1.0, abs(self.bound)):
            yield f"Beyond that it is the solver's word: bound {self.bound:.6f}, gap {self.gap:.2%}."
        if self.least_shortfall > NO_SHORTFALL:
            yield from self._of_shortfall()
        yield from self.also

    def _of_shortfall(self) -> Iterator[str]:
        """Yield what is proven of the children who have no place whatever opens."""
        by = _of(self.certified.least_leaves, LEAF)
        by = f"{_of(self.certified.least_cuts, CUT)} and {by}" if self.certified.least_cuts else by
        if self.certified.least > 0:
            yield (
                f"Whatever opens, at least {self.certified.least:,.3f} child-years from Reception to Year 11 have no place: "
                f"certified in exact arithmetic by {by}. Found: {self.least_shortfall:,.3f}."
            )
        else:
            yield "That some children have no place whatever opens is not certified."
        if how_known(self.least_shortfall_bound, self.certified.least) == SAID:
            yield f"By the solver's word alone at least {self.least_shortfall_bound:,.3f} child-years have none."


def _of(count: int, words: tuple[str, str]) -> str:
    """Return how many, in words."""
    return f"{count:,} {words[count != 1]}"


def verify_run(path: Path, scenario: Path | None = None) -> Verdict:
    """Recompute hashes, feasibility, objective and bound of a run folder; return the verdict.

    scenario: that the run was made from, where it is at hand: what the certificate tells of children, places and prices is
    then made again from it, and so are the forecast and every measure.
    Raises CertificateRefused naming every file and rule that fails, ScenarioProblems when it is no run folder at all.
    """
    folder = read_for_verifying(path)
    kept = certificate_of(path)
    of_files = [*check_files(folder, kept)]
    refuse_if_any_failed(of_files)
    return recounted_run(folder, kept, of_files, scenario)


def recounted_run(
    folder: RunFolder, kept: Mapping[str, bytes], of_files: Sequence[Check] = (), scenario: Path | None = None
) -> Verdict:
    """Return the verdict on a run folder whose files were read and are as they were written.

    kept: path → content of certificate.json and certificate/.  of_files: what was checked of the files already.
    Raises CertificateRefused naming every file and rule that fails.
    """
    try:
        return _recounted(folder, kept, of_files, scenario)
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as fault:
        raise CertificateRefused(
            f"certificate/: its parts don't fit together ({type(fault).__name__}: {fault})"
        ) from fault


def _recounted(
    folder: RunFolder, kept: Mapping[str, bytes], of_files: Sequence[Check], scenario: Path | None
) -> Verdict:
    """Return the verdict, where every part of the certificate can be read."""
    proof = from_files(kept)
    journeys = journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))
    solution = solution_of(folder, proof)
    plan = recounted(proof, journeys, solution)
    minimum = recounted(proof, journeys, proof.do_minimum)
    proven = certified(proof)
    checks = [
        *_checks(folder, proof, journeys, solution, plan, minimum),
        *check_run_file(folder, proof, solution, plan, minimum, proven, summary_of(kept)),
        *check_cost_of_openings(folder, proof),
        *check_pool(folder, kept, proof, solution, plan, minimum, proven),
        *check_futures(folder),
        *check_beyond(folder),
    ]
    if proof.leaves is not None:
        told = kept[LEAVES] == leaves_table(proof, proven.of_leaf)
        checks.append(Check(LEAVES, "every leaf and its bound as recounted", 0.0 if told else 1.0, 0.0))
    refuse_if_any_failed(checks)
    if scenario is not None:
        from placeplan.publish.verify_scenario import scenario_checks  # noqa: PLC0415  (loads the whole model, where it is asked for)

        checks += scenario_checks(folder, kept, proof, solution, scenario)
        refuse_if_any_failed(checks)
    verdict = _verdict(folder.path, proof, solution, plan, minimum, proven, [*of_files, *checks])
    return replace(verdict, also=tuple(_not_reached(folder, scenario)))


def _not_reached(folder: RunFolder, scenario: Path | None) -> Iterator[str]:
    """Yield what no check reached: the solver's word on rivals, and documents that were not made again."""
    if len(folder.tables.get(ROBUSTNESS, ())) > 1:
        yield "By the solver's word alone: how rivals stand under other weights, and every plan in other futures and over longer horizons."
    documents = "Report, paper, workbook and map layers"
    if scenario is None:
        yield f"{documents} are held by their hashes alone: --scenario DIR makes them again."
    elif not made_here(folder.run):
        yield f"{documents} are held by their hashes alone: they were made with other versions than are installed here."


def _checks(
    folder: RunFolder, proof: Proof, journeys: Journeys, solution: Solution, plan: Recounted, minimum: Recounted
) -> Iterator[Check]:
    """Yield every check of the plan, the do-minimum, the objective and the bound."""
    yield from check_plan(folder, proof, journeys, solution)
    yield from row_checks(proof.model, plan.point, "plan/journeys.csv and plan/options.csv")
    yield from _minimum_checks(proof, journeys, minimum)
    yield from _model_checks(proof, journeys)
    yield from check_principles(folder, proof, plan, journeys, solution)
    for name, told, counted in quoted_figures(folder.tables, folder.run):
        slack = CLOSE if "gap" in name else TOLERANCE
        yield close(FIGURES, f"{name}, which papers quote,", told, counted, slack)
    yield from _figures_told(folder)


def _figures_told(folder: RunFolder) -> Iterator[Check]:
    """Yield what figures.csv says beside the values: the same figures, of the same rows, worked out the same way."""
    told, again = table_of(folder, FIGURES), figures_table(folder.tables, folder.run)
    for name in (n for n in again if n != "value"):
        same = name in told and told[name].tolist() == again[name].tolist()
        yield Check(FIGURES, f"{name} as worked out again", 0.0 if same else 1.0, 0.0)


def _minimum_checks(proof: Proof, journeys: Journeys, minimum: Recounted) -> Iterator[Check]:
    """Yield the checks of the do-minimum: it may leave more children without a place than the plan."""
    file = "certificate/do_minimum.npz"
    yield from row_checks(proof.model, minimum.point, file, without=("sufficiency", "unplaced"))
    openings, labels = proof.do_minimum.openings, proof.labels.openings
    must = labels["decision"].isin(labels.loc[labels["committed"] > 0, "decision"]).to_numpy(dtype=bool)
    wrong = ((openings != np.round(openings)) | ((openings != 0) & ~must)).sum()
    yield Check(file, "nothing opens beyond what is committed", float(wrong), 0.0)
    off, size = journeys.balance(proof.do_minimum.stays, proof.do_minimum.unplaced)
    yield Check(file, "children in are children out", _largest(off / np.maximum(size, 1)), TOLERANCE)


def _model_checks(proof: Proof, journeys: Journeys) -> Iterator[Check]:
    """Yield whether the kept model is the one that labels and prices make, for children drawn at random on every stay."""
    model, labels = proof.model, proof.labels
    yield Check(
        MODEL_FILE, "costs follow from prices, weights and scales", _largest(cost_of(proof) - model.cost), SAME_COST
    )
    yield from model_checks(proof, journeys)
    draw = np.random.default_rng(2015)
    children, waiting = draw.random(len(labels.stays)), draw.random(len(labels.nodes))
    point = np.zeros(len(model.cost))
    point[model.columns("stays")], point[model.columns("unplaced")] = children, waiting
    flow = model.of_kind("flow")
    off, size = journeys.balance(children, waiting)
    expected = off + labels.nodes["enters"].to_numpy(dtype=float)
    held = np.asarray(model.rows.tocsr()[flow] @ point)
    yield Check(MODEL_FILE, "rows “flow” follow from the labels", _apart(held, expected, size), TOLERANCE)
    sides = np.concatenate([model.row_lower[flow], model.row_upper[flow]])
    enters = np.tile(labels.nodes["enters"].to_numpy(dtype=float), 2)
    yield Check("certificate/nodes.csv", "children who enter are those of the model", _apart(sides, enters), TOLERANCE)


def _verdict(
    path: Path,
    proof: Proof,
    solution: Solution,
    plan: Recounted,
    minimum: Recounted,
    proven: Certified,
    checks: list[Check],
) -> Verdict:
    """Return what is told of a run that passed."""
    objective, bound = plan.objective(proof, solution.openings), proof.told.bound
    rows = [c.figure for c in checks if "of the model" in c.rule or c.rule.startswith("bounds of")]
    gap = controllable = None
    if np.isfinite(bound):
        gap, controllable = gaps(objective, bound, minimum.objective(proof, proof.do_minimum.openings))
    return Verdict(
        path, tuple(checks), max(rows), objective, float(bound) if np.isfinite(bound) else None, gap, controllable, proven,
        proven.gap(objective), proof.told.least_shortfall, proof.told.least_shortfall_bound,
    )  # fmt: skip


def _largest(values: np.ndarray) -> float:
    """Return the largest absolute value, 0 where there is none."""
    return float(np.abs(values).max()) if len(values) else 0.0


def _apart(told: np.ndarray, expected: np.ndarray, size: np.ndarray | float = 1.0) -> float:
    """Return the largest difference, relative to its size where that is above 1; infinite where there are more of one."""
    if len(told) != len(expected):
        return np.inf
    return _largest((told - expected) / np.maximum(size, 1))


__all__ = ["Verdict", "verify_run"]

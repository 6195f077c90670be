"""The figures of run.json and of the scorecard, recomputed: objective by principle, bound, gaps, shortfalls, money."""

from collections.abc import Iterator, Mapping

import numpy as np

from placeplan.allocate.certificate import Certified, how_known
from placeplan.allocate.certificate_checks import TOLERANCE, Check, Recounted, gaps
from placeplan.allocate.certificate_files import LEAST
from placeplan.allocate.certificate_partnerships import kept_transfers
from placeplan.allocate.certificate_recount import Journeys, compulsory, summed
from placeplan.allocate.certificate_value import Proof, Solution
from placeplan.allocate.limit import NO_SHORTFALL, limit_on_shortfall
from placeplan.domain.errors import CertificateRefused
from placeplan.domain.years import name_of_year
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.verify_figures import Figures, close
from placeplan.publish.verify_plan import OPTIONS, table_of

PRINCIPLES, MEASURES = "appraisal/principles.csv", "appraisal/measures.csv"
CERTIFICATE = "certificate.json"
MISSED = 1e-6  # on the scale of U: less is rounding
AS_GOOD = 0.25  # child-years at which the least shortfall counts as proven
EXIT_SHORT, EXIT_DONE = 3, 0
PROVEN = "Optimal"


def check_principles(
    folder: RunFolder, proof: Proof, plan: Recounted, journeys: Journeys, solution: Solution
) -> Iterator[Check]:
    """Yield score, weight and contribution of every principle, from prices × solution; its measure is the first of its parts.

    Parts are told once more in measures.csv. The share of transfers inside partnerships is none: it is recounted.
    """
    parts = table_of(folder, MEASURES)
    table = table_of(folder, PRINCIPLES)
    if list(table["principle"]) != [s.key for s in proof.scales]:
        raise CertificateRefused(f"{PRINCIPLES}: the rule “one row a principle, in their order” does not hold")
    for row, (scale, loss) in enumerate(zip(proof.scales, plan.losses, strict=True)):
        counted = {
            "score": 100 * (1 - scale.u(loss)),
            "weight": scale.weight,
            "contribution": scale.weight * scale.deviation(loss),
        }
        told = float(table["measure"].to_numpy(dtype=float)[row])
        known = parts.loc[parts["principle"] == scale.key, "value"].to_numpy(dtype=float)[:1]
        if scale.key == "partnership":
            known = np.array([share_kept(journeys, solution)])
        off = np.abs(known - told) / max(1.0, abs(told))
        yield Check(
            PRINCIPLES, f"measure of {scale.key} is the first of its parts", float(off.min(initial=np.inf)), TOLERANCE
        )
        for name, value in counted.items():
            yield close(PRINCIPLES, f"{name} of {scale.key}", float(table[name].to_numpy(dtype=float)[row]), value)


def share_kept(journeys: Journeys, solution: Solution) -> float:
    """Return the per cent of joins after Reception that stay inside a partnership, at most."""
    later = journeys.labels.nodes["nc_year"].to_numpy(dtype=int) > 0
    joins = float(summed(journeys.begins, solution.stays, len(later))[later].sum())
    return 100 * float(kept_transfers(journeys, solution.stays).sum()) / max(joins, 1e-9)


def check_run_file(
    folder: RunFolder,
    proof: Proof,
    solution: Solution,
    plan: Recounted,
    minimum: Recounted,
    proven: Certified,
    about: Mapping[str, object],
) -> Iterator[Check]:
    """Yield every figure of run.json, and of certificate.json (about), that follows from the tables and the certificate."""
    run, told = Figures(RUN_FILE, folder.run), proof.told
    objective = plan.objective(proof, solution.openings)
    do_minimum = minimum.objective(proof, proof.do_minimum.openings)
    yield run.close("objective", objective)
    yield run.close("cost_contribution", float(proof.opening_cost @ solution.openings))
    yield run.within("do_minimum").close("objective", do_minimum)
    of_few_enough = _of_few_enough(proof, do_minimum)
    yield from _bounds(run, proof, proven, objective, do_minimum, of_few_enough)
    yield from _certified(run, proven, objective, of_few_enough)
    yield from _shortfalls(run, proof, proven, solution)
    yield from _scales(run, proof, plan, minimum)
    yield run.close("capital_pounds", _capital(folder, proof))
    years = [name_of_year(year) for year in proof.years]
    yield run.same("planned_years", years)
    yield run.same("base_year", name_of_year(proof.years[0] - 1))
    yield run.same("status", told.status)
    yield from _summary(about, proof, objective, proven)
    for name in ("objective", "do_minimum_objective"):
        counted = objective if name == "objective" else do_minimum
        yield close(CERTIFICATE, f"told {name}", getattr(told, name), counted)


def _of_few_enough(proof: Proof, do_minimum: float) -> float:
    """Return the objective of the do-minimum where it leaves no more without a place than a plan may; else nothing bounds it."""
    short = float(proof.do_minimum.unplaced[compulsory(proof.labels)].sum())
    return do_minimum if short <= proof.told.limit_on_shortfall + NO_SHORTFALL else np.inf


def _bounds(
    run: "Figures", proof: Proof, proven: Certified, objective: float, do_minimum: float, of_few_enough: float
) -> Iterator[Check]:
    """Yield bound and gaps: the told bound may be better than what is certified, by the solver's word, and never above the plan."""
    told = proof.told
    yield run.close("bound", told.bound)
    yield run.same("bound_how", how_known(told.bound, proven.bound))
    known = -np.inf if proven.bound is None else min(proven.bound, objective)
    yield Check(
        RUN_FILE,
        "the bound is not below what is certified",
        max(known - told.bound, 0.0),
        TOLERANCE * max(1.0, abs(objective)),
    )
    if not np.isfinite(told.bound):
        return
    slack = TOLERANCE * max(1.0, abs(objective))
    yield Check(RUN_FILE, "the bound is not above the objective", told.bound - objective, slack)
    yield Check(RUN_FILE, "the bound is not above the do-minimum", told.bound - of_few_enough, slack)
    gap, controllable = gaps(objective, told.bound, do_minimum)
    yield run.close("gap", gap)
    yield run.close("controllable_gap", controllable, slack=_of_controllable(objective, do_minimum))
    asked = run.within("solver").number("gap_asked")
    if told.status == PROVEN:
        yield Check(RUN_FILE, "a plan called proven is within the gap asked", gap - asked, TOLERANCE)


def _certified(run: "Figures", proven: Certified, objective: float, of_few_enough: float) -> Iterator[Check]:
    """Yield what duals and leaves prove: to the last digit, as it is worked out exactly, and never above a plan."""
    yield run.exactly("certified_bound", proven.bound)
    yield run.exactly("certified_root_bound", proven.root_bound)
    yield run.same("certified_how", proven.how)
    yield run.same("certified_leaves", len(proven.of_leaf))
    yield run.same("certified_cuts", proven.cuts)
    yield run.same("certified_cut_leaves", proven.cut_leaves)
    if proven.bound is None:
        yield run.exactly("certified_gap", None)
        return
    yield run.close("certified_gap", gaps(objective, proven.bound, objective)[0])
    file = "certificate/duals.npz and certificate/leaves.npz"
    slack = TOLERANCE * max(1.0, abs(objective))
    for value in (objective, of_few_enough):
        yield Check(file, "what is proven is not above the objective of a plan", proven.bound - value, slack)


def _summary(about: Mapping[str, object], proof: Proof, objective: float, proven: Certified) -> Iterator[Check]:
    """Yield whether certificate.json says in its summary what is recounted."""
    said, bound = Figures(CERTIFICATE, about), proof.told.bound
    yield said.close("objective", objective)
    yield said.close("bound", bound)
    yield said.close("gap", gaps(objective, bound, objective)[0] if np.isfinite(bound) else np.nan)
    for name, value in proven.for_run_file(objective, bound, proof.told.least_shortfall_bound).items():
        yield (
            said.close(name, value) if name == "certified_gap" and isinstance(value, float) else said.same(name, value)
        )


def _of_controllable(objective: float, do_minimum: float) -> float:
    """Return how far the controllable gap may be off: a difference of objectives, each known to one in a million."""
    return 2 * TOLERANCE * max(1.0, objective) / max(do_minimum - objective, 0.01 * objective, 1e-12)


def _shortfalls(run: "Figures", proof: Proof, proven: Certified, solution: Solution) -> Iterator[Check]:
    """Yield child-years without a place, of the plan and of the do-minimum, and the limit on them."""
    told = proof.told
    counted = compulsory(proof.labels)
    short = float(solution.unplaced[counted].sum())
    yield run.close("shortfall", short)
    yield run.close("shortfall_post_16", float(solution.unplaced[~counted].sum()))
    yield run.within("do_minimum").close("shortfall", float(proof.do_minimum.unplaced[counted].sum()))
    yield run.close("least_shortfall", told.least_shortfall)
    yield run.close("least_shortfall_bound", told.least_shortfall_bound)
    known = min(proven.least, told.least_shortfall)
    yield Check(
        RUN_FILE,
        "the bound on the least shortfall is not below what is certified",
        known - told.least_shortfall_bound,
        TOLERANCE * max(1.0, known),
    )
    minimum = float(proof.do_minimum.unplaced[counted].sum())
    for name, value in (("the plan's", short), ("the do-minimum's", minimum), ("the least", told.least_shortfall)):
        rule = f"what is proven of the least shortfall is not above {name}"
        yield Check(LEAST, rule, proven.least - value, TOLERANCE * max(1.0, value))
        rule = f"the least shortfall told is not above {name}"
        yield Check(RUN_FILE, rule, told.least_shortfall - value, NO_SHORTFALL)
    may = limit_on_shortfall(
        told.least_shortfall, told.least_shortfall_bound, run.within("solver").number("sufficiency_tolerance")
    )
    yield Check(RUN_FILE, "the shortfall is the least, and the tolerance", short - may, NO_SHORTFALL)
    yield run.same("least_shortfall_bound_how", how_known(told.least_shortfall_bound, proven.least))
    yield run.exactly("certified_least_shortfall_bound", proven.least)
    yield run.same("certified_least_shortfall_cuts", proven.least_cuts)
    yield run.same("certified_least_shortfall_leaves", proven.least_leaves)
    sure = bool(told.least_shortfall - told.least_shortfall_bound <= AS_GOOD)
    yield run.same("least_shortfall_proven", sure)
    yield run.close("sufficiency_limit", told.limit_on_shortfall)
    yield Check(RUN_FILE, "the shortfall is within its limit", short - told.limit_on_shortfall, NO_SHORTFALL)
    yield Check(
        RUN_FILE,
        "the least shortfall is not below its bound",
        told.least_shortfall_bound - told.least_shortfall,
        NO_SHORTFALL,
    )
    yield run.same("exit_code", EXIT_SHORT if run.number("shortfall") > NO_SHORTFALL else EXIT_DONE)


def _scales(run: "Figures", proof: Proof, plan: Recounted, minimum: Recounted) -> Iterator[Check]:
    """Yield weights, anchors, targets, musts and scores."""
    weights, scales = run.within("weights"), run.within("scales")
    scores, before = run.within("scores"), run.within("do_minimum_scores")
    targets, musts = run.within("targets"), run.within("must")
    missed = run.within("musts_missed")
    over = {s.key: s.u(loss) - s.must for s, loss in zip(proof.scales, plan.losses, strict=True)}
    yield missed.same_keys([key for key, by in over.items() if by > MISSED])
    for key in set(over) & set(missed.values):
        yield missed.close(key, over[key])
    for k, scale in enumerate(proof.scales):
        yield weights.close(scale.key, scale.weight)
        for name in ("weight", "ideal", "unacceptable", "target"):
            yield scales.within(scale.key).close(name, getattr(scale, name))
        yield scores.close(scale.key, 100 * (1 - scale.u(plan.losses[k])))
        yield before.close(scale.key, 100 * (1 - scale.u(minimum.losses[k])))
        yield scales.within(scale.key).same("movable", scale.factor > 0)
        if scale.key in targets.values or scale.target:
            yield targets.close(scale.key, scale.target)
        if scale.key in musts.values or not np.isnan(scale.must):
            yield musts.close(scale.key, scale.must)


def _capital(folder: RunFolder, proof: Proof) -> float:
    """Return the capital of all options that open, as the certificate keeps it."""
    told = table_of(folder, OPTIONS)
    chosen = set(told.loc[told["opens"] != "not chosen", "option"])
    options = proof.labels.options
    return float(options.loc[options["option"].isin(chosen), "capital_pounds"].sum())

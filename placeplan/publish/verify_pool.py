"""Robustness, recounted: the pool's plans priced anew, and the draws of weights drawn again."""

from collections.abc import Iterator, Mapping

import numpy as np

from placeplan.allocate.certificate import Certified
from placeplan.allocate.certificate_checks import TOLERANCE, Check, Recounted
from placeplan.allocate.certificate_recount import compulsory
from placeplan.allocate.certificate_rows import table_matrix
from placeplan.allocate.certificate_value import Proof, Solution
from placeplan.appraise.standing import Openings, Pool, Robustness, standing
from placeplan.domain.arrays import YesNo
from placeplan.domain.errors import CertificateRefused
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.pool_file import POOL, pool_of
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.verify_figures import Figures, apart
from placeplan.publish.verify_plan import table_of

ROBUSTNESS = "appraisal/robustness.csv"
FIGURES = (
    "objective", "points_behind", "capital_pounds", "pounds_more", "shortfall", "draws", "draws_first", "share_first",
    "overtakes_at", "weight_now",
)  # fmt: skip
TEXTS = ("plan", "met", "opens", "overtakes_by")


def check_pool(
    folder: RunFolder, kept: Mapping[str, bytes], proof: Proof, solution: Solution, plan: Recounted, minimum: Recounted, proven: Certified
) -> Iterator[Check]:  # fmt: skip
    """Yield every figure of robustness.csv and of run.json's robustness, from the pool that the certificate keeps."""
    if POOL not in kept:
        raise CertificateRefused(f"{POOL}: is not there")
    pool = pool_of(kept[POOL])
    yield from _check_plans(pool, proof, solution, plan, minimum, proven)
    run = Figures(RUN_FILE, folder.run)
    cost = run.within("weights").number("cost")
    weights = {scale.key: scale.weight for scale in proof.scales}
    limit = proof.told.limit_on_shortfall
    counted = standing(pool, openings_of(proof), weights, cost, run.whole("seed"), limit)
    yield from _check_table(folder, counted)
    said = run.within("robustness")
    for name, value in counted.told().items():
        yield said.close(name, value) if isinstance(value, float | int) else said.same(name, value)


def openings_of(proof: Proof) -> Openings:
    """Return what the opening columns stand for, by the certificate's labels."""
    labels = proof.labels.openings
    capital = proof.labels.options.groupby("decision")["capital_pounds"].sum().to_dict()
    return Openings(
        labels["decision"].to_numpy(dtype=object), labels["academic_year"].to_numpy(dtype=int),
        {str(name): float(pounds) for name, pounds in capital.items()},
    )  # fmt: skip


def _check_plans(
    pool: Pool, proof: Proof, solution: Solution, plan: Recounted, minimum: Recounted, proven: Certified
) -> Iterator[Check]:
    """Yield whether the first two plans are those recounted, and whether no plan breaks a rule between openings or the bound."""
    shape = (len(pool.names), len(proof.labels.openings))
    fits = pool.openings.shape == shape and pool.deviations.shape == (len(pool.names), len(proof.scales))
    if not fits or {len(pool.cost), len(pool.short)} != {len(pool.names)} or len(pool.names) < 2:
        raise CertificateRefused(f"{POOL}: its parts don't fit together")
    both = ((plan, solution), (minimum, proof.do_minimum))
    counted, waits = compulsory(proof.labels), []
    for k, (told, who) in enumerate(both):
        expected = [s.deviation(loss) for s, loss in zip(proof.scales, told.losses, strict=True)]
        yield Check(POOL, f"deviations of plan {k} are those recounted", apart(pool.deviations[k], expected), TOLERANCE)
        yield Check(POOL, f"openings of plan {k} are those recounted", apart(pool.openings[k], who.openings), 0.0)
        waits.append(float(who.unplaced[counted].sum()))
    yield Check(POOL, "children without a place are those recounted", apart(pool.short[:2], waits), TOLERANCE)
    yield Check(POOL, "cost follows from what opens", apart(pool.cost, pool.openings @ proof.opening_cost), TOLERANCE)
    whole = float((~np.isin(pool.openings, (0.0, 1.0))).sum() + (pool.short < 0).sum() + (pool.deviations < 0).sum())
    yield Check(POOL, "openings are 0 or 1, and nothing is below 0", whole, 0.0)
    yield Check(POOL, "no plan breaks a rule between openings", _broken(pool, proof), TOLERANCE)
    if proven.bound is not None:
        value = pool.deviations @ np.array([s.weight for s in proof.scales]) + pool.cost
        lawful = (pool.short <= proof.told.limit_on_shortfall) & ~_over_a_must(pool, proof)
        below = (proven.bound - value[lawful]) / np.maximum(1.0, np.abs(value[lawful]))
        yield Check(POOL, "no plan is better than what is certified", float(below.max(initial=0.0)), TOLERANCE)


def _broken(pool: Pool, proof: Proof) -> float:
    """Return by how much a plan breaks a rule between openings at most, relative to what the rule adds up."""
    labels = proof.labels
    table = table_matrix(labels.rule_parts, "opening", "amount", len(labels.rules), len(labels.openings))
    value, size = table @ pool.openings.T, np.maximum(abs(table) @ pool.openings.T, 1.0)
    low, high = (labels.rules[name].to_numpy(dtype=float)[:, None] for name in ("at_least", "at_most"))
    return float((np.maximum(low - value, value - high) / size).max(initial=0.0))


def _over_a_must(pool: Pool, proof: Proof) -> YesNo:
    """Return which plans miss a must: their objective holds more than deviations and cost."""
    most = np.array([np.inf if np.isnan(s.must) else s.must - s.target for s in proof.scales])
    return np.asarray((pool.deviations > most).any(axis=1))


def _check_table(folder: RunFolder, counted: Robustness) -> Iterator[Check]:
    """Yield whether robustness.csv says what was worked out again."""
    told = table_of(folder, ROBUSTNESS)
    lost = [name for name in (*TEXTS, *FIGURES) if name not in told]
    if lost or len(told) != len(counted.table):
        raise CertificateRefused(f"{ROBUSTNESS}: the rule “one row a set of openings” does not hold")
    for name in TEXTS:
        same = told[name].fillna("").astype(str).tolist() == counted.table[name].fillna("").astype(str).tolist()
        yield Check(ROBUSTNESS, f"{name} as recounted", 0.0 if same else 1.0, 0.0)
    for name in FIGURES:
        said, true = (table[name].to_numpy(dtype=float) for table in (told, counted.table))
        known = ~(np.isnan(said) & np.isnan(true))
        yield Check(ROBUSTNESS, f"{name} as recounted", apart(said[known], true[known]), TOLERANCE)

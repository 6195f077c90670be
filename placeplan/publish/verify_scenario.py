"""A run held against its scenario: inputs, settings, forecast, labels, prices and measures made again, without the solver.

What `verify` takes from the certificate as given (children, places, prices) follows from the scenario: where that is at
hand, all of it is worked out anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.allocate.certificate_files import read_labels
from placeplan.allocate.certificate_labels import labels_of
from placeplan.allocate.certificate_value import PRICED, Labels, Proof, Solution
from placeplan.allocate.rules import rules_of_openings
from placeplan.allocate.scales import Scale, opening_costs, scales, whole_budget
from placeplan.appraise.fair_access import fair_access
from placeplan.appraise.families import families_tables, finding
from placeplan.appraise.longer import horizons
from placeplan.appraise.measures import measures_table
from placeplan.appraise.programme import programme
from placeplan.appraise.scorecard import Scorecard
from placeplan.appraise.tables import plan_tables
from placeplan.domain.errors import CertificateRefused
from placeplan.forecast.tables import forecast_and_tables
from placeplan.journeys.network import Network, network
from placeplan.journeys.plan import Plan
from placeplan.options.particulars import particulars_table
from placeplan.options.read import options
from placeplan.principles.nine import principles_of
from placeplan.principles.principle import Prices
from placeplan.publish.disclosure import publishable
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.provenance import GAP_NOTE, provenance
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.scenario_of import as_sought
from placeplan.publish.verify_again import alike, check_documents, check_reasons, same_table
from placeplan.publish.verify_beyond import counted_beyond
from placeplan.publish.verify_figures import Figures
from placeplan.scenario.read import read_scenario
from placeplan.scenario.scenario import Scenario

OF_THE_INSTALLATION = {"versions", "left_out"}


def scenario_checks(
    folder: RunFolder, kept: Mapping[str, bytes], proof: Proof, solution: Solution, given: Path
) -> Iterator[Check]:
    """Yield what a run says against what its scenario makes. kept: certificate.json and certificate/. Raises ScenarioProblems where the scenario can't be read."""
    read = read_scenario(given)
    scenario = as_sought(read, str(folder.run.get("run_id"))) or read  # checked against what was read, where none fits
    yield from _settings(folder, scenario)
    told, tables = forecast_and_tables(scenario)
    could_go = network(scenario, told, options(scenario))
    principles = principles_of(scenario.settings)
    plan, minimum = (_plan(could_go, proof, one) for one in (solution, proof.do_minimum))
    prices = tuple(principle.prices(could_go, scenario) for principle in principles)
    yield from _labels(plan, proof, scenario)
    yield from _prices(prices, proof)
    again = scales(prices, [p.key for p in principles], scenario)
    yield from _scales(again, proof)
    cost = opening_costs(could_go, scenario)
    yield Check(
        "certificate/prices.npz",
        "what openings cost follows from the scenario",
        _apart(proof.opening_cost, cost),
        TOLERANCE,
    )
    said = Figures(RUN_FILE, folder.run)
    yield said.close("budget_pounds", whole_budget(could_go, scenario))
    measured = [[principle.measure(one, scenario) for principle in principles] for one in (plan, minimum)]
    appraised = {
        "appraisal/measures.csv": measures_table([principle.key for principle in principles], *measured),
        "appraisal/fair_access.csv": fair_access(prices, plan, minimum, scenario),
        "appraisal/programme.csv": programme(plan),
        "plan/particulars.csv": particulars_table(could_go.options),
        **plan_tables(plan),
    }
    wanted = families_tables(plan, scenario)
    card = Scorecard(principles, again, *(tuple(one) for one in measured))
    remarks = [*card.remarks(), finding(wanted), *counted_beyond(folder).remarks()]
    yield _yes(RUN_FILE, "remarks follow from the scenario", folder.run.get("remarks") == remarks)
    yield _yes(RUN_FILE, "gap_note is what it always is", folder.run.get("gap_note") == GAP_NOTE)
    yield _yes(RUN_FILE, "notes follow from the scenario", folder.run.get("notes") == list(told.notes))
    below = scenario.settings.publish.small_counts_below
    for path, table in publishable(tables | appraised | wanted, below).items():
        yield same_table(folder, path, table)
    yield from check_reasons(folder, proof, plan)
    yield from check_documents(folder, kept, scenario, told)


def _settings(folder: RunFolder, scenario: Scenario) -> Iterator[Check]:
    """Yield inputs, one by one, and every setting that run.json tells."""
    run, settings = folder.run, scenario.settings
    inputs, held = dict(scenario.inputs), run.get("inputs")
    said = held if isinstance(held, Mapping) else {}
    for name in sorted({*inputs, *said}):
        yield _yes(RUN_FILE, f"input {name} is the file of the scenario", inputs.get(name) == said.get(name))
    solve, asked = settings.solve, run.get("solver")
    expected = {key: value for key, value in provenance(scenario).items() if key not in OF_THE_INSTALLATION} | {
        "scenario": settings.name, "title": settings.title, "la_code": settings.la_code, "weights": settings.weights_told(),
        "targets": settings.targets, "must": settings.must, "price_base": settings.budget.price_base,
        "discount_rate": settings.budget.discount_rate,
    }  # fmt: skip
    for name, value in expected.items():
        yield _yes(RUN_FILE, f"{name} is that of the scenario", run.get(name) == value)
    same = {
        "gap_asked": solve.gap,
        "time_limit_seconds": solve.time_limit_seconds,
        "threads": solve.threads,
        "sufficiency_tolerance": solve.sufficiency_tolerance,
    }
    for name, value in same.items():
        told = asked.get(name) if isinstance(asked, Mapping) else None
        yield _yes(f"{RUN_FILE}, solver", f"{name} is that of the scenario", told == value)
    wanted, beyond = horizons(settings.horizon_years, solve.horizons_beyond), run.get("beyond")
    counted = beyond.get("horizons") if isinstance(beyond, Mapping) else None
    first = isinstance(counted, list) and counted == wanted[: len(counted)]  # time may run out
    yield _yes(f"{RUN_FILE}, beyond", "longer horizons are the first of those that the scenario asks for", first)


def _plan(could_go: Network, proof: Proof, solution: Solution) -> Plan:
    """Return a plan on the network, its unmet needs worked out. Raises CertificateRefused where the certificate has another network."""
    special = could_go.specialist
    labels = proof.labels
    counts = (len(could_go.stays.bundle), len(could_go.nodes.origin), len(special.pool), special.children.size)
    if counts != (len(labels.stays), len(labels.nodes), len(labels.uses), len(labels.needs)):
        message = "certificate/: the rule “stays, nodes, needs and places are those of the scenario” does not hold"
        raise CertificateRefused(message)
    unmet = special.unmet(solution.used)
    return Plan(could_go, solution.stays, solution.unplaced, solution.openings, solution.used, unmet)


def _labels(plan: Plan, proof: Proof, scenario: Scenario) -> Iterator[Check]:
    """Yield whether each table of labels is the one that the scenario makes."""
    again = labels_of(plan, proof.model, rules_of_openings(plan.network, scenario))
    for name in (f.name for f in fields(Labels)):
        counted = read_labels(_as_text(getattr(again, name)))
        yield alike(f"certificate/{name}.csv", getattr(proof.labels, name), counted)


def _as_text(table: pd.DataFrame) -> bytes:
    """Return a table of labels as it is kept."""
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _prices(prices: tuple[Prices, ...], proof: Proof) -> Iterator[Check]:
    """Yield whether the kept prices are those that the principles ask."""
    for scale, told, counted in zip(proof.scales, proof.prices, prices, strict=True):
        pairs: list[tuple[object, object]] = [(getattr(told, name), getattr(counted, name)) for name in PRICED]
        pairs += [(told.constant, counted.constant), (len(told.deviations), len(counted.deviations))]
        for one, other in zip(told.deviations, counted.deviations, strict=False):
            pairs += [(getattr(one, f.name), getattr(other, f.name)) for f in fields(one)]
        off = max(_apart(said, true) for said, true in pairs)
        yield Check("certificate/prices.npz", f"prices of {scale.key} follow from the scenario", off, TOLERANCE)


def _scales(again: Sequence[Scale], proof: Proof) -> Iterator[Check]:
    """Yield whether anchors, targets and musts are those of the scenario."""
    for told, counted in zip(proof.scales, again, strict=True):
        same = [
            np.array_equal(getattr(told, f.name), getattr(counted, f.name), equal_nan=f.name != "key")
            for f in fields(counted)
        ]
        yield _yes(
            "certificate/prices.npz",
            f"anchors, weight, target and must of {told.key} follow from the scenario",
            all(same),
        )


def _apart(told: object, counted: object) -> float:
    """Return the largest difference of two arrays or sparse matrices; infinite where their shapes differ."""
    if told is None or counted is None:
        return 0.0 if told is counted else np.inf
    one, other = _plain(told), _plain(counted)
    if one.shape != other.shape:
        return np.inf
    return float(abs(one - other).max()) if 0 not in one.shape else 0.0


def _plain(values: Any) -> Any:  # noqa: ANN401  (a number, an array, or a sparse matrix)
    """Return values in a form in which two can be subtracted."""
    return values.tocsr() if hasattr(values, "tocsr") else np.atleast_1d(np.asarray(values, dtype=float))


def _yes(file: str, rule: str, holds: bool) -> Check:
    """Return a check that holds or doesn't."""
    return Check(file, rule, 0.0 if holds else 1.0, 0.0)

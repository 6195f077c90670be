"""The whole way, as an officer would tell it: check, forecast, what could be done, who could go where, the plan, the papers.

from placeplan import pipeline
run = pipeline.run("scenarios/town", "out/town")
run.objective, run.gap
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from placeplan.domain.errors import Problem
from placeplan.domain.laps import Laps
from placeplan.domain.progress import Progress, silent
from placeplan.forecast.value import Forecast
from placeplan.publish.provenance import provenance, versions
from placeplan.scenario.effort import NORMAL, with_effort
from placeplan.scenario.scenario import Scenario

if TYPE_CHECKING:
    from pandas import DataFrame

    from placeplan.allocate.allocate import Allocation
    from placeplan.appraise.explain.explanation import Explanation
    from placeplan.appraise.frontier import Frontier
    from placeplan.appraise.scorecard import Scorecard
    from placeplan.forecast.backtest import Backtest
    from placeplan.publish.citation import Cited
    from placeplan.publish.verify import Verdict


@dataclass(frozen=True)
class Run:
    """What a run tells at once. folder: the run folder. shortfall: child-years without a place, R–11 and 12–13.

    gap: as well as is known, by the solver's word or the certificate; certified_gap: what is proven without the solver,
    None where nothing is.
    findings: the three that matter most. warnings: what was noticed in the scenario.
    """

    folder: Path
    status: str
    objective: float
    bound: float
    gap: float
    controllable_gap: float
    certified_gap: float | None
    shortfall: float
    shortfall_post_16: float
    findings: tuple[str, ...]
    warnings: tuple[Problem, ...]


def check(scenario: Path | str) -> tuple[Problem, ...]:
    """Return every problem and warning of a scenario; empty when there is none."""
    from placeplan.scenario.read import check_scenario

    return check_scenario(Path(scenario))


def forecast(scenario: Path | str, out: Path | str, *, replace: bool = False, progress: Progress = silent) -> Forecast:
    """Forecast pupils, write the tables under forecast/ and a chart of each stage; return the forecast.

    Raises ScenarioProblems, RunFolderInTheWay, CannotWrite.
    """
    from placeplan.forecast.tables import forecast_and_tables
    from placeplan.publish.charts import forecast_charts, has_charts
    from placeplan.publish.disclosure import publishable
    from placeplan.publish.place import check_place
    from placeplan.publish.run_folder import write_tables
    from placeplan.scenario.read import read_scenario

    read = read_scenario(Path(scenario))
    check_place(Path(out), read.folder, replace=replace)
    told, tables = forecast_and_tables(read, progress=progress)
    settings = read.settings
    charts = forecast_charts(tables, settings.title) if has_charts() else {}
    about = {"command": "forecast", "scenario": settings.name, "title": settings.title, "notes": list(told.notes)}
    tables = publishable(tables, settings.publish.small_counts_below)
    write_tables(Path(out), read.folder, tables, about | provenance(read), charts=charts, replace=replace)
    return told


def backtest(
    pupils: Path | str,
    births: Path | str,
    own_errors: Path | str | None = None,
    out: Path | str | None = None,
    *,
    replace: bool = False,
    progress: Progress = silent,
) -> "Backtest":
    """Forecast from earlier years and compare with what came; write tables and charts of errors where a place is given.

    Raises ScenarioProblems, RunFolderInTheWay, CannotWrite.
    """
    from placeplan.forecast.backtest import backtest as stage
    from placeplan.publish.charts import error_charts
    from placeplan.publish.place import check_place
    from placeplan.publish.run_folder import write_tables

    pupils = Path(pupils)
    if out is not None:
        check_place(Path(out), pupils, replace=replace)
    found = stage(pupils, Path(births), None if own_errors is None else Path(own_errors), progress=progress)
    if out is not None:
        tables = {"backtest.csv": found.rows, "own.csv": found.own, "cases.csv": found.cases}
        about = {"command": "backtest", "notes": list(found.notes), "versions": versions()}
        charts = error_charts(found.rows, found.cases)
        write_tables(Path(out), pupils, tables, about, charts=charts, replace=replace)
    return found


def run(
    scenario: Path | str, out: Path | str, *, replace: bool = False, effort: str = NORMAL, progress: Progress = silent
) -> Run:
    """Do everything: check, forecast, optimise, certify, appraise, publish. Return what it found.

    effort: "normal", as the scenario's [solve] says; "proof", twenty minutes at least and a gap of 0.3 % at most.
    Raises ScenarioProblems, RunFolderInTheWay, CannotWrite, NoPlanInTime, SolverFailed. A shortfall is a result.
    """
    from placeplan.publish.place import reserve
    from placeplan.scenario.read import read_scenario

    progress("Reading the scenario", None)
    read = with_effort(read_scenario(Path(scenario)), effort)
    with reserve(Path(out), read.folder, replace=replace):
        return _run(read, Path(out), replace, progress)


def _run(scenario: Scenario, out: Path, replace: bool, progress: Progress) -> Run:
    """Walk down the stair once: each stage takes what the one before it made."""
    from placeplan.allocate.allocate import allocate, as_proven
    from placeplan.allocate.certificate import certificate_files, certified_of
    from placeplan.appraise.appraisal import appraise
    from placeplan.appraise.families import families_tables, finding
    from placeplan.appraise.scorecard import scorecard
    from placeplan.forecast.tables import forecast_and_tables
    from placeplan.journeys.network import network
    from placeplan.options.read import options
    from placeplan.principles.nine import principles_of
    from placeplan.publish.about_run import about_run
    from placeplan.publish.csv_text import csv_bytes
    from placeplan.publish.disclosure import publishable
    from placeplan.publish.pool_file import POOL, pool_file
    from placeplan.publish.results import Results
    from placeplan.publish.run_folder import write_run_folder

    clock = Laps()
    told, tables = forecast_and_tables(scenario, progress=progress)
    clock.lap("forecast")
    could_do = options(scenario)
    could_go = network(scenario, told, could_do, progress=progress)
    principles = principles_of(scenario.settings)
    prices = tuple(principle.prices(could_go, scenario) for principle in principles)
    clock.lap("journeys and prices")
    allocation = allocate(could_go, prices, [p.key for p in principles], scenario, progress=progress)
    clock.laps |= allocation.seconds
    clock.lap(None)
    proven = certified_of(allocation)
    allocation = as_proven(allocation, proven, scenario.settings.solve.gap)
    clock.lap("proof")
    card = scorecard(principles, allocation.model.scales, allocation.plan, allocation.do_minimum, scenario)
    appraised = appraise(allocation, card, scenario, progress=progress)
    progress("Asking what families would choose", None)
    wanted = families_tables(allocation.plan, scenario)
    clock.lap("appraisal")
    remarks = (finding(wanted), *appraised.longer.remarks())
    about = about_run(scenario, told, allocation, card, remarks, clock.laps) | {
        "robustness": appraised.robustness.told(),
        "futures": appraised.tried.told(),
        "beyond": appraised.longer.told(),
        **proven.for_run_file(allocation.objective, allocation.bound, allocation.least_shortfall_bound),
    }
    tables, below = tables | appraised.tables | wanted, scenario.settings.publish.small_counts_below
    published = {path: csv_bytes(table) for path, table in publishable(tables, below).items()}
    internal = certificate_files(allocation, about, published, proven) | {POOL: pool_file(appraised.robustness.pool)}
    folder = write_run_folder(out, Results(scenario, told, tables, internal, about), replace=replace, progress=progress)
    return _told(folder, allocation, card, scenario, proven.gap(allocation.objective))


def _told(
    folder: Path, allocation: "Allocation", card: "Scorecard", scenario: Scenario, certified: float | None
) -> Run:
    """Return what a run tells at once, with the three findings that matter most."""
    from placeplan.appraise.findings import findings

    plan = allocation.plan
    return Run(
        folder, allocation.status, allocation.objective, allocation.bound, allocation.gap, allocation.controllable_gap, certified,
        plan.shortfall(0, 11), plan.shortfall(12, 13), (*card.told_of_musts(), *findings(allocation, card, scenario)), scenario.warnings,
    )  # fmt: skip


def frontier(
    scenario: Path | str, out: Path | str, *, solves: int = 12, replace: bool = False, progress: Progress = silent
) -> "tuple[Frontier, dict[str, DataFrame]]":
    """Seek the efficient plans between what the principles lose and what a plan costs; write their tables and a chart.

    solves: plans sought at most. Return the frontier and its tables by path.
    Raises ScenarioProblems, RunFolderInTheWay, CannotWrite, NoPlanInTime, SolverFailed.
    """
    from placeplan.appraise.frontier import frontier as seek
    from placeplan.appraise.frontier_tables import frontier_tables
    from placeplan.forecast.forecast import forecast as stage
    from placeplan.journeys.network import network
    from placeplan.options.read import options
    from placeplan.principles.nine import principles_of
    from placeplan.publish.charts import has_charts
    from placeplan.publish.frontier_chart import frontier_chart
    from placeplan.publish.place import check_place
    from placeplan.publish.run_folder import write_tables
    from placeplan.scenario.read import read_scenario

    progress("Reading the scenario", None)
    read = read_scenario(Path(scenario))
    check_place(Path(out), read.folder, replace=replace)
    could_go = network(read, stage(read, progress=progress), options(read), progress=progress)
    principles = principles_of(read.settings)
    prices = tuple(principle.prices(could_go, read) for principle in principles)
    found = seek(could_go, prices, [p.key for p in principles], read, solves=solves, progress=progress)
    tables = frontier_tables(found, principles, read)
    settings = read.settings
    about = {
        "command": "frontier", "scenario": settings.name, "title": settings.title, "weights": settings.weights_told(),
        "complete": found.complete, "solves": len(found.bounds), "price_base": settings.budget.price_base,
        "discount_rate": settings.budget.discount_rate,
    }  # fmt: skip
    charts = frontier_chart(tables, settings.title) if has_charts() else {}
    write_tables(Path(out), read.folder, tables, about | provenance(read), charts=charts, replace=replace)
    return found, tables


def verify(run_folder: Path | str, scenario: Path | str | None = None) -> "Verdict":
    """Recompute hashes, feasibility, objective and bound of a run from its files alone, without the solver.

    scenario: of the run, where it is at hand: forecast, labels, prices and measures are then made again from it.
    Raises CertificateRefused naming the file and the rule, ScenarioProblems where the scenario can't be read.
    """
    from placeplan.publish.verify import verify_run

    return verify_run(Path(run_folder), None if scenario is None else Path(scenario))


def explain(
    run_folder: Path | str,
    subject: str,
    year: str | None = None,
    *,
    scenario: Path | str | None = None,
    seconds: float = 30.0,
    progress: Progress = silent,
) -> "Explanation":
    """Say why a run, or a forecast alone, says what it says of one subject, in the last or a given year.

    scenario: of the run; None: looked for beside it (needed for all but planning areas).  seconds: for each new solve.
    Raises ScenarioProblems for a folder, a subject or a year that isn't known, CertificateRefused for a changed file.
    """
    from placeplan.appraise.explain.subject import explain as of_subject
    from placeplan.appraise.explain.told import Told
    from placeplan.publish.kept_duals import kept_duals
    from placeplan.publish.run_folder import read_run_folder
    from placeplan.publish.scenario_of import scenario_of

    folder = read_run_folder(Path(run_folder))
    read = partial(scenario_of, folder, None if scenario is None else Path(scenario))
    told = Told(folder.tables, folder.run, read, seconds, progress, partial(kept_duals, folder.path))
    return of_subject(told, subject, year)


def paper(
    run_folder: Path | str, out: Path | str, template: Path | str | None = None, *, replace: bool = False
) -> Path:
    """Write the Executive paper of a run folder; return its path. Raises as `write_paper` does."""
    from placeplan.publish.write_paper import write_paper

    return write_paper(Path(run_folder), Path(out), None if template is None else Path(template), replace=replace)


def cite(run_folder: Path | str, citation: str) -> "Cited":
    """Return where a published figure comes from, worked out again. Raises as `citation.cite` does."""
    from placeplan.publish.citation import cite as follow

    return follow(Path(run_folder), citation)

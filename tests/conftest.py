"""What every test stands on: where the repository and the shared data are, and that nothing is skipped unseen."""

import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded: two test processes share two cores

from pathlib import Path

import pytest

import cases  # noqa: F401  registers and loads the Hypothesis profile

REPOSITORY = Path(__file__).resolve().parents[1]
LONGEST_RUN = 240.0  # seconds
NO_SKIPS = os.environ.get("PLACEPLAN_NO_SKIPS", "") not in {"", "0"}


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared extracts of national data (../shared/data beside the repository) are not here")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if NO_SKIPS and report.skipped:
        refuse(report)
    return report


def refuse(report):
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"PLACEPLAN_NO_SKIPS is set, so nothing may be skipped. {reason}"


@pytest.fixture(scope="session")
def bundled_run(repository, tmp_path_factory):
    """Name of a bundled scenario → its run folder: run once for all tests and processes, to be read and never changed."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "bundled runs"
    return lambda name: run_once(repository / "scenarios" / name, shared)


def run_once(scenario, shared):
    """Run a scenario unless another process does: a run folder appears whole, so whoever waits sees it when it's done."""
    from placeplan import pipeline

    shared.mkdir(exist_ok=True)
    try:
        (shared / f"{scenario.name} begun").mkdir()
    except FileExistsError:
        until = time.monotonic() + LONGEST_RUN
        while not (shared / scenario.name / "run.json").exists() and time.monotonic() < until:
            time.sleep(0.2)
        return shared / scenario.name
    return pipeline.run(scenario, shared / scenario.name).folder

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "publish")]

import build

from placeplan import pipeline
from placeplan.publish.run_folder import write_run_folder

CHROMIUM = os.environ.get("PLACEPLAN_CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    room = tmp_path_factory.mktemp("published")
    (room / "scenario").mkdir()
    return write_run_folder(room / "out" / "small", build.results(folder=room / "scenario"))


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory, repository):
    """The run folder of the town, but for its paper and workbook, which no browser opens."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("placeplan.publish.run_folder.documents_of", lambda _: {})
        out = tmp_path_factory.mktemp("town") / "town"
        pipeline.run(repository / "scenarios" / "town", out)
    return out


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser, run_folder):
    """The report of the small authority with hostile names, and what it asked for and complained of."""
    with opened(browser, run_folder) as ours:
        yield ours


@contextmanager
def opened(browser, folder, **context):
    context = browser.new_context(**({"viewport": {"width": 1200, "height": 900}} | context))
    page = context.new_page()
    page.asked, page.faults = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda line: page.faults.append(line.text))
    page.on("dialog", lambda dialog: (page.faults.append("a dialog"), dialog.dismiss()))
    page.goto((folder / "report.html").as_uri())
    yield page
    context.close()

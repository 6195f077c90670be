import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "publish"))
sys.path.insert(0, str(Path(__file__).parent))

import build
from windows import CHROMIUM, QUIET, opened

from placeplan.publish.run_folder import write_run_folder


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    room = tmp_path_factory.mktemp("published")
    (room / "scenario").mkdir()
    return write_run_folder(room / "out" / "small", build.results(folder=room / "scenario"))


@pytest.fixture(scope="session")
def town_folder(bundled_run):
    return bundled_run("town")


@pytest.fixture(scope="module")
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

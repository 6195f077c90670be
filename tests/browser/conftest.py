import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "publish"))

import build

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


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    room = tmp_path_factory.mktemp("published")
    (room / "scenario").mkdir()
    return write_run_folder(room / "out" / "small", build.results(folder=room / "scenario"))


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
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.asked, opened.faults = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("pageerror", lambda fault: opened.faults.append(str(fault)))
    opened.on("console", lambda line: opened.faults.append(line.text))
    opened.on("dialog", lambda dialog: (opened.faults.append("a dialog"), dialog.dismiss()))
    opened.goto((run_folder / "report.html").as_uri())
    yield opened
    context.close()

"""Windows of the browser in which reports are opened."""

import os
import shutil
from contextlib import contextmanager

CHROMIUM = os.environ.get("PLACEPLAN_CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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

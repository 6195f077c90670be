"""Take the pictures of the documentation from a run's report: docs/pictures.py RUN --out FOLDER.

Needs Chromium (PLACEPLAN_CHROMIUM names it where it isn't on the path) and the development packages.
"""
# ruff: noqa: INP001  (a command, no package)

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
MAP = {"x": 0, "y": 76, "width": 1200, "height": 684}  # the drawing and what it says of a school
SECTIONS = ("map", "options", "principles", "forecast", "schools")


def main() -> None:
    """Write report.png (its top) and one picture a section."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("run", type=Path, help="a run folder")
    asked.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("PLACEPLAN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.goto((given.run / "report.html").resolve().as_uri())
        page.screenshot(path=given.out / "report.png")
        for section in SECTIONS:
            take(page, section, given.out / f"{section}.png")
        browser.close()


def take(page: Page, section: str, file: Path) -> None:
    """Take one section as it stands on a screen, a school chosen on the map."""
    page.evaluate("name => document.getElementById(name).scrollIntoView()", section)
    if section == "map":
        page.select_option("#subject", index=1)
        page.evaluate("document.getElementById('subject').scrollIntoView()")
    page.screenshot(path=file, clip=MAP if section == "map" else None)


if __name__ == "__main__":
    main()

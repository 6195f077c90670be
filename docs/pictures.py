"""Take the pictures of the documentation: python docs/pictures.py [--demo RUN] [--town RUN] [--out docs/pictures].

Without a run folder each scenario is run first, the demonstration in a few minutes, the town in seconds. Needs Chromium
(PLACEPLAN_CHROMIUM names it where it isn't on the path); for paper and workbook LibreOffice and pdftoppm
(apt-get install libreoffice-writer libreoffice-calc poppler-utils); for the map in QGIS Debian's PyQGIS
(apt-get install python3-qgis qgis-providers). It says which pictures it leaves out without them.
"""
# ruff: noqa: INP001, S603, S607  (a command, no package; it starts LibreOffice as the machine has it)

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from placeplan import pipeline
from placeplan.publish.frontier_chart import CHART

REPOSITORY = Path(__file__).resolve().parents[1]
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDE, LOW, PHONE = (1200, 1000), (1200, 720), (390, 844)  # windows; a map is at most four fifths as high as its window
SCALE, OF_MAP = 0.75, 0.58  # of a wide picture, about as a page of documentation shows it; maps hold more detail
SECTIONS = ("principles", "forecast", "years")
OFFICE = {"paper": ("paper.docx", 4), "workbook": ("tables.xlsx", 7)}  # picture → file of a run, page of it
THEME = "The plan"  # of the QGIS project
SYSTEM_PYTHON = Path("/usr/bin/python3")  # where Debian keeps PyQGIS
MOST_BYTES = 150_000  # of a picture


def main() -> int:
    """Write every picture, say its size; end with 1 where one is too large or had to be left out."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--demo", type=Path, help="a run folder of scenarios/demo, if there is one already")
    asked.add_argument("--town", type=Path, help="a run folder of scenarios/town, if there is one already")
    asked.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "pictures", help="folder for the pictures")
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        demo, town = (run_of(name, getattr(given, name), Path(room)) for name in ("demo", "town"))
        with sync_playwright() as playwright:
            chromium = os.environ.get("PLACEPLAN_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
            of_the_demonstration(browser, demo, given.out)
            of_the_town(browser, town, given.out)
            browser.close()
        pipeline.frontier(REPOSITORY / "scenarios" / "town", Path(room) / "frontier")
        shutil.copy(Path(room) / "frontier" / CHART, given.out / "frontier.svg")
        left_out = [
            name for name, (file, page) in OFFICE.items() if not on_paper(town / file, page, given.out / name, room)
        ]
        if not in_qgis(demo, given.out / "qgis.png", Path(room)):
            left_out.append("qgis")
    for name in left_out:
        lacking = "PyQGIS" if name == "qgis" else "LibreOffice (soffice) or pdftoppm"
        sys.stderr.write(f"{name}.png is left out: {lacking} is not installed.\n")
    sizes = {file.name: file.stat().st_size for file in sorted(given.out.glob("*.png"))}
    for name, size in sizes.items():
        sys.stdout.write(f"{name}: {size / 1000:.0f} kB{' (too large)' if size > MOST_BYTES else ''}\n")
    return int(bool(left_out) or max(sizes.values()) > MOST_BYTES)


def run_of(name: str, given: Path | None, room: Path) -> Path:
    """Return a run folder of a scenario that comes with placeplan: the given one, or one made now."""
    if given is not None:
        return given
    sys.stderr.write(f"Running scenarios/{name}\n")
    pipeline.run(REPOSITORY / "scenarios" / name, room / name)
    return room / name


def of_the_demonstration(browser: Browser, run: Path, out: Path) -> None:
    """Take the top of the report, its map in an early and in the last year, a phone, and a few sections."""
    page = opened(browser, run, WIDE)
    page.screenshot(path=out / "report.png")
    for section in SECTIONS:
        page.evaluate("name => document.getElementById(name).scrollIntoView()", section)
        page.screenshot(path=out / f"{section}.png", clip={"x": 0, "y": 0, "width": 1200, "height": 700})
    page.close()
    page = opened(browser, run, LOW, OF_MAP)
    page.select_option("#subject", index=1)
    take_map(page, out / "map.png")
    page.select_option("#subject", value="")
    page.select_option("#colour", "children")
    page.check("#layer-every")
    page.uncheck("#layer-options-drawn")
    page.focus("#year")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    take_map(page, out / "map-journeys.png")
    page.close()
    phone = opened(browser, run, PHONE, scale=0.85)
    phone.select_option("#subject", index=1)
    phone.evaluate("document.querySelector('.chart-of-places').scrollIntoView()")
    phone.screenshot(path=out / "phone.png")
    phone.close()


def of_the_town(browser: Browser, run: Path, out: Path) -> None:
    """Take the map of the town, a school chosen."""
    page = opened(browser, run, LOW)
    page.select_option("#subject", index=1)
    take_map(page, out / "town-map.png")
    page.close()


def opened(browser: Browser, run: Path, size: tuple[int, int], scale: float = SCALE) -> Page:
    """Open the report of a run in a window of a size (width, height)."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale, reduced_motion="reduce"
    )
    page.goto((run / "report.html").resolve().as_uri())
    page.locator("html[data-ready=yes]").wait_for(state="attached")
    return page


def take_map(page: Page, file: Path) -> None:
    """Take the controls, the map and the panel beside it."""
    box = page.locator(".controls").bounding_box()
    lower = page.locator("#plan-map").bounding_box()
    if box is None or lower is None:
        raise SystemExit("The report shows no map.")
    scrolled = float(page.evaluate("scrollY"))
    clip = {"x": 0, "y": box["y"] + scrolled - 8, "width": 1200, "height": lower["y"] + lower["height"] - box["y"] + 16}
    page.screenshot(path=file, full_page=True, clip=clip)


def on_paper(file: Path, number: int, picture: Path, room: str) -> bool:
    """Take one page of an office file as LibreOffice lays it out; return whether that can be done here."""
    if not shutil.which("soffice") or not shutil.which("pdftoppm"):
        return False
    words = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={Path(room, 'office').as_uri()}"]
    words += ["--convert-to", "pdf", "--outdir", room, str(file.resolve())]
    subprocess.run(words, check=True, capture_output=True)
    pages = [str(number), "-l", str(number)]
    made = Path(room) / file.with_suffix(".pdf").name
    subprocess.run(["pdftoppm", "-r", "64", "-png", "-singlefile", "-f", *pages, str(made), str(picture)], check=True)
    return True


def in_qgis(run: Path, picture: Path, room: Path) -> bool:
    """Draw a copy of the run's project as QGIS opens it; return whether PyQGIS is here.

    Raises CalledProcessError when it is here and the project or its theme can't be drawn.
    """
    if (
        not SYSTEM_PYTHON.exists()
        or subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode
    ):
        return False
    copied = shutil.copytree(run / "gis", room / "gis")  # QGIS may write into a GeoPackage that it opens
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL"))}
    own |= {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(room), "HOME": str(room)}
    script = Path(__file__).with_name("picture_in_qgis.py")
    subprocess.run(
        [SYSTEM_PYTHON, script, copied / "placeplan.qgz", THEME, picture], check=True, capture_output=True, env=own
    )
    return True


if __name__ == "__main__":
    sys.exit(main())

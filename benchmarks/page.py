"""Page: how large a run's report is, and how soon a browser has drawn its map.

    python benchmarks/page.py [--json] [--run out/demo] [--repeats 5]

Needs Chromium (PLACEPLAN_CHROMIUM names it where it isn't on the path). Ends with 1 where the page is not under 1 MB or
its map not drawn within half a second, else with 0. The time is the middle one of the repeats, from the start of
navigation to the first frame with the map; ready: until slider, layers and tables answer.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

MOST_BYTES = 1_000_000
MOST_MILLISECONDS = 500.0
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PAINTED = "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0]"
READY = "performance.getEntriesByName('map drawn').map(e => e.startTime)[0]"


def main() -> int:
    """Read the size, open the page some times, say what was found."""
    asked = _asked()
    page = asked.run / "report.html"
    if not page.is_file():
        print(
            f"{asked.run} holds no report.html. Make it: placeplan run scenarios/demo --out {asked.run}",
            file=sys.stderr,
        )
        return 2
    with sync_playwright() as playwright:
        chromium = os.environ.get("PLACEPLAN_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        times = [_open(browser, page) for _ in range(asked.repeats)]
        browser.close()
    found = {
        "bytes": page.stat().st_size, "most_bytes": MOST_BYTES,
        "drawn_milliseconds": statistics.median(drawn for drawn, _ in times), "most_milliseconds": MOST_MILLISECONDS,
        "ready_milliseconds": statistics.median(ready for _, ready in times),
    }  # fmt: skip
    found["kept"] = found["bytes"] < MOST_BYTES and found["drawn_milliseconds"] <= MOST_MILLISECONDS
    print(json.dumps(found) if asked.json else _told(found))
    return 0 if found["kept"] else 1


def _open(browser: Browser, report: Path) -> tuple[float, float]:
    """Open the page once in a window of its own; return when its map was drawn and when it was ready, in milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 2000})  # so tall that the map is in view
    page.goto(report.resolve().as_uri())
    page.locator("html[data-ready=yes]").wait_for(state="attached")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    drawn, ready = float(page.evaluate(PAINTED)), float(page.evaluate(READY))
    page.close()
    return drawn, ready


def _told(found: dict[str, float]) -> str:
    """Return what was found as people read it."""
    word = "kept" if found["kept"] else "NOT KEPT"
    return (
        f"report.html: {found['bytes'] / 1e6:.2f} MB of at most {found['most_bytes'] / 1e6:.0f}; map drawn after "
        f"{found['drawn_milliseconds']:.0f} ms of at most {found['most_milliseconds']:.0f}, "
        f"ready after {found['ready_milliseconds']:.0f} ms: {word}"
    )


def _asked() -> argparse.Namespace:
    """Read the command line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", action="store_true", help="write what was found as JSON")
    asked.add_argument("--run", type=Path, default=Path("out/demo"), help="a run folder")
    asked.add_argument("--repeats", type=_some, default=5, help="how often to open the page")
    return asked.parse_args()


def _some(text: str) -> int:
    """Return a number of repeats, at least one."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of repeats, such as 5")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

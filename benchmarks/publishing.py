"""Publishing: what it costs to write a run folder, step by step, beside the forecast and the plan.

    python benchmarks/publishing.py [--json] [--scenario scenarios/town]

Seconds of the processor, so that other work on the machine doesn't count. Ends with 1 where publishing takes more than
half a minute, else with 0.
"""

import argparse
import json
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from placeplan import pipeline

MOST = 30.0  # seconds of the processor, of which a county of 157 zones and 143 schools takes some twelve
FIRST, LAST = "Writing tables", "Written"
TOWN = Path(__file__).resolve().parents[1] / "scenarios" / "town"


def main() -> int:
    """Run a scenario and tell what each step of publishing took."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", action="store_true", help="print JSON")
    asked.add_argument("--scenario", type=Path, default=TOWN, help="folder of the scenario")
    given = asked.parse_args()
    stamps: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as room:
        out = Path(room) / "run"
        pipeline.run(given.scenario, out, progress=lambda step, _: stamps.append((step, time.process_time())))
        size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    found = {"scenario": given.scenario.name, "megabytes": size / 1e6, "most_seconds": MOST} | _steps(stamps)
    kept = found["seconds"] <= MOST
    if given.json:
        print(json.dumps(found | {"kept": kept}, indent=1))
    else:
        parts = ", ".join(f"{step} {seconds:.1f}" for step, seconds in found["steps"].items())
        print(
            f"publishing {found['scenario']}: {found['seconds']:.1f} s of the processor ({parts}), {found['megabytes']:.1f} MB; "
            f"most {MOST:.0f} s: {'kept' if kept else 'NOT KEPT'}"
        )
    return 0 if kept else 1


def _steps(stamps: list[tuple[str, float]]) -> dict[str, object]:
    """Return the seconds of each step of publishing, and of all."""
    names = [step for step, _ in stamps]
    first, last = names.index(FIRST), len(names) - 1 - names[::-1].index(LAST)
    told = stamps[first : last + 1]
    steps = {step: after - before for (step, before), (_, after) in pairwise(told)}
    return {"steps": steps, "seconds": told[-1][1] - told[0][1]}


if __name__ == "__main__":
    raise SystemExit(main())

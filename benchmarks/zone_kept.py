"""Zone kept: one plan priced twice, children known by community after Reception, and by their own zone throughout.

    python -m benchmarks.zone_kept [--json] [scenarios/town]

Plans the scenario under its own time limit, then solves one linear program at the plan's openings. Both objectives and every
principle's deviation stand side by side. It measures and bounds nothing: it ends with 0, or with 2 where there is no scenario.
"""

import argparse
import json
import time
from pathlib import Path

from placeplan.allocate.allocate import Allocation, allocate
from placeplan.appraise.zone_kept import ZoneKept, zone_kept
from placeplan.domain.errors import ScenarioProblems
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import principles_of
from placeplan.scenario.read import read_scenario
from placeplan.scenario.scenario import Scenario

TOWN = Path(__file__).resolve().parents[1] / "scenarios" / "town"


def main() -> int:
    """Plan a scenario, price the plan again with the zone kept, and tell both."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", action="store_true", help="print JSON")
    asked.add_argument("scenario", type=Path, nargs="?", default=TOWN, help="folder of the scenario")
    given = asked.parse_args()
    try:
        scenario = read_scenario(given.scenario)
    except ScenarioProblems as problems:
        asked.error(str(problems))
    began = time.monotonic()
    allocation = _planned(scenario)
    planned = time.monotonic()
    told = zone_kept(allocation, scenario)
    print(_text(told, given.scenario.name, planned - began, time.monotonic() - planned, as_json=given.json))
    return 0


def _planned(scenario: Scenario) -> Allocation:
    """Return the plan of a scenario."""
    could_go = network(scenario, forecast(scenario), options(scenario))
    principles = principles_of(scenario.settings)
    prices = tuple(principle.prices(could_go, scenario) for principle in principles)
    return allocate(could_go, prices, [principle.key for principle in principles], scenario)


def _text(told: ZoneKept, name: str, plan_seconds: float, seconds: float, *, as_json: bool) -> str:
    """Return what was found, in words or as JSON."""
    if as_json:
        found = {
            "scenario": name, "objective": {"pooled": told.pooled, "kept": told.kept},
            "shortfall": dict(zip(("pooled", "kept"), told.shortfall, strict=True)),
            "stays": dict(zip(("pooled", "kept"), told.columns, strict=True)),
            "principles": told.table.to_dict("records"), "plan_seconds": plan_seconds, "seconds": seconds,
        }  # fmt: skip
        return json.dumps(found, indent=1)
    change = 100 * (told.kept - told.pooled) / max(told.pooled, 1e-9)
    rows = [f"{'':<14}{'pooled':>12}{'zone kept':>12}{'change':>12}"]
    rows += [
        f"{r['principle']:<14}{r['pooled']:>12.6f}{r['kept']:>12.6f}{r['change']:>+12.6f}"
        for r in told.table.to_dict("records")
    ]
    rows.append(
        f"{'objective':<14}{told.pooled:>12.6f}{told.kept:>12.6f}{told.kept - told.pooled:>+12.6f} ({change:+.2f} %)"
    )
    rows.append(
        f"stays {told.columns[0]:,} and {told.columns[1]:,}; child-years without a place {told.shortfall[0]:.2f} and {told.shortfall[1]:.2f}"
    )
    rows.append(f"{name}: planned in {plan_seconds:.0f} s, priced again in {seconds:.0f} s")
    return "\n".join(rows)


if __name__ == "__main__":
    raise SystemExit(main())

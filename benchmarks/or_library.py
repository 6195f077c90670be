"""OR-Library: warehouse location told as planning of school places, and solved to its published optimum.

    python -m benchmarks.or_library [FOLDER ...] [--json] [--seconds 300]

A customer is a zone, and its demand the children who reach Reception in the one planned year; a warehouse is an option for a
new school, its fixed cost the capital, its capacity the places; what it costs to serve a customer is the way to school
(principle local). All other weights are 0, nobody may be left without a place, and the whole of `allocate` runs as for any
authority. Files: NAME.txt and NAME.txt.opt (the optimum is the last number), as in J. E. Beasley's OR-Library.

Ends with 1 where an optimum is missed by more than a millionth or isn't told as proven, else with 0.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from placeplan.allocate.allocate import Allocation, allocate
from placeplan.domain.arrays import Number
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.settings import Anchor, Budget, ForecastSettings, Settings, Solve, Weights
from placeplan.scenario.tables import TABLES

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
USUAL = ("or-library", "or-library-capacitated")
BASE = 2018
TODAY = "OLD"
CENSUSES, BIRTH_YEARS = 4, 8  # as many as the forecast asks for
MOST_PLACES = 300  # that an option may add in a year group
NEAR_MILES = 0.5  # at which the loss of local begins
CLOSE = 1e-6  # of the optimum


@dataclass(frozen=True)
class Instance:
    """One instance. capacity, fixed: by warehouse.  demand: by customer.  cost: customer × warehouse, of the whole demand."""

    name: str
    capacity: Number
    fixed: Number
    demand: Number
    cost: Number
    optimum: float


def main() -> int:
    """Solve every instance of the folders and print what was found."""
    asked = _asked()
    folders = asked.folder or [SHARED / name for name in USUAL if (SHARED / name).is_dir()]
    files = sorted(file for folder in folders for file in folder.glob("*.txt"))
    if not files:
        where = ", ".join(str(folder) for folder in folders) or "../shared/data"
        print(f"There are no instances (NAME.txt) in {where}.", file=sys.stderr)
        return 2 if asked.folder else 0
    found = [solved(read(file), asked.seconds) for file in files]
    print(json.dumps(found) if asked.json else table(found))
    return 0 if all(one["reached"] for one in found) else 1


def read(file: Path) -> Instance:
    """Return an instance and its published optimum. Raises SystemExit, in words, where the file is something else."""
    try:
        numbers = [float(word) for word in file.read_text("utf-8").split()]
        optimum = float(file.with_suffix(".txt.opt").read_text("utf-8").split()[-1])
        warehouses, customers = int(numbers[0]), int(numbers[1])
        offered = np.array(numbers[2 : 2 + 2 * warehouses]).reshape(warehouses, 2)
        rest = np.array(numbers[2 + 2 * warehouses :]).reshape(customers, 1 + warehouses)
    except (OSError, ValueError, IndexError) as fault:
        message = f"{file.name} is no instance of warehouse location with its optimum in {file.name}.opt: {fault}"
        raise SystemExit(message) from fault
    return Instance(file.stem, offered[:, 0], offered[:, 1], rest[:, 0], rest[:, 1:], optimum)


def solved(instance: Instance, seconds: float) -> dict[str, float | str | bool]:
    """Return name, objective, optimum, seconds, bound, status and whether the optimum was reached and proven."""
    began = time.perf_counter()
    plan = planned(instance, seconds)
    unit = instance.fixed.sum()  # of the objective: see scenario_of
    objective, bound = plan.objective * unit, plan.bound * unit
    near = abs(objective - instance.optimum) <= CLOSE * instance.optimum
    served = plan.plan.shortfall() <= CLOSE * instance.demand.sum()
    return {
        "name": instance.name, "objective": objective, "optimum": instance.optimum,
        "seconds": time.perf_counter() - began, "bound": bound, "status": plan.status,
        "reached": bool(near and served and plan.status == "Optimal"),
    }  # fmt: skip


def planned(instance: Instance, seconds: float) -> Allocation:
    """Return what the stages of placeplan make of an instance."""
    scenario = scenario_of(instance, seconds)
    could_go = network(scenario, forecast(scenario), options(scenario))
    prices = tuple(principle.prices(could_go, scenario) for principle in NINE)
    return allocate(could_go, prices, [principle.key for principle in NINE], scenario)


def scenario_of(instance: Instance, seconds: float) -> Scenario:
    """Return the instance as a scenario, whose objective is the instance's ÷ the sum of its fixed costs."""
    children, places = _scaled(instance)
    each = instance.cost / children[:, None]  # what it costs to bring one child
    limit = NEAR_MILES + each.max()  # the loss of local: 0 at half a mile, 1 at the limit
    zones = [f"Z{i:03}" for i in range(len(children))]
    sites = [f"W{j:03}" for j in range(len(places))]
    given = {
        "schools": [_school_of_today()], "pupils": _census("urn", [TODAY], [children.sum()]),
        "children": _census("zone", zones, children), "births": _births(zones, children), "options": _options(instance, places),
        "travel": [
            {"zone": zone, "urn": site, "miles": NEAR_MILES + each[i, j]}
            for i, zone in enumerate(zones)
            for j, site in enumerate(sites)
        ],
        "assumptions": [
            {"assumption": "walk.under_8", "value": repr(float(limit))},
            {"assumption": "reach.primary", "value": str(len(sites) + 1)},
        ],
    }  # fmt: skip
    tables = {name: _frame(name, given.get(name, [])) for name in TABLES}
    return Scenario(Path(instance.name), _settings(instance, each.max(), seconds), tables, _zones(zones))


def _scaled(instance: Instance) -> tuple[Number, Number]:
    """Return children and places: the same instance in a unit in which places are whole numbers that an option may have.

    Places enough for all the demand stay enough for all.
    """
    total = instance.demand.sum()
    enough = instance.capacity >= total
    unit = (
        float(np.gcd.reduce(instance.capacity[~enough].astype(int))) / 100 if not enough.all() else total / MOST_PLACES
    )
    places = np.where(enough, np.ceil(total / unit), instance.capacity / unit)
    return instance.demand / unit, np.round(places)


def _settings(instance: Instance, dearest: float, seconds: float) -> Settings:
    """Return settings under which only the way to school and the capital count, and no child goes without a place."""
    nothing = dict.fromkeys((principle.key for principle in NINE), 0.0)
    whole = float(instance.fixed.sum())
    return Settings(
        name="or-library", title=instance.name, base_year=BASE, horizon_years=1, late_openings=True, synthetic=True,
        weights=Weights(**nothing | {"local": dearest / whole, "cost": 1.0}), budget=Budget(total_pounds=whole),
        anchors={"local": Anchor(ideal=0.0, unacceptable=1.0)}, forecast=ForecastSettings(draws=0),
        solve=Solve(gap=0.0, time_limit_seconds=seconds, sufficiency_tolerance=0.0),
    )  # fmt: skip


def _options(instance: Instance, places: Number) -> list[dict[str, object]]:
    """Return one new school a warehouse, each with Reception alone."""
    return [
        {
            "option": f"W{j:03}", "kind": "new_school", "site": f"W{j:03}", "name": f"Warehouse {j + 1}",
            "nc_years": (0, 0), "places_per_year": int(places[j]), "capital_pounds": float(instance.fixed[j]), "revenue_pounds_a_year": 0.0,
            "earliest_opening": BASE + 1, "latest_opening": BASE + 1, "easting": 500.0, "northing": 500.0,
            "community": "Town", "provider": "community", "ofsted": "good",
        }
        for j in range(len(places))
    ]  # fmt: skip


def _school_of_today() -> dict[str, object]:
    """Return the school of those who are in Reception in the base year; it has no places for anybody else."""
    return {
        "urn": TODAY, "name": "School of today", "phase": "primary", "lowest_nc_year": 0, "highest_nc_year": 0,
        "pan": 0, "net_capacity": 0, "easting": 500.0, "northing": 500.0, "community": "Town", "provider": "community",
        "ofsted": "good", "condition": "b",
    }  # fmt: skip


def _census(key: str, names: list[str], children: Sequence[float] | Number) -> list[dict[str, object]]:
    """Return as many children in Reception in every census, and none in any other year group."""
    return [
        {key: name, "academic_year": BASE - back, "nc_year": nc, "pupils": float(number) * (nc == 0)}
        for name, number in zip(names, children, strict=True)
        for back in range(CENSUSES)
        for nc in range(14)
    ]


def _births(zones: list[str], children: Number) -> list[dict[str, object]]:
    """Return as many births in every year as there are children in Reception."""
    return [
        {"area": zone, "twelve_months_to": f"{BASE - back}-08-31", "births": float(number), "status": "actual"}
        for zone, number in zip(zones, children, strict=True)
        for back in range(BIRTH_YEARS)
    ]


def _frame(table: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return a checked table: what a row doesn't say is the default of its column."""
    fields = TABLES[table].model_fields
    filled = [
        {name: row.get(name, None if field.is_required() else field.default) for name, field in fields.items()}
        for row in rows
    ]
    return pd.DataFrame(filled, columns=list(fields))


def _zones(zones: list[str]) -> gpd.GeoDataFrame:
    """Return one square for each customer; where it lies doesn't matter, since the way to every school is given."""
    layer = {
        "zone": zones, "name": zones, "planning_area": "Town", "community": "Town", "deprivation_quintile": 3.0,
        "rural_class": "town",
    }  # fmt: skip
    squares = [box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(len(zones))]
    return gpd.GeoDataFrame(layer, geometry=squares, crs="EPSG:27700")


def table(found: list[dict[str, float | str | bool]]) -> str:
    """Return what was found, for people."""
    row = "{name:<8} {objective:>16,.3f} {optimum:>16,.3f} {seconds:>8.2f} s  {status}{missed}"
    head = f"{'instance':<8} {'objective':>16} {'optimum':>16} {'time':>10}  status"
    return "\n".join([head, *(row.format(**one, missed="" if one["reached"] else "  MISSED") for one in found)])


def _asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", nargs="*", type=_folder, help="with NAME.txt and NAME.txt.opt; the shared ones if none"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--seconds", type=_above_0, default=300, metavar="N", help="time limit of each; 300 unless given"
    )
    return parser.parse_args()


def _folder(given: str) -> Path:
    """Return a folder. Raises ArgumentTypeError, which the parser tells, where there is none."""
    folder = Path(given)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {given}")
    return folder


def _above_0(given: str) -> int:
    """Return a whole number above 0. Raises ArgumentTypeError, which the parser tells, for anything else."""
    if not given.isdecimal() or int(given) == 0:
        raise argparse.ArgumentTypeError(f"{given} is not a whole number above 0")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())

"""Write docs/explanation/families.md from the national extracts: python docs/families.py DATA [--out FILE].

Every figure of the page is made here, from the back-test that anybody can run. A page that differs fails a test.
"""
# ruff: noqa: INP001  (a command, no package)

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from placeplan.importers.england import import_england
from placeplan.importers.england_extracts import read_extracts
from placeplan.journeys.estate import Estate, estate
from placeplan.journeys.logit import Fitted, Market, fit
from placeplan.journeys.reach import zone_miles
from placeplan.journeys.taste import entries, features, grades, links, priors_at
from placeplan.journeys.taste_backtest import RULES, backtest, summary
from placeplan.options.option import GROUPS, Options
from placeplan.options.read import options
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.tables import TABLES

HERE = Path(__file__).resolve().parent / "explanation" / "families.md"
AUTHORITY = "823"
SPLITS = 10


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=HERE)
    given = parser.parse_args()
    given.out.write_text(page(given.data), encoding="utf-8")


def pattern(data: Path, la: str) -> dict[int, tuple[Market, np.ndarray]]:
    """Return NC year → market and rolls of January 2023 of the schools that teach it, by the entries of an authority.

    Places are the capacity of April 2022 ÷ year groups, so that no roll of January 2023 is in them.
    """
    scenario = _scenario(data, la)
    schools = estate(scenario, options(scenario))
    today = np.flatnonzero(~schools.table["is_new"].to_numpy(dtype=bool))
    table, taught, rolls = schools.table.iloc[today], schools.taught[today], schools.rolls[today]
    places = _places(data, la, table["urn"], taught)[:, None] * taught
    miles = zone_miles(scenario, schools)[:, today]
    same = scenario.zones["community"].to_numpy()[:, None] == table["community"].to_numpy()[None, :]
    quality = grades(scenario, table["ofsted"].to_numpy(dtype=object))
    faith = (table["faith"] != "").to_numpy()
    linked = _linked(scenario, table["urn"])
    children = scenario.table("children").pivot_table(index="zone", columns="nc_year", values="pupils")
    children = children.reindex(index=scenario.zones["zone"], columns=range(GROUPS), fill_value=0.0)
    found = {}
    for nc in entries(taught, places):
        names, cells = features(miles, same, places[:, nc], {"grade": quality}, faith, linked, taught, places, nc)
        here = taught[:, nc]
        market = Market(names, cells[:, here], children[nc].to_numpy(dtype=float), places[here, nc])
        found[nc] = (market, rolls[here, nc])
    return found


def _scenario(data: Path, la: str) -> Scenario:
    """Return the imported authority, not written anywhere."""
    made = import_england(data, la)
    empty = {name: pd.DataFrame(columns=list(row.model_fields)) for name, row in TABLES.items()}
    return Scenario(Path(la), made.settings, {**empty, **made.tables}, made.zones)


def _places(data: Path, la: str, urns: pd.Series, taught: np.ndarray) -> np.ndarray:
    """Return places of a year group of each school: its capacity of April 2022 ÷ the year groups of its statutory ages.

    Sixth forms count as one year group. Where no capacity is known, the median of the schools that begin alike.
    """
    known = read_extracts(data, la).capacity
    assert known is not None  # noqa: S101  (the national extracts have it)
    known = known.drop_duplicates("urn_january_2023").set_index("urn_january_2023").reindex(urns)
    last = known["highest_age"] - 5
    groups = last.clip(upper=11) - (known["lowest_age"] - 4).clip(lower=0) + 1 + (last > 11)
    places = (known["capacity"] / groups).reset_index(drop=True)
    alike = places.groupby(taught.argmax(axis=1)).transform("median")
    return places.fillna(alike).to_numpy(dtype=float)


def _linked(scenario: Scenario, urns: pd.Series) -> np.ndarray:
    """Return school × school: how strongly they are linked."""
    table = scenario.table("links")
    strength = table.groupby("partnership")["strength"].min()
    members = [set(table.loc[table["partnership"] == name, "urn"]) for name in strength.index]
    inside = np.array([[urn in group for group in members] for urn in urns])
    return links(inside, strength.to_numpy(dtype=float))

"""Demo: a synthetic authority, Demoshire, the same to the byte whenever it is made from the same seed.

Nothing in it is a real place, school or person. `python -m placeplan.importers.demo` writes scenarios/ and geodata/ anew.
"""

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.importers.columns import with_every_column
from placeplan.importers.demo_book import book
from placeplan.importers.demo_censuses import censuses
from placeplan.importers.demo_community import community, links
from placeplan.importers.demo_geodata import write_geodata
from placeplan.importers.demo_homes import SITES, homes
from placeplan.importers.demo_options import in_school_options
from placeplan.importers.demo_packages import CONVERTING, new_schools, packages
from placeplan.importers.demo_people import LAST_CENSUS, People, people
from placeplan.importers.demo_places import places
from placeplan.importers.demo_schools import governance, schools
from placeplan.importers.demo_shared import shared_options
from placeplan.importers.demo_sites import APART, sites
from placeplan.importers.demo_variants import write_variants
from placeplan.importers.small import write_small
from placeplan.scenario.write import ZONE_COLUMNS, write_scenario

SEED = 2015
COMMENT = """Demoshire is synthetic: every place, school and number in it is made up by placeplan/importers/demo.py.
Base year 2018/19. Children are pupils of the authority's mainstream schools, by the zone in which they live;
Years 12 and 13 are those in school sixth forms. To write this folder anew: python -m placeplan.importers.demo"""
STRUCTURAL = (
    "new_school",
    "all_through",
    "age_range",
    "sixth_form",
    "closure",
    "amalgamation",
)  # one at most may be open at a school


def demo(seed: int = SEED) -> tuple[dict[str, object], dict[str, pd.DataFrame], gpd.GeoDataFrame]:
    """Return settings, tables and zones of the synthetic authority, typed as in a `Scenario`.

    seed: another number gives another authority of the same shape.
    Raises ValueError for the few seeds whose zones would not tile their authority.
    """
    rng = np.random.default_rng(seed)
    map_ = places(rng)
    here = governance(rng, sites(rng, map_))
    population = people(rng, map_.zones, here[~here["phase"].isin(APART)])
    table = schools(rng, here, population)
    tables = censuses(rng, map_.zones, table, population) | community(rng, map_.zones, table, population)
    tables |= homes(rng, map_.zones) | {"schools": table}
    options, phase_plan = _options(rng, map_.zones, table.assign(pyramid=here["pyramid"]), population)
    tables |= {"options": options, "phase_plan": phase_plan, "links": links(rng, here, table, options, map_.zones)}
    tables |= book(options, table, population)
    zones = map_.zones[[name for name in ZONE_COLUMNS if name in map_.zones]]
    return settings(), {name: with_every_column(name, rows) for name, rows in tables.items()}, zones


def settings() -> dict[str, object]:
    """Return what scenario.toml of the demo says."""
    return {
        "name": "demo",
        "title": "Demoshire, school places 2019/20 to 2028/29 (synthetic)",
        "base_year": LAST_CENSUS,
        "horizon_years": 10,
        "synthetic": True,
        "la_code": "000",
        "la_name": "Demoshire",
        "budget": {"total_pounds": 140e6, "a_year_pounds": 45e6, "price_base": "2025 prices"},
        "solve": {"gap": 0.01, "time_limit_seconds": 120.0, "seed": 1, "threads": 1},
    }


def write_demo(folder: Path, seed: int = SEED) -> None:
    """Write the demo as a scenario folder."""
    given, tables, zones = demo(seed)
    write_scenario(folder, settings=given, tables=tables, zones=zones, comment=COMMENT)


def write_all(root: Path) -> None:
    """Write scenarios/ (the demo, its variants, the small ones) and geodata/ under a folder, the same to the byte each time."""
    given, tables, zones = demo()
    scenarios = root / "scenarios"
    write_scenario(scenarios / "demo", settings=given, tables=tables, zones=zones, comment=COMMENT)
    write_variants(scenarios, tables["housing"])
    write_small(scenarios)
    write_geodata(root / "geodata", zones, tables["schools"])


def _options(
    rng: Generator, zones: gpd.GeoDataFrame, table: pd.DataFrame, population: People
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all options and the phase plan; at each school one structural option excludes the others."""
    near = table.assign(roll=0)
    near.loc[near.index[: len(population.rolls)], "roll"] = population.rolls[:, -1].sum(axis=1)
    near["spare"] = 1 - near["roll"] / near["net_capacity"].clip(lower=1)
    built = pd.DataFrame(SITES).groupby(1)[2].sum()
    near["wanted"] = near["community"].map(built).fillna(0) / 3_000 - near["spare"] * 4
    converting = near.loc[near["pyramid"].isin(CONVERTING), "urn"]
    conversions, phase_plan = packages(rng, near)
    parts = [in_school_options(rng, near, converting), new_schools(rng, zones), conversions]
    parts.append(shared_options(near, pd.concat(parts, ignore_index=True), converting))
    options = with_every_column("options", pd.concat(parts, ignore_index=True))
    return _one_structural_option_a_school(options), phase_plan


def _one_structural_option_a_school(options: pd.DataFrame) -> pd.DataFrame:
    """Return the options; each structural one at a school of today excludes those beside it."""
    structural = options[options["kind"].isin(STRUCTURAL) & (options["urn"] != "")]
    pairs = structural[["option", "urn"]].merge(structural[["option", "urn"]], on="urn", suffixes=("", "_other"))
    pairs = pairs[pairs["option"] != pairs["option_other"]]
    beside = pairs.groupby("option")["option_other"].agg(";".join)
    excludes = options["option"].map(beside)
    return options.assign(excludes=excludes.fillna(options["excludes"]))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Write the bundled scenarios and their map layers.")
    asked.add_argument("folder", type=Path, nargs="?", default=Path(), help="where scenarios/ and geodata/ go")
    write_all(asked.parse_args().folder)

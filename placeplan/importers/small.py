"""Small towns: two synthetic scenarios that are solved to proof in a second, one of them a worked example."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from placeplan.importers.columns import with_every_column
from placeplan.importers.small_pyramid import PYRAMID, pyramid_tables
from placeplan.importers.small_town import TOWN, town_tables
from placeplan.scenario.write import write_scenario

CORNER = (440_000, 270_000)
SIDE = 3_000  # metres: the side of a square zone


def town() -> tuple[dict[str, object], dict[str, pd.DataFrame], gpd.GeoDataFrame]:
    """Return settings, tables and zones of a town of six zones and nine schools, with an option for each principle."""
    zones = square_zones(["Z1", "Z2", "Z3", "Z4", "Z5", "Z6"], 3)
    zones["community"] = ["Oakfield", "Oakfield", "Oakfield", "Oakfield", "Elmstead", "Elmstead"]
    zones["rural_class"] = ["town"] * 4 + ["village"] * 2
    return TOWN, _whole(town_tables()), zones


def pyramid() -> tuple[dict[str, object], dict[str, pd.DataFrame], gpd.GeoDataFrame]:
    """Return settings, tables and zones of one pyramid of 180 children a year that may go from three tiers to two."""
    zones = square_zones(["Z1"], 1)
    zones["community"], zones["rural_class"] = "Oakfield", "town"
    return PYRAMID, _whole(pyramid_tables()), zones


def write_small(folder: Path) -> None:
    """Write the folders town and pyramid."""
    for make, comment in ((town, "A synthetic town."), (pyramid, "A synthetic pyramid: three tiers to two.")):
        settings, tables, zones = make()
        again = f"{comment} To write this folder anew: python -m placeplan.importers.demo"
        write_scenario(folder / make.__name__, settings=settings, tables=tables, zones=zones, comment=again)


def square_zones(names: list[str], columns: int) -> gpd.GeoDataFrame:
    """Return square zones side by side, row after row from the south-west."""
    at = np.arange(len(names))
    west, south = CORNER[0] + SIDE * (at % columns), CORNER[1] + SIDE * (at // columns)
    return gpd.GeoDataFrame(
        {"zone": names, "name": names, "planning_area": "PA01", "deprivation_quintile": 1.0 + at % 5},
        geometry=shapely.box(west, south, west + SIDE, south + SIDE),
        crs="EPSG:27700",
    )


def _whole(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with every column of their classes."""
    return {name: with_every_column(name, rows) for name, rows in tables.items()}

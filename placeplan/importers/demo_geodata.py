"""Geodata of the demo: one GeoPackage with zones, schools and catchments, in British National Grid."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

A_FIXED_DAY = "2019-01-01T00:00:00.000Z"  # a GeoPackage notes when it was written: the same layers give the same bytes
TIERS = {"first": ("lower", "primary"), "middle": ("middle",), "last": ("secondary", "upper")}
ABOUT = """# Geodata of Demoshire

`demo.gpkg` (GeoPackage 1.2, EPSG:27700) is **synthetic**: no place, boundary or school in it is real.

| layer | a feature is | columns |
|---|---|---|
| `zones` | a zone; together they tile the authority | zone, name, planning_area, community, deprivation_quintile (1 = most deprived), rural_class, fsm_share (pupils eligible for free school meals, 0 to 1) |
| `schools` | a school, as a point | urn, name, phase, lowest_nc_year, highest_nc_year, pan, net_capacity, provider, community, ofsted |
| `catchments` | the zones nearest to a school among those of its tier | urn, name, tier (first: lower and primary; middle; last: secondary and upper) |

The zones are those of `scenarios/demo/zones.gpkg`. To make the file anew: `python -m placeplan.importers.demo`.
"""
SCHOOL_COLUMNS = [
    "urn", "name", "phase", "lowest_nc_year", "highest_nc_year", "pan", "net_capacity", "provider", "community", "ofsted", "geometry",
]  # fmt: skip


def write_geodata(folder: Path, zones: gpd.GeoDataFrame, schools: pd.DataFrame) -> None:
    """Write demo.gpkg and a README that says what is in it; equal inputs give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    points = gpd.points_from_xy(schools["easting"], schools["northing"], crs=zones.crs)
    layers = {
        "zones": zones.assign(deprivation_quintile=zones["deprivation_quintile"].astype("Int64")),
        "schools": gpd.GeoDataFrame(schools, geometry=points)[SCHOOL_COLUMNS],
        "catchments": catchments(zones, schools),
    }
    file = folder / "demo.gpkg"
    file.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": A_FIXED_DAY})
    try:
        for name, layer in layers.items():
            polygons = name != "schools"
            version = {} if file.exists() else {"VERSION": "1.2"}  # said once, when the file is made
            pyogrio.write_dataframe(
                layer, file, layer=name, driver="GPKG", promote_to_multi=polygons, dataset_options=version
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    (folder / "README.md").write_text(ABOUT, encoding="utf-8", newline="\n")


def catchments(zones: gpd.GeoDataFrame, schools: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return each mainstream school's catchment: the zones whose middle lies nearest to it among the schools of its tier.

    Catchments of one tier tile the authority. Columns urn, name, tier, geometry; EPSG:27700.
    A school that is nearest to no zone has none.
    """
    tiers = [_of_tier(zones, schools[schools["phase"].isin(phases)], tier) for tier, phases in TIERS.items()]
    return gpd.GeoDataFrame(pd.concat(tiers, ignore_index=True))


def _of_tier(zones: gpd.GeoDataFrame, schools: pd.DataFrame, tier: str) -> gpd.GeoDataFrame:
    """Return the catchments of one tier."""
    middle = zones.geometry.centroid
    away = np.hypot(
        middle.x.to_numpy()[:, None] - schools["easting"].to_numpy(),
        middle.y.to_numpy()[:, None] - schools["northing"].to_numpy(),
    )
    nearest = schools.iloc[away.argmin(axis=1)].reset_index(drop=True)
    pieces = gpd.GeoDataFrame(
        {"urn": nearest["urn"], "name": nearest["name"], "tier": tier},
        geometry=zones.geometry.to_numpy(),
        crs=zones.crs,
    )
    return pieces.dissolve("urn", as_index=False, method="coverage")[["urn", "name", "tier", "geometry"]]

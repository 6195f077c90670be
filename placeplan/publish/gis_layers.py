"""The map layers as tables with shapes, before they are written: zones, planning areas, journeys, schools, options."""

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from placeplan.domain.arrays import Number
from placeplan.publish import findings
from placeplan.publish.gis_catchments import nearest, walking
from placeplan.publish.gis_fields import LAYERS, by_year, names_of
from placeplan.publish.results import Results

CRS = "EPSG:27700"


def layers_of(results: Results) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers in EPSG:27700, their fields as gis_fields lists them, from the bottom of the map to its top."""
    made = {
        "zones": _zones(results),
        "plan_areas": _planning_areas(results),
        "walking": _layer(*walking(results)),
        "nearest": _layer(*nearest(results)),
        "journeys": _journeys(results),
        "schools": _schools(results),
        "options": _options(results),
    }
    return {name: made[name][[*names_of(name, results.year_names), "geometry"]] for name in LAYERS}


def _zones(results: Results) -> gpd.GeoDataFrame:
    """Return zones with demand and shortfall of every planned year."""
    zones, children, short = results.scenario.zones, findings.demand(results), findings.shortfall(results)
    return _layer(
        {
            "zone": zones["zone"],
            "name": zones["name"],
            "plan_area": zones["planning_area"],
            "community": zones["community"],
            **_demand_and_shortfall(results, children, short),
        },
        zones.geometry,
    )


def _planning_areas(results: Results) -> gpd.GeoDataFrame:
    """Return planning areas: their zones and schools added up."""
    zones = results.scenario.zones
    names, of_zone = np.unique(zones["planning_area"].to_numpy(dtype=str), return_inverse=True)
    inside = (of_zone[None, :] == np.arange(len(names))[:, None]).astype(float)
    schools = findings.schools(results)
    schools = schools[schools["planned"]]
    _, places = findings.rolls_and_places(results, schools["urn"])
    owns = (findings.planning_areas(results, schools)[None, :] == names[:, None]).astype(float)
    shapes = [shapely.union_all(zones.geometry.to_numpy()[of_zone == k]) for k in range(len(names))]
    return _layer(
        {
            "plan_area": names.astype(object),
            "zones": inside.sum(axis=1),
            "schools": owns @ (places[:, -1] > 0),
            **_demand_and_shortfall(results, inside @ findings.demand(results), inside @ findings.shortfall(results)),
            **by_year("places", results.year_names, owns @ places),
        },
        shapes,
    )


def _demand_and_shortfall(results: Results, children: Number, short: Number) -> dict[str, Number]:
    """Return the columns that tell children and those without a place, by year and over all years."""
    years = results.year_names
    ends = {"change": children[:, -1] - children[:, 0], "shortfall": short.sum(axis=1)}
    return ends | by_year("demand", years, children) | by_year("short", years, short)


def _schools(results: Results) -> gpd.GeoDataFrame:
    """Return schools with roll, places and spare places of every planned year."""
    schools = findings.schools(results)
    rolls, places = findings.rolls_and_places(results, schools["urn"])
    spare = places - rolls
    share = np.divide(100 * spare[:, -1], places[:, -1], out=np.full(len(spare), np.nan), where=places[:, -1] > 0)
    return _layer(
        {
            **{name: schools[name] for name in ("urn", "laestab", "name", "phase", "nc_years", "community")},
            "plan_area": findings.planning_areas(results, schools),
            "is_new": _yes_no(schools["is_new"]),
            "planned": _yes_no(schools["planned"]),
            "spare_pct": share,
            **by_year("roll", results.year_names, rolls),
            **by_year("places", results.year_names, places),
            **by_year("spare", results.year_names, spare),
        },
        shapely.points(schools["easting"].to_numpy(float), schools["northing"].to_numpy(float)),
    )


def _options(results: Results) -> gpd.GeoDataFrame:
    """Return options as points: where, whether and when, how many places, at what cost."""
    options = findings.options(results)
    own = {"chosen": _yes_no(options["chosen"]), "capital": options["capital_pounds"]}
    return _layer(
        {name: options[name] for name in options.columns} | own,
        shapely.points(options["easting"].to_numpy(float), options["northing"].to_numpy(float)),
    )


def _journeys(results: Results) -> gpd.GeoDataFrame:
    """Return straight lines from the middle of each origin to the school that its children join."""
    journeys = findings.journeys(results)
    starts = findings.origin_points(results).reindex(pd.MultiIndex.from_frame(journeys[["origin_kind", "origin"]]))
    ends = findings.schools(results).set_index("urn").reindex(journeys["urn"])
    corners = np.stack(
        [starts[["easting", "northing"]].to_numpy(float), ends[["easting", "northing"]].to_numpy(float)], axis=1
    )
    lines = shapely.linestrings(corners) if len(corners) else np.array([], dtype=object)
    return _layer(
        {
            "origin": journeys["origin"],
            "orig_kind": journeys["origin_kind"],
            "urn": journeys["urn"],
            "school": ends["name"],
            "children": journeys["children"],
            "miles": shapely.length(lines) / findings.METRES_A_MILE,
        },
        lines,
    )


def _layer(columns: Mapping[str, object], shapes: Iterable[shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return a layer: texts as text, numbers to a millionth, shapes of areas as shapes of many parts."""
    plain = {name: np.asarray(values) for name, values in columns.items()}
    numbers = {name: np.round(v.astype(float), 6) for name, v in plain.items() if v.dtype.kind in "fiu"}
    texts = {
        name: pd.Series(["" if pd.isna(t) else str(t) for t in v], dtype=object)
        for name, v in plain.items()
        if name not in numbers
    }
    return gpd.GeoDataFrame(texts | numbers, geometry=[whole_shape(shape) for shape in shapes], crs=CRS)


def _yes_no(truths: pd.Series) -> np.ndarray:
    """Return truths as words."""
    return np.where(truths.to_numpy(dtype=bool), "yes", "no").astype(object)


def whole_shape(shape: shapely.Geometry) -> shapely.Geometry:
    """Return an area as a shape of many parts, as every area of a layer must be; lines and points as they are."""
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape

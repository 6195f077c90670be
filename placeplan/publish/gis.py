"""Map layers: a GeoPackage that opens styled, and one shapefile a layer, each read back before it counts."""

import errno
import hashlib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from placeplan.publish import findings
from placeplan.publish.gis_fields import LAYERS, TEXT_BYTES, fields_table, names_of
from placeplan.publish.gis_styles import styles_of
from placeplan.publish.results import Results

CRS = "EPSG:27700"
_DATE_KEYS = ("OGR_CURRENT_DATE",)
_KINDS = {"zones": "MultiPolygon", "schools": "Point", "options": "Point", "journeys": "LineString"}


def write_gis(folder: Path, results: Results) -> tuple[dict[str, int], pd.DataFrame]:
    """Write placeplan.gpkg and the shapefiles with their styles; return file → features, and the data dictionary.

    Files bear the date of the census that the plan rests on, so that the same results give the same bytes.
    Raises OSError when what is read back isn't what was written, or a pyogrio error when writing fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layers = layers_of(results)
    fields = fields_table(results.year_names[0], results.year_names[-1])
    styles = styles_of(layers, fields)
    day = f"{results.scenario.settings.base_year + 1}-01-01"
    counts = {"placeplan.gpkg": sum(len(layer) for layer in layers.values())}
    with _dated(day):
        _write_geopackage(folder / "placeplan.gpkg", layers, styles, day)
        for name, layer in layers.items():
            _write_shapefile(folder / f"{name}.shp", layer, day)
            (folder / f"{name}.qml").write_text(styles[name], encoding="utf-8", newline="\n")
            counts |= {f"{name}.shp": len(layer), f"{name}.dbf": len(layer)}
    return counts, fields


def layers_of(results: Results) -> dict[str, gpd.GeoDataFrame]:
    """Return the four layers in EPSG:27700, their fields as gis_fields lists them."""
    made = {
        "zones": _zones(results),
        "schools": _schools(results),
        "options": _options(results),
        "journeys": _journeys(results),
    }
    return {name: layer[[*names_of(name), "geometry"]] for name, layer in made.items()}


def _zones(results: Results) -> gpd.GeoDataFrame:
    """Return zones with demand in the first and last planned year, and their shortfall."""
    zones, children = results.scenario.zones, findings.demand(results)
    return _layer(
        {
            "zone": zones["zone"],
            "name": zones["name"],
            "plan_area": zones["planning_area"],
            "community": zones["community"],
            "demand_1": children[:, 0],
            "demand_n": children[:, -1],
            "change": children[:, -1] - children[:, 0],
            "shortfall": findings.shortfall(results).sum(axis=1),
        },
        [_whole(shape) for shape in zones.geometry],
    )


def _schools(results: Results) -> gpd.GeoDataFrame:
    """Return schools with roll and places in the first and last planned year."""
    schools = findings.schools(results)
    rolls, places = findings.rolls_and_places(results, schools["urn"])
    spare = places - rolls
    share = np.divide(100 * spare[:, -1], places[:, -1], out=np.full(len(spare), np.nan), where=places[:, -1] > 0)
    return _layer(
        {
            **{name: schools[name] for name in ("urn", "name", "phase", "nc_years", "community")},
            "is_new": _yes_no(schools["is_new"]),
            "planned": _yes_no(schools["planned"]),
            "roll_1": rolls[:, 0],
            "roll_n": rolls[:, -1],
            "places_1": places[:, 0],
            "places_n": places[:, -1],
            "spare_1": spare[:, 0],
            "spare_n": spare[:, -1],
            "spare_pct": share,
        },
        shapely.points(schools["easting"].to_numpy(float), schools["northing"].to_numpy(float)),
    )


def _options(results: Results) -> gpd.GeoDataFrame:
    """Return options as points: where, whether and when, how many places, at what cost."""
    options = findings.options(results)
    columns = {name: options[name] for name in names_of("options") if name in options}
    own = {"chosen": _yes_no(options["chosen"]), "capital": options["capital_pounds"]}
    return _layer(
        columns | own, shapely.points(options["easting"].to_numpy(float), options["northing"].to_numpy(float))
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


def _layer(columns: dict[str, object], shapes: object) -> gpd.GeoDataFrame:
    """Return a layer: texts as text, numbers to a millionth."""
    plain = {name: np.asarray(values) for name, values in columns.items()}
    numbers = {name: np.round(v.astype(float), 6) for name, v in plain.items() if v.dtype.kind in "fiu"}
    texts = {
        name: pd.Series(["" if pd.isna(t) else str(t) for t in v], dtype=object)
        for name, v in plain.items()
        if name not in numbers
    }
    return gpd.GeoDataFrame(texts | numbers, geometry=np.asarray(shapes, dtype=object), crs=CRS)


def _yes_no(truths: pd.Series) -> np.ndarray:
    """Return truths as words."""
    return np.where(truths.to_numpy(dtype=bool), "yes", "no").astype(object)


def _whole(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return a zone as a shape of many parts, as every zone of a layer must be."""
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape


@contextmanager
def _dated(day: str) -> Iterator[None]:
    """Let files be dated by a day of our choice, then by the clock again."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in _DATE_KEYS}
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _write_geopackage(path: Path, layers: dict[str, gpd.GeoDataFrame], styles: dict[str, str], day: str) -> None:
    """Write the master: every layer, and the styles that QGIS applies on opening."""
    for name, layer in layers.items():
        title, about = LAYERS[name]
        pyogrio.write_dataframe(
            layer,
            path,
            layer=name,
            driver="GPKG",
            geometry_type=_KINDS[name],
            append=name != next(iter(layers)),
            dataset_options={"VERSION": "1.2"},  # GDAL 3.6 of today's desktops warns about later ones
            layer_options={"IDENTIFIER": title, "DESCRIPTION": about, "GEOMETRY_NAME": "geom"},
        )
    table = pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": list(styles),
            "f_geometry_column": "geom",
            "styleName": [LAYERS[name][0] for name in styles],
            "styleQML": list(styles.values()),
            "styleSLD": "",
            "useAsDefault": True,
            "description": [LAYERS[name][1] for name in styles],
            "owner": "placeplan",
            "ui": "",
            "update_time": f"{day}T00:00:00.000Z",
        }
    )
    pyogrio.write_dataframe(table, path, layer="layer_styles", driver="GPKG", append=True, layer_options={"FID": "id"})
    for name, layer in layers.items():
        _check_same(layer, pyogrio.read_dataframe(path, layer=name), path, name)


def _write_shapefile(path: Path, layer: gpd.GeoDataFrame, day: str) -> None:
    """Write one shapefile with its texts cut to what it can hold, and read it back: drivers lose the end in silence."""
    held = layer.copy()
    for name in held.columns.drop("geometry"):
        if held[name].dtype.kind not in "fiu":
            held[name] = pd.Series([cut(text) for text in held[name]], dtype=object)
    pyogrio.write_dataframe(
        held,
        path,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        geometry_type=_KINDS[path.stem].removeprefix("Multi"),
        layer_options={"DBF_DATE_LAST_UPDATE": day},
    )
    _check_same(held, pyogrio.read_dataframe(path), path, path.stem)


def cut(text: str, most: int = TEXT_BYTES) -> str:
    """Return the longest beginning of a text that fits into so many bytes, no character broken, no accent left behind."""
    content = text.encode("utf-8")
    if len(content) <= most:
        return text
    start = content[:most].decode("utf-8", errors="ignore")
    if unicodedata.combining(text[len(start)]):
        start = start.rstrip("".join(sign for sign in set(start) if unicodedata.combining(sign)))[:-1]
    return start


def _check_same(written: gpd.GeoDataFrame, read: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Raise OSError unless a layer came back with every feature, shape and value."""
    faults = []
    if len(read) != len(written):
        faults.append(f"{len(read)} of {len(written)} features")
    elif len(read):
        if read.geometry.isna().any() or not _same_shapes(written, read):
            faults.append("shapes differ")
        if _digest(written) != _digest(read[written.columns]):
            faults.append("values differ")
    if faults:
        raise OSError(errno.EIO, f"layer {layer}, read back: {', '.join(faults)}", str(path))


def _same_shapes(written: gpd.GeoDataFrame, read: gpd.GeoDataFrame) -> bool:
    """Return whether all shapes agree to a millimetre."""
    pairs = [
        shapely.normalize(np.array([_whole(s) for s in frame.geometry], dtype=object)) for frame in (written, read)
    ]
    return bool(shapely.equals_exact(*pairs, tolerance=0.001).all())


def _digest(layer: gpd.GeoDataFrame) -> str:
    """Return a hash of all values but the shapes; nothing and empty text are one."""
    told = hashlib.sha256()
    for name in layer.columns.drop("geometry"):
        column = layer[name]
        if column.dtype.kind in "fiu":
            figures = (
                np.round(column.to_numpy(dtype=float), 6) + 0.0
            )  # −0 and 0 are one, and so is every way to say nothing
            told.update(np.where(np.isnan(figures), np.nan, figures).tobytes())
        else:
            told.update("\x1f".join("" if pd.isna(text) else str(text) for text in column).encode("utf-8"))
    return told.hexdigest()

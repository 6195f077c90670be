"""Map layers: a GeoPackage that opens styled, a project, and one shapefile a layer, each read back before it counts."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from placeplan.publish.gis_check import check_kept, check_project, check_same, check_whole
from placeplan.publish.gis_fields import LAYERS, TEXT_BYTES, fields_table
from placeplan.publish.gis_layers import layers_of
from placeplan.publish.gis_metadata import About, about_of, as_pairs, as_qmd
from placeplan.publish.gis_project import FILE as PROJECT
from placeplan.publish.gis_project import GEOPACKAGE, project_bytes, sources_of
from placeplan.publish.gis_styles import Style, styles_of
from placeplan.publish.results import Results

_DATE = "OGR_CURRENT_DATE"


def write_gis(folder: Path, results: Results) -> tuple[dict[str, int], pd.DataFrame]:
    """Write the GeoPackage, the project and the shapefiles; return file → features, and the data dictionary.

    Files bear the date of the census that the plan rests on, so that the same results give the same bytes.
    Raises OSError when what is read back isn't what was written, or a pyogrio error when writing fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layers, about = layers_of(results), about_of(results)
    fields = fields_table(results.year_names)
    styles = styles_of(layers, fields)
    counts = {GEOPACKAGE: sum(len(layer) for layer in layers.values())}
    with _dated(about.day):
        _write_geopackage(folder / GEOPACKAGE, layers, styles, about)
        for name, layer in layers.items():
            _write_shapefile(folder / f"{name}.shp", layer, about.day)
            counts |= {f"{name}.shp": len(layer), f"{name}.dbf": len(layer)}
    for style in styles:
        if style.is_default:
            _write_text(folder / f"{style.layer}.qml", style.qml)
            _write_text(folder / f"{style.layer}.qmd", as_qmd(about, style.layer))
    content = project_bytes(layers, styles, about)
    (folder / PROJECT).write_bytes(content)
    check_project(folder / PROJECT, content, sources_of(layers, styles))
    return counts, fields


@contextmanager
def _dated(day: str) -> Iterator[None]:
    """Let files be dated by a day of our choice, then by the clock again."""
    before = pyogrio.get_gdal_config_option(_DATE)
    pyogrio.set_gdal_config_options({_DATE: f"{day}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_DATE: before})


def _write_geopackage(
    path: Path, layers: Mapping[str, gpd.GeoDataFrame], styles: Sequence[Style], about: About
) -> None:
    """Write the master: every layer with its metadata, and the styles of which QGIS applies the default on opening."""
    for name, layer in layers.items():
        kind = LAYERS[name]
        pyogrio.write_dataframe(
            layer,
            path,
            layer=name,
            driver="GPKG",
            geometry_type=kind.geometry,
            append=name != next(iter(layers)),
            dataset_options={"VERSION": "1.2"},  # GDAL 3.6 of today's desktops warns about later ones
            layer_options={"IDENTIFIER": kind.title, "DESCRIPTION": kind.about, "GEOMETRY_NAME": "geom"},
            layer_metadata=as_pairs(about, name),  # of the whole file they would let a newer GDAL put a file beside it
        )
    table = pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [style.layer for style in styles],
            "f_geometry_column": "geom",
            "styleName": [style.name for style in styles],
            "styleQML": [style.qml for style in styles],
            "styleSLD": "",
            "useAsDefault": [style.is_default for style in styles],
            "description": [LAYERS[style.layer].about for style in styles],
            "owner": "placeplan",
            "ui": "",
            "update_time": f"{about.day}T00:00:00.000Z",
        }
    )
    pyogrio.write_dataframe(table, path, layer="layer_styles", driver="GPKG", append=True, layer_options={"FID": "id"})
    for name, layer in layers.items():
        check_same(layer, path, name)
    check_kept(path, table, {name: as_pairs(about, name) for name in layers})


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
        geometry_type=LAYERS[path.stem].geometry.removeprefix("Multi"),
        layer_options={"DBF_DATE_LAST_UPDATE": day},
    )
    check_same(held, path, path.stem)
    check_whole(path)


def _write_text(path: Path, text: str) -> None:
    """Write a file beside a shapefile and read it back."""
    path.write_text(text, encoding="utf-8", newline="\n")
    if path.read_bytes() != text.encode("utf-8"):
        raise OSError(5, "what was read back is not what was written", str(path))


def cut(text: str, most: int = TEXT_BYTES) -> str:
    """Return the longest beginning of a text that fits into so many bytes, no character broken, no accent left behind."""
    content = text.encode("utf-8")
    if len(content) <= most:
        return text
    start = content[:most].decode("utf-8", errors="ignore")
    if unicodedata.combining(text[len(start)]):
        start = start.rstrip("".join(sign for sign in set(start) if unicodedata.combining(sign)))[:-1]
    return start

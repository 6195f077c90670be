"""Geodata: the zones, read from a layer that can be trusted, in British National Grid metres."""

import struct
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.paths import refusal
from placeplan.scenario.say import TOLD, listed, shown

GRID = 27700  # British National Grid, metres
GREAT_BRITAIN = (0.0, 0.0, 700_000.0, 1_300_000.0)  # metres of the grid
NEEDED = ("zone", "name", "planning_area", "community")
ALSO = ("deprivation_quintile", "rural_class", "fsm_share")
RURAL_CLASSES = ("village", "town", "city", "")
DRIVERS = {"GPKG", "ESRI Shapefile", "GeoJSON"}
LARGEST = 500_000_000  # bytes
LONGEST_DBF_NAME = 10
BEGINS = {".gpkg": b"SQLite format 3", ".shp": b"\x00\x00\x27\x0a", ".geojson": b"{", ".json": b"{"}
CHANGED = 1e-6  # share of its area by which a mended shape is told to have changed


def read_zones(file: Path, name: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the zones as in `Scenario`, and every fault and warning; the index is the row, the first zone's being 2.

    Raises ScenarioProblems when the layer can't be read at all, has no coordinate system or lacks a column.
    """
    _refuse_strange_files(file, name)
    encoding, problems = _letters(file, name)
    layer = _layer(file, name, encoding)
    layer = _columns(layer, name)
    layer.index = pd.RangeIndex(2, len(layer) + 2)
    if not len(layer):
        raise refusal(name, "the layer has no zones.", "Give a polygon a zone.")
    layer, told = _on_the_grid(layer, name)
    problems += [*told, *_codes(layer, name), *_empty_shapes(layer, name)]
    polygons = layer[~(layer.geometry.is_empty | layer.geometry.isna())]
    problems += _mended(polygons, layer, name)
    return layer, [*problems, *_attributes(layer, name)]


def _refuse_strange_files(file: Path, name: str) -> None:
    """Refuse what isn't the format that its name says, before any driver opens it: a driver may follow links elsewhere."""
    suffix = file.suffix.lower()
    with file.open("rb") as opened:
        head = opened.read(400)
    if file.stat().st_size > LARGEST:
        raise refusal(name, f"it is larger than {LARGEST // 1_000_000} MB.", "Simplify the shapes.")
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(BEGINS[suffix]):
        raise refusal(name, f"it is not a {suffix} file, though its name says so.", "Save the layer as GeoPackage.")
    if suffix != ".shp":
        return
    beside = {one.name.lower() for one in file.parent.iterdir()}
    missing = [part for part in (".shx", ".dbf") if f"{file.stem}{part}".lower() not in beside]
    if missing:
        raise refusal(name, f"the part {file.stem}{missing[0]} of the shapefile is missing.", "Copy every part of it.")
    length = 2 * struct.unpack(">i", head[24:28])[0]
    if file.stat().st_size < length:
        shapes, told = _shapes_left(file)
        raise refusal(
            name, f"it is cut short: {told - shapes} of {told} zones have no shape.", "Copy the shapefile again."
        )


def _shapes_left(file: Path) -> tuple[int, int]:
    """Return how many shapes of a cut shapefile are whole, and how many its index tells of."""
    index = file.with_suffix(".shx").read_bytes()[100:]
    ends = [
        2 * (start + length) + 8
        for start, length in struct.iter_unpack(">ii", index[: len(index) // 8 * 8])
    ]  # fmt: skip
    return sum(end <= file.stat().st_size for end in ends), len(ends)


def _letters(file: Path, name: str) -> tuple[str | None, list[Problem]]:
    """Return how the names of a shapefile are written where it doesn't say so itself."""
    parts = {one.suffix.lower() for one in file.parent.glob(f"{file.stem}.*")}
    if file.suffix.lower() != ".shp" or ".cpg" in parts:
        return None, []
    table = next(one for one in file.parent.glob(f"{file.stem}.*") if one.suffix.lower() == ".dbf").read_bytes()[32:]
    if table.isascii():
        return None, []
    try:
        table.split(b"\r", 1)[-1].decode("utf-8")
        encoding = "UTF-8"
    except UnicodeDecodeError:
        encoding = "CP1252"
    wrong = f"the part {file.stem}.cpg is missing; the names are read as {encoding}."
    return encoding, [Problem(name, None, None, wrong, "Check the names with accents.", grave=False)]


def _layer(file: Path, name: str, encoding: str | None) -> gpd.GeoDataFrame:
    """Return the layer called zones, or the only one."""
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(file)]
        chosen = next((layer for layer in layers if layer.lower() == "zones"), layers[0] if len(layers) == 1 else None)
        if chosen is None:
            raise refusal(name, f"it has the layers {listed(layers)}, none called zones.", "Call the layer zones.")
        if pyogrio.read_info(file, layer=chosen)["driver"] not in DRIVERS:
            raise refusal(name, "the format is not accepted.", "Save the layer as GeoPackage.")
        return pyogrio.read_dataframe(file, layer=chosen, encoding=encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, ValueError):
        raise refusal(name, "the layer can't be read.", "Save it as GeoPackage again.") from None


def _columns(layer: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return the layer with its columns under their own names, text as text."""
    if not isinstance(layer, gpd.GeoDataFrame):
        raise refusal(name, "the layer has no shapes.", "Give a polygon a zone.")
    names = {str(column).strip().lower(): column for column in layer.columns if column != layer.geometry.name}
    found = {one: names.get(one, names.get(one[:LONGEST_DBF_NAME])) for one in (*NEEDED, *ALSO)}
    missing = [one for one in NEEDED if found[one] is None]
    if missing:
        remedy = f"The columns found are {listed(list(names), 30)}."
        raise ScenarioProblems([Problem(name, 1, one, f"the column {one} is missing.", remedy) for one in missing])
    columns = {one: _as_text(layer[found[one]]) if found[one] is not None else "" for one in (*NEEDED, *ALSO)}
    return gpd.GeoDataFrame(columns, geometry=layer.geometry.to_numpy(), crs=layer.crs)


def _as_text(column: pd.Series) -> list[str]:
    """Return a column's cells as text, codes without the point that a number carries."""
    whole = [str(int(one)) if isinstance(one, float) and one == one // 1 else one for one in column.tolist()]
    return ["" if one is None or one is pd.NA or one != one else str(one).strip() for one in whole]  # noqa: PLR0124  (NaN)


def _on_the_grid(layer: gpd.GeoDataFrame, name: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the layer in British National Grid metres, and say where it had to be moved.

    Raises ScenarioProblems when it has no coordinate system, or doesn't lie in Great Britain.
    """
    problems = []
    if layer.crs is None:
        remedy = f"If it is British National Grid: ogr2ogr -a_srs EPSG:{GRID} zones_on_the_grid.gpkg {Path(name).name}"
        raise refusal(name, "the layer has no coordinate system.", remedy)
    words = layer.crs.name.replace("_", " ")
    if layer.crs.to_epsg() != GRID and "British National Grid" in words:
        layer = layer.set_crs(GRID, allow_override=True)
    if layer.crs.to_epsg() != GRID:
        wrong = f"the layer is in {words}; moved to British National Grid, right to some 2 m."
        problems.append(Problem(name, None, "geometry", wrong, grave=False))
        layer = layer.to_crs(GRID)
    layer = layer.set_geometry(shapely.force_2d(layer.geometry.to_numpy()), crs=GRID)
    west, south, east, north = GREAT_BRITAIN
    bounds = layer.total_bounds
    if np.isfinite(bounds).all() and not (
        west <= bounds[0] <= bounds[2] <= east and south <= bounds[1] <= bounds[3] <= north
    ):
        told = ", ".join(f"{edge:,.0f}" for edge in bounds)
        raise refusal(
            name, f"the zones do not lie in Great Britain ({told}).", "Check the coordinate system of the layer."
        )
    return layer, problems


def _codes(layer: gpd.GeoDataFrame, name: str) -> Iterator[Problem]:
    """Yield zones without a code, and codes that stand twice."""
    for column in NEEDED:
        for row in layer.index[layer[column] == ""][:TOLD]:
            yield Problem(name, row, column, "the cell is blank.", "Give every zone a code, a name and its areas.")
    again = layer["zone"].duplicated() & (layer["zone"] != "")
    for row in layer.index[again][:TOLD]:
        code = layer["zone"][row]
        first = layer.index[layer["zone"] == code][0]
        yield Problem(
            name, row, "zone", f"zone {code} stands in rows {first} and {row}.", "Give each zone a code of its own."
        )


def _empty_shapes(layer: gpd.GeoDataFrame, name: str) -> Iterator[Problem]:
    """Yield zones without a shape, or with points or lines instead of a polygon."""
    kinds = layer.geometry.geom_type
    for row in layer.index[layer.geometry.isna() | layer.geometry.is_empty][:TOLD]:
        yield Problem(name, row, "geometry", f"zone {layer['zone'][row]} has no shape.", "Draw its polygon.")
    strange = kinds.notna() & ~kinds.isin(["Polygon", "MultiPolygon"]) & ~layer.geometry.is_empty
    for row in layer.index[strange][:TOLD]:
        wrong = f"zone {layer['zone'][row]} is a {kinds[row]}, not a polygon."
        yield Problem(name, row, "geometry", wrong, "Draw its polygon.")


def _mended(polygons: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, name: str) -> list[Problem]:
    """Mend shapes that cross themselves, in place, and return a warning with the change of area for each."""
    problems = []
    for row in polygons.index[~polygons.geometry.is_valid & polygons.geom_type.isin(["Polygon", "MultiPolygon"])]:
        old = polygons.geometry[row]
        new = shapely.make_valid(old, method="structure")
        layer.loc[[row], "geometry"] = gpd.GeoSeries([new], index=[row], crs=GRID)
        code, change = layer["zone"][row], (new.area - old.area) / 1e6
        if new.is_empty or new.geom_type not in {"Polygon", "MultiPolygon"}:
            wrong = f"zone {code} crosses itself and can't be mended."
            problems.append(Problem(name, row, "geometry", wrong, "Draw its polygon again."))
            continue
        wrong = (
            f"zone {code} crossed itself; mended, its area changed by {change:+.4f} km² to {new.area / 1e6:.4f} km²."
        )
        problems.append(Problem(name, row, "geometry", wrong, grave=False))
    return problems


def _attributes(layer: gpd.GeoDataFrame, name: str) -> Iterator[Problem]:
    """Yield quintiles and rural classes that are none; afterwards the columns are typed."""
    quintile = pd.to_numeric(layer["deprivation_quintile"].replace("", np.nan), errors="coerce")
    wrong = (layer["deprivation_quintile"] != "") & ~quintile.isin([1, 2, 3, 4, 5])
    for row in layer.index[wrong][:TOLD]:
        told = f"{shown(layer['deprivation_quintile'][row])} is no quintile of deprivation."
        yield Problem(name, row, "deprivation_quintile", told, "Give 1 (most deprived) to 5, or leave it blank.")
    layer["deprivation_quintile"] = quintile.astype("float64")
    layer["rural_class"] = layer["rural_class"].str.lower()
    for row in layer.index[~layer["rural_class"].isin(RURAL_CLASSES)][:TOLD]:
        told = f"{shown(layer['rural_class'][row])} is no rural class."
        yield Problem(name, row, "rural_class", told, "Give village, town or city, or leave it blank.")
    yield from _free_school_meals(layer, name)


def _free_school_meals(layer: gpd.GeoDataFrame, name: str) -> Iterator[Problem]:
    """Yield shares that are none, and blanks where other zones have a share; afterwards the column is typed."""
    told = layer["fsm_share"] != ""
    share = pd.to_numeric(layer["fsm_share"].replace("", np.nan), errors="coerce").astype("float64")
    for row in layer.index[told & ~share.between(0, 1)][:TOLD]:
        wrong = f"{shown(layer['fsm_share'][row])} is no share of pupils."
        yield Problem(name, row, "fsm_share", wrong, "Give a share from 0 to 1: 0.23 for 23 %.")
    for row in layer.index[~told][:TOLD] if told.any() else ():
        remedy = "Give it for every zone, or for none."
        yield Problem(name, row, "fsm_share", "the cell is blank, though other zones have a share.", remedy)
    layer["fsm_share"] = share


def overlaps_and_gaps(zones: gpd.GeoDataFrame, name: str) -> Iterator[Problem]:
    """Yield a warning for each pair of zones that overlap by more than 1 % of the smaller, and for gaps between zones."""
    shapes, areas = zones.geometry.to_numpy(), zones.geometry.area.to_numpy()
    first, second = zones.sindex.query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    far = np.flatnonzero(shared > 0.01 * np.minimum(areas[first], areas[second]))
    for pair in far[:TOLD]:
        one, two = zones["zone"].iloc[first[pair]], zones["zone"].iloc[second[pair]]
        wrong = f"zones {one} and {two} overlap by {shared[pair] / 1e6:.4f} km²."
        yield Problem(name, int(zones.index[second[pair]]), "geometry", wrong, "Draw one border for both.", grave=False)
    holes = shapely.union_all(shapes)
    rings = shapely.get_parts(holes)
    filled = shapely.area(shapely.polygons(shapely.get_exterior_ring(rings))).sum()
    gap = filled - shapely.area(holes)
    if gap > 0.001 * filled:
        wrong = f"gaps of {gap / 1e6:.4f} km² lie between the zones; a school there counts to the nearest zone."
        yield Problem(name, None, "geometry", wrong, "Draw the zones edge to edge.", grave=False)

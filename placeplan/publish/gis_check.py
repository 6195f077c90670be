"""Layers read back: nothing that was written counts before it was found again on the disk."""

import errno
import hashlib
import sqlite3
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from placeplan.publish.gis_layers import CRS, whole_shape

A_MILLIMETRE = 0.001


def check_same(written: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Raise OSError unless a layer comes back with its place on Earth and every feature, shape and value."""
    read = pyogrio.read_dataframe(path, layer=layer)
    faults = []
    if len(read) != len(written):
        faults.append(f"{len(read)} of {len(written)} features")
    elif list(read.columns) != list(written.columns):
        faults.append("fields differ")
    elif read.crs is None or read.crs != CRS:
        faults.append("the coordinate system differs")
    elif len(read):
        if read.geometry.isna().any() or not _same_shapes(written, read):
            faults.append("shapes differ")
        if _digest(written) != _digest(read):
            faults.append("values differ")
    _refuse(faults, path, layer)


def check_kept(path: Path, styles: pd.DataFrame, metadata: Mapping[str, Mapping[str, str]]) -> None:
    """Raise OSError unless a GeoPackage kept its table of styles and the metadata of each layer."""
    read = pyogrio.read_dataframe(path, layer="layer_styles")
    faults = list(_lost_of_database(path, metadata))
    if read["styleQML"].tolist() != styles["styleQML"].tolist():
        faults.append("styles differ")
    for layer, pairs in metadata.items():
        kept = pyogrio.read_info(path, layer=layer)["layer_metadata"] or {}
        if not pairs.items() <= kept.items():
            faults.append(f"metadata of {layer} differ")
    _refuse(faults, path, "layer_styles")


def _lost_of_database(path: Path, layers: Iterable[str]) -> Iterator[str]:
    """Yield what a GeoPackage lost as a database: a full disk rolls the last statements back, and drivers say nothing of it."""
    content = path.read_bytes()
    if int.from_bytes(content[16:18], "big") * int.from_bytes(content[28:32], "big") != len(content):
        yield "the file is cut"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            sound = base.execute("pragma integrity_check").fetchone() == ("ok",)
            triggers = base.execute("select tbl_name, name from sqlite_master where type = 'trigger'").fetchall()
    except sqlite3.Error:
        sound, triggers = False, []
    if not sound:
        yield "the database is damaged"
    told = {layer: sum(table == layer for table, _ in triggers) for layer in layers}
    names = {name for _, name in triggers}
    counting = {
        f"trigger_{act}_feature_count_{layer}" for act in ("insert", "delete") for layer in (*told, "layer_styles")
    }
    if len(set(told.values())) > 1 or counting - names:
        yield "its triggers are not all there"


def check_whole(path: Path) -> None:
    """Raise OSError unless the parts of a shapefile are as long as they say, which drivers don't look at."""
    _refuse(list(_cut_parts(path)), path, path.stem)


def check_project(path: Path, content: bytes, sources: Sequence[str]) -> None:
    """Raise OSError unless a project is on the disk as it was made, a whole archive with every layer in it."""
    faults = []
    if path.read_bytes() != content:
        faults.append("content differs")
    else:
        with zipfile.ZipFile(path) as archive:
            root = ET.fromstring(archive.read(archive.namelist()[0]))  # noqa: S314  (our own)
        if [source.text for source in root.iter("datasource")] != list(sources):
            faults.append("layers differ")
    _refuse(faults, path, "project")


def _cut_parts(path: Path) -> Iterator[str]:
    """Yield the parts of a shapefile whose length isn't the one in their head."""
    for suffix in (".shp", ".shx"):
        part = path.with_suffix(suffix).read_bytes()
        if len(part) < 28 or 2 * struct.unpack(">i", part[24:28])[0] != len(part):
            yield f"{suffix} is cut"
    table = path.with_suffix(".dbf").read_bytes()
    if len(table) < 12:
        yield ".dbf is cut"
    else:
        rows, head, row = struct.unpack("<IHH", table[4:12])
        if len(table) - (head + rows * row) not in {0, 1}:  # a last sign may end it
            yield ".dbf is cut"
        elif not table.endswith(b"\x1a"):
            yield ".dbf has lost its end"
    if path.with_suffix(".cpg").read_bytes() != b"UTF-8":
        yield ".cpg differs"
    if not path.with_suffix(".prj").read_bytes().rstrip().endswith(b"]"):
        yield ".prj is cut"


def _refuse(faults: Sequence[str], path: Path, layer: str) -> None:
    if faults:
        raise OSError(errno.EIO, f"layer {layer}, read back: {', '.join(faults)}", str(path))


def _same_shapes(written: gpd.GeoDataFrame, read: gpd.GeoDataFrame) -> bool:
    """Return whether all shapes agree to a millimetre."""
    pairs = [
        shapely.normalize(np.array([whole_shape(s) for s in frame.geometry], dtype=object)) for frame in (written, read)
    ]
    return bool(shapely.equals_exact(*pairs, tolerance=A_MILLIMETRE).all())


def _digest(layer: gpd.GeoDataFrame) -> str:
    """Return a hash of all values but the shapes; nothing and empty text are one."""
    told = hashlib.sha256()
    for name in layer.columns.drop("geometry"):
        column = layer[name]
        if column.dtype.kind in "fiu":
            figures = (
                np.round(column.to_numpy(dtype=float), 6) + 0.0
            )  # −0 and 0 are one, as is every way to say nothing
            told.update(np.where(np.isnan(figures), np.nan, figures).tobytes())
        else:
            told.update("\x1f".join("" if pd.isna(text) else str(text) for text in column).encode("utf-8"))
    return told.hexdigest()

"""A run folder: all that a run found, whole or not at all."""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as with_
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from placeplan.domain.errors import CannotWrite, Problem, ScenarioProblems
from placeplan.domain.progress import Progress, silent
from placeplan.publish.csv_text import csv_bytes, kinds_of, read_csv
from placeplan.publish.disclosure import publishable
from placeplan.publish.documents import documents_of
from placeplan.publish.figures import FIGURES, figures_table
from placeplan.publish.gis import write_gis
from placeplan.publish.manifest import RUN_FILE, check_manifest, manifest_of
from placeplan.publish.page import report_page
from placeplan.publish.place import cannot_write, reserve
from placeplan.publish.published import published_of
from placeplan.publish.results import Results

FORMAT = 1
INTERNAL = (
    "Internal: not for publishing. The files of this folder hold counts of children with special needs that are withheld\n"
    "everywhere else. placeplan verify needs them. All other files of the run folder may be published.\n"
)
_WRITING_FAILED = (OSError, DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError)


@dataclass(frozen=True)
class RunFolder:
    """A run folder as read: where it is, what run.json says, and each CSV by its path."""

    path: Path
    run: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]


def write_run_folder(out: Path, results: Results, *, replace: bool = False, progress: Progress = silent) -> Path:
    """Write a run folder and return its full path; when it can be seen, it is whole.

    It is written beside its place under a hidden name, every file is read back and compared, run.json lists them all,
    everything is on the disk, and only then it gets its name. With replace an older run folder makes way.
    The same results give the same bytes.
    Raises RunFolderInTheWay and CannotWrite; after any error or interruption nothing is left behind.
    """
    with reserve(out, results.scenario.folder, replace=replace) as place, _part_folder(place) as part:
        try:
            write_files(part, results, progress)
            _settle(part)
            _give_name(part, place)
        except _WRITING_FAILED as fault:
            raise cannot_write(place, fault) from fault
    return place


def write_tables(
    out: Path,
    scenario_folder: Path,
    tables: Mapping[str, pd.DataFrame],
    run: Mapping[str, object],
    *,
    charts: Mapping[str, bytes] | None = None,
    replace: bool = False,
) -> Path:
    """Write a folder of tables and charts with its run.json, whole or not at all, as `write_run_folder` does."""
    with reserve(out, scenario_folder, replace=replace) as place, _part_folder(place) as part:
        try:
            rows, columns = _write_tables(part, tables)
            for path, content in (charts or {}).items():
                _write(part, path, content)
            _write_run_file(part, run, rows, columns)
            _settle(part)
            _give_name(part, place)
        except _WRITING_FAILED as fault:
            raise cannot_write(place, fault) from fault
    return place


def read_run_folder(path: Path) -> RunFolder:
    """Read a run folder: run.json and every CSV, texts and numbers as they were written.

    Raises ScenarioProblems when it is no run folder, CertificateRefused when a file isn't as it was written.
    """
    try:
        run = json.loads((path / RUN_FILE).read_text(encoding="utf-8"))
        entries = run["files"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        problem = Problem(str(path), None, None, "is not a run folder.", "Name a folder that placeplan run has made.")
        raise ScenarioProblems([problem]) from fault
    check_manifest(path, entries)
    tables = _read_tables(path, {e["path"]: e["columns"] for e in entries if "columns" in e})
    return RunFolder(path=path, run=run, tables=tables)


def write_files(part: Path, results: Results, progress: Progress = silent) -> None:
    """Write every file into a folder, reading each back, run.json last.

    Page, layers, paper and workbook are made of the tables as they were written, so that they can be made again from them.
    """
    progress("Writing tables", 0.0)
    tables = publishable(results.tables, results.scenario.settings.publish.small_counts_below)
    rows, columns = _write_tables(part, tables)
    results = with_(results, tables=_read_tables(part, columns))
    figures = _write_tables(part, {FIGURES: figures_table(results.tables, results.run)})
    rows, columns = rows | figures[0], columns | figures[1]
    for path, content in results.internal.items():
        _write(part, path, content)
    if any(path.startswith("certificate/") for path in results.internal):
        _write(part, "certificate/INTERNAL.txt", INTERNAL.encode("utf-8"))
    progress("Writing map layers", 0.3)
    layers, fields = write_gis(part / "gis", results)
    rows |= {f"gis/{path}": count for path, count in layers.items()}
    _write(part, "gis/fields.csv", csv_bytes(fields))
    rows["gis/fields.csv"], columns["gis/fields.csv"] = len(fields), kinds_of(fields)
    progress("Writing the report", 0.8)
    _write(part, "report.html", report_page(results).encode("utf-8"))
    progress("Writing the workbook", 0.9)
    for path, content in documents_of(published_of(part, results.run, _read_tables(part, columns))).items():
        _write(part, path, content)
    _write_run_file(part, results.run, rows, columns)
    progress("Written", 1.0)


def _write_tables(part: Path, tables: Mapping[str, pd.DataFrame]) -> tuple[dict[str, int], dict[str, dict[str, str]]]:
    """Write tables as CSV; return their rows and the kinds of their columns by path."""
    for path, table in tables.items():
        _write(part, path, csv_bytes(table))
    return {path: len(t) for path, t in tables.items()}, {path: kinds_of(t) for path, t in tables.items()}


def _read_tables(folder: Path, columns: Mapping[str, dict[str, str]]) -> dict[str, pd.DataFrame]:
    """Return path → table, each read from its CSV. columns: path → column → kind."""
    return {path: read_csv((folder / path).read_bytes(), kinds) for path, kinds in columns.items()}


def _write_run_file(
    part: Path, run: Mapping[str, object], rows: Mapping[str, int], columns: Mapping[str, Mapping[str, str]]
) -> None:
    """Write run.json with the list of all files in the folder."""
    whole = {**run, "format": FORMAT, "files": manifest_of(part, rows=rows, columns=columns)}
    text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False, default=_plain_number)
    _write(part, RUN_FILE, (text + "\n").encode("utf-8"))


def _write(part: Path, path: str, content: bytes) -> None:
    """Write one file and read it back. Raises OSError when what is read isn't what was written."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise ValueError(f"{path} is no path inside a run folder")
    file = part / pure
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if file.read_bytes() != content:
        raise OSError(errno.EIO, "what was read back is not what was written", str(file))


def _settle(part: Path) -> None:
    """Force every file and folder onto the disk."""
    for file in [*part.rglob("*"), part]:
        _sync(file)


def _sync(path: Path) -> None:
    """Force one file or folder onto the disk; where folders can't be (Windows), they are left to the system."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _give_name(part: Path, place: Path) -> None:
    """Put the finished folder in its place; an older one makes way and comes back if that fails."""
    old = place.with_name(part.name.replace(".part-", ".old-")) if place.exists() else None
    if old:
        place.rename(old)
    try:
        part.rename(place)
    except OSError:
        if old:
            old.rename(place)
        raise
    _sync(place.parent)
    if old:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _part_folder(place: Path) -> Iterator[Path]:
    """Give a hidden folder beside a place; whatever is in it at the end goes."""
    part = place.with_name(f".{place.name}.part-{secrets.token_hex(4)}")
    try:
        part.mkdir()
    except OSError as fault:
        raise cannot_write(place, fault) from fault
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _plain_number(value: object) -> object:
    """Return a number of numpy as one of JSON. Raises TypeError for anything else that JSON doesn't know."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} can't stand in {RUN_FILE}")


__all__ = ["CannotWrite", "RunFolder", "read_run_folder", "write_run_folder"]

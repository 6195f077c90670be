"""The files of a run folder, as verifying reads them: each as it was written, none beyond, and what was kept of them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pyogrio import list_layers, read_info

from placeplan.allocate.certificate import digest_of
from placeplan.allocate.certificate_checks import Check
from placeplan.allocate.certificate_files import FOLDER, SUMMARY
from placeplan.domain.errors import CertificateRefused, ScenarioProblems
from placeplan.publish.csv_text import KINDS, read_csv
from placeplan.publish.manifest import RUN_FILE, manifest_of
from placeplan.publish.run_folder import FORMAT, RunFolder, read_run_folder

LAYERS = (".gpkg", ".shp", ".dbf")
NOT_ABOUT = ("files", "format")  # what run.json says of itself


def read_for_verifying(path: Path) -> RunFolder:
    """Read a run folder, every file compared with the list in run.json.

    Raises CertificateRefused naming each file that isn't as it was written, run.json too; ScenarioProblems when there is
    no run.json at all.
    """
    try:
        return read_run_folder(path)
    except ScenarioProblems as fault:
        if not (path / RUN_FILE).is_file():
            raise
        raise CertificateRefused(f"{RUN_FILE}: can't be read: it is cut or changed") from fault
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        tables = ", ".join(_unreadable(path)) or "its list of files"
        raise CertificateRefused(f"{RUN_FILE}: doesn't describe {tables} ({fault})") from fault


def _unreadable(path: Path) -> Iterator[str]:
    """Yield the tables that can't be read as run.json describes them."""
    entries = json.loads((path / RUN_FILE).read_text(encoding="utf-8"))["files"]
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("columns"), dict) and isinstance(entry.get("path"), str):
            try:
                read_csv((path / entry["path"]).read_bytes(), entry["columns"])
            except (OSError, ValueError, KeyError):
                yield entry["path"]


def certificate_of(path: Path) -> dict[str, bytes]:
    """Return path → content of certificate.json and certificate/. Raises CertificateRefused when there is none."""
    if not (path / SUMMARY).is_file():
        raise CertificateRefused(f"{SUMMARY}: is not there, so nothing can be verified beyond the list of files")
    files = [path / SUMMARY, *sorted((path / FOLDER).glob("*"))]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def check_files(folder: RunFolder, kept: Mapping[str, bytes]) -> Iterator[Check]:
    """Yield whether run.json stands as it was written, its rows are those of the tables, and all is as the certificate kept it."""
    text = (folder.path / RUN_FILE).read_text(encoding="utf-8")
    yield _yes(RUN_FILE, "stands in the form in which it was written", text == _written(folder.run))
    yield _yes(RUN_FILE, f"has format {FORMAT}", folder.run.get("format") == FORMAT)
    yield from _check_list(folder)
    about = summary_of(kept)
    digest, tables = about.get("kept_of_run_json"), about.get("kept_of_tables")
    if digest is not None:
        said = {key: value for key, value in folder.run.items() if key not in NOT_ABOUT}
        yield _yes(RUN_FILE, "says what the certificate kept of it", digest_of(said) == digest)
    for path, sha256 in (tables if isinstance(tables, dict) else {}).items():
        file = folder.path / path
        same = file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256
        yield _yes(path, "is the table that the certificate kept", same)


def _check_list(folder: RunFolder) -> Iterator[Check]:
    """Yield whether the list of files is the one that publishing would write, its rows those of tables and layers."""
    entries = _entries(folder)
    kinds = {str(e["path"]): e["columns"] for e in entries if isinstance(e.get("columns"), dict)}
    rows = {str(e["path"]): _rows(folder, str(e["path"])) for e in entries}
    nothing: dict[str, Any] = {}
    again = manifest_of(folder.path, rows={path: n for path, n in rows.items() if n is not None}, columns=kinds)
    for entry, expected in zip_longest(entries, again, fillvalue=nothing):
        path = str(entry.get("path") or expected.get("path"))
        yield _yes(RUN_FILE, f"describes {path} as it is", list(entry.items()) == list(expected.items()))
        if path in folder.tables:
            named = list(kinds[path]) == list(folder.tables[path].columns) and set(kinds[path].values()) <= set(KINDS)
            yield _yes(RUN_FILE, f"names the columns of {path}", named)


def _rows(folder: RunFolder, path: str) -> int | None:
    """Return the rows of a table, or the features of a map layer; None of any other file."""
    if path in folder.tables:
        return len(folder.tables[path])
    if Path(path).suffix not in LAYERS:
        return None
    file = folder.path / path
    layers = [name for name, geometry in list_layers(file) if geometry is not None]
    return sum(int(read_info(file, layer=name, force_feature_count=True)["features"]) for name in layers)


def summary_of(kept: Mapping[str, bytes]) -> dict[str, object]:
    """Return certificate.json. Raises CertificateRefused when it can't be read."""
    try:
        return dict(json.loads(kept[SUMMARY]))
    except (ValueError, TypeError) as fault:
        raise CertificateRefused(f"{SUMMARY}: can't be read ({fault})") from fault


def _entries(folder: RunFolder) -> list[dict[str, Any]]:
    """Return the list of files in run.json."""
    entries = folder.run["files"]
    return [dict(entry) for entry in entries] if isinstance(entries, list) else []


def _written(run: Mapping[str, object]) -> str:
    """Return run.json as publishing writes it."""
    return json.dumps(run, indent=1, ensure_ascii=False) + "\n"


def _yes(file: str, rule: str, holds: bool) -> Check:
    """Return a check that holds or doesn't."""
    return Check(file, rule, 0.0 if holds else 1.0, 0.0)

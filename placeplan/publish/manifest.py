"""The manifest: every file of a run folder with its size, rows and SHA-256, so that a cut or changed one is found."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from placeplan.domain.errors import CertificateRefused

RUN_FILE = "run.json"


def manifest_of(
    folder: Path, *, rows: Mapping[str, int], columns: Mapping[str, Mapping[str, str]]
) -> list[dict[str, object]]:
    """Return one entry a file below a folder, run.json itself aside, in the order of their paths.

    rows: path → rows or features.  columns: path of a CSV → column → "text", "whole" or "number".
    Each entry: path, bytes, rows (nothing where the file has none), sha256 and, of a CSV, columns.
    """
    entries = []
    for path in files_of(folder):
        content = (folder / path).read_bytes()
        entry: dict[str, object] = {
            "path": path,
            "bytes": len(content),
            "rows": rows.get(path),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        if path in columns:
            entry["columns"] = dict(columns[path])
        entries.append(entry)
    return entries


def files_of(folder: Path) -> list[str]:
    """Return the paths of all files below a folder but run.json, with forward strokes, sorted."""
    every = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir())
    return sorted(path for path in every if path != RUN_FILE)


def differences(folder: Path, entries: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Say for each file how it differs from the manifest: lost, added, cut or changed; nothing when all is as written."""
    listed = {str(entry["path"]): entry for entry in entries}
    there = set(files_of(folder))
    for path, entry in listed.items():
        if path not in there:
            yield f"{path}: is listed in {RUN_FILE} and is not there"
            continue
        content = (folder / path).read_bytes()
        if len(content) != entry["bytes"]:
            yield f"{path}: has {len(content)} bytes where {RUN_FILE} says {entry['bytes']}"
        elif hashlib.sha256(content).hexdigest() != entry["sha256"]:
            yield f"{path}: is not the file that was written (its SHA-256 differs)"
    yield from (f"{path}: is not listed in {RUN_FILE}" for path in sorted(there - set(listed)))


def check_manifest(folder: Path, entries: Sequence[Mapping[str, object]]) -> None:
    """Raise CertificateRefused, naming every file that isn't as it was written."""
    faults = list(differences(folder, entries))
    if faults:
        raise CertificateRefused("\n".join(faults))

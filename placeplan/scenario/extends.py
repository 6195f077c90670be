"""Extends: a scenario says only what differs from the one beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.paths import at, file_inside, fingerprint, sibling
from placeplan.scenario.tables import TABLES
from placeplan.scenario.toml import Document, read_toml

LONGEST_CHAIN = 10  # scenarios that extend each other
TABLE_FORMATS = (".csv", ".tsv", ".txt")
ZONE_FORMATS = (".gpkg", ".shp", ".geojson", ".json")


@dataclass(frozen=True)
class Given:
    """A scenario as given: the settings of the whole chain and which files it names.

    documents: nearest first.  values: section → key → value, the nearest scenario's word last.
    tables, zones: the files, with the name that people know them by and the place that names them.
    """

    folder: Path
    documents: tuple[Document, ...]
    values: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, tuple[Path, str]]
    zones: tuple[Path, str] | None
    problems: tuple[Problem, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)

    def place(self, key: str) -> Problem:
        """Return where a setting was given, in the nearest scenario that says it."""
        places = [document.place(key) for document in self.documents]
        return next((place for place in places if place.row is not None), places[0])


def gather(file: Path) -> Given:
    """Return a scenario with all that it extends: settings key by key, tables by name, the nearest word last.

    Raises ScenarioProblems when a file isn't TOML, the chain is a ring, or a path leads where none may.
    """
    chain = list(_chain(file))
    documents = tuple(document for _, document, _ in chain)
    values: dict[str, dict[str, Any]] = {}
    tables: dict[str, tuple[Path, str]] = {}
    zones: tuple[Path, str] | None = None
    problems: list[Problem] = [warning for document in documents for warning in document.warnings]
    for folder, document, _ in reversed(chain):
        values = _merged(values, document.values)
        here, faults = _files(folder, document, file.parent)
        problems += faults
        zones = here.pop("zones", zones)
        tables |= here
    inputs = {document.file: print_ for _, document, print_ in chain}
    return Given(file.parent, documents, values, tables, zones, tuple(problems), inputs)


def _chain(file: Path) -> Iterator[tuple[Path, Document, str]]:
    """Yield a scenario and all that it extends, nearest first: folder, document, fingerprint."""
    start, seen = file.parent, [file.resolve()]
    while True:
        content = file.read_bytes()
        document = read_toml(content, _name(file, start))
        yield file.parent, document, fingerprint(content)
        scenario = document.values.get("scenario", {})
        extends = scenario.get("extends") if isinstance(scenario, Mapping) else None
        if extends is None or extends == "":
            return
        where = document.place("scenario.extends")
        if not isinstance(extends, str):
            raise at(where, "extends must be a path in quotes.", 'For example "../demo".')
        file = sibling(file.parent, extends, where)
        seen.append(file.resolve())
        if seen[-1] in seen[:-1]:
            ring = " → ".join(one.parent.name for one in seen[seen.index(seen[-1]) :])
            raise at(where, f"the scenarios extend each other in a ring: {ring}.", "Let one of them stand alone.")
        if len(seen) > LONGEST_CHAIN:
            raise at(where, f"more than {LONGEST_CHAIN} scenarios extend each other.", "Shorten the chain.")


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two scenarios' values as one, the second's word counting."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(old, value) if both and isinstance(old, Mapping) else value
    return merged


def _files(folder: Path, document: Document, start: Path) -> tuple[dict[str, tuple[Path, str]], list[Problem]]:
    """Return the tables and zones that one scenario names, each within its own folder."""
    files: dict[str, tuple[Path, str]] = {}
    problems: list[Problem] = []
    for section, known, formats in (("tables", TABLES, TABLE_FORMATS), ("geodata", {"zones": None}, ZONE_FORMATS)):
        named = document.values.get(section, {})
        for name, path in named.items() if isinstance(named, Mapping) else ():
            if name not in known:
                continue  # said by the check of the settings, with the nearest name
            where = document.place(f"{section}.{name}")
            try:
                if not isinstance(path, str) or not path.strip():
                    raise at(
                        where, "it must be the name of a file in quotes.", f'For example {name} = "{name}{formats[0]}".'
                    )
                file = file_inside(folder, path, formats=formats, where=where)
                files[name] = (file, _name(file, start))
            except ScenarioProblems as refused:
                problems += refused.problems
    return files, problems


def _name(file: Path, start: Path) -> str:
    """Return a file's name as people at the scenario's folder would write it."""
    file, start = file.resolve(), start.resolve()
    if file.is_relative_to(start):
        return file.relative_to(start).as_posix()
    return "../" + file.relative_to(start.parent).as_posix() if file.is_relative_to(start.parent) else file.name

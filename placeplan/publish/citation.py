"""A citation followed back: file, row, columns and value, and where it is a sum, a count or a gap, that worked out again."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from placeplan.domain.errors import CertificateRefused, Problem, ScenarioProblems
from placeplan.publish.catalogue import Table, catalogue, row_names
from placeplan.publish.csv_text import as_text
from placeplan.publish.figures import CLOSE, FIGURES, TOLERANCE, Derived, agree, derive, quoted_figures
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.published import SHORT, Published, published_of
from placeplan.publish.run_folder import read_run_folder

RUN, QUOTED = "run", "figures"  # the short names of run.json and of figures.csv
DASHES = str.maketrans({"–": "-", "−": "-", "’": "'"})  # signs that a keyboard lacks


@dataclass(frozen=True)
class Cited:
    """Where a cited figure stands. row: as a spreadsheet counts, its heading being 1; none in run.json.

    values: column (of run.json: key) → what stands there.  derived: how it was worked out again, and what came out; empty
    for a figure that is told as it is.
    """

    id: str
    file: str
    row: int | None
    values: Mapping[str, str]
    derived: tuple[str, ...]

    def sentences(self) -> Iterator[str]:
        """Yield what people are told."""
        where = f"{self.file}, row {self.row}" if self.row is not None else self.file
        yield f"{self.id}: {where}"
        for column, value in self.values.items():
            yield f"{column}: {value}"
        yield from self.derived or ("Told as it is: no sum or count of other rows.",)


def cite(path: Path, citation: str) -> Cited:
    """Return where a cited figure of a run folder comes from, worked out again where it follows from others.

    Raises ScenarioProblems when it is no run folder or the citation is unknown (naming the nearest ones), CertificateRefused
    when a file isn't as it was written or a figure doesn't follow from its rows.
    """
    folder = read_run_folder(path)
    about = published_of(folder.path, folder.run, folder.tables)
    run, _, rest = citation.strip().strip("[]").partition(":")
    if not rest:
        example = f"{about.short_id}:{QUOTED}:capital_pounds"
        raise _unknown(citation or "ID", "is no citation", f"One names run, table and row, such as {example}.")
    if len(run) < min(SHORT, len(about.run_id)) or not about.run_id.startswith(run):
        raise _unknown(
            citation, f"is of run {run}, and this folder is run {about.run_id}", f"Name the folder of run {run}."
        )
    name, _, rest = rest.partition(":")
    if name == RUN:
        return _of_run(about, citation, rest)
    if name == QUOTED and FIGURES not in about.tables:
        return _of_old_run(about, citation, rest)
    table = next((table for table in catalogue(about.tables) if table.name == name), None)
    if table is None:
        known = [RUN, *(table.name for table in catalogue(about.tables))]
        raise _unknown(
            citation, f"names the table {name}, which this run doesn't have", _nearest(name, known, about.short_id)
        )
    return _of_table(about, citation, table, rest)


def _of_table(about: Published, citation: str, table: Table, rest: str) -> Cited:
    """Return a row of a table, or one cell of it."""
    frame = about.tables[table.path]
    names = row_names(table, frame)
    row, column = _row_of(names, rest), ""
    if row is None and ":" in rest:
        before, _, column = rest.rpartition(":")
        row = _row_of(names, before)
    if row is None:
        raise _unknown(
            citation,
            f"names a row that {table.path} doesn't have",
            _nearest(rest, names, f"{about.short_id}:{table.name}"),
        )
    if column and column not in frame.columns:
        columns = [str(c) for c in frame.columns]
        raise _unknown(
            citation,
            f"names the column {column}, which {table.path} doesn't have",
            f"Its columns are {', '.join(columns)}.",
        )
    cells = frame.iloc[row]
    values = {str(c): _shown(cells[c]) for c in ([column] if column else frame.columns)}
    derived = _again(about, str(cells["figure"])) if table.path == FIGURES else ()
    return Cited(citation, table.path, row + 2, values, derived)


def _of_run(about: Published, citation: str, key: str) -> Cited:
    """Return what run.json says under a key, a dot between a key and one inside it."""
    if key == "certificate":
        return Cited(citation, "certificate.json", None, {"digest": about.certificate}, ())
    found: object = about.run
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        known = [k for k in about.run if k != "files"]
        raise _unknown(
            citation,
            f"names {key or 'nothing'}, of which run.json says nothing",
            _nearest(key, known, f"{about.short_id}:{RUN}"),
        )
    return Cited(citation, RUN_FILE, None, {key: _shown(found)}, _again(about, key))


def _of_old_run(about: Published, citation: str, name: str) -> Cited:
    """Return a figure of a run that has no figures.csv yet, worked out from its tables."""
    found = {d.figure: d for d in derive(about.tables, about.run)}
    if name not in found:
        remedy = _nearest(name, list(found), f"{about.short_id}:{QUOTED}")
        raise _unknown(citation, f"names the figure {name}, which the tables of this run don't give", remedy)
    return Cited(citation, found[name].path, None, {name: _shown(found[name].value)}, _again(about, name))


def _again(about: Published, name: str) -> tuple[str, ...]:
    """Return how a figure was worked out again. Raises CertificateRefused when it doesn't come out as told."""
    found = next((d for d in derive(about.tables, about.run) if d.figure == name), None)
    if found is None:
        return ()
    told = {
        FIGURES: {n: v for n, v, _ in quoted_figures(about.tables, about.run)}.get(name),
        RUN_FILE: about.number(name),
    }
    wrong = [
        f"{file}, {name}: says {value:.9g}, and {found.how} ({found.path}) gives {found.value:.9g}"
        for file, value in told.items()
        if value is not None and not agree(value, found.value, CLOSE if "gap" in name else TOLERANCE)
    ]
    if wrong:
        raise CertificateRefused("\n".join(wrong))
    return (
        f"Worked out again: {found.how}, {_rows(found)} of {found.path}: {found.value:.9g} {found.unit}. It agrees.",
    )


def _rows(found: Derived) -> str:
    """Return which rows a figure is made of: their number, and the first of them."""
    at = np.flatnonzero(found.rows) + 2
    first = ", ".join(str(n) for n in at[:8])
    return f"{len(at)} rows" + (f" ({first}{' …' if len(at) > 8 else ''})" if len(at) else "")


def _row_of(names: list[str], wanted: str) -> int | None:
    """Return the number of the row of a name: the very same, else one alike but for capitals and dashes, else r2 and so on."""
    for told in (lambda name: name, _plain):
        for n, name in enumerate(names):
            if told(name) == told(wanted):
                return n
    number = _plain(wanted).removeprefix("r")
    return int(number) - 2 if number.isdecimal() and 2 <= int(number) < len(names) + 2 else None


def _shown(value: object) -> str:
    """Return what stands in a cell, a number in plain digits as in the file."""
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) and np.isfinite(value) else as_text(value)


def _plain(text: str) -> str:
    """Return a name of a row as it is compared: dashes as a keyboard has them, without regard to capitals."""
    return text.translate(DASHES).casefold().strip()


def _nearest(wrong: str, known: list[str], before: str) -> str:
    """Return the known ids nearest to a wrong one."""
    plain = {_plain(name): name for name in known}
    near = difflib.get_close_matches(_plain(wrong), plain, n=3, cutoff=0.3) or list(plain)[:3]
    return (
        "The nearest are " + ", ".join(f"{before}:{plain[name]}" for name in near) + "." if near else "It has no row."
    )


def _unknown(citation: str, wrong: str, remedy: str) -> ScenarioProblems:
    """Return a fault of a citation."""
    return ScenarioProblems([Problem(citation, None, None, f"{wrong}.", remedy)])

"""One workbook for a whole scenario: a sheet of settings beside a sheet for each table."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import python_calamine

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.cells import Cells, arrange
from placeplan.scenario.columns import headings_of
from placeplan.scenario.extends import ZONE_FORMATS, Given
from placeplan.scenario.paths import file_inside, fingerprint, refusal
from placeplan.scenario.tables import TABLES
from placeplan.scenario.toml import Document

LARGEST = 200_000_000  # bytes of the workbook unpacked
TIGHTEST = 100  # times that a part may unfold: a true workbook reaches about 20
_SHEET = re.compile(rb'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+\d+)"')
_MIDNIGHT = dt.time()


def read_workbook(file: Path) -> tuple[Given, dict[str, Cells | ScenarioProblems]]:
    """Return what a workbook gives: its settings and, a table each, the cells or the faults of its structure.

    Raises ScenarioProblems when the file is no workbook, unfolds beyond all measure, or has no sheet of settings.
    """
    content = file.read_bytes()
    parts = _open(content, file.name)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = {name.strip().lower(): name for name in book.sheet_names}
    if "scenario" not in sheets:
        raise refusal(file.name, "there is no sheet called scenario.", "Add one: setting, value, unit, meaning.")
    records = _records(book, sheets["scenario"], file.name, parts)
    document = _settings(records, f"{file.name}, sheet scenario")
    zones, problems = _zones(file, document)
    tables: dict[str, Cells | ScenarioProblems] = {}
    for key, name in sheets.items():
        if key in TABLES:
            try:
                tables[key] = _table(book, name, key, file.name, parts)
            except ScenarioProblems as faults:
                tables[key] = faults
        elif key != "scenario":
            wrong = f"the sheet {name} is no table of a scenario; it is not used."
            problems.append(Problem(file.name, None, None, wrong, grave=False))
    inputs = {file.name: fingerprint(content)}
    return Given(file.parent, (document,), document.values, {}, zones, tuple(problems), inputs), tables


def _open(content: bytes, file: str) -> Mapping[str, bytes]:
    """Return the sheets' XML by name, once it is sure that the file is a workbook of a size that can be read."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(
            file, "it is a workbook of 1997 (.xls), or has a password.", "Save it as .xlsx without a password."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            infos = packed.infolist()
            sizes = [(info.file_size, info.compress_size) for info in infos]
            if sum(size for size, _ in sizes) > LARGEST or any(
                size > 1_000_000 and size > TIGHTEST * max(small, 1) for size, small in sizes
            ):
                wrong = (
                    f"it would unfold to more than {LARGEST // 1_000_000} MB, or more than {TIGHTEST} times its size."
                )
                raise refusal(file, wrong, "Delete empty rows, pictures and sheets that are not needed.")
            if "xl/workbook.xml" not in packed.namelist():
                raise refusal(file, "it is a packed file, but no workbook.", "Save it as .xlsx.")
            return {
                info.filename: _bounded(packed, info, file)
                for info in infos
                if info.filename.startswith("xl/w") or "rels" in info.filename
            }
    except zipfile.BadZipFile:
        what = "text, perhaps a CSV file" if b"\x00" not in content[:2000] else "no workbook"
        raise refusal(
            file, f"it is {what}, though its name ends in {Path(file).suffix}.", "Save it as .xlsx."
        ) from None


def _bounded(packed: zipfile.ZipFile, info: zipfile.ZipInfo, file: str) -> bytes:
    """Return a part of the workbook, never more than it says that it holds: headers can lie."""
    with packed.open(info) as part:
        content = part.read(info.file_size + 1)
    if len(content) > info.file_size:
        raise refusal(file, "its parts are larger than they say.", "Save it again with your spreadsheet program.")
    return content


def _table(
    book: python_calamine.CalamineWorkbook, sheet: str, name: str, file: str, parts: Mapping[str, bytes]
) -> Cells:
    """Return the cells of one table's sheet."""
    where = f"{file}, sheet {sheet}"
    records = _records(book, sheet, file, parts)
    known = headings_of(TABLES[name])
    first = next(
        (len(row) - len([*_lstrip(row)]) for row in records if sum(str(c).strip().lower() in known for c in row) > 1), 0
    )
    notes = (
        [Problem(where, None, None, f"the table begins in column {first + 1}; read from there.", grave=False)]
        if first
        else []
    )
    merged = book.get_sheet_by_name(sheet).merged_cell_ranges or []
    cells = arrange([row[first:] for row in records], where, known, notes)
    inside = [low for (low, _), (high, _) in merged if high + 1 >= cells.heading_row]
    if inside:
        raise ScenarioProblems(
            [Problem(where, inside[0] + 1, None, "cells are merged here.", "Take the merge apart and fill each cell.")]
        )
    return cells


def _lstrip(row: list[str]) -> Iterator[str]:
    """Yield a row from its first written cell on."""
    written = [n for n, cell in enumerate(row) if cell.strip()]
    yield from row[written[0] :] if written else []


def _records(
    book: python_calamine.CalamineWorkbook, sheet: str, file: str, parts: Mapping[str, bytes]
) -> list[list[str]]:
    """Return every row of a sheet as text, from A1 on.

    Raises ScenarioProblems for cells that hold an error, or a formula that was never reckoned.
    """
    where = f"{file}, sheet {sheet}"
    faults = list(_bad_cells(_part_of(sheet, parts), where))
    if faults:
        raise ScenarioProblems(faults[:10])
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [[_text(cell) for cell in row] for row in rows]


def _part_of(sheet: str, parts: Mapping[str, bytes]) -> bytes:
    """Return the XML of one sheet."""
    import html  # noqa: PLC0415  (only here)

    named = {html.unescape(n.decode("utf-8")): i for n, i in _SHEET.findall(parts.get("xl/workbook.xml", b""))}
    for relation in _RELATION.findall(parts.get("xl/_rels/workbook.xml.rels", b"")):
        target = re.search(rb'Target="/?(?:xl/)?([^"]*)"', relation)
        if target and b'Id="' + named.get(sheet, b"?") + b'"' in relation:
            return parts.get("xl/" + target[1].decode("utf-8"), b"")
    return b""


def _bad_cells(xml: bytes, where: str) -> Iterator[Problem]:
    """Yield cells with an error such as #REF!, and formulas whose value was never stored."""
    for attributes, inner in _CELL.findall(xml):
        place = _PLACE.search(attributes)
        cell = place[1].decode() if place else "?"
        row = int(re.sub(r"\D", "", cell) or 0) or None
        if b't="e"' in attributes:
            error = re.search(rb"<v>([^<]*)</v>", inner)
            what = error[1].decode("utf-8") if error else "an error"
            yield Problem(where, row, None, f"cell {cell} holds {what}.", "Mend the formula, or write the value.")
        elif b"<f" in inner and not re.search(rb"<v>[^<]", inner):
            remedy = "Open and save the workbook in your spreadsheet program."
            yield Problem(where, row, None, f"the formula of cell {cell} has no value yet.", remedy)


def _text(cell: object) -> str:
    """Return a cell of a workbook as a CSV file would hold it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(" ")
    return str(cell)


def _settings(records: list[list[str]], where: str) -> Document:
    """Return the sheet of settings as the document that scenario.toml would be.

    A setting is written with its section ("weights.local"); those of the scenario itself stand without.
    """
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, row in enumerate(records, 1):
        key, value = ([cell.strip() for cell in row] + ["", ""])[:2]
        if not key or not value or key.lower() == "setting":
            continue
        section, _, rest = key.partition(".") if "." in key else ("scenario", ".", key)
        section, rest = ("geodata", "zones") if (section, rest) == ("scenario", "zones") else (section, rest)
        path = [section, *rest.split(".")]
        lines[".".join(path)] = number
        inner = values
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = _value(path, value)
    return Document(where, values, lines)


def _value(path: list[str], text: str) -> object:
    """Return a setting as TOML would hold it: text stays text, numbers and yes or no are read."""
    if path[0] in {"scenario", "geodata", "tables"} and path[-1] not in {
        "format",
        "horizon_years",
        "synthetic",
        "late_openings",
    }:
        return text
    if text.lower() in {"yes", "no", "true", "false"}:
        return text.lower() in {"yes", "true"}
    if re.fullmatch(r"[+-]?\d{1,15}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[+-]?\d*\.\d+", text, re.ASCII):
        return float(text)
    return (
        [float(part) for part in re.split(r"[;\s]+", text)]
        if re.fullmatch(r"[\d.]+([;\s]+[\d.]+)+", text, re.ASCII)
        else text
    )


def _zones(file: Path, document: Document) -> tuple[tuple[Path, str] | None, list[Problem]]:
    """Return the file of the zones, which lies beside the workbook: a sheet can't hold shapes."""
    named = document.values.get("geodata", {})
    name = named.get("zones") if isinstance(named, Mapping) else None
    if not isinstance(name, str):
        wrong = "the setting zones is missing: it names the file of the zones, beside the workbook."
        return None, [Problem(document.file, None, "zones", wrong, "For example zones.gpkg.")]
    try:
        return (file_inside(file.parent, name, formats=ZONE_FORMATS, where=document.place("geodata.zones")), name), []
    except ScenarioProblems as refused:
        return None, list(refused.problems)

"""Cells: the structure of a table, found before anything is understood: headings, rows, and where each row stands."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.paths import refusal
from placeplan.scenario.say import TOLD, did_you_mean, listed, shown

LARGEST = 200_000_000  # bytes of one table: some five million rows, which a spreadsheet can't hold either
TITLE_ROWS = 10  # rows that may stand above the headings
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Cells:
    """A table as text.

    headings: one a column, in lower case.  columns: one list of cells a heading, stripped of blanks round them.
    rows: the number of each row as a spreadsheet counts them.  heading_row: that of the headings.
    """

    file: str
    headings: tuple[str, ...]
    columns: tuple[list[str], ...]
    rows: list[int]
    heading_row: int = 1
    problems: list[Problem] = field(default_factory=list)

    def column(self, heading: str) -> list[str]:
        """Return the cells of one column."""
        return self.columns[self.headings.index(heading)]


def read_cells(content: bytes, file: str, known: Collection[str]) -> Cells:
    """Return the cells of a CSV file.

    known: headings of the table, by which the separator and the row of headings are found.
    Raises ScenarioProblems when the file has no structure that can be trusted: nothing is shifted, guessed or left out.
    """
    text, notes = _decode(content, file)
    separator = _separator(text, known)
    if separator != ",":
        wrong = f"the cells are separated by {SEPARATORS[separator]}s, not commas; read so."
        notes.append(Problem(file, None, None, wrong, grave=False))
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise ScenarioProblems([_unreadable(text, file, separator)]) from None
    return arrange(records, file, known, notes)


def arrange(records: Sequence[Sequence[str]], file: str, known: Collection[str], notes: list[Problem]) -> Cells:
    """Return records as columns: headings found and checked, blank rows left out, every row of one length.

    Raises ScenarioProblems as `read_cells` does.
    """
    start = _row_of_headings(records, known)
    if start is None:
        raise refusal(
            file, "the file is empty.", f"Give a row of headings ({listed(list(known), 4)} …) and the rows under it."
        )
    if start > 0 and any(any(cell.strip() for cell in record) for record in records[:start]):
        wrong = f"the headings stand in row {start + 1}; the rows above it are left out."
        notes.append(Problem(file, start + 1, None, wrong, grave=False))
    headings = [re.sub(r"[\s\-]+", "_", _UNSEEN.sub("", cell).strip().lower()) for cell in records[start]]
    body = [
        (number, record) for number, record in enumerate(records[start + 1 :], start + 2) if "".join(record).strip()
    ]
    headings, body, told = _one_length(headings, body, file)
    notes += told
    faults = list(_doubtful_headings(headings, body, file, start + 1))
    if faults:
        raise ScenarioProblems([*notes, *faults])
    used = [n for n, heading in enumerate(headings) if heading]
    columns = list(zip(*(record for _, record in body), strict=True)) if body else [()] * len(headings)
    rows = [number for number, _ in body]
    tidy = [_tidy(columns[n], headings[n], rows, file, notes) for n in used]
    return Cells(file, tuple(headings[n] for n in used), tuple(tidy), rows, start + 1, notes)


def _decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """Return the text of a CSV file: UTF-8, with or without a mark, else Windows-1252 with a warning."""
    if len(content) > LARGEST:
        raise refusal(
            file, f"it is larger than {LARGEST // 1_000_000} MB.", "Leave out years and rows that are not needed."
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[1:200:2].count(0) > 60:
        raise refusal(file, 'it is saved as UTF-16 (a spreadsheet\'s "Unicode text").', "Save it as CSV UTF-8.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refusal(file, "it is a workbook, not a CSV file.", "Save the sheet as CSV UTF-8.")
    if b"\x00" in content:
        row = content[: content.index(b"\x00")].count(b"\n") + 1
        raise ScenarioProblems([Problem(file, row, None, "it holds a NUL character.", "Save it as CSV UTF-8 again.")])
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        wrong = "it holds a letter that is neither UTF-8 nor Windows-1252."
        raise ScenarioProblems([Problem(file, row, None, wrong, "Save it as CSV UTF-8.")]) from None
    wrong = "it is saved as Windows-1252, not UTF-8; read so."
    return text, [
        Problem(file, row, None, wrong, "Check the names with accents, or save it as CSV UTF-8.", grave=False)
    ]


def _separator(text: str, known: Collection[str]) -> str:
    """Return the separator with which most known headings appear; a comma where none does."""
    lines = text.split("\n", TITLE_ROWS)[:TITLE_ROWS]

    def headings_found(separator: str) -> int:
        return max(sum(cell.strip(' "\r').lower() in known for cell in line.split(separator)) for line in lines)

    return max(SEPARATORS, key=headings_found)  # the first of equals: a comma


def _unreadable(text: str, file: str, separator: str) -> Problem:
    """Return the fault of a file whose quotes don't close, at the row where reading stopped being sure."""
    row = 0
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            row += 1
    except csv.Error:
        row += 1
    return Problem(
        file, row, None, "the quotes in this row do not close.", 'Write a quote inside a quoted cell twice: "".'
    )


def _row_of_headings(records: Sequence[Sequence[str]], known: Collection[str]) -> int | None:
    """Return the row that holds most known headings, the first written row where none does; None of an empty file."""
    written = [n for n, record in enumerate(records[:TITLE_ROWS]) if any(cell.strip() for cell in record)]
    if not written:
        return next((n for n, record in enumerate(records) if any(cell.strip() for cell in record)), None)

    def found(n: int) -> int:
        return sum(re.sub(r"[\s\-]+", "_", cell.strip().lower()) in known for cell in records[n])

    return max(written, key=found)


def _one_length(
    headings: list[str], body: Sequence[tuple[int, Sequence[str]]], file: str
) -> tuple[list[str], list[tuple[int, Sequence[str]]], list[Problem]]:
    """Return headings and rows of one length: cells beyond the headings may only be empty, and none may be missing.

    Raises ScenarioProblems naming each row that is longer or shorter.
    """
    width, faults, notes = len(headings), [], []
    lengths = Counter(len(record) for _, record in body)
    if set(lengths) - {width}:
        extra = [number for number, record in body if len(record) > width and not "".join(record[width:]).strip()]
        if extra:
            wrong = f"empty cells stand beyond the last heading in {len(extra):,} rows; left out."
            notes.append(Problem(file, extra[0], None, wrong, grave=False))
        for number, record in body:
            cells = f"{len(record)} cell{'s' * (len(record) != 1)}"
            if len(record) < width:
                wrong = f"the row has {cells} where the headings are {width}."
                faults.append(Problem(file, number, None, wrong, "Add the missing cell, blank if nothing is known."))
            elif "".join(record[width:]).strip():
                wrong = f"the row has {cells} where the headings are {width}."
                faults.append(Problem(file, number, None, wrong, "Put a cell that holds a comma in double quotes."))
    if faults:
        more = (
            [] if len(faults) <= TOLD else [Problem(file, None, None, f"{len(faults) - TOLD:,} more rows are so.", "")]
        )
        raise ScenarioProblems(faults[:TOLD] + more)
    return headings, [(number, record[:width]) for number, record in body], notes


def _doubtful_headings(
    headings: list[str], body: Sequence[tuple[int, Sequence[str]]], file: str, row: int
) -> Iterator[Problem]:
    """Yield headings that stand twice, and columns with cells and no heading."""
    for heading, times in Counter(headings).items():
        if heading and times > 1:
            yield Problem(file, row, heading, f"{times} columns are headed {heading}.", "Keep one of them.")
    for n, heading in enumerate(headings):
        if not heading and any(record[n].strip() for _, record in body):
            yield Problem(file, row, None, f"column {n + 1} has no heading.", "Give it one, or empty it.")


def check_headings(cells: Cells, needed: Collection[str], known: Collection[str]) -> list[Problem]:
    """Return the headings that are missing (grave) and those that nobody knows (a warning each, once)."""
    unknown = [heading for heading in cells.headings if heading not in known]
    problems = []
    for heading in needed:
        if heading not in cells.headings:
            near = did_you_mean(heading, unknown).replace("Did you mean", "Is it the one headed")
            remedy = near or f"The headings found are {listed(cells.headings, 30)}."
            wrong = f"the column {heading} is missing."
            problems.append(Problem(cells.file, cells.heading_row, heading, wrong, remedy))
    for heading in unknown:
        wrong = f"no column is called {shown(heading)}; it is kept and not used."
        remedy = did_you_mean(heading, [one for one in known if one not in cells.headings])
        problems.append(Problem(cells.file, cells.heading_row, heading, wrong, remedy, grave=False))
    return problems


def _tidy(column: Sequence[str], heading: str, rows: list[int], file: str, notes: list[Problem]) -> list[str]:
    """Return a column's cells without blanks round them and letters that can't be seen, which are told once."""
    if _UNSEEN.search("".join(column)):
        seen = [row for row, cell in zip(rows, column, strict=True) if _UNSEEN.search(cell)]
        wrong = f"letters that can't be seen stand in {len(seen):,} cells; taken out."
        notes.append(Problem(file, seen[0], heading, wrong, grave=False))
        column = [_UNSEEN.sub("", cell) for cell in column]
    return [cell.strip() for cell in column]

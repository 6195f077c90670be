"""The workbook: every published table on a sheet of its own, as the government's accessible spreadsheet guidance asks.

By XlsxWriter: it is kept, has no dependency, installs from a wheel everywhere, marks up tables, and writes a text as a
text; gptables, the other candidate, turns a name such as =1+1 or [a](b) into a formula or a link.
Panes are not frozen: under a magnifier they fill the screen; headings of a marked-up table stay in view by themselves.
Source: Analysis Function, Releasing statistics in spreadsheets.
"""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from placeplan.domain.errors import MissingExtra
from placeplan.publish.catalogue import OF_THE_ROW, Table, catalogue, heading, row_names
from placeplan.publish.disclosure import COUNTS
from placeplan.publish.published import Published
from placeplan.publish.suppress import WITHHELD
from placeplan.publish.workbook_words import ABOUT_SHEET, cover_lines, notes_of, source_line
from placeplan.publish.zipped import same_bytes

FILE = "tables.xlsx"
NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"  # shorthand of the guidance; a cell is never blank
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # the same tables give the same bytes at any time
TABLE_ROW = 4  # of its headings, counted from 0: title, what the sheet holds, source, way back
WIDEST, NARROWEST = 60, 9  # signs of a column
WIDTH_A_SIGN, LINE = 1.2, 15.6  # width of a sign of 12 points in a spreadsheet's units; height of a line in points
LONGEST = 32_767  # signs that a cell holds
TITLE_LINE = 24  # height of a title of 16 points, in points
LARGE = 100  # a column with a figure of this size shows tenths, another thousandths; the cells hold every digit
PLAIN: dict[str, object] = {"font_name": "Arial", "font_size": 12, "valign": "top"}
FORMATS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "subtitle": {"bold": True, "font_size": 14},
    "text": {"text_wrap": True},
    "line": {},
    "link": {"font_color": "#0000FF", "underline": True},
    "head": {"bold": True, "text_wrap": True, "bottom": 1},
    "head of figures": {"bold": True, "text_wrap": True, "bottom": 1, "align": "right", "indent": 1},
    "shorthand": {"align": "right", "indent": 1},
    "whole": {"num_format": "#,##0", "align": "right", "indent": 1},
    "tenths": {"num_format": "#,##0.0", "align": "right", "indent": 1},
    "thousandths": {"num_format": "#,##0.000", "align": "right", "indent": 1},
}


def has_workbook() -> bool:
    """Return whether the extra that writes workbooks is installed."""
    try:
        _xlsxwriter()
    except MissingExtra:
        return False
    return True


def workbook_bytes(published: Published) -> bytes:
    """Return tables.xlsx: cover, contents, notes, then one table a sheet. The same tables give the same bytes.

    Raises MissingExtra when the extra isn't installed, ValueError for a cell that is longer than a workbook holds.
    """
    held = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": False, "default_format_properties": dict(PLAIN),
    }  # fmt: skip
    book = _Book(_xlsxwriter().Workbook(held, options), published)
    book.write()
    book.file.close()
    return same_bytes(held.getvalue())


def _xlsxwriter() -> Any:  # noqa: ANN401  (imported only where a workbook is written)
    """Return the library. Raises MissingExtra naming the extra."""
    try:
        import xlsxwriter  # noqa: PLC0415  (an extra)
    except ImportError as fault:
        message = "The workbook tables.xlsx needs the extra “all”: pip install 'placeplan[all]'."
        raise MissingExtra(message) from fault
    return xlsxwriter


class _Book:
    """A workbook that is being written: its file, its formats, its tables in order."""

    def __init__(self, file: Any, published: Published) -> None:  # noqa: ANN401
        self.file = file
        self.published = published
        self.formats = {name: file.add_format(PLAIN | more) for name, more in FORMATS.items()}
        self.tables = catalogue(published.tables)

    def write(self) -> None:
        """Write every sheet."""
        about = self.published
        self.file.set_properties(
            {
                "title": f"Tables: {about.text('title')}", "author": "placeplan", "company": "", "created": MADE,
                "subject": "School place planning" + (" (synthetic data)" if about.synthetic else ""),
                "keywords": f"run {about.run_id}", "comments": f"Run {about.run_id}, made by placeplan.",
            }
        )  # fmt: skip
        self._cover()
        self._contents()
        self._notes()
        for table in self.tables:
            self._sheet(table)
        self.file.get_worksheet_by_name("cover").activate()

    def _cover(self) -> None:
        """Write the cover: what this is, who made it, from what, how to cite it."""
        sheet = self.file.add_worksheet("cover")
        sheet.set_column(0, 0, 85)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for row, (style, text) in enumerate(cover_lines(self.published, len(self.tables))):
            self._text(sheet, row, 0, text, style)
            sheet.set_row(row, {"title": 24, "subtitle": 26}.get(style, LINE * -(-len(text) // 80)))

    def _contents(self) -> None:
        """Write the contents, each sheet a link."""
        rows = [("cover", "What this workbook is"), ("notes", "Shorthand and what must be said beside the figures")]
        rows += [(table.name, table.title) for table in self.tables]
        sheet = self._top("contents", "Contents", "One row for each sheet of this workbook, with a link to it.", ())
        frame = pd.DataFrame(rows, columns=["Sheet", "What it tells"])
        self._table(sheet, "contents", frame, list(frame.columns), row=2)
        for row, (name, _) in enumerate(rows, start=3):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.formats["link"], name)

    def _notes(self) -> None:
        """Write the notes as a table."""
        frame = pd.DataFrame(notes_of(self.published), columns=["Note", "Text"])
        sheet = self._top("notes", "Notes", "One row for each note on the figures of this workbook.", ())
        self._table(sheet, "notes", frame, list(frame.columns), row=2)

    def _sheet(self, table: Table) -> None:
        """Write one table on a sheet of its own."""
        frame = self.published.tables[table.path]
        names = row_names(table, frame)
        lines = (source_line(self.published, table, names),)
        sheet = self._top(table.name, table.title, ABOUT_SHEET, lines)
        sheet.write_url(TABLE_ROW - 1, 0, "internal:'contents'!A1", self.formats["link"], "Back to the contents")
        if frame.empty:
            frame = pd.DataFrame([[NOT_APPLICABLE] * len(frame.columns)], columns=frame.columns)
        headings = [heading(table, str(column)) for column in frame.columns]
        self._table(sheet, table.name, frame, headings, row=TABLE_ROW, path=table.path)

    def _top(self, name: str, title: str, about: str, lines: tuple[str, ...]) -> Any:  # noqa: ANN401
        """Return a new sheet with its title and the lines above its table."""
        sheet = self.file.add_worksheet(name)
        self._text(sheet, 0, 0, title, "title")
        sheet.set_row(0, TITLE_LINE)
        for row, line in enumerate((about, *lines), start=1):
            self._text(sheet, row, 0, line, "line")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{_harmless(self.published.text('title'))}&CRun {self.published.run_id}&RPage &P of &N")
        return sheet

    def _table(
        self,
        sheet: Any,  # noqa: ANN401
        name: str,
        frame: pd.DataFrame,
        headings: list[str],
        *,
        row: int,
        path: str = "",
    ) -> None:
        """Write a table and mark it up as one: headings, then cells of figures or of text, none blank."""
        last = row + len(frame)
        columns, lines = [], np.ones(len(frame) + 1)
        for at, (column, words) in enumerate(zip(frame.columns, headings, strict=True)):
            figures = pd.api.types.is_numeric_dtype(frame[column]) or str(column) in COUNTS.get(path, ())
            columns.append({"header": words, "header_format": self.formats["head of figures" if figures else "head"]})
            mixed = words.endswith(OF_THE_ROW)
            signs = self._column(sheet, row + 1, at, frame[column], figures=figures, mixed=mixed)
            lengths = np.array([len(words), *signs])
            longest_word = len(max(words.split(), key=len))
            width = min(WIDEST, max(NARROWEST, longest_word, int(lengths[1:].max(initial=0)))) * WIDTH_A_SIGN
            sheet.set_column(at, at, width)
            lines = np.maximum(lines, np.ceil((lengths + longest_word * (lengths > width)) * WIDTH_A_SIGN / width))
        for n in np.flatnonzero(lines > 1).tolist():
            sheet.set_row(row + n, LINE * lines[n])
        sheet.add_table(
            row, 0, last, len(frame.columns) - 1,
            {"name": f"table_{name}", "columns": columns, "autofilter": False, "style": None},
        )  # fmt: skip
        sheet.repeat_rows(row)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})

    def _column(self, sheet: Any, row: int, at: int, cells: pd.Series, *, figures: bool, mixed: bool) -> list[int]:  # noqa: ANN401
        """Write one column; return how many signs each cell shows. mixed: each row has a unit of its own."""
        if not figures:
            texts = [str(cell) or NOT_AVAILABLE for cell in cells.tolist()]
            for n, text in enumerate(texts):
                self._text(sheet, row + n, at, text, "text")
            return [len(text) for text in texts]
        numbers = pd.to_numeric(cells, errors="coerce").tolist()
        style = _style(numbers)
        for n, (number, cell) in enumerate(zip(numbers, cells.tolist(), strict=True)):
            if number == number:  # noqa: PLR0124  (NaN)
                own = _style([number]) if mixed else style
                sheet.write_number(row + n, at, number, self.formats[own])
            else:
                self._text(sheet, row + n, at, cell if cell in _SHORTHAND else NOT_AVAILABLE, "shorthand")
        return [len(f"{number:,.3f}") for number in numbers]

    def _text(self, sheet: Any, row: int, column: int, text: str, style: str) -> None:  # noqa: ANN401
        """Write a text as a text, whatever sign it begins with."""
        if sheet.write_string(row, column, text, self.formats[style]):
            raise ValueError(f"row {row + 1} of a sheet holds a text of {len(text)} signs; a cell holds {LONGEST}")


_SHORTHAND = (WITHHELD, NOT_AVAILABLE, NOT_APPLICABLE)


def _style(numbers: Sequence[float]) -> str:
    """Return how a column of figures is shown: whole ones whole, others in tenths or thousandths by their size."""
    known = [number for number in numbers if number == number]  # noqa: PLR0124  (NaN)
    if all(number == int(number) for number in known):
        return "whole"
    return "tenths" if max(map(abs, known)) >= LARGE else "thousandths"


def _harmless(text: str) -> str:
    """Return a title that the footer of a page shows instead of obeying: & begins an order there."""
    return text.replace("&", "&&")[:200]

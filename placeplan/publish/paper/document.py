"""A Word document that is being written: headings, sentences with citations, captioned tables and pictures, contents.

By python-docx, a kept library, and not docxtpl: the paper's tables and captions are made here, and a council's template
gives styles, headers and logo, so that nobody has to learn a language of placeholders.
"""

import copy
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.shared import Pt
from docx.text.paragraph import Paragraph

from placeplan.publish.paper import fields
from placeplan.publish.zipped import same_bytes

LANGUAGE = "en-GB"
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # the same run gives the same bytes at any time
HEADINGS = ("Heading 1", "Heading 2")
STYLES = ("Normal", "Title", *HEADINGS, "Caption", "List Bullet", "List Number", "Table Grid")
IN_TABLE, CITED = Pt(9), Pt(8)
HEAD_FILL = "E7EBEF"
LEFT, RIGHT = 0, 2
WIDEST_PICTURE = 0.9  # of a line of text


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a figure comes from: 648b00:options:NEW-01."""

    id: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to a caption or an appendix by its key: Table 3, Appendix B."""

    key: str


Piece = str | Cite | Ref


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. share: of the width.  figures: set to the right."""

    heading: str
    share: float = 1.0
    figures: bool = False


class Document:
    """A document in the making. Cross-references and contents are filled when its `content` is asked for."""

    def __init__(self, file: Any, width: int) -> None:  # noqa: ANN401  (python-docx carries no types)
        """Go on in an opened document. width: of a line of text, in the library's units."""
        self.file = file
        self.width = width
        self.styles: dict[str, str] = {}
        self.marks = 0
        self.counts = {"Table": 0, "Figure": 0}
        self.names: dict[str, str] = {}  # key → Table 3
        self.pointers: list[tuple[Any, str]] = []
        self.headings: list[tuple[int, str, str]] = []
        self.contents_at: Any = None

    def title(self, words: str) -> None:
        """Write the title."""
        self._paragraph("Title").add_run(words)

    def heading(self, words: str, level: int = 1, *, label: str = "", key: str = "") -> None:
        """Write a heading. label: "Appendix A", with which it begins and by which others point to its key."""
        mark = f"_Toc{len(self.headings) + 1:06d}"
        paragraph = self._paragraph(HEADINGS[level - 1])
        run = paragraph.add_run(label or words)
        if label:
            self.names[key] = label
            self._mark(run, run, f"_Ref_{key}")
            paragraph.add_run(f": {words}")
        self._mark(paragraph.runs[0], paragraph.runs[-1], mark)
        self.headings.append((level, f"{label}: {words}" if label else words, mark))

    def say(self, *pieces: Piece, style: str = "Normal") -> None:
        """Write a paragraph."""
        self._pieces(self._paragraph(style), pieces)

    def items(self, *rows: Sequence[Piece], numbered: bool = False) -> None:
        """Write a list, one item a row."""
        for row in rows:
            self.say(*row, style="List Number" if numbered else "List Bullet")

    def contents(self) -> None:
        """Write where the contents will stand."""
        self.contents_at = self._paragraph("Normal")

    def table(self, key: str, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Piece]]) -> None:
        """Write a captioned table: its heading row stands again on every page, no row is cut in two."""
        self._caption("Table", key, caption)
        table = self.file.add_table(rows=2, cols=len(columns), style="Table Grid")
        table.autofit = False
        fields.describe_table(table, caption)
        whole = sum(column.share for column in columns)
        widths = [int(self.width * column.share / whole) for column in columns]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        head, body = table.rows
        self._shape(head, columns, widths, head=True)
        self._shape(body, columns, widths, head=False)
        self._fill(head._tr, [column.heading for column in columns], head=True)  # noqa: SLF001
        pattern = body._tr  # noqa: SLF001
        for row in rows:
            made = copy.deepcopy(pattern)
            pattern.addprevious(made)
            self._fill(made, row, head=False)
        pattern.getparent().remove(pattern)
        self._paragraph("Normal")

    def picture(self, key: str, caption: str, png: bytes, words: str) -> None:
        """Write a captioned picture. words: what it shows, for those who can't see it."""
        self._caption("Figure", key, caption)
        shape = self.file.add_picture(io.BytesIO(png), width=int(self.width * WIDEST_PICTURE))
        about = shape._inline.docPr  # noqa: SLF001  (the library has no word for the alternative text)
        about.set("descr", words)
        about.set("title", caption)

    def content(self, *, title: str, subject: str, run_id: str) -> bytes:
        """Return the finished document; the same calls give the same bytes."""
        for shown, key in self.pointers:
            shown.text = self.names[key]
        if self.contents_at is not None:
            fields.contents(self.contents_at, self.headings, len(HEADINGS))
        fields.set_language(self.file, LANGUAGE)
        about = self.file.core_properties
        about.title, about.subject, about.author, about.keywords = title, subject, "placeplan", f"run {run_id}"
        about.comments, about.language = f"Run {run_id}, made by placeplan.", LANGUAGE
        about.last_modified_by, about.revision = "placeplan", 1
        about.created = about.modified = MADE
        held = io.BytesIO()
        self.file.save(held)
        return same_bytes(held.getvalue())

    def _caption(self, kind: str, key: str, words: str) -> None:
        """Write a caption whose number is a field, so that a table put in by hand renumbers the rest."""
        self.counts[kind] += 1
        number = str(self.counts[kind])
        paragraph = self._paragraph("Caption")
        paragraph.paragraph_format.keep_with_next = True
        first = paragraph.add_run(f"{kind} ")
        last = fields.add_field(paragraph, f"SEQ {kind} \\* ARABIC", number)
        self._mark(first, last, f"_Ref_{key}")
        paragraph.add_run(f": {words}")
        self.names[key] = f"{kind} {number}"

    def _shape(self, row: Any, columns: Sequence[Column], widths: Sequence[int], *, head: bool) -> None:  # noqa: ANN401
        """Give an empty row the look of its table; rows below it are copies of it."""
        fields.row_rules(row, head=head)
        for cell, column, width in zip(row.cells, columns, widths, strict=True):
            cell.width = width
            [paragraph] = cell.paragraphs
            paragraph.paragraph_format.space_after = 0
            paragraph.alignment = RIGHT if column.figures else LEFT
            if head:
                fields.shade(cell, HEAD_FILL)

    def _fill(self, row: Any, cells: Sequence[Piece], *, head: bool) -> None:  # noqa: ANN401
        """Write the cells of one row."""
        for cell, piece in zip(row.tc_lst, cells, strict=True):
            paragraph = Paragraph(cell.p_lst[0], self.file)
            self._pieces(paragraph, [piece])
            for run in paragraph.runs:
                run.bold = head or None
                if not isinstance(piece, Cite):
                    run.font.size = IN_TABLE

    def _paragraph(self, style: str) -> Any:  # noqa: ANN401
        """Return a new paragraph at the end; the id of its style is looked up once."""
        if style not in self.styles:
            self.styles[style] = self.file.styles[style].style_id
        paragraph = self.file.add_paragraph()
        paragraph._p.style = self.styles[style]  # noqa: SLF001
        return paragraph

    def _pieces(self, paragraph: Any, pieces: Sequence[Piece]) -> None:  # noqa: ANN401
        """Write text, citations and pointers into a paragraph."""
        for piece in pieces:
            if isinstance(piece, Cite):
                paragraph.add_run(f"[{piece.id}]").font.size = CITED
            elif isinstance(piece, Ref):
                self.pointers.append((fields.add_field(paragraph, f"REF _Ref_{piece.key} \\h", ""), piece.key))
            else:
                paragraph.add_run(piece)

    def _mark(self, first: Any, last: Any, name: str) -> None:  # noqa: ANN401
        """Put a bookmark round runs."""
        self.marks += 1
        fields.add_bookmark(first, last, name, self.marks)

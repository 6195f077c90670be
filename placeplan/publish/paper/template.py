"""The document that a paper is written into: a council's own template, or a plain one."""

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Cm, Pt, RGBColor

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.publish.paper.document import STYLES, Document
from placeplan.publish.paper.fields import add_field

MARK = "{{ paper }}"  # a template may say by this paragraph where the paper begins
INK = RGBColor(0x0B, 0x0C, 0x0C)


def plain_document(footer: str) -> Document:
    """Return an empty A4 document with plain styles and a footer that counts the pages."""
    file = docx.Document()
    [section] = file.sections
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, size in {"Normal": 11, "Title": 22, "Heading 1": 16, "Heading 2": 13, "Caption": 10}.items():
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), INK
        fonts = style.element.rPr.rFonts
        for attribute in [a for a in fonts.attrib if a.endswith(("Theme", "eastAsia", "cs"))]:
            del fonts.attrib[attribute]
    file.styles["Caption"].font.bold = True
    file.styles["Heading 1"].paragraph_format.space_before = Pt(18)
    _footer(section.footer.paragraphs[0], footer)
    return Document(file, _width(section))


def template_document(path: Path, footer: str) -> Document:
    """Return a council's template, its styles, headers and own text kept, ready to be written into.

    The paper stands after what the template holds, or at a paragraph that says {{ paper }}; its footer is kept, and one
    that counts the pages is added only where it is empty.
    Raises ScenarioProblems when it can't be opened or lacks a style.
    """
    if not path.is_file():
        raise _problem(path, "is not there.", "Name your own Word document, or leave out --template.")
    try:
        file = docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, OSError) as fault:
        raise _problem(path, "is no Word document.", "Give a .docx file.") from fault
    except ValueError as fault:
        remedy = "Open it in Word and save it as a Word document (.docx), not as a template or with macros."
        raise _problem(path, "is a Word template or holds macros.", remedy) from fault
    there = {style.name for style in file.styles}
    missing = [name for name in STYLES if name not in there]
    if missing:
        remedy = "In Word, use each of them once (Home, Styles) and save, or leave out --template."
        raise _problem(path, f"lacks the styles {', '.join(missing)}.", remedy)
    section = file.sections[-1]
    if not any(paragraph.text for paragraph in section.footer.paragraphs):
        _footer(section.footer.paragraphs[0], footer)
    return Document(file, _width(section))


def to_the_mark(document: Document, before: int) -> None:
    """Move what was written to the paragraph that says {{ paper }}, where a template has one.

    before: how many paragraphs and tables the template held.
    """
    body = document.file.element.body
    written = [element for element in body.iterchildren() if not element.tag.endswith("sectPr")][before:]
    mark = next((p for p in document.file.paragraphs if p.text.strip() == MARK), None)
    if mark is not None:
        for element in written:
            mark._p.addprevious(element)  # noqa: SLF001
        body.remove(mark._p)  # noqa: SLF001


def held_by(document: Document) -> int:
    """Return how many paragraphs and tables a document holds."""
    return sum(not element.tag.endswith("sectPr") for element in document.file.element.body.iterchildren())


def _footer(paragraph: Any, words: str) -> None:  # noqa: ANN401  (python-docx carries no types)
    """Write words and the number of the page."""
    paragraph.add_run(f"{words}. Page ").font.size = Pt(9)
    add_field(paragraph, "PAGE", "1").font.size = Pt(9)
    paragraph.add_run(" of ").font.size = Pt(9)
    add_field(paragraph, "NUMPAGES", "1").font.size = Pt(9)


def _width(section: Any) -> int:  # noqa: ANN401
    """Return the width of a line of text."""
    return int(section.page_width - section.left_margin - section.right_margin)


def _problem(path: Path, wrong: str, remedy: str) -> ScenarioProblems:
    """Return a fault of the template."""
    return ScenarioProblems([Problem(path.name, None, None, wrong, remedy)])

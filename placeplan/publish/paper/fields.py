"""What python-docx has no word for: fields, bookmarks, contents, repeated heading rows, shading, descriptions.

Source: ECMA-376, WordprocessingML.
"""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn


def add_field(paragraph: Any, order: str, shown: str) -> Any:  # noqa: ANN401  (python-docx carries no types)
    """Write a field into a paragraph: its order, and what it shows until it is brought up to date. Return what is shown."""
    _sign(paragraph.add_run(), "begin")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {order} "
    paragraph.add_run()._r.append(code)  # noqa: SLF001
    _sign(paragraph.add_run(), "separate")
    text = paragraph.add_run(shown)
    _sign(paragraph.add_run(), "end")
    return text


def add_bookmark(first: Any, last: Any, name: str, number: int) -> None:  # noqa: ANN401
    """Put a bookmark round the runs from first to last, and round the end of a field that follows."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    first._r.addprevious(start)  # noqa: SLF001
    after = last._r.getnext()  # noqa: SLF001
    (after if after is not None else last._r).addnext(end)  # noqa: SLF001


def contents(paragraph: Any, headings: list[tuple[int, str, str]], deepest: int) -> None:  # noqa: ANN401
    """Write the contents in place of a paragraph: each heading (level, words, bookmark) as a link, inside one field.

    No page numbers stand in it: they would be guesses until a word processor sets the pages. Updating the field adds none
    either; the footer counts the pages.
    """
    body = paragraph._p.getparent()  # noqa: SLF001
    for n, (level, words, bookmark) in enumerate(headings):
        line = paragraph.insert_paragraph_before("", style=paragraph.style)
        line.paragraph_format.left_indent = (level - 1) * 230_000
        line.paragraph_format.space_after = 0
        if n == 0:
            _sign(line.add_run(), "begin")
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f' TOC \\o "1-{deepest}" \\n \\h \\z '
            line.add_run()._r.append(code)  # noqa: SLF001
            _sign(line.add_run(), "separate")
        run = line.add_run(words)
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), bookmark)
        link.set(qn("w:history"), "1")
        run._r.addprevious(link)  # noqa: SLF001
        link.append(run._r)  # noqa: SLF001
        if n == len(headings) - 1:
            _sign(line.add_run(), "end")
    body.remove(paragraph._p)  # noqa: SLF001


def row_rules(row: Any, *, head: bool) -> None:  # noqa: ANN401
    """Let no row be cut by a page, and the heading row stand again on each page."""
    rules = row._tr.get_or_add_trPr()  # noqa: SLF001
    for name in ("w:cantSplit", *(["w:tblHeader"] if head else [])):
        rules.append(OxmlElement(name))


def describe_table(table: Any, words: str) -> None:  # noqa: ANN401
    """Say of a table what it holds, for those who hear it read; its first row is its heading."""
    properties = table._tbl.tblPr  # noqa: SLF001
    for name in ("w:tblCaption", "w:tblDescription"):
        told = OxmlElement(name)
        told.set(qn("w:val"), words)
        properties.append(told)
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        for name, value in (("firstRow", "1"), ("firstColumn", "0"), ("lastRow", "0"), ("lastColumn", "0")):
            look.set(qn(f"w:{name}"), value)
        properties.append(look)
        for told in properties.findall(qn("w:tblCaption")) + properties.findall(qn("w:tblDescription")):
            properties.append(told)  # the format wants them last


def shade(cell: Any, colour: str) -> None:  # noqa: ANN401
    """Colour the ground of a cell."""
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        ground.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(ground)  # noqa: SLF001


def set_language(file: Any, language: str) -> None:  # noqa: ANN401
    """Set the language in which a document is read aloud and spelt."""
    for known in file.styles.element.iter(qn("w:lang")):
        known.set(qn("w:val"), language)
    defaults = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None and defaults.find(qn("w:lang")) is None:
        told = OxmlElement("w:lang")
        told.set(qn("w:val"), language)
        defaults.append(told)


def _sign(run: Any, kind: str) -> None:  # noqa: ANN401
    """Write begin, separate or end of a field."""
    sign = OxmlElement("w:fldChar")
    sign.set(qn("w:fldCharType"), kind)
    run._r.append(sign)  # noqa: SLF001

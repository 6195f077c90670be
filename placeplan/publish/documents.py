"""Documents: the office files of a run folder, made from its published files where the extra that writes them is there."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from placeplan.domain.errors import MissingExtra
from placeplan.publish.published import Published
from placeplan.publish.workbook import FILE as WORKBOOK
from placeplan.publish.workbook import has_workbook, workbook_bytes

PAPER = "paper.docx"
HOW = "needs the extra “all”: pip install 'placeplan[all]'"


def documents_of(published: Published) -> Mapping[str, bytes]:
    """Return path in the run folder → content of each document that can be written here."""
    made = {}
    if has_paper():
        made[PAPER] = paper_of(published)
    if has_workbook():
        made[WORKBOOK] = workbook_bytes(published)
    return made


def paper_of(published: Published, template: Path | None = None) -> bytes:
    """Return the Executive paper as a Word document, in the styles of a template where one is given.

    Raises MissingExtra, ScenarioProblems when the template can't be used.
    """
    if not has_paper():
        raise MissingExtra(f"The paper {HOW}.")
    from placeplan.publish.paper import paper_bytes  # noqa: PLC0415  (an extra)

    return paper_bytes(published, template)


def has_paper() -> bool:
    """Return whether the extra that writes Word documents is installed."""
    return find_spec("docx") is not None


def left_out() -> list[str]:
    """Return what a run folder made here lacks, and how to have it next time; nothing when all can be written."""
    there = {PAPER: has_paper(), WORKBOOK: has_workbook()}
    return [f"{name} is left out: it {HOW}, and run again." for name, can in there.items() if not can]

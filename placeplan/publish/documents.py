"""Documents: the office files of a run folder, made from its published files where the extra that writes them is there."""

from collections.abc import Mapping

from placeplan.publish.published import Published
from placeplan.publish.workbook import FILE as WORKBOOK
from placeplan.publish.workbook import has_workbook, workbook_bytes


def documents_of(published: Published) -> Mapping[str, bytes]:
    """Return path in the run folder → content of each document that can be written here."""
    return {WORKBOOK: workbook_bytes(published)} if has_workbook() else {}


def left_out() -> list[str]:
    """Return what a run folder made here lacks, and how to have it next time; nothing when all can be written."""
    if has_workbook():
        return []
    return [
        f"{WORKBOOK} is left out: it needs the extra “all”. Install it with pip install 'placeplan[all]' and run again."
    ]

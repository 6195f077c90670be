"""The Executive paper: what was found, in plain English, every figure with its source; the model ranks, it never decides."""

from pathlib import Path

from placeplan.publish.paper.appendices import appendices
from placeplan.publish.paper.facts import Facts
from placeplan.publish.paper.implications import implications
from placeplan.publish.paper.need import need
from placeplan.publish.paper.opening import opening
from placeplan.publish.paper.preferred import preferred
from placeplan.publish.paper.template import held_by, plain_document, template_document, to_the_mark
from placeplan.publish.published import Published


def paper_bytes(published: Published, template: Path | None = None) -> bytes:
    """Return the paper as a Word document, made from published files alone; the same files give the same bytes.

    template: a council's own document, whose styles, headers and text are kept.
    Raises ScenarioProblems when the template can't be used.
    """
    facts = Facts(published)
    footer = f"Draft for consultation. Run {published.run_id}"
    document = plain_document(footer) if template is None else template_document(template, footer)
    before = held_by(document)
    for part in (opening, need, preferred, implications, appendices):
        part(document, facts)
    if template is not None:
        to_the_mark(document, before)
    title = f"School places: {published.text('title')}"
    subject = "Report to the Executive, draft" + (" (synthetic data)" if published.synthetic else "")
    return document.content(title=title, subject=subject, run_id=published.run_id)

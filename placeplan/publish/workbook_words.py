"""The words of the workbook: its cover, its notes, and the line that says where a table comes from."""

from collections.abc import Iterator, Sequence

from placeplan.publish.catalogue import Table
from placeplan.publish.page.words import per_cent, prices_of
from placeplan.publish.published import Published
from placeplan.publish.suppress import WITHHELD

ABOUT_SHEET = (
    "This sheet holds one table. Shorthand is explained in the notes; [c] withheld, [x] not available, [z] no row."
)
SYNTHETIC = (
    "Synthetic data: every zone, school and figure in this workbook is made up. Nothing here describes a real place."
)


def cover_lines(about: Published, tables: int) -> Iterator[tuple[str, str]]:
    """Yield (style, text) of each line of the cover."""
    yield "title", f"Tables: {about.text('title')}"
    if about.synthetic:
        yield "subtitle", "Synthetic data"
        yield "text", SYNTHETIC
    yield "subtitle", "What this is"
    years = about.texts("planned_years")
    span = f" for {years[0]} to {years[-1]}" if years else ""
    yield "text", f"{tables} tables of a plan of school places{span}, from the base year {about.text('base_year')}."
    yield "text", "The plan is a model's answer for discussion. It ranks what could be done; it decides nothing."
    yield "text", "Every table is also a CSV file of the same run folder, with the same figures."
    yield "subtitle", "The run"
    yield "text", f"Run {about.run_id}, scenario {about.text('scenario')}. Citations begin with {about.short_id}."
    yield (
        "text",
        f"Solver's status: {about.text('status')}. Gap to the best possible plan: {per_cent(about.number('gap'))}.",
    )
    yield (
        "text",
        f"{prices_of(about.run.get('price_base'), about.run.get('discount_rate'))} Capital in the tables is as spent; only cost within the objective is discounted.",
    )
    yield "text", f"To see where a cited figure comes from: placeplan cite RUN {about.short_id}:figures:capital_pounds"
    yield "subtitle", "How to read it"
    yield "text", "The sheet contents lists every sheet with a link. The sheet notes explains shorthand and limits."
    yield "text", "Academic years are written 2019/20, year groups R, 1 to 13. Codes (URN, GSS) are text."
    yield "subtitle", "Contact"
    yield "text", "The authority that made this run. placeplan itself is free software and holds no data of its own."


def notes_of(about: Published) -> list[tuple[str, str]]:
    """Return (number, text) of each note: shorthand first, then what the run says of itself."""
    low = about.number("small_counts_below") or 5
    texts = [
        f"{WITHHELD}: withheld, because the count is from 1 to {low - 1:.0f} children or would give such a count away.",
        "[x]: not available. [z]: the table has no row, which may be good news: no row of shortfall is no shortfall.",
        "Children and pupils are expected numbers, so they may be parts of a child.",
        (
            "The column places of options says places gained or lost, all year groups together, once the option is wholly open: what a change "
            "of age range or a closure gives up is taken off."
        ),
    ]
    note = about.run.get("gap_note")
    texts += [str(note)] if note else []
    texts += about.texts("remarks") + about.texts("notes")
    return [(f"Note {n}", text) for n, text in enumerate(texts, start=1)]


def source_line(about: Published, table: Table, names: Sequence[str]) -> str:
    """Return where a table comes from and how a row of it is cited, with the first as example."""
    example = f" Cite a row as {about.short_id}:{table.name}:{names[0]}" if names else ""
    rows = f" {', '.join(table.key)} name a row." if table.key and names and names[0] != "r2" else ""
    return f"Source: run {about.run_id}, file {table.path}.{rows}{example}"

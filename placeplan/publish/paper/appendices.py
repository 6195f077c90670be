"""The appendices: the run and how to check it, every option, every measure, the whole programme."""

from placeplan.publish.catalogue import catalogue
from placeplan.publish.page.words import principle_name, whole
from placeplan.publish.paper.document import Column, Document, Piece
from placeplan.publish.paper.facts import Facts, number
from placeplan.publish.paper.implications import TASK_COLUMNS, task_rows
from placeplan.publish.paper.preferred import option_rows


def appendices(document: Document, facts: Facts) -> None:
    """Write all appendices."""
    _run(document, facts)
    _options(document, facts)
    _measures(document, facts)
    document.heading("The whole programme", label="Appendix D", key="programme_all")
    document.table("programme_table", "Every task", TASK_COLUMNS, task_rows(facts) or [("none", *[""] * 4)])


def _run(document: Document, facts: Facts) -> None:
    """Write what the figures were made from and how anybody checks them."""
    about = facts.published
    document.heading("This run, and how to check it", label="Appendix A", key="run")
    document.say(
        f"Every figure comes from run {about.run_id} of the scenario {about.text('scenario')}. A citation such as ",
        facts.cite("options", str(facts.options["option"].iloc[0]) if len(facts.options) else "OPTION"),
        " names run, table and row; a fourth part names the column. With the run folder at hand, anybody can look a figure up:",
    )
    document.say(f"placeplan cite RUN {about.short_id}:figures:capital_pounds")
    document.say(
        "prints file, row, column and value, and works sums, counts and gaps out again. placeplan verify RUN checks the whole run without the solver."
    )
    document.say(
        "Anybody can run it again: the scenario's own files, whose SHA-256 stand below, and this version of placeplan, a free program, "
        "give the same tables where the solver came to its end. The files hold counts, no person's data; the folder certificate/ holds "
        "small counts and is not for publishing."
    )
    inputs = about.run.get("inputs")
    rows: list[tuple[Piece, ...]] = [
        ("run", about.run_id),
        ("solver's status", about.text("status")),
        ("random seed", about.text("seed")),
        ("version of placeplan", _version(about.run.get("versions"))),
    ]
    rows += [(f"SHA-256 of {name}", str(v)) for name, v in inputs.items()] if isinstance(inputs, dict) else []
    document.table("provenance", "What this run was made of", [Column("Item"), Column("Value", 2.5)], rows)
    tables: list[tuple[Piece, ...]] = [
        (t.name, t.title, t.path, whole(len(about.tables[t.path]))) for t in catalogue(about.tables)
    ]
    columns = [Column("Table"), Column("What it tells", 2.4), Column("File", 1.8), Column("Rows", 0.6, figures=True)]
    document.table("tables", "The tables that citations name", columns, tables)


def _version(versions: object) -> str:
    """Return the version of the program."""
    return str(versions.get("placeplan", "not told")) if isinstance(versions, dict) else "not told"


def _options(document: Document, facts: Facts) -> None:
    """Write every option with its figures and its reason: chosen, not chosen, refused."""
    document.heading("Every option considered", label="Appendix B", key="options")
    columns = [Column("Option", 1.2), Column("School or site", 2.0), Column("What", 1.8), Column("Opens", 1.2), Column("Places", 1.1, True),
               Column("Capital", 1.35, True), Column("Why, or why not", 2.2), Column("Source", 1.5)]  # fmt: skip
    document.table(
        "option_table",
        "Every option, its figures and its reason",
        columns,
        option_rows(facts, facts.options) or [("none", *[""] * 7)],
    )


def _measures(document: Document, facts: Facts) -> None:
    """Write every part of every principle, before and after."""
    document.heading("Every measure", label="Appendix C", key="measures")
    rows: list[tuple[Piece, ...]] = [
        (principle_name(str(row["principle"])), str(row["measure"]), number(row.get("do_minimum"), 2), number(row["value"], 2), str(row["unit"]), facts.cite("measures", name))
        for name, row in facts.rows("measures")
    ]  # fmt: skip
    columns = [
        Column("Principle", 1.5),
        Column("Measure", 1.9),
        Column("Do-minimum", 1.0, True),
        Column("Plan", 1.0, True),
        Column("Unit", 1.0),
        Column("Source", 2.2),
    ]
    document.table(
        "measure_table", "Parts of each principle, do-minimum and plan", columns, rows or [("none", *[""] * 5)]
    )

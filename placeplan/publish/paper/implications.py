"""Implications: financial, legal, equalities, sustainability and risk; then the programme and what was not tested."""

import pandas as pd

from placeplan.principles.nine import NINE
from placeplan.publish import charts
from placeplan.publish.page.words import per_cent, pounds, prices_of, whole
from placeplan.publish.paper.document import Column, Document, Piece, Ref
from placeplan.publish.paper.equalities import by_deprivation
from placeplan.publish.paper.facts import Facts, kind_words, number
from placeplan.scenario.routes import AUTHORITY

PROVEN = 1e-6  # a gap this small is rounding
FIRST_TASKS = 12  # of the programme in the text; all of them stand in an appendix
NOT_TESTED = (
    "Other weights: whether the plan stays first when weights are drawn at random.",
    "Other futures: the plan is made for expected numbers; whether it stays first if other children come has not been tried.",
    "Longer horizons: whether the plan stays first where years after the planned ones count too.",
    "Groups of people: what changes by sex, ethnicity, faith or disability, before and after.",
    "Revenue: running costs, growth funding, home-to-school transport and the budgets of schools.",
    "Sites: whether land, planning permission and builders are to be had.",
    "Views: no family, school, trust, diocese or neighbour has been asked.",
)


def implications(document: Document, facts: Facts) -> None:
    """Write every implication, the programme and the limits."""
    document.heading("Implications")
    _financial(document, facts)
    _legal(document, facts)
    _measured(
        document, facts, "Equalities", "vulnerable", "equalities",
        "The public sector equality duty (Equality Act 2010, section 149) asks for due regard before a decision. The figures below "
        "are those of the principle for vulnerable learners. They are no equality impact assessment: one must be made. "
        "Small counts of children with special needs are withheld throughout.",
    )  # fmt: skip
    by_deprivation(document, facts)
    _measured(
        document, facts, "Sustainability", "local", "sustainability",
        "The run measures how far children live from their school, not how they travel, and no carbon. The figures below are those "
        "of the principle for local schools.",
    )  # fmt: skip
    _risk(document, facts)
    _programme(document, facts)
    _limits(document, facts)


def _financial(document: Document, facts: Facts) -> None:
    """Write capital by year of opening."""
    document.heading("Financial", 2)
    capital = facts.figure("capital_pounds")
    document.say(
        f"The options chosen cost {pounds(capital)} of capital ", facts.of_figure("capital_pounds"),
        f", as spent. {prices_of(facts.published.run.get('price_base'), facts.published.run.get('discount_rate'))} Only cost within the "
        "objective is discounted. Which fund pays what, and revenue costs, are not worked out in this run.",
    )  # fmt: skip
    by_year = facts.chosen.groupby("opens")["capital_pounds"].agg(["sum", "size"])
    rows: list[tuple[Piece, ...]] = [
        (str(year), whole(row["size"]), pounds(float(row["sum"]))) for year, row in by_year.iterrows()
    ]
    if not rows:
        return
    rows.append(("All years", whole(by_year["size"].sum()), pounds(float(by_year["sum"].sum()))))
    columns = [Column("Academic year of opening"), Column("Options that open", 1.0, True), Column("Capital", 1.0, True)]
    document.table("capital", "Capital by year of opening (sums of plan/options.csv)", columns, rows)
    years = pd.DataFrame({"academic_year": by_year.index, "million_pounds": by_year["sum"].to_numpy(dtype=float) / 1e6})
    if charts.has_charts() and len(years) > 1 and years["million_pounds"].sum() > 0:
        document.picture("spending", "Capital by year of opening", *charts.capital_png(years))


def _legal(document: Document, facts: Facts) -> None:
    """Write which kinds of change are in the plan, and that their route must be confirmed."""
    document.heading("Legal", 2)
    document.say(
        "The run doesn't settle the lawful route of any option. Each kind of change has its own: who may propose it, whether "
        "notices and consultation are needed, and who decides. For academies that is not the council. Legal advice must confirm "
        "the route of every kind below, by the law on the date of the decision."
    )
    tasks = [str(row["task"]) for _, row in facts.rows("programme")]
    rows: list[tuple[Piece, ...]] = []
    for kind, group in facts.chosen.groupby("kind", sort=True):
        consulted = sum(task.startswith("Consult on ") and task.endswith(f"({kind_words(kind)})") for task in tasks)
        rows.append((kind_words(kind), str(len(group)), str(consulted), "to be confirmed"))
    columns = [Column("Kind of change", 2.0), Column("Options", 1.0, True), Column("With a consultation in the programme", 1.6, True),
               Column("Route, and who decides", 2.0)]  # fmt: skip
    document.table("legal", "Kinds of change in the plan", columns, rows or [("none", "0", "0", "")])
    _consent(document, facts)


def _consent(document: Document, facts: Facts) -> None:
    """Write who must still consent to each option of the plan, and how long consultation takes at least."""
    chosen = set(facts.chosen["option"])
    told = [(name, row) for name, row in facts.rows("particulars") if str(row["option"]) in chosen]
    if not told:
        return
    others = [row for _, row in told if str(row["who_decides"]) not in AUTHORITY]
    document.say(
        f"{len(others)} of the {len(told)} options of the plan need the consent of somebody else than the council. The route is what "
        "the rules of this run make of kind, provider and date; it is a first look, no legal advice."
    )
    rows: list[tuple[Piece, ...]] = [
        (str(row["option"]), kind_words(row["who_decides"]), str(row["legal_route"]), whole(row["consultation_weeks"]),
         whole(row["lead_months"]), facts.cite("particulars", name))
        for name, row in told
    ]  # fmt: skip
    columns = [Column("Option", 1.1), Column("Who decides", 1.4), Column("Route", 2.2), Column("Weeks of consultation, at least", 1.4, True),
               Column("Months to open, at least", 1.0, True), Column("Source", 2.4)]  # fmt: skip
    document.table("consent", "Who must still consent to the options of the plan", columns, rows)


def _measured(document: Document, facts: Facts, heading: str, principle: str, key: str, words: str) -> None:
    """Write an implication by the parts of one principle, before and after."""
    document.heading(heading, 2)
    document.say(words)
    rows: list[tuple[Piece, ...]] = [
        (
            str(row["measure"]),
            number(row.get("do_minimum"), 2),
            number(row["value"], 2),
            str(row["unit"]),
            facts.cite("measures", name),
        )
        for name, row in facts.rows("measures")
        if row["principle"] == principle
    ]
    if not rows:
        document.say("Not measured in this run.")
        return
    columns = [
        Column("Measure", 2.4),
        Column("Do-minimum", 1.0, True),
        Column("Plan", 1.0, True),
        Column("Unit", 1.2),
        Column("Source", 2.6),
    ]
    document.table(key, f"{heading}: what was measured, do-minimum and plan", columns, rows)


def _risk(document: Document, facts: Facts) -> None:
    """Write the risks that the run itself shows."""
    document.heading("Risk", 2)
    rows: list[tuple[Piece, ...]] = []
    last = [
        (name, row) for name, row in facts.rows("summary") if facts.years and row["academic_year"] == facts.years[-1]
    ]
    for name, row in last[:2]:
        rows.append(
            (f"Numbers in Years {row['year_groups']} differ from the forecast", f"{whole(row['low_80'])} to {whole(row['high_80'])} in {row['academic_year']}, four times in five",
             "forecast again each year, before each commitment", facts.cite("summary", name))
        )  # fmt: skip
    gap = facts.figure("gap")
    if gap is None or gap > PROVEN:
        told = f"gap {per_cent(gap)}; status {facts.published.text('status')}"
        rows.append(("A better plan exists", told, "run longer before quoting the plan", facts.of_figure("gap")))
    rows += [
        ("Faults in what went in", f"{len(facts.published.texts('warnings'))} warnings noted by the check of the tables", "read and clear them: placeplan check", facts.cite("run", "warnings")),
        ("Costs differ", f"{pounds(facts.figure('capital_pounds'))} rests on the table of options", "feasibility studies", facts.of_figure("capital_pounds")),
    ]  # fmt: skip
    columns = [
        Column("Risk", 1.6),
        Column("What this run shows", 2.0),
        Column("What helps", 1.6),
        Column("Source", 2.3),
    ]
    document.table("risks", "Risks that this run shows", columns, rows)


def _programme(document: Document, facts: Facts) -> None:
    """Write the first tasks of the programme."""
    document.heading("Delivery programme")
    rows = facts.rows("programme")
    document.say(
        "A first programme: the tasks of each option within its lead time, up to its opening, by whoever decides on it. Real ones depend "
        "on sites, routes and procurement. "
        f"It holds {whole(facts.figure('programme_tasks'))} tasks ", facts.of_figure("programme_tasks"), ", all of them in ", Ref("programme_all"), ".",
    )  # fmt: skip
    document.table(
        "programme",
        f"The first {min(len(rows), FIRST_TASKS)} tasks",
        TASK_COLUMNS,
        task_rows(facts)[:FIRST_TASKS] or [("none", *[""] * 4)],
    )


TASK_COLUMNS = [
    Column("Task", 2.4),
    Column("Start", 0.8),
    Column("End", 0.8),
    Column("Owner's role", 1.6),
    Column("Source", 1.8),
]


def task_rows(facts: Facts) -> list[tuple[Piece, ...]]:
    """Return one row a task for a table."""
    return [
        (str(row["task"]), str(row["start"]), str(row["end"]), str(row["owner role"]), facts.cite("programme", name))
        for name, row in facts.rows("programme")
    ]


def _limits(document: Document, facts: Facts) -> None:
    """Write what was not tested, and what each principle can't measure."""
    document.heading("What has not been tested, and limits")
    tested = {
        NOT_TESTED[0]: facts.weights_tested, NOT_TESTED[1]: facts.rows("futures"), NOT_TESTED[2]: facts.rows("beyond"),
    }  # fmt: skip
    untested = [line for line in NOT_TESTED if not tested.get(line)]
    if not facts.rows("fair_access"):
        untested.append("Deprivation: what changes for children of more and of less deprived zones.")
    document.table("limits", "Not tested in this run", [Column("What")], [(line,) for line in untested])
    document.heading("What each measure leaves out", 2)
    document.say("A principle is measured by what can be counted.")
    document.items(*[[f"{principle.title}: {principle.limits}"] for principle in (*NINE, *facts.beside)])

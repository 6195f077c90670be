"""Options considered and the preferred plan: every option counted, those chosen told, those refused with their reason."""

import pandas as pd

from placeplan.publish.page.words import per_cent, pounds, whole
from placeplan.publish.paper.document import Column, Document, Piece, Ref
from placeplan.publish.paper.facts import Facts, kind_words, number
from placeplan.publish.paper.rivals import rivals


def preferred(document: Document, facts: Facts) -> None:
    """Write which options were considered, then the plan that the model ranks first."""
    _considered(document, facts)
    _plan(document, facts)


def _considered(document: Document, facts: Facts) -> None:
    """Write how many options of each kind there were, what became of them, and the do-minimum."""
    document.heading("Options considered")
    every, out, refused = (facts.figure(n) for n in ("options", "options_not_chosen", "options_refused"))
    document.say(
        f"The model weighed {whole(every)} options ", facts.of_figure("options"), f", in every combination that their rules allow. {whole(out)} ",
        facts.of_figure("options_not_chosen"), " are not in the best plan found, and ", f"{whole(refused)} ",
        facts.of_figure("options_refused"), " could not be considered, for a reason that the table of options gives. ", Ref("options"),
        " lists each with its figures and its reason.",
    )  # fmt: skip
    rows: list[tuple[Piece, ...]] = []
    for kind, group in facts.options.groupby("kind", sort=True):
        states = [
            int(group["chosen"].sum()),
            int((~group["chosen"] & ~group["refused"]).sum()),
            int(group["refused"].sum()),
        ]
        rows.append(
            (
                kind_words(kind),
                str(len(group)),
                *(str(n) for n in states),
                pounds(float(group.loc[group["chosen"], "capital_pounds"].sum())),
            )
        )
    columns = [Column("Kind of option", 2.0), Column("Considered", 1.0, True), Column("Chosen", 1.0, True),
               Column("Not chosen", 1.0, True), Column("Refused", 1.0, True), Column("Capital of those chosen", 1.6, True)]  # fmt: skip
    document.table("kinds", "Options considered, by kind (counts of the rows of plan/options.csv)", columns, rows)
    document.heading("The do-minimum", 2)
    minimum = facts.mapping("do_minimum")
    document.say(
        "The do-minimum opens nothing beyond what is already committed. Under it ",
        f"{whole(minimum.get('shortfall'))} child-years from Reception to Year 11 have no place ", facts.cite("run", "do_minimum.shortfall"),
        f"; principles and cost together are worth {number(minimum.get('objective'), 3)} ", facts.cite("run", "do_minimum.objective"),
        " (lower is better). Its score on each principle stands in ", Ref("principles"), ".",
    )  # fmt: skip
    rivals(document, facts)


def _plan(document: Document, facts: Facts) -> None:
    """Write the plan that the model ranks first: its options, and how sure it is to be the best."""
    document.heading("The preferred plan")
    chosen = facts.chosen
    document.say(
        f"Of {whole(facts.figure('options'))} options the model ranks first a plan that opens {len(chosen)}, under the weights of ",
        Ref("principles"), ". “Preferred” here means ranked first by the model, and no more.",
    )  # fmt: skip
    columns = [Column("Option", 1.2), Column("School or site", 2.0), Column("What", 1.8), Column("Opens", 1.2), Column("Places", 1.1, True),
               Column("Capital", 1.35, True), Column("Why", 2.2), Column("Source", 1.5)]  # fmt: skip
    document.table(
        "chosen", "Options that the plan opens, by year", columns, option_rows(facts, chosen) or [("None", *[""] * 7)]
    )
    document.say(
        "Places are gained or, below 0, lost, all year groups of the option together, once it is wholly open: "
        "what a change of age range or a closure gives up is taken off."
    )
    _certificate(document, facts)


def _certificate(document: Document, facts: Facts) -> None:
    """Write status, gap and certificate."""
    document.heading("How sure it is that no plan is better", 2)
    status, gap = facts.published.text("status"), facts.figure("gap")
    document.say(
        f"The solver's status is “{status}” ", facts.cite("run", "status"), f"; the gap is {per_cent(gap)} ", facts.of_figure("gap"),
        *_bound(facts), ". ",
        "Status Optimal means that the gap asked for was reached; a time limit means that a better plan may exist within the gap.",
    )  # fmt: skip
    if facts.certificate:
        document.say(
            f"The run carries a certificate (digest {facts.certificate[:16]} ",
            facts.cite("run", "certificate"),
            "). The command placeplan verify works out rows, objective and bound again from it, without the solver.",
        )
    else:
        document.say("The run carries no certificate, so its bound can't be checked without the solver.")


def _bound(facts: Facts) -> list[Piece]:
    """Return the bound below which no plan lies, and the objective; nothing where none was proven."""
    bound, objective = facts.published.number("bound"), facts.figure("objective")
    if bound is None or objective is None:
        return []
    return [
        f": the plan is worth {objective:.4f} ", facts.of_figure("objective"), f" and no plan is below {bound:.4f} ", facts.cite("run", "bound"),
    ]  # fmt: skip


def option_rows(facts: Facts, options: pd.DataFrame) -> list[tuple[Piece, ...]]:
    """Return one row an option for a table: what, where, when, places, capital, why, source."""
    rows: list[tuple[Piece, ...]] = []
    for row in options.to_dict("records"):
        option, name, where = (str(row[column]) for column in ("option", "name", "where"))
        school = f"{name} ({where})" if where not in {"", name} else name
        places, capital = whole(float(row["places"])), pounds(float(row["capital_pounds"]))
        opens = str(row["opens"]) or "not chosen"
        rows.append(
            (
                option,
                school,
                kind_words(row["kind"]),
                opens,
                places,
                capital,
                str(row["reason"]),
                facts.cite("options", option),
            )
        )
    return rows

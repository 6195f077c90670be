"""The need: background, the nine principles, and the forecast with how far it may be off."""

import pandas as pd

from placeplan.publish import charts
from placeplan.publish.page.words import principle_name, whole
from placeplan.publish.paper.document import Column, Document, Piece, Ref
from placeplan.publish.paper.facts import Facts, number


def need(document: Document, facts: Facts) -> None:
    """Write the background with the nine principles, then the forecast."""
    _principles(document, facts)
    _forecast(document, facts)


def _principles(document: Document, facts: Facts) -> None:
    """Write what the plan was measured by, before and after."""
    document.heading("Background and the nine principles")
    document.say(
        "A council must secure enough schools for its area (Education Act 1996, section 14). Sufficiency comes first in this "
        "plan: no principle and no saving is traded against a child's place. Beyond that the plan follows nine "
        "place-planning principles, each scored from 100, the ideal, to 0, unacceptable; below 0 is worse still. "
        "The weight says how much a step on the scale counts. The do-minimum opens nothing beyond what is committed."
    )
    for principle in facts.beside:
        document.say(
            f"{principle.title} is none of the nine. In this run it is weighed beside them, on a scale like theirs."
        )
    before = facts.mapping("do_minimum_scores")
    rows: list[tuple[Piece, ...]] = []
    scores = []
    for name, row in facts.rows("principles"):
        had = before.get(str(row["principle"]), float("nan"))
        scores.append((principle_name(str(row["principle"])), float(row["score"]), had))
        measure = f"{number(row['measure'], 2)} {row['unit']}"
        rows.append(
            (
                scores[-1][0],
                measure,
                number(had),
                number(row["score"]),
                f"{row['weight']:g}",
                facts.cite("principles", name),
            )
        )
    if not rows:
        document.say("This run publishes no scores of the principles.")
        return
    columns = [Column("Principle", 2.0), Column("Measure under the plan", 2.0), Column("Score, do-minimum", 1.1, True),
               Column("Score, plan", 0.8, True), Column("Weight", 0.8, True), Column("Source", 2.5)]  # fmt: skip
    document.table("principles", f"The {facts.what_is_weighed} under the do-minimum and the plan", columns, rows)
    frame = pd.DataFrame(scores, columns=["principle", "plan", "do_minimum"])
    if charts.has_charts() and frame["plan"].notna().any():
        document.picture("scores", "Score of each principle, plan beside do-minimum", *charts.scores_png(frame))
    _gains(document, frame)
    for remark in facts.published.texts("remarks"):
        document.say(f"To be read with care. {remark}")


def _gains(document: Document, scores: pd.DataFrame) -> None:
    """Say which principle gains most and which loses most."""
    scores = scores.dropna()
    change = scores["plan"] - scores["do_minimum"]
    if change.empty:
        return
    best, worst = (
        scores.iloc[at].to_dict() for at in (int(change.to_numpy().argmax()), int(change.to_numpy().argmin()))
    )
    told = (
        f"{best['principle']} changes most for the better, from {number(best['do_minimum'])} to {number(best['plan'])}"
    )
    if change.max() < 0.05:
        told = "No principle gains"
    if change.min() < -0.05:
        told += f"; {str(worst['principle']).lower()} loses most, from {number(worst['do_minimum'])} to {number(worst['plan'])}"
    else:
        told += "; no principle loses"
    document.say(f"{told} (", Ref("principles"), ").")


def _forecast(document: Document, facts: Facts) -> None:
    """Write the forecast by stage, with its interval, its chart, what it stands on and how far earlier ones were off."""
    document.heading("Forecast")
    rows: list[tuple[Piece, ...]] = [
        (f"Years {row['year_groups']}", str(row["academic_year"]), whole(row["base"]), whole(row["median"]),
         whole(row["low_80"]), whole(row["high_80"]), facts.cite("summary", name))
        for name, row in facts.rows("summary")
        if row["academic_year"] in (facts.years[0], facts.years[len(facts.years) // 2], facts.years[-1])
    ]  # fmt: skip
    columns = [Column("Year groups", 1.2), Column("Academic year"), Column(f"Base year {facts.published.text('base_year')}", 1.0, True),
               Column("Expected", 0.9, True), Column("80 %, from", 0.8, True), Column("80 %, to", 0.8, True), Column("Source", 2.5)]  # fmt: skip
    if rows:
        document.say(
            "Pupils of mainstream schools, by stage of schooling. Four futures in five lie within the interval, as far as the "
            "past is a guide. Every year stands in the sheet summary of tables.xlsx."
        )
        document.table(
            "forecast", "Pupils expected at the start, in the middle and at the end of the plan", columns, rows
        )
        _fans(document, facts)
    else:
        document.table(
            "forecast", "Pupils expected", [Column("Finding")], [("This run publishes no forecast by stage.",)]
        )
    document.heading("What the forecast stands on", 2)
    document.items(*[[note] for note in facts.published.texts("notes")] or [["This run tells nothing of it."]])
    document.heading("How far earlier forecasts were off", 2)
    _record(document, facts)


def _fans(document: Document, facts: Facts) -> None:
    """Draw each stage of schooling that has pupils."""
    table = facts.published.table("forecast/summary.csv")
    if table is not None and charts.has_charts() and table["median"].max() > 0:
        document.picture(
            "fans",
            "Pupils expected by stage, with the 80 % interval (scales do not start at 0)",
            *charts.fans_png(table),
        )


def _record(document: Document, facts: Facts) -> None:
    """Say how far earlier forecasts of this authority were off, or that nobody has looked."""
    rows: list[tuple[Piece, ...]] = [
        (str(row["phase"]), whole(row["horizon"]), f"{number(row['mape'])} %", facts.cite("backtest", name))
        for name, row in facts.rows("backtest")
        if "mape" in row
    ]
    if not rows:
        document.say(
            "Not tested in this run: it holds no back-test of this authority. The command placeplan backtest makes one from "
            "earlier censuses; its result should stand here before a decision."
        )
        return
    columns = [
        Column("Phase"),
        Column("Years ahead", 1.0, True),
        Column("Mean absolute error", 1.0, True),
        Column("Source", 2.0),
    ]
    document.table("record", "Error of earlier forecasts", columns, rows)

"""Rivals: how surely the plan stays first under other weights, which plan comes next, and what would put it first."""

from typing import Any

from placeplan.appraise.longer import UNCOUNTED
from placeplan.appraise.tried import UNTRIED
from placeplan.publish import charts
from placeplan.publish.figures import EACH_FUTURE
from placeplan.publish.page.words import per_cent, pounds, principle_name, whole
from placeplan.publish.paper.document import Column, Document, Piece, Ref
from placeplan.publish.paper.facts import Facts, number
from placeplan.publish.paper.opening import TO_BE_FILLED

THE_PLAN = "the plan"  # the row of robustness.csv for the plan itself
TOLD = 8  # rivals in the text; all of them stand in the workbook


def rivals(document: Document, facts: Facts) -> None:
    """Write whether another plan would be ranked first."""
    document.heading("Would another plan be ranked first?", 2)
    rows = facts.rows("robustness")
    if not rows or rows[0][0] != THE_PLAN:
        document.say(
            "Not tested in this run. How often this plan stays first when weights are drawn at random, and which rival is "
            "nearest, has not been worked out. The ranking holds for the weights of ", Ref("principles"), " alone.",
        )  # fmt: skip
        return
    could = [(name, row) for name, row in rows[1:] if isinstance(row["share_first"], float) and row["share_first"] >= 0]
    document.say(*_first(facts, rows[0][1], len(could) + 1), *_nearest(facts, could))
    document.say(
        "Each draw changes all weights of principles at once, round those of this run; the weight of cost stays. The pool is the plans "
        "that the search met, the do-minimum, the plan with one decision taken otherwise and, in a small authority, the best "
        "plans with a principle left out or counted twice. A plan outside the pool may do better under some weights. A plan "
        "that leaves more children without a place can't be first."
    )
    columns = [Column("Rival", 1.4), Column("Decisions taken otherwise", 1.5), Column("Points behind", 0.9, True),
               Column("Capital more", 1.3, True), Column("First in draws", 0.8, True), Column("Would overtake if", 1.8),
               Column("Source", 2.2)]  # fmt: skip
    told: list[tuple[Piece, ...]] = [
        (name, str(row["opens"]), number(row["points_behind"], 4), _money(row["pounds_more"]), per_cent(row["share_first"]),
         _if(row) or "no single weight does it", facts.cite("robustness", name))
        for name, row in could[:TOLD]
    ]  # fmt: skip
    document.table("rivals", "The nearest rivals of the plan", columns, told or [("none met", *[""] * 6)])
    _futures(document, facts)
    _beyond(document, facts)


def _first(facts: Facts, row: dict[str, Any], plans: int) -> list[Piece]:
    """Return the sentence by which the plan may be quoted."""
    area = facts.published.text("title")
    weights = f" (adopted on, by: {TO_BE_FILLED}). It stays first in {per_cent(row['share_first'])} "
    draws = f" of {whole(row['draws'])} draws of weights, among {plans} plans. "
    return [
        f"Of {whole(facts.figure('options'))} options ", facts.of_figure("options"), f" for {area}, the model ranks first the plan of ",
        Ref("chosen"), " under the weights of ", Ref("principles"), weights, facts.cite("robustness", THE_PLAN, "share_first"),
        draws, *_in_futures(facts), *_beyond_the_horizon(facts),
    ]  # fmt: skip


def _in_futures(facts: Facts) -> list[Piece]:
    """Return how often the plan stays first if other children come than forecast."""
    rows = facts.rows("futures")
    if not rows:
        return [UNTRIED]
    name, row = rows[0]
    return [
        f"In {per_cent(row['share_first'])} ", facts.cite("futures", name, "share_first"),
        f" ({whole(facts.figure('futures_first'))} ", facts.of_figure("futures_first"),
        f") of {whole(row['futures'])} futures of the forecast it is first, among {len(rows)} plans.",
    ]  # fmt: skip


def _futures(document: Document, facts: Facts) -> None:
    """Write how the plan and its nearest rivals stand if other children come than forecast."""
    rows = facts.rows("futures")
    if not rows:
        return
    document.heading("If other children come than forecast", 2)
    document.say(
        "Each plan was tried in simulated futures, those of which the intervals of the forecast are made: what opens stays, "
        "journeys are decided anew. First is the plan that leaves the fewest children without a place and, among those, misses "
        "the principles least. A council can still change course when it sees which future comes, so this tells how much is staked "
        "on the forecast, not what will happen."
    )
    document.table(
        "futures", "The plan and its nearest rivals in other futures",
        [Column("Plan", 1.5), Column("First in futures", 0.9, True), Column("Child-years without a place in half of them, at most", 1.3, True),
         Column("In nine of ten, at most", 1.1, True), Column("Source", 2.0)],
        [(name, per_cent(row["share_first"]), number(row["shortfall_usual"], 0), number(row["shortfall_at_most"], 0),
          facts.cite("futures", name)) for name, row in rows],
    )  # fmt: skip
    each = facts.published.table(EACH_FUTURE)
    if each is not None and charts.has_charts():
        document.picture("futures_drawn", "Children without a place in each future", *charts.futures_png(each))


def _beyond_the_horizon(facts: Facts) -> list[Piece]:
    """Return over how many longer horizons the plan stays first, and which plan would be instead."""
    said = facts.published.run.get("beyond")
    if not facts.rows("beyond") or not isinstance(said, dict):
        return [" ", UNCOUNTED]
    return [" ", str(said["sentence"]).rstrip("."), " ", facts.of_figure("beyond_first"), "."]


def _beyond(document: Document, facts: Facts) -> None:
    """Write how the plan and its rivals stand where years after the planned ones count too."""
    rows = facts.rows("beyond")
    if not rows:
        return
    document.heading("If years after the planned ones count too", 2)
    document.say(
        "What opens is paid for in full within the planned years, and what it brings counts only as far as they go. So each plan was "
        "priced again over longer horizons: what opens stays, nothing more opens, the forecast goes on, journeys are decided anew. "
        "A forecast so far ahead is uncertain: this tells whether the choice hangs on where the plan ends, not what will happen. "
        "Points compare within a horizon, not between two."
    )
    horizons = list(dict.fromkeys(int(row["horizon_years"]) for _, row in rows))
    behind: dict[str, list[Piece]] = {}
    for _, row in rows:
        behind.setdefault(str(row["plan"]), []).append(_points(row))
    last = {str(row["plan"]): name for name, row in rows}
    document.table(
        "beyond", "Points behind the plan, by the years that count",
        [Column("Plan", 1.8), *(Column(f"{years} years", 1.0, True) for years in horizons), Column("Source", 2.0)],
        [(name, *points, facts.cite("beyond", last[name])) for name, points in behind.items()],
    )  # fmt: skip


def _points(row: dict[str, Any]) -> str:
    """Return how far a plan is behind over a horizon, and whether it is first."""
    return f"{number(row['points_behind'], 4)}{', first' if row['first'] == 1 else ''}"


def _nearest(facts: Facts, could: list[tuple[str, dict[str, Any]]]) -> list[Piece]:
    """Return what is said of the nearest rival."""
    if not could:
        return [" No rival was met that leaves as few children without a place."]
    name, row = could[0]
    more = row["pounds_more"]
    money = "at the same capital" if abs(more) < 1 else f"{pounds(abs(more))} {'dearer' if more > 0 else 'cheaper'}"
    turns = _if(row)
    return [
        f" The nearest rival is the plan “{name}”, {number(row['points_behind'], 4)} points behind ",
        facts.cite("robustness", name, "points_behind"), f" and {money} ", facts.cite("robustness", name, "pounds_more"),
        f"; it would overtake if {turns} " if turns else "; no change of a single weight would bring it level ",
        facts.cite("robustness", name, "overtakes_at"), ".",
    ]  # fmt: skip


def _if(row: dict[str, Any]) -> str:
    """Return at which weight a rival overtakes; nothing where at none."""
    by, at, now = row["overtakes_by"], row["overtakes_at"], row["weight_now"]
    if not isinstance(by, str) or not by or not isinstance(at, float) or at != at:  # noqa: PLR0124  (NaN)
        return ""
    name = "cost" if by == "cost" else principle_name(by).lower()
    return f"the weight of {name} were {'above' if at > now else 'below'} {at:.3g} (now {now:g})"


def _money(amount: object) -> str:
    """Return more or less capital."""
    if not isinstance(amount, int | float):
        return str(amount)
    return pounds(amount) if amount >= 0 else f"−{pounds(-amount)}"

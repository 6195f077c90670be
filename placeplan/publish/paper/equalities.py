"""Equalities: what changes for children of the most deprived zones, and for those who are worst off today."""

from typing import Any

from placeplan.publish.paper.document import Column, Document, Piece
from placeplan.publish.paper.facts import Facts, number

MOST_DEPRIVED, UNKNOWN = "1", "unknown"
LESS_IS_BETTER = (
    "mean miles to school", "moves a child, Reception to Year 11", "child-years in poor rooms",
    "residents without a community facility within reach", "child-years with fewer kinds than wanted",
)  # fmt: skip


def by_deprivation(document: Document, facts: Facts) -> None:
    """Write the measures of the most deprived fifth of zones and of the fifth that is worst off, before and after."""
    lines = _lines(facts)
    if not lines:
        document.say("What changes by deprivation is not told: no zone of this run says how deprived it is.")
        return
    document.say(
        "By deprivation. Zones are in five groups, 1 the most deprived fifth. Until Reception a child is known by zone, later by "
        "community, whose children are shared out among its zones; what is told of schools goes to the children in them. The "
        "worst-off fifth of a measure is the one that does worst in the do-minimum."
    )
    document.items(*[_sentence(facts, *line) for line in lines if MOST_DEPRIVED in line[1]][:1])
    rows: list[tuple[Piece, ...]] = []
    for measure, told in lines:
        worst = _worst(measure, told)
        first, last = told.get(MOST_DEPRIVED), told[worst] if worst else None
        name = (last or first or {}).get("name", "")
        rows.append(
            (
                f"{measure} ({next(iter(told.values()))['unit']})", *_pair(first), worst or "withheld", *_pair(last),
                facts.cite("fair_access", str(name)) if name else "",
            )
        )  # fmt: skip
    columns = [Column("Measure", 2.0), Column("Most deprived, do-minimum", 1.1, True), Column("Most deprived, plan", 1.1, True),
               Column("Worst-off fifth", 1.1), Column("Its do-minimum", 1.1, True), Column("Its plan", 0.8, True), Column("Source", 2.2)]  # fmt: skip
    document.table("deprivation", "Measures by deprivation of children's zones, do-minimum and plan", columns, rows)


Rows = dict[str, dict[str, Any]]


def _lines(facts: Facts) -> list[tuple[str, Rows]]:
    """Return each measure with its rows by quintile; nothing where all zones are unknown."""
    found: dict[str, Rows] = {}
    for name, row in facts.rows("fair_access"):
        if str(row["quintile"]) != UNKNOWN:
            found.setdefault(str(row["measure"]), {})[str(row["quintile"])] = {**row, "name": name}
    return list(found.items())


def _worst(measure: str, told: Rows) -> str:
    """Return the quintile that does worst in the do-minimum; nothing where figures are withheld."""
    known = {quintile: value for quintile, row in told.items() if (value := _figure(row["do_minimum"])) is not None}
    if len(known) < len(told):
        return ""
    pick = max if measure in LESS_IS_BETTER else min
    return pick(known, key=lambda quintile: known[quintile])


def _figure(cell: object) -> float | None:
    """Return a figure, also where a column with withheld ones is read as text."""
    try:
        return float(str(cell))
    except ValueError:
        return None


def _pair(row: dict[str, Any] | None) -> tuple[str, str]:
    """Return the figures of the do-minimum and of the plan as they are printed."""
    if row is None:
        return "no such zone", "no such zone"
    told = [(row[column], _figure(row[column])) for column in ("do_minimum", "value")]
    before, after = (str(cell) if value is None else number(value, 2) for cell, value in told)
    return before, after


def _sentence(facts: Facts, measure: str, told: Rows) -> list[Piece]:
    """Return the sentence of one measure: the most deprived fifth and the worst-off one, before and after."""
    row, worst = told[MOST_DEPRIVED], _worst(measure, told)
    before, after = _pair(row)
    said: list[Piece] = [
        f"{measure[0].upper()}{measure[1:]}: for the most deprived fifth of zones from {before} to {after} {row['unit']} ",
        facts.cite("fair_access", str(row["name"])),
    ]
    if worst and worst != MOST_DEPRIVED:
        low, high = _pair(told[worst])
        said += [
            f"; for the worst-off fifth, {worst}, from {low} to {high} ",
            facts.cite("fair_access", str(told[worst]["name"])),
        ]
    elif worst:
        said.append(", which is the worst-off fifth too")
    return [*said, "."]

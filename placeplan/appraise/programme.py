"""The delivery programme: a first one from lead times, each task with an owner's role, an outcome and a measure."""

import pandas as pd

from placeplan.domain.years import name_of_year
from placeplan.journeys.plan import Plan
from placeplan.options.option import Option

MONTHS_TO_BUILD = {"new_school": 24, "expansion": 14, "all_through": 18, "age_range": 14, "sixth_form": 14, "bulge": 6}
CONSULTED = {
    "closure",
    "age_range",
    "all_through",
    "sixth_form",
    "new_school",
    "pan_reduction",
    "special_places",
    "expansion",
}


def programme(plan: Plan) -> pd.DataFrame:
    """Return task, start, end, owner role, outcome, measure: the tasks of every option chosen, by date."""
    opens = plan.opens()
    options = plan.network.options
    chosen = [(o, plan.network.years[opens[o.decision]]) for o in options.options if opens[o.decision] >= 0]
    rows = [task for option, year in chosen for task in _tasks(option, year)]
    table = pd.DataFrame(rows, columns=["task", "start", "end", "owner role", "outcome", "measure"])
    return table.sort_values(["start", "task"], kind="stable").reset_index(drop=True)


def _tasks(option: Option, year: int) -> list[tuple[str, str, str, str, str, str]]:
    """Return the tasks of one option, worked back from the September in which it opens."""
    name = f"{option.name} ({option.kind.replace('_', ' ')})"
    build = MONTHS_TO_BUILD.get(option.kind, 3)
    opening = year * 12 + 8
    start_build = opening - build
    decide = start_build - 3
    consult = decide - 4 if option.kind in CONSULTED else decide
    tasks = []
    if option.kind in CONSULTED:
        tasks.append(
            (
                f"Consult on {name}",
                _month(consult),
                _month(decide),
                "school organisation officer",
                "views heard",
                "responses reported",
            )
        )
    tasks.append(
        (f"Decide {name}", _month(decide), _month(start_build), "Executive", "a decision taken", "decision recorded")
    )
    if option.row["capital_pounds"] > 0:
        cost = f"£{option.row['capital_pounds'] / 1e6:,.2f}m spent at most"
        tasks.append(
            (f"Build {name}", _month(start_build), _month(opening), "capital projects manager", "places ready", cost)
        )
    tasks.append(
        (
            f"Open {name}",
            f"{year}-09",
            f"{year}-09",
            "governing body or trust",
            f"open in {name_of_year(year)}",
            "October census",
        )
    )
    return tasks


def _month(month: int) -> str:
    """Return a month as 2020-04, counted from month 0 of year 0."""
    return f"{month // 12}-{month % 12 + 1:02d}"

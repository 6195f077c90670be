"""The delivery programme: each option's tasks within its own lead time, each with an owner's role, an outcome and a measure.

Who decides, how long people are asked and how long all of it takes are the option's particulars (plan/particulars.csv),
so that programme, particulars and paper tell the same.
"""

from dataclasses import dataclass

import pandas as pd

from placeplan.domain.years import name_of_year
from placeplan.journeys.plan import Plan
from placeplan.options.option import Option
from placeplan.scenario.routes import ACADEMIES, AUTHORITY, REGION, UNDER_WAY

COLUMNS = ["task", "start", "end", "owner role", "outcome", "measure"]
MONTHS_TO_DECIDE = 3  # at most: a cycle of meetings; a quarter of what consultation leaves where that is less
SHARE_TO_DECIDE = 4
OFFICER = "school organisation officer"

Task = tuple[str, str, str, str, str, str]


def programme(plan: Plan) -> pd.DataFrame:
    """Return task, start, end, owner role, outcome, measure: the tasks of every option chosen, by date."""
    opens = plan.opens()
    years, census = plan.network.years, int(plan.network.years[0]) * 12  # January in the base year
    chosen = [(o, int(years[opens[o.decision]])) for o in plan.network.options.options if opens[o.decision] >= 0]
    rows = [task for option, year in chosen for task in _tasks(option, year, census)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["start", "task"], kind="stable").reset_index(drop=True)


def months_of(weeks: int) -> int:
    """Return the whole months that some weeks take.

    >>> months_of(0), months_of(4), months_of(6), months_of(10)
    (0, 1, 2, 3)
    """
    return -(-12 * weeks // 52)


@dataclass(frozen=True, slots=True)
class _Months:
    """The months of an option, counted from month 0 of year 0; its lead time lies between `begin` and `opening`.

    short: the lead time holds less than the consultation that the route asks for.
    """

    begin: int
    decide: int
    build: int
    opening: int
    short: bool


def _months(option: Option, year: int) -> _Months:
    """Return when an option is consulted on, decided and built: a lead time shared out, ending in its September."""
    told, opening = option.particulars, year * 12 + 8
    asked = months_of(told.consultation_weeks)
    consults = min(asked, told.lead_months)
    left = told.lead_months - consults
    decides = min(MONTHS_TO_DECIDE, left // SHARE_TO_DECIDE)
    begin = opening - told.lead_months
    return _Months(begin, begin + consults, begin + consults + decides, opening, asked > told.lead_months)


def _tasks(option: Option, year: int, census: int) -> list[Task]:
    """Return the tasks of one option that are still to do, worked back from the September in which it opens.

    census: the month of the base year's census; what would have had to begin before it says so.
    """
    told, when = option.particulars, _months(option, year)
    name = f"{option.name} ({option.kind.replace('_', ' ')})"
    asked, decided = told.maturity in {"consulted", *UNDER_WAY}, told.maturity in UNDER_WAY
    tasks: list[Task] = []
    if told.consultation_weeks and not asked:
        weeks = f"{told.consultation_weeks} weeks at least; responses reported"
        if when.short:
            weeks = f"{told.consultation_weeks} weeks don't fit into a lead time of {told.lead_months} months"
        owner, span = _who_asks(option), (_month(when.begin), _month(when.decide))
        tasks.append((f"Consult on {name}", *span, owner, "views heard", weeks))
    if not decided:
        decider, span = told.who_decides.replace("_", " "), (_month(when.decide), _month(when.build))
        tasks.append((f"Decide {name}", *span, decider, "a decision taken", "decision recorded"))
    if option.row["capital_pounds"] > 0:
        cost = f"£{option.row['capital_pounds'] / 1e6:,.2f}m spent at most"
        span = (_month(when.build), _month(when.opening))
        tasks.append((f"Build {name}", *span, "capital projects manager", "places ready", cost))
    september = _month(when.opening)
    opened = ("Open " + name, september, september, _who_opens(option), f"open in {name_of_year(year)}")
    tasks.append((*opened, "October census"))
    return tasks if decided or when.begin >= census else [_late(tasks[0]), *tasks[1:]]


def _late(task: Task) -> Task:
    """Return the first task of an option whose lead time began before the base year's census, saying so."""
    return (*task[:5], f"{task[5]}; had to begin before the base year's census")


def _who_asks(option: Option) -> str:
    """Return who consults: whoever decides where that is the school's own body, the trust of an academy, else the authority."""
    decides, academy = option.particulars.who_decides, option.row["school_provider"] in ACADEMIES
    if decides not in {*AUTHORITY, *REGION}:
        return decides.replace("_", " ")
    return "trust" if academy and decides in REGION and option.row["urn"] else OFFICER


def _who_opens(option: Option) -> str:
    """Return whose school it is that opens or changes."""
    provider = option.row["school_provider"]
    return "governing body or trust" if not provider else "trust" if provider in ACADEMIES else "governing body"


def _month(month: int) -> str:
    """Return a month as 2020-04, counted from month 0 of year 0."""
    return f"{month // 12}-{month % 12 + 1:02d}"

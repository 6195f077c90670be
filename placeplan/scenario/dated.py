"""Dated rules: the day by which an option is begun, the rows of the book that hold on it, and the grades that pass the gate."""

import pandas as pd

from placeplan.scenario.tables.people import read_date

USUAL_LEAD = 20  # months; to find the day on which an option must be begun at the latest
A_NEW_SCHOOLS_LEAD = 32
GATE = "gate.good"
PASSING = ("good", "outstanding")  # where no rule of the scenario holds


def begun_by(kind: str, earliest_opening: int, base_year: int) -> str:
    """Return the day on which an option must be begun at the latest, never before the base year's census.

    earliest_opening: September year of the first opening.

    >>> begun_by("expansion", 2022, 2018), begun_by("new_school", 2020, 2018)
    ('2021-01-31', '2019-01-31')
    """
    month = earliest_opening * 12 + 8 - (A_NEW_SCHOOLS_LEAD if kind == "new_school" else USUAL_LEAD)
    return max(f"{month // 12}-{month % 12 + 1:02d}-31", f"{base_year + 1}-01-31")


def holding(rules: pd.DataFrame, day: str) -> pd.DataFrame:
    """Return the rows of the book that hold on a day (ISO), those that began last at the end.

    A day of the book that can't be read sets no end: `check` refuses it.
    """
    first, last = (rules[column].map(_day) for column in ("valid_from", "valid_to"))
    holds = ((first == "") | (first <= day)) & ((last == "") | (last >= day))
    return rules[holds].iloc[first[holds].argsort(kind="stable")] if len(rules) else rules


def good_enough(rules: pd.DataFrame, day: str) -> frozenset[str]:
    """Return the grades that pass the provider gate on a day: by the dated rule `gate.good`, else good and outstanding."""
    book = holding(rules, day)
    given = list(book.loc[book["key_"] == GATE, "value"])
    words = str(given[-1]).replace(",", ";").split(";") if given else PASSING
    return frozenset(word.strip() for word in words) | {"outstanding"}


def _day(text: str) -> str:
    """Return a day as ISO, "" where the cell is blank or can't be read."""
    try:
        return str(read_date(text)) if text else ""
    except ValueError:
        return ""

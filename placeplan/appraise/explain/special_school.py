"""A special school, or another site of specialist places: its places, who uses them, and the options at it."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.school import of_options
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import both
from placeplan.forecast.drivers import figure

SPECIALIST = "plan/specialist.csv"
WITHHELD = "[c]"  # as published: a small count
SOME = 0.5  # of a place: less is left where it is full


def called(told: Told) -> Mapping[str, str]:
    """Return every special school by URN and by name; a resourced provision is told with its mainstream school."""
    schools = told.scenario.schools
    special = schools[schools["phase"] == "special"]
    return dict(zip(special["name"], special["urn"], strict=True)) | dict(
        zip(special["urn"], special["urn"], strict=True)
    )


def explain(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say how many specialist places a school has and how many are used, by year and need, as the run publishes them."""
    schools = told.scenario.schools
    row = schools[schools["urn"] == subject].to_dict("records")[0]
    title = f"{row['name']} ({subject})"
    said = [
        f"{title}: special school with {figure(float(row['specialist_places']))} places, community {row['community']}."
    ]
    table = _by_year(told, subject)
    if table.empty:
        said.append("The plan gives nobody a place there.")
    else:
        said += [*_used(table), *_by_need(told, subject)]
    said += [
        "Only children with an EHCP who need a specialist place are counted here; they are no part of the mainstream places.",
        f"Counts are those of {SPECIALIST}, where small ones are withheld ({WITHHELD}).",
    ]
    return Explanation(subject, "special school", title, (*said, *of_options(told, subject)), table, {})


def _rows(told: Told, site: str) -> pd.DataFrame:
    """Return the published rows of a site, its counts as figures; NaN where a count is withheld."""
    table = told.tables[SPECIALIST]
    table = table[table["site"].astype(str) == site]
    return table.assign(children=pd.to_numeric(table["children"], errors="coerce"))


def _by_year(told: Told, site: str) -> pd.DataFrame:
    """Return academic_year, children, places, spare: one row a year; a sum with a withheld count in it is withheld too."""
    by_year = _rows(told, site).groupby("academic_year")
    places = by_year["places"].max().astype(float)
    children = by_year["children"].agg(lambda counts: counts.sum(skipna=False))
    table = pd.DataFrame({"children": children, "places": places, "spare": places - children}).reset_index()
    hidden = table["children"].isna()
    for column in ("children", "spare"):
        table[column] = table[column].astype(object).where(~hidden, WITHHELD)
    return table


def _used(table: pd.DataFrame) -> Iterator[str]:
    """Say how places and children change, and when it is full."""
    first, last = table.iloc[0], table.iloc[-1]
    children = [str(c) if c == WITHHELD else figure(float(c)) for c in (first["children"], last["children"])]
    yield (
        f"Children with an EHCP who go there go from {children[0]} in {first['academic_year']} to {children[1]} in "
        f"{last['academic_year']}, places from {figure(first['places'])} to {figure(last['places'])}."
    )
    full = table.loc[pd.to_numeric(table["spare"], errors="coerce") < SOME, "academic_year"]
    yield f"Full in {both(list(full))}." if len(full) else "It is full in no planned year."


def _by_need(told: Told, site: str) -> Iterator[str]:
    """Say for which needs children go there in the last planned year."""
    rows = _rows(told, site)
    rows = rows[rows["academic_year"] == rows["academic_year"].max()]
    words = [
        f"{r['need']} {WITHHELD if np.isnan(r['children']) else figure(float(r['children']))}"
        for r in rows.to_dict("records")
    ]
    yield f"In {rows['academic_year'].iloc[0]}, by need: {both(words)}."


SPECIAL_SCHOOL = Kind(SPECIALIST, lambda _told: {}, explain, "a special school", called=called, by_year=False)

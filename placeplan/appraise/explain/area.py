"""An area: the authority, a planning area or a zone, and how its pupils change: births, moving up, homes, sixth form."""

from collections.abc import Mapping

import pandas as pd

from placeplan.appraise.explain.explanation import Explanation, Kind, own_names
from placeplan.appraise.explain.told import Told
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.forecast.drivers import AUTHORITY, CAUSES, MEANING, STAGE_NAMES, base_year_of, figure, signed
from placeplan.scenario.say import listed

DRIVERS = "forecast/drivers.csv"


def names(told: Told) -> Mapping[str, str]:
    """Return every area that the forecast tells of: the authority, planning areas, zones."""
    return own_names(list(dict.fromkeys(told.tables[DRIVERS]["area"])))


def explain(told: Told, subject: str, year: str | None) -> Explanation:
    """Say what brings an area from its pupils in the base year to those expected in a later one.

    Where a planning area and a zone have the same name, the planning area is meant.
    Raises ScenarioProblems for a year that isn't planned.
    """
    drivers = told.tables[DRIVERS]
    rows = drivers[drivers["area"] == subject]
    kind = str(rows["area_kind"].iloc[0])
    rows = rows[rows["area_kind"] == kind]
    year = _known_year(rows, year)
    rows = rows[rows["academic_year"] == year]
    table = _waterfall(rows, base_year_of(drivers), year)
    title = "The authority" if kind == AUTHORITY else f"{kind.capitalize()} {subject}"
    return Explanation(subject, kind, title, _sentences(rows, title, base_year_of(drivers), year), table, {})


def _known_year(rows: pd.DataFrame, year: str | None) -> str:
    """Return the year asked for, the last one where none is."""
    years = list(dict.fromkeys(rows["academic_year"]))
    if year is not None and year not in years:
        wrong = f'"{year}" is no planned year.'
        raise ScenarioProblems([Problem(DRIVERS, None, "academic_year", wrong, f"Planned are {listed(years, 30)}.")])
    return year or str(years[-1])


def _waterfall(rows: pd.DataFrame, base_year: str, year: str) -> pd.DataFrame:
    """Return step, one column a stage, all: the base year, each cause, the year asked for; tenths of a pupil."""
    steps = {"base": f"pupils in {base_year}", **CAUSES, "pupils": f"pupils in {year}"}
    by_stage = rows.set_index("year_groups")[list(steps)].T
    table = by_stage.assign(all=by_stage.sum(axis=1).round(1))
    table.insert(0, "step", list(steps.values()))
    return table.reset_index(drop=True).rename_axis(columns=None)


def _sentences(rows: pd.DataFrame, title: str, base_year: str, year: str) -> tuple[str, ...]:
    """Tell the whole, then one cause after another with the sum so far, then each stage."""
    whole = rows[["base", *CAUSES, "pupils"]].sum().round(1)
    pupils, told = whole["base"], []
    for cause, words in CAUSES.items():
        if rows[cause].any():
            pupils = round(pupils + whole[cause], 1)
            told.append(f"{words}: {signed(whole[cause])}, to {figure(pupils)} ({MEANING[cause]})")
    change = round(whole["pupils"] - whole["base"], 1)
    first = (
        f"{title}: {figure(whole['base'])} pupils of mainstream schools in {base_year}, {figure(whole['pupils'])} expected in"
        f" {year} ({signed(change)})."
    )
    steps = [f"{sentence[0].upper()}{sentence[1:]}." for sentence in told] or ["No cause changes them."]
    stages = [
        f"{STAGE_NAMES[row['year_groups']]}: {figure(row['base'])} to {figure(row['pupils'])}"
        for row in rows.to_dict("records")
    ]
    return (first, *steps, f"By stage: {'; '.join(stages)}.")


AREA = Kind(DRIVERS, names, explain, "the authority or a planning area")

"""Rules of homes: where they stand, when they are finished, and how many pupils they bring."""

from collections.abc import Iterator

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.rules import Material, Rule, each, unknown
from placeplan.scenario.say import TOLD, listed

KIND = ["dwelling_type", "tenure"]
LONGEST_YIELD = 40  # years since completion, as in the table yields
MOST = {  # name of an assumption, or how it begins → the most it can be
    "housing.chance.": 1.0, "housing.slip.": 20.0, "housing.moved_within": 1.0, "housing.windfall_after": 25.0,
    "housing.windfall": 5_000.0, "housing.past_in_trend": 1.0, "housing.maturity": 1.0, "housing.occupation_lag": 20.0,
    "housing.estates_weight": 100_000.0, "forecast.spread_slip": 5.0, "forecast.spread_yield": 1.0,
}  # fmt: skip


def homes_in_zones(material: Material) -> Iterator[Problem]:
    """Yield developments in zones that nobody knows."""
    yield from unknown(material, "housing", "zone", material.zone_codes, "the zones")


def finished_already(material: Material) -> Iterator[Problem]:
    """Yield a warning for homes told for a year up to the base year and not completed: their pupils count as in the rolls."""
    if material.settings is None:
        return
    housing = material.frame("housing")
    year = housing["academic_year"] + housing["slip"].astype(float).fillna(0)
    early = housing[(year <= material.settings.base_year) & (housing["status"] != "completed")]
    if len(early):
        first = early.iloc[0]
        wrong = (
            f"{first['development']} is finished in {name_of_year(first['academic_year'])}, not after the base year "
            f"({len(early):,} rows so); the pupils are taken to be in the rolls already."
        )
        remedy = "Give the status completed where that is so, or a later year or a slip where they are still to come."
        yield material.warning("housing", early.index[0], "academic_year", wrong, remedy)


def yields_for_homes(material: Material) -> Iterator[Problem]:
    """Yield kinds of home that have no pupil yield, given or counted on estates, naming where they are used."""
    housing, yields, estates = material.frame("housing"), material.tables["yields"], material.tables["estates"]
    if not yields.whole or not estates.whole or housing.empty:
        return
    if yields.frame.empty:
        if estates.frame.empty:
            wrong = "homes are given and no yields: the forecast takes a stated assumption for them."
            yield material.warning("housing", None, "dwelling_type", wrong, "Give a table of yields.")
        return
    named = pd.concat([yields.frame[KIND], estates.frame[KIND]])
    without = housing[~pd.MultiIndex.from_frame(housing[KIND]).isin(pd.MultiIndex.from_frame(named))]
    for (kind, tenure), rows in list(without.groupby(KIND, sort=False))[:TOLD]:
        where = listed(list(dict.fromkeys(rows["development"])), 5)
        wrong = f'no yield is given for homes of type "{kind}", tenure "{tenure}" (used by {where}).'
        column = "dwelling_type" if kind not in set(named["dwelling_type"]) else "tenure"
        yield material.fault(
            "housing", rows.index[0], column, wrong, "Add it to yields.csv, or use a type that is there."
        )


def totals_of_sites(material: Material) -> Iterator[Problem]:
    """Yield a warning where the years of a development don't add up to the total of its site."""
    housing = material.frame("housing")
    given = housing[housing["site_total"].notna()]
    built = housing.groupby("development")["dwellings"].sum()
    for row, one in each(given.drop_duplicates("development")):
        whole = built[one["development"]]
        if abs(whole - one["site_total"]) > 0.5:
            wrong = (
                f"the years of {one['development']} add up to {whole:,.0f} homes, the site to {one['site_total']:,.0f}."
            )
            yield material.warning("housing", row, "site_total", wrong, "Check the phasing.")


def counted_after_completion(material: Material) -> Iterator[Problem]:
    """Yield censuses of estates from before the homes were completed, or longer after it than a yield may name."""
    estates = material.frame("estates")
    since = estates["academic_year"] - estates["completed"]
    for row, one in each(estates[(since < 0) | (since > LONGEST_YIELD)].iloc[:TOLD]):
        census, completed = (name_of_year(one[name]) for name in ("academic_year", "completed"))
        wrong = f"the census of {census} can't tell of homes of {one['development']} completed in {completed}."
        remedy = f"Give a census of the year of completion or of up to {LONGEST_YIELD} years after."
        yield material.fault("estates", row, "academic_year", wrong, remedy)


def one_size_an_estate(material: Material) -> Iterator[Problem]:
    """Yield estates whose number of homes completed in a year differs from row to row."""
    estates = material.frame("estates")
    first = estates.groupby([*KIND, "development", "completed"])["dwellings"].transform("first")
    for row, one in each(estates.assign(first=first)[estates["dwellings"] != first].iloc[:TOLD]):
        wrong = (
            f"{one['development']} has {one['dwellings']:,g} homes completed in {name_of_year(one['completed'])} here and"
            f" {one['first']:,g} in an earlier row."
        )
        yield material.fault("estates", row, "dwellings", wrong, "Give the same number on every census of these homes.")


def more_pupils_than_homes(material: Material) -> Iterator[Problem]:
    """Yield a warning for estates with more than one pupil of a year group in each home."""
    estates = material.frame("estates")
    for row, one in each(estates[estates["pupils"] > estates["dwellings"]].iloc[:TOLD]):
        wrong = (
            f"{one['pupils']:,g} pupils of one year group live in {one['dwellings']:,g} homes of {one['development']}."
        )
        yield material.warning("estates", row, "pupils", wrong, "Check both; give the homes of one year of completion.")


def figures_of_homes(material: Material) -> Iterator[Problem]:
    """Yield the scenario's own figures of homes that can't be: below 0 or beyond their most."""
    for row, one in each(material.frame("assumptions")):
        name = str(one["assumption"])
        most = next((most for start, most in MOST.items() if name in DEFAULTS and name.startswith(start)), None)
        value = _number(one["value"])
        if most is not None and value is not None and not 0 <= value <= most:
            wrong = f"{name} is {value:g}; it lies from 0 to {most:,g} {DEFAULTS[name].unit}."
            yield material.fault("assumptions", row, "value", wrong, f"For example {DEFAULTS[name].value:g}.")


def _number(text: str) -> float | None:
    """Return a number, or None where another rule tells of it."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


RULES: tuple[Rule, ...] = (
    homes_in_zones, finished_already, yields_for_homes, totals_of_sites, counted_after_completion, one_size_an_estate,
    more_pupils_than_homes, figures_of_homes,
)  # fmt: skip

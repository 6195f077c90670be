"""Rules of homes: where they stand, when they are finished, and how many pupils they bring."""

from collections.abc import Iterator

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.rules import Material, Rule, each, unknown
from placeplan.scenario.say import TOLD, listed


def homes_in_zones(material: Material) -> Iterator[Problem]:
    """Yield developments in zones that nobody knows."""
    yield from unknown(material, "housing", "zone", material.zone_codes, "the zones")


def finished_already(material: Material) -> Iterator[Problem]:
    """Yield a warning for homes finished by the base year: their pupils are in the rolls already."""
    if material.settings is None:
        return
    housing = material.frame("housing")
    early = housing[housing["academic_year"] <= material.settings.base_year]
    if len(early):
        first = early.iloc[0]
        wrong = (
            f"{first['development']} is finished in {name_of_year(first['academic_year'])}, not after the base year "
            f"({len(early):,} rows so); the pupils are taken to be in the rolls already."
        )
        yield material.warning("housing", early.index[0], "academic_year", wrong)


def yields_for_homes(material: Material) -> Iterator[Problem]:
    """Yield kinds of home that have no pupil yield, naming where they are used."""
    housing, yields = material.frame("housing"), material.tables["yields"]
    if not yields.whole or housing.empty:
        return
    if yields.frame.empty:
        wrong = "homes are given and no yields: the forecast takes a stated assumption for them."
        yield material.warning("housing", None, "dwelling_type", wrong, "Give a table of yields.")
        return
    kinds = pd.MultiIndex.from_frame(housing[["dwelling_type", "tenure"]])
    known = pd.MultiIndex.from_frame(yields.frame[["dwelling_type", "tenure"]])
    without = housing[~kinds.isin(known)]
    for (kind, tenure), rows in list(without.groupby(["dwelling_type", "tenure"], sort=False))[:TOLD]:
        where = listed(list(dict.fromkeys(rows["development"])), 5)
        wrong = f'no yield is given for homes of type "{kind}", tenure "{tenure}" (used by {where}).'
        column = "dwelling_type" if kind not in set(yields.frame["dwelling_type"]) else "tenure"
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


RULES: tuple[Rule, ...] = (homes_in_zones, finished_already, yields_for_homes, totals_of_sites)

"""Rules of series: tables that count nobody, and years that one school or area has and another lacks."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.rules import Material, Rule
from placeplan.scenario.rules_people import known_places, too_early
from placeplan.scenario.say import TOLD

COUNTS = {"pupils": "pupils", "children": "pupils", "authority_pupils": "pupils", "births": "births"}


def counts_of_nobody(material: Material) -> Iterator[Problem]:
    """Yield tables in which every count is 0, or every one of the base year: nothing can be forecast from nobody."""
    base = material.settings.base_year if material.settings else None
    for table, column in COUNTS.items():
        rows = material.frame(table)
        if table in {"pupils", "children"} and base in set(rows["academic_year"]):
            rows = rows[rows["academic_year"] == base]
        if len(rows) and material.tables[table].whole and not rows[column].any():
            when = "" if table in {"births", "authority_pupils"} or base is None else f" of {name_of_year(base)}"
            remedy = "Give the counts; write 0 only where nobody is."
            yield material.fault(table, rows.index[0], column, f"all {len(rows):,} counts{when} are 0.", remedy)


def births_of_some(material: Material) -> Iterator[Problem]:
    """Yield areas without births for a year that other areas of their kind have: the sum would drop for no reason.

    Silent where an area or a date is wrong in itself: then what is missing is a consequence.
    """
    known, births = known_places(material), material.frame("births")
    if known is None or material.zones is None or not material.tables["births"].whole or births.empty:
        return
    if too_early(material).any() or not births["area"].isin(known).all():
        return
    kind = np.where(births["area"].isin(material.zones["zone"]), "zone", "authority")
    kind = np.where(births["area"].isin(material.zones["planning_area"]), "planning area", kind)
    births = births.assign(kind=kind, ends=births["twelve_months_to"].str[5:])
    missing = []
    for (what, _), rows in births.groupby(["kind", "ends"]):
        if what != "authority":
            grid = pd.MultiIndex.from_product([rows["area"].unique(), rows["twelve_months_to"].unique()])
            there = pd.MultiIndex.from_frame(rows[["area", "twelve_months_to"]])
            missing += [(*one, str(what)) for one in grid.difference(there)]
    for area, day, what in missing[:TOLD]:
        row = births.index[births["area"] == area][0]
        wrong = f"{what} {area} has no births in the twelve months to {day}, for which others have."
        yield material.fault("births", row, "twelve_months_to", wrong, "Add the row; write 0 where nobody was born.")
    if len(missing) > TOLD:
        wrong = f"{len(missing) - TOLD:,} more births are missing where others of their kind have them."
        yield material.fault("births", None, "twelve_months_to", wrong)


def censuses_of_some(material: Material) -> Iterator[Problem]:
    """Yield a warning for schools without pupils in a census up to the base year that other schools have."""
    if not material.settings or not material.tables["pupils"].whole:
        return
    base = material.settings.base_year
    pupils = material.frame("pupils")
    pupils = pupils[pupils["academic_year"] <= base]
    years = np.sort(pupils["academic_year"].unique())
    there = pupils.groupby("urn")["academic_year"].agg(["min", "max", "nunique"])
    open_now = there[there["max"] == base]
    late = open_now[open_now["nunique"] < len(years)]
    for urn, one in list(late.iterrows())[:TOLD]:
        row = pupils.index[pupils["urn"] == urn][0]
        wrong = (
            f"school {urn} has {one['nunique']} of the {len(years)} censuses that the table holds, the first of"
            f" {name_of_year(int(one['min']))}."
        )
        remedy = "If it was open in the others, give them: without them the forecast takes its pupils for newcomers."
        yield material.warning("pupils", row, "academic_year", wrong, remedy)


RULES: tuple[Rule, ...] = (counts_of_nobody, births_of_some, censuses_of_some)

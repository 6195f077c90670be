"""Rules of people: pupils are at schools, children in zones, births where and when they can be."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.rules import Material, Rule, each, missing_years, unknown
from placeplan.scenario.say import TOLD, listed

WHOLE_AUTHORITY = "authority"
_COUNCIL = re.compile(r"^E(06|08|09|10)\d{6}$")  # GSS codes of authorities with schools; E07 is a district
NEARLY_A_YEAR = 360  # days
A_SERIES = 3  # totals to one day of the year: fewer beside another series are a slip of the pen
FAR_APART = (
    1.5  # residents against pupils of a year group: half as many again is likelier a slip of the pen than a flow
)
JUMP, FEW, MANY = 10, 3, 40  # a year group that grows tenfold, between these sizes, is a slip of the pen
MORE_THAN_CHILDREN = 2.0  # first preferences for a child: above it some are no first ones, or of another year


def pupils_at_schools(material: Material) -> Iterator[Problem]:
    """Yield pupils at schools that nobody knows, and a warning for those outside a school's age range."""
    yield from unknown(material, "pupils", "urn", material.words("schools", "urn"), "schools.csv")
    schools = material.frame("schools").drop_duplicates("urn").set_index("urn")
    pupils = material.frame("pupils")
    pupils = pupils[pupils["urn"].isin(schools.index) & (pupils["pupils"] > 0) & (pupils["nc_year"] >= 0)]
    low, high = (pupils["urn"].map(schools[end]) for end in ("lowest_nc_year", "highest_nc_year"))
    outside = pupils[(pupils["nc_year"] < low) | (pupils["nc_year"] > high)]
    for urn, rows in list(outside.groupby("urn", sort=False))[:TOLD]:
        groups = listed([name_of_nc_year(nc) for nc in sorted(set(rows["nc_year"]))])
        wrong = f"school {urn} has pupils in year groups that it does not teach ({groups}; {len(rows):,} rows)."
        yield material.warning("pupils", rows.index[0], "nc_year", wrong, "Check the age range in schools.csv.")


def whole_pupils(material: Material) -> Iterator[Problem]:
    """Yield fractions of pupils, a warning only where the table has a column full_time_equivalent."""
    pupils = material.frame("pupils")
    counts = pupils["pupils"]
    hidden = {DEFAULTS["suppressed.count"].value, *_own_suppressed(material)}
    odd = counts[(counts % 1 != 0) & ~counts.isin(hidden)]
    tell = material.warning if "full_time_equivalent" in pupils.columns else material.fault
    for row, count in odd.iloc[:TOLD].items():
        remedy = "Give a count; where it is meant, add a column full_time_equivalent."
        yield tell("pupils", row, "pupils", f"{count:g} is a fraction of a pupil.", remedy)


def _own_suppressed(material: Material) -> list[float]:
    """Return the number that the scenario itself takes for hidden counts."""
    own = material.frame("assumptions")
    return [
        float(text)
        for text in own.loc[own["assumption"] == "suppressed.count", "value"]
        if text.replace(".", "", 1).isdigit()
    ]


def bulge_classes(material: Material) -> Iterator[Problem]:
    """Yield bulge classes that hold more pupils than the whole year group."""
    pupils = material.frame("pupils")
    for row, one in each(pupils[pupils["bulge"] > pupils["pupils"]].iloc[:TOLD]):
        wrong = f"{one['bulge']:g} of {one['pupils']:g} pupils are in a bulge class."
        yield material.fault("pupils", row, "bulge", wrong, "Give the pupils of the extra class alone.")


def residents(material: Material) -> Iterator[Problem]:
    """Yield a warning where far more or far fewer children live in the authority than are on its rolls."""
    rows = material.frame("authority_pupils")
    less, more = np.minimum(rows["pupils"], rows["residents"]), np.maximum(rows["pupils"], rows["residents"])
    for row, one in each(rows[more > FAR_APART * less].iloc[:TOLD]):
        wrong = f"{one['residents']:g} children live here and {one['pupils']:g} pupils are on roll."
        remedy = "Count children who go to a state-funded school, in the authority or elsewhere."
        yield material.warning("authority_pupils", row, "residents", wrong, remedy)


def settings_of_need(material: Material) -> Iterator[Problem]:
    """Yield a warning where children with an EHCP in mainstream classes are told for some years and not for others."""
    needs = material.frame("needs")
    years = set(needs["academic_year"])
    told = set(needs.loc[needs["setting"] == "mainstream", "academic_year"])
    missing = sorted(years - told) if told else []
    if missing:
        wrong = (
            f"children with an EHCP in mainstream classes are told for {listed([name_of_year(y) for y in sorted(told)])} "
            f"and not for {listed([name_of_year(y) for y in missing])}: there they count as none."
        )
        row = needs.index[needs["academic_year"] == missing[0]][0]
        yield material.warning("needs", row, "setting", wrong, "Tell them for every year, or for none.")


def jumps(material: Material) -> Iterator[Problem]:
    """Yield a warning where a school's year group grows or shrinks tenfold from one year to the next."""
    pupils = material.frame("pupils").sort_values(["urn", "nc_year", "academic_year"], kind="stable")
    before = pupils.groupby(["urn", "nc_year"])[["academic_year", "pupils"]].shift()
    pupils = pupils.assign(before=before["pupils"])
    less, more = np.minimum(pupils["before"], pupils["pupils"]), np.maximum(pupils["before"], pupils["pupils"])
    next_year = pupils["academic_year"] == before["academic_year"] + 1
    odd = pupils[next_year & (less >= FEW) & (more >= MANY) & (more >= JUMP * less)].sort_index()
    for row, one in each(odd.iloc[:TOLD]):
        wrong = (
            f"year group {name_of_nc_year(one['nc_year'])} of school {one['urn']} goes from {one['before']:g} "
            f"to {one['pupils']:g} pupils in {name_of_year(one['academic_year'])}."
        )
        yield material.warning("pupils", row, "pupils", wrong, "Check both figures.")


def censuses(material: Material) -> Iterator[Problem]:
    """Yield academic years that are missing from pupils, children and the authority's history."""
    for table in ("pupils", "children", "authority_pupils"):
        yield from missing_years(material, table)


def children_in_zones(material: Material) -> Iterator[Problem]:
    """Yield children and needs in zones that nobody knows, and a warning for zones without any child."""
    codes = material.zone_codes
    for table in ("children", "needs"):
        yield from unknown(material, table, "zone", codes, "the zones")
    if codes is None or material.zones is None or not material.tables["children"].whole:
        return
    children = material.frame("children")
    living = set(children.loc[children["pupils"] > 0, "zone"])
    empty = material.zones[~material.zones["zone"].isin(living)]
    for row, zone in each(empty.iloc[:TOLD]):
        wrong = f"no child lives in zone {zone['zone']} ({zone['name']})."
        yield Problem(material.zones_file, int(str(row)), "zone", wrong, "Check children.csv.", grave=False)


def places_of_birth(material: Material) -> Iterator[Problem]:
    """Yield births in areas that are no zone, no planning area and not the authority."""
    known = known_places(material)
    if known is not None:
        yield from unknown(material, "births", "area", known, "the zones, the planning areas or the authority")


def known_places(material: Material) -> set[str] | None:
    """Return every name that births may be given for; None where the zones or the settings can't be trusted."""
    if material.zones is None or material.settings is None:
        return None
    settings = material.settings
    names = {
        *material.zones["zone"],
        *material.zones["planning_area"],
        WHOLE_AUTHORITY,
        settings.la_code,
        settings.la_name,
    }
    councils = {area for area in material.frame("births")["area"].unique() if _COUNCIL.match(area)}
    return {*names, *councils} - {""}


def counts_of_births(material: Material) -> Iterator[Problem]:
    """Yield births that are rates or fractions, and births told as actual before they can have happened."""
    births = material.frame("births")
    counts, actual = births["births"], births["status"].isin(["actual", ""])
    hidden = {DEFAULTS["suppressed.count"].value, *_own_suppressed(material)}
    odd = counts[(((counts % 1 != 0) & actual) | ((counts > 0) & (counts < 0.1))) & ~counts.isin(hidden)]
    for row, count in odd.iloc[:TOLD].items():
        remedy = "Give the number of live births; parts of a count are marked interpolated."
        yield material.fault("births", row, "births", f"{count:g} is no count: births are counts.", remedy)
    if material.settings is None:
        return
    end = f"{material.settings.base_year + 1}-08-31"
    early = births[too_early(material)]
    for row, day in early["twelve_months_to"].iloc[:TOLD].items():
        wrong = f"births to {day} are marked actual; the base year {name_of_year(material.settings.base_year)} ends on {end}."
        yield material.fault("births", row, "twelve_months_to", wrong, "Mark them predicted, or check the date.")


def too_early(material: Material) -> pd.Series:
    """Return which births are told as actual before they can have happened: after the base year's summer."""
    births = material.frame("births")
    end = f"{material.settings.base_year + 1}-08-31" if material.settings else "9999"
    return births["status"].isin(["actual", ""]) & (births["twelve_months_to"] > end)


def months_of_births(material: Material) -> Iterator[Problem]:
    """Yield two totals of one area that overlap, as twelve months to January and to July; but not two whole series.

    Births to 30 June and to 31 August of each of at least three years are two series: the forecast chooses one of them.
    """
    births = material.frame("births").sort_values(["area", "twelve_months_to"], kind="stable")
    ends = births["twelve_months_to"].str[5:].replace("02-29", "02-28")
    of_series = births.assign(ends=ends).groupby(["area", "ends"])["births"].transform("size")
    most = of_series.groupby(births["area"]).transform("max")
    whole = (of_series >= A_SERIES) & (2 * of_series >= most)
    births = births.assign(row=births.index, series=np.where(whole, ends, ""))
    days = births["twelve_months_to"].to_numpy().astype("datetime64[D]").astype(int)
    before = births.groupby("area")[["row", "twelve_months_to", "series"]].shift()
    gap = np.diff(days, prepend=days[:1])
    births = births.assign(row_before=before["row"], to_before=before["twelve_months_to"])
    two_series = whole & (before["series"] != "") & (before["series"] != births["series"])
    close = births[before["row"].notna() & (gap > 0) & (gap < NEARLY_A_YEAR) & ~two_series]
    for row, one in each(close.drop_duplicates("area").iloc[:TOLD]):
        wrong = (
            f"rows {one['row_before']:.0f} and {row} give area {one['area']} two totals that overlap "
            f"(to {one['to_before']} and to {one['twelve_months_to']})."
        )
        remedy = "Keep the months that are wanted: to 31 August is a school year."
        yield material.fault("births", max(row, int(one["row_before"])), "twelve_months_to", wrong, remedy)


def preferences(material: Material) -> Iterator[Problem]:
    """Yield preferences and journeys that name schools or zones that nobody knows."""
    yield from unknown(material, "preferences", "urn", material.words("schools", "urn"), "schools.csv")
    yield from unknown(material, "travel", "zone", material.zone_codes, "the zones")


def first_preferences(material: Material) -> Iterator[Problem]:
    """Yield a year in which schools of one entry year group have many more first preferences than there are children.

    A child has one first preference, so together they can't exceed the year group by more than who asks from outside.
    """
    schools, children = material.frame("schools"), material.frame("children")
    if not (material.tables["schools"].whole and material.tables["children"].whole) or not len(children):
        return
    entry = schools.drop_duplicates("urn").set_index("urn")["lowest_nc_year"]  # a URN told twice is told elsewhere
    told = material.frame("preferences")
    told = told.assign(nc_year=told["urn"].map(entry), row=told.index).dropna(subset="nc_year")
    asked = told.groupby(["academic_year", "nc_year"], as_index=False).agg(
        asked=("first_preferences", "sum"), row=("row", "min")
    )
    there = children.groupby(["academic_year", "nc_year"])["pupils"].sum()
    latest = children[children["academic_year"] == children["academic_year"].max()].groupby("nc_year")["pupils"].sum()
    for one in asked.to_dict("records"):
        year, nc = int(one["academic_year"]), int(one["nc_year"])
        cohort = float(there.get((year, nc), latest.get(nc, 0.0)))
        if one["asked"] > MORE_THAN_CHILDREN * max(cohort, FEW):
            wrong = (
                f"{one['asked']:,.0f} first preferences for {_entry(nc)} in {name_of_year(year)}, and only {cohort:,.0f} children"
                " of that year group."
            )
            remedy = "A child has one first preference: leave second and later ones out."
            yield material.fault("preferences", int(one["row"]), "first_preferences", wrong, remedy)


def _entry(nc: int) -> str:
    """Return an entry year group as people say it."""
    return "Reception" if nc == 0 else f"Year {name_of_nc_year(nc)}"


RULES: tuple[Rule, ...] = (
    pupils_at_schools, whole_pupils, bulge_classes, residents, settings_of_need, jumps, censuses, children_in_zones, places_of_birth, counts_of_births,
    months_of_births, preferences, first_preferences,
)  # fmt: skip

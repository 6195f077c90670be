"""People: pupils, children by zone, births and offers of an English authority."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM, academic_year, name_of_nc_year, name_of_year, nc_year
from placeplan.importers.columns import with_every_column
from placeplan.importers.england_extracts import ROLL_COLUMNS, Extracts
from placeplan.importers.england_said import Assumed
from placeplan.importers.england_schools import NURSERY_COLUMNS, Schools
from placeplan.importers.england_zones import Zones

FIRST_BIRTHS = 2008
IN_AUTHORITY_TABLE = ("State-funded primary", "State-funded secondary", "State-funded AP school")
ALL_COLUMNS = NURSERY_COLUMNS | {name: nc for nc, name in enumerate(ROLL_COLUMNS)} | {"nc_14": 14}


@dataclass(frozen=True)
class People:
    """Tables pupils, authority_pupils, children, births, offers (empty where no extract has them), and what was said."""

    tables: dict[str, pd.DataFrame]
    assumed: tuple[Assumed, ...]
    notes: tuple[str, ...]


def people(extracts: Extracts, schools: Schools, zones: Zones, base_year: int) -> People:
    """Return the tables of people.

    Pupils equal the school census to the pupil. Children are residents by age, scaled in every year group to the pupils
    of mainstream schools. Births are of the whole authority in the twelve months to 31 August: the
    forecast spreads them over the zones like the youngest children, and a count of births is never cut into parts here.
    """
    pupils = _pupils(extracts, schools, base_year)
    history = _history(extracts)
    born, births_told, births_notes = _births(extracts, schools, base_year)
    tables = {
        "pupils": pupils,
        "authority_pupils": history,
        "children": _children(schools, zones, base_year),
        "births": born,
        "offers": _offers(extracts),
    }
    scaled = Assumed("children.scaled", float(schools.rolls[schools.mainstream].sum()), "pupils", "children of each year group add up to the pupils of mainstream schools: as many live outside and come in as live here and go out", "school census, January 2023")  # fmt: skip
    compared = _admission_numbers(tables["offers"], schools)
    return People(
        tables, (scaled, *births_told), (*compared, *_difference(pupils, history, schools, base_year), *births_notes)
    )


def _pupils(extracts: Extracts, schools: Schools, base_year: int) -> pd.DataFrame:
    """Return pupils by school and year group, N1 to Year 14; a planned school has a row for each year group it teaches."""
    named = {name: nc for name, nc in ALL_COLUMNS.items() if name in extracts.schools}
    census = extracts.schools.set_index("urn").loc[schools.table["urn"], list(named)].rename(columns=named)
    long = census.reset_index(names="urn").melt("urn", var_name="nc_year", value_name="pupils")
    long = long.merge(
        schools.table[["urn", "lowest_nc_year", "highest_nc_year"]].assign(planned=schools.mainstream), "left", "urn"
    )
    taught = long["planned"] & long["nc_year"].between(long["lowest_nc_year"], long["highest_nc_year"])
    kept = long[(long["pupils"] > 0) | taught].assign(academic_year=base_year)
    kept = kept.astype({"nc_year": np.int64, "pupils": float, "urn": str})
    rank = kept["urn"].map({urn: k for k, urn in enumerate(schools.table["urn"])})
    ordered = kept.assign(rank=rank).sort_values(["rank", "nc_year"], ignore_index=True)
    return with_every_column("pupils", ordered[["urn", "academic_year", "nc_year", "pupils"]])


def _history(extracts: Extracts) -> pd.DataFrame:
    """Return the authority's pupils by academic year and year group, without year groups that nobody is in."""
    columns = ["academic_year", "nc_year", "pupils"]
    if extracts.pupils is None:
        return with_every_column("authority_pupils", pd.DataFrame({name: [] for name in columns}))
    rows = pd.DataFrame(
        {
            "academic_year": [academic_year(text) for text in extracts.pupils["academic_year"]],
            "nc_year": [nc_year(text) for text in extracts.pupils["nc_year"]],
            "pupils": extracts.pupils["headcount"].astype(float),
        }
    )
    rows = rows[(rows["nc_year"] <= 13) | (rows["pupils"] > 0)].sort_values(columns[:2], ignore_index=True)
    return with_every_column("authority_pupils", rows)


def _children(schools: Schools, zones: Zones, base_year: int) -> pd.DataFrame:
    """Return children by zone and year group, adding up to the mainstream pupils of each year group."""
    rolls = schools.rolls[schools.mainstream].sum(axis=0)
    living = (
        zones.living + 1e-9 * zones.people[:, None]
    )  # a year group of which no child is known follows the residents
    pupils = living * (rolls / np.maximum(living.sum(axis=0), 1e-12))
    count, groups = pupils.shape
    rows = pd.DataFrame(
        {
            "zone": np.repeat(zones.layer["zone"].to_numpy(), groups),
            "academic_year": base_year,
            "nc_year": np.tile(np.arange(groups), count),
            "pupils": pupils.ravel().round(4),
        }
    )
    return with_every_column("children", rows)


def _births(
    extracts: Extracts, schools: Schools, base_year: int
) -> tuple[pd.DataFrame, tuple[Assumed, ...], tuple[str, ...]]:
    """Return births of the whole authority by year, and what was taken."""
    if extracts.births is None:
        totals = _births_from_rolls(schools, base_year)
        why = "no births are known: each year group of Reception to Year 6 is taken to be as many as were born, with the status predicted"
    else:
        totals = to_august(extracts.births)
        why = "births of the twelve months to 31 August: the sum of the districts, on the line between the nearest dates of the source"
    rows = pd.DataFrame(
        {
            "area": "authority",
            "twelve_months_to": [f"{year}-08-31" for year in totals["year"]],
            "births": totals["births"].round(1),
            "status": totals["status"],
        }
    )
    told = (Assumed("births.to_august", float(len(totals)), "years", why, "Office for National Statistics; Greater London Authority"),)  # fmt: skip
    last = int(totals["year"].max())
    predicted = totals.loc[totals["status"] == "predicted", "year"]
    words = f"Births are given to 31 August {last}"
    words += f"; from {int(predicted.min())} on they are predicted, not counted." if len(predicted) else "."
    return with_every_column("births", rows), told, (words,)


def to_august(births: pd.DataFrame) -> pd.DataFrame:
    """Return year, births and status for the twelve months to 31 August.

    births: gss, year_ending (ISO date: the twelve months before that day), births, status; one row a district and date.
    The sum of the districts on the line between the dates on either side of 1 September. Actual where both are counted
    and one is that day, predicted where either is, else interpolated. Years that the source doesn't reach are left out.
    """
    ends = pd.to_datetime(births["year_ending"], format="%Y-%m-%d")
    births = births.assign(day=ends, known=births.groupby("year_ending")["gss"].transform("nunique"))
    births = births[births["known"] == births["gss"].nunique()]
    series = births.groupby("day").agg(births=("births", "sum"), status=("status", _weakest)).sort_index()
    at = series.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    first, last = max(FIRST_BIRTHS, int(series.index[0].year)), int(series.index[-1].year)
    years = np.arange(first, last + 1)
    wanted = np.array([np.datetime64(f"{year}-09-01") for year in years]).astype("datetime64[D]").astype(np.int64)
    inside = (wanted >= at[0]) & (wanted <= at[-1])
    years, wanted = years[inside], wanted[inside]
    after = np.searchsorted(at, wanted)
    before = np.where(at[after] == wanted, after, after - 1)
    status = series["status"].to_numpy(dtype=str)
    either = np.where(
        (status[before] == "predicted") | (status[after] == "predicted"),
        "predicted",
        np.where(before == after, status[before], "interpolated"),
    )
    line = np.interp(wanted, at, series["births"].to_numpy(dtype=float))
    return pd.DataFrame({"year": years, "births": line, "status": either})


def _weakest(words: "pd.Series[str]") -> str:
    """Return predicted if any is, else interpolated if any is, else actual."""
    return next(word for word in ("predicted", "interpolated", "actual") if word == "actual" or (words == word).any())


def _births_from_rolls(schools: Schools, base_year: int) -> pd.DataFrame:
    """Return as many births as each year group of Reception to Year 6 has pupils."""
    rolls = schools.rolls[schools.mainstream].sum(axis=0)[6::-1]
    years = base_year - 4 - np.arange(6, -1, -1)
    return pd.DataFrame({"year": years, "births": rolls, "status": "predicted"})


def _offers(extracts: Extracts) -> pd.DataFrame:
    """Return offers by entry year and entry year group, rows with a gap left out."""
    columns = ["entry_year", "entry_nc_year", "admission_numbers", "applications", "offers_first"]
    if extracts.offers is None:
        return with_every_column("offers", pd.DataFrame({name: [] for name in columns}))
    counts = columns[2:]
    rows = extracts.offers.dropna(subset=counts)
    table = pd.DataFrame(
        {
            "entry_year": [academic_year(text) for text in rows["entry_year"]],
            "entry_nc_year": [nc_year(text) for text in rows["entry_nc_years"]],
        }
        | {name: pd.to_numeric(rows[name]).astype(np.int64).to_numpy() for name in counts}
    )
    return with_every_column("offers", table.sort_values(columns[:2], ignore_index=True))


def _admission_numbers(offers: pd.DataFrame, schools: Schools) -> tuple[str, ...]:
    """Say how the admission numbers taken by rule compare with the authority's own total of its latest year of offers."""
    planned = schools.table[schools.mainstream]
    taken = planned.groupby("lowest_nc_year")["pan"].sum()
    latest = offers[offers["entry_year"] == offers["entry_year"].max()]
    return tuple(
        f"Admission numbers at {'Reception' if nc == 0 else f'Year {name_of_nc_year(nc)}'} taken by rule add up to"
        f" {taken.get(nc, 0):,}; the authority's own in {name_of_year(year)} were {own:,}."
        for year, nc, own in zip(
            latest["entry_year"], latest["entry_nc_year"], latest["admission_numbers"], strict=True
        )
    )


def difference(pupils: pd.DataFrame, history: pd.DataFrame, schools: Schools, base_year: int) -> Number:
    """Return authority table less schools of the phases it counts, by NC year R to Year 13, in the base year."""
    counted = schools.table.loc[schools.table["census_phase"].isin(IN_AUTHORITY_TABLE), "urn"]
    here = pupils[pupils["urn"].isin(counted)].groupby("nc_year")["pupils"].sum()
    there = history[history["academic_year"] == base_year].groupby("nc_year")["pupils"].sum()
    off: Number = (there.reindex(MAINSTREAM, fill_value=0) - here.reindex(MAINSTREAM, fill_value=0)).to_numpy(
        dtype=float
    )
    return off


def _difference(pupils: pd.DataFrame, history: pd.DataFrame, schools: Schools, base_year: int) -> tuple[str, ...]:
    """Say how the pupils of the schools compare with the authority's table, which counts fewer phases."""
    if history.empty or base_year not in set(history["academic_year"]):
        return ("The authority's table has no pupils of the base year to compare with.",)
    off = difference(pupils, history, schools, base_year)
    of_phase = schools.table["census_phase"]
    outside = schools.rolls[~of_phase.isin(IN_AUTHORITY_TABLE).to_numpy()].sum()
    alternative = schools.rolls[(of_phase == "State-funded AP school").to_numpy()].sum()
    agree = "agree to the pupil" if not off.any() else f"differ by {np.abs(off).sum():.0f} pupils over the year groups"
    both = (
        "The authority's table counts primary, secondary and alternative provision schools only; there it and the schools"
        f" {agree} (Reception to Year 13)."
    )
    more = (
        f"The schools table holds {outside:,.0f} pupils more, of special, nursery and independent schools;"
        f" {alternative:,.0f} pupils in alternative provision are in both and aren't planned."
    )
    oldest = pupils.loc[
        (pupils["nc_year"] == 14) & pupils["urn"].isin(schools.table.loc[schools.mainstream, "urn"]), "pupils"
    ]
    if oldest.sum() == 0:
        return both, more
    return both, more, f"{oldest.sum():,.0f} students in Year 14 of mainstream schools are counted and aren't planned."

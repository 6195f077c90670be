"""History: rolls of mainstream schools by year group, summed to the authority."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.domain.years import MAINSTREAM, name_of_year
from placeplan.scenario.scenario import Scenario

ENOUGH_CENSUSES = 4  # three survival ratios: the weights of the latest three years all count
PHASES = (slice(0, 7), slice(7, 12), slice(12, 14))  # primary, secondary, sixth form: each scaled by one factor


@dataclass(frozen=True)
class History:
    """Rolls of the authority by academic year × NC year; the last year is the base year unless notes say otherwise.

    years: September years, without a gap.  base: NC year, rolls of the mainstream schools in the base year.
    """

    years: tuple[int, ...]
    rolls: Number
    base: Number
    notes: tuple[str, ...]


def history(scenario: Scenario) -> History:
    """Return the rolls on which the forecast stands, and say which they are.

    With 4 or more censuses of the schools these are summed. With fewer, the authority's own table goes before them,
    scaled by one factor a phase to the schools' rolls of the base year, for there may be schools in it that we don't plan.
    With neither there is less or nothing to learn from, and a note says so.
    Raises ScenarioProblems when no mainstream school has a pupil in the base year.
    """
    base_year = scenario.settings.base_year
    schools = _run_up_to(base_year, _rolls_of_schools(scenario))
    if base_year not in schools.index or not schools.loc[base_year].sum():
        wrong = f"No mainstream school has pupils in the base year {name_of_year(base_year)}."
        raise ScenarioProblems(
            [Problem("pupils", None, "academic_year", wrong, "Give the January census of that year.")]
        )
    base = schools.loc[base_year].to_numpy()
    authority = _run_up_to(base_year, by_year_and_group(scenario.table("authority_pupils")))
    if len(schools) >= ENOUGH_CENSUSES or len(authority) <= len(schools):
        return History(tuple(schools.index), schools.to_numpy(), base, (_told_of_schools(len(schools), base_year),))
    factors = _factors(base, authority.iloc[-1].to_numpy())
    notes = _told_of_authority(authority, base, base_year)
    return History(tuple(authority.index), authority.to_numpy() * factors, base, notes)


def by_year_and_group(table: pd.DataFrame) -> pd.DataFrame:
    """Sum pupils to academic year × NC year, Reception to Year 13; a group without a row has none."""
    inside = table[table["nc_year"].isin(MAINSTREAM)].sort_values(list(table.columns), kind="stable")
    years, year = np.unique(inside["academic_year"].to_numpy(dtype=int), return_inverse=True)
    rolls = np.zeros((len(years), len(MAINSTREAM)))
    np.add.at(rolls, (year, inside["nc_year"].to_numpy(dtype=int)), inside["pupils"].to_numpy(dtype=float))
    return pd.DataFrame(rolls, index=years)


def _rolls_of_schools(scenario: Scenario) -> pd.DataFrame:
    """Sum the mainstream schools; a school that isn't listed has closed, and counts before the base year only."""
    pupils = scenario.table("pupils")[["urn", "academic_year", "nc_year", "pupils"]]
    planned = pupils["urn"].isin(scenario.mainstream["urn"])
    closed = ~pupils["urn"].isin(scenario.schools["urn"]) & (pupils["academic_year"] < scenario.settings.base_year)
    return by_year_and_group(pupils[planned | closed])


def _run_up_to(base_year: int, rolls: pd.DataFrame) -> pd.DataFrame:
    """Return the latest years without a gap, none after the base year."""
    rolls = rolls[rolls.index <= base_year].sort_index()
    years = rolls.index.to_numpy()
    unbroken = years - np.arange(len(years)) == (years[-1] - len(years) + 1 if len(years) else 0)
    return rolls.iloc[np.flatnonzero(unbroken)]


def _factors(base: Number, authority: Number) -> Number:
    """Return NC year, schools' rolls for one pupil of the authority's table, one factor a phase."""
    factors = np.ones(len(base))
    for phase in PHASES:
        whole = authority[phase].sum()
        factors[phase] = base[phase].sum() / whole if whole > 0 else 1.0
    return factors


def _told_of_schools(censuses: int, base_year: int) -> str:
    """Say how many censuses the forecast stands on."""
    if censuses == 1:
        return (
            f"Only one January census is given ({name_of_year(base_year)}): every year group is taken to keep its size"
            " as it moves up, because nothing shows otherwise. Give three more censuses, or the authority's pupils."
        )
    few = "" if censuses >= ENOUGH_CENSUSES else " Fewer than 4 censuses: the ratios rest on little."
    first = name_of_year(base_year - censuses + 1)
    return f"Survival ratios come from the schools' censuses of {first} to {name_of_year(base_year)}.{few}"


def _told_of_authority(authority: pd.DataFrame, base: Number, base_year: int) -> tuple[str, ...]:
    """Say that the authority's table was used, and by how much it differs from the schools' rolls."""
    last = int(authority.index[-1])
    whole = authority.iloc[-1].sum()
    told = (
        f"Survival ratios come from the authority's pupils of {name_of_year(int(authority.index[0]))} to {name_of_year(last)},"
        f" because the schools have too few censuses. That table counts {whole:,.0f} pupils in {name_of_year(last)}; the"
        f" planned schools hold {base.sum():,.0f} in {name_of_year(base_year)} ({base.sum() - whole:+,.0f}). It is scaled to the schools'"
        " rolls, one factor each for Reception to Year 6, Years 7 to 11 and the sixth form."
    )
    late = f"The authority's pupils end in {name_of_year(last)}, before the base year." if last < base_year else ""
    return tuple(filter(None, (told, late)))

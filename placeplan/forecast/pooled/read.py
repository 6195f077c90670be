"""Read: a panel from two CSV files, one of pupils and one of births; who is left out, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from placeplan.domain import years
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.forecast.pooled.panel import GROUPS, TO_RECEPTION, Panel, is_london

PUPIL_COLUMNS = ("academic_year", "la_code", "nc_year", "headcount")
BIRTH_COLUMNS = ("gss", "year_ending", "births")
MIDSUMMER = (7, 1)  # births in the twelve months to 1 July: no worse than to 31 August, and counted, not interpolated
ENOUGH_PUPILS = 300  # in Reception, each year: of smaller authorities every pupil is a third of a per cent
FEWEST_CENSUSES = 5


@dataclass(frozen=True)
class ReadPanel:
    """The panel, and a sentence for each kind of authority that was left out."""

    panel: Panel
    notes: tuple[str, ...]


def read_panel(pupils: Path, births: Path, *, fewest: int = ENOUGH_PUPILS) -> ReadPanel:
    """Read authorities with every census and at least `fewest` pupils in Reception in each.

    pupils: academic_year, la_code, nc_year, headcount, and la_gss to find the births (else la_code does).
    births: gss (or la_code), year_ending, births in the twelve months to that date; those to 1 July are taken.
    A count that isn't a number (suppressed, missing) makes its authority incomplete, and so do a gap and an empty year
    group. Raises ScenarioProblems for a file that isn't there, a missing column, a row told twice, a year or year group
    that can't be read, a negative count, and when nobody is left.
    """
    rolls = _pupils(pupils)
    born = _births(births)
    names = sorted(set(rolls["la_code"]))
    first, last = int(rolls["year"].min()), int(rolls["year"].max())
    cube = np.full((len(names), last - first + 1, GROUPS), np.nan)
    at = pd.Index(names).get_indexer(pd.Index(rolls["la_code"]))
    cube[at, rolls["year"].to_numpy() - first, rolls["nc"].to_numpy()] = rolls["headcount"]
    first_birth, births_of = _by_authority(rolls, born, names)
    needed = births_of[:, max(first - TO_RECEPTION - first_birth, 0) : last - TO_RECEPTION - first_birth + 1]
    unborn = ~(needed > 0).all(axis=1)
    unborn |= first - TO_RECEPTION < first_birth
    gappy = ~(cube > 0).all(axis=(1, 2))
    small = ~gappy & (cube[:, :, 0] < fewest).any(axis=1)
    keep: YesNo = np.logical_not(unborn | gappy | small)
    _refuse_nobody(pupils, keep, last - first + 1, fewest)
    london = np.array([is_london(name) for name in names])
    panel = Panel(tuple(names), first, cube, first_birth, births_of, london).only(keep)
    told = (
        (gappy, f"have not all {last - first + 1} censuses, or an empty or withheld year group"),
        (small, f"have fewer than {fewest} pupils in Reception in some year"),
        (unborn & ~gappy & ~small, "have no births four years before each census"),
    )
    notes = tuple(f"{int(who.sum())} authorities are left out: they {why}." for who, why in told if who.any())
    return ReadPanel(panel, (f"{len(panel.names)} authorities, {last - first + 1} censuses each.", *notes))


def table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a CSV as text. Raises ScenarioProblems where it isn't there, isn't a table or lacks a column."""
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise ScenarioProblems(
            [Problem(str(path), None, None, "There is no such file.", "Look at its name.")]
        ) from None
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        wrong = "It can't be read as a table."
        raise ScenarioProblems([Problem(str(path), None, None, wrong, "Save it as CSV (UTF-8).")]) from fault
    rows.columns = [str(name).strip().lower() for name in rows.columns]
    missing = [name for name in columns if name not in rows]
    if missing or rows.empty:
        wrong = f"{'These columns are' if len(missing) > 1 else 'This column is'} missing: {', '.join(missing)}."
        wrong = wrong if missing else "It has no row."
        remedy = f"It needs {', '.join(columns)}."
        raise ScenarioProblems([Problem(str(path), 1, None, wrong, remedy)])
    return rows


def whole_years(path: Path, rows: pd.DataFrame, column: str) -> pd.Series:
    """Return academic years as numbers. Raises ScenarioProblems naming the first rows that can't be read."""
    return _each(path, rows, column, years.academic_year)


def _pupils(path: Path) -> pd.DataFrame:
    """Return la_code, gss, year, nc, headcount (NaN where withheld) of Reception to Year 11."""
    rows = table(path, PUPIL_COLUMNS)
    rows = rows.assign(year=whole_years(path, rows, "academic_year"), nc=_each(path, rows, "nc_year", years.nc_year))
    rows = rows.assign(headcount=_counts(path, rows, "headcount"))
    rows = rows[rows["nc"].between(0, GROUPS - 1)]
    _refuse_twice(path, rows, ["la_code", "year", "nc"], "nc_year")
    gss = rows["la_gss"] if "la_gss" in rows else rows["la_code"]
    return rows.assign(gss=gss)[["la_code", "gss", "year", "nc", "headcount"]]


def _births(path: Path) -> pd.DataFrame:
    """Return gss, year, births of the twelve months to 1 July."""
    rows = table(path, BIRTH_COLUMNS)
    when = pd.to_datetime(rows["year_ending"], format="%Y-%m-%d", errors="coerce")
    if when.isna().any():
        row = int(np.flatnonzero(when.isna())[0])
        wrong = f'"{rows["year_ending"].iloc[row]}" is not a date.'
        raise ScenarioProblems([Problem(str(path), row + 2, "year_ending", wrong, "Write it as 2014-07-01.")])
    rows = rows.assign(year=when.dt.year, births=_counts(path, rows, "births"))
    rows = rows[(when.dt.month == MIDSUMMER[0]) & (when.dt.day == MIDSUMMER[1])]
    if rows.empty:
        wrong = "No births are given for twelve months that end on 1 July."
        raise ScenarioProblems([Problem(str(path), None, "year_ending", wrong, "Give them, one row a year.")])
    rows = rows.drop_duplicates(["gss", "year"])  # a unitary stands in the file as a district, a county as itself
    return rows[["gss", "year", "births"]]


def _by_authority(rolls: pd.DataFrame, born: pd.DataFrame, names: list[str]) -> tuple[int, Number]:
    """Return the first year of births, and authority × year; an authority is found by its latest code that has births."""
    codes = rolls.sort_values("year", kind="stable")[["la_code", "gss"]].drop_duplicates()
    codes = codes[codes["gss"].isin(set(born["gss"]))].drop_duplicates("la_code", keep="last")
    of_name = codes.set_index("la_code")["gss"].reindex(names)
    first, last = int(born["year"].min()), int(born["year"].max())
    wide = born.pivot_table(index="gss", columns="year", values="births").reindex(columns=range(first, last + 1))
    return first, wide.reindex(of_name).to_numpy(dtype=float)


def _each(path: Path, rows: pd.DataFrame, column: str, read: Callable[[str], int]) -> pd.Series:
    """Return a column read word by word, each different word once."""
    words: dict[str, int] = {}
    for word in rows[column].unique():
        try:
            words[word] = read(word)
        except ValueError as fault:
            row = int(np.flatnonzero((rows[column] == word).to_numpy())[0])
            raise ScenarioProblems([Problem(str(path), row + 2, column, f"{fault}.", "")]) from fault
    return rows[column].map(words)


def _counts(path: Path, rows: pd.DataFrame, column: str) -> pd.Series:
    """Return numbers, NaN for what is withheld or missing. Raises ScenarioProblems for a negative or endless one."""
    counts = pd.to_numeric(rows[column], errors="coerce")
    wrong = (counts < 0) | np.isinf(counts)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        says = f'"{rows[column].iloc[row]}" is not a count.'
        raise ScenarioProblems(
            [Problem(str(path), row + 2, column, says, "Give 0 or more; leave unknown cells empty.")]
        )
    return counts


def _refuse_twice(path: Path, rows: pd.DataFrame, keys: list[str], column: str) -> None:
    """Raise ScenarioProblems for the first row that tells again what an earlier one told."""
    again = rows.duplicated(keys)
    if again.any():
        row = int(rows.index[again][0])
        wrong = "This authority, year and year group stands twice."
        raise ScenarioProblems([Problem(str(path), row + 2, column, wrong, "Keep one of the rows.")])


def _refuse_nobody(path: Path, keep: YesNo, censuses: int, fewest: int) -> None:
    """Raise ScenarioProblems when no authority can be used, or the series is too short to be tried on."""
    if censuses < FEWEST_CENSUSES:
        wrong = f"There are {censuses} censuses: too few to forecast from some and to judge by others."
        remedy = f"Give at least {FEWEST_CENSUSES}."
        raise ScenarioProblems([Problem(str(path), None, "academic_year", wrong, remedy)])
    if not keep.any():
        wrong = (
            f"No authority has all {censuses} censuses, births four years before each and {fewest} pupils in Reception."
        )
        raise ScenarioProblems([Problem(str(path), None, None, wrong, "Give complete series.")])

"""Rules between tables: what each table says must fit what the others say."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.columns import Checked
from placeplan.scenario.say import TOLD, did_you_mean, listed, shown
from placeplan.scenario.settings import Settings


@dataclass(frozen=True)
class Material:
    """What the rules look at: the tables understood, the zones and the settings, each None where it can't be trusted."""

    tables: Mapping[str, Checked]
    zones: gpd.GeoDataFrame | None
    zones_file: str
    settings: Settings | None
    place: Callable[[str], Problem]

    def frame(self, name: str) -> pd.DataFrame:
        """Return the rows of a table that are understood; the index is the row of the file."""
        return self.tables[name].frame

    def file(self, name: str) -> str:
        """Return a table's file as people know it."""
        return self.tables[name].file

    def words(self, name: str, column: str) -> set[str] | None:
        """Return the codes that a table knows, or None where it can't be read."""
        return self.tables[name].words(column)

    @property
    def zone_codes(self) -> set[str] | None:
        """The codes of the zones, or None where the layer can't be read."""
        return None if self.zones is None else set(self.zones["zone"])

    def fault(self, table: str, row: object, column: str | None, wrong: str, remedy: str = "") -> Problem:
        """Return a fault that stops the run."""
        return Problem(self.file(table), _number(row), self.heading(column), wrong, remedy)

    def warning(self, table: str, row: object, column: str | None, wrong: str, remedy: str = "") -> Problem:
        """Return a fault that is told and doesn't stop the run."""
        return Problem(self.file(table), _number(row), self.heading(column), wrong, remedy, grave=False)

    @staticmethod
    def heading(column: str | None) -> str | None:
        """Return a column's heading as it stands in the file: from, not valid_from."""
        return {"valid_from": "from", "valid_to": "to", "key_": "key"}.get(column or "", column)


Rule = Callable[[Material], Iterable[Problem]]


def unknown(
    material: Material,
    table: str,
    column: str,
    known: Collection[str] | None,
    what: str,
    names: Mapping[str, str] | None = None,
) -> Iterator[Problem]:
    """Yield each code of a column that nothing known bears, at its first row; the first ten one by one, then their number.

    known: None where it can't be said.  what: where it was looked for.  names: code → name, to show the nearest.
    Blank cells say nothing.
    """
    if known is None:
        return
    codes = material.frame(table)[column]
    strange = codes[(codes != "") & ~codes.isin(set(known))]
    first = strange.drop_duplicates()
    counts = strange.value_counts()
    for row, code in first.iloc[:TOLD].items():
        rows = f" ({counts[code]:,} rows)" if counts[code] > 1 else ""
        yield material.fault(
            table, row, column, f"{shown(code)} is not in {what}{rows}.", _nearest(code, known, names or {})
        )
    if len(first) > TOLD:
        wrong = f"{len(first):,} codes in all are not in {what}, among them {listed(list(first), TOLD)}."
        yield material.fault(table, first.index[TOLD], column, wrong)


def _nearest(code: str, known: Collection[str], names: Mapping[str, str]) -> str:
    """Return what may be meant: the same code with or without its leading zeros, else the nearest ones with their names."""
    bare = code.lstrip("0")
    twins = [one for one in known if one.lstrip("0") == bare]
    if twins and bare:
        return f"Is it {twins[0]}? A spreadsheet drops leading zeros: format the column as text."
    near = did_you_mean(code, known)
    name = names.get(near.removeprefix("Did you mean ").removesuffix("?"), "")
    return f"{near.removesuffix('?')} ({name})?" if name else near


def repeated(material: Material, table: str, key: tuple[str, ...]) -> Iterator[Problem]:
    """Yield each row whose key stands in an earlier row too, naming both rows."""
    frame = material.frame(table)
    if frame.empty:
        return
    again = frame.index[frame.duplicated(list(key))]
    for row in again[:TOLD]:
        same = (frame[list(key)] == frame.loc[row, list(key)]).all(axis=1)
        first = frame.index[same][0]
        said = ", ".join(f"{material.heading(column)} {frame.loc[row, column]}" for column in key)
        column = key[0] if len(key) == 1 else None
        yield material.fault(
            table, row, column, f"rows {first} and {row} are about the same: {said}.", "Keep one of them."
        )
    if len(again) > TOLD:
        yield material.fault(
            table, again[TOLD], None, f"{len(again) - TOLD:,} more rows say a thing again.", "Keep one of each."
        )


def missing_years(material: Material, table: str) -> Iterator[Problem]:
    """Yield each academic year that is missing between the first and the last of a table, and a missing base year."""
    if not material.tables[table].whole or material.frame(table).empty:
        return
    there = set(material.frame(table)["academic_year"])
    for year in range(min(there), max(there)):
        if year not in there:
            wrong = f"the academic year {name_of_year(year)} is missing between others."
            yield material.fault(table, None, "academic_year", wrong, "Add its rows, or leave the years before it out.")
    base = material.settings.base_year if material.settings else None
    if base is not None and base not in there and not (min(there) < base < max(there)):
        wrong = f"the base year {name_of_year(base)} is missing."
        yield material.fault(table, None, "academic_year", wrong, "Add its rows, or choose another base year.")


def each(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a short table, each with its number in the file."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in frame.columns] if len(frame) else []
    for number, *cells in zip(frame.index.tolist(), *columns, strict=False):
        yield int(str(number)), dict(zip(names, cells, strict=True))


def _number(row: object) -> int | None:
    """Return a row's number as a plain whole number."""
    return None if row is None else int(str(row))

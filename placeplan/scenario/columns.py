"""Columns: text becomes numbers, years and codes, each column by its own line in the table's class."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from placeplan.domain.errors import Problem
from placeplan.scenario.cells import Cells, check_headings
from placeplan.scenario.say import TOLD, cell_remedy, listed, wrong_cell
from placeplan.scenario.tables import TABLES, Row
from placeplan.scenario.tables.people import SUPPRESSED

COUNTED = {
    "pupils": "pupils",
    "children": "pupils",
    "needs": "pupils",
    "authority_pupils": "pupils",
    "births": "births",
    "estates": "pupils",
}


@dataclass(frozen=True)
class Checked:
    """A table understood.

    frame: rows without a fault, typed, every column of the class; the index is the row as a spreadsheet numbers it.
    spoiled: what the rows with a fault say all the same, as text (a school whose PAN is wrong is still a school).
    doubtful: columns with a cell that can't be understood, so that a code may be missing from them.
    readable: False where the table's structure can't be trusted, so that nothing may be concluded from it.
    """

    name: str
    file: str
    frame: pd.DataFrame
    spoiled: Mapping[str, set[str]] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    readable: bool = True

    @property
    def whole(self) -> bool:
        """Say whether every row is understood, so that what isn't there is truly not there."""
        return self.readable and not self.spoiled

    def words(self, column: str) -> set[str] | None:
        """Return every code that stands in a column, also in rows with a fault elsewhere; None where one may be missing."""
        if column in self.doubtful or not self.readable:
            return None
        return set(self.frame[column].astype(str)) | self.spoiled.get(column, set())


def headings_of(table: type[Row]) -> dict[str, str]:
    """Return heading → name of the field, in the order of the class."""
    return {field.alias or name: name for name, field in table.model_fields.items()}


def empty(name: str, *, readable: bool = True) -> Checked:
    """Return a table without rows, every column there and typed."""
    table = TABLES[name]
    columns = {n: pd.Series([], dtype=_dtype(field)) for n, field in table.model_fields.items()}
    return Checked(name, f"{name}.csv", pd.DataFrame(columns), readable=readable)


def understand_table(name: str, cells: Cells, suppressed: float) -> tuple[Checked, list[Problem]]:
    """Return a table with its columns typed, and every cell that can't be understood.

    suppressed: the number taken where a count is hidden because it is small ("c", "<5"), told in a warning.
    Blank cells of a column with a default take the default. Columns that nobody knows are kept as text,
    after the known ones by the order of their names.
    """
    table = TABLES[name]
    headings = headings_of(table)
    needed = [heading for heading, n in headings.items() if table.model_fields[n].is_required()]
    problems = [*cells.problems, *check_headings(cells, needed, headings)]
    if any(problem.grave for problem in problems):
        return empty(name, readable=False), problems
    index = pd.Index(cells.rows, dtype=np.int64)
    good = np.ones(len(index), dtype=bool)
    columns: dict[str, Any] = {}
    doubtful: set[str] = set()
    for heading, n in headings.items():
        field_ = table.model_fields[n]
        if heading not in cells.headings:
            columns[n] = pd.Series([field_.default] * len(index), dtype=_dtype(field_), index=index)
            continue
        column = cells.column(heading)
        if COUNTED.get(name) == n:
            column, notes = _hidden(column, heading, cells, suppressed)
            problems += notes
        values, codes, faults = _column(n, field_, column)
        if faults:
            problems += _tell(cells, heading, codes, faults)
            good &= ~np.isin(codes, list(faults))
            doubtful.add(n)
        columns[n] = _series(values, codes, index)
    kept = sorted(set(cells.headings) - set(headings))
    columns |= {heading: pd.Series(cells.column(heading), index=index, dtype="str") for heading in kept}
    frame = pd.DataFrame(columns, index=index)
    spoiled = {} if good.all() else {str(n): _texts(cells_) for n, cells_ in frame.loc[~good].items()}
    return Checked(name, cells.file, _typed(frame.loc[good], table), spoiled, frozenset(doubtful)), problems


def in_key_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table's rows in the order of their keys, numbered from 0: the order in which a file tells them says nothing."""
    key = [column for column in TABLES[name].key if column in frame.columns]
    return frame.sort_values(key, kind="stable", ignore_index=True)


def _column(
    name: str, field_: FieldInfo, column: Sequence[str]
) -> tuple[list[Any], np.ndarray, dict[int, tuple[str, str]]]:
    """Return the distinct values of a column, the code of each row, and code → (wrong, remedy) of each that fails."""
    codes, words = pd.factorize(np.array(column, dtype=object))
    adapter = _adapter(field_)
    values: list[Any] = []
    faults: dict[int, tuple[str, str]] = {}
    for code, word in enumerate(words):
        if not word and not field_.is_required():
            values.append(field_.default)
            continue
        try:
            values.append(adapter(word))
        except ValidationError as error:
            first: Mapping[str, Any] = error.errors(include_url=False)[0]
            faults[code] = wrong_cell(word, field_, first), cell_remedy(name, word, field_, first)
            values.append(None)
    return values, codes, faults


_ADAPTERS: dict[
    int, tuple[FieldInfo, Callable[[str], Any]]
] = {}  # the field beside it, so that its number stays its own


def _adapter(field_: FieldInfo) -> Callable[[str], Any]:
    """Return what reads a cell of this field; built once a field."""
    if id(field_) not in _ADAPTERS:
        adapter: TypeAdapter[Any] = TypeAdapter(field_.rebuild_annotation())
        _ADAPTERS[id(field_)] = (field_, adapter.validate_python)
    return _ADAPTERS[id(field_)][1]


def _hidden(column: list[str], heading: str, cells: Cells, suppressed: float) -> tuple[list[str], list[Problem]]:
    """Return a column of counts with an assumed number for each that is hidden because it is small, and say so."""
    marks = sorted({cell for cell in set(column) if SUPPRESSED.match(cell)})
    if not marks:
        return column, []
    hidden = set(marks)
    rows = [row for row, cell in zip(cells.rows, column, strict=True) if cell in hidden]
    wrong = f"{len(rows):,} counts are hidden ({listed(marks)}); each is taken as {suppressed:g}."
    remedy = "Give another number in assumptions.csv, as suppressed.count."
    filled = [f"{suppressed:g}" if cell in hidden else cell for cell in column]
    return filled, [Problem(cells.file, rows[0], heading, wrong, remedy, grave=False)]


def _tell(cells: Cells, heading: str, codes: np.ndarray, faults: Mapping[int, tuple[str, str]]) -> Iterator[Problem]:
    """Yield a fault for each cell that can't be understood; the many are counted after the first ones."""
    where = np.flatnonzero(np.isin(codes, list(faults)))
    for n in where[:TOLD]:
        yield Problem(cells.file, cells.rows[n], heading, *faults[int(codes[n])])
    if len(where) > TOLD:
        wrong = f"{len(where) - TOLD:,} more cells of this column can't be understood."
        yield Problem(cells.file, cells.rows[where[TOLD]], heading, wrong)


def _series(values: Sequence[Any], codes: np.ndarray, index: pd.Index) -> pd.Series:
    """Return the value of each row; still without its type, for a faulty cell is nothing."""
    distinct = np.empty(len(values), dtype=object)
    distinct[:] = values
    return pd.Series(distinct[codes], index=index, dtype=object)


def _typed(frame: pd.DataFrame, table: type[Row]) -> pd.DataFrame:
    """Return a table with each column in the type of its field; a number that isn't given is not a number."""
    return frame.astype({n: _dtype(field_) for n, field_ in table.model_fields.items()})


def _dtype(field_: FieldInfo) -> str:
    """Return the type of a column in a data frame."""
    kinds = set(get_args(field_.annotation)) or {field_.annotation}
    if str in kinds:
        return "str"
    if type(None) in kinds or float in kinds:
        return "float64"
    return "bool" if bool in kinds else "int64" if kinds == {int} and get_args(field_.annotation) == () else "object"


def _texts(cells: pd.Series) -> set[str]:
    """Return what a column's cells say, as text, without those that say nothing."""
    return {str(cell) for cell in cells if cell is not None and cell != ""}

"""Columns: a table of an importer gets every column that its class names, in the order of the class."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from pydantic.fields import FieldInfo

from placeplan.scenario.tables import TABLES


def with_every_column(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with all columns of their class; a column that isn't given holds its default.

    table: name of a table of `scenario.tables`, for example "options".  rows: at least the columns without default.
    Columns have the names of the class ("valid_from", "key_").  Cells that are missing are filled with the column's default.
    Raises KeyError naming the columns that have no default and weren't given, or that the class doesn't know.
    """
    fields = dict(TABLES[table].model_fields)
    strangers = _strangers(rows.columns, fields)
    if strangers:
        raise KeyError(f"{table}: {', '.join(strangers)}")
    return pd.DataFrame({heading: _filled(rows, heading, field) for heading, field in fields.items()})


def _strangers(given: Iterable[str], fields: dict[str, FieldInfo]) -> list[str]:
    """Return the headings that nobody knows and those that must be given and aren't."""
    missing = [heading for heading, field in fields.items() if field.is_required() and heading not in given]
    return missing + [heading for heading in given if heading not in fields]


def _filled(rows: pd.DataFrame, heading: str, field: FieldInfo) -> Any:  # noqa: ANN401  (a column of any type)
    """Return one column, its gaps filled with the default of its class."""
    if heading not in rows:
        return pd.Series(
            [field.default] * len(rows), index=rows.index, dtype=None if field.default is not None else float
        )
    column = rows[heading]
    if field.is_required() or field.default is None:
        return column
    filled = column.astype(object).where(column.notna(), field.default)
    return filled.infer_objects()

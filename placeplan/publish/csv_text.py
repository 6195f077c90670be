"""CSV as we publish it: UTF-8, line feeds, plain numbers, and text that no spreadsheet takes for a formula."""

import csv
import io
import re

import numpy as np
import pandas as pd

DECIMALS = 9  # the certificate recomputes the objective from these cells
_LIKE_A_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_NEEDS_QUOTES = re.compile(r'[",\r\n]|^\s|\s$')
KINDS = ("text", "whole", "number")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: one heading line, a line feed after each row, the same bytes for the same table.

    Numbers have at most nine decimals and no exponent; an unknown number or text is an empty cell.
    A text that begins with = + - @ tab or carriage return gets an apostrophe in front (and one that already has
    apostrophes before such a sign gets one more, so that reading undoes exactly this).
    Raises ValueError for an infinite number.
    """
    columns = [_cells(frame[name], kind) for name, kind in kinds_of(frame).items()]
    lines = [",".join(_quoted(str(name)) for name in frame.columns)]
    lines += [",".join(cells) for cells in zip(*columns, strict=True)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """Return column → "text", "whole" or "number": what a reader must know beside the file."""
    kinds = {}
    for name, column in frame.items():
        if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
            kinds[str(name)] = "text"
        else:
            kinds[str(name)] = "whole" if pd.api.types.is_integer_dtype(column) else "number"
    return kinds


def read_csv(content: bytes, kinds: dict[str, str]) -> pd.DataFrame:
    """Return the table that csv_bytes wrote: texts without our apostrophe, numbers as numbers.

    kinds: as kinds_of tells them; a column that isn't named there is text.
    Raises ValueError when a row has more or fewer cells than the heading, or a number can't be read.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    if not rows:
        raise ValueError("the file is empty: it has no heading")
    heading, body = rows[0], rows[1:]
    if heading and any(len(row) != len(heading) for row in body):
        raise ValueError("a row has more or fewer cells than the heading")
    columns = zip(*body, strict=True) if body else [()] * len(heading)
    return pd.DataFrame(
        {name: _read(cells, kinds.get(name, "text")) for name, cells in zip(heading, columns, strict=True)}
    )


def as_text(cell: object) -> str:
    """Return a cell as people read it: nothing for what is unknown, yes or no for a truth."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    return str(cell)


def _cells(column: pd.Series, kind: str) -> list[str]:
    """Return the cells of one column as they stand in the file."""
    if kind == "text":
        codes, words = pd.factorize(column.map(as_text).to_numpy(dtype=object))
        safe = np.array([_quoted(_harmless(word)) for word in words], dtype=object)
        return list(safe[codes]) if len(words) else []
    if kind == "whole":
        return ["" if value is pd.NA else str(value) for value in column.tolist()]
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError(f"column {column.name} holds an infinite number")
    return [plain_number(value) for value in numbers.tolist()]


def plain_number(value: float) -> str:
    """Return a number in plain digits: 12.5, never 1.25e1, −0 or nan."""
    if value != value:  # noqa: PLR0124  (nan alone is unlike itself)
        return ""
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _harmless(text: str) -> str:
    """Return text that a spreadsheet shows instead of running it."""
    return "'" + text if _LIKE_A_FORMULA.match(text) else text


def _quoted(text: str) -> str:
    """Return a cell in quotes where its text would break the row."""
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def _read(cells: tuple[str, ...], kind: str) -> pd.Series:
    """Return one column as it was before it was written."""
    if kind == "text":
        return pd.Series(
            [cell[1:] if cell[:1] == "'" and _LIKE_A_FORMULA.match(cell) else cell for cell in cells], dtype=object
        )
    if kind == "whole" and "" not in cells:
        return pd.Series([int(cell) for cell in cells], dtype="int64")
    return pd.Series([float(cell) if cell else np.nan for cell in cells], dtype="float64")

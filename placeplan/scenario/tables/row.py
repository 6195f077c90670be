"""A table is a class: its columns, their meaning, unit, bounds and example, all on one line each."""

import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from placeplan.domain import years

_WHOLE = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+$|^[+-]?\d+$", re.ASCII)
_NUMBER = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?$", re.ASCII)
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$", re.ASCII)
_SPREADSHEET_FLOAT = re.compile(r"^\d+\.0+$", re.ASCII)


class Row(BaseModel):
    """One row of a table; unknown columns are kept aside by the reader, never here."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, str_strip_whitespace=True)
    file: ClassVar[str] = ""
    key: ClassVar[tuple[str, ...]] = ()  # the columns that name a row: no two rows may share them


def column(
    meaning: str,
    *,
    unit: str = "",
    example: object = None,
    least: float | None = None,
    most: float | None = None,
    heading: str | None = None,
    default: Any = ...,  # noqa: ANN401  (any column type has its own default)
) -> Any:  # noqa: ANN401  (pydantic's Field is typed so, and every column with it)
    """Describe one column: the reference page, the workbook's headings and an error's remedy come from here.

    heading: the column's heading in the file where it is a word that Python keeps for itself (from, to, key).
    """
    return Field(
        default,
        alias=heading,
        description=meaning,
        ge=least,
        le=most,
        json_schema_extra={"unit": unit, "example": None if example is None else str(example)},
    )


def _whole(cell: object) -> object:
    """Read a whole number as people write it: blanks and thousands commas are fine, all else is refused."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip().replace("−", "-")
    if not _WHOLE.match(text):
        message = f'"{cell}" is not a whole number'
        raise ValueError(message)
    return int(text.replace(",", ""))


def _number(cell: object) -> object:
    """Read a number as people write it, never inf, nan, 1e5 or other alphabets' digits."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip().replace("−", "-").lstrip("£").strip()
    if not text or not _NUMBER.match(text) or text in {"+", "-", "."}:
        message = f'"{cell}" is not a number'
        raise ValueError(message)
    return float(text.replace(",", ""))


def _code(cell: object) -> object:
    """Read a code as text, so that no leading zero is lost: " 109444.0" → "109444"."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if _SCIENTIFIC.match(text):
        message = f'"{cell}" is a code that a spreadsheet has turned into a number: its digits are lost'
        raise ValueError(message)
    return text.split(".")[0] if _SPREADSHEET_FLOAT.match(text) else text


def _yes_no(cell: object) -> object:
    """Read yes or no: yes, y, true, 1; no, n, false, 0; blank is no."""
    if not isinstance(cell, str):
        return cell
    word = cell.strip().lower()
    if word in {"yes", "y", "true", "1"}:
        return True
    if word in {"no", "n", "false", "0", ""}:
        return False
    message = f'"{cell}" is neither yes nor no'
    raise ValueError(message)


def _read_with(read: Callable[[str], object]) -> BeforeValidator:
    """Return a validator that reads a text cell with one function and lets ready values pass."""
    return BeforeValidator(lambda cell: read(cell) if isinstance(cell, str) else cell)


def _blank_is_none(cell: object) -> object:
    """A blank cell says nothing."""
    return None if isinstance(cell, str) and not cell.strip() else cell


def word_of(*words: str) -> BeforeValidator:
    """Return a validator for a fixed vocabulary, however it is capitalised or spaced."""

    def check(cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        word = re.sub(r"[\s\-]+", "_", cell.strip().lower())
        if word not in words:
            message = f'"{cell}" is not one of {", ".join(w or "blank" for w in words)}'
            raise ValueError(message)
        return word

    return BeforeValidator(check)


Code = Annotated[str, BeforeValidator(_code), Field(min_length=1)]
MaybeCode = Annotated[str, BeforeValidator(_code)]
Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, BeforeValidator(_whole)]
MaybeCount = Annotated[int | None, BeforeValidator(lambda c: _whole(c) if _blank_is_none(c) is not None else None)]
Amount = Annotated[float, BeforeValidator(_number)]
MaybeAmount = Annotated[float | None, BeforeValidator(lambda c: _number(c) if _blank_is_none(c) is not None else None)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
AcademicYear = Annotated[int, _read_with(years.academic_year)]
NcYear = Annotated[int, _read_with(years.nc_year)]
NcRange = Annotated[tuple[int, int], _read_with(years.nc_range)]

"""What is wrong, in an officer's words: the same words for a cell, a setting and a name that nobody knows."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic.fields import FieldInfo

TOLD = 10  # faults of one kind that are told one by one; the rest are counted
_NAMES_OF_TYPES = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text in quotes"}
_SETTING_REMEDIES = {
    "gap": "The gap is a fraction: 0.05 is 5 %.",
    "base_year": 'Write it as text, "2018/19".',
    "horizon_years": "Give the number of years to plan, from 1 to 25.",
    "time_limit_seconds": "Give seconds, for example 120.",
    "discount_rate": "The rate is a fraction: 0.035 is 3.5 %.",
    "cost": "The weight of cost is above 0, for example 0.1.",
}
_COLUMN_REMEDIES = {
    "easting": "Give the point of the postcode in British National Grid metres, for example 502345.",
    "northing": "Give the point of the postcode in British National Grid metres, for example 237810.",
    "ofsted": "Give outstanding, good, requires improvement, inadequate, a grade from 1 to 4, or leave it blank.",
    "urn": "Format the column as text in the spreadsheet and paste the codes again.",
    "laestab": "Format the column as text in the spreadsheet and paste the codes again.",
}


def shown(value: object) -> str:
    """Return a value as it is shown in a sentence: short, in quotes where it is text."""
    if isinstance(value, Mapping):
        return "a section"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    text = text if len(text) <= 60 else text[:57] + "…"
    return f'"{text}"' if isinstance(value, str) else text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question with the nearest known word, or nothing.

    >>> did_you_mean("wieghts", ["weights", "must"])
    'Did you mean weights?'
    """
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.strip().lower(), names, n=1, cutoff=0.6)
    return f"Did you mean {names[near[0]]}?" if near else ""


def listed(words: Collection[object], most: int = TOLD) -> str:
    """Return words in a row, the first ones where there are many."""
    first = [str(word) for word in words][:most]
    more = len(words) - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more > 0 else "")


def wrong_cell(cell: str, field: FieldInfo, error: Mapping[str, Any]) -> str:
    """Return what is wrong with a cell of a table."""
    if not cell.strip():
        return "the cell is blank."
    kind, context = str(error["type"]), error.get("ctx") or {}
    unit = str(_extra(field).get("unit", ""))
    if kind == "greater_than_equal":
        return f"{shown(cell)} is below the least that can be, {_figure(context['ge'])} {unit}".rstrip() + "."
    if kind == "less_than_equal":
        return f"{shown(cell)} is above the most that can be, {_figure(context['le'])} {unit}".rstrip() + "."
    sentence = str(context.get("error", "")) or f"{shown(cell)} can't be understood"
    return sentence.rstrip(".") + "."


def cell_remedy(name: str, cell: str, field: FieldInfo, error: Mapping[str, Any]) -> str:
    """Return what to do about a cell: the likely meaning where there is one, else the column's meaning and example."""
    extra = _extra(field)
    if error["type"] == "less_than_equal" and (error.get("ctx") or {}).get("le") == 1:
        return f"Perhaps {_hundredth(cell)} is meant: give a share from 0 to 1."
    if "spreadsheet has turned" in str((error.get("ctx") or {}).get("error", "")):
        return "Format the column as text in the spreadsheet and paste the codes again."
    if name in _COLUMN_REMEDIES and name not in {"urn", "laestab"}:
        return _COLUMN_REMEDIES[name]
    example = extra.get("example")
    meaning = field.description or name
    return f"Give {meaning}, for example {example}." if example else f"Give {meaning}."


def wrong_setting(key: str, error: Mapping[str, Any], known: Collection[str]) -> tuple[str, str]:
    """Return what is wrong with a setting and what to do."""
    kind, value, context = str(error["type"]), error.get("input"), error.get("ctx") or {}
    remedy = _SETTING_REMEDIES.get(key, "")
    if kind == "extra_forbidden":
        return f"there is no setting {shown(key)}.", did_you_mean(key, known) or f"Known are {listed(known, 20)}."
    if kind == "missing":
        return f"{key} is missing.", remedy or f'Add a line such as {key} = "demo".'
    if kind in {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
        words = {"gt": "must be above", "ge": "must be at least", "lt": "must be below", "le": "must be at most"}
        bound = next(name for name in words if name in context)
        return f"{shown(value)} {words[bound]} {_figure(context[bound])}.", remedy
    return _wrong_kind(kind, value, context), remedy or (
        "For example 1.5." if "float" in kind or "finite" in kind else ""
    )


def _wrong_kind(kind: str, value: object, context: Mapping[str, Any]) -> str:
    """Return what is wrong with a setting that is of the wrong kind altogether."""
    if kind == "finite_number":
        return f"{shown(value)} is not a number that can be reckoned with."
    if kind == "literal_error":
        return f"{shown(value)} is not {context.get('expected', '')}."
    if kind == "value_error":
        return str(context.get("error", "")).rstrip(".") + "."
    wanted = next((name for type_, name in _NAMES_OF_TYPES.items() if kind.startswith(type_)), "what belongs here")
    return f"{shown(value)} is not {wanted}."


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _figure(number: object) -> str:
    """Return a bound without a needless point."""
    return f"{number:,.0f}" if isinstance(number, int | float) and number == int(number) else str(number)


def _hundredth(cell: str) -> str:
    """Return a hundredth of a number in a cell, as people write it: "80" → "0.8"."""
    digits = re.sub(r"[^\d.]", "", cell)
    return f"{float(digits) / 100:g}" if digits.replace(".", "", 1).isdigit() else "a hundredth"

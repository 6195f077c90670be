"""What scenario.toml says, understood: settings in their bounds, and every fault with its line."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from placeplan.domain import years
from placeplan.domain.errors import Problem
from placeplan.scenario.extends import Given
from placeplan.scenario.say import did_you_mean, listed, shown, wrong_setting
from placeplan.scenario.settings import (  # fmt: skip
    BESIDE,
    PRINCIPLES,
    Anchor,
    Budget,
    Families,
    ForecastSettings,
    Publish,
    Settings,
    Solve,
    Weights,
)
from placeplan.scenario.tables import TABLES

SECTIONS: dict[str, type[BaseModel]] = {
    "weights": Weights,
    "forecast": ForecastSettings,
    "budget": Budget,
    "solve": Solve,
    "publish": Publish,
    "families": Families,
}
BY_PRINCIPLE = ("anchors", "targets", "must")
HEAD = [name for name in Settings.model_fields if name not in SECTIONS and name not in BY_PRINCIPLE]
KNOWN: dict[str, list[str]] = {
    "scenario": [*HEAD, "extends"],
    "tables": list(TABLES),
    "geodata": ["zones"],
    **{name: list(model.model_fields) for name, model in SECTIONS.items()},
    **{name: [*PRINCIPLES, *BESIDE] for name in BY_PRINCIPLE},
}


def understand(given: Given) -> tuple[Settings | None, list[Problem]]:
    """Return the settings, or None where they can't be understood, and every fault and warning."""
    problems = [*_strangers(given)]
    values = _without_strangers(given.values)
    if not isinstance(given.values.get("scenario", {}), Mapping):
        return None, problems
    head = {key: value for key, value in values.pop("scenario", {}).items() if key != "extends"}
    faults = list(_dates(head))
    for key, wrong, remedy in faults:
        place = given.place(f"scenario.{key}")
        problems.append(Problem(place.file, place.row, f"scenario.{key}", wrong, remedy))
    parts = {name: values[name] for name in (*SECTIONS, *BY_PRINCIPLE) if name in values}
    try:
        settings: Settings | None = Settings.model_validate(head | parts)
    except ValidationError as error:
        told = {key for key, _, _ in faults}
        problems += _faults(given, (one for one in error.errors() if one["loc"][0] not in told))
        return None, problems
    return (None if faults else settings), problems


def _strangers(given: Given) -> Iterator[Problem]:
    """Yield sections and settings that nobody knows, each with the nearest that is known."""
    for document in given.documents:
        for section, part in document.values.items():
            place = document.place(section)
            if section not in KNOWN:
                remedy = did_you_mean(section, KNOWN) or f"Known are {listed(list(KNOWN), 20)}."
                yield Problem(document.file, place.row, section, f"there is no section {shown(section)}.", remedy)
            elif not isinstance(part, Mapping):
                wrong = f"{section} is a section, not {shown(part)}."
                yield Problem(document.file, place.row, section, wrong, f"Write [{section}] on a line of its own.")
            else:
                yield from _unknown_keys(document.file, section, part, document.lines)


def _unknown_keys(file: str, section: str, part: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[Problem]:
    """Yield the unknown settings of one section."""
    known = KNOWN[section]
    for key in part:
        if key not in known:
            what = (
                "principle" if section in {"weights", *BY_PRINCIPLE} else "table" if section == "tables" else "setting"
            )
            remedy = did_you_mean(key, known) or f"Known are {listed(known, 20)}."
            if section == "weights" and key in BESIDE:
                remedy = f"What stands beside the nine has a section of its own: write weight under [{key}]."
            where = f"{section}.{key}"
            yield Problem(
                file, lines.get(where, lines.get(section)), where, f"there is no {what} {shown(key)}.", remedy
            )


def _without_strangers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of the values: the strangers have been told already."""
    return {
        name: {key: value for key, value in part.items() if key in KNOWN[name]}
        for name, part in values.items()
        if name in KNOWN and isinstance(part, Mapping)
    }


def _dates(head: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield a base year that is a date, with its likely meaning."""
    base = head.get("base_year")
    if isinstance(base, dt.date):
        likely = years.name_of_year(base.year - (base.month < 9))
        yield (
            "base_year",
            f"{base} is a date, not an academic year.",
            f'Perhaps "{likely}" is meant: write it in quotes.',
        )
    elif isinstance(base, int) and not isinstance(base, bool) and not 1980 <= base <= 2100:
        yield "base_year", f"{base} is no year that can be planned from.", 'Write it as text, for example "2018/19".'


def _faults(given: Given, errors: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield the faults of the settings, each at its line."""
    for error in errors:
        path = [str(part) for part in error["loc"]]
        section = path[0] if path[0] in KNOWN else "scenario"
        key = ".".join(path if section != "scenario" else ["scenario", *path])
        known = list(Anchor.model_fields) if section == "anchors" else KNOWN[section]
        wrong, remedy = wrong_setting(path[-1], error, known)
        place = given.place(key)
        yield Problem(place.file, place.row, key, wrong, remedy)

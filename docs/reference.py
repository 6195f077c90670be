"""Write the reference pages from the program itself: python docs/reference.py [--out FOLDER].

A page that differs from the program fails a test, so nothing about a column, a setting or a verb is written twice.
"""
# ruff: noqa: INP001  (a command, no package)

import argparse
import typing
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

from placeplan.cli import exit_codes
from placeplan.cli.app import app
from placeplan.domain.years import name_of_nc_year
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.settings import PRINCIPLES, Anchor, Settings
from placeplan.scenario.spoken import SECTIONS
from placeplan.scenario.tables import REQUIRED, TABLES, Row
from placeplan.scenario.tables.schools import GRADES
from placeplan.scenario.write import ZONE_COLUMNS

HERE = Path(__file__).resolve().parent / "reference"
MADE = "<!-- Made by `make docs`. Change the program, not this page. -->"
WIDTH = 100  # of the help of a verb
PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": str(WIDTH)}
NO_WORD = "\N{SNOWMAN}"  # no vocabulary has it: what a column says of it lists the words that it takes
CODES: dict[str, str] = {
    "DONE": "done",
    "FAULT": "a fault of placeplan's own; a report file says what happened",
    "PROBLEMS": "problems in what was given, or in where to write; nothing was run",
    "SHORTFALL": "done, but some children of Reception to Year 11 have no place: the plan stands, the shortfall is listed",
    "NO_PLAN": "no plan in the time given",
    "REFUSED": "verify refuses the run folder, or a cited figure does not follow from its rows",
    "INTERRUPTED": "interrupted with Ctrl-C; nothing half written is left",
    "ENDED": "ended from outside (SIGTERM); nothing half written is left",
}
KINDS = {  # words of the refusal → kind
    "neither yes nor no": "yes or no", "not a whole number": "whole number", "not a number": "number",
    "not an academic year": "academic year", "not an NC year": "NC year",
    "not a date": "date", "not an inspection grade": "one of " + ", ".join(f"`{grade}`" for grade in GRADES),
}  # fmt: skip


def main() -> None:
    """Write every page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--out", type=Path, default=HERE, help="folder for the pages")
    folder: Path = asked.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        print(folder / name)  # noqa: T201  (a command says what it wrote)


def pages() -> dict[str, str]:
    """Return each made page by its name."""
    made = {"tables.md": _tables, "settings.md": _settings, "commands.md": _commands, "assumptions.md": _assumptions}
    return {name: "\n".join([MADE, "", *page()]) + "\n" for name, page in made.items()}


def _tables() -> Iterator[str]:
    """Yield the page of the tables: every column with its meaning, unit, bounds and example."""
    yield "# Tables of a scenario"
    yield ""
    yield "Each table is a CSV file of the scenario folder (UTF-8, headings in the first row), or a sheet of the workbook."
    yield "Academic years are written `2018/19`; year groups `N1`, `N2`, `R`, `1` to `13`; ranges of them `R-4`."
    yield "A blank cell says: not known. Codes are text, so a leading zero stays. Columns that are not listed here are kept aside."
    yield ""
    for name in TABLES:
        yield f"- [{name}](#{name}){' (needed)' if name in REQUIRED else ''}"
    yield "- [zones](#zones) (needed, a map layer)"
    for name, table in TABLES.items():
        yield from _table(name, table)
    yield from _zones()


def _table(name: str, table: type[Row]) -> Iterator[str]:
    """Yield the section of one table."""
    yield from ("", f"## {name}", "", " ".join((table.__doc__ or "").split()), "")
    headings = {n: field.alias or n for n, field in table.model_fields.items()}
    if table.key:
        yield from (f"No two rows may share: {', '.join(f'`{headings[n]}`' for n in table.key)}.", "")
    rows = []
    for n, field in table.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        rows.append(
            (
                f"`{headings[n]}`", field.description or "", _kind(field), str(extra.get("unit") or ""), _bounds(field),
                "yes" if field.is_required() else "", f"`{extra['example']}`" if extra.get("example") is not None else "",
            )
        )  # fmt: skip
    yield from _grid(("column", "meaning", "kind", "unit", "bounds", "needed", "example"), rows)


def _kind(field: FieldInfo) -> str:
    """Return the kind of a column in words, as the column itself says when it is given what it can't be."""
    said = _refusal(field, NO_WORD)
    if "not an NC year" in said and not _refusal(field, "R-4"):
        return "range of NC years"
    if " is not one of " in said:
        words = said.split(" is not one of ")[1].split(", ")
        return "one of " + ", ".join(word if word == "blank" else f"`{word}`" for word in words)
    return next((told for words, told in KINDS.items() if words in said), "text")


def _refusal(field: FieldInfo, cell: str) -> str:
    """Return what a column says of a cell; nothing where it takes it."""
    try:
        TypeAdapter(field.rebuild_annotation()).validate_python(cell)
    except ValidationError as error:
        return error.errors()[0]["msg"]
    return ""


def _zones() -> Iterator[str]:
    """Yield the section of the map layer."""
    meaning = {
        "zone": "code of the zone", "name": "its name", "planning_area": "pupil planning area the zone lies in",
        "community": "community the zone belongs to", "deprivation_quintile": "1 (most deprived) to 5, or blank",
        "rural_class": "village, town or city, or blank: how many kinds of provision are wanted there",
        "fsm_share": "share of its pupils eligible for free school meals, 0 to 1, in every zone or in none: who may have free transport",
        "geometry": "its polygon",
    }  # fmt: skip
    yield from ("", "## zones", "")
    yield "One polygon a zone, in a GeoPackage (layer `zones`), a shapefile or GeoJSON; British National Grid, EPSG:27700."
    yield "`scenario.toml` names the file under `[geodata]` as `zones`."
    yield ""
    yield from _grid(("column", "meaning"), [(f"`{name}`", meaning[name]) for name in ZONE_COLUMNS])


def _settings() -> Iterator[str]:
    """Yield the page of scenario.toml."""
    yield "# Settings: scenario.toml"
    yield ""
    yield "A scenario folder holds `scenario.toml` and the tables that it names. In a workbook the same settings stand in a sheet"
    yield "`scenario`. A setting that nobody knows is refused, with the nearest one that is known."
    head = {
        n: f for n, f in Settings.model_fields.items() if n not in SECTIONS and n not in {"anchors", "targets", "must"}
    }
    meaning = {
        "format": "version of this format", "name": "short name of the scenario", "title": "its title in reports",
        "base_year": "academic year of the last census, in quotes", "horizon_years": "years to plan",
    }  # fmt: skip
    yield from ("", "## [scenario]", "")
    rows = list(_fields(head, meaning))
    rows.append(("`extends`", "folder of another scenario; this one then says only what differs", "", "none"))
    yield from _grid(("setting", "meaning", "bounds", "default"), rows)
    yield from ("", "## [tables]", "", 'One line a table: its name and its file, as in `schools = "schools.csv"`.')
    yield f"Needed: {', '.join(f'`{name}`' for name in REQUIRED)}. All are listed in [tables](tables.md)."
    yield from ("", "## [geodata]", "", '`zones = "zones.gpkg"`: the map layer of the zones.')
    for name, section in SECTIONS.items():
        yield from ("", f"## [{name}]", "", " ".join((section.__doc__ or "").split()), "")
        yield from _grid(("setting", "meaning", "bounds", "default"), _fields(section.model_fields, {}))
    yield from ("", "## [anchors], [targets] and [must]", "")
    yield f"Each may name a principle: {', '.join(f'`{name}`' for name in PRINCIPLES)}."
    yield ""
    yield "- `[targets]`: a plan is not asked to do better than this, on the scale 0 (ideal) to 1 (unacceptable). Default 0."
    yield "- `[must]`: on the same scale; the plan has to be at least as good wherever any plan can be."
    yield "- `[anchors.local]` (or another principle): the two fixed points of its scale."
    yield ""
    yield from _grid(("setting", "meaning", "bounds", "default"), _fields(Anchor.model_fields, {}))


def _fields(fields: dict[str, FieldInfo], meaning: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield one row a setting."""
    for name, field in fields.items():
        options = typing.get_args(field.annotation) if typing.get_origin(field.annotation) is typing.Literal else ()
        bounds = ", ".join(f"`{word}`" for word in options) or _bounds(field)
        default = "needed" if field.is_required() else _shown(field.default)
        yield (f"`{name}`", field.description or meaning[name], bounds, default)


def _shown(value: object) -> str:
    """Return a default as TOML writes it."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _bounds(field: FieldInfo) -> str:
    """Return the bounds of a field, also those that stand in its annotation."""
    metadata = [
        *field.metadata,
        *(m for a in typing.get_args(field.annotation) for m in getattr(a, "__metadata__", ())),
    ]
    in_years = "not an NC year" in _refusal(field, NO_WORD)

    def number(n: float) -> str:
        return name_of_nc_year(int(n)) if in_years else f"{n:,.10g}"

    said = []
    for sign, name in (("≥", "ge"), (">", "gt"), ("≤", "le"), ("<", "lt")):
        said += [f"{sign} {number(getattr(m, name))}" for m in metadata if getattr(m, name, None) is not None]
    return ", ".join(said)


def _commands() -> Iterator[str]:
    """Yield the page of the verbs and of the exit codes."""
    yield "# Commands"
    yield ""
    yield "`placeplan --version` prints the version. Every verb takes `--json` (one JSON document on standard output) and `--quiet`."
    yield "Results go to standard output, progress and problems to standard error."
    for words, text in helps():
        yield from (
            "",
            f"## placeplan {' '.join(words)}",
            "",
            "```text",
            *(line.rstrip() for line in text.splitlines()),
            "```",
        )
    yield from ("", "## Exit codes", "", "Scripts may rely on them: one is added, none is ever changed.", "")
    numbers = {name: getattr(exit_codes, name) for name in vars(exit_codes) if name.isupper() and name != "BY_ERROR"}
    yield from _grid(("code", "means"), [(str(code), CODES[name]) for name, code in numbers.items()])


def helps() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the words of every verb and its help, groups opened."""
    for words in verbs(app):
        told = CliRunner().invoke(app, [*words, "--help"], prog_name="placeplan", env=PLAIN, terminal_width=WIDTH)
        yield words, told.output


def verbs(group: typer.Typer) -> Iterator[tuple[str, ...]]:
    """Yield the words of every verb: ("run",), ("import", "england")."""
    for verb in group.registered_commands:
        yield (str(verb.name or getattr(verb.callback, "__name__", "")),)
    for inside in group.registered_groups:
        if inside.typer_instance is not None:
            name = inside.name if isinstance(inside.name, str) else inside.typer_instance.info.name
            yield from ((str(name), *words) for words in verbs(inside.typer_instance))


def _assumptions() -> Iterator[str]:
    """Yield the page of the assumptions."""
    yield "# Assumptions"
    yield ""
    yield "Figures that are taken where nobody gave them. A row of the table `assumptions` with the same key overrides one;"
    yield "[tables](tables.md#assumptions) says how such a row is written."
    yield ""
    rows = [
        (f"`{key}`", _figure(a.value, a.unit), a.unit, a.reason, a.source, a.who_may_change)
        for key, a in DEFAULTS.items()
    ]
    yield from _grid(("key", "value", "unit", "what it is, and why", "source", "who may change it"), rows)


def _figure(value: float, unit: str) -> str:
    """Return a figure as people write it: no comma in a year."""
    return f"{value:g}" if unit.startswith("year") else f"{value:,g}"


def _grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table; a stroke in a cell is escaped."""
    for line in (headings, ["---"] * len(headings), *rows):
        yield "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in line) + " |"


if __name__ == "__main__":
    main()

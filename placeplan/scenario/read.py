"""Reading a scenario: everything that an officer gave, checked, and every problem told at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.cells import Cells, read_cells
from placeplan.scenario.checks import check_between_tables
from placeplan.scenario.columns import Checked, empty, headings_of, in_key_order, understand_table
from placeplan.scenario.extends import Given, gather
from placeplan.scenario.geodata import read_zones
from placeplan.scenario.paths import WORKBOOKS, find_scenario, fingerprint
from placeplan.scenario.rules import Material
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.settings import Settings
from placeplan.scenario.spoken import understand
from placeplan.scenario.tables import REQUIRED, TABLES
from placeplan.scenario.workbook import read_workbook

Sheets = Mapping[str, Cells | ScenarioProblems]


@dataclass
class Seen:
    """What was found: as much of a scenario as can be understood, and every problem."""

    folder: Path
    settings: Settings | None = None
    tables: dict[str, Checked] = field(default_factory=dict)
    zones: gpd.GeoDataFrame | None = None
    problems: list[Problem] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario of a folder, a scenario.toml or a workbook.

    Raises ScenarioProblems with every problem of every file when any of them is grave.
    """
    seen = _look(Path(path))
    if seen.settings is None or seen.zones is None or any(problem.grave for problem in seen.problems):
        raise ScenarioProblems(seen.problems, scenario=str(path))
    return Scenario(
        folder=seen.folder,
        settings=seen.settings,
        tables={name: in_key_order(name, table.frame) for name, table in seen.tables.items()},
        zones=seen.zones.sort_values("zone", ignore_index=True),
        warnings=tuple(seen.problems),
        inputs=dict(sorted(seen.inputs.items())),
    )


def check_scenario(path: Path) -> tuple[Problem, ...]:
    """Return every problem of a scenario, warnings too, file by file."""
    return tuple(_look(Path(path)).problems)


def _look(path: Path) -> Seen:
    """Return all that can be understood of a scenario; a fault in one file doesn't hide those of another."""
    seen = Seen(path)
    try:
        file = find_scenario(path)
        given, sheets = read_workbook(file) if file.suffix.lower() in (*WORKBOOKS, ".xls") else (gather(file), {})
    except ScenarioProblems as faults:
        seen.problems += faults.problems
        return seen
    seen.folder, seen.inputs = given.folder, dict(given.inputs)
    seen.settings, problems = understand(given)
    seen.problems += [*given.problems, *problems]
    _read_tables(given, sheets, seen)
    zones_name = _read_zones(given, seen)
    material = Material(seen.tables, seen.zones, zones_name, seen.settings, given.place)
    seen.problems += check_between_tables(material)
    return seen


def _read_tables(given: Given, sheets: Sheets, seen: Seen) -> None:
    """Read every table, the assumptions first: they may say what a hidden count is taken for."""
    suppressed = DEFAULTS["suppressed.count"].value
    told: dict[str, list[Problem]] = {}
    for name in ("assumptions", *(one for one in TABLES if one != "assumptions")):
        seen.tables[name], told[name] = _read_table(name, given, sheets, seen, suppressed)
        if name == "assumptions":
            own = seen.tables[name].frame
            values = own.loc[own["assumption"] == "suppressed.count", "value"]
            suppressed = (
                float(values.iloc[-1])
                if len(values) and values.iloc[-1].isascii() and _is_number(values.iloc[-1])
                else suppressed
            )
    for name in TABLES:
        seen.problems += told[name]


def _read_table(
    name: str, given: Given, sheets: Sheets, seen: Seen, suppressed: float
) -> tuple[Checked, list[Problem]]:
    """Return one table, empty where it isn't given, and its problems."""
    sheet = sheets.get(name)
    if name not in given.tables and sheet is None:
        return _absent(name, given)
    try:
        if isinstance(sheet, ScenarioProblems):
            raise sheet
        cells = sheet or _cells(name, given, seen)
    except ScenarioProblems as faults:
        return empty(name, readable=False), list(faults.problems)
    if name in REQUIRED and not cells.rows:
        wrong = "there are headings and no rows under them."
        return empty(name, readable=False), [Problem(cells.file, cells.heading_row, None, wrong, "Add the rows.")]
    return understand_table(name, cells, suppressed)


def _cells(name: str, given: Given, seen: Seen) -> Cells:
    """Return the cells of a table's file, and note its fingerprint."""
    file, known_as = given.tables[name]
    content = file.read_bytes()
    seen.inputs[known_as] = fingerprint(content)
    return read_cells(content, known_as, headings_of(TABLES[name]))


def _absent(name: str, given: Given) -> tuple[Checked, list[Problem]]:
    """Return an empty table; a problem where the table must be there and no path to it was refused already."""
    refused = any(problem.column == f"tables.{name}" for problem in given.problems)
    if name not in REQUIRED:
        return empty(name, readable=not refused), []
    place = given.place("tables")
    wrong, remedy = f"the table {name} is not named.", f'Add under [tables]: {name} = "{name}.csv"'
    problem = Problem(place.file, place.row, f"tables.{name}", wrong, remedy)
    return empty(name, readable=False), [] if refused else [problem]


def _read_zones(given: Given, seen: Seen) -> str:
    """Read the zones, and return the name of their file."""
    if given.zones is None:
        if not any(problem.column in {"geodata.zones", "zones"} for problem in given.problems):
            place = given.place("geodata")
            remedy = 'Add under [geodata]: zones = "zones.gpkg"'
            seen.problems.append(Problem(place.file, place.row, "geodata.zones", "the zones are not named.", remedy))
        return ""
    file, known_as = given.zones
    parts = sorted(file.parent.glob(f"{file.stem}.*")) if file.suffix.lower() == ".shp" else [file]
    above = known_as.removesuffix(file.name)
    seen.inputs |= {above + part.name: fingerprint(part.read_bytes()) for part in parts}
    try:
        zones, problems = read_zones(file, known_as)
    except ScenarioProblems as faults:
        seen.problems += faults.problems
        return known_as
    seen.problems += problems
    seen.zones = None if any(problem.grave for problem in problems) else zones
    return known_as


def _is_number(text: str) -> bool:
    """Say whether a word is a plain number."""
    return text.replace(".", "", 1).isdigit()

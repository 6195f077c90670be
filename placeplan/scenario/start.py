"""A scenario to start from: a copy of a bundled one, or empty tables with notes."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel

import placeplan
from placeplan.domain.errors import CannotWrite, Problem, RunFolderInTheWay, ScenarioProblems
from placeplan.domain.folder_names import check_name
from placeplan.scenario.columns import empty
from placeplan.scenario.paths import SETTINGS_FILE
from placeplan.scenario.say import did_you_mean, listed
from placeplan.scenario.settings import Settings
from placeplan.scenario.spoken import SECTIONS
from placeplan.scenario.tables import REQUIRED, TABLES
from placeplan.scenario.write import ZONE_COLUMNS, write_scenario, write_table

BUNDLED = ("demo", "town")
NOTES = "NOTES.txt"


def start_from(name: str, folder: Path) -> list[Path]:
    """Copy a bundled scenario into a new folder, and return its files.

    Raises ScenarioProblems when no such scenario is bundled, RunFolderInTheWay when the folder holds something already.
    """
    if name not in BUNDLED:
        remedy = did_you_mean(name, BUNDLED) or f"Bundled are {listed(BUNDLED)}."
        raise ScenarioProblems([Problem("--from", None, None, f'there is no bundled scenario "{name}".', remedy)])
    source = _bundled(name)
    _make(folder)
    files = [file for file in sorted(source.iterdir()) if file.is_file() and not file.name.startswith(".")]
    return [Path(shutil.copyfile(file, folder / file.name)) for file in files]


def start_empty(folder: Path) -> list[Path]:
    """Make a folder with an empty CSV for each table, an empty layer of zones, settings and notes; return its files.

    Raises RunFolderInTheWay when the folder holds something already.
    """
    _make(folder)
    write_scenario(folder, settings=_settings(folder.resolve().name), tables={}, zones=None)
    for name, table in TABLES.items():
        write_table(folder / f"{name}.csv", table, empty(name).frame)
    layer = gpd.GeoDataFrame({name: pd.Series([], dtype="str") for name in ZONE_COLUMNS[:-1]}, geometry=[], crs=27700)
    layer.to_file(folder / "zones.gpkg", layer="zones", driver="GPKG", geometry_type="MultiPolygon")
    (folder / SETTINGS_FILE).write_text(
        _with_tables((folder / SETTINGS_FILE).read_text("utf-8")), "utf-8", newline="\n"
    )
    (folder / NOTES).write_text("\n".join(_notes()) + "\n", encoding="utf-8", newline="\n")
    return sorted(folder.iterdir())


def _bundled(name: str) -> Path:
    """Return the folder of a bundled scenario: inside the package, or beside it in a checkout."""
    package = Path(placeplan.__file__).parent
    places = (package / "bundled" / name, package.parent / "scenarios" / name)
    found = next((place for place in places if (place / SETTINGS_FILE).is_file()), None)
    if found is None:
        raise CannotWrite(f'The bundled scenario "{name}" is missing from this installation. Install placeplan again.')
    return found


def _make(folder: Path) -> None:
    """Make the new folder, unless it holds something already."""
    check_name(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunFolderInTheWay(f"{folder} holds something already. Name a new folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"{folder} can't be made: {error.strerror}.") from None


def _settings(name: str) -> Mapping[str, object]:
    """Return the settings of an empty scenario."""
    return {"name": name, "title": f"School places: {name}", "base_year": 2018, "horizon_years": 10}


def _with_tables(text: str) -> str:
    """Return settings that name every table and the zones."""
    named = "\n".join(f'{name} = "{name}.csv"' for name in TABLES)
    head = "# Settings of the scenario. NOTES.txt says what each setting and each column means.\n"
    return head + text.replace("\n[weights]", f'\n[tables]\n{named}\n\n[geodata]\nzones = "zones.gpkg"\n\n[weights]', 1)


def _notes() -> Iterator[str]:
    """Yield what belongs in each setting and each column."""
    yield "What belongs in this folder"
    yield "==========================="
    yield "Tables are CSV files: open them in a spreadsheet program and save them as CSV UTF-8."
    yield "Academic years are written 2018/19, year groups R, 1 … 13, ranges of them R-4. A blank cell says: not known."
    yield ""
    yield from ("scenario.toml", "-------------")
    sections: dict[str, type[BaseModel]] = {"scenario": Settings, **SECTIONS}
    for name, section in sections.items():
        yield f"[{name}]"
        yield from _fields(section)
    for name, table in TABLES.items():
        needed = "" if name in REQUIRED else " (may be left empty)"
        yield from ("", f"{name}.csv{needed}", "-" * (len(name) + 4), " ".join((table.__doc__ or "").split()))
        yield from _fields(table)
    yield from (
        "",
        "zones.gpkg",
        "----------",
        "One polygon a zone, British National Grid (EPSG:27700), in a layer called zones.",
    )
    yield "  zone, name, planning_area, community: text"
    yield "  deprivation_quintile: 1 (most deprived) to 5, or blank;  rural_class: village, town, city, or blank"
    yield "  fsm_share: pupils eligible for free school meals, a share from 0 to 1, for every zone or for none"


def _fields(model: type[BaseModel]) -> Iterator[str]:
    """Yield a line a field that has a meaning: its name, meaning, unit and example."""
    for name, field in model.model_fields.items():
        if field.description:
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            unit = f" [{extra['unit']}]" if extra.get("unit") else ""
            example = f"  e.g. {extra['example']}" if extra.get("example") else ""
            yield f"  {field.alias or name}: {field.description}{unit}{example}"

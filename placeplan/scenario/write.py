"""Writing a scenario: one folder with scenario.toml, a CSV for each table, and the zones as a GeoPackage."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from placeplan.domain import years
from placeplan.scenario.columns import in_key_order
from placeplan.scenario.settings import Settings
from placeplan.scenario.tables import TABLES, Row
from placeplan.scenario.tables.row import AcademicYear, NcRange, NcYear

SECTIONS = ("weights", "anchors", "targets", "must", "forecast", "budget", "solve", "publish", "families")
ZONE_COLUMNS = (
    "zone", "name", "planning_area", "community", "deprivation_quintile", "rural_class", "fsm_share", "geometry",
)  # fmt: skip
A_FIXED_DAY = "2019-01-01T00:00:00.000Z"  # a GeoPackage notes when it was written: the same zones give the same bytes
_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_WRITTEN: dict[object, Callable[[Any], str]] = {  # what reads a cell → what writes it
    get_args(AcademicYear)[1]: years.name_of_year,
    get_args(NcYear)[1]: years.name_of_nc_year,
    get_args(NcRange)[1]: lambda ends: "-".join(years.name_of_nc_year(nc) for nc in dict.fromkeys(ends)),
}


def write_scenario(
    folder: Path,
    *,
    settings: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    zones: gpd.GeoDataFrame | None,
    comment: str = "",
) -> None:
    """Write scenario.toml, one CSV for each table with rows, and zones.gpkg.

    settings: as in `Settings` (sections as mappings), and `extends` where the scenario extends another; what is left out
    is written with its default, except where the scenario extends another, which then speaks.
    tables: typed as in `Scenario`: September years, NC years as whole numbers, ranges of them as (first, last).
    zones: as in `Scenario`, EPSG:27700; None where the scenario extends another that has them.
    comment: stands at the head of scenario.toml, a line each.
    Columns that are no part of a table are written as they are; rows stand in the order of their key. Equal scenarios give equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = {name: f"{name}.csv" for name in TABLES if name in tables and len(tables[name])}
    for name, file in named.items():
        write_table(folder / file, TABLES[name], in_key_order(name, tables[name]))
    if zones is not None:
        _write_zones(folder / "zones.gpkg", zones)
    lines = _toml(settings, named, zones is not None, comment)
    (folder / "scenario.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_table(file: Path, table: type[Row], frame: pd.DataFrame) -> None:
    """Write one table as UTF-8 CSV, in the words of an officer: 2018/19, R, R-4, yes; blank where nothing is known."""
    fields = {name: field for name, field in table.model_fields.items() if name in frame.columns}
    others = [str(name) for name in frame.columns if name not in table.model_fields]
    columns = [_column(frame[name], [*field.metadata]) for name, field in fields.items()]
    columns += [_column(frame[name], []) for name in others]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([field.alias or name for name, field in fields.items()] + others)
        writer.writerows(zip(*columns, strict=True))


def _column(cells: pd.Series, metadata: list[object]) -> list[str]:
    """Return a column as text: by the type of its field where that has words of its own."""
    for read, name_of in _WRITTEN.items():
        if read in metadata:
            return [name_of(cell) for cell in cells]
    return [_cell(cell) for cell in cells]


def _cell(value: object) -> str:
    """Return one cell as text: whole numbers without a point, nothing for what is not known."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return str(int(value)) if value == int(value) else repr(float(value))
    return "" if value is None or value is pd.NA else str(value)


def _write_zones(file: Path, zones: gpd.GeoDataFrame) -> None:
    """Write the zones as a GeoPackage whose bytes depend on the zones alone."""
    kept = [name for name in ZONE_COLUMNS if name in zones.columns]
    layer = zones[kept].sort_values("zone", ignore_index=True)
    if "deprivation_quintile" in kept:
        layer["deprivation_quintile"] = layer["deprivation_quintile"].astype("Int64")
    file.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": A_FIXED_DAY})
    try:
        pyogrio.write_dataframe(
            layer, file, layer="zones", driver="GPKG", promote_to_multi=True, dataset_options={"VERSION": "1.2"}
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _toml(settings: Mapping[str, object], named: Mapping[str, str], zones: bool, comment: str) -> Iterator[str]:
    """Yield the lines of scenario.toml: each setting on a line of its own."""
    extends = settings.get("extends")
    given = {key: value for key, value in settings.items() if key != "extends" and value is not None}
    if not extends:
        given = Settings.model_validate(given).model_dump()
    yield from (f"# {line}".rstrip() for line in comment.splitlines())
    head = {key: given[key] for key in Settings.model_fields if key in given and key not in SECTIONS}
    if isinstance(head.get("base_year"), int):
        head["base_year"] = years.name_of_year(int(str(head["base_year"])))
    if extends:
        head["extends"] = extends
    yield from _section("scenario", head)
    yield from _section("tables", named)
    yield from _section("geodata", {"zones": "zones.gpkg"} if zones else {})
    for name in SECTIONS:
        part = given.get(name)
        yield from _section(name, part if isinstance(part, Mapping) else {})


def _section(name: str, part: Mapping[str, object]) -> Iterator[str]:
    """Yield one section, or nothing where it would be empty."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in part.items() if value is not None]
    if lines:
        yield from ("", f"[{name}]", *lines)


def _value(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, Mapping):
        parts = (f"{_key(key)} = {_value(part)}" for key, part in value.items() if part is not None)
        return "{ " + ", ".join(parts) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _key(key: object) -> str:
    """Return a key as TOML writes it: in quotes only where it must be."""
    return str(key) if _BARE.match(str(key)) else json.dumps(str(key), ensure_ascii=False)

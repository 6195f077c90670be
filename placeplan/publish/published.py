"""Published: what a paper or a workbook is made of, namely the files of a run folder that anybody may read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyogrio

from placeplan.publish.run_id import run_id_of

SHORT = 6  # signs of a run id in a citation
LAYERS = "gis/placeplan.gpkg"
CERTIFICATE = "certificate.json"
UNTOLD = "not told"


@dataclass(frozen=True)
class Published:
    """The published part of one run: nothing of certificate/, no count that was withheld.

    run: run.json.  tables: path of a CSV → table.  options, schools: the map layers of that name without their shapes
    (empty where a run has none): they alone tell names.  certificate: digest of certificate.json, where there is one.
    """

    run: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]
    options: pd.DataFrame
    schools: pd.DataFrame
    certificate: str = ""

    @property
    def run_id(self) -> str:
        """Return the id of the run, whole."""
        return run_id_of(self.run)

    @property
    def short_id(self) -> str:
        """Return the id of the run as citations begin with it."""
        return self.run_id[:SHORT]

    @property
    def synthetic(self) -> bool:
        """Return whether the authority is made up."""
        return bool(self.run.get("synthetic", False))

    def text(self, key: str) -> str:
        """Return a text of run.json; "not told" where it has none."""
        return str(self.run.get(key) or UNTOLD)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts of run.json."""
        found = self.run.get(key)
        return [str(one) for one in found] if isinstance(found, list | tuple) else []

    def number(self, key: str) -> float | None:
        """Return a figure of run.json, or None where it isn't known."""
        found = self.run.get(key)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None

    def table(self, path: str) -> pd.DataFrame | None:
        """Return a table, or None where the run has none of that name or it has no rows."""
        found = self.tables.get(path)
        return None if found is None or found.empty else found


def published_of(folder: Path, run: Mapping[str, object], tables: Mapping[str, pd.DataFrame]) -> Published:
    """Return the published part of a run folder, read or half written. tables: as read from its CSV files."""
    open_to_all = {path: table for path, table in tables.items() if not path.startswith("certificate/")}
    return Published(run, open_to_all, _layer(folder, "options"), _layer(folder, "schools"), _digest(folder))


def _digest(folder: Path) -> str:
    """Return the SHA-256 of what certificate.json says, but for its digest of run.json, which holds seconds; or nothing."""
    if not (folder / CERTIFICATE).is_file():
        return ""
    said = json.loads((folder / CERTIFICATE).read_text(encoding="utf-8"))
    told = {key: value for key, value in said.items() if key != "kept_of_run_json"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8")).hexdigest()


def _layer(folder: Path, name: str) -> pd.DataFrame:
    """Return one map layer without its shapes."""
    if not (folder / LAYERS).is_file():
        return pd.DataFrame()
    frame: pd.DataFrame = pyogrio.read_dataframe(folder / LAYERS, layer=name, read_geometry=False)
    return frame

"""The scenario: checked tables, zones and settings, read once and never asked again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.settings import Settings
from placeplan.scenario.tables.schools import MAINSTREAM_PHASES


@dataclass(frozen=True)
class Scenario:
    """Everything that an officer gave, checked.

    folder: where it was read from.  settings: what scenario.toml says.
    tables: name → data frame with the columns of its class in `scenario.tables`, every column present, typed
    (academic years as September years, NC years as whole numbers with Reception 0, codes as text); an absent
    optional table is an empty frame. As read, rows stand in the order of their key, whatever the order in the file.
    zones: zone, name, planning_area, community, deprivation_quintile (float, NaN where unknown), rural_class (text,
    "" where unknown), fsm_share (float, NaN in every zone where unknown), geometry (polygons in EPSG:27700); one row a zone,
    in the order of the codes.
    warnings: what was noticed and didn't stop the run.  inputs: file name → SHA-256.
    """

    folder: Path
    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    zones: gpd.GeoDataFrame
    warnings: tuple[Problem, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return one table by its name."""
        return self.tables[name]

    @property
    def schools(self) -> pd.DataFrame:
        """Every school, special and independent ones too."""
        return self.tables["schools"]

    @property
    def mainstream(self) -> pd.DataFrame:
        """Schools that are planned: state-funded mainstream schools that teach any of Reception to Year 13."""
        schools = self.schools
        return schools[schools["phase"].isin(MAINSTREAM_PHASES)].reset_index(drop=True)

    @property
    def planned_years(self) -> tuple[int, ...]:
        """September years of the plan: year 0 is the one after the base year."""
        first = self.settings.base_year + 1
        return tuple(range(first, first + self.settings.horizon_years))

    def assume(self, name: str) -> float:
        """Return an assumed figure: the scenario's own row where it gives one, else the default with its source.

        Raises KeyError when nobody has ever named such an assumption.
        """
        return float(self._given[name] if name in self._given else DEFAULTS[name].value)

    @cached_property
    def _given(self) -> dict[str, str]:
        """What the scenario itself assumes, by name; of two rows of one name the later counts."""
        own = self.tables["assumptions"]
        return dict(zip(own["assumption"], own["value"], strict=True))

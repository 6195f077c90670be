"""Results: everything that one run found, ready to be published."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from placeplan.domain.years import name_of_year
from placeplan.forecast.value import Forecast
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class Results:
    """What the stages of a run hand to publishing.

    scenario, forecast: what went in, and the children who need places.
    tables: path in the run folder ("plan/options.csv") → its table; the columns stand in INTERFACE of the docs.
    Academic years are text "2019/20", NC years "R", "1" …; origins are zones or communities (origin_kind "zone" or
    "area"); the urn of a new school is the code of its site.
    internal: path → content of what is kept for proof ("certificate.json", "certificate/prices.csv") or was made
    elsewhere ("paper.docx"); written as it is.
    run: what run.json says beside the list of files. Read by the page where given: run_id, status, objective, bound,
    gap, controllable_gap, gap_note, do_minimum_scores (principle → score), versions, seed, command.
    """

    scenario: Scenario
    forecast: Forecast
    tables: Mapping[str, pd.DataFrame]
    internal: Mapping[str, bytes] = field(default_factory=dict)
    run: Mapping[str, object] = field(default_factory=dict)

    def table(self, path: str) -> pd.DataFrame:
        """Return one table by its path in the run folder; an absent one is a fault of the caller (KeyError)."""
        return self.tables[path]

    @property
    def year_names(self) -> list[str]:
        """Planned academic years as they are written, first to last."""
        return [name_of_year(year) for year in self.scenario.planned_years]

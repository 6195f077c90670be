"""Other places: nursery, routes at sixteen, children with an EHCP, the border and the rest of the survey, as tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.forecast.cross_border import cross_border
from placeplan.forecast.early_years import funded_places
from placeplan.forecast.routes import routes
from placeplan.forecast.scap import TOTALS_OF_SPECIALIST, scap_planned_table, scap_specialist_table
from placeplan.forecast.settings_of_need import TOTALS_OF_TABLE, ehcp
from placeplan.forecast.value import Forecast
from placeplan.scenario.scenario import Scenario

# Tables of small counts of vulnerable children: before they are written, suppress.withhold goes over the column, with the
# sums that are told beside them.
SMALL_COUNTS: Mapping[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "forecast/ehcp.csv": ("children", TOTALS_OF_TABLE),
    "forecast/scap_specialist.csv": ("pupil_forecast", TOTALS_OF_SPECIALIST),
}


@dataclass(frozen=True)
class OtherPlaces:
    """Tables by their path in a run folder, and what to say of them. SMALL_COUNTS names those to go over first."""

    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]


def other_places(scenario: Scenario, forecast: Forecast, later_reception: Number | None = None) -> OtherPlaces:
    """Return what a forecast tells beside mainstream places.

    later_reception: zone × year, Reception from the year after the first planned year on, to two, three or four years
    after the last (early_years.funded_places); without it nursery places are left out.
    """
    of_need, at_sixteen, border = (
        ehcp(scenario, forecast),
        routes(scenario, forecast),
        cross_border(scenario, forecast),
    )
    tables = {
        "forecast/ehcp.csv": of_need.table(),
        "forecast/ehcp_causes.csv": of_need.causes(),
        "forecast/routes.csv": at_sixteen.frame(),
        "forecast/cross_border.csv": border.frame(),
        "forecast/scap_planned.csv": scap_planned_table(scenario, forecast),
        "forecast/scap_specialist.csv": scap_specialist_table(forecast, of_need),
    }
    notes = [*of_need.notes, *at_sixteen.notes, *border.notes]
    if later_reception is not None:
        funded = funded_places(scenario, later_reception)
        tables["forecast/early_years.csv"] = funded.frame(forecast.planning_areas)
        notes += funded.notes
    told = tuple(note for note in notes if note not in forecast.notes)
    return OtherPlaces(tables, told)

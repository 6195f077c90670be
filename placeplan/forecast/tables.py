"""Tables: the forecast and all that it tells, each table by its path in a run folder."""

from dataclasses import replace

import pandas as pd

from placeplan.domain.progress import Progress, silent
from placeplan.forecast.drivers import drivers, told_of_drivers
from placeplan.forecast.forecast import forecast
from placeplan.forecast.other_places import other_places
from placeplan.forecast.scap import scap_table
from placeplan.forecast.school_rolls import school_rolls
from placeplan.forecast.summary import summary
from placeplan.forecast.value import Forecast
from placeplan.scenario.scenario import Scenario


def forecast_and_tables(scenario: Scenario, *, progress: Progress = silent) -> tuple[Forecast, dict[str, pd.DataFrame]]:
    """Return the forecast, its notes beginning with what drives the change, and its tables.

    Raises ScenarioProblems where there is nothing to forecast from.
    """
    told = forecast(scenario, progress=progress)
    beside = other_places(scenario, told, told.later_reception)
    tables = {
        "forecast/forecast.csv": told.frame(),
        "forecast/summary.csv": summary(told),
        "forecast/drivers.csv": drivers(told),
        "forecast/school_rolls.csv": school_rolls(scenario, told).frame(),
        "forecast/scap.csv": scap_table(scenario, told),
    }
    notes = (*told_of_drivers(tables["forecast/drivers.csv"]), *told.notes, *beside.notes)
    return replace(told, notes=notes), tables | dict(beside.tables)

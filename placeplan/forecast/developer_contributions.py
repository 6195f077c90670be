"""Developer contributions: the part of the forecast that comes from homes whose developers pay for school places."""

from dataclasses import replace

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.forecast.housing import housing
from placeplan.forecast.value import Forecast
from placeplan.scenario.scenario import Scenario

SECURED = (
    "completed",
    "under_construction",
    "full_permission",
    "outline_permission",
)  # a planning obligation is signed
NO_TREND = ("housing.past_in_trend", "housing.windfall")


def from_secured_sites(scenario: Scenario, forecast: Forecast) -> Number:
    """Return zone × planned year × NC year, pupils of the forecast from homes on sites with permission; within the housing part.

    A site is taken as secured by its status in the table housing: with permission comes the signed obligation. Whether
    money was agreed for schools, and how much, the table doesn't say. Windfall and allocated sites are not secured.
    What past building has put into the survival ratios is taken off secured and other homes in the same proportion.
    Source: School Capacity survey guide, housing developer contributions: given apart and included in the forecast.
    """
    rows = scenario.table("housing")
    if rows.empty:
        return np.zeros_like(forecast.central)
    plain = _without_trend(scenario, ("housing.past_in_trend",))
    secured = _without_trend(scenario, NO_TREND)
    secured = replace(secured, tables=dict(secured.tables) | {"housing": rows[rows["status"].isin(SECURED)]})
    of_all, of_secured = housing(plain)[0], housing(secured)[0]
    share = np.divide(of_secured, of_all, out=np.zeros_like(of_all), where=of_all > 0)
    return np.clip(share, 0, 1) * np.maximum(forecast.parts["housing"], 0)


def _without_trend(scenario: Scenario, names: tuple[str, ...]) -> Scenario:
    """Return the scenario with some assumptions at 0 and no homes taken off as known to the survival ratios."""
    own = scenario.table("assumptions")
    kept = own[~own["assumption"].isin(names)]
    zero = pd.DataFrame({column: [""] * len(names) for column in own.columns} | {"assumption": names, "value": "0"})
    figures = pd.concat([kept, zero], ignore_index=True) if len(kept) else zero
    settings = scenario.settings
    plain = settings.model_copy(update={"forecast": settings.forecast.model_copy(update={"housing_in_trend": 0.0})})
    return replace(scenario, settings=plain, tables=dict(scenario.tables) | {"assumptions": figures})

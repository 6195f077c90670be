"""Summary: the authority's forecast by stage of education, as a councillor asks for it."""

import numpy as np
import pandas as pd

from placeplan.domain.years import name_of_year
from placeplan.forecast.value import Forecast

STAGES = {"R–6": slice(0, 7), "7–11": slice(7, 12), "12–13": slice(12, 14)}


def summary(forecast: Forecast) -> pd.DataFrame:
    """Return academic_year, year_groups, base (pupils in the base year), median, low_80, high_80.

    One row a planned year and stage. The bounds are those of the stage's own total in each simulated future, which is
    narrower than the sum of the year groups' bounds; NaN where no futures were drawn.
    """
    rows = []
    for name, groups in STAGES.items():
        totals = forecast.futures.totals[..., groups].sum(axis=-1)
        unknown = np.full((2, len(forecast.years)), np.nan)
        low, high = np.quantile(totals, [0.1, 0.9], axis=0, method="nearest") if len(totals) else unknown
        rows.append(
            pd.DataFrame(
                {
                    "academic_year": [name_of_year(year) for year in forecast.years],
                    "year_groups": name,
                    "base": forecast.base[:, groups].sum(),
                    "median": forecast.central[..., groups].sum(axis=(0, 2)),
                    "low_80": low,
                    "high_80": high,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)

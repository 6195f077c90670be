"""Homes: a plain trajectory where no authority's own is given, and a published rule for the pupils they bring."""

import numpy as np
import pandas as pd

from placeplan.importers.columns import with_every_column
from placeplan.importers.england_said import Assumed
from placeplan.importers.england_zones import Zones

PEOPLE_A_HOME = 2.4
A_YEAR = 0.006  # share of homes built a year
CHANCE = 0.8
# pupils a home of one county's published rule: 20 primary, 15 secondary, 6 post-16 in 100
PUPILS_A_HOME = np.repeat([0.20 / 7, 0.15 / 5, 0.06 / 2], [7, 5, 2])


def homes(zones: Zones, planned_years: range) -> tuple[pd.DataFrame, pd.DataFrame, float, tuple[Assumed, ...]]:
    """Return housing, yields, and the dwellings a year that the survival ratios hold already.

    New homes are 0.6 % of today's a year, in every zone in proportion to its residents. The trend holds as many, so that
    these homes bring no pupils beyond it: they are there to be replaced by the authority's own trajectory.
    """
    each = zones.people / PEOPLE_A_HOME * A_YEAR
    codes = zones.layer["zone"].to_numpy()
    rows = pd.DataFrame(
        {
            "development": np.repeat(np.array([f"Trend {code}" for code in codes], dtype=object), len(planned_years)),
            "zone": np.repeat(codes, len(planned_years)),
            "academic_year": np.tile(np.array(planned_years), len(codes)),
            "dwellings": np.repeat(each.round(2), len(planned_years)),
            "status": "allocated",
            "probability": CHANCE,
        }
    )
    held = round(float(rows["dwellings"].sum()) / len(planned_years) * CHANCE, 2)
    yields = pd.DataFrame(
        {
            "dwelling_type": "house",
            "nc_year": np.arange(len(PUPILS_A_HOME)),
            "years_since_completion": 0,
            "pupils_per_dwelling": PUPILS_A_HOME.round(6),
        }
    )
    return with_every_column("housing", rows), with_every_column("yields", yields), held, _told(held)


def _told(held: float) -> tuple[Assumed, ...]:
    """Say what the homes rest on."""
    return (
        Assumed("housing.people_a_home", PEOPLE_A_HOME, "residents a home", "to estimate the homes there are", "2011 and 2021 censuses of England, rounded"),
        Assumed("housing.a_year", A_YEAR, "share of homes a year", "no trajectory is in a national extract: a plain rate everywhere; replace it with the authority's own", "placeplan", "planning policy officer"),
        Assumed("housing.probability", CHANCE, "share", "not every allocated home is built as told", "placeplan", "planning policy officer"),
        Assumed("housing.in_trend", held, "dwellings a year", "as many are held by the survival ratios, so that nothing is counted twice"),
        Assumed("yields", 0.41, "pupils a home", "20 primary, 15 secondary and 6 post-16 pupils in 100 homes, the same every year", "one county's published rule"),
    )  # fmt: skip

"""Homes of the demo: twenty developments, one of them a settlement of 5,000, and the pupils that a home brings."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Number, Whole

SETTLEMENT, SETTLEMENT_HOMES, SETTLEMENT_A_YEAR = "Aldersey Fields", 5_000, 250
FIRST_YEAR = 2019
YEARS_OF_YIELD = 17  # years since completion 0 … 16; the last holds on
PEAK = {
    range(7): 20 / 7,
    range(7, 12): 15 / 5,
    range(12, 14): 6 / 2,
}  # pupils of a year group per 100 homes, a county rule
MIX = {  # share of homes; how many pupils against an average home, before the whole is brought to the county rule
    ("house", "market"): (0.62, 1.0),
    ("house", "affordable"): (0.2, 1.5),
    ("flat", "market"): (0.1, 0.25),
    ("flat", "affordable"): (0.08, 0.7),
}
SITES = (  # development, community, homes, first year, homes a year, status, probability
    (SETTLEMENT, "Aldersey Fields", SETTLEMENT_HOMES, 2020, SETTLEMENT_A_YEAR, "outline_permission", 0.9),
    ("Kingsmarch Rise", "Kingsmarch Rise", 1_800, 2019, 180, "full_permission", 0.95),
    ("Otterbank", "Otterbank", 1_200, 2020, 120, "outline_permission", 0.85),
    ("Canal Yard", "Kingsmarch", 420, 2019, 105, "under_construction", 1.0),
    ("Foundry Quarter", "Kingsmarch", 350, 2021, 90, "full_permission", 0.9),
    ("Old Tannery", "Kingsmarch", 160, 2020, 55, "full_permission", 0.9),
    ("Wexbourne Meadows", "Wexbourne", 600, 2019, 100, "full_permission", 0.95),
    ("Station Goods Yard", "Wexbourne", 220, 2022, 75, "allocated", 0.6),
    ("Harrowmere South", "Harrowmere", 900, 2020, 120, "outline_permission", 0.85),
    ("Mill Quay", "Harrowmere", 180, 2019, 60, "under_construction", 1.0),
    ("Ottersley Park", "Ottersley", 500, 2020, 100, "full_permission", 0.9),
    ("Brickfields", "Ottersley", 260, 2022, 70, "allocated", 0.6),
    ("Brackenford West", "Brackenford", 650, 2020, 90, "outline_permission", 0.8),
    ("Abbey Walk", "Brackenford", 120, 2019, 60, "full_permission", 0.95),
    ("Saltersbridge North", "Saltersbridge", 400, 2021, 80, "allocated", 0.7),
    ("Greatmoor Green", "Greatmoor", 240, 2021, 60, "full_permission", 0.85),
    ("Caxenby Orchard", "Caxenby", 70, 2020, 35, "full_permission", 0.9),
    ("Larkswell Glebe", "Larkswell", 60, 2021, 30, "full_permission", 0.85),
    ("Ivelsham Croft", "Ivelsham", 45, 2022, 25, "allocated", 0.6),
    ("Sorrelby Paddock", "Sorrelby", 40, 2023, 20, "speculative", 0.3),
)


def homes(rng: Generator, zones: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables housing and yields."""
    sites = pd.DataFrame(
        SITES, columns=["development", "community", "homes", "first", "a_year", "status", "probability"]
    )
    of = zones.groupby("community")["zone"].agg(list)
    pick = rng.uniform(0, 1, len(sites))
    sites["zone"] = [of[place][int(p * len(of[place]))] for place, p in zip(sites["community"], pick, strict=True)]
    return {"housing": _completions(sites), "yields": _yields()}


def _completions(sites: pd.DataFrame) -> pd.DataFrame:
    """Return the homes of each site by year, type and tenure; the last year takes what is left."""
    years = np.ceil(sites["homes"] / sites["a_year"]).astype(int)
    rows = sites.loc[sites.index.repeat(years)].reset_index(drop=True)
    number = rows.groupby("development", sort=False).cumcount()
    rows["academic_year"] = rows["first"] + number
    built = np.minimum(rows["a_year"], rows["homes"] - number * rows["a_year"])
    parts = [
        rows.assign(dwelling_type=kind, tenure=tenure, dwellings=(built * share).round(2))
        for (kind, tenure), (share, _) in MIX.items()
    ]
    columns = ["development", "zone", "academic_year", "dwellings", "dwelling_type", "tenure", "status", "probability"]
    return pd.concat(parts)[columns].sort_values(["development", "academic_year"], kind="stable", ignore_index=True)


def _yields() -> pd.DataFrame:
    """Return pupils a home by type, tenure, NC year and years since completion: rising, then fading."""
    groups, years = np.arange(14), np.arange(YEARS_OF_YIELD)
    peak = np.array([per_hundred / 100 for span, per_hundred in PEAK.items() for _ in span])
    average = sum(share * factor for share, factor in MIX.values())
    factor = np.array([factor / average for _, factor in MIX.values()])
    pupils = factor[:, None, None] * peak[None, :, None] * _over_time(groups, years)[None]
    kind, nc_year, since = (axis.ravel() for axis in np.indices(pupils.shape))
    return pd.DataFrame(
        {
            "dwelling_type": np.array([name for name, _ in MIX])[kind],
            "tenure": np.array([name for _, name in MIX])[kind],
            "nc_year": nc_year,
            "years_since_completion": since,
            "pupils_per_dwelling": pupils.ravel().round(5),
        }
    )


def _over_time(groups: Whole, years: Whole) -> Number:
    """Return NC year × year: share of the peak. Young families come first; a group peaks later the older it is, then fades."""
    at_peak = 3 + 0.5 * groups[:, None]
    rising = 0.35 + 0.65 * np.minimum(years[None] / at_peak, 1)
    fading = 1 - 0.03 * np.maximum(years[None] - at_peak, 0)
    share: Number = rising * np.maximum(fading, 0.7)
    return share

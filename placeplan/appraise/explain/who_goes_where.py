"""Who goes where: children on roll in a year, by origin and school, counted along the published journeys."""

import numpy as np
import pandas as pd

from placeplan.appraise.explain.told import Tables
from placeplan.domain.arrays import Number, Whole
from placeplan.domain.years import academic_year, nc_year
from placeplan.options.option import GROUPS

HARDLY_ANY = 0.05  # children: fewer are dust of the solver


def on_roll(tables: Tables, year: int) -> pd.DataFrame:
    """Return origin, origin_kind, urn, nc, joined, children: who is on roll in a September year, one row a journey.

    nc: NC year then.  joined: September year in which they came, the base year for all who were there before the plan.
    """
    journeys = tables["plan/journeys.csv"]
    cohort = journeys["cohort"].map(academic_year).to_numpy(dtype=int)
    first = journeys["from_nc_year"].map(nc_year).to_numpy(dtype=int)
    last = journeys["to_nc_year"].map(nc_year).to_numpy(dtype=int)
    nc, joined = year - cohort, cohort + first
    there = (nc >= first) & (nc <= last)
    share = _stayed(tables, cohort, first, nc)
    frame = journeys[["origin", "origin_kind", "urn"]].assign(
        nc=nc, joined=joined, children=journeys["children"].to_numpy(dtype=float) * share
    )
    return frame[there & (frame["children"] > 0)]


def _stayed(tables: Tables, cohort: Whole, first: Whole, nc: Whole) -> Number:
    """Return the share of those who joined in `first` who are still there in `nc`."""
    table = tables["plan/retention.csv"]
    cohorts = table["cohort"].map(academic_year).to_numpy(dtype=int)
    base = min(cohorts.min(), cohort.min())
    ratio = np.ones((max(cohorts.max(), cohort.max()) - base + 1, GROUPS))
    ratio[cohorts - base, table["nc_year"].map(nc_year).to_numpy(dtype=int)] = table["retention"]
    share = np.ones(len(cohort))
    for n in range(1, GROUPS):
        share *= np.where((n > first) & (n <= nc), ratio[cohort - base, n], 1.0)
    return share


def by(frame: pd.DataFrame, key: str) -> pd.Series:
    """Return children by a column, most first, dust left out."""
    total = frame.groupby(key)["children"].sum().sort_values(ascending=False, kind="stable")
    return total[total >= HARDLY_ANY]

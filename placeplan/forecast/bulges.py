"""Bulges: an extra class for one cohort moves up and leaves; it is no sign that later cohorts will be as large."""

from dataclasses import replace

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM, name_of_nc_year, name_of_year
from placeplan.forecast.history import History
from placeplan.scenario.scenario import Scenario


def without_bulges(scenario: Scenario, past: History) -> History:
    """Return the history from which ratios are to be learned: without the classes that pupils.bulge marks.

    past: rolls of the authority.  The base stays as it is: the pupils of a bulge are on roll, move up and leave.
    Its notes say what was taken out, or that nothing was marked.
    """
    joined = joined_as_bulge(scenario, past.years)
    if not joined.any():
        told = "No bulge class is marked (pupils.csv, column bulge): every year group counts for Reception and survival ratios."
        return replace(past, notes=(*past.notes, told))
    return replace(past, rolls=lasting(past.rolls, joined), notes=(*past.notes, _told(past.years, joined)))


def joined_as_bulge(scenario: Scenario, years: tuple[int, ...]) -> Number:
    """Return academic year × NC year, pupils who joined in a bulge class in that year.

    years: September years without a gap.  Marks of a cohort are followed over the whole authority, so a class that goes
    on from an infant to a junior school joins once. What is marked above Reception in the first year joined before it.
    """
    pupils = scenario.table("pupils")
    if "bulge" not in pupils.columns:
        return np.zeros((len(years), len(MAINSTREAM)))
    rows = pupils[pupils["nc_year"].isin(MAINSTREAM) & pupils["academic_year"].isin(years) & (pupils["bulge"] > 0)]
    marked = np.zeros((len(years), len(MAINSTREAM)))
    at = pd.Index(years).get_indexer(pd.Index(rows["academic_year"].astype(int)))
    np.add.at(marked, (at, rows["nc_year"].to_numpy(dtype=int)), rows["bulge"].to_numpy(dtype=float))
    joined = marked.copy()
    joined[1:, 1:] = np.maximum(marked[1:, 1:] - marked[:-1, :-1], 0)
    joined[:1, 1:] = 0
    return joined


def lasting(rolls: Number, joined: Number) -> Number:
    """Return the rolls as they would be had no bulge class been opened.

    rolls, joined: academic year × NC year; joined are pupils among the rolls of the year in which they came.
    From that year on the cohort is smaller by the share of the bulge, so that only the joining goes: every later ratio of
    the cohort, from year to year, is what it was.

    >>> rolls = np.array([[60.0, 58.0], [80.0, 60.0], [60.0, 80.0]])
    >>> lasting(rolls, np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 0.0]])).tolist()
    [[60.0, 58.0], [60.0, 60.0], [60.0, 60.0]]
    """
    share = np.divide(np.minimum(joined, rolls), rolls, out=np.zeros_like(rolls), where=rolls > 0)
    kept = 1 - share
    for year in range(1, len(rolls)):
        kept[year, 1:] *= kept[year - 1, :-1]
    without: Number = rolls * kept
    return without


def _told(years: tuple[int, ...], joined: Number) -> str:
    """Say which bulge classes were taken out of the ratios."""
    classes = ", ".join(
        f"{joined[year, nc]:,.0f} in year group {name_of_nc_year(int(nc))} in {name_of_year(years[year])}"
        for year, nc in zip(*np.nonzero(joined), strict=True)
    )
    return (
        f"Pupils of bulge classes ({classes}) are left out of Reception and survival ratios from the year they joined: they"
        " move up and leave, and no later cohort is taken to be larger for them."
    )

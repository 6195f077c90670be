"""Amalgamation: two schools become one; one closes and its pupils move together into the other, with guaranteed places."""

import pandas as pd

from placeplan.options.option import Effects, YearGroups

KINDS = ("amalgamation",)


def effects(row: pd.Series) -> Effects:
    """Return the school that goes on, with nc_years as its range, and those that close into it.

    places_per_year: what it gains in each year group of the school that closes; cohorts who were there before keep as
    many places as they had, so a smaller figure works its way up from the bottom. A good provider is no condition: the
    places are not new ones.
    """
    return Effects(
        year_groups=YearGroups(((0, row["nc_years"]),), row["places_per_year"]),
        net_capacity=row["net_capacity_change"],
        closes=tuple(row["members"]),
        sound_rooms=bool(row["sound_rooms"]),
    )

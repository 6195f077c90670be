"""Temporary expansion: more places for the cohorts of a few entry years, in rooms that go when they have left."""

import pandas as pd

from placeplan.options.option import SOME_COHORTS, Effects, PlacesChange

KINDS = ("temporary_expansion",)
USUAL_COHORTS = 3  # entry years


def effects(row: pd.Series) -> Effects:
    """Return the places of the cohorts that enter in the opening year and those after it; each keeps its own to the top.

    So nobody who was admitted is ever without the place: the rooms stand until the last of the cohorts has left.
    """
    first, last = row["nc_years"]
    cohorts = USUAL_COHORTS if pd.isna(row["cohorts"]) else int(row["cohorts"])
    extra = PlacesChange(first, last, row["places_per_year"], SOME_COHORTS, cohorts)
    return Effects(places=(extra,), gated=True, partner=row["partner_urn"])

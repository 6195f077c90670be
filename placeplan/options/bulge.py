"""Bulge class: more places for one cohort, which takes them with it up the school."""

import pandas as pd

from placeplan.options.option import SOME_COHORTS, Effects, PlacesChange

KINDS = ("bulge",)


def effects(row: pd.Series) -> Effects:
    """Return the places of the cohort that enters in the opening year; they leave with it."""
    first, last = row["nc_years"]
    extra = PlacesChange(first, last, row["places_per_year"], SOME_COHORTS)
    return Effects(places=(extra,), gated=True, partner=row["partner_urn"])

"""Bulge class: more places for one cohort, which takes them with it up the school."""

import pandas as pd

from placeplan.options.option import ONE_COHORT, Effects, PlacesChange

KINDS = ("bulge",)


def effects(row: pd.Series) -> Effects:
    """Return the places of the cohort that enters in the opening year; they leave with it."""
    first, last = row["nc_years"]
    extra = PlacesChange(first, last, row["places_per_year"], ONE_COHORT)
    return Effects(places=(extra,), net_capacity=row["places_per_year"], gated=True, partner=row["partner_urn"])

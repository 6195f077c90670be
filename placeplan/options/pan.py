"""PAN reduction: fewer places, from the entry year up, a year at a time."""

import pandas as pd

from placeplan.options.option import FROM_ENTRY, Effects, PlacesChange

KINDS = ("pan_reduction",)


def effects(row: pd.Series) -> Effects:
    """Return the places taken from each cohort that enters from the opening on."""
    first, last = row["nc_years"]
    fewer = PlacesChange(first, last, -abs(row["places_per_year"]), FROM_ENTRY)
    return Effects(places=(fewer,))

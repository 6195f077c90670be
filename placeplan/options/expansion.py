"""Expansion: more places in every year group of a school, for good."""

import pandas as pd

from placeplan.options.option import Effects, PlacesChange

KINDS = ("expansion",)


def effects(row: pd.Series) -> Effects:
    """Return the places added in each of the year groups named, from the opening on."""
    first, last = row["nc_years"]
    added = PlacesChange(first, last, row["places_per_year"])
    return Effects(
        places=(added,),
        net_capacity=row["places_per_year"] * (last - first + 1) + row["net_capacity_change"],
        gated=True,
        partner=row["partner_urn"],
        sound_rooms=bool(row["sound_rooms"]),
    )

"""Special-school places: more of them, at the school or at a position of its own."""

import pandas as pd

from placeplan.options.option import Effects, SpecialistPlaces

KINDS = ("special_places",)


def effects(row: pd.Series) -> Effects:
    """Return the places; distance is measured from the site, not from the school it belongs to."""
    return Effects(specialist=(SpecialistPlaces(row["need"], row["places_per_year"], False, *row["nc_years"]),))

"""Special-school places: more of them, on the school's site or on a satellite of its own position."""

import pandas as pd

from placeplan.options.option import Effects, SpecialistPlaces

KINDS = ("special_places",)


def effects(row: pd.Series) -> Effects:
    """Return the places; distance is measured from the site, not from the school it belongs to."""
    return Effects(specialist=(SpecialistPlaces(row["need"], row["places_per_year"], resourced=False),))

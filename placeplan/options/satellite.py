"""Satellite: places of a special school at a second site, often in a mainstream school."""

import pandas as pd

from placeplan.options.option import Effects, SpecialistPlaces

KINDS = ("satellite",)


def effects(row: pd.Series) -> Effects:
    """Return the special school's places at the satellite's own position: distance is measured from there."""
    return Effects(specialist=(SpecialistPlaces(row["need"], row["places_per_year"], False, *row["nc_years"]),))

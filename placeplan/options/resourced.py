"""Resourced provision: specialist places in a mainstream school, in rooms that mainstream gives up."""

import pandas as pd

from placeplan.options.option import Effects, SpecialistPlaces

KINDS = ("resourced_provision",)


def effects(row: pd.Series) -> Effects:
    """Return the specialist places, and the mainstream net capacity that their rooms cost."""
    return Effects(
        specialist=(SpecialistPlaces(row["need"], row["places_per_year"], True, *row["nc_years"]),),
        net_capacity=row["net_capacity_change"],
    )

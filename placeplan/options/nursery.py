"""Nursery: places before Reception, on the site of a school."""

import pandas as pd

from placeplan.options.option import Effects

KINDS = ("nursery",)


def effects(row: pd.Series) -> Effects:
    """Return full-time nursery places; no place of Reception to Year 13 changes, nor who may go where.

    It counts as a facility of the community only where community_use says so.
    """
    return Effects(
        nursery_places=row["places_per_year"],
        facilities=tuple(f for f in row["community_use"].split(";") if f and f != "none"),
    )

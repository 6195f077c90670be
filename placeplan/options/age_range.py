"""Change of age range: a lower becomes a primary, an upper a secondary, a school all-through."""

import pandas as pd

from placeplan.options.option import Effects, YearGroups

KINDS = ("age_range", "all_through")


def effects(row: pd.Series) -> Effects:
    """Return the year groups taught from the opening on; places_per_year counts in each new one.

    Where the scenario has a phase plan for it, that holds instead of the change in one day.
    """
    return Effects(
        year_groups=YearGroups(((0, row["nc_years"]),), row["places_per_year"]),
        net_capacity=row["net_capacity_change"],
        gated=row["places_per_year"] > 0,
        partner=row["partner_urn"],
        sound_rooms=bool(row["sound_rooms"]),
    )

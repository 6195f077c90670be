"""New school: opens with its youngest year group and fills a year at a time."""

import pandas as pd

from placeplan.options.option import Effects, YearGroups

KINDS = ("new_school",)


def effects(row: pd.Series) -> Effects:
    """Return a school that teaches its first year group in the opening year and one more each year after.

    Where the scenario has a phase plan for it, that holds instead.
    """
    first, last = row["nc_years"]
    fills = tuple((step, (first, first + step)) for step in range(last - first + 1))
    return Effects(
        year_groups=YearGroups(fills, row["places_per_year"]),
        net_capacity=row["net_capacity_change"],
        gated=True,
        partner=row["partner_urn"],
        facilities=tuple(f for f in row["community_use"].split(";") if f and f != "none"),
        opens_sixth_form=last >= 12,
    )

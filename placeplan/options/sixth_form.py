"""Sixth form: a school opens Years 12 and 13."""

import pandas as pd

from placeplan.options.option import Effects, YearGroups

KINDS = ("sixth_form",)


def effects(row: pd.Series) -> Effects:
    """Return Year 12 from the opening on and Year 13 a year later; nc_years is the school's whole new range."""
    first, last = row["nc_years"]
    first = min(first, int(row["lowest_today"]))
    return Effects(
        year_groups=YearGroups(((0, (first, last - 1)), (1, (first, last))), row["places_per_year"]),
        net_capacity=row["net_capacity_change"],
        gated=True,
        partner=row["partner_urn"],
        opens_sixth_form=True,
    )

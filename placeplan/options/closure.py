"""Closure: in one day, or by running out as a phase plan says."""

import pandas as pd

from placeplan.options.option import Effects, YearGroups

KINDS = ("closure",)


def effects(_row: pd.Series) -> Effects:
    """Return a school that teaches nobody from the opening on; a phase plan makes it a run-out."""
    return Effects(year_groups=YearGroups(((0, None),), 0.0), is_closure=True)

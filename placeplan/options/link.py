"""Link: a school joins with a popular and successful partner, which lifts the bar on expanding it."""

import pandas as pd

from placeplan.options.option import Effects

KINDS = ("link",)


def effects(row: pd.Series) -> Effects:
    """Return the partner; no places by itself."""
    return Effects(partner=row["partner_urn"], joins_partner=True)

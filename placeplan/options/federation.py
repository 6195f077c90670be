"""Federation: one governing body or executive head for two schools; softer than a link, for each keeps its own grade."""

import pandas as pd

from placeplan.options.option import Effects

KINDS = ("federation",)


def effects(row: pd.Series) -> Effects:
    """Return the partner, who lifts the bar on expanding a year later, and a smaller viable size; no places by itself."""
    return Effects(partner=row["partner_urn"], joins_partner=True, shares_head=True)

"""Community facility: a hall, pitch, library or nursery that the community may use."""

import pandas as pd

from placeplan.options.option import Effects

KINDS = ("community_facility",)


def effects(row: pd.Series) -> Effects:
    """Return the facilities opened to the community, and whether poor rooms are replaced with them."""
    return Effects(
        facilities=tuple(f for f in row["community_use"].split(";") if f and f != "none"),
        sound_rooms=bool(row["sound_rooms"]),
    )

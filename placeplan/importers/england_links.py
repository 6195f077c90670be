"""Pyramids: which schools lead to which, by distance, where no partnership is declared."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from placeplan.domain.arrays import Number, Whole
from placeplan.importers.columns import with_every_column

STRENGTH = 0.7
LAST = 11


def pyramids(table: pd.DataFrame) -> np.ndarray:
    """Return the pyramid of each planned school, blank where it leads nowhere.

    table: urn, name, lowest_nc_year, highest_nc_year, easting, northing of the mainstream schools; one row a school.
    A school leads to the nearest that begins where it ends, else to the nearest that teaches on from there; a pyramid is
    named after the school at which compulsory education ends. Each school is in one pyramid.
    """
    low, high = table["lowest_nc_year"].to_numpy(), table["highest_nc_year"].to_numpy()
    spots = table[["easting", "northing"]].to_numpy(dtype=float)
    leads_to = _next(low, high, spots)
    for _ in range(LAST):
        leads_to = leads_to[leads_to]
    ends = high[leads_to] >= LAST
    return np.where(ends, table["name"].to_numpy(dtype=object)[leads_to] + " pyramid", "")


def _next(low: Whole, high: Whole, spots: Number) -> Whole:
    """Return the school to which each leads; itself where it teaches Year 11 or nobody goes on from it."""
    to = np.arange(len(low))
    for end in np.unique(high[high < LAST]):
        mine = np.flatnonzero(high == end)
        begins = np.flatnonzero((low == end + 1) & (high > end))
        teaches = np.flatnonzero((low <= end + 1) & (high > end) & (low > 0))
        onward = begins if len(begins) else teaches
        if len(onward):
            to[mine] = onward[cKDTree(spots[onward]).query(spots[mine])[1]]
    return to


def links(table: pd.DataFrame, pyramid: np.ndarray) -> pd.DataFrame:
    """Return the links table: a row a member of each pyramid that has two schools or more."""
    rows = pd.DataFrame(
        {"partnership": pyramid, "kind": "pyramid", "urn": table["urn"].to_numpy(), "strength": STRENGTH}
    )
    size = rows.groupby("partnership")["urn"].transform("size")
    rows = rows[(rows["partnership"] != "") & (size > 1)].sort_values(["partnership", "urn"], ignore_index=True)
    return with_every_column("links", rows)

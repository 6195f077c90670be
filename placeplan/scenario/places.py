"""Places by year group: the admission number in every year group taught, unless the school says otherwise."""

import re

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM, nc_range

_PLACES = re.compile(r"^\d+(?:\.0+)?$", re.ASCII)


def places_by_nc_year(schools: pd.DataFrame) -> Number:
    """Return places by school and year group, Reception to Year 13.

    schools: rows of the schools table; lowest_nc_year, highest_nc_year, pan and places_by_nc_year are read.
    A school has its PAN in every year group that it teaches; what places_by_nc_year says goes before.
    Returns school × 14, places; 0 where a year group isn't taught.
    Raises ValueError, in an officer's words, when places_by_nc_year can't be read or names a year group not taught.

    >>> oak = {"lowest_nc_year": 9, "highest_nc_year": 13, "pan": 180, "places_by_nc_year": "12-13:90"}
    >>> places_by_nc_year(pd.DataFrame([oak]))[0, 8:].tolist()
    [0.0, 180.0, 180.0, 180.0, 90.0, 90.0]
    """
    nc = np.arange(len(MAINSTREAM))
    lowest = schools["lowest_nc_year"].to_numpy(dtype=int)[:, None]
    highest = schools["highest_nc_year"].to_numpy(dtype=int)[:, None]
    taught = (nc >= lowest) & (nc <= highest)
    given = np.array([read_places(str(text)) for text in schools["places_by_nc_year"].fillna("")])
    given = given.reshape(len(schools), len(nc))
    if (~taught & (given > 0)).any():
        text = schools["places_by_nc_year"].iloc[int((~taught & (given > 0)).any(axis=1).argmax())]
        raise ValueError(f'"{text}" gives places in a year group that the school does not teach')
    pan = schools["pan"].to_numpy(dtype=float)[:, None]
    return np.where(np.isnan(given), np.where(taught, pan, 0.0), np.where(taught, given, 0.0))


def read_places(text: str) -> Number:
    """Read "7-11:180;12-13:90" as places of Reception … Year 13; NaN where the text says nothing.

    Raises ValueError for a part that isn't year groups, a colon and a whole number, for a year group named twice
    and for one outside Reception to Year 13.

    >>> read_places("R-1: 45")[:3].tolist()
    [45.0, 45.0, nan]
    """
    places = np.full(len(MAINSTREAM), np.nan)
    for part in filter(None, (p.strip() for p in text.replace(",", ";").split(";"))):
        groups, colon, number = (piece.strip() for piece in part.partition(":"))
        if not colon or not _PLACES.match(number):
            raise ValueError(f'"{part}" is not year groups and their places. Write, for example, 7-11:180;12-13:90')
        first, last = nc_range(groups)
        if first < MAINSTREAM.start or last >= MAINSTREAM.stop:
            raise ValueError(f'"{part}" is not within Reception to Year 13')
        if not np.isnan(places[first : last + 1]).all():
            raise ValueError(f'"{text}" names a year group twice')
        places[first : last + 1] = float(number)
    return places

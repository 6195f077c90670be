"""Community of the demo: facilities, preferences, offers, and the learning communities that link schools."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Whole
from placeplan.importers.demo_people import LAST_CENSUS, People

KINDS_OF_FACILITY = ("hall", "pitch", "library", "nursery", "health")
SHARE_OF_KIND = (0.4, 0.25, 0.1, 0.15, 0.1)
FACILITIES = 60
FIRST_PREFERENCES_MET = {0: 0.93, 5: 0.96, 7: 0.9, 9: 0.95}  # share of applications, by entry year group
YEARS_SHOWN = 3


def community(
    rng: Generator, zones: gpd.GeoDataFrame, schools: pd.DataFrame, people: People
) -> dict[str, pd.DataFrame]:
    """Return the tables facilities, preferences and offers.

    schools: the table, mainstream first in the order of `people.rolls`.
    """
    mainstream = schools.iloc[: len(people.rolls)].reset_index(drop=True)
    entry = mainstream["lowest_nc_year"].to_numpy()
    joined = people.rolls[np.arange(len(mainstream)), -YEARS_SHOWN:][np.arange(len(mainstream)), :, entry]
    return {
        "facilities": _facilities(rng, zones),
        "preferences": _preferences(rng, mainstream, joined),
        "offers": _offers(mainstream, joined),
    }


def links(
    rng: Generator, sites: pd.DataFrame, schools: pd.DataFrame, options: pd.DataFrame, zones: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return the pyramids: each mainstream school, and each that an option would open, in exactly one of them."""
    by_pyramid = {name: rng.uniform(0.66, 0.84) for name in sites["pyramid"].unique()}
    planned = schools["pan"].gt(0) & schools["lowest_nc_year"].ge(0)
    new = options[options["kind"] == "new_school"]
    theirs = new["community"].map(zones.groupby("community")["pyramid"].first())
    pyramid = pd.concat([sites.loc[planned, "pyramid"], theirs], ignore_index=True)
    strength = pyramid.map(by_pyramid) + rng.uniform(-0.06, 0.06, len(pyramid))
    members = pd.DataFrame(
        {
            "partnership": pyramid + " learning community",
            "kind": "pyramid",
            "urn": pd.concat([schools.loc[planned, "urn"], new["site"]], ignore_index=True),
            "strength": strength.round(2),
        }
    )
    return members.sort_values(["partnership", "urn"], kind="stable", ignore_index=True)


def _facilities(rng: Generator, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return halls, pitches, libraries, nurseries and health centres, by some zones' middles."""
    here = zones.iloc[np.sort(rng.choice(len(zones), FACILITIES, replace=False))].reset_index(drop=True)
    kind = rng.choice(KINDS_OF_FACILITY, FACILITIES, p=SHARE_OF_KIND)
    off = rng.uniform(-250, 250, (FACILITIES, 2))
    return pd.DataFrame(
        {
            "facility": here["name"] + " " + pd.Series(kind),
            "kind": kind,
            "easting": (here["easting"] + off[:, 0]).round(),
            "northing": (here["northing"] + off[:, 1]).round(),
        }
    )


def _preferences(rng: Generator, mainstream: pd.DataFrame, joined: Whole) -> pd.DataFrame:
    """Return first preferences of the latest years: more than came where the grade is high, fewer where it is low."""
    liked = mainstream["ofsted"].map({"outstanding": 1.12, "good": 1.0}).fillna(0.85).to_numpy()
    wanted = np.rint(joined * liked[:, None] * rng.uniform(0.95, 1.05, joined.shape)).astype(int)
    years = np.arange(LAST_CENSUS - YEARS_SHOWN + 1, LAST_CENSUS + 1)
    return pd.DataFrame(
        {
            "urn": mainstream["urn"].to_numpy().repeat(YEARS_SHOWN),
            "academic_year": np.tile(years, len(mainstream)),
            "first_preferences": wanted.ravel(),
        }
    )


def _offers(mainstream: pd.DataFrame, joined: Whole) -> pd.DataFrame:
    """Return offers by entry year group: places on offer, applications, first preferences met."""
    rows = []
    for nc_year, met in FIRST_PREFERENCES_MET.items():
        here = (mainstream["lowest_nc_year"] == nc_year).to_numpy()
        for k in range(YEARS_SHOWN):
            came = int(joined[here, k].sum())
            rows.append(
                (LAST_CENSUS - YEARS_SHOWN + 1 + k, nc_year, int(mainstream["pan"][here].sum()), came, int(came * met))
            )
    return pd.DataFrame(
        rows, columns=["entry_year", "entry_nc_year", "admission_numbers", "applications", "offers_first"]
    )

"""Options of the demo that schools share: an amalgamation, a federation, a consortium; and a satellite, a nursery, a few years' rooms."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from placeplan.importers.demo_options import A_PLACE, A_SPECIALIST_PLACE, PASSING, main_years, option_rows

JOINING_UP = 350_000.0  # £, rooms of the school that goes on made ready for the pupils of the other
A_HEAD_BETWEEN = 35_000.0  # £ a year, an executive head beside the heads of two small schools
A_NURSERY_PLACE = 12_000.0  # £; taken, no national figure of 2019
FULL_TIME_PLACES = 26  # of one nursery class
AGREED, BUILT = 2020, 2021  # first September of what is agreed between schools, and of what needs a proposal


def shared_options(schools: pd.DataFrame, others: pd.DataFrame, converting: Iterable[str]) -> pd.DataFrame:
    """Return one option of each kind that schools share or that is new beside the others; nothing is drawn by chance.

    schools: as for `in_school_options`.  others: the options there are already.  converting: urns that a package changes.
    """
    structural = others.loc[others["kind"].isin(["closure", "all_through", "sixth_form", "age_range"]), "urn"]
    taken = {*converting, *structural}
    free = schools[schools["phase"].isin(["lower", "primary"]) & ~schools["urn"].isin(taken)]
    parts = [
        _amalgamation(free),
        _federation(free),
        _consortium(schools, others),
        _satellite(schools),
        _nursery(free),
        _temporary(free[~free["urn"].isin(others.loc[others["kind"] == "bulge", "urn"])]),
    ]
    return pd.concat(parts, ignore_index=True)


def _apart(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    """Return the metres between schools, one × other."""
    east = one["easting"].to_numpy()[:, None] - other["easting"].to_numpy()
    north = one["northing"].to_numpy()[:, None] - other["northing"].to_numpy()
    distance: np.ndarray = np.hypot(east, north)
    return distance


def _amalgamation(free: pd.DataFrame) -> pd.DataFrame:
    """Return the two nearest lower schools of one form or less in one town as one school."""
    small = free[(free["phase"] == "lower") & (free["pan"] <= 30) & free["ofsted"].isin(PASSING)]
    away = _apart(small, small)
    same = small["community"].to_numpy()[:, None] == small["community"].to_numpy()
    away[~same | np.eye(len(small), dtype=bool)] = np.inf
    pair = small.iloc[[int(i) for i in np.unravel_index(away.argmin(), away.shape)]].sort_values(
        "roll", ascending=False
    )
    goes_on, closes = pair.iloc[:1], pair.iloc[1]
    rows = option_rows("AMAL", "amalgamation", goes_on, nc_years=main_years(goes_on), members=closes["urn"])
    rows = rows.assign(places_per_year=int(closes["pan"]) // 2, earliest_opening=BUILT, maturity="viability")
    return rows.assign(capital_pounds=JOINING_UP)


def _federation(free: pd.DataFrame) -> pd.DataFrame:
    """Return the smallest lower school in a federation with the nearest good one of its phase."""
    here = free[free["phase"] == "lower"].nsmallest(1, "roll")
    good = free[(free["phase"] == "lower") & free["ofsted"].isin(PASSING) & ~free["urn"].isin(here["urn"])]
    partner = good.iloc[[int(_apart(here, good).argmin())]]
    rows = option_rows("FED", "federation", here, nc_years=main_years(here), partner_urn=partner["urn"])
    rows = rows.assign(places_per_year=0, capital_pounds=0.0, revenue_pounds_a_year=A_HEAD_BETWEEN)
    return rows.assign(earliest_opening=AGREED)


def _consortium(schools: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the first sixth form on offer in a consortium with the two nearest that there are."""
    new = others.loc[others["kind"] == "sixth_form", "urn"]
    here = schools[schools["urn"].isin(new)].iloc[:1]
    there = schools[(schools["highest_nc_year"] == 13) & schools["phase"].isin(["secondary", "upper"])]
    nearest = there.iloc[np.argsort(_apart(here, there)[0], kind="stable")[:2]]
    rows = option_rows("CONS", "sixth_form_consortium", here, nc_years=[(12, 13)], members=";".join(nearest["urn"]))
    return rows.assign(places_per_year=0, capital_pounds=0.0, earliest_opening=AGREED)


def _satellite(schools: pd.DataFrame) -> pd.DataFrame:
    """Return a satellite of the largest special school at the secondary or middle school that is farthest from all of them."""
    special = schools[schools["phase"] == "special"]
    hosts = schools[schools["phase"].isin(["middle", "secondary"])]
    host = hosts.iloc[int(_apart(hosts, special).min(axis=1).argmax())]
    rows = option_rows("SAT", "satellite", special.nlargest(1, "specialist_places"), nc_years=[(0, 13)])
    rows = rows.assign(places_per_year=16, need="ASD", earliest_opening=BUILT, fund="SEND-capital")
    rows = rows.assign(capital_pounds=16.0 * A_SPECIALIST_PLACE, name=f"Satellite at {host['name']}")
    return rows.assign(easting=host["easting"], northing=host["northing"])


def _nursery(free: pd.DataFrame) -> pd.DataFrame:
    """Return a nursery class at the school by which most homes are built."""
    here = free.nlargest(1, "wanted")
    rows = option_rows("NURS", "nursery", here, nc_years=[(-2, -1)], community_use="nursery")
    return rows.assign(places_per_year=FULL_TIME_PLACES, capital_pounds=FULL_TIME_PLACES * A_NURSERY_PLACE)


def _temporary(free: pd.DataFrame) -> pd.DataFrame:
    """Return temporary rooms for three years' entry at the good primary school where most is wanted."""
    here = free[(free["phase"] == "primary") & free["ofsted"].isin(PASSING)].nlargest(1, "wanted")
    rows = option_rows("TEMP", "temporary_expansion", here, nc_years=main_years(here), cohorts=3.0)
    return rows.assign(places_per_year=15, capital_pounds=45.0 * A_PLACE["temporary"][0])

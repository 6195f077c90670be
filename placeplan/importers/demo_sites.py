"""Sites of the demo's schools: how many of each phase, where they stand, and which pyramid they belong to."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Number, Whole
from placeplan.importers.demo_places import Places

LOWERS, PRIMARIES, MIDDLES = 78, 19, 17
YEAR_GROUPS = {"lower": (0, 4), "primary": (0, 6), "middle": (5, 8), "secondary": (7, 11), "upper": (9, 13)}
WITH_SIXTH_FORM = 3  # of the six secondary schools
APART = ("special", "alternative_provision", "nursery")  # never planned as mainstream
IN_ITS_TOWN = {"special": ("Kingsmarch", "Harrowmere", "Wexbourne", "Brackenford"), "alternative_provision": ("Harrowmere",),
               "nursery": ("Kingsmarch", "Kingsmarch", "Harrowmere", "Ottersley")}  # fmt: skip


def sites(rng: Generator, places: Places) -> pd.DataFrame:
    """Return one row a school: phase, lowest, highest, zone (its position), easting, northing, pyramid, community.

    Mainstream schools first: lowers, primaries, middles, then the schools at which compulsory education ends.
    """
    zones = places.zones
    two_tier = zones["pyramid"].isin(places.hubs.loc[places.hubs["phase"] == "secondary", "pyramid"]).to_numpy()
    chosen = [
        ("lower", _in_settlements(zones[~two_tier], LOWERS)),
        ("primary", _in_settlements(zones[two_tier], PRIMARIES)),
        ("middle", _in_pyramids(zones[~two_tier], MIDDLES)),
        ("secondary", _at_hubs(places, "secondary")),
        ("upper", _at_hubs(places, "upper")),
        *((phase, _in_towns(zones, IN_ITS_TOWN[phase])) for phase in APART),
    ]
    rows = pd.DataFrame([(phase, zone) for phase, where in chosen for zone in where], columns=["phase", "zone"])
    here = zones.iloc[rows["zone"]].reset_index(drop=True)
    rows[["easting", "northing"]] = (here[["easting", "northing"]] + rng.uniform(-140, 140, (len(rows), 2))).round()
    rows["pyramid"], rows["community"], rows["planning_area"] = (
        here["pyramid"],
        here["community"],
        here["planning_area"],
    )
    return _year_groups(rows)


def apportioned(total: int, weight: Number, most: Number, *, least: int = 1) -> Whole:
    """Return whole numbers that add up to a total, in proportion to a weight, each at least `least` and at most `most`.

    >>> apportioned(5, np.array([1.0, 3.0]), np.array([9.0, 9.0])).tolist()
    [1, 4]
    """
    have = np.full(len(weight), least, dtype=np.int64)
    for _ in range(total - int(have.sum())):
        have[np.argmax(np.where(have < most, weight / (have + 0.5), -1.0))] += 1
    return have


def _in_settlements(zones: gpd.GeoDataFrame, total: int) -> list[int]:
    """Return the zones in which a total of schools stands: one in each settlement (town quarter) at least."""
    of = zones.groupby(["community", "pyramid"], sort=False)
    have = apportioned(total, of["cohort"].sum().to_numpy() ** 0.75, of.size().to_numpy())
    return [int(zone) for (_, part), k in zip(of, have, strict=True) for zone in _spread(part, k)]


def _in_pyramids(zones: gpd.GeoDataFrame, total: int) -> list[int]:
    """Return the zones of the middle schools: at least two a pyramid, where most children are."""
    of = zones.groupby("pyramid", sort=False)
    have = apportioned(total, of["cohort"].sum().to_numpy(), np.full(of.ngroups, 3), least=2)
    return [int(zone) for (_, part), k in zip(of, have, strict=True) for zone in _spread(part.nlargest(8, "cohort"), k)]


def _spread(zones: gpd.GeoDataFrame, count: int) -> Whole:
    """Return so many of the zones, the one with most children first, then always the one farthest from all before."""
    at = zones[["easting", "northing"]].to_numpy()
    taken = [int(zones["cohort"].to_numpy().argmax())]
    while len(taken) < count:
        away = np.hypot(*(at[:, None] - at[taken]).transpose(2, 0, 1)).min(axis=1)
        taken.append(int(away.argmax()))
    picked: Whole = zones.index.to_numpy()[taken]
    return picked


def _at_hubs(places: Places, phase: str) -> list[int]:
    """Return the zones of the schools at which compulsory education ends."""
    hubs = places.hubs[places.hubs["phase"] == phase]
    zones = places.zones
    away = np.hypot(
        hubs["easting"].to_numpy()[:, None] - zones["easting"].to_numpy(),
        hubs["northing"].to_numpy()[:, None] - zones["northing"].to_numpy(),
    )
    own = zones["pyramid"].to_numpy()[None] == hubs["pyramid"].to_numpy()[:, None]
    return [int(zone) for zone in np.where(own, away, np.inf).argmin(axis=1)]


def _in_towns(zones: gpd.GeoDataFrame, towns: tuple[str, ...]) -> list[int]:
    """Return a zone of each town, another one where a town is named again."""
    again = pd.Series(towns).groupby(pd.Series(towns)).cumcount()
    return [int(zones.index[zones["community"] == town][2 + k]) for town, k in zip(towns, again, strict=True)]


def _year_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the sites with the year groups they teach; half of the secondary schools have a sixth form."""
    spans = YEAR_GROUPS | {"special": (0, 13), "alternative_provision": (7, 11), "nursery": (-2, -1)}
    rows["lowest"] = [spans[phase][0] for phase in rows["phase"]]
    rows["highest"] = [spans[phase][1] for phase in rows["phase"]]
    with_sixth = rows.index[rows["phase"] == "secondary"][::2][:WITH_SIXTH_FORM]
    rows.loc[with_sixth, "highest"] = 13
    return rows

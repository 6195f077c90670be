"""Schools of the demo: names, who runs them, grades, and places that fit the children who live near."""

import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.importers.columns import with_every_column
from placeplan.importers.demo_people import People
from placeplan.importers.demo_sites import APART

ACADEMIES = {
    "lower": 16, "primary": 8, "middle": 12, "secondary": 5, "upper": 6, "special": 2, "alternative_provision": 1, "nursery": 0,
}  # fmt: skip
GRADES = {"outstanding": 24, "good": 90, "requires_improvement": 19, "inadequate": 3}  # 114 of 136: 84 %
PULL = {"outstanding": 1.2, "good": 1.0, "requires_improvement": 0.85, "inadequate": 0.7}
GROWING_COHORTS = 0.09  # secondary and upper schools keep room for the larger cohorts that are on their way
PANS = np.array(
    [
        10,
        12,
        15,
        18,
        20,
        24,
        30,
        36,
        40,
        45,
        50,
        60,
        75,
        90,
        105,
        120,
        135,
        150,
        165,
        180,
        195,
        210,
        225,
        240,
        270,
        300,
        330,
        360,
        420,
    ]
)
FAITH_OF = {"voluntary_controlled": "Church of England", "voluntary_aided": "Roman Catholic"}
SPECIALIST = (130, 110, 100, 80)  # places of the four special schools
CAPACITY = {"alternative_provision": 60, "nursery": 52}
RESOURCED = {
    "lower": 2,
    "primary": 1,
    "middle": 2,
    "secondary": 1,
}  # mainstream schools with a resourced provision today
TOWN_NAMES = (
    "Ashgrove", "Beechcroft", "Cedar Bank", "Damson Lane", "Elmhurst Road", "Fairfield Rise", "Greenacre", "Hawthorn Way",
    "Ivy Lane", "Jubilee", "Kingfisher", "Linden Park", "Meadowsweet", "Northgate", "Orchard End", "Poplar Street",
    "Queensway", "Rowan Tree", "Silver Birch", "Thornfield", "Underwood", "Vineyard", "Westgate", "Yew Tree",
)  # fmt: skip
SAINTS = (
    "St Mary’s",
    "St John’s",
    "Sacré-Cœur",
    "All Saints’",
    "St Hilda’s",
    "Holy Cross",
    "St Aidan’s",
    "St Thérèse’s",
)
KIND_OF_SCHOOL = {
    "nursery": "Nursery School",
    "special": "School",
    "alternative_provision": "Academy of Alternative Provision",
}


def governance(rng: Generator, sites: pd.DataFrame) -> pd.DataFrame:
    """Return the sites with provider, faith, trust, grade and pull; exactly so many academies of each phase."""
    academy = np.zeros(len(sites), dtype=bool)
    for phase, count in ACADEMIES.items():
        academy[rng.permutation(np.flatnonzero(sites["phase"] == phase))[:count]] = True
    maintained = rng.choice(
        ["community", "voluntary_controlled", "voluntary_aided", "foundation"], len(sites), p=[0.58, 0.25, 0.09, 0.08]
    )
    apart = sites["phase"].isin(APART).to_numpy()
    provider = np.where(academy, "academy", np.where(apart, "community", maintained))
    grade = rng.permutation(np.repeat(list(GRADES), list(GRADES.values())))
    town = sites["pyramid"].str.replace(r" (?:East|North|West|South)$", "", regex=True)
    return sites.assign(
        provider=provider,
        faith=pd.Series(provider).map(FAITH_OF).fillna(""),
        trust=np.where(academy, town + " Learning Trust", ""),
        ofsted=grade,
        pull=pd.Series(grade).map(PULL) * rng.lognormal(0, 0.15, len(sites)),
    )


def schools(rng: Generator, sites: pd.DataFrame, people: People) -> pd.DataFrame:
    """Return the table of schools, in the order of the sites: places fit the children who come, with spare here and there.

    sites: with governance; mainstream first, in the order of `people.rolls`.
    """
    pan, sixth = _places(rng, sites, people)
    years = np.minimum(sites["highest"], 11) - sites["lowest"] + 1
    apart = sites["phase"].isin(APART)
    special = _specialist(sites)
    capacity = (pan * years + 2 * sixth).where(
        ~apart, special.where(special > 0, sites["phase"].map(CAPACITY).fillna(0))
    )
    count = np.arange(len(sites))
    table = pd.DataFrame(
        {
            "urn": [str(900_001 + k) for k in count],
            "name": _names(sites),
            "phase": sites["phase"],
            "lowest_nc_year": sites["lowest"],
            "highest_nc_year": sites["highest"],
            "pan": pan,
            "net_capacity": capacity.astype(int),
            "easting": sites["easting"],
            "northing": sites["northing"],
            "provider": sites["provider"],
            "trust": sites["trust"],
            "community": sites["community"],
            "ofsted": sites["ofsted"],
            "sixth_form": sixth > 0,
            "specialist_places": special,
            "laestab": [f"000{2_001 + k}" for k in count],
            "planning_area": sites["planning_area"],
            "places_by_nc_year": _by_nc_year(sites, pan, sixth),
            "faith": sites["faith"],
            "denomination": sites["faith"],
        }
    )
    return with_every_column("schools", _buildings(rng, table, people))


def _places(rng: Generator, sites: pd.DataFrame, people: People) -> tuple[pd.Series, pd.Series]:
    """Return the PAN and the places in each year of the sixth form: rounded as they are in life, a few too few or too many."""
    rolls = people.rolls
    group = np.arange(rolls.shape[2])
    lowest, highest = sites["lowest"].to_numpy()[: len(rolls), None], sites["highest"].to_numpy()[: len(rolls), None]
    taught = (group >= lowest) & (group <= np.minimum(highest, 11))
    mean = (rolls[:, -1] * taught).sum(axis=1) / taught.sum(axis=1)
    entry = np.take_along_axis(rolls[:, -3:], lowest[:, None, :].repeat(3, axis=1), axis=2).mean(axis=(1, 2))
    wanted = np.maximum(mean, entry) * 0.5 + mean * 0.5
    luck = rng.uniform(0, 1, len(rolls))
    slack = rng.uniform(1.06, 1.14, len(rolls))
    tight, empty = luck < 0.05, (luck > 0.88) & (highest[:, 0] < 9)
    slack = np.where(highest[:, 0] >= 11, slack + GROWING_COHORTS, slack)
    slack = np.where(tight, 0.93, np.where(empty, 1.35, slack))
    pan = np.zeros(len(sites), dtype=np.int64)
    enough = np.where(tight, 0, np.searchsorted(PANS, mean))  # only a tight school has more pupils than places
    pan[: len(rolls)] = PANS[np.maximum(np.abs(PANS - (wanted * slack)[:, None]).argmin(axis=1), enough)]
    pan[(sites["phase"] == "nursery").to_numpy()] = 26
    sixth = np.zeros(len(sites), dtype=np.int64)
    in_sixth = rolls[:, -1, 12:].max(axis=1)
    sixth[: len(rolls)] = np.where(in_sixth > 0, np.ceil(in_sixth * 1.1 / 10) * 10, 0)
    return pd.Series(pan), pd.Series(sixth)


def _specialist(sites: pd.DataFrame) -> pd.Series:
    """Return places for children with an EHCP: at special schools, and a few resourced provisions."""
    places = pd.Series(0, index=sites.index)
    places[sites["phase"] == "special"] = np.array(SPECIALIST)
    for phase, count in RESOURCED.items():
        here = sites.index[(sites["phase"] == phase) & (sites["ofsted"] == "good")]
        places[here[:: max(len(here) // count, 1)][:count]] = 10
    return places


def _by_nc_year(sites: pd.DataFrame, pan: pd.Series, sixth: pd.Series) -> list[str]:
    """Return the places by year group of schools with a sixth form, blank for the others."""
    rows = zip(sites["lowest"], pan, sixth, strict=True)
    return [f"{lowest}-11:{main};12-13:{later}" if later else "" for lowest, main, later in rows]


def _names(sites: pd.DataFrame) -> list[str]:
    """Return a name for each school: its village's, a street's in a town, a saint's where it has a faith."""
    kind = sites["phase"].map(KIND_OF_SCHOOL).fillna(sites["phase"].str.capitalize() + " School")
    again = sites.groupby(["community", "phase"]).cumcount()
    alone = sites.groupby(["community", "phase"])["phase"].transform("size") == 1
    street = pd.Series([TOWN_NAMES[k % len(TOWN_NAMES)] for k in range(len(sites))])
    saint = pd.Series([SAINTS[k % len(SAINTS)] for k in range(len(sites))])
    own = sites["community"].where(alone | (again == 0), street)
    catholic = sites["faith"] == "Roman Catholic"
    church: pd.Series[str] = saint + np.where(catholic, " Catholic ", " Church of England ")
    named = (church + kind + ", " + sites["community"]).where(sites["faith"] != "", own + " " + kind)
    twice = named.groupby(named).cumcount() > 0
    return list(named.where(~twice, named + ", " + sites["community"]))


def _buildings(rng: Generator, table: pd.DataFrame, people: People) -> pd.DataFrame:
    """Return the schools with condition, temporary places, site area, infant classes and community use."""
    count = len(table)
    condition = rng.choice(["a", "b", "c", "d"], count, p=[0.17, 0.5, 0.27, 0.06])
    temporary = np.where((rng.uniform(0, 1, count) < 0.2) & (table["pan"] >= 20), rng.choice([30, 60], count), 0)
    table = table.assign(condition=condition, temporary_places=temporary)
    later = table["lowest_nc_year"] >= 5
    table["site_area"] = _hectares(
        table["net_capacity"].to_numpy(dtype=float), later.to_numpy(), rng.uniform(0.95, 1.5, count)
    )
    table["infant_classes"] = _infant_classes(table, people)
    village = table.groupby("community")["urn"].transform("size") <= 3
    table["sparse"] = village & (table["phase"] == "lower") & (table["pan"] <= 15)
    table["unsafe_routes"] = village & (rng.uniform(0, 1, count) < 0.15)
    use = rng.choice(["", "hall", "pitch", "hall;pitch"], count, p=[0.72, 0.12, 0.08, 0.08])
    table["community_use"] = np.where(table["phase"].isin(APART), "", use)
    return table


def _hectares(capacity: Number, later: YesNo, room: Number) -> Number:
    """Return the area of each site; a primary form of entry needs some 1.5 ha, a secondary one some 1.1 ha."""
    hectares: Number = np.round(np.where(later, 2.0 + capacity / 150, 0.6 + capacity / 210) * room, 1)
    return hectares


def _infant_classes(table: pd.DataFrame, people: People) -> pd.Series:
    """Return classes for Reception to Year 2, enough for the PAN and for today's pupils; blank where there are none."""
    infants = np.zeros(len(table), dtype=np.int64)
    infants[: len(people.rolls)] = people.rolls[:, -1, :3].sum(axis=1)
    classes: Whole = np.ceil(np.maximum(infants, 3 * table["pan"]) / 30).astype(np.int64)
    return pd.Series(classes).where(table["phase"].isin(["lower", "primary"])).astype("Int64")

"""Packages of the demo: pyramids that go from three tiers to two, in phases or in one day, and schools for new homes."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.importers.demo_options import FROM, LEAD, PASSING, UNTIL, option_rows, priced

CONVERTING = ("Greatmoor", "Saltersbridge", "Ottersley East")
T = FROM + LEAD["age_range"]
PHASED, ONE_DAY = "PHASED", "ONE-DAY"
# what each school teaches from T on: (years after T, youngest, oldest); blank: nobody
PLANS = {
    (PHASED, "lower"): ((0, "R", "5"), (1, "R", "6")),
    (PHASED, "middle"): ((0, "6", "8"), (1, "7", "8"), (2, "8", "8"), (3, "", "")),
    (PHASED, "upper"): ((0, "9", ""), (1, "9", ""), (2, "7", "")),  # its own oldest year group stays
    (ONE_DAY, "lower"): ((0, "R", "6"),),
    (ONE_DAY, "middle"): ((0, "", ""),),
    (ONE_DAY, "upper"): ((0, "7", ""),),
}
REUSED = 0.85  # share of the price of new places: some rooms of the middle schools are used again
RUN_DOWN = 250_000.0  # £ a middle school that closes, for its last years
# option's site, name, community, phase, year groups, places a year, opens, pot that pays, what the community may use
NEW_SCHOOLS = (
    (
        "SITE-AF1",
        "Aldersey Fields Lower School (first)",
        "Aldersey Fields",
        (0, 4),
        60,
        2021,
        "S106-Aldersey",
        "hall;pitch",
    ),
    ("SITE-AF2", "Aldersey Fields Lower School (second)", "Aldersey Fields", (0, 4), 60, 2022, "S106-Aldersey", "hall"),
    ("SITE-AF3", "Aldersey Fields Secondary School", "Aldersey Fields", (7, 11), 120, 2022, "", "hall;pitch;library"),
    (
        "SITE-KR1",
        "Kingsmarch Rise Primary School (second)",
        "Kingsmarch Rise",
        (0, 6),
        60,
        2021,
        "S106-Rise",
        "hall;nursery",
    ),
    ("SITE-KR2", "Kingsmarch Rise Secondary School", "Kingsmarch Rise", (7, 11), 150, 2022, "", "hall;pitch"),
    ("SITE-OB1", "Otterbank Primary School", "Otterbank", (0, 6), 30, 2021, "S106-Otterbank", "hall"),
    ("SITE-WM1", "Wexbourne Meadows Primary School", "Wexbourne", (0, 6), 30, 2021, "S106-Wexbourne", "hall"),
    ("SITE-HS1", "Harrowmere South Lower School", "Harrowmere", (0, 4), 60, 2021, "S106-Harrowmere", "hall;pitch"),
    ("SITE-BW1", "Brackenford West Lower School", "Brackenford", (0, 4), 30, 2021, "", "hall"),
    ("SITE-HS2", "Harrowmere South Middle School", "Harrowmere", (5, 8), 90, 2022, "", "pitch"),
)


def packages(rng: Generator, schools: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the options and the phase plan of each pyramid's conversion, once in phases and once in one day.

    schools: with `pyramid`.  The two exclude each other. Lowers keep Year 5 from T and Year 6 from T + 1, the upper takes
    Year 7 from T + 2, the middles run out by the end of T + 2: so no cohort is ever without a school.
    """
    options = [_conversion(rng, schools[schools["pyramid"] == pyramid], pyramid) for pyramid in CONVERTING]
    members = pd.concat(options, ignore_index=True)
    return members.drop(columns=["phase", "last"]), _phase_plan(members)


def new_schools(rng: Generator, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return new schools for new homes, run by a good trust."""
    columns = ["site", "name", "community", "nc_years", "places_per_year", "earliest_opening", "fund", "community_use"]
    rows = pd.DataFrame(NEW_SCHOOLS, columns=columns)
    middle = zones.groupby("community")[["easting", "northing"]].mean().loc[rows["community"]]
    rows[["easting", "northing"]] = (middle.to_numpy() + rng.uniform(-350, 350, (len(rows), 2))).round()
    groups = np.array([last - first + 1 for first, last in rows["nc_years"]])
    later = np.array([first > 4 for first, _ in rows["nc_years"]])
    rows["capital_pounds"] = priced(rng, rows["places_per_year"].to_numpy(dtype=float) * groups, later, "new")
    rows["option"] = [f"NEW-{k + 1:02d}" for k in range(len(rows))]
    rows["follows"] = np.where(rows["site"] == "SITE-AF2", "NEW-01", "")
    rows["sites_hectares"] = np.where(later, 6.0, np.where(rows["places_per_year"] >= 60, 2.3, 1.5))
    rows["trust"] = "Demoshire Schools Trust"
    rows["route"] = np.where(rows["fund"] != "", "section_106", "presumption")
    return rows.assign(kind="new_school", latest_opening=UNTIL, provider="free_school", ofsted="good")


def _conversion(rng: Generator, pyramid: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the members of one pyramid's two packages."""
    code = "".join(word[:3] for word in name.upper().split())
    parts = {
        PHASED: _members(rng, pyramid, f"{code}-P"),
        ONE_DAY: _members(rng, pyramid, f"{code}-D"),
    }
    parts[ONE_DAY]["capital_pounds"] = parts[PHASED]["capital_pounds"].to_numpy()  # the same rooms
    for phasing, other in ((PHASED, ONE_DAY), (ONE_DAY, PHASED)):
        parts[phasing]["package"] = f"TWO-TIER-{code}-{phasing}"
        parts[phasing]["excludes"] = parts[other]["option"].to_numpy()
    return pd.concat(parts.values(), ignore_index=True)


def _members(rng: Generator, pyramid: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return what happens at each school of a pyramid: lowers and upper change their age range, middles close."""
    phase = pyramid["phase"].to_numpy()
    first, last = pyramid["lowest_nc_year"].to_numpy(), pyramid["highest_nc_year"].to_numpy()
    closing = phase == "middle"
    places = np.where(closing, 0, pyramid["pan"])
    cost = priced(rng, 2.0 * places, phase == "upper", "expansion") * REUSED
    spans = [
        (int(low), int(high)) if shut else ((0, 6) if low == 0 else (7, int(high)))
        for low, high, shut in zip(first, last, closing, strict=True)
    ]
    rows = option_rows(prefix, "age_range", pyramid, nc_years=spans, places_per_year=places)
    rows["kind"] = np.where(closing, "closure", "age_range")
    rows["capital_pounds"] = np.where(closing, RUN_DOWN, cost.round(-3))
    weak = ~pyramid["ofsted"].isin(PASSING).to_numpy() & ~closing
    leader = pyramid.loc[(phase == "upper"), "urn"].iloc[0]
    return rows.assign(partner_urn=np.where(weak, leader, ""), phase=phase, last=last)


def _phase_plan(members: pd.DataFrame) -> pd.DataFrame:
    """Return what each member teaches in each year from its earliest opening on."""
    rows = [
        (m.option, m.urn, T + after, youngest, oldest or (str(m.last) if youngest else ""))
        for m in members.itertuples()
        for after, youngest, oldest in PLANS[PHASED if str(m.package).endswith(PHASED) else ONE_DAY, str(m.phase)]
    ]
    return pd.DataFrame(rows, columns=["option", "urn", "academic_year", "first_nc_year", "last_nc_year"])

"""Town: six zones, nine schools, and one option at least for each of the nine principles."""

import pandas as pd

from placeplan.importers.small_people import constant_births, constant_children, constant_rolls

TOWN: dict[str, object] = {
    "name": "town",
    "title": "Oakfield, a small town (synthetic)",
    "base_year": 2018,
    "horizon_years": 8,
    "synthetic": True,
    "la_code": "000",
    "la_name": "Demoshire",
    "budget": {"total_pounds": 16e6, "price_base": "2025 prices"},
    "weights": {"cost": 0.6},  # so dear that what one principle alone wants is opened for it alone
    "solve": {"gap": 0.0, "time_limit_seconds": 60.0, "seed": 1, "threads": 1},
}
A_YEAR = dict.fromkeys(("Z1", "Z2", "Z3", "Z4", "Z5", "Z6"), 25)
STAYING_ON = 0.4  # share of a year group in the upper's sixth form today
FIRST, LAST = 2020, 2021  # five years of the plan are left after the last opening
LOWER, PRIMARY, MIDDLE, UPPER = range(5), range(7), range(5, 9), range(9, 12)
# urn, name, phase, lowest, highest, PAN, capacity, easting, northing, grade, condition, places by year group, provider
SCHOOLS = (
    ("920001", "Ash Lower School", "lower", 0, 4, 30, 150, 441_500, 271_500, "outstanding", "b", "", "community"),
    ("920002", "Beech Lower School", "lower", 0, 4, 30, 150, 444_500, 271_500, "good", "c", "", "community"),
    (
        "920003",
        "Cedar Lower School",
        "lower",
        0,
        4,
        45,
        225,
        447_500,
        271_500,
        "requires_improvement",
        "b",
        "",
        "community",
    ),
    (
        "920004",
        "St Mary’s Lower School",
        "lower",
        0,
        4,
        60,
        300,
        444_500,
        274_500,
        "good",
        "b",
        "",
        "voluntary_controlled",
    ),
    ("920005", "Damson Primary School", "primary", 0, 6, 30, 210, 441_500, 274_500, "good", "b", "", "academy"),
    ("920006", "Elm Middle School", "middle", 5, 8, 90, 360, 444_800, 271_800, "good", "b", "", "academy"),
    (
        "920007",
        "Fir Middle School",
        "middle",
        5,
        8,
        60,
        280,
        444_800,
        274_800,
        "good",
        "b",
        "5-6:60;7-8:80",
        "community",
    ),
    (
        "920008",
        "Oakfield Upper School",
        "upper",
        9,
        13,
        165,
        647,
        444_200,
        272_700,
        "good",
        "b",
        "9-11:165;12-13:76",
        "academy",
    ),
    ("920009", "Hazel School", "special", 0, 13, 0, 40, 441_800, 271_800, "good", "b", "", "community"),
)
COLUMNS = (
    "urn", "name", "phase", "lowest_nc_year", "highest_nc_year", "pan", "net_capacity", "easting", "northing", "ofsted",
    "condition", "places_by_nc_year", "provider",
)  # fmt: skip
# pupils of each year group by school: Z1 to Ash, Z2 to Beech, Z3 to Cedar, Z4 to Damson, Z5 and Z6 to St Mary's
ROLLS = (
    ("920001", dict.fromkeys(LOWER, 25)),
    ("920002", dict.fromkeys(LOWER, 25)),
    ("920003", dict.fromkeys(LOWER, 25)),
    ("920004", dict.fromkeys(LOWER, 50)),
    ("920005", dict.fromkeys(PRIMARY, 25)),
    ("920006", dict.fromkeys(MIDDLE, 75)),
    ("920007", dict.fromkeys(range(5, 7), 50) | dict.fromkeys(range(7, 9), 75)),
    ("920008", dict.fromkeys(UPPER, 150) | dict.fromkeys((12, 13), 60)),
    ("920009", dict.fromkeys(range(12), 3)),
)
OPTION_COLUMNS = (
    "option", "kind", "urn", "nc_years", "places_per_year", "capital_pounds", "need", "net_capacity_change", "partner_urn",
    "community_use",
)  # fmt: skip
OPTIONS = (
    ("NEW-01", "new_school", "", (0, 6), 20, 2_900_000.0, "", 0, "", ""),  # local, choice
    ("LINK-01", "link", "920003", (0, 4), 0, 20_000.0, "", 0, "920001", ""),  # popular
    ("EXP-01", "expansion", "920008", (12, 13), 20, 2_400_000.0, "", 0, "", ""),  # participation
    ("RES-01", "resourced_provision", "920006", (5, 8), 12, 550_000.0, "ASD", -30, "", ""),  # vulnerable
    ("PAN-01", "pan_reduction", "920003", (0, 4), -15, 0.0, "", 0, "", ""),  # viable
    ("COM-01", "community_facility", "920002", (0, 4), 0, 600_000.0, "", 0, "", "hall"),  # community
    ("AGE-01", "age_range", "920004", (0, 6), 60, 2_070_000.0, "", 0, "", ""),  # single phase, partnership:
    ("AGE-02", "age_range", "920008", (7, 13), 85, 4_040_000.0, "", 0, "", ""),  # these three open together
    ("AGE-03", "closure", "920007", (5, 8), 0, 250_000.0, "", 0, "", ""),
)
TWO_TIER = (  # option, urn, what it teaches: years after opening, youngest, oldest
    ("AGE-01", "920004", ((0, "R", "5"), (1, "R", "6"))),
    ("AGE-02", "920008", ((0, "9", "13"), (1, "9", "13"), (2, "7", "13"))),
    ("AGE-03", "920007", ((0, "6", "8"), (1, "7", "8"), (2, "8", "8"), (3, "", ""))),
)
NEEDS = {"ASD": 4.0, "SEMH": 3.0}  # children of each zone who need a specialist place
HOMES_A_YEAR, A_HOME = 70, 0.03  # homes in Z6; pupils of each year group in one


def town_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of the town."""
    schools = pd.DataFrame(SCHOOLS, columns=list(COLUMNS))
    schools["community"] = [
        "Oakfield",
        "Oakfield",
        "Oakfield",
        "Elmstead",
        "Oakfield",
        "Oakfield",
        "Elmstead",
        "Oakfield",
        "Oakfield",
    ]
    schools["specialist_places"] = [0] * 8 + [40]
    schools["sixth_form"] = schools["phase"] == "upper"
    schools["site_area"] = 4.0
    groups = dict.fromkeys(range(12), 1.0) | dict.fromkeys((12, 13), STAYING_ON)
    return {
        "schools": schools,
        "pupils": constant_rolls(ROLLS),
        "children": constant_children(A_YEAR, groups),
        "births": constant_births(A_YEAR),
        "options": _options(),
        "phase_plan": _phase_plan(),
        "needs": _needs(),
        "links": _links(),
        **_homes(),
        "facilities": pd.DataFrame(
            {"facility": ["Oakfield hall"], "kind": "hall", "easting": [441_600.0], "northing": [271_600.0]}
        ),
    }


def _options() -> pd.DataFrame:
    """Return the options, three of which open together; the new school stands among the new homes in the east."""
    table = pd.DataFrame(OPTIONS, columns=list(OPTION_COLUMNS))
    new = table["kind"] == "new_school"
    table["easting"], table["northing"] = new.map({True: 447_500.0}), new.map({True: 274_500.0})
    table["site"], table["ofsted"] = new.map({True: "SITE-1", False: ""}), new.map({True: "good", False: "none"})
    table["name"] = new.map({True: "Juniper Primary School", False: ""})
    table["community"] = new.map({True: "Elmstead", False: ""})
    table["provider"] = new.map({True: "free_school", False: ""})
    table["package"] = table["option"].str.startswith("AGE").map({True: "TWO-TIER", False: ""})
    return table.assign(earliest_opening=FIRST, latest_opening=LAST)


def _phase_plan() -> pd.DataFrame:
    """Return how the east goes from three tiers to two: the lower grows up, the middle runs out, the upper grows down."""
    rows = [
        (option, urn, FIRST + after, youngest, oldest)
        for option, urn, plan in TWO_TIER
        for after, youngest, oldest in plan
    ]
    return pd.DataFrame(rows, columns=["option", "urn", "academic_year", "first_nc_year", "last_nc_year"])


def _needs() -> pd.DataFrame:
    """Return needs by zone, a little more each year; Year 7 stands for all."""
    years = range(8 + 1)
    rows = [(z, need, 2018 + t, 7, round(n * 1.03**t, 3)) for z in A_YEAR for need, n in NEEDS.items() for t in years]
    return pd.DataFrame(rows, columns=["zone", "need", "academic_year", "nc_year", "pupils"])


def _links() -> pd.DataFrame:
    """Return two learning communities; the upper belongs to that of the town."""
    town, east = ["920001", "920002", "920003", "920006", "920008"], ["920004", "920005", "920007"]
    return pd.DataFrame(
        {
            "partnership": ["Oakfield"] * len(town) + ["Elmstead"] * len(east),
            "urn": town + east,
            "strength": [0.8] * len(town) + [0.3] * len(east),
        }
    )


def _homes() -> dict[str, pd.DataFrame]:
    """Return homes in the east, from the first planned year on, and a flat yield."""
    years = list(range(2019, 2025))
    housing = pd.DataFrame(
        {"development": "Juniper Fields", "zone": "Z6", "academic_year": years, "dwellings": HOMES_A_YEAR}
    )
    yields = pd.DataFrame({"dwelling_type": "house", "nc_year": range(14), "years_since_completion": 0})
    yields["pupils_per_dwelling"] = A_HOME
    return {"housing": housing.assign(status="full_permission", probability=1.0), "yields": yields}

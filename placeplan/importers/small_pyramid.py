"""Pyramid: 6 lowers of 30, 2 middles of 90 and an upper of 180 a year, and its conversion in phases or in one day.

The worked example of three tiers to two: constant cohorts, nobody lost, no links that would discount a transfer.
No change costs each cohort exactly 2 moves.
"""

import pandas as pd

from placeplan.importers.small_people import constant_births, constant_children, constant_rolls

PYRAMID: dict[str, object] = {
    "name": "pyramid",
    "title": "A pyramid from three tiers to two (synthetic)",
    "base_year": 2018,
    "horizon_years": 10,
    "synthetic": True,
    "la_code": "000",
    "la_name": "Demoshire",
    "late_openings": True,
    "budget": {"price_base": "2025 prices"},
    "solve": {"gap": 0.0, "time_limit_seconds": 60.0, "seed": 1, "threads": 1, "sufficiency_tolerance": 0.0},
}
A_YEAR = 180
FIRST, LAST = 2021, 2024  # the third to the sixth planned September
A_PRIMARY_PLACE, A_SECONDARY_PLACE = 17_268.0, 23_775.0  # £, expansion, local authority scorecards 2019, DfE
SCHOOLS = (  # phase, how many, lowest, highest, PAN
    ("lower", 6, 0, 4, 30),
    ("middle", 2, 5, 8, 90),
    ("upper", 1, 9, 11, 180),
)
PLANS = {  # package, phase → (years after opening, youngest, oldest); blank: nobody
    ("PHASED", "lower"): ((0, "R", "5"), (1, "R", "6")),
    ("PHASED", "middle"): ((0, "6", "8"), (1, "7", "8"), (2, "8", "8"), (3, "", "")),
    ("PHASED", "upper"): ((0, "9", "11"), (1, "9", "11"), (2, "7", "11")),
    ("ONE-DAY", "lower"): ((0, "R", "6"),),
    ("ONE-DAY", "middle"): ((0, "", ""),),
    ("ONE-DAY", "upper"): ((0, "7", "11"),),
}
AFTERWARDS = {"lower": (0, 6), "middle": (5, 8), "upper": (7, 11)}


def pyramid_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of the pyramid."""
    schools = _schools()
    options = _options(schools)
    groups = {phase: dict.fromkeys(range(lowest, highest + 1), pan) for phase, _, lowest, highest, pan in SCHOOLS}
    rolls = [(urn, groups[phase]) for urn, phase in zip(schools["urn"], schools["phase"], strict=True)]
    zones = {"Z1": A_YEAR}
    given = [
        ("participation.college_share", "1", "share of Year 11", "the worked example ends with Year 11"),
        ("specialist.rate", "0", "share of children", "the worked example has no special needs"),
    ]
    return {
        "schools": schools,
        "pupils": constant_rolls(rolls),
        "children": constant_children(zones, dict.fromkeys(range(12), 1.0)),
        "births": constant_births(zones),
        "assumptions": pd.DataFrame(given, columns=["assumption", "value", "unit", "reason"]),
        "options": options.drop(columns="phase"),
        "phase_plan": _phase_plan(options),
    }


def _schools() -> pd.DataFrame:
    """Return the nine schools, round the middle of the one zone."""
    rows = [(phase, lowest, highest, pan) for phase, count, lowest, highest, pan in SCHOOLS for _ in range(count)]
    table = pd.DataFrame(rows, columns=["phase", "lowest_nc_year", "highest_nc_year", "pan"])
    number = table.groupby("phase").cumcount() + 1
    table["urn"] = [str(910_001 + k) for k in range(len(table))]
    table["name"] = "Oakfield " + table["phase"].str.capitalize() + " School " + number.astype(str)
    table["net_capacity"] = table["pan"] * (table["highest_nc_year"] - table["lowest_nc_year"] + 1)
    table["easting"] = 440_400.0 + 150 * table.index
    table["northing"] = 271_000.0
    return table.assign(provider="community", community="Oakfield", ofsted="good", condition="b", site_area=3.0)


def _options(schools: pd.DataFrame) -> pd.DataFrame:
    """Return the members of the two packages, which exclude each other: the same rooms, at the same cost."""
    closing = schools["phase"] == "middle"
    places = schools["pan"].where(~closing, 0)
    a_place = schools["phase"].map({"lower": A_PRIMARY_PLACE, "middle": 0.0, "upper": A_SECONDARY_PLACE})
    members = pd.DataFrame(
        {
            "kind": closing.map({True: "closure", False: "age_range"}),
            "urn": schools["urn"],
            "phase": schools["phase"],
            "nc_years": schools["phase"].map(AFTERWARDS),
            "places_per_year": places,
            "capital_pounds": 2 * places * a_place,
            "earliest_opening": FIRST,
            "latest_opening": LAST,
        }
    )
    code = {"PHASED": "P", "ONE-DAY": "D"}
    number = pd.Series([f"{k + 1}" for k in range(len(members))])
    phased, one_day = (
        members.assign(option=code[this] + number, package=this, excludes=code[other] + number)
        for this, other in (("PHASED", "ONE-DAY"), ("ONE-DAY", "PHASED"))
    )
    return pd.concat([phased, one_day], ignore_index=True)


def _phase_plan(options: pd.DataFrame) -> pd.DataFrame:
    """Return what each school teaches from the opening on: no cohort is ever without a school."""
    rows = [
        (member.option, member.urn, FIRST + after, youngest, oldest)
        for member in options.itertuples()
        for after, youngest, oldest in PLANS[str(member.package), str(member.phase)]
    ]
    return pd.DataFrame(rows, columns=["option", "urn", "academic_year", "first_nc_year", "last_nc_year"])

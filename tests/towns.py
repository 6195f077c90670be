"""Small authorities in memory: a few zones, schools and options, drawn at random or told in a line."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from shapely.geometry import box

import authorities
from authorities import weighted
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.settings import Budget, ForecastSettings, Settings, Solve, Weights
from placeplan.scenario.tables import TABLES

BASE = 2018
CENSUSES = 3
SIDE = 2000  # metres: the side of a square zone
PHASES = {"lower": (0, 4), "primary": (0, 6), "middle": (5, 8), "secondary": (7, 11), "upper": (9, 11)}
TIERS = {
    "two": ("primary", "secondary"),
    "three": ("lower", "middle", "upper"),
    "four": ("primary", "lower", "middle", "upper"),
}


def frame(table, rows):
    """A checked table: every column of its class; what a row doesn't say is the default."""
    fields = TABLES[table].model_fields
    filled = [
        {name: row.get(name, None if field.is_required() else field.default) for name, field in fields.items()}
        for row in rows
    ]
    return pd.DataFrame(filled, columns=list(fields))


def school(urn, phase, zone=0, pan=30, **more):
    low, high = PHASES.get(phase, (0, 13))
    low, high = more.pop("lowest", low), more.pop("highest", high)
    return {
        "urn": urn, "name": f"School {urn}", "phase": phase, "lowest_nc_year": low, "highest_nc_year": high, "pan": pan,
        "net_capacity": pan * (high - low + 1), "easting": SIDE * (zone + 0.5), "northing": SIDE * 0.5,
        "provider": "community", "community": "Town", "ofsted": "good", "condition": "b", **more,
    }  # fmt: skip


def option(name, kind, urn="", first=1, last=1, **more):
    """first, last: planned years in which it may open."""
    row = {
        "option": name, "kind": kind, "urn": urn, "package": "", "fund": "", "nc_years": (0, 4), "places_per_year": 0,
        "capital_pounds": 1e6,
        "revenue_pounds_a_year": 0.0,
        "earliest_opening": BASE + 1 + first, "latest_opening": BASE + 1 + last, **more,
    }  # fmt: skip
    return row | ({} if urn or kind != "new_school" else {"site": f"S-{name}", "name": f"New {name}"} | more)


def conversion(prefix, lower, middle, upper, *, pan, first=1, last=1, to=11):
    """A package: a lower school becomes a primary, the middle closes, the upper becomes a secondary; all in one day."""
    rows = (
        ("L", "age_range", lower, {"nc_years": (0, 6), "places_per_year": pan[0], "net_capacity_change": 2 * pan[0]}),
        ("M", "closure", middle, {"nc_years": (5, 8)}),
        ("U", "age_range", upper, {"nc_years": (7, to), "places_per_year": pan[1], "net_capacity_change": 2 * pan[1]}),
    )
    return [option(prefix + k, kind, urn, first, last, package=prefix, **more) for k, kind, urn, more in rows]


def authority(
    schools, children, *, options=(), years=4, births=None, zones=None, communities=None, budget=None, weights=None,
    tolerance=0.0, rolls=None, assumptions=None, **tables,
):  # fmt: skip
    """A scenario of square zones in a row. children: zone × NC year; rolls of schools that nobody gives follow the PANs."""
    children = np.asarray(children, dtype=float)
    zones = list(zones or [f"Z{i}" for i in range(len(children))])
    rolls = shared_rolls(schools, children) if rolls is None else rolls
    given = {
        "schools": schools,
        "pupils": _census("urn", {s["urn"]: rolls[k] for k, s in enumerate(schools)}),
        "children": _census("zone", dict(zip(zones, children, strict=True))),
        "births": _births(zones, children[:, 0] if births is None else births),
        "options": options,
        "assumptions": [{"assumption": k, "value": str(v)} for k, v in (assumptions or {}).items()],
        **tables,
    }
    settings = Settings(
        name="town", title="A town", base_year=BASE, horizon_years=years, late_openings=True, synthetic=True,
        weights=Weights(**(weights or {})), budget=Budget(**(budget or {})), forecast=ForecastSettings(draws=0),
        solve=Solve(gap=0.0, time_limit_seconds=60.0, sufficiency_tolerance=tolerance),
    )  # fmt: skip
    layer = gpd.GeoDataFrame(
        {
            "zone": zones, "name": zones, "planning_area": "PA", "community": list(communities or ["Town"] * len(zones)),
            "deprivation_quintile": 3.0, "rural_class": "town",
        },
        geometry=[box(SIDE * i, 0, SIDE * (i + 1), SIDE) for i in range(len(zones))],
        crs="EPSG:27700",
    )  # fmt: skip
    return Scenario(Path("town"), settings, {name: frame(name, list(given.get(name, ()))) for name in TABLES}, layer)


def shared_rolls(schools, children):
    """Whole pupils by school and NC year: each year group shared among the schools that teach it, by their PANs."""
    rolls = np.zeros((len(schools), 14))
    for nc, total in enumerate(children.sum(axis=0)):
        size = np.array([s["pan"] * (s["lowest_nc_year"] <= nc <= s["highest_nc_year"]) for s in schools], dtype=float)
        if size.sum() and total:
            share = total * size / size.sum()
            rolls[:, nc] = np.floor(share)
            rolls[np.argsort(rolls[:, nc] - share, kind="stable")[: int(total - rolls[:, nc].sum())], nc] += 1
    return rolls


def _census(key, of):
    return [
        {key: name, "academic_year": BASE - back, "nc_year": nc, "pupils": float(number)}
        for name, groups in of.items()
        for back in range(CENSUSES)
        for nc, number in enumerate(groups)
    ]


def _births(zones, number):
    return [
        {"area": zone, "twelve_months_to": f"{BASE - back}-08-31", "births": float(n), "status": "actual"}
        for zone, n in zip(zones, number, strict=True)
        for back in range(8)
    ]


CHILDREN_TO_11 = np.where(np.arange(14) <= 11, 30, 0)[None, :]  # one zone, 30 in every year group
SMALL_SIZES = {"size.sixth_form": 8} | {
    f"size.{kind}.{name}": size
    for kind in ("lower", "primary", "middle", "secondary", "upper")
    for name, size in (("floor", 40), ("maximum", 80))
}  # schools of these towns are a quarter of the usual
NO_SIXTH_FORM = {"participation.college_share": 1, "specialist.rate": 0}


def three_tier_town(*, options=(), size=30, years=6, **more):
    """One zone, a lower (L), a middle (M) and an upper (U), `size` children in every year group, nobody lost."""
    schools = [school("L", "lower", pan=size), school("M", "middle", pan=size), school("U", "upper", pan=size)]
    return authority(
        schools, CHILDREN_TO_11 * size / 30, options=options, years=years, **{"assumptions": NO_SIXTH_FORM} | more
    )


def crowded(extra, *, tolerance):
    """A primary and a secondary with room for all but `extra` children in each new Reception; an expansion would do."""
    schools = [school("P", "primary", pan=30 - extra, net_capacity=210), school("S", "secondary", pan=60)]
    row = option("X", "expansion", "P", 0, 0, places_per_year=30, nc_years=(0, 6), capital_pounds=1e6)
    return authority(
        schools, CHILDREN_TO_11, options=[row], assumptions=NO_SIXTH_FORM, tolerance=tolerance,
        weights={"cost": 100.0}, years=3,
    )  # fmt: skip


def too_few(ways=4):
    """More children than places whatever opens: two primaries, expansions that are more than the budget pays for."""
    schools = [school("A", "primary", pan=20), school("B", "primary", pan=20), school("S", "secondary", pan=60)]
    rows = [
        option(f"X{u}{k}", "expansion", u, places_per_year=5, nc_years=(0, 6), capital_pounds=1e5 * (k + 1))
        for u in "AB"
        for k in range(ways)
    ]
    budget = {"total_pounds": 3.2e5}
    return authority(schools, 2 * CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, budget=budget)


def plan_for(given, **weights):
    """The plan of a scenario, some weights changed."""
    return authorities.plan_for(weighted(given, **weights) if weights else given)


STAGE_1_STOPS_AT = 0.25  # child-years at which the search for the least shortfall ends
PANS, FEW_PLACES = st.sampled_from([10, 10, 15, 20, 30]), st.sampled_from([5, 5, 10, 15])
MORE_PLACES = ("expansion", "expansion", "expansion", "new_school", "bulge", "temporary_expansion")
CLASSES = st.sampled_from([None, None, None, 1, 1, 2])  # of infants; 1 is too few for a PAN above 10
GRADES = st.sampled_from(["good", "good", "outstanding", "requires_improvement", "none"])
MOSTLY_GOOD = st.sampled_from(["good", "good", "good", "good", "outstanding", "requires_improvement"])
WEIGHTS = st.sampled_from(
    [{}, {}, {"popular": 5.0, "single_phase": 0.0, "partnership": 0.0}, {"local": 3.0, "viable": 0.0}]
)
CAPITAL = st.sampled_from([0.0, 1e5, 1e5, 1e6, 3e6])


@st.composite
def towns(draw, *, most_zones=4, most_options=5, most_years=6, window=1, budget=True):
    """A small authority: 1–4 zones, 2–6 schools of two, three or mixed tiers, 2–5 options, 3–6 years; ties are frequent.

    Every other one is scarce: too few places for all, and options that mostly add some; one in four may leave a child more
    without a place than it must. All that is counted is whole, so that any of them can be told as a folder.
    """
    zones = draw(st.integers(1, most_zones))
    years = draw(st.integers(3, most_years))
    scarce = draw(st.booleans())
    schools = draw(_schools(zones, *((FEW_PLACES, MOSTLY_GOOD) if scarce else (PANS, GRADES))))
    children = draw(_children(zones, sixth=any(s["highest_nc_year"] > 11 for s in schools)))
    options = draw(_options(schools, zones, years, most_options, window, scarce))
    given = {
        "links": draw(_links(schools)),
        "facilities": [{"facility": "Hall", "kind": "hall", "easting": SIDE / 2, "northing": SIDE / 2}][
            : draw(st.integers(0, 1))
        ],
    } | (draw(_pots(options, years)) if budget else {})
    money = draw(
        st.sampled_from(
            [{}, {"total_pounds": 2e6}, {"total_pounds": 4e6, "a_year_pounds": 2e6}, {"projects_a_year": 1}]
        )
    )
    more = {} if any(s["highest_nc_year"] > 11 for s in schools) else {"participation.college_share": 1}
    more |= SMALL_SIZES | draw(
        st.sampled_from([{}, {"specialist.rate": 0}, {"specialist.rate": 0.1, "specialist.growth": 0}])
    )
    return authority(
        schools, children, options=options, years=years,
        births=np.round(children[:, 0] * draw(st.sampled_from([1, 1, 1.2, 0.8]))),
        tolerance=draw(st.sampled_from([0.0, 0.0, 0.0, 1.0])),
        communities=[draw(st.sampled_from(["Town", "Vale"])) for _ in range(zones)], budget=money if budget else {},
        weights=draw(WEIGHTS) | {"cost": draw(st.sampled_from([0.1, 0.01, 1.0]))}, assumptions=more, **given,
    )  # fmt: skip


@st.composite
def _pots(draw, options, years):
    """Sometimes a pot that pays for some of the options, in some years only; and one option that is paid in two steps."""
    tables = {}
    paid = [row for row in options if row["capital_pounds"] > 0]
    steps = [draw(st.sampled_from(paid))] if paid and draw(st.sampled_from([False, False, False, True])) else []
    if draw(st.sampled_from([False, False, False, True])):
        first, last = draw(st.sampled_from([(0, years), (1, years), (0, 1)]))
        tables["funds"] = [
            {
                "pot": "S106", "amount": draw(st.sampled_from([1e5, 1e6, 4e6])),
                "valid_from": _academic(first) if first else "", "expiry": _academic(last) if last < years else "",
            }
        ]  # fmt: skip
        for name in dict.fromkeys(row["package"] or row["option"] for row in options):
            mine = [row for row in options if name in {row["package"], row["option"]}]
            payments = [t - before for row in mine for t in _openings(row) for before in range(1 + (row in steps))]
            if draw(st.booleans()) and any(first <= t <= last for t in payments):
                for row in mine:
                    row["fund"] = "S106"
    for row in steps:
        half = {"option": row["option"], "fund": row["fund"], "pounds": row["capital_pounds"] / 2}
        tables["spending"] = [half | {"years_before_opening": before} for before in (0, 1)]
    return tables


def _openings(row):
    """The planned years in which an option may open."""
    return range(row["earliest_opening"] - BASE - 1, row["latest_opening"] - BASE)


def _academic(t):
    """A planned year as tables write it: 2019/20."""
    return f"{BASE + 1 + t}/{(BASE + 2 + t) % 100:02}"


@st.composite
def _schools(draw, zones, pans, grades):
    """One school of each tier at least, then any."""
    tiers = TIERS[draw(st.sampled_from(sorted(TIERS)))]
    phases = list(tiers) + [draw(st.sampled_from(tiers)) for _ in range(draw(st.integers(0, 6 - len(tiers))))]
    found = []
    for k, phase in enumerate(phases):
        more = {"highest": 13} if phase in {"secondary", "upper"} and draw(st.booleans()) else {}
        found.append(
            school(
                f"{100 + k}", phase, draw(st.integers(0, zones - 1)), draw(pans), ofsted=draw(grades),
                condition=draw(st.sampled_from("abcd")), community=draw(st.sampled_from(["Town", "Vale"])),
                specialist_places=draw(st.sampled_from([0, 0, 4])), infant_classes=draw(CLASSES), faith=draw(st.sampled_from(["", "", "Church"])), **more,
            )
        )  # fmt: skip
    return found


@st.composite
def _children(draw, zones, *, sixth):
    """zone × NC year, whole numbers; some zones without any."""
    size = np.array([draw(st.sampled_from([0, 4, 8, 12])) for _ in range(zones)])
    size[draw(st.integers(0, zones - 1))] += 6
    slope = draw(st.sampled_from([0, 0, 1, -1]))
    children = np.repeat(size[:, None], 14, axis=1) + slope * (np.arange(14) // 3) * (size[:, None] > 4)
    children[:, 12:] = children[:, 12:] // 2 if sixth else 0
    return children


@st.composite
def _links(draw, schools):
    """Up to two partnerships; a school may belong to both."""
    return [
        {"partnership": name, "urn": s["urn"], "strength": strength}
        for name, strength in (("North", 0.8), ("South", 0.5))
        if draw(st.booleans())
        for s in schools
        if draw(st.booleans())
    ]


@st.composite
def _options(draw, schools, zones, years, most, window, scarce):
    """Options of any kind, a few of which need, follow or exclude an earlier one."""
    rows = []
    for k in range(draw(st.integers(min(2 + scarce, most), most))):
        rows += draw(
            _decision(f"O{k}", schools, zones, years, window, scarce and draw(st.sampled_from([True, True, False])))
        )
        earlier = [r["option"] for r in rows if not r.get("package")]
        word = draw(st.sampled_from(["", "", "needs", "follows", "excludes"]))
        if word and rows[-1]["option"] == f"O{k}" and len(earlier) > 1:
            rows[-1][word] = earlier[draw(st.integers(0, len(earlier) - 2))]
    return rows


def _shared(name, kind, at, other, places, when):
    """An amalgamation of two schools, or a consortium of two sixth forms."""
    if kind == "sixth_form_consortium":
        return option(name, kind, at["urn"], nc_years=(12, 13), members=other["urn"], **when)
    both = (
        min(at["lowest_nc_year"], other["lowest_nc_year"]),
        max(at["highest_nc_year"], other["highest_nc_year"]),
    )
    more = {"nc_years": both, "places_per_year": places, "revenue_pounds_a_year": -2e4}
    return option(name, kind, at["urn"], members=other["urn"], **more, **when)


@st.composite
def _of_one_kind(draw, name, kind, at, schools, zones, when):
    """The row of a kind that says something of its own, where the town has the schools for it."""
    span = (at["lowest_nc_year"], at["highest_nc_year"])
    if kind == "satellite":
        spot = {"easting": SIDE * (draw(st.integers(0, zones - 1)) + 0.5), "northing": SIDE * 0.5}
        return [option(name, kind, at["urn"], nc_years=span, places_per_year=4, **spot, **when)]
    if kind == "nursery":
        return [option(name, kind, at["urn"], nc_years=(-2, -1), places_per_year=26, community_use="nursery", **when)]
    if kind == "temporary_expansion":
        return [option(name, kind, at["urn"], nc_years=span, places_per_year=5, cohorts=2, **when)]
    alike = [s for s in schools if s["urn"] != at["urn"] and s["phase"] == at["phase"]]
    if kind == "sixth_form_consortium":
        alike = [s for s in alike if min(s["highest_nc_year"], at["highest_nc_year"]) > 11]
    if kind in {"amalgamation", "sixth_form_consortium"} and alike:
        return [_shared(name, kind, at, draw(st.sampled_from(alike)), draw(st.sampled_from([0, 5, 10])), when)]
    return []


@st.composite
def _decision(draw, name, schools, zones, years, window, adds):  # noqa: PLR0911  (one way out a kind of option)
    """The rows of one decision. adds: one that adds places."""
    kind = draw(
        st.sampled_from(
            MORE_PLACES
            if adds
            else ["expansion", "expansion", "new_school", "bulge", "age_range", "sixth_form", "resourced_provision",
             "pan_reduction", "link", "closure", "community_facility", "special_places", "amalgamation", "federation",
             "sixth_form_consortium", "satellite", "nursery", "temporary_expansion"]
        )
    )  # fmt: skip
    first = draw(st.integers(0, years - 1))
    last = min(first + draw(st.integers(0, window)), years - 1)
    when = {"first": first, "last": last, "capital_pounds": draw(CAPITAL)}
    at = draw(st.sampled_from(schools))
    span = (at["lowest_nc_year"], at["highest_nc_year"])
    by_phase = {s["phase"]: s for s in schools}
    if rows := draw(_of_one_kind(name, kind, at, schools, zones, when)):
        return rows
    if kind == "age_range" and {"lower", "middle", "upper"} <= set(by_phase):
        lower, middle, upper = (by_phase[p] for p in ("lower", "middle", "upper"))
        pan = (lower["pan"], upper["pan"])
        return conversion(
            name,
            lower["urn"],
            middle["urn"],
            upper["urn"],
            pan=pan,
            first=first,
            last=last,
            to=upper["highest_nc_year"],
        )
    if kind == "new_school":
        groups = draw(st.sampled_from([(0, 4), (0, 6), (7, 11)]))
        zone = draw(st.integers(0, zones - 1))
        return [
            option(
                name, kind, nc_years=groups, places_per_year=10, easting=SIDE * (zone + 0.5), northing=SIDE * 0.5,
                community="Town", ofsted=draw(GRADES), provider="free_school", **when,
            )
        ]  # fmt: skip
    if kind in {"link", "federation"}:
        partner = draw(st.sampled_from([s for s in schools if s is not at]))
        return [option(name, kind, at["urn"], nc_years=span, partner_urn=partner["urn"], **when)]
    if kind == "sixth_form" and at["highest_nc_year"] == 11:
        return [option(name, kind, at["urn"], nc_years=(12, 13), places_per_year=10, net_capacity_change=20, **when)]
    if kind in {"resourced_provision", "special_places"}:
        return [option(name, kind, at["urn"], nc_years=span, places_per_year=4, net_capacity_change=-15, **when)]
    if kind == "community_facility":
        return [
            option(name, kind, at["urn"], nc_years=span, community_use="hall", sound_rooms=draw(st.booleans()), **when)
        ]
    if kind == "pan_reduction":
        return [option(name, kind, at["urn"], nc_years=span, places_per_year=-5, **when)]
    if kind in {"bulge", "closure"}:
        return [option(name, kind, at["urn"], nc_years=span, places_per_year=5 * (kind == "bulge"), **when)]
    return [option(name, "expansion", at["urn"], nc_years=span, places_per_year=draw(st.sampled_from([5, 10])), **when)]

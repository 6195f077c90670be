"""A small authority in memory: a few zones, their schools and what they know, each told in a line."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from shapely.geometry import box

from placeplan.scenario.scenario import Scenario
from placeplan.scenario.settings import ForecastSettings, Settings, Solve
from placeplan.scenario.tables import TABLES

BASE = 2018
GROUPS = 14
METHODS = {"plain": {"method": "plain"}, "pooled": {"method": "pooled", "la_code": "823"}}  # what a scenario says


def frame(table, rows):
    """A checked table: every column of its class, in its types; what a row doesn't say is the default."""
    fields = TABLES[table].model_fields
    columns = {field.alias or name: field for name, field in fields.items()}
    filled = [
        {name: row.get(name, None if field.is_required() else field.default) for name, field in columns.items()}
        for row in rows
    ]
    return pd.DataFrame(filled, columns=list(columns))


def school(urn="100", lowest=0, highest=13, pan=30, **more):
    return {
        "urn": urn, "name": f"School {urn}", "phase": "all_through", "lowest_nc_year": lowest, "highest_nc_year": highest,
        "pan": pan, "net_capacity": pan * (highest - lowest + 1), "easting": 500.0, "northing": 500.0,
        "provider": "community", "community": "Town", "ofsted": "good", **more,
    }  # fmt: skip


def pupils(rolls, *, base=BASE, urn="100"):
    """rolls: academic year × NC year, the last year being the base year."""
    first = base - len(rolls) + 1
    return [
        {"urn": urn, "academic_year": first + i, "nc_year": nc, "pupils": float(number)}
        for i, year in enumerate(rolls)
        for nc, number in enumerate(year)
    ]


def children(living, *, base=BASE):
    """living: zone → academic year × NC year, the last being the base year."""
    return [
        {"zone": zone, "academic_year": base - len(years) + 1 + i, "nc_year": nc, "pupils": float(number)}
        for zone, years in living.items()
        for i, year in enumerate(years)
        for nc, number in enumerate(year)
    ]


def births(of, *, last=BASE):
    """of: area → births of the years up to August of `last`."""
    return [
        {
            "area": area,
            "twelve_months_to": f"{last - len(years) + 1 + i}-08-31",
            "births": float(number),
            "status": "actual",
        }
        for area, years in of.items()
        for i, number in enumerate(years)
    ]


def homes(name, zone, year, dwellings, probability=1.0, **more):
    return {
        "development": name, "zone": zone, "academic_year": year, "dwellings": float(dwellings), "dwelling_type": "house",
        "tenure": "market", "status": "full_permission", "probability": probability, **more,
    }  # fmt: skip


def assumption(name, value):
    return {"assumption": name, "value": str(value)}


STAYING_ON = [assumption("participation.target", 1), assumption("participation.college_share", 0)]


def authority(
    tables, *, zones=("Z1", "Z2"), areas=None, base=BASE, years=4, draws=0, seed=1, la_code="", **of_forecast
):
    """A scenario of square zones in a row, a kilometre each; tables: name → rows, or a frame."""
    areas = areas or ["A"] * len(zones)
    given = {name: rows if isinstance(rows, pd.DataFrame) else frame(name, rows) for name, rows in tables.items()}
    empty = {name: frame(name, []) for name in TABLES}
    settings = Settings(
        name="town", title="A town", base_year=base, horizon_years=years, solve=Solve(seed=seed), la_code=la_code,
        forecast=ForecastSettings(draws=draws, **of_forecast),
    )  # fmt: skip
    layer = gpd.GeoDataFrame(
        {"zone": list(zones), "name": list(zones), "planning_area": areas, "community": "Town"},
        geometry=[box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(len(zones))],
        crs="EPSG:27700",
    )
    return Scenario(Path("town"), settings, empty | given, layer)


def steady(size=30.0, *, zones=("Z1", "Z2"), censuses=4, base=BASE, **more):
    """An authority in which nothing changes: every year group of every zone has the same size, and so have the births."""
    living = {zone: [[size] * GROUPS] for zone in zones}
    tables = {
        "schools": [school()],
        "pupils": pupils([[size * len(zones)] * GROUPS] * censuses, base=base),
        "children": children(living, base=base),
        "births": births(dict.fromkeys(zones, [size] * 8), last=base),
        "assumptions": STAYING_ON,
    } | more.pop("tables", {})
    return authority(tables, zones=zones, base=base, **more)


def moved(tables, years):
    """The same tables some years later: every academic year and date."""
    later = {}
    for name, rows in tables.items():
        later[name] = [dict(row) for row in rows]
        for row in later[name]:
            if "academic_year" in row:
                row["academic_year"] += years
            if "twelve_months_to" in row:
                row["twelve_months_to"] = f"{int(row['twelve_months_to'][:4]) + years}{row['twelve_months_to'][4:]}"
    return later


@st.composite
def towns(draw, *, most_zones=4, history=True, method="plain"):
    """Tables, zones and areas of a small town: any rolls, any births, zones of one or two planning areas.

    For the pooled method rolls are those of an authority that it is used for: 4 censuses, nobody missing to Year 11.
    """
    zones = [f"Z{i}" for i in range(1, draw(st.integers(1, most_zones)) + 1)]
    areas = [draw(st.sampled_from(["A", "B"])) for _ in zones]
    random = np.random.default_rng(draw(st.integers(0, 2**20)))
    few = draw(st.booleans())  # zeros, ones and ties are frequent in small places
    pooled = method == "pooled"
    rolls = random.integers(0, 4 if few else 200, (draw(st.integers(4, 7) if pooled else st.integers(1, 6)), GROUPS))
    rolls[:, :12] += pooled
    rolls[-1, 5] += 1  # somebody is at school in the base year
    years = draw(st.integers(1, 3)) if history else 1
    living = {zone: random.integers(0, 3 if few else 60, (years, GROUPS)) for zone in zones}
    living[zones[0]] += 1
    level = draw(st.sampled_from(["zone", "area", "authority"]))
    names = {"zone": zones, "area": sorted(set(areas)), "authority": ["authority"]}[level]
    born = {name: random.integers(0, 5 if few else 80, draw(st.integers(5, 9))) for name in names}
    tables = {
        "schools": [school()],
        "pupils": pupils(rolls),
        "children": children(living),
        "births": births(born),
        "assumptions": STAYING_ON if draw(st.booleans()) else [],
    }
    return tables, zones, areas


def developments(zones, *, most=5, first=BASE - 1, last=BASE + 6):
    """Rows of the housing table, with zeros and certainty frequent."""
    row = st.tuples(
        st.sampled_from(list(zones)),
        st.integers(first, last),
        st.integers(0, 300),
        st.sampled_from([0.0, 0.5, 0.9, 1.0]),
    )
    return st.lists(row, max_size=most).map(lambda drawn: [homes(f"D{i}", *one) for i, one in enumerate(drawn)])

"""A small authority with its results, made by hand: every figure can be checked in the head; its names are hostile."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.forecast.chance import Spread
from placeplan.forecast.drivers import CAUSES, drivers
from placeplan.forecast.simulate import simulate
from placeplan.forecast.summary import summary
from placeplan.forecast.value import Forecast
from placeplan.publish.results import Results
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.settings import Settings, Weights
from placeplan.scenario.tables import TABLES

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
ACCENTS = "Ysgol Gŵyr — École Łódź ☃"
RIGHT_TO_LEFT = "مدرسة البلوط"
LONG = "Saint Æthelthryth’s é" * 14  # 294 characters, more bytes than a shapefile holds
BREAKS = "</script></style>]]>{{ 7*7 }}\u2028&amp;\"'\r\nA"
HOSTILE = (SCRIPT, FORMULA, ACCENTS, RIGHT_TO_LEFT, LONG, BREAKS)
YEARS = ["2019/20", "2020/21", "2021/22"]
SIDE = 1000  # metres
CHILDREN = 9.0  # of each year group in each zone
SCORES = [62.5, 71.0, 55.0, 88.0, 45.0, 90.0, 66.0, 81.0, -12.0]
PRINCIPLES = tuple(name for name in Weights.model_fields if name != "cost")


def results(*, years: int = 3, zones: int = 6, folder, seed: int = 1, draws: int = 40, schools: int = 4, shapes=None):
    """An authority of squares in two rows, half of them Ash, half Birch; its forecast; its plan; hostile names.

    shapes: other zones than the squares.
    """
    settings = Settings(
        name="small",
        title=f"Small town {SCRIPT}",
        base_year=2018,
        horizon_years=years,
        synthetic=True,
        la_name="Nowhere",
    )
    frame = _zones(zones if shapes is None else len(shapes))
    if shapes is not None:
        frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))
    scenario = Scenario(
        folder=folder,
        settings=settings,
        tables=_tables(frame, schools),
        zones=frame,
        inputs={"schools.csv": "ab" * 32},
    )
    forecast = _forecast(frame, scenario.planned_years, draws, seed)
    tables = _published(scenario, forecast, seed)
    run = {
        "run_id": "r-20181101",
        "command": "run",
        "scenario": settings.name,
        "title": settings.title,
        "base_year": name_of_year(settings.base_year),
        "planned_years": [name_of_year(year) for year in scenario.planned_years],
        "synthetic": True,
        "inputs": dict(scenario.inputs),
        "weights": settings.weights.model_dump(),
        "scores": dict(zip(PRINCIPLES, SCORES, strict=True)),
        "do_minimum": {"objective": 3.9, "shortfall": 20.0},
        "cost_contribution": 1.45,  # with nine times 0.2 of the principles: the objective
        "warnings": [],
        "capital_pounds": 10_700_000.0,
        "shortfall": 9.5,
        "shortfall_post_16": 0.0,
        "status": "optimal within the gap",
        "gap": 0.0042,
        "controllable_gap": 0.021,
        "objective": 3.25,
        "bound": 3.23635,
        "do_minimum_scores": {name: 40.0 + 5 * k for k, name in enumerate(PRINCIPLES)},
        "versions": {"placeplan": "26.1.0"},
        "seed": seed,
    }
    internal = {"certificate.json": b'{"largest_violation": 0}\n', "certificate/prices.csv": b"origin,price\nZ0,1.5\n"}
    return Results(scenario=scenario, forecast=forecast, tables=tables, internal=internal, run=run)


def _zones(count):
    names = [*HOSTILE, *(f"Zone {k}" for k in range(count))]
    columns = (count + 1) // 2
    shapes = [
        shapely.box(500_000 + SIDE * (k % columns), 230_000 + SIDE * (k // columns), 500_000 + SIDE * (k % columns + 1),
                    230_000 + SIDE * (k // columns + 1))
        for k in range(count)
    ]  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "zone": [f"Z{k:03d}" for k in range(count)],
            "name": names[:count],
            "planning_area": [f"PA0{1 + k // columns}" for k in range(count)],
            "community": ["Ash" if k < columns else "Birch" for k in range(count)],
            "deprivation_quintile": np.nan,
            "rural_class": "",
        },
        geometry=shapes,
        crs="EPSG:27700",
    )


def _tables(zones, schools):
    tables = {name: pd.DataFrame(columns=_headings(table)) for name, table in TABLES.items()}
    middle = zones.geometry.centroid
    pick = np.linspace(0, len(zones) - 1, schools).astype(int)
    names = [SCRIPT, ACCENTS, LONG, RIGHT_TO_LEFT, *(f"School {k}" for k in range(schools))]
    tables["schools"] = pd.DataFrame(
        {
            "urn": [f"{109000 + k:06d}" for k in range(schools)] + ["009999"],
            "laestab": [f"{8230000 + k:07d}" for k in range(schools)] + ["0019999"],
            "name": [*names[:schools], FORMULA],
            "planning_area": ["PA02", *[""] * schools],
            "unsafe_routes": False,
            "phase": [("primary", "secondary")[k % 2] for k in range(schools)] + ["special"],
            "lowest_nc_year": [(0, 7)[k % 2] for k in range(schools)] + [0],
            "highest_nc_year": [(6, 13)[k % 2] for k in range(schools)] + [11],
            "pan": 30,
            "net_capacity": 210,
            "easting": [*middle.x.to_numpy()[pick], middle.x[0] + 200],
            "northing": [*middle.y.to_numpy()[pick], middle.y[0] + 200],
            "community": [*zones["community"].to_numpy()[pick], "Ash"],
        }
    )
    tables["options"] = pd.DataFrame(
        {
            "option": ["EXP-1", "NEW-1", "LINK-1", "EXP-2"],
            "kind": ["expansion", "new_school", "link", "expansion"],
            "urn": ["109000", "", "", "109001"],
            "site": ["", "SITE-1", "", ""],
            "nc_years": [(0, 6), (0, 6), (0, 6), (7, 13)],
            "name": [FORMULA, SCRIPT, "", ""],
            "easting": [np.nan, 500_000.0 + SIDE, np.nan, np.nan],
            "northing": [np.nan, 230_000.0 + SIDE, np.nan, np.nan],
            "community": ["", "Birch", "Ash", ""],
        }
    )
    return tables


def _headings(table):
    return [field.alias or name for name, field in table.model_fields.items()]


def _forecast(zones, years, draws, seed):
    growth = 1 + 0.04 * np.arange(len(years))[None, :, None] * np.linspace(-1, 2, len(zones))[:, None, None]
    central = CHILDREN * growth * np.ones((1, 1, 14))
    held = np.full_like(central, CHILDREN)
    areas, area_of_zone = np.unique(zones["planning_area"].to_numpy(dtype=str), return_inverse=True)
    chance = Spread(authority=0.05, area=0.02, nc_year=0.01, reception=0.05, births=0.02, lasting=0.6)
    return Forecast(
        zones=tuple(zones["zone"]),
        planning_areas=tuple(zones["planning_area"]),
        years=tuple(years),
        base=np.full((len(zones), 14), CHILDREN),
        central=central,
        futures=simulate(central, tuple(areas), area_of_zone, chance, draws=draws, seed=seed, known_births=2),
        parts=dict.fromkeys(CAUSES, 0 * central) | {"baseline": held, "survival": central - held},
        needs=("ASD",),
        specialist=np.ones((len(zones), 1, 1, len(years))),
        later_reception=np.ones((len(zones), len(years) + 3)),
        early_years=np.ones((len(zones), len(years))),
    )


def _published(scenario, forecast, seed):
    years = [name_of_year(y) for y in scenario.planned_years]
    return {
        "plan/options.csv": pd.DataFrame(
            {
                "option": ["EXP-1", "NEW-1", "LINK-1", "EXP-2"],
                "kind": ["expansion", "new_school", "link", "expansion"],
                "opens": [years[0], years[-1], "", ""],
                "places": [210, 420, 0, -30],
                "capital_pounds": [1_200_000.0, 9_500_000.0, 0.0, 800_000.0],
                "reason": ["30 children would have no place", SCRIPT, "no transfer is kept by it", FORMULA],
            }
        ),
        "plan/schools.csv": _school_rows(scenario, forecast, years),
        "plan/journeys.csv": _journey_rows(scenario, forecast, years),
        "plan/retention.csv": pd.DataFrame({"cohort": [years[0]], "nc_year": ["R"], "retention": [0.987654321]}),
        "plan/shortfall.csv": pd.DataFrame(
            {
                "origin": ["Z000", "Birch"],
                "origin_kind": ["zone", "area"],
                "cohort": [years[0], name_of_year(scenario.planned_years[0] - 7)],
                "nc_year": ["R", "7"],
                "children": [3.5, 6.0],
                "cause": ["no school in reach has room", "no option adds places here"],
            }
        ),
        "plan/specialist.csv": pd.DataFrame(
            {"site": ["009999", "109000"], "need": "ASD", "academic_year": years[0], "children": [12.0, 3.0], "places": [20, 10]}
        ),
        "plan/transfers.csv": pd.DataFrame(
            {"community": ["Ash"], "cohort": [years[0]], "transfers": [31.5], "linked_transfers": [20.0], "displaced": [0.0]}
        ),
        "appraisal/principles.csv": pd.DataFrame(
            {
                "principle": PRINCIPLES,
                "measure": [f"measure of {name}" for name in PRINCIPLES],
                "unit": "miles",
                "score": SCORES,
                "weight": 1.0,
                "contribution": 0.2,
            }
        ),
        "appraisal/measures.csv": pd.DataFrame({"principle": ["local"], "measure": ["mean"], "value": [1.25], "unit": ["miles"]}),
        "appraisal/programme.csv": pd.DataFrame(
            {
                "task": ["Consult"], "start": ["2019-01-07"], "end": ["2019-03-29"], "owner role": ["planning officer"],
                "outcome": ["replies"], "measure": ["number of replies"],
            }
        ),
        "forecast/forecast.csv": forecast.frame(),
        "forecast/summary.csv": summary(forecast),
        "forecast/drivers.csv": drivers(forecast),
        "forecast/scap.csv": pd.DataFrame({"planning_area": ["PA01"], "R": [27]}),
    }  # fmt: skip


def _school_rows(scenario, forecast, years):
    mainstream = scenario.mainstream
    groups = [
        (urn, year, name_of_nc_year(nc), 20.0 + nc + k, max(30.0, 20.0 + nc + k), max(0.0, nc + k - 10.0))
        for urn, low, high in zip(
            mainstream["urn"], mainstream["lowest_nc_year"], mainstream["highest_nc_year"], strict=True
        )
        for k, year in enumerate(years)
        for nc in range(low, high + 1)
    ]
    new = [("SITE-1", years[-1], name_of_nc_year(nc), 12.0, 60.0, 0.0) for nc in range(7)]
    columns = ["urn", "academic_year", "nc_year", "pupils", "places", "over_capacity"]
    return pd.DataFrame([*groups, *new], columns=columns)


def _journey_rows(scenario, forecast, years):
    mainstream, zones = scenario.mainstream, scenario.zones
    primary = mainstream[mainstream["lowest_nc_year"] == 0]["urn"].tolist()
    later = mainstream[mainstream["lowest_nc_year"] == 7]["urn"].tolist()
    rows = [
        (zone, "zone", year, primary[(k + near) % len(primary)], "R", "6", 7.123456789 / (1 + near))
        for k, zone in enumerate(zones["zone"])
        for year in years
        for near in range(min(4, len(primary) - 1) or 1)
    ]
    rows += [(area, "area", years[0], later[0], "7", "13", 21.5) for area in ("Ash", "Birch") if later]
    rows += [(zones["zone"][0], "zone", years[0], primary[-1], "R", "6", 1.5)]  # too few to be drawn
    columns = ["origin", "origin_kind", "cohort", "urn", "from_nc_year", "to_nc_year", "children"]
    return pd.DataFrame(rows, columns=columns)

"""Places of the demo: an invented authority of towns, villages and growth areas, cut into zones that tile it."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator

CORNER = np.array([432_000.0, 262_000.0])  # somewhere in the middle of England; nothing there is meant
RADII = np.array([17_500.0, 15_000.0])  # 35 km by 30 km
CENTRE = CORNER + RADII
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))  # points of a sunflower: evenly spread, never in rows
SPREAD = {"city": 3_000.0, "town": 2_000.0, "village": 1_100.0, "growth": 700.0}  # metres from centre to edge
FREE_MEALS = (0.28, 0.19, 0.13, 0.09, 0.05)  # of pupils, by quintile, the most deprived first; taken: about 15 % of all
AREA_OF_ONE = {"Wexbourne West": "Wexbourne East"}  # two pyramids in one planning area

# name, kind, km east, km north, zones, children a year group, schools at the end of compulsory education, their phase
TOWNS = (
    ("Kingsmarch", "city", 8, 18, 24, 770, 4, "secondary"),
    ("Wexbourne", "town", 26, 22, 13, 370, 2, "secondary"),
    ("Harrowmere", "town", 17, 10.5, 16, 470, 2, "upper"),
    ("Ottersley", "town", 28, 11, 13, 270, 2, "upper"),
    ("Brackenford", "town", 10.5, 6, 10, 270, 1, "upper"),
    ("Saltersbridge", "town", 17, 25, 8, 180, 1, "upper"),
    ("Greatmoor", "village", 22, 17, 4, 70, 1, "upper"),
    ("Aldersey Fields", "growth", 23.5, 7.5, 2, 16, 0, ""),
    ("Kingsmarch Rise", "growth", 12.5, 20.5, 2, 20, 0, ""),
    ("Otterbank", "growth", 31.5, 14.5, 2, 14, 0, ""),
)
GROWTH_AREAS = tuple(name for name, kind, *_ in TOWNS if kind == "growth")
QUARTERS = {1: ("",), 2: (" East", " West"), 4: (" East", " North", " West", " South")}
VILLAGES = (
    "Amberholt", "Birchley Green", "Caxenby", "Dunsmere", "Eldercote", "Fernhollow", "Gorseby", "Hazelthwaite",
    "Ivelsham", "Juniper End", "Kestrelby", "Larkswell", "Millhaven Cross", "Nettlebourne", "Oxlipton", "Pipershill",
    "Quillbrook", "Rookswood", "Sorrelby", "Tansyford", "Upper Yarrow", "Vetchley", "Willowstead", "Yewbarrow",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """The map before any school stands on it.

    settlements: name, kind, easting, northing, zones, cohort (children a year group), hubs, hub_phase, pyramid.
    zones: the columns of a scenario's zones and settlement, pyramid, easting, northing, cohort; polygons, EPSG:27700.
    hubs: pyramid, settlement, phase, easting, northing: the schools at which compulsory education ends.
    """

    settlements: pd.DataFrame
    zones: gpd.GeoDataFrame
    hubs: pd.DataFrame


def places(rng: Generator) -> Places:
    """Invent the authority: some 35 km by 30 km, 160 zones, 34 communities, 12 planning areas, 13 pyramids."""
    outline = _outline(rng)
    settlements = pd.concat([_towns(), _villages(rng, outline)], ignore_index=True)
    hubs = _hubs(settlements)
    settlements["pyramid"] = _nearest(settlements, hubs)
    points = _points(rng, settlements, outline)
    zones = _zones(rng, points, settlements, hubs, outline)
    return Places(settlements, zones, hubs)


def _outline(rng: Generator) -> shapely.Polygon:
    """Return the boundary of the authority: an ellipse with bays and noses, its corners on whole metres."""
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    waves = np.arange(2, 8)
    radius = 1 + (0.022 * np.sin(np.outer(angle, waves) + rng.uniform(0, 2 * np.pi, len(waves)))).sum(axis=1)
    corners = CENTRE + RADII * radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(np.round(corners))


def _towns() -> pd.DataFrame:
    """Return the settlements whose place is fixed."""
    columns = ["name", "kind", "easting", "northing", "zones", "cohort", "hubs", "hub_phase"]
    towns = pd.DataFrame(TOWNS, columns=columns)
    towns[["easting", "northing"]] = CORNER + 1_000 * towns[["easting", "northing"]].to_numpy(dtype=float)
    return towns


def _villages(rng: Generator, outline: shapely.Polygon) -> pd.DataFrame:
    """Return the villages: on a loose grid between the towns, well inside the boundary."""
    step = 3_700.0
    east, north = np.meshgrid(np.arange(0, 36_000, step), np.arange(0, 31_000, step * 0.87))
    east = east + (np.arange(len(east)) % 2)[:, None] * step / 2
    grid = CORNER + np.column_stack([east.ravel(), north.ravel()]) + rng.uniform(-600, 600, (east.size, 2))
    towns = _towns()
    miles_off = np.array([SPREAD[kind] + 1_400 for kind in towns["kind"]])
    away = np.hypot(*(grid[:, None] - towns[["easting", "northing"]].to_numpy()[None]).transpose(2, 0, 1)) > miles_off
    inside = shapely.contains_xy(outline.buffer(-1_300), grid[:, 0], grid[:, 1])
    free = rng.permutation(np.flatnonzero(away.all(axis=1) & inside))[: len(VILLAGES)]
    cohort = np.clip(rng.lognormal(np.log(21), 0.35, len(VILLAGES)), 9, 44).round()
    return pd.DataFrame(
        {"name": VILLAGES, "kind": "village", "easting": grid[free, 0].round(), "northing": grid[free, 1].round()}
        | {"zones": [3] * 18 + [2] * 6, "cohort": np.sort(cohort)[::-1].astype(int), "hubs": 0, "hub_phase": ""}
    )


def _hubs(settlements: pd.DataFrame) -> pd.DataFrame:
    """Return the schools at which compulsory education ends: round the middle of their town, one a quarter."""
    towns = settlements[settlements["hubs"] > 0]
    rows = towns.loc[towns.index.repeat(towns["hubs"])].reset_index(drop=True)
    turn = 2 * np.pi * rows.groupby("name").cumcount() / rows["hubs"]
    off = rows["kind"].map(SPREAD).astype(float) * 0.5 * (rows["hubs"] > 1)
    return pd.DataFrame(
        {
            "pyramid": [
                town + quarter
                for town, hubs in zip(towns["name"], towns["hubs"], strict=True)
                for quarter in QUARTERS[hubs]
            ],
            "settlement": rows["name"],
            "phase": rows["hub_phase"],
            "easting": (rows["easting"] + off * np.cos(turn)).round(),
            "northing": (rows["northing"] + off * np.sin(turn)).round(),
        }
    )


def _nearest(here: pd.DataFrame, hubs: pd.DataFrame) -> list[str]:
    """Return the name of the nearest pyramid for each row."""
    away = np.hypot(
        here["easting"].to_numpy()[:, None] - hubs["easting"].to_numpy(),
        here["northing"].to_numpy()[:, None] - hubs["northing"].to_numpy(),
    )
    if "settlement" in here:  # a town keeps to its own schools
        own = here["settlement"].to_numpy()[:, None] == hubs["settlement"].to_numpy()
        away = np.where(own | ~own.any(axis=1, keepdims=True), away, np.inf)
    return [str(hubs["pyramid"].iloc[k]) for k in away.argmin(axis=1)]


def _points(rng: Generator, settlements: pd.DataFrame, outline: shapely.Polygon) -> pd.DataFrame:
    """Return the middle of each zone: settlement, easting, northing, in the order of the settlements."""
    rows = settlements.loc[settlements.index.repeat(settlements["zones"])].reset_index(drop=True)
    number = rows.groupby("name").cumcount()
    spread: pd.Series[float] = rows["kind"].map(SPREAD).astype(float)
    radius = spread * ((number + 0.5) / rows["zones"]) ** 0.5
    turn = number * GOLDEN_ANGLE + rng.uniform(0, 2 * np.pi, len(settlements)).repeat(settlements["zones"])
    jitter = rng.normal(0, 60, (len(rows), 2))
    east = (rows["easting"] + radius * np.cos(turn) + jitter[:, 0]).round()
    north = (rows["northing"] + radius * np.sin(turn) + jitter[:, 1]).round()
    inside = shapely.contains_xy(outline, east, north)
    if not inside.all():
        raise ValueError("a zone of the demo lies outside its authority: choose another seed")
    return pd.DataFrame({"settlement": rows["name"], "kind": rows["kind"], "easting": east, "northing": north})


def _zones(
    rng: Generator, points: pd.DataFrame, settlements: pd.DataFrame, hubs: pd.DataFrame, outline: shapely.Polygon
) -> gpd.GeoDataFrame:
    """Return the zones: all land that lies nearest to each point, with its share of the settlement's children."""
    by_name = settlements.set_index("name")
    village = by_name["pyramid"].reindex(points["settlement"]).to_numpy()
    pyramid = np.where(points["kind"].isin(["city", "town"]), _nearest(points, hubs), village)
    share = pd.Series(rng.uniform(0.7, 1.3, len(points)))
    cohort = (
        share
        / share.groupby(points["settlement"]).transform("sum")
        * by_name["cohort"].reindex(points["settlement"]).to_numpy()
    )
    areas = {name: f"PA{k + 1:02d}" for k, name in enumerate(p for p in hubs["pyramid"] if p not in AREA_OF_ONE)}
    areas |= {one: areas[other] for one, other in AREA_OF_ONE.items()}
    fifth = _deprivation(rng, points["kind"])
    return gpd.GeoDataFrame(
        {
            "zone": [f"Z{k + 1:03d}" for k in range(len(points))],
            "name": points["settlement"] + " " + (points.groupby("settlement").cumcount() + 1).astype(str),
            "planning_area": pd.Series(pyramid).map(areas),
            "community": points["settlement"],
            "deprivation_quintile": fifth,
            "fsm_share": [FREE_MEALS[int(k) - 1] for k in fifth],
            "rural_class": points["kind"].replace({"growth": "village"}),
            "pyramid": pyramid,
            "easting": points["easting"],
            "northing": points["northing"],
            "cohort": cohort.to_numpy(),
        },
        geometry=_tiles(points, outline),
        crs="EPSG:27700",
    )


def _deprivation(rng: Generator, kind: pd.Series) -> list[float]:
    """Return a quintile a zone, 1 the most deprived: towns have more of it than villages."""
    hardship = kind.map({"city": 1.2, "town": 0.5, "village": -0.5, "growth": -0.8}).to_numpy() + rng.normal(
        0, 1, len(kind)
    )
    rank = np.argsort(np.argsort(-hardship, kind="stable"), kind="stable")
    return [1.0 + k * 5 // len(kind) for k in rank]


def _tiles(points: pd.DataFrame, outline: shapely.Polygon) -> list[shapely.Polygon]:
    """Return the cells of the points, cut at the outline, corners on whole metres: no gap and no overlap."""
    middles = shapely.MultiPoint(points[["easting", "northing"]].to_numpy())
    cells = np.array(shapely.voronoi_polygons(middles, extend_to=outline, ordered=True).geoms)
    cut = shapely.transform(shapely.intersection(cells, outline), np.round)
    if not (shapely.get_type_id(cut) == shapely.GeometryType.POLYGON).all() or not shapely.coverage_is_valid(cut):
        raise ValueError("the zones of the demo do not tile its authority: choose another seed")
    return list(cut)

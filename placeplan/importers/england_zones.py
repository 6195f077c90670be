"""Zones: where children live, cut from true boundaries where the folder has them, else drawn round points."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import cKDTree

from placeplan.domain.arrays import Number, Whole
from placeplan.domain.years import MAINSTREAM
from placeplan.importers.england_extracts import Extracts
from placeplan.importers.england_said import Assumed
from placeplan.importers.england_schools import Schools

PUPILS_AN_AREA = 4_000  # planning areas: some four thousand pupils each
ZONES_A_COMMUNITY = 5
BEYOND = 1_500.0  # metres: how far the outermost zones reach beyond their points
BANDS = {"age_0_3": range(4), "age_4_8": range(4, 9), "age_9_12": range(9, 13), "age_13_15": range(13, 16), "age_16_18": range(16, 19)}  # fmt: skip
PEOPLE_A_PUPIL = 6.5  # residents for each pupil of Reception to Year 13, where the authority's residents aren't known


@dataclass(frozen=True)
class Zones:
    """layer: the zones of a scenario, in the order of their codes.  living: zone × NC year of the base year, weights.

    young, people: zone, children aged 0 to 3 and all residents in the year of the source.
    """

    layer: gpd.GeoDataFrame
    living: Number
    young: Number
    people: Number
    assumed: tuple[Assumed, ...]


def zones(extracts: Extracts, schools: Schools, base_year: int) -> Zones:
    """Return the zones with names, communities, planning areas, deprivation and rural class.

    From the authority's own boundaries, else LSOAs of mid-2020 as the land nearest to their points, else wards that have
    schools. Children by NC year of the base year: residents by age of mid-2020, aged forward.
    """
    points, ages, told = _points(extracts, schools, base_year)
    spots = points[["easting", "northing"]].to_numpy(dtype=float)
    shapes = points["geometry"].to_numpy() if "geometry" in points else cells(spots)
    at_school = schools.table[["easting", "northing"]].to_numpy(dtype=float)
    nearest = nearest_of(at_school, shapely.get_coordinates(shapely.centroid(shapes)))
    communities = points["ward_name"].to_numpy() if "ward_name" in points else _communities(spots, schools, nearest)
    layer = gpd.GeoDataFrame(
        {
            "zone": points["zone"],
            "name": points["name"],
            "planning_area": _planning_areas(spots, schools),
            "community": communities,
            "deprivation_quintile": (points["decile"].to_numpy(dtype=float) + 1) // 2,
            "rural_class": rural_class(schools.table["urban_rural"].to_numpy(dtype=str)[nearest]),
        },
        geometry=shapes,
        crs="EPSG:27700",
    )
    told = (*told, *_told(layer, extracts, "geometry" in points, "ward_name" in points))
    return Zones(layer, ages, points["young"].to_numpy(dtype=float), points["people"].to_numpy(dtype=float), told)


def by_nc_year(ages: Number, base_year: int, mid_year: int = 2020) -> Number:
    """Return residents by NC year of the base year, from single years of age at mid-year: zone × 14.

    ages: zone × completed years at 30 June, from 0. A year group is born from September to August: ten of its twelve
    months are of one age at 30 June, July and August of the age below.
    """
    older = np.arange(len(MAINSTREAM)) + 4 - (base_year - mid_year)
    born: Number = (10 * _age(ages, older) + 2 * _age(ages, older - 1)) / 12
    return born


def _age(ages: Number, which: Whole) -> Number:
    """Return the column of each age; the youngest and oldest known stand for what lies beyond."""
    column: Number = ages[:, np.clip(which, 0, ages.shape[1] - 1)]
    return column


def cells(spots: Number) -> np.ndarray:
    """Return the land nearest to each point, cut at a line some way outside the outermost points."""
    points = shapely.points(spots)
    hull = shapely.buffer(shapely.concave_hull(shapely.multipoints(points), ratio=0.3), BEYOND)
    if len(spots) == 1:
        return np.array([hull])
    shared = pd.DataFrame(spots).groupby([0, 1]).cumcount().to_numpy()
    apart = shapely.multipoints(shapely.points(spots + shared[:, None]))  # points on one spot a metre apart
    around = np.array(shapely.voronoi_polygons(apart, extend_to=hull, ordered=True).geoms)
    return np.asarray(shapely.intersection(around, hull))


def rural_class(words: np.ndarray) -> np.ndarray:
    """Return village, town or city, from the urban and rural classes of 2011; blank where unknown."""
    lower = pd.Series(words).str.lower()
    kinds = ("conurbation", "town", "village", "hamlet")
    return np.select(
        [lower.str.contains(kind).to_numpy() for kind in kinds], ["city", "town", "village", "village"], ""
    )


def _points(extracts: Extracts, schools: Schools, base_year: int) -> tuple[pd.DataFrame, Number, tuple[Assumed, ...]]:
    """Return zone, name, easting, northing, decile, young and people, the children by NC year, and what was taken."""
    if extracts.boundaries is not None and (extracts.ages is not None or extracts.lsoas is not None):
        points = _own_boundaries(extracts)
    elif extracts.lsoas is not None:
        rows = extracts.lsoas.sort_values("lsoa11cd", ignore_index=True)
        points = pd.DataFrame(
            {"zone": rows["lsoa11cd"], "name": rows["lsoa11cd"], "easting": rows["easting"], "northing": rows["northing"], "decile": rows["imd2019_decile"]}
        )  # fmt: skip
    else:
        return _wards(schools)
    ages, people, told = _ages(extracts, points["zone"])
    living = by_nc_year(ages, base_year)
    return points.assign(young=ages[:, :4].sum(axis=1), people=people), living, told


def _own_boundaries(extracts: Extracts) -> pd.DataFrame:
    """Return the authority's zones with their true boundaries, names, wards and middles."""
    layer = extracts.boundaries
    assert layer is not None  # noqa: S101  (asked by the caller; tells the type checker)
    layer = layer.sort_values("lsoa11cd", ignore_index=True)
    points = pd.DataFrame(
        {
            "zone": layer["lsoa11cd"], "name": layer["lsoa11nm"], "easting": layer["centre_e"].astype(float),
            "northing": layer["centre_n"].astype(float), "decile": layer["imd2019_decile"], "geometry": layer.geometry,
        }
    )  # fmt: skip
    if extracts.wards is not None:
        names = extracts.wards.set_index("ward_gss")["ward_name"]
        points["ward_name"] = layer["ward_gss"].map(names).fillna(layer["msoa11cd"])
    return points


def _ages(extracts: Extracts, codes: "pd.Series[str]") -> tuple[Number, Number, tuple[Assumed, ...]]:
    """Return residents by zone and single year of age, all residents, and what was taken."""
    if extracts.ages is not None:
        rows = extracts.ages.set_index("lsoa11cd").reindex(codes)
        single = rows[[f"age_{age}" for age in range(19)]].fillna(0).to_numpy(dtype=float)
        told = Assumed("children.ages", float(rows["mid_year"].max()), "mid-year", "residents by single year of age, aged forward to the base year; nobody moves and no home is built since", "Office for National Statistics, small-area estimates")  # fmt: skip
        return single, rows["total_population"].fillna(0).to_numpy(dtype=float), (told,)
    assert extracts.lsoas is not None  # noqa: S101  (asked by the caller; tells the type checker)
    rows = extracts.lsoas.set_index("lsoa11cd").reindex(codes)
    single = np.column_stack([rows[band].fillna(0).to_numpy(dtype=float) / len(years) for band, years in BANDS.items() for _ in years])  # fmt: skip
    told = Assumed("children.ages", 2020, "mid-year", "residents by age band, each band spread evenly over its years of age, aged forward to the base year; nobody moves and no home is built since", "Office for National Statistics, small-area estimates")  # fmt: skip
    return single, rows["population_2020"].fillna(0).to_numpy(dtype=float), (told,)


def _wards(schools: Schools) -> tuple[pd.DataFrame, Number, tuple[Assumed, ...]]:
    """Return zones from wards that have schools, when nothing is known of where children live."""
    table = schools.table[schools.mainstream]
    ward = table["ward_gss"].where(table["ward_gss"] != "", "W-" + table["urn"])
    names = table["ward_name"].where(table["ward_name"] != "", table["name"])
    young = schools.rolls[schools.mainstream][:, :7].sum(axis=1)
    rows = pd.DataFrame({"zone": ward, "name": names, "young": young, "easting": table["easting"], "northing": table["northing"]})  # fmt: skip
    points = rows.groupby("zone", as_index=False).agg(
        name=("name", "first"), young=("young", "sum"), easting=("easting", "mean"), northing=("northing", "mean")
    )
    weight = points["young"].to_numpy() + 1  # no zone is quite empty
    share = weight / weight.sum()
    points = points.assign(decile=np.nan, young=share, people=share * schools.rolls.sum() * PEOPLE_A_PUPIL)
    told = Assumed("children.ages", "none", "", "where children live is not known: they are spread over the wards like the primary pupils at school there")  # fmt: skip
    return points, np.repeat(share[:, None], len(MAINSTREAM), axis=1), (told,)


def nearest_of(points: Number, spots: Number) -> Whole:
    """Return which of the points is nearest to each spot."""
    return np.asarray(cKDTree(points).query(spots)[1], dtype=np.int64)


def _looked_up(names: "pd.Series[str]", which: Whole) -> np.ndarray:
    """Return the name of each group."""
    return np.asarray(names.to_numpy(dtype=object)[pd.Index(names.index).get_indexer(pd.Index(which))])


def groups(spots: Number, number: int) -> Whole:
    """Return which of so many compact groups each point belongs to, from 1 (Ward's method: the same every time)."""
    if number >= len(spots):
        return np.arange(1, len(spots) + 1)
    if number <= 1:
        return np.ones(len(spots), dtype=np.int64)
    return np.asarray(fcluster(linkage(spots, method="ward"), number, criterion="maxclust"), dtype=np.int64)


def _planning_areas(spots: Number, schools: Schools) -> np.ndarray:
    """Return each zone's planning area: that of the nearest school with Year 11, those grouped to some 4,000 pupils."""
    heads = heads_of(schools)
    if heads.empty:
        return np.full(len(spots), "Whole authority", dtype=object)
    at = heads[["easting", "northing"]].to_numpy(dtype=float)
    total = schools.rolls[schools.mainstream].sum()
    group = groups(at, min(max(round(total / PUPILS_AN_AREA), 1), len(heads)))
    largest = heads.assign(group=group).sort_values(["roll", "urn"], ascending=[False, True]).drop_duplicates("group")
    names = _apart(largest.set_index("group")["ward_name"].where(lambda words: words != "", "Area"))
    return _looked_up(names, group[nearest_of(at, spots)])


def heads_of(schools: Schools) -> pd.DataFrame:
    """Return the mainstream schools at which compulsory education ends."""
    table = schools.table
    heads: pd.DataFrame = table[schools.mainstream & (table["highest_nc_year"] >= 11) & (table["lowest_nc_year"] <= 9)]
    return heads


def _communities(spots: Number, schools: Schools, nearest: Whole) -> np.ndarray:
    """Return each zone's community: some five neighbouring zones, named after the ward of the school nearest to most."""
    group = groups(spots, max(round(len(spots) / ZONES_A_COMMUNITY), 1))
    ward = schools.table["ward_name"].to_numpy(dtype=object)[nearest]
    usual = pd.Series(ward).groupby(group).agg(lambda words: words.mode().iloc[0] or "Community")
    return _looked_up(_apart(usual), group)


def _apart(names: "pd.Series[str]") -> "pd.Series[str]":
    """Number names that stand for more than one place: "Abbey", "Abbey 2"."""
    again = names.groupby(names).cumcount() + 1
    return names.where(again == 1, names + " " + again.astype(str))


def with_zone(schools: Schools, layer: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the schools' table with the community and planning area of the zone in which each stands, or the nearest."""
    spots = shapely.points(schools.table[["easting", "northing"]].to_numpy(dtype=float))
    zone = layer.sindex.nearest(spots, return_all=False)[1]
    return schools.table.assign(
        community=layer["community"].to_numpy()[zone],
        planning_area=layer["planning_area"].to_numpy()[zone],
        zone=layer["zone"].to_numpy()[zone],
        rural_class=layer["rural_class"].to_numpy()[zone],
    )


def _told(layer: gpd.GeoDataFrame, extracts: Extracts, own: bool, wards: bool) -> tuple[Assumed, ...]:
    """Say how the zones, communities and planning areas were made."""
    shape = "true boundaries of the LSOAs of 2011" if own else "the land nearest to each zone's point, cut 1.5 km outside the outermost"  # fmt: skip
    community = "the ward in which the zone lies" if wards else "some five neighbouring zones, named after the ward of the nearest school"  # fmt: skip
    source = "Office for National Statistics" if own or extracts.lsoas is not None else "school census, January 2023"
    return (
        Assumed("zones", float(len(layer)), "zones", shape, source),
        Assumed("communities", float(layer["community"].nunique()), "communities", community),
        Assumed("planning_areas", float(layer["planning_area"].nunique()), "areas", "the nearest schools with Year 11, grouped so that an area has some 4,000 pupils; named after the ward of the largest"),
        Assumed("rural_class", "nearest school", "", "village, town or city by the class of the nearest school: hamlets and villages, towns and their fringes, conurbations", "school census, January 2023"),
        Assumed("deprivation_quintile", "2019", "", "fifths from the deciles of the index of multiple deprivation; blank where unknown", "Ministry of Housing, Communities and Local Government, 2019"),
    )  # fmt: skip

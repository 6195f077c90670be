"""Findings by zone, school, option and journey: the figures that map layers and page both show."""

import numpy as np
import pandas as pd
import shapely

from placeplan.domain.arrays import Number
from placeplan.domain.years import academic_year, name_of_nc_year, nc_year
from placeplan.publish.results import Results

LEAST_SHOWN = 5  # children on one line of the map: fewer could point at a child
METRES_A_MILE = 1609.344
NOT_CHOSEN = "not chosen"
NOT_REGISTERED = "not_registered"


def demand(results: Results) -> Number:
    """Return children who need a mainstream place, zone (in the order of scenario.zones) × planned year."""
    by_zone = pd.DataFrame(results.forecast.central.sum(axis=2), index=list(results.forecast.zones))
    return by_zone.reindex(results.scenario.zones["zone"]).to_numpy(dtype=float)


def shortfall(results: Results) -> Number:
    """Return children without a place, zone × planned year; a community's are shared by the zones' forecast children.

    A child who waits three years stands in three of them. Rows beyond the planned years are left out.
    """
    zones = results.scenario.zones
    table = results.table("plan/shortfall.csv")
    table = table.assign(column=_year_index(results, _later(table["cohort"], table["nc_year"])))
    table = table[table["column"] >= 0]
    weights = pd.DataFrame({"zone": zones["zone"], "area": zones["community"], "children": demand(results).sum(axis=1)})
    total = weights.groupby("area")["children"].transform("sum")
    members = weights.groupby("area")["zone"].transform("size")
    weights["share"] = np.where(total > 0, weights["children"] / total.where(total > 0, 1.0), 1.0 / members)
    own = table[table["origin_kind"] == "zone"].rename(columns={"origin": "zone"})[["zone", "column", "children"]]
    pooled = table[table["origin_kind"] != "zone"].merge(
        weights, left_on="origin", right_on="area", suffixes=("", "_zone")
    )
    pooled = pooled.assign(children=pooled["children"] * pooled["share"])[["zone", "column", "children"]]
    rows = pd.concat([own, pooled])
    return _by_year(results, rows["zone"], rows["column"], rows["children"], zones["zone"], absent=0.0)


def schools(results: Results) -> pd.DataFrame:
    """Return one row a school: urn, laestab, name, phase, nc_years, community, is_new, planned, easting, northing.

    First the schools of the scenario, in its order, then those that the plan opens, by their site.
    """
    there = results.scenario.schools
    spans = [_span(low, high) for low, high in zip(there["lowest_nc_year"], there["highest_nc_year"], strict=True)]
    planned = set(results.table("plan/schools.csv")["urn"])
    old = there[["urn", "laestab", "name", "phase", "community", "easting", "northing"]].assign(
        nc_years=spans, is_new=False, planned=there["urn"].isin(planned)
    )
    return pd.concat([old, _new_schools(results, planned - set(there["urn"]))], ignore_index=True)


def planning_areas(results: Results, schools: pd.DataFrame) -> np.ndarray:
    """Return the planning area of each school: the one that the scenario gives it, else that of the nearest zone.

    schools: as `schools` gives them, or some of them.
    """
    zones = results.scenario.zones
    known = results.scenario.schools.set_index("urn")["planning_area"]
    given = schools["urn"].map(known).fillna("").astype(str).to_numpy(dtype=object)
    points = shapely.points(schools["easting"].to_numpy(float), schools["northing"].to_numpy(float))
    standing = zones["planning_area"].to_numpy(dtype=object)[zones.sindex.nearest(points, return_all=False)[1]]
    return np.where(np.isin(given, zones["planning_area"].to_numpy(dtype=object)), given, standing)


def rolls_and_places(results: Results, urns: pd.Series) -> tuple[Number, Number]:
    """Return pupils on roll and places that exist, school (in the order of urns) × planned year.

    Nothing (0) where a school isn't open; NaN for a school outside the plan.
    """
    table = results.table("plan/schools.csv")
    table = table.assign(column=_year_index(results, table["academic_year"].map(academic_year)))
    table = table.assign(existing=table["places"] - table["over_capacity"])
    table = table[table["column"] >= 0]
    rolls, places = (
        _by_year(results, table["urn"], table["column"], table[name], urns, absent=np.nan)
        for name in ("pupils", "existing")
    )
    return rolls, places


def options(results: Results) -> pd.DataFrame:
    """Return one row an option, in the order of the table.

    option, name, kind, urn, chosen, opens, places, capital_pounds, reason, easting, northing, stands_at.
    """
    table = results.table("plan/options.csv")
    given = results.scenario.table("options").set_index("option").reindex(table["option"])
    chosen = table["opens"].map(lambda cell: bool(str(cell)[:4].isdigit())).astype(bool)
    where = pd.DataFrame(
        {"urn": given["urn"].fillna(""), "site": given["site"].fillna(""), "community": given["community"].fillna("")}
    ).reset_index(drop=True)
    own = given[["easting", "northing"]].astype(float).reset_index(drop=True)
    at_school = (
        results.scenario.schools.set_index("urn")[["easting", "northing"]].reindex(where["urn"]).reset_index(drop=True)
    )
    middle = _middles(results).reindex(where["community"]).reset_index(drop=True)
    centre = shapely.centroid(shapely.union_all(results.scenario.zones.geometry.to_numpy()))
    ways = {"site": own, "school": at_school, "middle of the community": middle}
    place = pd.DataFrame({"easting": np.nan, "northing": np.nan, "stands_at": ""}, index=where.index)
    for words, point in ways.items():
        free = place["easting"].isna() & point["easting"].notna()
        place.loc[free, ["easting", "northing"]] = point.loc[free, ["easting", "northing"]]
        place.loc[free, "stands_at"] = words
    lost = place["easting"].isna()
    place.loc[lost, ["easting", "northing"]] = [centre.x, centre.y]
    place.loc[lost, "stands_at"] = "middle of the authority"
    school = (
        where["urn"]
        .map(results.scenario.schools.set_index("urn")["name"])
        .fillna(table["option"].reset_index(drop=True))
    )
    names = given["name"].fillna("").to_numpy()
    return pd.concat(
        [
            table[["option", "kind", "places", "capital_pounds"]].reset_index(drop=True),
            pd.DataFrame(
                {
                    "name": np.where(names == "", school, names),
                    "urn": np.where(where["urn"] == "", where["site"], where["urn"]),
                    "chosen": chosen.to_numpy(),
                    "opens": np.where(chosen, table["opens"], NOT_CHOSEN),
                    "reason": table["reason"].fillna("").to_numpy(),
                }
            ),
            place,
        ],
        axis=1,
    )


def journeys(results: Results) -> pd.DataFrame:
    """Return origin, origin_kind, urn, children: those who join, all cohorts together, five or more."""
    table = results.table("plan/journeys.csv")
    sums = table.groupby(["origin", "origin_kind", "urn"], as_index=False)["children"].sum()
    shown: pd.DataFrame = sums[sums["children"] >= LEAST_SHOWN].reset_index(drop=True)
    return shown


def origin_points(results: Results) -> pd.DataFrame:
    """Return the middle of each zone and community: origin_kind, origin → easting, northing (a point inside it)."""
    zones = results.scenario.zones
    inside = zones.geometry.representative_point()
    by_zone = pd.DataFrame({"easting": inside.x.to_numpy(), "northing": inside.y.to_numpy()}, index=zones["zone"])
    return pd.concat({"zone": by_zone, "area": _middles(results)}, names=["origin_kind", "origin"])


def _middles(results: Results) -> pd.DataFrame:
    """Return a point inside each community."""
    whole = results.scenario.zones[["community", "geometry"]].dissolve("community")
    inside = whole.geometry.representative_point()
    return pd.DataFrame({"easting": inside.x, "northing": inside.y}, index=whole.index)


def _by_year(
    results: Results, names: pd.Series, columns: pd.Series, values: pd.Series, order: pd.Series, *, absent: float
) -> Number:
    """Return sums of values, name (in the given order) × planned year; nothing in a year is 0, an unknown name is absent."""
    index = pd.Index(order)
    cells = np.where(index.isin(names.unique())[:, None], 0.0, absent) * np.ones(len(results.year_names))
    at = index.get_indexer(names)
    known = at >= 0
    np.add.at(cells, (at[known], columns.to_numpy(dtype=int)[known]), values.to_numpy(dtype=float)[known])
    return cells


def _new_schools(results: Results, sites: set[str]) -> pd.DataFrame:
    """Return one row a school that the plan opens, described by the option that opens it."""
    given = results.scenario.table("options")
    chosen = options(results).set_index("option")["chosen"]
    given = given.assign(chosen=given["option"].isin(chosen.index[chosen]))
    given = (
        given[given["site"].isin(sites)].sort_values("chosen", ascending=False, kind="stable").drop_duplicates("site")
    )
    given = given.sort_values("site")
    return pd.DataFrame(
        {
            "urn": given["site"],
            "laestab": "",
            "name": given["name"].where(given["name"].fillna("") != "", given["site"]),
            "phase": NOT_REGISTERED,
            "community": given["community"],
            "easting": given["easting"].astype(float),
            "northing": given["northing"].astype(float),
            "nc_years": [_span(low, high) for low, high in given["nc_years"]],
            "is_new": True,
            "planned": True,
        }
    )


def _span(low: int, high: int) -> str:
    """Return the year groups of a school as people write them: R–4."""
    return f"{name_of_nc_year(int(low))}–{name_of_nc_year(int(high))}"


def _later(cohorts: pd.Series, nc_years: pd.Series) -> pd.Series:
    """Return the September year in which each cohort is in an NC year."""
    return cohorts.map(academic_year).astype("int64") + nc_years.map(nc_year).astype("int64")


def _year_index(results: Results, years: pd.Series) -> pd.Series:
    """Return the place of each September year among the planned ones, −1 for any other."""
    first, last = results.scenario.planned_years[0], results.scenario.planned_years[-1]
    numbers = years.astype("int64")
    return (numbers - first).where((numbers >= first) & (numbers <= last), -1)

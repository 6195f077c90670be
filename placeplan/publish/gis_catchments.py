"""Catchments: who lives within the walking limit of a school, and which school is the nearest, as the model measures it.

A way is the route that the scenario's travel table gives, else the straight line times the circuity of the assumptions,
from a point inside the zone: what principle Local schools and the reach of the network are made of. So a zone is in or out whole.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import shapely

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.years import name_of_nc_year, nc_year
from placeplan.journeys.reach import LAST_UNDER_8, zone_miles
from placeplan.publish import findings
from placeplan.publish.results import Results

GROUPS = 14  # Reception to Year 13
Shapes = Sequence[shapely.Geometry]


def walking(results: Results) -> tuple[dict[str, object], Shapes]:
    """Return the columns and shapes of the walking catchments: one row a school and age, in the order of the schools.

    Schools that are open in the last planned year under the plan. The limit to Year 3 is the one under 8, as in the
    principle; a school with unsafe routes has no zone within it.
    """
    schools, taught, miles = _open_schools(results)
    scenario, children = results.scenario, results.forecast.central[_order(results), -1]
    rows, shapes, join = [], [], _joiner(results)
    for ages, limit, of_age in (
        ("under 8", scenario.assume("walk.under_8"), np.arange(GROUPS) <= LAST_UNDER_8),
        ("from 8", scenario.assume("walk.from_8"), np.arange(GROUPS) > LAST_UNDER_8),
    ):
        teaches: YesNo = np.any(taught & of_age, axis=1)
        inside = (miles <= limit) & ~_unsafe(results, schools)[None, :] & teaches[None, :]
        counted = inside.T.astype(float) @ children  # school × year group
        for k in np.flatnonzero(inside.any(axis=0)).tolist():
            told = float(counted[k, taught[k] & of_age].sum())
            rows.append((schools["urn"][k], schools["name"][k], ages, limit, int(inside[:, k].sum()), told))
            shapes.append(join(inside[:, k]))
    names = ("urn", "name", "ages", "limit", "zones", "children")
    return _columns(rows, names, numbers=3), shapes


def nearest(results: Results) -> tuple[dict[str, object], Shapes]:
    """Return the columns and shapes of nearest-school catchments: one row a school and year group, by year group.

    The year groups are those at which a school of the last planned year begins, Reception among them where it is taught.
    Catchments of one year group tile the authority. Of two schools equally near, the first in the order of schools.
    """
    schools, taught, miles = _open_schools(results)
    children = results.forecast.central[_order(results), -1]
    rows, shapes, join = [], [], _joiner(results)
    for group in sorted(set(np.argmax(taught, axis=1).tolist())):
        teaching = np.flatnonzero(taught[:, group])
        chosen = teaching[miles[:, teaching].argmin(axis=1)]
        ways = miles[np.arange(len(miles)), chosen]
        mine = np.unique(chosen)
        areas = [join(chosen == k) for k in mine]
        for k, colour in zip(mine.tolist(), _colours(areas), strict=True):
            weights = children[chosen == k, group]
            mean = float(ways[chosen == k] @ weights / weights.sum()) if weights.sum() > 0 else np.nan
            told = (float((chosen == k).sum()), float(weights.sum()), mean, float(colour))
            rows.append((schools["urn"][k], schools["name"][k], name_of_nc_year(group), *told))
        shapes += areas
    return _columns(rows, ("urn", "name", "nc_year", "zones", "children", "miles", "colour"), numbers=4), shapes


def _open_schools(results: Results) -> tuple[pd.DataFrame, YesNo, Number]:
    """Return schools of the plan with places in its last year, school × NC year they teach then, zone × school miles."""
    table = results.table("plan/schools.csv")
    table = table[(table["academic_year"] == results.year_names[-1]) & (table["places"] > 0)]
    groups = table["nc_year"].map(nc_year)
    schools = findings.schools(results)
    schools = schools[schools["urn"].isin(set(table["urn"][groups.between(0, GROUPS - 1)]))].reset_index(drop=True)
    taught = np.zeros((len(schools), GROUPS), dtype=bool)
    at = pd.Index(schools["urn"]).get_indexer(table["urn"])
    told = (at >= 0) & groups.between(0, GROUPS - 1).to_numpy()
    taught[at[told], groups.to_numpy(dtype=int)[told]] = True
    return schools, taught, zone_miles(results.scenario, schools)


def _order(results: Results) -> Whole:
    """Return the place of each zone of the scenario in the forecast."""
    return np.asarray(pd.Index(results.forecast.zones).get_indexer(results.scenario.zones["zone"]), dtype=np.int64)


def _unsafe(results: Results, schools: pd.DataFrame) -> YesNo:
    """Return which schools have unsafe walking routes; a new one has not."""
    told = results.scenario.schools.set_index("urn")["unsafe_routes"]
    return np.asarray(schools["urn"].map(told).fillna(value=False).to_numpy(dtype=bool))


def _joiner(results: Results) -> Callable[[YesNo], shapely.Geometry]:
    """Return what joins some zones to one shape: quickly where zones only share borders, carefully where they overlap."""
    shapes = results.scenario.zones.geometry.to_numpy()
    join = shapely.coverage_union_all if shapely.coverage_is_valid(shapes) else shapely.union_all
    return lambda zones: join(shapes[zones])


def _columns(rows: Sequence[tuple[object, ...]], names: Sequence[str], *, numbers: int) -> dict[str, object]:
    """Return rows as columns, the last ones as numbers, though there is no row."""
    columns: dict[str, object] = {}
    for k, name in enumerate(names):
        is_number = k >= len(names) - numbers
        columns[name] = np.array([row[k] for row in rows], dtype=float if is_number else object)
    return columns


def _colours(areas: Shapes) -> list[int]:
    """Return a number for each area, from 1, such that areas that touch have different ones: the least that is free."""
    tree = shapely.STRtree(list(areas))
    touching: dict[int, set[int]] = {k: set() for k in range(len(areas))}
    for one, other in tree.query(list(areas), predicate="intersects").T.tolist():
        touching[one].add(other)
    colours: list[int] = []
    for k in range(len(areas)):
        taken = {colours[other] for other in touching[k] if other < k}
        colours.append(next(n for n in range(1, len(areas) + 1) if n not in taken))
    return colours

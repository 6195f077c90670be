"""Journeys of the map: from where children join each school, year by year."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.domain.years import academic_year, nc_year
from placeplan.publish.findings import LEAST_SHOWN
from placeplan.publish.results import Results

MOST_ORIGINS = 60  # origins told for one school, those with most children


@dataclass(frozen=True)
class Joining:
    """Children who join one school.

    by_year: all of them, a figure a planned year.
    origins: [kind, place in the list of that kind, on roll before the first year, a figure a planned year], most children
    first; fewer than five are 0, and an origin that never sends five is left out.
    """

    by_year: list[int]
    origins: list[list[object]]


def joining_of(results: Results) -> Mapping[str, Joining]:
    """Return for each school (urn, or the site of a new one) who joins it. A cohort joins in the year of its from_nc_year."""
    table = results.table("plan/journeys.csv")
    years = list(results.scenario.planned_years)
    joins = (table["cohort"].map(academic_year) + table["from_nc_year"].map(nc_year)).to_numpy(dtype=int) - years[0]
    keys = table.groupby(["urn", "origin_kind", "origin"], sort=True)
    row = keys.ngroup().to_numpy()
    named = keys.size().index.to_frame(index=False).astype(str)
    pairs = list(zip(named["urn"], named["origin_kind"], named["origin"], strict=True))
    children = table["children"].to_numpy(dtype=float)
    counted = joins < len(years)
    by_year = np.zeros((len(pairs), 1 + len(years)))  # the first column: before the first planned year
    np.add.at(by_year, (row[counted], 1 + np.maximum(joins, -1)[counted]), children[counted])
    place = _places(results)
    of_school: dict[str, list[int]] = {}
    for at, (urn, _, _) in enumerate(pairs):
        of_school.setdefault(urn, []).append(at)
    return {urn: _joining(np.array(rows), pairs, by_year, place) for urn, rows in of_school.items()}


def _joining(
    rows: np.ndarray, pairs: list[tuple[str, str, str]], by_year: Number, place: Mapping[tuple[str, str], int]
) -> Joining:
    """Return who joins one school, from the rows of its origins. by_year: origin and school × before, planned years."""
    enough = np.where(by_year >= LEAST_SHOWN, np.rint(by_year), 0).astype(int)
    ordered = rows[np.argsort(-by_year[rows].sum(axis=1), kind="stable")]
    shown = [at for at in ordered[enough[ordered].any(axis=1)].tolist() if pairs[at][1:] in place][:MOST_ORIGINS]
    return Joining(
        by_year=np.rint(by_year[rows, 1:].sum(axis=0)).astype(int).tolist(),
        origins=[[pairs[at][1], place[pairs[at][1:]], int(enough[at, 0]), enough[at, 1:].tolist()] for at in shown],
    )


def _places(results: Results) -> dict[tuple[str, str], int]:
    """Return (kind, origin) → its place in the list of zones or of communities."""
    zones = results.scenario.zones
    by_zone = {("zone", str(name)): place for place, name in enumerate(zones["zone"])}
    return by_zone | {("area", str(name)): place for place, name in enumerate(sorted(set(zones["community"])))}

"""A zone: its children, where they go and how far, who has no place and why, and why its numbers change."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from placeplan.appraise.explain.area import AREA, DRIVERS
from placeplan.appraise.explain.explanation import Explanation, Kind, own_names
from placeplan.appraise.explain.school import planned_year
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.who_goes_where import by, on_roll
from placeplan.appraise.explain.words import both, share
from placeplan.domain.years import name_of_year, nc_year
from placeplan.forecast.drivers import figure

JOURNEYS = "plan/journeys.csv"
TOLD = 5  # schools that are named
LAST_COMPULSORY = 11


def names(told: Told) -> Mapping[str, str]:
    """Return every zone that isn't the name of a planning area too."""
    drivers = told.tables.get(DRIVERS, pd.DataFrame(columns=["area", "area_kind"]))
    others = set(drivers.loc[drivers["area_kind"] != "zone", "area"])
    journeys = told.tables[JOURNEYS]
    zones = [
        *drivers.loc[drivers["area_kind"] == "zone", "area"],
        *journeys.loc[journeys["origin_kind"] == "zone", "origin"],
    ]
    return own_names([zone for zone in dict.fromkeys(zones) if zone not in others])


def explain(told: Told, subject: str, year: str | None) -> Explanation:
    """Say what the children of a zone get in a year, and what brings their number about."""
    network = told.network
    when, at = planned_year(told, year), network.zones.index(subject)
    name = str(told.scenario.zones.set_index("zone").loc[subject, "name"])
    title = f"Zone {name} ({subject})" if name != subject else f"Zone {subject}"
    area = network.areas[network.area_of_zone[at]]
    table = _entrants(told, subject, at)
    said = [f"{title}, community {area}.", *_demand(told, at), *_reception(told, table, at), *later(told, area, when)]
    said += [*shortfall(told, [subject], area)]
    if DRIVERS in told.tables:
        why = AREA.explain(told, subject, name_of_year(when))
        said += ["Why its numbers change:", *why.sentences]
    return Explanation(subject, "zone", title, tuple(said), table, {})


def _demand(told: Told, at: int) -> Iterator[str]:
    """Say how many children it has."""
    by_year = told.network.forecast.central[at].sum(axis=1)
    base = float(told.network.forecast.base[at].sum())
    years = [name_of_year(year) for year in told.network.years]
    first, last = float(by_year[0]), float(by_year[-1])
    if DRIVERS in told.tables:  # the published figures, whose tenths add up
        table = told.tables[DRIVERS]
        rows = table[(table["area"] == told.network.zones[at]) & (table["area_kind"] == "zone")]
        pupils = rows.groupby("academic_year")["pupils"].sum()
        first, last = float(pupils.get(years[0], first)), float(pupils.get(years[-1], last))
    yield (
        f"It has {figure(base)} children of mainstream schools in the base year; expected are {figure(first)} in "
        f"{years[0]} and {figure(last)} in {years[-1]}."
    )


def _entrants(told: Told, zone: str, at: int) -> pd.DataFrame:
    """Return urn, school, miles, children: where those who reach Reception in the planned years go, most first."""
    journeys = told.tables[JOURNEYS]
    mine = journeys[(journeys["origin"] == zone) & (journeys["origin_kind"] == "zone")]
    total = by(mine, "urn")
    index, table = told.network.estate.index(), told.network.estate.table
    places = [index[urn] for urn in total.index]
    return pd.DataFrame(
        {
            "urn": list(total.index), "school": [str(table["name"].iloc[k]) for k in places],
            "miles": told.network.reach.zone_miles[at, places].round(2), "children": total.to_numpy(),
        }
    )  # fmt: skip


def _reception(told: Told, table: pd.DataFrame, at: int) -> Iterator[str]:
    """Say where children go in Reception, and how far that is."""
    if table.empty:
        yield "Nobody from it reaches Reception in the planned years."
        return
    children = float(table["children"].sum())
    limit = told.scenario.assume("walk.under_8")
    mean = float((table["miles"] * table["children"]).sum()) / children
    index = told.network.estate.index()
    near = told.network.reach.within_under_8[at, [index[urn] for urn in table["urn"]]]
    within = float(table["children"].to_numpy(dtype=float) @ near)
    rows = [
        f"{r['school']} {share(r['children'] / children)} ({r['miles']:.1f} miles)"
        for r in table.head(TOLD).to_dict("records")
    ]
    yield (
        f"The {figure(children)} children who reach Reception in the planned years go to: {both(rows)}. Their school lies {mean:.1f} route "
        f"miles away on average; for {share(within / children)} it is within {limit:g} miles by a safe route, the walking limit of under-eights."
    )


def later(told: Told, area: str, year: int) -> Iterator[str]:
    """Say where the older children of its community go: after Reception the plan knows a child's community only."""
    rows = on_roll(told.tables, year)
    zones = {
        z for z, a in zip(told.network.zones, told.network.area_of_zone, strict=True) if told.network.areas[a] == area
    }
    mine = np.where(rows["origin_kind"] == "zone", rows["origin"].isin(zones), rows["origin"] == area)
    rows = rows[mine & (rows["nc"] > 0)]
    total = float(rows["children"].sum())
    names_of = dict(zip(told.network.estate.table["urn"], told.network.estate.table["name"], strict=True))
    told_of = [f"{names_of[urn]} {share(n / total)}" for urn, n in by(rows, "urn").head(TOLD).items()]
    if told_of:
        yield (
            f"After Reception a child is told by community, not by zone: the {figure(total)} children of {area} in Years 1 and up "
            f"in {name_of_year(year)} are at {both(told_of)}."
        )


def shortfall(told: Told, zones: Sequence[str], area: str) -> Iterator[str]:
    """Say who has no place, and why: children in Reception of some zones, all later ones of their community."""
    table = told.tables["plan/shortfall.csv"]
    of_zones = zones[0] if len(zones) == 1 else "its zones"
    for words, origins, kind in (
        (f"in Reception from {of_zones}", zones, "zone"),
        (f"of {area} later", [area], "area"),
    ):
        mine = table[table["origin"].isin(origins) & (table["origin_kind"] == kind)]
        if mine["children"].sum() < 1e-3:  # children: the solver's dust
            yield f"Nobody {words} is without a place."
            continue
        older = mine["nc_year"].astype(str).map(nc_year) > LAST_COMPULSORY
        for unit, stage in (("child-years", mine[~older]), ("student-years", mine[older])):
            for cause, rows in stage.groupby("cause"):
                groups = sorted(rows["nc_year"].astype(str).unique(), key=nc_year)
                yield f"{figure(float(rows['children'].sum()))} {unit} {words} have no place (year groups {', '.join(groups)}): {cause}."


def called(told: Told) -> Mapping[str, str]:
    """Return every zone by its name, where only one bears it."""
    zones = told.scenario.zones[["zone", "name"]].astype(str)
    once = zones.drop_duplicates("name", keep=False)
    return dict(zip(once["name"], once["zone"], strict=True)) | {zone: zone for zone in zones["zone"]}


ZONE = Kind(JOURNEYS, names, explain, "a zone", called=called)

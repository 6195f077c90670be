"""A community: its children, where they go, who has no place, its schools and the options there."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.school import full_in, of_options, planned_year
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.who_goes_where import by
from placeplan.appraise.explain.words import both, share
from placeplan.appraise.explain.zone import JOURNEYS, later, shortfall
from placeplan.domain.years import name_of_year
from placeplan.forecast.drivers import figure

TOLD = 5  # schools that are named


def called(told: Told) -> Mapping[str, str]:
    """Return every community by its name."""
    return {name: name for name in dict.fromkeys(told.scenario.zones["community"].astype(str))}


def explain(told: Told, subject: str, year: str | None) -> Explanation:
    """Say what the children of a community get in a year, and what its schools are like then."""
    network = told.network
    when = planned_year(told, year)
    mine = np.flatnonzero(np.array(network.areas, dtype=object)[network.area_of_zone] == subject)
    zones = [network.zones[k] for k in mine]
    title = f"Community {subject}"
    by_year = network.forecast.central[mine].sum(axis=(0, 2))
    years = [name_of_year(y) for y in network.years]
    said = [
        f"{title}: {len(zones)} zones ({both(zones[:TOLD])}{' and others' if len(zones) > TOLD else ''}).",
        (
            f"It has {figure(float(network.forecast.base[mine].sum()))} children of mainstream schools in the base year; expected "
            f"are {figure(float(by_year[0]))} in {years[0]} and {figure(float(by_year[-1]))} in {years[-1]}."
        ),
        *_reception(told, zones),
        *later(told, subject, when),
        *shortfall(told, zones, subject),
    ]
    table = _schools(told, subject, when)
    for row in table.to_dict("records"):
        said += [s for s in of_options(told, str(row["urn"])) if s.startswith("Option")]
    if table.empty:
        said.append("No school lies in it.")
    return Explanation(subject, "community", title, tuple(said), table, {})


def _reception(told: Told, zones: list[str]) -> Iterator[str]:
    """Say where its children go in Reception."""
    journeys = told.tables[JOURNEYS]
    mine = journeys[journeys["origin"].isin(zones) & (journeys["origin_kind"] == "zone")]
    total = by(mine, "urn")
    if not len(total):
        yield "Nobody from it reaches Reception in the planned years."
        return
    table = told.network.estate.table
    name_of = dict(zip(table["urn"], table["name"], strict=True))
    words = [f"{name_of[urn]} {share(n / total.sum())}" for urn, n in total.head(TOLD).items()]
    yield f"The {figure(float(total.sum()))} children who reach Reception in the planned years go to: {both(words)}."


def _schools(told: Told, community: str, year: int) -> pd.DataFrame:
    """Return urn, school, pupils, places, spare, full: the schools in it in a year."""
    table = told.network.estate.table
    rows = []
    for urn, name in table.loc[table["community"] == community, ["urn", "name"]].itertuples(index=False):
        of_year = full_in(told, urn)
        of_year = of_year[of_year["academic_year"] == name_of_year(year)]
        rows += [(urn, name, r["pupils"], r["places"], r["spare"], r["full"]) for r in of_year.to_dict("records")]
    return pd.DataFrame(rows, columns=["urn", "school", "pupils", "places", "spare", "full"])


COMMUNITY = Kind(JOURNEYS, lambda _told: {}, explain, "a community", called=called)

"""A school: its rolls and places by year, who comes from where, where it is full, the options at it, and its size."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from placeplan.allocate.scales import whole_budget
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.who_goes_where import by, on_roll
from placeplan.appraise.explain.words import both, pounds, share, year_groups
from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.domain.years import academic_year, name_of_nc_year, name_of_year, nc_year
from placeplan.forecast.drivers import figure
from placeplan.journeys.infants import INFANTS
from placeplan.options.option import GROUPS
from placeplan.principles.viable import configurations, sizes
from placeplan.scenario.say import listed

SCHOOLS = "plan/schools.csv"
FULL = 0.5  # of a place: less is left
TOLD = 5  # origins, year groups and years that are named
WHOLE = "whole school"
LEAST_WORTH, LEAST_CHILDREN = 1e-6, 1e-3  # of the objective; child-years: less is rounding


def names(told: Told) -> Mapping[str, str]:
    """Return every school of the plan by URN or site."""
    return {urn: urn for urn in dict.fromkeys(told.tables[SCHOOLS]["urn"])}


def called(told: Told) -> Mapping[str, str]:
    """Return every mainstream school and new site by its name, where only one bears it, and those without pupils by URN."""
    scenario = told.scenario
    sites = scenario.table("options").query("kind == 'new_school'")
    pairs = [
        *zip(scenario.mainstream["urn"], scenario.mainstream["name"], strict=True),
        *zip(sites["site"], sites["name"], strict=True),
    ]
    known = pd.DataFrame([(urn, name or urn) for urn, name in pairs], columns=["urn", "name"]).drop_duplicates()
    once = known.drop_duplicates("name", keep=False)
    return dict(zip(once["name"], once["urn"], strict=True)) | {urn: urn for urn in known["urn"]}


def explain(told: Told, subject: str, year: str | None) -> Explanation:
    """Say what a school gets and why. year: of which the children are told by where they come from."""
    at = told.network.estate.index()[subject]
    row = told.network.estate.table.iloc[at]
    when = planned_year(told, year)
    table = _by_year(told, subject)
    title = f"{row['name']} ({subject})"
    taught = np.flatnonzero(told.network.estate.taught[at])
    groups = f", {year_groups(int(taught[0]), int(taught[-1]))}" if len(taught) else ", not there today"
    said = [f"{title}: {str(row['phase']).replace('_', '-')} school{groups}, community {row['community']}."]
    if table.empty:
        said.append("It teaches nobody in the planned years: no option that would open it is chosen, or one closes it.")
    else:
        said += [
            *_rolls(table),
            *_full(told, subject),
            *_classes(told, at),
            *_size(told, at, table),
            *_from_where(told, subject, when),
        ]
        said += list(_worth(told, at))
    return Explanation(subject, "school", title, (*said, *of_options(told, subject)), table, {})


def planned_year(told: Told, year: str | None) -> int:
    """Return the planned year asked for, the last where none is. Raises ScenarioProblems for any other."""
    names_of = [name_of_year(y) for y in told.network.years]
    if year is not None and year not in names_of:
        wrong = f'"{year}" is no planned year.'
        raise ScenarioProblems([Problem("year", None, None, wrong, f"Planned are {listed(names_of, 30)}.")])
    return told.network.years[-1] if year is None else academic_year(year)


def full_in(told: Told, urn: str) -> pd.DataFrame:
    """Return academic_year, pupils, places (that exist), over_capacity, spare, full, net: one row a year.

    places: of all year groups together, but no more than the net capacity of the whole school.  full: the year groups
    that are, and "whole school" where net capacity is.
    """
    rows = _rows(told, urn)
    rows["full"] = np.where(rows["full"], rows["nc_year"].astype(str), "")
    by_year = rows.groupby("academic_year", as_index=False).agg(
        pupils=("pupils", "sum"), exist=("exist", "sum"), over_capacity=("over_capacity", "sum"),
        full=("full", lambda names_of: ", ".join(filter(None, names_of))),
    )  # fmt: skip
    at = told.network.estate.index()[urn]
    net = dict(zip((name_of_year(y) for y in told.network.years), _net_capacity(told)[at], strict=True))
    by_year["net"] = by_year["academic_year"].map(net)
    by_year["places"] = by_year[["exist", "net"]].min(axis=1)
    by_year["spare"] = by_year["places"] - by_year["pupils"]
    whole = (by_year["pupils"] > FULL) & (by_year["pupils"] >= by_year["net"] - FULL)
    by_year["full"] = [
        ", ".join(filter(None, (groups, WHOLE if is_full else "")))
        for groups, is_full in zip(by_year["full"], whole, strict=True)
    ]
    return by_year.round(6)


def _by_year(told: Told, urn: str) -> pd.DataFrame:
    """Return the school's table as it is shown: academic_year, pupils, places, over_capacity, spare, what is full."""
    columns = ["academic_year", "pupils", "places", "over_capacity", "spare", "full"]
    return full_in(told, urn)[columns].rename(columns={"full": "full year groups"})


def _net_capacity(told: Told) -> Number:
    """Return school × planned year: net capacity under the plan, without what cohorts on roll are allowed beyond it."""
    network = told.network
    years = len(network.years)
    held = network.places.net.at(told.openings()).reshape(-1, years)
    today = network.estate.table["net_capacity"].to_numpy(dtype=float)[:, None]
    allowed = np.maximum(network.places.net.constant.reshape(-1, years) - today, 0.0)
    net: Number = held - np.where(network.estate.table["is_new"].to_numpy(dtype=bool)[:, None], 0.0, allowed)
    return net


def _rows(told: Told, urn: str) -> pd.DataFrame:
    """Return the school's rows of plan/schools.csv with the places that exist and whether they are full."""
    rows = told.tables[SCHOOLS]
    rows = rows[rows["urn"] == urn].copy()
    rows["exist"] = rows["places"] - rows["over_capacity"]
    rows["full"] = (rows["pupils"] > FULL) & (rows["pupils"] >= rows["exist"] - FULL)
    return rows


def _rolls(table: pd.DataFrame) -> Iterator[str]:
    """Say how pupils and places change."""
    first, last = table.iloc[0], table.iloc[-1]
    yield (
        f"Pupils go from {figure(first['pupils'])} in {first['academic_year']} to {figure(last['pupils'])} in "
        f"{last['academic_year']}, places from {figure(first['places'])} to {figure(last['places'])}."
    )
    over = table[table["over_capacity"] >= FULL]
    if len(over):
        yield (
            f"Counted year group by year group, up to {figure(over['over_capacity'].max())} pupils are more than its places "
            f"({both(list(over['academic_year'])[:TOLD])}): they are on roll in the base year and stay; new children get places that "
            "exist only."
        )


def _full(told: Told, urn: str) -> Iterator[str]:
    """Say in which years the whole school is full, and which year groups are: the bottlenecks."""
    by_year = full_in(told, urn)
    whole = by_year[by_year["full"].str.contains(WHOLE)]
    less = by_year[by_year["net"] < by_year["exist"] - FULL]
    if len(less):
        yield (
            f"Its year groups together have {figure(less['exist'].iloc[-1])} places, but the whole school has room for "
            f"{figure(less['net'].iloc[-1])} (net capacity, in {less['academic_year'].iloc[-1]}): the lesser counts."
        )
    if len(whole):
        yield f"The whole school is full in {both(list(whole['academic_year']))}."
    rows = _rows(told, urn)
    full = rows[rows["full"]]
    if full.empty:
        yield "No year group is full in any planned year." if whole.empty else "No year group is full by itself."
        return
    groups_of = full.groupby("academic_year")["nc_year"].agg(list)
    told_of = [f"{year} ({', '.join(str(n) for n in groups)})" for year, groups in groups_of.items()]
    entry = str(full["nc_year"].mode().iloc[0])
    years = full.loc[full["nc_year"].astype(str) == entry, "academic_year"].nunique()
    group = year_groups(nc_year(entry), nc_year(entry))
    yield (
        f"Full year groups, by year: {'; '.join(told_of[: 2 * TOLD])}. "
        f"Most often {group}, in {years} of {rows['academic_year'].nunique()} years."
    )


def _classes(told: Told, at: int) -> Iterator[str]:
    """Say in which years its infant classes are full, whatever places the year groups have."""
    network = told.network
    rows = _rows(told, str(network.estate.table["urn"].iloc[at]))
    infants = rows[rows["nc_year"].astype(str).isin([name_of_nc_year(n) for n in range(INFANTS)])]
    pupils = infants.groupby("academic_year")["pupils"].sum()
    held = network.places.infants.at(told.openings()).reshape(-1, len(network.years))[at]
    years = [name_of_year(year) for year in network.years]
    full = [y for y, seats in zip(years, held, strict=True) if seats - FULL <= pupils.get(y, 0.0) > FULL]
    if full:
        yield f"Its infant classes (Reception to Year 2) are full in {both(full[: 2 * TOLD])}."


def _size(told: Told, at: int, table: pd.DataFrame) -> Iterator[str]:
    """Say its size against floor, preferred and maximum of what it comes to be."""
    network = told.network
    state = int(_states(told)[at])
    kind = str(configurations(network)[state])
    if kind == "closed":
        yield "The plan closes it."
        return
    floor, most = (float(size[state]) for size in sizes(network, told.scenario))
    kinds = ("primary", "secondary") if kind == "all_through" else (kind,)
    preferred = sum(told.scenario.assume(f"size.{k}.preferred") for k in kinds)
    roll = float(table["pupils"].iloc[-1])
    place = "below its floor" if roll < floor else "above its maximum" if roll > most else "between floor and maximum"
    small = table.loc[table["pupils"] < floor, "academic_year"]
    crowded = table.loc[table["pupils"] > most, "academic_year"]
    yield (
        f"{'As an' if kind[0] in 'au' else 'As a'} {kind.replace('_', '-')} school its floor is {floor:,.0f} pupils, {preferred:,.0f} are preferred and {most:,.0f} are the "
        f"most; in {table['academic_year'].iloc[-1]} it has {figure(roll)}, {place}. "
        f"Below the floor in {len(small)} years, above the maximum in {len(crowded)}."
    )


def _states(told: Told) -> np.ndarray:
    """Return the state in which the plan puts each school, from what it opens."""
    states, openings = told.network.states, told.openings()
    held = told.network.options.opening() @ openings
    today: YesNo = states.column < 0
    found = np.empty(int(today.sum()), dtype=np.int64)
    found[states.school[today]] = np.flatnonzero(today)
    opened = np.flatnonzero(~today)
    opened = opened[held[states.column[opened]] > FULL]
    found[states.school[opened]] = opened
    return found


def _from_where(told: Told, urn: str, year: int) -> Iterator[str]:
    """Say where its pupils of a year come from: zones of those who joined in Reception, communities of all."""
    rows = on_roll(told.tables, year)
    rows = rows[rows["urn"] == urn]
    total = float(rows["children"].sum())
    if total < FULL:
        return
    area_of = dict(zip(told.network.zones, told.network.area_of_zone, strict=True))
    communities = rows.assign(
        community=[told.network.areas[area_of[o]] if kind == "zone" else o for o, kind in zip(rows["origin"], rows["origin_kind"], strict=True)]
    )  # fmt: skip
    told_of = [f"{name} {share(n / total)}" for name, n in by(communities, "community").head(TOLD).items()]
    yield f"Its {figure(total)} pupils in {name_of_year(year)} come from: {both(told_of)}."
    zones = by(rows[rows["origin_kind"] == "zone"], "origin").head(TOLD)
    if len(zones):
        at = told.network.estate.index()[urn]
        miles = told.network.reach.zone_miles[:, at]
        place = {zone: i for i, zone in enumerate(told.network.zones)}
        told_of = [
            f"{zone} {figure(n)} ({miles[place[zone]]:.1f} miles)"
            for zone, n in zip(zones.index.astype(str), zones, strict=True)
        ]
        yield f"Those who joined it in Reception, by zone: {both(told_of)}."


def _worth(told: Told, at: int) -> Iterator[str]:
    """Say what one more place would be worth where that is most: the shadow price, in words and in pounds."""
    years = len(told.network.years)
    worth = told.again.worth.reshape(-1, years, GROUPS)[at]
    placed = told.placed_by_one_more.reshape(-1, years, GROUPS)[at]
    if placed.max() > LEAST_CHILDREN:
        year, nc = np.unravel_index(int(placed.argmax()), placed.shape)
        yield (
            f"One more place in {year_groups(int(nc), int(nc))} in {name_of_year(told.network.years[year])}, where it helps most, would "
            f"give at most {placed.max():.2f} child-years more from Reception to Year 11 a place, with what the plan opens kept."
        )
    if worth.max() <= LEAST_WORTH:
        if placed.max() <= LEAST_CHILDREN:
            yield "One more place would change nothing in any year group: what is open suffices here."
        return
    year, nc = np.unravel_index(int(worth.argmax()), worth.shape)
    yield (
        f"One more place in {year_groups(int(nc), int(nc))} in {name_of_year(told.network.years[year])}, where it is worth most, would "
        f"lower the objective by at most {worth.max():.6f}{in_pounds(told, float(worth.max()))}; what the plan opens is kept."
    )


def in_pounds(told: Told, worth: float) -> str:
    """Return what points of the objective are worth in capital spent in the first planned year; nothing where no money counts."""
    whole, weight = whole_budget(told.network, told.scenario), told.scenario.settings.weights.cost
    return f", as much as {pounds(worth * whole / weight)} of capital at these weights" if whole > 0 < weight else ""


def of_options(told: Told, urn: str) -> Iterator[str]:
    """Say which options there are at a school and what became of each."""
    mine = [o for o in told.network.options.options if o.school == urn or urn in o.effects.closes]
    table = told.options_table
    for option in mine:
        row = table.loc[option.name]
        opens, reason = str(row["opens"]), str(row["reason"])
        when = f"opens in {opens}; " if opens[:1].isdigit() else ""
        yield f"Option {option.name} ({option.kind.replace('_', ' ')}): {when}{reason.rstrip('.')}."
    if not mine:
        yield "No option concerns it."


SCHOOL = Kind(SCHOOLS, names, explain, "a school", called=called)

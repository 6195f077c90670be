"""Options of the demo: what could be built, linked, cut or closed at the schools of today, priced at national averages."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Number, YesNo

# £ a place, England, local authority scorecards 2019, Department for Education; a temporary place for a bulge class
A_PLACE = {"new": (20_508, 24_929), "expansion": (17_268, 23_775), "temporary": (8_196, 8_196)}  # primary, secondary
A_SPECIALIST_PLACE, A_RESOURCED_PLACE = 78_000, 46_000  # £; taken, no national figure of 2019
FROM, UNTIL = 2019, 2023  # first planned September, and the last in which anything may still open
LEAD = {"expansion": 1, "bulge": 0, "new_school": 2, "age_range": 2, "all_through": 2, "sixth_form": 2, "closure": 2}
PASSING, WEAK = ("good", "outstanding"), ("requires_improvement", "inadequate")


def in_school_options(rng: Generator, schools: pd.DataFrame, converting: Iterable[str]) -> pd.DataFrame:
    """Return the options at schools of today, packages apart.

    schools: mainstream and special schools, with `roll` (base year), `spare` (share of capacity) and `wanted` (a figure
    that rises with homes near by).  converting: urns of schools in pyramids that a package would convert.
    """
    free = schools[~schools["urn"].isin(set(converting))]
    closing = (schools["phase"] == "middle") & ~schools["urn"].isin(free["urn"])
    mainstream = schools[schools["phase"].isin(A_PHASE) & ~closing]
    linked = _links(mainstream)
    grown = _expansions(rng, mainstream, linked)
    built = [
        linked,
        grown,
        _bulges(rng, mainstream[mainstream["ofsted"].isin(PASSING)]),
        _all_through(rng, free),
        _sixth_forms(rng, free),
        _resourced(rng, mainstream),
        _special(rng, schools[schools["phase"] == "special"]),
        _pan_cuts(mainstream[~mainstream["urn"].isin(grown["urn"])], schools[closing]),
        _closures(free[~free["urn"].isin(grown["urn"])]),
        _community(rng, mainstream),
    ]
    return pd.concat(built, ignore_index=True)


A_PHASE = ("lower", "primary", "middle", "secondary", "upper")


def option_rows(prefix: str, kind: str, here: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """Return one option a row of schools: code, kind, urn, years in which it may open, and what else is given."""
    first = FROM + LEAD.get(kind, 1)
    rows = {
        "option": [f"{prefix}-{k + 1:02d}" for k in range(len(here))],
        "kind": kind,
        "urn": here["urn"].to_numpy(),
        "earliest_opening": first,
        "latest_opening": UNTIL,
        "provider": here["provider"].to_numpy(),
    }
    values = {name: v.to_numpy() if isinstance(v, pd.Series) else v for name, v in columns.items()}
    return pd.DataFrame(rows | values)


def priced(rng: Generator, places: Number, secondary: YesNo, rate: str) -> Number:
    """Return £ for so many places: the national average, a tenth or so up or down, to the thousand."""
    a_place = np.where(secondary, A_PLACE[rate][1], A_PLACE[rate][0])
    pounds: Number = np.round(places * a_place * rng.normal(1, 0.1, len(places)).clip(0.8, 1.25), -3)
    return pounds


def main_years(schools: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the year groups of compulsory school age that each school teaches."""
    return list(zip(schools["lowest_nc_year"], np.minimum(schools["highest_nc_year"], 11), strict=True))


def _links(mainstream: pd.DataFrame) -> pd.DataFrame:
    """Return links of weak schools with the nearest good one of their phase; a partner leads two at most."""
    weak = mainstream[mainstream["ofsted"].isin(WEAK)]
    good = mainstream[mainstream["ofsted"].isin(PASSING)]
    away = np.hypot(
        weak["easting"].to_numpy()[:, None] - good["easting"].to_numpy(),
        weak["northing"].to_numpy()[:, None] - good["northing"].to_numpy(),
    )
    away = np.where(weak["phase"].to_numpy()[:, None] == good["phase"].to_numpy(), away, np.inf)
    partner = pd.Series(good["urn"].to_numpy()[away.argmin(axis=1)], index=weak.index)
    fits = partner.groupby(partner).cumcount() < 2
    rows = option_rows("LINK", "link", weak[fits], partner_urn=partner[fits], nc_years=main_years(weak[fits]))
    return rows.assign(places_per_year=0, capital_pounds=0.0, earliest_opening=FROM)


def _expansions(rng: Generator, mainstream: pd.DataFrame, linked: pd.DataFrame) -> pd.DataFrame:
    """Return expansions where homes are built or schools are full, some in two sizes that exclude each other."""
    barred = ~mainstream["ofsted"].isin(PASSING) & ~mainstream["urn"].isin(linked["urn"])
    ranked = mainstream[~barred].sort_values("wanted", ascending=False, kind="stable")
    number = {"lower": 17, "primary": 10, "middle": 6, "secondary": 6, "upper": 6}
    here = pd.concat([ranked[ranked["phase"] == phase].head(count) for phase, count in number.items()])
    step = np.where(here["pan"] < 28, 15, 30) * np.where(here["phase"].isin(["secondary", "upper"]), 2, 1)
    small = _expansion(rng, here, step, linked, "EXP")
    twice = np.flatnonzero(here["phase"].isin(["lower", "primary"]) & (here["pan"] >= 28))[::2]
    large = _expansion(rng, here.iloc[twice], step[twice] * 2, linked, "EXL")
    small.loc[twice, "excludes"], large["excludes"] = large["option"].to_numpy(), small["option"].to_numpy()[twice]
    return pd.concat([small, large], ignore_index=True)


def _expansion(rng: Generator, here: pd.DataFrame, step: Number, linked: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return expansions of one size; that of a weak school follows its link, a year later."""
    groups = here["highest_nc_year"].clip(upper=11).to_numpy() - here["lowest_nc_year"].to_numpy() + 1
    cost = priced(rng, step * groups, here["lowest_nc_year"].to_numpy() > 4, "expansion")
    rows = option_rows(prefix, "expansion", here, nc_years=main_years(here), places_per_year=step, capital_pounds=cost)
    rows["follows"] = rows["urn"].map(linked.set_index("urn")["option"]).fillna("")
    rows["earliest_opening"] += (rows["follows"] != "").astype(int)
    rows["sound_rooms"] = (here["temporary_places"] > 0).to_numpy()
    return rows.assign(excludes="", fund="basic_need")


def _bulges(rng: Generator, passing: pd.DataFrame) -> pd.DataFrame:
    """Return bulge classes of 30 in temporary rooms, where most is wanted."""
    number = {"lower": 4, "primary": 4, "middle": 2, "secondary": 2}
    here = pd.concat([passing[passing["phase"] == phase].nlargest(count, "wanted") for phase, count in number.items()])
    cost = priced(rng, np.full(len(here), 30.0), here["lowest_nc_year"].to_numpy() > 4, "temporary")
    return option_rows("BULGE", "bulge", here, nc_years=main_years(here), places_per_year=30, capital_pounds=cost)


def _all_through(rng: Generator, free: pd.DataFrame) -> pd.DataFrame:
    """Return secondary schools that would take Reception too, and a sixth form that stays as it is."""
    here = free[(free["phase"] == "secondary") & free["ofsted"].isin(PASSING)].nlargest(3, "site_area")
    places = np.array([60, 60, 30])[: len(here)]
    spans = [(0, int(last)) for last in here["highest_nc_year"]]
    cost = priced(rng, places * 7.0, np.zeros(len(here), dtype=bool), "new")
    return option_rows("ALL", "all_through", here, nc_years=spans, places_per_year=places, capital_pounds=cost)


def _sixth_forms(rng: Generator, free: pd.DataFrame) -> pd.DataFrame:
    """Return sixth forms for secondary schools that have none: 120 a year, above the 200 that a new one needs."""
    here = free[(free["phase"] == "secondary") & (free["highest_nc_year"] == 11)]
    cost = priced(rng, np.full(len(here), 240.0), np.ones(len(here), dtype=bool), "expansion")
    return option_rows(
        "SIXTH", "sixth_form", here, nc_years=[(7, 13)] * len(here), places_per_year=120, capital_pounds=cost
    )


def _resourced(rng: Generator, mainstream: pd.DataFrame) -> pd.DataFrame:
    """Return resourced provisions in good schools with room: specialist places for the net capacity of a classroom."""
    fits = mainstream[
        mainstream["ofsted"].isin(PASSING) & (mainstream["pan"] >= 30) & (mainstream["specialist_places"] == 0)
    ]
    number = {"lower": 4, "primary": 3, "middle": 2, "secondary": 2, "upper": 1}
    here = pd.concat([fits[fits["phase"] == phase].nlargest(count, "spare") for phase, count in number.items()])
    places = rng.integers(8, 16, len(here))
    rows = option_rows("RES", "resourced_provision", here, nc_years=main_years(here), places_per_year=places)
    rows["capital_pounds"] = np.round(places * A_RESOURCED_PLACE * rng.uniform(0.85, 1.15, len(here)), -3)
    return rows.assign(
        need=np.resize(["ASD", "SEMH", "MLD", "SLCN"], len(here)), net_capacity_change=-30, fund="SEND-capital"
    )


def _special(rng: Generator, special: pd.DataFrame) -> pd.DataFrame:
    """Return more places at each special school, and a satellite of two of them in towns that have none."""
    here = pd.concat([special, special.iloc[:2]])
    places = np.array([30, 24, 20, 16, 40, 30])
    rows = option_rows("SPEC", "special_places", here, nc_years=[(0, 13)] * len(here), places_per_year=places)
    rows["capital_pounds"] = np.round(places * A_SPECIALIST_PLACE * rng.uniform(0.9, 1.1, len(here)), -3)
    rows["need"] = ["", "ASD", "SEMH", "", "ASD", "MLD"]
    rows["name"] = ["", "", "", "", "Ottersley satellite", "Saltersbridge satellite"]
    rows.loc[4:, ["easting", "northing"]] = [[460_100.0, 273_200.0], [449_200.0, 286_700.0]]
    return rows.assign(fund="SEND-capital")


def _pan_cuts(others: pd.DataFrame, closing: pd.DataFrame) -> pd.DataFrame:
    """Return lower admission numbers where many places stand empty, and at schools that a package would close: a smaller step."""
    here = others[(others["pan"] >= 30) & (others["phase"] != "secondary")].nlargest(14, "spare")
    here = pd.concat([here, closing[closing["pan"] >= 45]])
    fewer = np.where(here["pan"] >= 75, -30, -15)
    rows = option_rows("PAN", "pan_reduction", here, nc_years=main_years(here), places_per_year=fewer)
    return rows.assign(capital_pounds=0.0)


def _closures(others: pd.DataFrame) -> pd.DataFrame:
    """Return closures of two small lower schools in towns, whose pupils have others in walking distance."""
    towns = others.groupby("community")["urn"].transform("size") >= 6
    here = others[towns & (others["phase"] == "lower")].nsmallest(2, "roll")
    rows = option_rows("CLOSE", "closure", here, nc_years=main_years(here), places_per_year=0)
    return rows.assign(capital_pounds=150_000.0)


def _community(rng: Generator, mainstream: pd.DataFrame) -> pd.DataFrame:
    """Return halls, pitches and nurseries that the community may use; most replace poor rooms too."""
    poor = mainstream[mainstream["condition"].isin(["c", "d"]) & (mainstream["community_use"] == "")]
    here = poor.sort_values(["condition", "roll"], ascending=False, kind="stable").head(12)
    rows = option_rows("COM", "community_facility", here, nc_years=main_years(here), places_per_year=0)
    rows["capital_pounds"] = np.round(rng.uniform(0.4e6, 1.6e6, len(here)), -4)
    rows["community_use"] = np.resize(["hall", "hall;pitch", "nursery", "library;hall"], len(here))
    return rows.assign(sound_rooms=np.arange(len(here)) % 3 < 2)

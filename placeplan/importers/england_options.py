"""Options by rule: what could be built, cut, linked or converted, where the rolls and grades suggest it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from placeplan.domain.arrays import Number
from placeplan.importers.columns import with_every_column
from placeplan.importers.england_costs import EXPANSION, FACILITY, NEW, RESOURCED, SPECIAL, Span, cost_of
from placeplan.importers.england_packages import GOOD, packages
from placeplan.importers.england_said import Assumed
from placeplan.importers.england_zones import Zones

FULL, AROUND, SPARE = 0.95, 0.90, 0.20  # shares of capacity: a school is full, its neighbours nearly; places are spare
GROWING = 1.10  # children aged 0 to 3 against those aged 9 to 12
WEAK = ("requires_improvement", "inadequate")
A_SCHOOL, LEAST, MOST = 0.5, 12, 75  # options outside packages: so many a planned school, at least and at most


@dataclass(frozen=True)
class Choices:
    """Tables options, phase_plan and controls, and what was taken to make them."""

    tables: dict[str, pd.DataFrame]
    assumed: tuple[Assumed, ...]


def choices(table: pd.DataFrame, mainstream: np.ndarray, pyramid: np.ndarray, zones: Zones, span: Span) -> Choices:
    """Return the options of an authority.

    table: schools with community, planning_area and roll; mainstream: which are planned; pyramid: of those, blank for none.
    A school has one option at most that changes its year groups; whatever else it may do excludes that one.
    """
    here = _with_neighbours(table[mainstream].assign(pyramid=pyramid))
    pooled, plan = packages(here, span)
    here["package"] = _words(here["urn"], pooled["urn"], pooled["package"])
    closing = set(pooled.loc[pooled["kind"] == "closure", "urn"])
    share = min(max(A_SCHOOL * len(here), LEAST), MOST)
    free = here[here["package"] == ""]
    parts = [
        pooled,
        _expansions(here[~here["urn"].isin(closing)], round(0.45 * share), span),
        _pan_cuts(here, closing, round(0.2 * share), span),
        _resourced(here, table, round(0.1 * share), span),
        _special(table[table["phase"] == "special"], 10, span),
        _links(here, round(0.08 * share), span),
        _sixth_forms(free, 2, span),
        _all_through(free, 1, span),
        _new_schools(here, zones, 3, span),
        _community(here, zones, round(0.05 * share), span),
    ]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    rows = _one_structure_a_school(rows)
    tables = {"options": with_every_column("options", rows.drop(columns="who_decides", errors="ignore"))}
    tables["controls"] = _controls(rows)
    if len(plan):
        tables["phase_plan"] = with_every_column("phase_plan", plan)
    return Choices(tables, _told(rows))


def _words(keys: "pd.Series[str]", known: "pd.Series[str]", words: "pd.Series[str]") -> "pd.Series[str]":
    """Return the word of each key, blank where it has none."""
    return (
        keys.map(pd.Series(words.to_numpy(dtype=object), index=known.to_numpy(dtype=object))).astype(object).fillna("")
    )


def _with_neighbours(here: pd.DataFrame) -> pd.DataFrame:
    """Add how full each school is and how full its three nearest neighbours with the same first year group are."""
    fullness = (here["roll"] / here["net_capacity"].clip(lower=1)).to_numpy()
    around = fullness.copy()
    spots = here[["easting", "northing"]].to_numpy(dtype=float)
    first = here["lowest_nc_year"].to_numpy()
    for entry in np.unique(first):
        mine = np.flatnonzero(first == entry)
        if len(mine) > 1:
            count = min(4, len(mine))
            nearest = np.asarray(cKDTree(spots[mine]).query(spots[mine], k=count)[1])[:, 1:]
            around[mine] = fullness[mine][nearest].mean(axis=1)
    return here.assign(fullness=fullness, around=around)


def _rows(prefix: str, kind: str, here: pd.DataFrame, first: int, span: Span, **columns: object) -> pd.DataFrame:
    """Return one option a row of schools."""
    values = {
        "option": [f"{prefix}-{k + 1:02d}" for k in range(len(here))],
        "kind": kind,
        "urn": here["urn"].to_numpy(),
        "nc_years": _main_years(here),
        "places_per_year": 0,
        "earliest_opening": first,
        "latest_opening": span.until,
        "capital_pounds": 0.0,
        "provider": here["provider"].to_numpy(),
    }
    given = {name: value.to_numpy() if isinstance(value, pd.Series) else value for name, value in columns.items()}
    return pd.DataFrame(values | given)


def _main_years(here: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the year groups to Year 11 that each school teaches."""
    last = np.maximum(np.minimum(here["highest_nc_year"], 11), here["lowest_nc_year"])
    return [(int(a), int(b)) for a, b in zip(here["lowest_nc_year"], last, strict=True)]


def _expansions(here: pd.DataFrame, number: int, span: Span) -> pd.DataFrame:
    """Return half a form or one at good schools that are full among full neighbours, the fullest first."""
    fits = here[here["ofsted"].isin(GOOD) & (here["fullness"] >= FULL) & (here["around"] >= AROUND)]
    chosen = fits.assign(need=np.minimum(fits["fullness"], 1.2) + fits["around"]).sort_values(["need", "urn"], ascending=[False, True]).head(number)  # fmt: skip
    step = np.where(chosen["pan"] < 45, 15, 30)
    years = _main_years(chosen)
    pounds = [cost_of(n, a, b, EXPANSION) for n, (a, b) in zip(step, years, strict=True)]
    return _rows(
        "EXP", "expansion", chosen, span.first + 1, span,
        places_per_year=step, capital_pounds=pounds, excludes=chosen["package"], fund="basic_need",
    )  # fmt: skip


def _pan_cuts(here: pd.DataFrame, closing: set[str], number: int, span: Span) -> pd.DataFrame:
    """Return lower admission numbers where a fifth of the places stands empty, and in every community with a closure."""
    empty = (here["fullness"] < 1 - SPARE) & (here["pan"] >= 30) & (here["roll"] > 0) & ~here["filling_up"].astype(bool)
    spare = here[empty].sort_values(["fullness", "urn"]).head(number)
    lacking = here[here["urn"].isin(closing) & ~here["community"].isin(spare["community"])]
    chosen = pd.concat([lacking.drop_duplicates("community"), spare])
    fewer = np.where(chosen["pan"] >= 60, -30, -15)
    return _rows(
        "PAN", "pan_reduction", chosen, span.first + 1, span, places_per_year=fewer, excludes=chosen["package"]
    )


def _resourced(here: pd.DataFrame, table: pd.DataFrame, number: int, span: Span) -> pd.DataFrame:
    """Return resourced provision at good schools far from special schools, one a community, the farthest first."""
    special = table.loc[table["phase"] == "special", ["easting", "northing"]].to_numpy(dtype=float)
    fits = here[here["ofsted"].isin(GOOD) & (here["pan"] >= 30) & (here["lowest_nc_year"] < 12) & (here["net_capacity"] >= 150)]  # fmt: skip
    spots = fits[["easting", "northing"]].to_numpy(dtype=float)
    far = cKDTree(special).query(spots)[0] if len(special) and len(spots) else np.zeros(len(spots))
    ranked = fits.assign(far=far).sort_values(["far", "urn"], ascending=[False, True])
    chosen = ranked.drop_duplicates("community").head(number)
    places = np.where(chosen["lowest_nc_year"] >= 5, 15, 10)
    return _rows(
        "RES", "resourced_provision", chosen, span.first + 1, span,
        places_per_year=places, capital_pounds=places * float(RESOURCED), net_capacity_change=-30, fund="SEND",
    )  # fmt: skip


def _special(special: pd.DataFrame, number: int, span: Span) -> pd.DataFrame:
    """Return a tenth more places at each special school, the largest first."""
    chosen = special[special["roll"] > 0].sort_values(["roll", "urn"], ascending=[False, True]).head(number)
    places = np.maximum((chosen["roll"].to_numpy() * 0.1 / 2).round().astype(np.int64) * 2, 8)
    return _rows(
        "SPEC", "special_places", chosen, span.first + 1, span, nc_years=[(0, 13)] * len(chosen),
        places_per_year=places, capital_pounds=places * float(SPECIAL), fund="SEND",
    )  # fmt: skip


def _links(here: pd.DataFrame, number: int, span: Span) -> pd.DataFrame:
    """Return links of weak schools with the nearest good one of their phase; a partner leads two at most."""
    weak, good = here[here["ofsted"].isin(WEAK)], here[here["ofsted"].isin(GOOD)]
    if weak.empty or good.empty:
        return pd.DataFrame()
    away = np.hypot(
        weak["easting"].to_numpy()[:, None] - good["easting"].to_numpy(),
        weak["northing"].to_numpy()[:, None] - good["northing"].to_numpy(),
    ) + 1e7 * (weak["phase"].to_numpy()[:, None] != good["phase"].to_numpy())  # fmt: skip
    partner = pd.Series(good["urn"].to_numpy()[away.argmin(axis=1)], index=weak.index)
    fits = (partner.groupby(partner).cumcount() < 2) & (away.min(axis=1) < 1e6)
    chosen = weak[fits].sort_values(["fullness", "urn"], ascending=[False, True]).head(number)
    return _rows("LINK", "link", chosen, span.first, span, partner_urn=partner[chosen.index])


def _sixth_forms(free: pd.DataFrame, number: int, span: Span) -> pd.DataFrame:
    """Return sixth forms for large good secondary schools without one, the largest first."""
    fits = free[(free["highest_nc_year"] == 11) & (free["lowest_nc_year"] >= 5) & free["ofsted"].isin(GOOD) & (free["roll"] >= 900)]  # fmt: skip
    chosen = fits.sort_values(["roll", "urn"], ascending=[False, True]).head(number)
    spans = [(int(first), 13) for first in chosen["lowest_nc_year"]]
    return _rows(
        "SIXTH", "sixth_form", chosen, span.first + 2, span,
        nc_years=spans, places_per_year=120, capital_pounds=cost_of(120, 12, 13, EXPANSION),
    )  # fmt: skip


def _all_through(free: pd.DataFrame, number: int, span: Span) -> pd.DataFrame:
    """Return a good secondary school that would take Reception too, where the primary schools round it are full."""
    fits = free[(free["lowest_nc_year"] == 7) & (free["highest_nc_year"] >= 11) & free["ofsted"].isin(GOOD)]
    begins = free[free["lowest_nc_year"] == 0]
    if fits.empty or begins.empty:
        return pd.DataFrame()
    near = cKDTree(begins[["easting", "northing"]].to_numpy()).query(fits[["easting", "northing"]].to_numpy(), k=min(3, len(begins)))[1]  # fmt: skip
    full = begins["fullness"].to_numpy()[near.reshape(len(fits), -1)].mean(axis=1)
    ranked = fits.assign(full=full)[full >= FULL + 0.03].sort_values(["full", "urn"], ascending=[False, True])
    chosen = ranked[ranked["roll"] < 900].head(number)
    spans = [(0, int(last)) for last in chosen["highest_nc_year"]]
    return _rows(
        "ALL", "all_through", chosen, span.first + 2, span,
        nc_years=spans, places_per_year=60, capital_pounds=cost_of(60, 0, 6, EXPANSION),
    )  # fmt: skip


def _new_schools(here: pd.DataFrame, zones: Zones, number: int, span: Span) -> pd.DataFrame:
    """Return new schools of one form where young children outnumber older ones and the schools round are full."""
    layer = zones.layer
    middle = layer.geometry.representative_point()
    older = zones.living[:, 7:11].sum(axis=1)  # aged 9 to 12 when the others were 0 to 3
    sums = pd.DataFrame({"community": layer["community"], "young": zones.young, "older": older, "x": middle.x * zones.young, "y": middle.y * zones.young}).groupby("community").sum()  # fmt: skip
    growing = sums[(sums["young"] >= GROWING * sums["older"]) & (sums["young"] >= 4 * 30)]
    begins = here[here["lowest_nc_year"] == 0]
    if growing.empty or begins.empty:
        return pd.DataFrame()
    spots: Number = (growing[["x", "y"]].to_numpy() / growing[["young"]].to_numpy()).round()
    near = cKDTree(begins[["easting", "northing"]].to_numpy()).query(spots, k=min(3, len(begins)))[1].reshape(len(growing), -1)  # fmt: skip
    full = begins["fullness"].to_numpy()[near].mean(axis=1) >= FULL
    last = begins["highest_nc_year"].clip(4, 6).to_numpy()[near[:, 0]]
    rows = growing.assign(east=spots[:, 0], north=spots[:, 1], last=last, rate=growing["young"] / growing["older"].clip(lower=1))  # fmt: skip
    rows = rows[full].sort_values("rate", ascending=False, kind="stable").head(number)
    return pd.DataFrame(
        {
            "option": [f"NEW-{k + 1:02d}" for k in range(len(rows))],
            "kind": "new_school",
            "urn": "",
            "site": [f"SITE-{k + 1}" for k in range(len(rows))],
            "name": [f"New school in {name}" for name in rows.index],
            "nc_years": [(0, int(end)) for end in rows["last"]],
            "places_per_year": 30,
            "earliest_opening": span.first + 2,
            "latest_opening": span.until,
            "capital_pounds": [cost_of(30, 0, int(end), NEW) for end in rows["last"]],
            "provider": "free_school",
            "easting": rows["east"].to_numpy(),
            "northing": rows["north"].to_numpy(),
            "community": rows.index.to_numpy(),
            "sites_hectares": 1.5,
        }
    )


def _community(here: pd.DataFrame, zones: Zones, number: int, span: Span) -> pd.DataFrame:
    """Return a hall and pitch for the community at the largest school of the most deprived communities."""
    deprived = zones.layer.groupby("community")["deprivation_quintile"].mean().rename("deprived")
    ranked = here.join(deprived, on="community").sort_values(["deprived", "roll", "urn"], ascending=[True, False, True])
    chosen = ranked.drop_duplicates("community").head(number)
    return _rows("COM", "community_facility", chosen, span.first + 1, span, capital_pounds=float(FACILITY), community_use="hall;pitch")  # fmt: skip


STRUCTURAL = ("all_through", "age_range", "sixth_form", "closure")


def _one_structure_a_school(rows: pd.DataFrame) -> pd.DataFrame:
    """Let every other option that changes places at a school exclude the one that changes its year groups."""
    changes = rows[rows["kind"].isin(STRUCTURAL)].drop_duplicates("urn")
    package = changes["package"].fillna("") if "package" in changes else pd.Series("", index=changes.index)
    name = _words(rows["urn"], changes["urn"], package.where(package != "", changes["option"]))
    beside = rows["kind"].isin(["expansion", "pan_reduction"])
    excluded = rows["excludes"].fillna("") if "excludes" in rows else pd.Series("", index=rows.index)
    return rows.assign(excludes=excluded.where(~beside, name))


def _controls(rows: pd.DataFrame) -> pd.DataFrame:
    """Return who decides each option: the trust of an academy, the governors of a foundation or aided school."""
    by_provider = {"academy": "trust", "free_school": "trust", "voluntary_aided": "governing body", "foundation": "governing body"}  # fmt: skip
    decides = rows["provider"].map(by_provider).fillna("authority").where(rows["kind"] != "new_school", "Secretary of State")  # fmt: skip
    return with_every_column("controls", pd.DataFrame({"option": rows["option"], "who_decides": decides}))


def _told(rows: pd.DataFrame) -> tuple[Assumed, ...]:
    """Say how many options of each kind the rules made, and which rule."""
    why = {
        "expansion": "half a form or one at good and outstanding schools at least 95 % full whose three nearest neighbours are 90 % full",
        "pan_reduction": "15 or 30 fewer where over 20 % of the places stand empty, and in every community with a closure",
        "age_range": "lower and upper schools of pyramids that go from three tiers to two, in phases",
        "closure": "middle schools of those pyramids, running out as the others take their year groups",
        "resourced_provision": "10 or 15 places at good schools, one a community, the farthest from special schools first",
        "special_places": "a tenth more places at special schools",
        "link": "schools that require improvement with the nearest good one of their phase",
        "sixth_form": "the largest good secondary schools without one",
        "all_through": "a good secondary school with room to grow among full primary schools",
        "new_school": "one form where children aged 0 to 3 outnumber those aged 9 to 12 by a tenth and the schools round are full",
        "community_facility": "a hall and pitch at the largest school of the most deprived communities",
    }
    counts = rows["kind"].value_counts()
    return tuple(Assumed(f"options.{kind}", float(counts.get(kind, 0)), "options", reason, "placeplan: candidates by rule, nobody's proposal") for kind, reason in why.items())  # fmt: skip

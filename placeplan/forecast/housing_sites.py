"""Sites: which homes are to come, where and when, beyond those that past building has put into the survival ratios."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole
from placeplan.domain.years import name_of_year
from placeplan.forecast.history import history
from placeplan.forecast.zones import position
from placeplan.scenario.scenario import Scenario

WINDFALL = "windfall"  # development by name, of the kind that the table takes where none is told
KIND_OF_WINDFALL = {"dwelling_type": "house", "tenure": "market"}


@dataclass(frozen=True)
class Sites:
    """Homes to come, one row a development, year of completion and kind of home; equal lengths.

    development: its name.  zone: position among the zones.  year: September year of completion, slip and all.
    homes: dwellings × probability, less those that the survival ratios hold.  chance: the probability.
    kind: position in `kinds`.  moved: share of the pupils who only move within the authority.
    kinds: "dwelling type, tenure", distinct.
    """

    development: np.ndarray
    zone: Whole
    year: Whole
    homes: Number
    chance: Number
    kind: Whole
    moved: Number
    kinds: tuple[str, ...]


def sites_of(scenario: Scenario) -> tuple[Sites, tuple[str, ...]]:
    """Return the homes completed after the base year, and say what was taken off as known to the survival ratios.

    A row of the table housing is completed in its academic year + its slip; part of a year of slip puts that share of the
    homes a year later. Where a row says nothing, its status tells the probability (housing.chance) and the slip
    (housing.slip). Windfall comes on top: housing.windfall homes a year from the year after housing.windfall_after on,
    where the children live. Of each year's homes as many as a usual past year's are taken off, in proportion.
    Raises ScenarioProblems for a zone that isn't known.
    """
    told = _slipped(_every_row(scenario))
    expected = (told["dwellings"] * told["probability"]).to_numpy(dtype=float)
    rows = told[told["year"] > scenario.settings.base_year]
    if rows.empty:
        return _as_sites(rows, np.zeros(0)), ()
    in_trend, how = base_rate(scenario, told["year"].to_numpy(dtype=int), expected)
    homes = _beyond_the_trend(
        rows["year"].to_numpy(dtype=int), expected[told["year"] > scenario.settings.base_year], in_trend
    )
    return _as_sites(rows, homes), how


def base_rate(scenario: Scenario, years: Whole, expected: Number) -> tuple[float, tuple[str, ...]]:
    """Return the dwellings a year that the survival ratios hold already, and say where the figure comes from.

    years, expected: completions of the table housing, one a row, past and to come.
    The setting housing_in_trend where it is above 0. Else, where the table has rows in each of the years over which the
    ratios are pooled, the mean of their homes with the ratios' own weights × housing.past_in_trend. Else 0.
    """
    set_ = scenario.settings.forecast.housing_in_trend
    if set_ > 0:
        return set_, (f"{set_:,.0f} dwellings a year are in the survival ratios already and are not counted again.",)
    base = scenario.settings.base_year
    weights = np.asarray(scenario.settings.forecast.survival_weights, dtype=float)
    pooled = min(len(weights), len(history(scenario).years) - 1) if (years <= base).any() else 0
    window = np.arange(base - pooled + 1, base + 1)
    if not pooled or not np.isin(window, years).all():
        return 0.0, (_told_of_no_history(base, len(weights), listed=bool((years <= base).any())),)
    built = np.array([expected[years == year].sum() for year in window])
    share = scenario.assume("housing.past_in_trend")
    rate = float(share * np.average(built, weights=weights[len(weights) - pooled :]))
    span = name_of_year(int(window[0])) + (f" to {name_of_year(base)}" if pooled > 1 else "")
    told = (
        f"{rate:,.0f} dwellings a year are in the survival ratios already and are not counted again: {share:.0%} of those"
        f" that the table housing has in {span}, weighted as the ratios are."
    )
    return rate, (told,)


def _every_row(scenario: Scenario) -> pd.DataFrame:
    """Return the rows of the table housing and of windfall, with position, probability, slip and moved_within filled."""
    zones = scenario.zones["zone"].astype(str).to_numpy()
    rows = scenario.table("housing")
    rows = rows.assign(position=position(scenario, "housing", "zone", zones))
    rows = rows.assign(
        probability=_of_status(scenario, rows, "probability", "housing.chance"),
        slip=_of_status(scenario, rows, "slip", "housing.slip"),
        moved_within=rows["moved_within"].astype(float).fillna(scenario.assume("housing.moved_within")),
    )
    windfall = _windfall(scenario, len(zones))
    return pd.concat([rows, windfall], ignore_index=True) if len(windfall) else rows


def _of_status(scenario: Scenario, rows: pd.DataFrame, column: str, assumption: str) -> pd.Series:
    """Return a column with the assumption of its status where a row says nothing; what is completed never slips."""
    given = rows[column].astype(float)
    silent = rows["status"][given.isna()]
    by_status = {
        status: 0.0 if (column, status) == ("slip", "completed") else scenario.assume(f"{assumption}.{status}")
        for status in silent.unique()
    }
    return given.fillna(silent.map(by_status).astype(float))


def _windfall(scenario: Scenario, zones: int) -> pd.DataFrame:
    """Return the homes on small sites, a row a zone and year: shared as the children of the last known year live."""
    a_year = scenario.assume("housing.windfall")
    years = np.array(scenario.planned_years[int(scenario.assume("housing.windfall_after")) :], dtype=int)
    if not a_year or not len(years):
        return pd.DataFrame()
    children = scenario.table("children")
    children = children[children["academic_year"] <= scenario.settings.base_year]
    children = children[children["academic_year"] == children["academic_year"].max()]
    living = children.groupby(children["zone"].astype(str))["pupils"].sum()
    weights = living.reindex(scenario.zones["zone"].astype(str), fill_value=0.0).to_numpy(dtype=float)
    shares = weights / weights.sum() if weights.sum() > 0 else np.full(zones, 1 / zones)
    return pd.DataFrame(
        {
            "development": WINDFALL,
            "position": np.tile(np.arange(zones), len(years)),
            "academic_year": np.repeat(years, zones),
            "dwellings": np.tile(a_year * shares, len(years)),
            **KIND_OF_WINDFALL,
            "probability": 1.0,
            "slip": 0.0,
            "moved_within": scenario.assume("housing.moved_within"),
        }
    )


def _slipped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the year in which they are completed, in an order of their own.

    Part of a year of slip makes two rows of one.
    """
    whole = np.floor(rows["slip"]).astype(int)
    part = rows["slip"] - whole
    on_time = rows.assign(year=rows["academic_year"] + whole, dwellings=rows["dwellings"] * (1 - part))
    late = rows.assign(year=rows["academic_year"] + whole + 1, dwellings=rows["dwellings"] * part)
    both = pd.concat([on_time, late[part > 0]]) if (part > 0).any() else on_time
    order = ["year", "position", "development", "dwelling_type", "tenure", "academic_year"]
    return both.sort_values(order, kind="stable", ignore_index=True)


def _beyond_the_trend(years: Whole, expected: Number, in_trend: float) -> Number:
    """Return expected dwellings a row, less those that a usual year's building has put into the ratios."""
    _, of_year = np.unique(years, return_inverse=True)
    whole = np.bincount(of_year, weights=expected)
    kept = np.divide(np.maximum(whole - in_trend, 0), whole, out=np.zeros_like(whole), where=whole > 0)
    counted: Number = expected * kept[of_year]
    return counted


def _as_sites(rows: pd.DataFrame, homes: Number) -> Sites:
    """Return the rows as arrays."""
    kind = rows["dwelling_type"].astype(str) + ", " + rows["tenure"].astype(str)
    kinds, of_row = np.unique(kind.to_numpy(dtype=str), return_inverse=True)
    return Sites(
        development=rows["development"].to_numpy(dtype=str),
        zone=rows["position"].to_numpy(dtype=int),
        year=rows["year"].to_numpy(dtype=int),
        homes=homes,
        chance=rows["probability"].to_numpy(dtype=float),
        kind=of_row,
        moved=rows["moved_within"].to_numpy(dtype=float),
        kinds=tuple(kinds.tolist()),
    )


def _told_of_no_history(base_year: int, years: int, *, listed: bool) -> str:
    """Say that nothing is taken off for past building, and what to give so that it is."""
    why = "doesn't list each of" if listed else "lists none of"
    return (
        f"No past building is taken off: housing_in_trend is 0, and the table housing {why} the {years} years up to"
        f" {name_of_year(base_year)}. Where homes were built then, give them, or their pupils are counted twice."
    )

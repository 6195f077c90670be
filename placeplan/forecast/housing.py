"""Housing: pupils of homes that are still to be completed."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM
from placeplan.forecast.zones import position
from placeplan.scenario.scenario import Scenario

# 20 primary, 15 secondary and 6 post-16 pupils for 100 dwellings: one county's published rule, spread over the year
# groups of each stage. By NC year, never by phase: a lower and a middle school share the primary pupils.
PUBLISHED_RULE = np.array([0.20 / 7] * 7 + [0.15 / 5] * 5 + [0.06 / 2] * 2)
LONGEST = 41  # years since completion that a yield may name, and the year of completion


def housing(scenario: Scenario) -> tuple[Number, tuple[str, ...]]:
    """Return zone × planned year × NC year, pupils of new homes, and what to say of them.

    Pupils = dwellings × probability × yield of the type and tenure, by NC year and years since completion; before the
    first year of a profile none, after its last row that row holds on. Homes completed in the base year or before are
    on the rolls already. Of the rest, settings.forecast.housing_in_trend dwellings a year are held by the survival
    ratios already and are taken off, in proportion. These pupils are added as they are: survival doesn't work on them,
    so two developments bring the sum of what each brings.
    Raises ScenarioProblems for a zone that isn't known.
    """
    zones = scenario.zones["zone"].astype(str).to_numpy()
    rows = scenario.table("housing")
    rows = rows.assign(position=position(scenario, "housing", "zone", zones))
    rows = rows[rows["academic_year"] > scenario.settings.base_year]
    rows = rows.sort_values(["academic_year", "position", "development", "dwelling_type", "tenure"], kind="stable")
    years = np.array(scenario.planned_years)
    if rows.empty:
        return np.zeros((len(zones), len(years), len(MAINSTREAM))), ()
    homes = _beyond_the_trend(rows, scenario.settings.forecast.housing_in_trend)
    profiles, unknown = _profiles(scenario.table("yields"), rows)
    since = years - rows["academic_year"].to_numpy()[:, None]
    lived_in = (
        np.take_along_axis(profiles, np.clip(since, 0, LONGEST - 1)[:, :, None], axis=1) * (since >= 0)[:, :, None]
    )
    pupils = np.zeros((len(zones), len(years), len(MAINSTREAM)))
    np.add.at(pupils, rows["position"].to_numpy(), homes[:, None, None] * lived_in)
    return pupils, _told(scenario, unknown)


def _beyond_the_trend(rows: pd.DataFrame, in_trend: float) -> Number:
    """Return expected dwellings a row, less those that a usual year's building has put into the ratios."""
    expected = (rows["dwellings"] * rows["probability"]).to_numpy(dtype=float)
    _, of_year = np.unique(rows["academic_year"].to_numpy(), return_inverse=True)
    whole = np.bincount(of_year, weights=expected)
    kept = np.divide(np.maximum(whole - in_trend, 0), whole, out=np.zeros_like(whole), where=whole > 0)
    counted: Number = expected * kept[of_year]
    return counted


def _profiles(yields: pd.DataFrame, rows: pd.DataFrame) -> tuple[Number, list[str]]:
    """Return row × years since completion × NC year, pupils a dwelling, and the kinds of home that have no profile."""
    kind = rows["dwelling_type"].astype(str) + ", " + rows["tenure"].astype(str)
    known, tables = _tables(yields)
    at = pd.Index(known).get_indexer(pd.Index(kind))
    rule = np.broadcast_to(PUBLISHED_RULE, (1, LONGEST, len(MAINSTREAM)))
    return np.concatenate([tables, rule])[at], sorted(set(kind[at < 0]))  # −1 is the last: the published rule


def _tables(yields: pd.DataFrame) -> tuple[list[str], Number]:
    """Return each kind of home with its profile: kind × years since completion × NC year, the last row held on."""
    kinds = yields["dwelling_type"].astype(str) + ", " + yields["tenure"].astype(str)
    known, kind = np.unique(kinds.to_numpy(dtype=str), return_inverse=True)
    inside = yields["nc_year"].isin(MAINSTREAM).to_numpy(dtype=bool)
    cells = np.full((len(known), LONGEST, len(MAINSTREAM)), np.nan)
    nc, since = (yields[name].to_numpy(dtype=int)[inside] for name in ("nc_year", "years_since_completion"))
    cells[kind[inside], since, nc] = yields["pupils_per_dwelling"].to_numpy(dtype=float)[inside]
    given = np.where(np.isnan(cells), -1, np.arange(LONGEST)[:, None])
    latest = np.maximum.accumulate(given, axis=1)
    held = np.take_along_axis(cells, np.maximum(latest, 0), axis=1)
    return known.tolist(), np.where(latest >= 0, held, 0.0)


def _told(scenario: Scenario, unknown: list[str]) -> tuple[str, ...]:
    """Say which yields were taken where none were given, and what was taken off."""
    notes = []
    if unknown:
        notes.append(
            "No pupil yields are given for homes of these kinds: "
            + "; ".join(unknown)
            + ". For 100 dwellings 20 primary,"
            " 15 secondary and 6 post-16 pupils are taken, evenly over the year groups, from the year of completion on."
        )
    if scenario.settings.forecast.housing_in_trend > 0:
        notes.append(
            f"{scenario.settings.forecast.housing_in_trend:,.0f} dwellings a year are in the survival ratios already and are"
            " not counted again."
        )
    return tuple(notes)

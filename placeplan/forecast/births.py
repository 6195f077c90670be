"""Births: known by zone, planning area or authority, and carried on beyond the last known year."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.forecast.births_months import chosen_months
from placeplan.scenario.scenario import Scenario

HALF_A_YEAR = 183  # days: of the dates of one area and year, one is always nearer to a 31 August than this
TREND_YEARS = 3  # yearly changes that make the trend, as many as survival takes
STEEPEST = 0.03  # a year: beyond it, a change of births has not lasted


@dataclass(frozen=True)
class BirthsByZone:
    """Births in the twelve months to 31 August, by calendar year.

    years: calendar years of the known births and then of those carried on, without a gap.
    totals: year.  shares: zone × year, each year summing to 1 (or 0 where nobody lives anywhere).
    last_known: the last year that the births table gives.
    """

    years: tuple[int, ...]
    totals: Number
    shares: Number
    last_known: int
    notes: tuple[str, ...]

    def to_august(self, year: int) -> Number:
        """Return births by zone in the twelve months to 31 August of a year."""
        at = self.years.index(year)
        born: Number = self.shares[:, at] * self.totals[at]
        return born


def births_by_zone(
    scenario: Scenario,
    living: Number,
    area_of_zone: np.ndarray,
    until: int,
    reception: Mapping[int, float] | None = None,
) -> BirthsByZone:
    """Read the births, spread them over the zones and carry them on to a year.

    living: zone, weights by which births of a larger area are spread (children of the youngest year groups).
    area_of_zone: planning area of each zone, by number.  until: last calendar year needed.
    reception: September year → Reception up to the base year, by which one of several twelve months is chosen.
    The total of a year is the authority's where it is given, else the sum of planning areas, else of zones. The shares
    come from the finest level given: zones, planning areas (within one by `living`), else `living` alone.
    Beyond the last known year the total keeps its average trend of three years (at most 3 % a year), of which each
    further year holds the share forecast.births_damping of the year before; shares stay those of the last three years.
    Raises ScenarioProblems for an unknown area and when no births are given.
    """
    rows = _dated(scenario)
    rows = rows.assign(level=_levels(scenario, rows))
    months = chosen_months(rows, reception or {})
    rows = _one_a_year(rows, months.ends)
    known = sorted(set(rows["year"]))
    years = tuple(range(known[0], max(until, known[-1]) + 1))
    totals = _totals(rows, years)
    shares = _shares(scenario, rows, living, area_of_zone, known)
    shares = _carried_on(shares, totals, known, years)
    filled = _with_trend(totals, scenario.assume("forecast.births_damping"))
    return BirthsByZone(years, filled, shares, known[-1], (*_told(rows, known, until), *months.notes))


def _dated(scenario: Scenario) -> pd.DataFrame:
    """Return births with the calendar year whose 31 August they stand for, the day they end on, and how far it is off."""
    rows = scenario.table("births")
    if rows.empty:
        wrong = "No births are given."
        raise ScenarioProblems(
            [Problem("births", None, "twelve_months_to", wrong, "Give births to 31 August of each year.")]
        )
    dates = pd.to_datetime(rows["twelve_months_to"], format="%Y-%m-%d")
    august = pd.to_datetime(dates.dt.year.astype(str) + "-08-31", format="%Y-%m-%d")
    year = dates.dt.year - ((august - dates).dt.days > HALF_A_YEAR)  # January and February: the summer before is nearer
    august = pd.to_datetime(year.astype(str) + "-08-31", format="%Y-%m-%d")
    ends = dates.dt.strftime("%m-%d").replace("02-29", "02-28")
    return rows.assign(year=year, ends=ends, off=(dates - august).dt.days.abs())


def _one_a_year(rows: pd.DataFrame, ends: str | None) -> pd.DataFrame:
    """Return one row an area and year: that of the chosen twelve months, else the nearest to 31 August."""
    other = rows["ends"] != ends
    rows = rows.assign(other=other).sort_values(["area", "year", "other", "off", "twelve_months_to"], kind="stable")
    one: pd.DataFrame = rows.drop_duplicates(["area", "year"])
    return one


def _levels(scenario: Scenario, rows: pd.DataFrame) -> pd.Series:
    """Return "zone", "area" or "authority" for every row; raise ScenarioProblems for a name that is none of them."""
    settings, names = scenario.settings, rows["area"].astype(str)
    authority = {"authority", "the authority", *filter(None, (settings.la_code, settings.la_name.lower()))}
    level = pd.Series("", index=rows.index, dtype=object)
    level[names.str.lower().isin(authority)] = "authority"
    level[names.isin(scenario.zones["planning_area"].astype(str))] = "area"
    level[names.isin(scenario.zones["zone"].astype(str))] = "zone"
    unknown = sorted(set(names[level == ""]))
    if unknown:
        remedy = 'Use a zone, a planning area, or "authority".'
        wrong = '"{}" is no zone, no planning area and not the authority.'
        raise ScenarioProblems([Problem("births", None, "area", wrong.format(name), remedy) for name in unknown])
    return level


def _totals(rows: pd.DataFrame, years: tuple[int, ...]) -> Number:
    """Return births of the authority by year, NaN where none are known."""
    totals = np.full(len(years), np.nan)
    for finer_first in ("zone", "area", "authority"):
        by_year = rows[rows["level"] == finer_first].groupby("year")["births"].sum()
        given = by_year.reindex(list(years)).to_numpy(dtype=float)
        totals = np.where(np.isnan(given), totals, given)
    return totals


def _shares(
    scenario: Scenario, rows: pd.DataFrame, living: Number, area_of_zone: np.ndarray, known: list[int]
) -> Number:
    """Return zone × known year, the part of each year's births that falls to a zone."""
    zones = scenario.zones["zone"].astype(str).to_numpy()
    areas = np.unique(scenario.zones["planning_area"].astype(str).to_numpy())
    in_area = np.bincount(area_of_zone, weights=living)[area_of_zone]
    even = 1 / np.bincount(area_of_zone)[area_of_zone]
    within = np.where(in_area > 0, _parts(living, in_area), even)
    of_areas = _spread(rows[rows["level"] == "area"], areas, known)[area_of_zone] * within[:, None]
    births = _spread(rows[rows["level"] == "zone"], zones, known)
    for coarser in (of_areas, np.repeat(living[:, None], len(known), axis=1)):
        births = np.where(births.sum(axis=0) > 0, births, coarser)
    return _parts(births, births.sum(axis=0))


def _spread(rows: pd.DataFrame, names: np.ndarray, known: list[int]) -> Number:
    """Return births, name × known year; 0 where a name has no row."""
    at, year = pd.Index(names).get_indexer(pd.Index(rows["area"].astype(str))), np.searchsorted(known, rows["year"])
    births = np.zeros((len(names), len(known)))
    births[at, year] = rows["births"]
    return births


def _parts(of: Number, whole: Number) -> Number:
    """Divide, 0 where the whole is 0."""
    whole = np.broadcast_to(whole, of.shape)
    parts: Number = np.divide(of, whole, out=np.zeros_like(of), where=whole > 0)
    return parts


def _carried_on(shares: Number, totals: Number, known: list[int], years: tuple[int, ...]) -> Number:
    """Give each year the shares of the known year at or before it; beyond the last, those of the last three pooled."""
    latest = known[-TREND_YEARS:]
    weights = totals[[years.index(year) for year in latest]]
    pooled = shares[:, -len(latest) :] @ weights
    pooled = pooled / pooled.sum() if pooled.sum() > 0 else shares[:, -1]
    at = np.searchsorted(known, years, side="right") - 1
    filled = shares[:, at]
    filled[:, np.array(years) > known[-1]] = pooled[:, None]
    return filled


def _with_trend(totals: Number, damping: float) -> Number:
    """Fill a gap between known years along a line, and carry the last known year on with a damped trend."""
    known = np.flatnonzero(~np.isnan(totals))
    filled = np.interp(np.arange(len(totals)), known, totals[known])
    last = known[-1]
    first = max(last - TREND_YEARS, 0)
    trend = 0.0
    if last > first and filled[first] > 0 and filled[last] > 0:
        trend = float(np.clip(np.log(filled[last] / filled[first]) / (last - first), -STEEPEST, STEEPEST))
    ahead = np.arange(1, len(totals) - last)
    filled[last + 1 :] = filled[last] * np.exp(trend * np.cumsum(damping**ahead))
    return filled


def _told(rows: pd.DataFrame, known: list[int], until: int) -> tuple[str, ...]:
    """Say at which level births are known, until when, and what was taken beyond."""
    words = {"zone": "zone", "area": "planning area", "authority": "the authority"}
    levels = " and ".join(words[one] for one in words if (rows["level"] == one).any())
    notes = [f"Births are given by {levels}, in the twelve months to August {known[0]} to August {known[-1]}."]
    between = sorted(set(range(known[0], known[-1])) - set(known))
    if between:
        years = ", ".join(str(year) for year in between)
        notes.append(f"No births are given to August {years}: they are taken along a line between the years around.")
    if (rows["off"] > 0).any():
        notes.append(
            "Some births are of twelve months that end on another day; they stand for the year to the nearest 31 August."
        )
    if until > known[-1]:
        notes.append(
            f"Births after August {known[-1]} are not known. They are held at that year's number with its trend dying away;"
            f" Reception from {known[-1] + 5}/{(known[-1] + 6) % 100:02d} rests on them."
        )
    if (rows["status"] == "predicted").any():
        first = int(rows.loc[rows["status"] == "predicted", "year"].min())
        notes.append(f"Births from August {first} on are predicted by their source, not counted.")
    return tuple(notes)

"""Months of births: where an area's births are given for more than one twelve months, those that foretold Reception best."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

YEARS_TO_RECEPTION = 4
LEADS = 3  # years ahead for which births are known when a forecast is made
ORIGINS = 3  # years of a ratio, as many as survival takes
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Months:
    """Which twelve months stand for a school year. ends: month and day as 08-31; None where only one series is given.

    errors: end of the twelve months → mean |ln(Reception foretold ÷ Reception that came)|; empty where nothing could be
    held against Reception.
    """

    ends: str | None
    errors: Mapping[str, float]
    notes: tuple[str, ...]


def chosen_months(rows: pd.DataFrame, reception: Mapping[int, float]) -> Months:
    """Choose among series of twelve months by the rolling error of Reception foretold from births.

    rows: births, with area, year (whose 31 August they stand for), ends (month and day), off (days from 31 August).
    reception: September year → Reception of the authority's history up to the base year; nothing later is looked at.
    A series counts where it is given for every area that any series of its level has. At each past year the ratio of the
    last three years is laid on the births that were known, one to three years ahead; the series are compared on the same
    origins and targets. The least error wins, the one nearest to 31 August where two are alike or nothing can be compared.
    """
    series = {ends: _totals(rows[rows["ends"] == ends]) for ends in _whole(rows)}
    if len(series) < 2:
        return Months(None, {}, ())
    nearest = sorted(series, key=lambda ends: (rows.loc[rows["ends"] == ends, "off"].min(), ends))
    cases = {ends: _errors(series[ends], reception) for ends in nearest}
    common = set.intersection(*(set(of_series) for of_series in cases.values()))
    if not common:
        told = (
            f"{_listed(nearest)}; too few censuses tell which foretells Reception best, so {_day(nearest[0])} is taken."
        )
        return Months(nearest[0], {}, (f"Births are given for twelve months to {told}",))
    errors = {ends: float(np.mean([cases[ends][case] for case in sorted(common)])) for ends in nearest}
    best = min(nearest, key=lambda ends: round(errors[ends], 12))
    figures = ", ".join(f"{100 * errors[ends]:.2f} % to {_day(ends)}" for ends in nearest)
    told = (
        f"Births are given for twelve months to {_listed(nearest)}. Those to {_day(best)} are taken: Reception foretold from"
        f" them in {len(common)} earlier cases missed by the least ({figures} on average)."
    )
    return Months(best, errors, (told,))


def _whole(rows: pd.DataFrame) -> list[str]:
    """Return the ends of twelve months that are given for every area of every level that births are given for."""
    areas = rows.groupby("ends")["area"].nunique()
    return [str(ends) for ends in areas.index[areas == rows["area"].nunique()]]


def _totals(rows: pd.DataFrame) -> dict[int, float]:
    """Return births of the authority by year: its own row, else the sum of the level that has one."""
    for level in ("authority", "area", "zone"):
        of_level = rows[rows["level"] == level]
        if len(of_level):
            return {int(str(year)): float(births) for year, births in of_level.groupby("year")["births"].sum().items()}
    return {}


def _errors(births: Mapping[int, float], reception: Mapping[int, float]) -> dict[tuple[int, int], float]:
    """Return (origin, target) → |ln| of Reception foretold to Reception that came."""
    paired = {
        year: born for year in reception if (born := births.get(year - YEARS_TO_RECEPTION, 0)) and reception[year] > 0
    }
    errors = {}
    for origin in sorted(paired):
        known = [year for year in range(origin - ORIGINS + 1, origin + 1) if year in paired]
        ratio = sum(reception[year] for year in known) / sum(paired[year] for year in known)
        for target in range(origin + 1, origin + LEADS + 1):
            if target in paired:
                errors[origin, target] = abs(float(np.log(ratio * paired[target] / reception[target])))
    return errors


def _day(ends: str) -> str:
    """Return a day of the year as people say it.

    >>> _day("06-30")
    '30 June'
    """
    return f"{int(ends[3:])} {MONTHS[int(ends[:2]) - 1]}"


def _listed(ends: list[str]) -> str:
    """Return days in a row."""
    days = [_day(one) for one in ends]
    return f"{', '.join(days[:-1])} and {days[-1]}"

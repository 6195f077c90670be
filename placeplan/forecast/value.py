"""The forecast: how many children of each zone need a mainstream place, by academic year and NC year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.forecast.simulate import LEVELS, Futures, position_of


@dataclass(frozen=True)
class Forecast:
    """Children by zone, academic year and NC year (Reception 0 … Year 13), with simulated futures.

    zones, planning_areas: one label a zone, equal lengths.  years: September years of the plan.
    base: zone × NC year, pupils of mainstream schools in the base year by zone of residence (their sum over zones is
    the roll of all mainstream schools in that year group).  central: zone × year × NC year, the expected number.
    Years 12 and 13 hold those who want a school sixth form (target of participation less the colleges' share).
    futures: simulated futures, of which the authority's totals and its planning areas' quantiles are held; their median
    lies by the central forecast.
    parts: name of a cause → zone × year × NC year; "baseline", "births", "moving_up", "survival", "migration",
    "housing", "post_16" add up to central exactly.
    needs: names of primary needs; specialist: zone × need × age (R–6, 7–11, 12–13) × year, children who
    need a specialist place.
    later_reception: zone × year, Reception from the second planned year to four years after the last, without new homes.
    early_years: zone × year, children of three and four who take a funded nursery place.
    notes: what an officer should know of how it was made: the history used, births projected, shares derived.
    """

    zones: tuple[str, ...]
    planning_areas: tuple[str, ...]
    years: tuple[int, ...]
    base: Number
    central: Number
    futures: Futures
    parts: dict[str, Number]
    needs: tuple[str, ...]
    specialist: Number
    later_reception: Number
    early_years: Number
    notes: tuple[str, ...] = ()

    @property
    def draws(self) -> Number:
        """Return draw × zone × year × NC year: every zone in every future, drawn anew and held at once."""
        return self.futures.zones()

    def interval(self, least: float, most: float) -> tuple[Number, Number]:
        """Return two quantiles over the draws for the whole authority, each year × NC year; NaN without draws."""
        totals = self.futures.totals
        if not len(totals):
            unknown = np.full(totals.shape[1:], np.nan)
            return unknown, unknown
        ascending = np.sort(totals, axis=0)
        return ascending[position_of(least, len(totals))], ascending[position_of(most, len(totals))]

    def frame(self) -> pd.DataFrame:
        """Return area, academic_year, nc_year, median, low_80, high_80: the authority, then each planning area.

        median: the central forecast, which adds up to the authority's; the bounds don't, for not all areas are at theirs
        in the same future.
        """
        of_zone = np.array(self.planning_areas)
        parts = [_tidy("authority", self.years, self.central.sum(axis=0), *self.interval(0.1, 0.9))]
        for area, bounds in zip(self.futures.areas, self.futures.of_areas, strict=True):
            low, high = bounds[LEVELS.index(0.1)], bounds[LEVELS.index(0.9)]
            parts.append(_tidy(area, self.years, self.central[of_zone == area].sum(axis=0), low, high))
        return pd.concat(parts, ignore_index=True)


def _tidy(area: str, years: tuple[int, ...], central: Number, low: Number, high: Number) -> pd.DataFrame:
    """Return one row a year and year group."""
    groups = central.shape[1]
    return pd.DataFrame(
        {
            "area": area,
            "academic_year": np.repeat([name_of_year(y) for y in years], groups),
            "nc_year": np.tile([name_of_nc_year(n) for n in range(groups)], len(years)),
            "median": central.ravel(),
            "low_80": low.ravel(),
            "high_80": high.ravel(),
        }
    )

"""The forecast: how many children of each zone need a mainstream place, by academic year and NC year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Single
from placeplan.domain.years import name_of_nc_year, name_of_year


@dataclass(frozen=True)
class Forecast:
    """Children by zone, academic year and NC year (Reception 0 … Year 13), with simulated futures.

    zones, planning_areas: one label a zone, equal lengths.  years: September years of the plan.
    base: zone × NC year, pupils of mainstream schools in the base year by zone of residence (their sum over zones is
    the roll of all mainstream schools in that year group).  central: zone × year × NC year, the expected number.
    Years 12 and 13 hold those who want a school sixth form (target of participation less the colleges' share).
    draws: draw × zone × year × NC year, simulated futures, float32; their median lies by the central forecast.
    parts: name of a cause → zone × year × NC year; "baseline", "births", "moving_up", "survival", "migration",
    "housing", "post_16" add up to central exactly.
    needs: names of primary needs; specialist: zone × need × year, children who need a specialist place, R–13.
    later_reception: zone × year, Reception from the second planned year to four years after the last, without new homes.
    early_years: zone × year, children of three and four who take a funded nursery place.
    notes: what an officer should know of how it was made: the history used, births projected, shares derived.
    """

    zones: tuple[str, ...]
    planning_areas: tuple[str, ...]
    years: tuple[int, ...]
    base: Number
    central: Number
    draws: Single
    parts: dict[str, Number]
    needs: tuple[str, ...]
    specialist: Number
    later_reception: Number
    early_years: Number
    notes: tuple[str, ...] = ()

    def interval(self, least: float, most: float) -> tuple[Number, Number]:
        """Return two quantiles over the draws for the whole authority, each year × NC year; NaN without draws."""
        return _quantiles(self.draws, least, most)

    def frame(self) -> pd.DataFrame:
        """Return area, academic_year, nc_year, median, low_80, high_80: the authority, then each planning area."""
        names = ["authority", *sorted(set(self.planning_areas))]
        of_zone = np.array(self.planning_areas)
        parts = []
        for name in names:
            inside = np.ones(len(of_zone), dtype=bool) if name == "authority" else of_zone == name
            low, high = _quantiles(self.draws[:, inside], 0.1, 0.9)
            parts.append(_tidy(name, self.years, np.stack([self.central[inside].sum(axis=0), low, high], axis=-1)))
        return pd.concat(parts, ignore_index=True)


def _quantiles(draws: Single, least: float, most: float) -> tuple[Number, Number]:
    """Return two quantiles of the sum over zones; NaN where nothing was drawn."""
    if not len(draws):
        unknown = np.full(draws.shape[2:], np.nan)
        return unknown, unknown
    totals = np.sort(draws.sum(axis=1, dtype=np.float64), axis=0)
    last = len(totals) - 1
    return totals[round(least * last)], totals[round(most * last)]


def _tidy(area: str, years: tuple[int, ...], cells: Number) -> pd.DataFrame:
    """Return one row a year and year group."""
    groups = cells.shape[1]
    return pd.DataFrame(
        {
            "area": area,
            "academic_year": np.repeat([name_of_year(y) for y in years], groups),
            "nc_year": np.tile([name_of_nc_year(n) for n in range(groups)], len(years)),
            "median": cells[..., 0].ravel(),
            "low_80": cells[..., 1].ravel(),
            "high_80": cells[..., 2].ravel(),
        }
    )

"""Yields: how many pupils a home brings, by kind of home, years since it was completed and NC year."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM
from placeplan.forecast.housing_estates import drawn_towards_estates
from placeplan.scenario.scenario import Scenario

# 20 primary, 15 secondary and 6 post-16 pupils for 100 dwellings: one county's published rule, spread over the year
# groups of each stage. By NC year, never by phase: a lower and a middle school share the primary pupils.
PUBLISHED_RULE = np.array([0.20 / 7] * 7 + [0.15 / 5] * 5 + [0.06 / 2] * 2)
LONGEST = 41  # years since completion that a yield may name, and the year of completion

# The curve of `matured`: young families come first, so a year group peaks later the older it is; then they grow up.
AT_COMPLETION = 0.35  # share of the peak
RECEPTION_PEAKS, LATER_A_YEAR = 3.0, 0.5  # years since completion, and more for each NC year
FADES, SETTLES_AT = 0.03, 0.7  # share lost a year after the peak, and what is left for good


@dataclass(frozen=True)
class Yields:
    """What homes bring.

    profiles: kind of home × years since completion × NC year, pupils a dwelling.
    counted: kind of home, dwellings of the authority's own estates behind its profile; 0 where there are none.
    """

    profiles: Number
    counted: Number
    notes: tuple[str, ...]


def yields_of(scenario: Scenario, kinds: tuple[str, ...]) -> Yields:
    """Return the yields of each kind of home, and say where they come from.

    kinds: "dwelling type, tenure", distinct.
    A kind of the table yields has that profile, each year group's last row held on; another has the published rule. Both
    are drawn towards what the table estates counted of the kind, the more the more homes were counted.
    """
    known, given = _given(scenario.table("yields"))
    at = pd.Index(known).get_indexer(pd.Index(kinds))
    before = np.concatenate([given, published(scenario.assume)[None]])[at]  # −1 is the last: the published rule
    weight = scenario.assume("housing.estates_weight")
    profiles, counted = drawn_towards_estates(before, kinds, scenario.table("estates"), weight)
    unknown = [kind for kind, where, homes in zip(kinds, at, counted, strict=True) if where < 0 and not homes]
    return Yields(profiles, counted, (*_told(scenario, unknown), *_told_of_estates(kinds, at, counted, weight)))


def published(assume: Callable[[str], float]) -> Number:
    """Return the published rule as years since completion × NC year, pupils a dwelling.

    assume: gives an assumption. housing.maturity: 0 is the rule from completion on, 1 the rule × the curve of `matured`,
    between them a mix. housing.occupation_lag: years by which all of it comes later, part of a year taken in proportion.
    """
    share = 1 + assume("housing.maturity") * (matured() - 1)
    return later(PUBLISHED_RULE * share, assume("housing.occupation_lag"))


def matured() -> Number:
    """Return years since completion × NC year, share of the peak: rising in a straight line, then fading.

    That yields rise and fall, young children first: Department for Education, pupil yield from housing developments,
    by years after completion, 2007/08 to 2021/22. The figures are placeplan's: an authority's own estates mend them.
    """
    since, nc_year = np.ogrid[:LONGEST, : len(MAINSTREAM)]
    peak = RECEPTION_PEAKS + LATER_A_YEAR * nc_year
    rising = AT_COMPLETION + (1 - AT_COMPLETION) * np.minimum(since / peak, 1)
    share: Number = rising * np.maximum(1 - FADES * np.maximum(since - peak, 0), SETTLES_AT)
    return share


def later(profile: Number, years: float) -> Number:
    """Return a profile that begins some years later, its first axis being years.

    >>> later(np.array([[0.4], [0.4], [0.4]]), 1.5).ravel().tolist()
    [0.0, 0.2, 0.4]
    """
    whole = int(years)
    part = years - whole
    padded = np.concatenate([np.zeros((whole + 1, *profile.shape[1:])), profile])
    moved: Number = (1 - part) * padded[1 : len(profile) + 1] + part * padded[: len(profile)]
    return moved


def _given(yields: pd.DataFrame) -> tuple[list[str], Number]:
    """Return each kind of home of the table: kind × years since completion × NC year, the last row held on."""
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
    """Say which yields were taken where none were given."""
    if not unknown:
        return ()
    maturity, lag = scenario.assume("housing.maturity"), scenario.assume("housing.occupation_lag")
    how = ", from the year of completion on" if not lag else f", {lag:g} years after completion"
    how += f"; {maturity:.0%} of the way to a yield that rises, peaks and fades" if maturity else ""
    return (
        "No pupil yields are given for homes of these kinds: "
        + "; ".join(unknown)
        + ". For 100 dwellings 20 primary, 15 secondary and 6 post-16 pupils are taken, evenly over the year groups"
        + how
        + ".",
    )


def _told_of_estates(kinds: tuple[str, ...], at: np.ndarray, counted: Number, weight: float) -> tuple[str, ...]:
    """Say how much the authority's own estates count, kind by kind."""
    return tuple(
        f"Yields of homes of kind {kind}: {homes:,.0f} homes of the authority's own estates count {homes / (homes + weight):.0%},"
        f" {'the published rule' if where < 0 else 'the table yields'} the rest."
        for kind, where, homes in zip(kinds, at, counted, strict=True)
        if homes
    )

"""Survival: how a year group changes as it moves up a year."""

from collections.abc import Sequence

import numpy as np

from placeplan.domain.arrays import Number

OWN_SHARE = (
    0.05  # an area with 5 % of the authority's children is believed by half; 5 % is some 150 a year group in a county
)
STAGES = (slice(0, 6), slice(6, 11))  # moves within R–6, then those from Year 6 to 11: an area has one factor for each


def survival_ratios(rolls: Number, weights: Sequence[float] = (1, 2, 3)) -> Number:
    """Ratio of each year group to the group below it a year before, pooled over the latest years.

    rolls: pupils on the January census, academic year × NC year (or more axes before); years ascending.
    weights: one a year, oldest first; the latest counts most. With fewer years the latest weights are used.
    Returns NC year − 1, dimensionless; 1.02 means that the group grew by 2 %.
    A group that was empty keeps the ratio 1, as does everything where there is one census only: nothing is known of it.
    Source: Department for Education, School Capacity survey guide.

    >>> survival_ratios(np.array([[100.0, 90.0], [100.0, 102.0]])).tolist()
    [1.02]
    """
    below, above = _pooled(rolls, weights)
    ratios: Number = np.divide(above, below, out=np.ones_like(below), where=below > 0)
    return ratios


def of_areas(children: Number, weights: Sequence[float] = (1, 2, 3)) -> Number:
    """Return how an area's survival differs from that of all areas together, drawn towards 1 where numbers are small.

    children: area × academic year × NC year (Reception to Year 13).
    Returns area × 11, for the moves to Year 1 … Year 11: 1 + share / (share + 5 %) × (its own relative ratio − 1),
    where share is the area's part of the authority's children and the ratio is pooled over a stage of education.
    A relative formula: twice the children everywhere is the same factor.
    """
    below, above = _pooled(children, weights)
    expected = below[:, :11] * survival_ratios(children.sum(axis=0), weights)[:11]
    factors = np.ones_like(expected)
    for stage in STAGES:
        told, seen = expected[:, stage].sum(axis=1), above[:, :11][:, stage].sum(axis=1)
        factors[:, stage] = drawn_in(seen, told)[:, None]
    return factors


def drawn_in(seen: Number, expected: Number) -> Number:
    """Return the ratio of seen to expected by area, drawn towards 1 by share / (share + 5 %); 1 where none was expected."""
    whole = expected.sum()
    share = expected / whole if whole > 0 else np.zeros_like(expected)
    own = np.divide(seen, expected, out=np.ones_like(expected), where=expected > 0)
    ratio: Number = 1 + share / (share + OWN_SHARE) * (own - 1)
    return ratio


def moved_up(base: Number, entering: Number, ratios: Number) -> Number:
    """Move every cohort up, year by year.

    base: … × NC year in the base year.  entering: … × planned year, the youngest group of each year.
    ratios: … × planned year × (NC year − 1), by which a group changes as it moves up into that year.
    Returns … × planned year × NC year.
    """
    years = entering.shape[-1]
    groups = np.zeros((*entering.shape, base.shape[-1]))
    before = base
    for year in range(years):
        groups[..., year, 0] = entering[..., year]
        groups[..., year, 1:] = before[..., :-1] * ratios[..., year, :]
        before = groups[..., year, :]
    return groups


def _pooled(rolls: Number, weights: Sequence[float]) -> tuple[Number, Number]:
    """Return weighted pupils below and, a year later, above, over the latest years: … × (NC year − 1) each."""
    known = min(len(weights), rolls.shape[-2] - 1)
    by_year = np.asarray(weights, dtype=float)[len(weights) - known :, None]
    recent = rolls[..., rolls.shape[-2] - known - 1 :, :]
    return (by_year * recent[..., :-1, :-1]).sum(axis=-2), (by_year * recent[..., 1:, 1:]).sum(axis=-2)

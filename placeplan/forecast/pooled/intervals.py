"""Intervals: how wrong earlier forecasts were, so how wrong this one may be (rolling conformal)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.panel import Panel
from placeplan.forecast.pooled.parts import Parts

PHASES = {"primary": slice(0, 7), "secondary": slice(7, 12)}  # Reception to Year 6, Years 7 to 11
GROWTH = 0.85  # an error at lead k, told at lead h, is (h / k)^0.85 times as large
OLDER = 0.5  # what an error counts beside one that came to light a year later
RIDGE = 3.0
SHOCK_ALLOWANCE = (
    1.15,
    1.24,
)  # what would have made one-year intervals of primary hold through 2020–2022: known since, shown apart
LEAST = 1e-4  # of a roll: an error below it tells nothing of the size of errors


@dataclass(frozen=True)
class Record:
    """Errors of one earlier origin at one lead that have come to light. came: year of the target.

    errors: authority × phase, ln of the forecast to what came.  about: authority × phase × 3, see `about`.
    """

    origin: int
    lead: int
    errors: Number
    about: Number

    @property
    def came(self) -> int:
        """Return the year in which the error came to light."""
        return self.origin + self.lead


@dataclass(frozen=True)
class Widths:
    """How wide an interval must be.

    size: phase × (constant and slopes on `about`), ln of the usual error of a lead of one year.
    scores: phase × level, how many usual errors hold 80 % and 95 % of cases.
    """

    size: Number
    scores: Number

    def half(self, about: Number, lead: int) -> Number:
        """Return authority × phase × level, half the width of the interval in logarithms, `lead` years ahead."""
        usual = np.exp(self.size[:, 0] + (about * self.size[:, 1:]).sum(axis=-1)) * lead**GROWTH
        half: Number = usual[..., None] * self.scores
        return half


LEVELS = (0.8, 0.95)


def about(parts: Parts) -> Number:
    """Return authority × phase × 3: ln of the roll, ln of how its factor has moved from year to year, is it London.

    An authority of which fewer than three years are known is taken to move as much as the middle one.
    """
    told = []
    for phase, groups in PHASES.items():
        factor = getattr(parts, phase)
        steps = np.diff(factor, axis=1)
        moved = np.sqrt(np.nanmean(np.square(steps), axis=1)) if steps.shape[1] > 1 else np.full(len(factor), np.nan)
        usual = np.nanmedian(moved) if not np.isnan(moved).all() else 0.005
        moved = np.where(np.isnan(moved) | (moved <= 0), usual, moved)
        roll = np.maximum(np.nansum(parts.panel.rolls[:, -1, groups], axis=1), 1.0)
        told.append(np.stack([np.log(roll), np.log(np.maximum(moved, LEAST)), parts.panel.london], axis=1))
    return np.stack(told, axis=1)


def widths(records: Sequence[Record], origin: int) -> Widths | None:
    """Learn widths from the errors that had come to light by an origin; None where none had.

    Every error is told at a lead of one year. ln of its size on what is known of an authority (ridge)
    gives its usual error; the weighted 80th and 95th hundredth of errors in usual ones is the score.
    """
    known = [record for record in records if record.came <= origin]
    if not known:
        return None
    size, scores = [], []
    for phase in range(len(PHASES)):
        error = np.concatenate([np.abs(r.errors[:, phase]) / r.lead**GROWTH for r in known])
        case = np.concatenate([r.about[:, phase] for r in known])
        weight = np.concatenate([np.full(len(r.errors), OLDER ** (origin - r.came)) for r in known])
        seen = ~np.isnan(error)
        error, case, weight = error[seen], case[seen], weight[seen]
        coefficients = _size(error, case, weight)
        usual = np.exp(coefficients[0] + case @ coefficients[1:])
        size.append(coefficients)
        scores.append(_quantiles(error / usual, weight))
    return Widths(np.array(size), np.array(scores))


def errors_of(forecast: Number, panel: Panel, origin: int, lead: int) -> Number:
    """Return authority × phase, ln of a forecast's total to what came. forecast: authority × year ahead × NC year."""
    came = panel.rolls[:, origin + lead - panel.first]
    told = forecast[:, lead - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.stack([np.log(told[:, g].sum(axis=1) / came[:, g].sum(axis=1)) for g in PHASES.values()], axis=1)
    return np.where(np.isfinite(error), error, np.nan)


def _size(error: Number, case: Number, weight: Number) -> Number:
    """Return constant and slopes of ln |error|; slopes drawn towards 0."""
    target = np.log(np.maximum(error, LEAST))
    middle = np.average(case, axis=0, weights=weight)
    centred = case - middle
    weighed = centred.T * weight
    level = np.average(target, weights=weight)
    slopes = np.linalg.solve(weighed @ centred + RIDGE * np.eye(case.shape[1]), weighed @ (target - level))
    return np.array([level - middle @ slopes, *slopes])


def _quantiles(scores: Number, weight: Number) -> Number:
    """Return the weighted quantiles of LEVELS."""
    order = np.argsort(scores)
    share = np.cumsum(weight[order]) / weight.sum()
    at = np.minimum(np.searchsorted(share, LEVELS), len(scores) - 1)
    quantiles: Number = scores[order][at]
    return quantiles

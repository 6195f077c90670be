"""Parts: how an authority departs from the nation, in the few numbers that carry over to next year."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.nation import Nation
from placeplan.forecast.pooled.panel import TO_RECEPTION, Panel

WIDEST = 0.4  # in logarithms: a move beyond it is a boundary change or a school's opening, not a habit
YEAR_FACTOR, TRANSFER, RECEPTION, OWN = 0.35, 0.3, 0.3, 0.45  # memory: what a year counts beside the one after it
PRIMARY, SECONDARY, TO_YEAR_7 = slice(0, 6), slice(7, 11), 6  # moves into Years 1–6, into Years 8–11, into Year 7
OF_REFERENCE = np.array([1.0, 0.3, 0.09]) / 1.39  # births four, five, six years before: Reception as it is now


@dataclass(frozen=True)
class Parts:
    """Logarithms less the nation's, NaN where unknown; years end with the origin.

    moves: authority × year (from the second census) × NC year − 1.  primary, secondary, transfer: authority × year, the
    mean of the moves into Years 1–6, into Years 8–11, and the move into Year 7.  reception: authority × census year,
    Reception to births four years before.
    """

    panel: Panel
    nation: Nation
    moves: Number
    primary: Number
    secondary: Number
    transfer: Number
    reception: Number

    def own(self) -> Number:
        """Return authority × NC year − 1, how each move differs from its stage's mean; 0 for the move into Year 7."""
        rest = np.zeros((len(self.moves), 11))
        rest[:, PRIMARY] = recent(self.moves[:, :, PRIMARY] - self.primary[:, :, None], OWN)
        rest[:, SECONDARY] = recent(self.moves[:, :, SECONDARY] - self.secondary[:, :, None], OWN)
        return rest


def parts_of(panel: Panel, nation: Nation) -> Parts:
    """Compare authorities with the nation, both to the same origin; the nation may begin earlier."""
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.log(panel.rolls[:, 1:, 1:] / panel.rolls[:, :-1, :-1])
        ratio = np.log(panel.rolls[:, :, 0] / panel.born_before())
    later = panel.first - nation.first
    count = panel.rolls.shape[1]
    moves = _known(moves) - nation.survival()[later : later + count - 1]
    reception = _known(ratio) - nation.reception()[later : later + count]
    moves = np.clip(moves, -WIDEST, WIDEST)
    means = (_mean(moves[:, :, PRIMARY], 2), _mean(moves[:, :, SECONDARY], 2), moves[:, :, TO_YEAR_7])
    return Parts(panel, nation, moves, *means, reception)


def levels(parts: Parts, year: int) -> dict[str, Number]:
    """Return where each part stands in a year: a mean in which recent years count most. Keys: blocks of `drift`."""
    moved = year - parts.panel.first
    return {
        "primary": recent(parts.primary[:, :moved], YEAR_FACTOR),
        "secondary": recent(parts.secondary[:, :moved], YEAR_FACTOR),
        "transfer": recent(parts.transfer[:, :moved], TRANSFER),
        "reception": recent(parts.reception[:, : moved + 1], RECEPTION),
    }


def features(parts: Parts, year: int, lead: int) -> dict[str, Number]:
    """Return what is known in a year that tells how the parts will drift until `lead` years later; NaN where unknown."""
    at, moved = levels(parts, year), year - parts.panel.first
    primary, secondary, transfer = (p[:, :moved] for p in (parts.primary, parts.secondary, parts.transfer))
    reception = parts.reception[:, : moved + 1]
    told: dict[str, Number] = {
        **{f"{name} level": level for name, level in at.items()},
        "primary last": primary[:, -1] - at["primary"],
        "primary mean": _mean(primary, 1) - at["primary"],
        "secondary last": secondary[:, -1] - at["secondary"],
        "secondary mean": _mean(secondary, 1) - at["secondary"],
        "transfer last": transfer[:, -1] - at["transfer"],
        "transfer mean": _mean(transfer, 1) - at["transfer"],
        "transfer step": transfer[:, -1] - transfer[:, max(moved - 2, 0)],
        "reception last": reception[:, -1] - at["reception"],
        "reception step": reception[:, -1] - reception[:, -2],
        "reception trend": (reception[:, -1] - reception[:, max(moved - 3, 0)]) / min(3, moved),
        "grown since birth": (_since_birth(parts, year, 5) + _since_birth(parts, year, 6)) / 2,
        "next Year 7": _cohort_against_room(parts, year, lead),
        "london": parts.panel.london.astype(float) - parts.nation.london,
    }
    return told | _of_births(parts, year, lead)


def recent(series: Number, memory: float) -> Number:
    """Return the mean over years (axis 1) with weight memory^age; a year that isn't known doesn't count, none: 0."""
    weights = memory ** np.arange(series.shape[1] - 1, -1, -1.0).reshape(1, -1, *[1] * (series.ndim - 2))
    known = ~np.isnan(series)
    whole = (weights * known).sum(axis=1)
    told = (weights * np.where(known, series, 0.0)).sum(axis=1)
    mean: Number = np.divide(told, whole, out=np.zeros_like(told), where=whole > 0)
    return mean


def _of_births(parts: Parts, year: int, lead: int) -> dict[str, Number]:
    """Return features of births, relative to the nation's: Reception follows births by less than one for one."""
    panel, nation = parts.panel.until(year), parts.nation.until(year)

    def born(when: int) -> Number:
        relative: Number = _log(panel.born(when)) - np.log(nation.born(when))
        return relative

    entering, last = born(min(year + lead - TO_RECEPTION, year)), born(year)
    reference = sum(part * born(year - 4 - i) for i, part in enumerate(OF_REFERENCE))
    before = (born(year - 7) + born(year - 8) + born(year - 9)) / 3
    return {
        "births trend": last - born(year - 3),
        "births entering": entering - reference,
        "births after": last - entering,
        "births before": reference - before,
    }


def _since_birth(parts: Parts, year: int, group: int) -> Number:
    """Return ln of a year group to its births, less the nation's: what moving in and out has done over its whole life."""
    at, born = year - parts.panel.first, year - TO_RECEPTION - group
    nation = parts.nation.pupils[year - parts.nation.first, group] / parts.nation.born(born)
    grown: Number = _log(parts.panel.rolls[:, at, group] / parts.panel.born(born)) - np.log(nation)
    return grown


def _cohort_against_room(parts: Parts, year: int, lead: int) -> Number:
    """Return ln of the cohort that is due in Year 7 at the lead to the Year 6 of the last years, less the nation's."""
    group, panel, nation = max(7 - lead, 0), parts.panel, parts.nation
    here, there = year - panel.first, year - nation.first
    before = [max(i - 2, 0) for i in (here, there)]
    own = (2 * panel.rolls[:, here - 1, 6] + panel.rolls[:, before[0], 6]) / 3
    everywhere = (2 * nation.pupils[there - 1, 6] + nation.pupils[before[1], 6]) / 3
    larger: Number = _log(panel.rolls[:, here, group] / own) - np.log(nation.pupils[there, group] / everywhere)
    return larger


def _log(values: Number) -> Number:
    """Return logarithms, NaN for what isn't above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _known(np.log(values))


def _known(values: Number) -> Number:
    """Return the values, NaN for those that aren't finite."""
    return np.where(np.isfinite(values), values, np.nan)


def _mean(values: Number, axis: int) -> Number:
    """Return the mean of what is known along an axis; NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    mean: Number = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean

"""Drift: how the parts of an authority move on from where they stand, learned from all authorities together."""

from dataclasses import dataclass, replace

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.parts import Parts, features, levels

BLOCKS: dict[str, tuple[str, ...]] = {
    "primary": (
        "primary level", "primary last", "primary mean", "secondary level", "secondary last", "london", "births trend",
        "reception step", "grown since birth",
    ),
    "secondary": (
        "secondary level", "secondary last", "secondary mean", "primary level", "primary last", "london", "births trend",
        "reception step", "transfer level", "grown since birth",
    ),
    "transfer": (
        "transfer last", "transfer mean", "transfer level", "transfer step", "primary level", "secondary level", "london",
        "births trend", "next Year 7",
    ),
    "reception": (
        "reception last", "reception trend", "primary level", "primary last", "london", "births entering", "births after",
        "births before",
    ),
}  # fmt: skip
LEADS = 5  # years ahead for which a drift is learned; beyond, the fifth year's fades
RIDGE = 30.0  # penalty; 3 to 100 do alike
OLDER = 0.8  # what a year's cases count beside those of the year after it
FARTHEST = 4.0  # standard deviations at which a feature is cut
OUTLIER = 3 * 1.4826  # medians of absolute values at which a target is cut
FIRST_LESSON = 1  # years after the panel's first census from which features can be told


@dataclass(frozen=True)
class Lesson:
    """One regression: coefficients on features, each less its centre, divided by its scale and cut at ± 4."""

    names: tuple[str, ...]
    coefficient: Number
    scale: Number
    centre: Number

    def correction(self, told: dict[str, Number]) -> Number:
        """Return by how much a part will have moved from its level; a feature that isn't known counts as usual."""
        cases = np.stack([told[name] for name in self.names], axis=1) - self.centre
        standard: Number = np.clip(np.nan_to_num(cases / self.scale), -FARTHEST, FARTHEST)
        moved: Number = standard @ self.coefficient
        return moved


Drift = dict[tuple[str, int], Lesson]  # (block, lead); without any lesson a part stays where it stands


def learn(parts: Parts) -> Drift:
    """Learn from every earlier year of a panel how its parts moved until `lead` years later, for leads 1 to 5.

    A target is a part at year q + lead less its level at q, over all q with q + lead within the panel; targets and
    features less the median over authorities of that q: only differences between authorities are learned.
    A lead with no year to learn from takes the next shorter one. With two censuses there is nothing to learn.
    """
    return {
        key: lesson
        for block in BLOCKS
        for key, lesson in _of_block(parts, block).items()
    }  # fmt: skip


def corrections(parts: Parts, drift: Drift, horizon: int) -> dict[str, Number]:
    """Return by block how far each part will have moved, authority × year ahead; beyond five years it fades by a tenth a year."""
    last = parts.panel.last
    moved = {block: np.zeros((len(parts.panel.names), horizon)) for block in BLOCKS}
    for lead in range(1, min(horizon, LEADS) + 1):
        told = features(parts, last, lead)
        for block in BLOCKS:
            if (block, lead) in drift:
                moved[block][:, lead - 1] = drift[block, lead].correction(told)
    for ahead in range(LEADS, horizon):
        for block in BLOCKS:
            moved[block][:, ahead] = 0.9 * moved[block][:, ahead - 1]
    return moved


def _of_block(parts: Parts, block: str) -> Drift:
    """Return the lessons of one part for every lead that can be learned."""
    lessons: Drift = {}
    for lead in range(1, LEADS + 1):
        lesson = _lesson(parts, block, lead)
        lesson = _recentred(parts, lesson or lessons.get((block, lead - 1)), lead)
        if lesson is not None:
            lessons[block, lead] = lesson
    return lessons


def _lesson(parts: Parts, block: str, lead: int) -> Lesson | None:
    """Return the regression of one part at one lead; None where no year is long enough ago."""
    names, last = BLOCKS[block], parts.panel.last
    series = getattr(parts, block)
    first = parts.panel.first + (0 if block == "reception" else 1)
    cases, targets, weights = [], [], []
    for year in range(parts.panel.first + FIRST_LESSON, last - lead + 1):
        told = features(parts, year, lead)
        case = np.stack([told[name] for name in names], axis=1)
        target = series[:, year + lead - first] - levels(parts, year)[block]
        cases.append(np.nan_to_num(case - _middle(case)))
        targets.append(np.nan_to_num(target - _middle(target)))
        weights.append(np.full(len(target), OLDER ** (last - lead - year)))
    if not cases:
        return None
    case, target, weight = np.concatenate(cases), np.concatenate(targets), np.concatenate(weights)
    cut = OUTLIER * float(np.median(np.abs(target)))
    scale = np.where(case.std(axis=0) > 0, case.std(axis=0), 1.0)
    standard = np.clip(case / scale, -FARTHEST, FARTHEST)
    weighed = standard.T * weight
    coefficient = np.linalg.solve(weighed @ standard + RIDGE * np.eye(len(names)), weighed @ np.clip(target, -cut, cut))
    return Lesson(names, coefficient, scale, np.zeros(len(names)))


def _recentred(parts: Parts, lesson: Lesson | None, lead: int) -> Lesson | None:
    """Return a lesson for use now: centred on the authorities of the last year."""
    if lesson is None:
        return None
    told = features(parts, parts.panel.last, lead)
    return replace(lesson, centre=_middle(np.stack([told[name] for name in lesson.names], axis=1)))


def _middle(values: Number) -> Number:
    """Return the median over authorities (axis 0); 0 where nothing is known."""
    if not len(values) or np.isnan(values).all():
        return np.zeros(values.shape[1:])
    middle: Number = np.nan_to_num(np.nanmedian(values, axis=0))
    return middle

"""Legends: one table of classes and colours for the page, the GeoPackage and the shapefiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from placeplan.domain.arrays import Number, Whole

# Colours of the Government Analysis Function (categorical) and two ramps that colour-blind readers can tell apart.
INK, BLUE, TEAL, PLUM, ORANGE, GREY, LILAC = "#0b0c0c", "#12436d", "#28a197", "#801650", "#f46a25", "#505a5f", "#a285d1"
CHANGE = ("#8a4b08", "#cf9246", "#ecd5a6", "#f4f4f0", "#bcd6e9", "#6aa5cd", "#1c5c92")
CHILDREN = ("#eef4f8", "#c3daea", "#85b4d6", "#4382b4", "#12436d")
SHORT = ("#f5f5f2", "#f7c9c0", "#e8836f", "#c43c2f", "#7a1014")
TINTS = ("#cfe2f0", "#cdebe4", "#f6dccb", "#e4d9f0", "#f3efc9", "#e6e6e6", "#f3d3e0")  # neighbours apart, no order

NOBODY = 0.5  # of a child: less than this is nobody


@dataclass(frozen=True, slots=True)
class Band:
    """One class of a legend: from its lower bound up to, not including, its upper; colour; words."""

    lower: float
    upper: float
    colour: str
    words: str


SPARE: tuple[Band, ...] = (
    Band(-np.inf, 0.0, "#b3261e", "over full"),
    Band(0.0, 0.03, "#f0a13a", "under 3 % spare"),
    Band(0.03, 0.08, "#8cc6a4", "3 to 8 % spare"),
    Band(0.08, 0.25, "#2f8f83", "8 to 25 % spare"),
    Band(0.25, np.inf, "#1f4e79", "25 % spare or more"),
)  # 3 to 8 % is the operating margin of the assumptions spare.least and spare.most


def change_classes(changes: Number) -> tuple[Band, ...]:
    """Return seven classes of a change in children, the same widths above and below nothing.

    changes: children more (fewer: below 0) than in the first planned year, one a zone.
    """
    step = _round_step(float(np.quantile(np.abs(changes), 0.9)) / 2.5 if len(changes) else 1.0)
    bounds = [-np.inf, *(step * k for k in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)), np.inf]
    return _classes(bounds, CHANGE, signed=True)


def short_classes(children: Number) -> tuple[Band, ...]:
    """Return five classes of children without a place, the first for none.

    children: child-years, one a zone.
    """
    most = float(children.max()) if len(children) else 0.0
    step = _round_step(most / 4)
    return _classes(
        [-np.inf, NOBODY, step, 2 * step, 3 * step, np.inf] if step > NOBODY else [-np.inf, NOBODY, 1, 2, 3, np.inf],
        SHORT,
    )


def child_classes(children: Number) -> tuple[Band, ...]:
    """Return five classes of the number of children, the same for all years. children: of any shape."""
    step = _round_step(float(np.quantile(children, 0.9)) / 4 if children.size else 1.0)
    return _classes([-np.inf, step, 2 * step, 3 * step, 4 * step, np.inf], CHILDREN)


def class_of(values: Number, classes: Sequence[Band]) -> Whole:
    """Return which class each value falls in, 0 for the first."""
    return np.searchsorted([c.upper for c in classes[:-1]], values, side="right").astype(np.int64)


def _classes(bounds: Sequence[float], colours: Sequence[str], *, signed: bool = False) -> tuple[Band, ...]:
    """Return the classes between bounds with words for each."""
    pairs = list(pairwise(bounds))
    return tuple(
        Band(low, high, colour, _words(low, high, signed=signed))
        for (low, high), colour in zip(pairs, colours, strict=True)
    )


def _words(low: float, high: float, *, signed: bool) -> str:
    """Return a class in words: "5 to 15 more", "none", "30 or more"."""
    if not signed:
        if low == -np.inf:
            return "none" if high == NOBODY else f"under {_whole(high)}"
        if low == NOBODY:  # less than half a child is none
            return f"up to {_whole(high)}"
        return f"{_whole(low)} or more" if high == np.inf else f"{_whole(low)} to {_whole(high)}"
    if low < 0 < high:
        return f"within {_whole(high)} either way"
    near, far = sorted((abs(low), abs(high)))
    side = "more" if low > 0 else "fewer"
    return f"over {_whole(near)} {side}" if far == np.inf else f"{_whole(near)} to {_whole(far)} {side}"


def _whole(number: float) -> str:
    """Return a bound as it is read: no decimals unless it has a half."""
    return f"{abs(number):g}"


def _round_step(step: float) -> float:
    """Return a width that people can read: 2, 4, 10, 20, 40, 100 …, at least 2."""
    if step <= 2:
        return 2.0
    tens = 10 ** np.floor(np.log10(step))
    return float(tens * next(k for k in (1, 2, 4, 10) if k * tens >= step * 0.8))

"""Axes of the report's charts: their size in units of the drawing, and round numbers beside them."""

import numpy as np

WIDTH, HEIGHT = 360, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 34  # margins of a chart, in its own units


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round numbers from at most low to at least high, about as many as wanted.

    >>> nice_ticks(812, 1190)
    [800.0, 900.0, 1000.0, 1100.0, 1200.0]
    """
    step = max((high - low) / wanted, 1e-9)
    tens = 10 ** np.floor(np.log10(step))
    step = float(tens * next(k for k in (1, 2, 5, 10) if k * tens >= step * 0.999))
    first, last = np.floor(low / step), np.ceil(high / step)
    return [float(step * k) for k in np.arange(first, max(last, first + 1) + 1)]

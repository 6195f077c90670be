"""Measures: each part of what a principle measures, of the plan and of the do-minimum."""

from collections.abc import Iterable, Sequence

import pandas as pd

from placeplan.principles.principle import Measure


def measures_table(keys: Iterable[str], plan: Sequence[Measure], do_minimum: Sequence[Measure]) -> pd.DataFrame:
    """Return principle, measure, value, unit, do_minimum: the parts, told apart. keys: of the principles, in order."""
    rows = [
        (key, name, value, unit, before.parts[name][0])
        for key, after, before in zip(keys, plan, do_minimum, strict=True)
        for name, (value, unit) in after.parts.items()
    ]
    return pd.DataFrame(rows, columns=["principle", "measure", "value", "unit", "do_minimum"])

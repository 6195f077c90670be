"""What an importer takes where no extract knows it: a row of the assumptions table each."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from placeplan.importers.columns import with_every_column

DFE_2025 = "Department for Education, local authority scorecards 2025"


@dataclass(frozen=True, slots=True)
class Assumed:
    """One thing taken: how much, in what unit, why, from where, and who may change it."""

    name: str
    value: float | str
    unit: str
    reason: str
    source: str = "placeplan"
    who_may_change: str = "place planning officer"


def assumptions_table(assumed: Iterable[Assumed]) -> pd.DataFrame:
    """Return the assumptions table, one row a thing taken, in the order in which they were taken."""
    assumed = list(assumed)
    rows = pd.DataFrame(
        {
            "assumption": [one.name for one in assumed],
            "value": [_as_text(one.value) for one in assumed],
            "unit": [one.unit for one in assumed],
            "reason": [one.reason for one in assumed],
            "who_may_change": [one.who_may_change for one in assumed],
            "source": [one.source for one in assumed],
        }
    )
    return with_every_column("assumptions", rows)


def _as_text(value: float | str) -> str:
    """Return a figure without a useless point: 57.0 → "57"."""
    return value if isinstance(value, str) else f"{value:.6g}"

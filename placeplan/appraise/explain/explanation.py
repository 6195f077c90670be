"""Explanation: what every kind of subject can say, and what it is made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from placeplan.appraise.explain.told import Told


@dataclass(frozen=True)
class Explanation:
    """Why a subject gets what it gets. sentences: with figures from the run's tables and from solving again.

    kind: what the subject is.  title: its heading.  table: the same story as a small table.  figures: name → figure, of
    what was worked out for this answer and stands in no table of the run.  decimals: with which the table is shown.
    """

    subject: str
    kind: str
    title: str
    sentences: tuple[str, ...]
    table: pd.DataFrame
    figures: Mapping[str, float | str | None]
    decimals: int = 1


@dataclass(frozen=True)
class Kind:
    """One kind of subject. needs: the table without which nothing can be said.

    names: run → what each subject of this kind may be called → its own name, by the run's own tables.  explain: run,
    subject and academic year (None: the last) → explanation.  what: the kind, in words.  called: the same as names, by
    what only the scenario tells.  by_year: whether a year changes what is said.
    """

    needs: str
    names: Callable[[Told], Mapping[str, str]]
    explain: Callable[[Told, str, str | None], Explanation]
    what: str
    called: Callable[[Told], Mapping[str, str]] | None = None
    by_year: bool = True


def own_names(names: Sequence[str]) -> dict[str, str]:
    """Return names that are called by themselves only."""
    return {name: name for name in names}

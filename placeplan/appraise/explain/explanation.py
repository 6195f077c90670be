"""Explanation: what every kind of subject can say, and what it is made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

Tables = Mapping[str, pd.DataFrame]  # the tables of a run folder, by their path in it


@dataclass(frozen=True)
class Explanation:
    """Why a subject gets what it gets. sentences: with figures, each of which stands in the run's tables.

    kind: what the subject is.  title: its heading.  table: the same story as a small table.
    """

    subject: str
    kind: str
    title: str
    sentences: tuple[str, ...]
    table: pd.DataFrame


@dataclass(frozen=True)
class Kind:
    """One kind of subject. needs: the table without which nothing can be said.

    names: tables → the subjects of this kind.  explain: tables, subject and academic year (None: the last) → explanation.
    """

    needs: str
    names: Callable[[Tables], Sequence[str]]
    explain: Callable[[Tables, str, str | None], Explanation]

"""Everything that can go wrong, as a tree.

PlaceplanError
├── ScenarioProblems      what was given has faults; each with file, row, column and remedy     exit 2
├── RunFolderInTheWay     the place for the results is taken                                   exit 2
├── CannotWrite           the place for the results can't be written                           exit 2
├── MissingExtra          a verb needs an extra that isn't installed                           exit 2
├── NoPlanInTime          the solver found no plan in the time given                           exit 4
├── CertificateRefused    a run folder doesn't bear out what it says                           exit 5
└── SolverFailed          the solver ended in a way that is our fault to handle                exit 1
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in what an officer gave: where it is, what is wrong, what to do.

    file: as the scenario names it.  row: as a spreadsheet numbers it (header = 1).  column: its heading.
    grave: a fault that stops the run; otherwise a warning that is shown and recorded.
    """

    file: str
    row: int | None
    column: str | None
    wrong: str
    remedy: str = ""
    grave: bool = True

    def __str__(self) -> str:
        """Return the sentence an officer reads."""
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column}"
        return f"{where}: {self.wrong} {self.remedy}".strip()


class PlaceplanError(Exception):
    """The root: every error that placeplan raises on purpose."""


class ScenarioProblems(PlaceplanError):
    """What was given has faults. Nothing was run."""

    def __init__(self, problems: Sequence[Problem], scenario: str = "") -> None:
        """Keep every problem, in the order of the files."""
        self.problems = tuple(problems)
        self.scenario = scenario
        super().__init__("\n".join(str(p) for p in self.problems))


class RunFolderInTheWay(PlaceplanError):
    """The place for the results holds something already."""


class CannotWrite(PlaceplanError):
    """The place for the results can't be written, or has no room."""


class MissingExtra(PlaceplanError):
    """A verb needs an extra that isn't installed."""


class NoPlanInTime(PlaceplanError):
    """The time limit came before any plan."""


class CertificateRefused(PlaceplanError):
    """A run folder doesn't bear out what it says; names the file and the rule."""


class SolverFailed(PlaceplanError):
    """The solver ended in a way in which no answer may be read."""

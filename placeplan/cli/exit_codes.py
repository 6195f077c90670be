"""Exit codes, in one table: scripts rely on them, so one is added and none is ever changed."""

from placeplan.domain.errors import (  # fmt: skip
    CannotWrite,
    CertificateRefused,
    MissingExtra,
    NoPlanInTime,
    PlaceplanError,
    RunFolderInTheWay,
    ScenarioProblems,
    SolverFailed,
)

DONE = 0
FAULT = 1  # a fault of ours, with a report file to send
PROBLEMS = 2  # problems in what was given; nothing was run
SHORTFALL = 3  # done, but some children have no place: the plan stands and the shortfall is listed
NO_PLAN = 4  # no plan in the time given
REFUSED = 5  # verify refuses, rerun differs, or a cited figure does not come out
INTERRUPTED = 130  # Ctrl-C
ENDED = 143  # SIGTERM

BY_ERROR: dict[type[PlaceplanError], int] = {
    ScenarioProblems: PROBLEMS,
    RunFolderInTheWay: PROBLEMS,
    CannotWrite: PROBLEMS,
    MissingExtra: PROBLEMS,
    NoPlanInTime: NO_PLAN,
    CertificateRefused: REFUSED,
    SolverFailed: FAULT,
}


def code_of(error: PlaceplanError) -> int:
    """Return the exit code of an error: that of the nearest class in the table.

    >>> code_of(NoPlanInTime("the time limit came before any plan"))
    4
    """
    return next((BY_ERROR[kind] for kind in type(error).__mro__ if kind in BY_ERROR), FAULT)

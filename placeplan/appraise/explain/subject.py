"""Subject: find what is asked about among all that a run can explain, and explain it."""

import difflib

from placeplan.appraise.explain.area import AREA
from placeplan.appraise.explain.explanation import Explanation, Kind, Tables
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.say import listed, shown

KINDS: tuple[Kind, ...] = (AREA,)  # a further kind of subject is one new file and one name here
NEAR = 3  # names suggested for one that nobody knows


def explain(tables: Tables, subject: str, year: str | None = None) -> Explanation:
    """Explain one subject of a run.

    tables: of a run folder or a forecast folder, by their path.  subject: a name, capitals or not.
    year: academic year as 2019/20, where the subject is told by year; None: the last planned one.
    Raises ScenarioProblems with the nearest names for a subject that the run doesn't know, and where the run has no
    table from which anything could be explained.
    """
    kinds = [kind for kind in KINDS if kind.needs in tables]
    if not kinds:
        wrong = "holds no table from which anything can be explained: an earlier version made it."
        raise ScenarioProblems([Problem(KINDS[0].needs, None, None, wrong, "Run it again.")])
    wanted = subject.strip()
    for name_of in (str, str.lower):
        for kind in kinds:
            for name in kind.names(tables):
                if name_of(name) == name_of(wanted):
                    return kind.explain(tables, name, year)
    raise ScenarioProblems([_unknown(wanted, [name for kind in kinds for name in kind.names(tables)])])


def _unknown(subject: str, names: list[str]) -> Problem:
    """Say that nobody knows a subject, and which names are nearest."""
    lower = {name.lower(): name for name in names}
    near = [lower[word] for word in difflib.get_close_matches(subject.lower(), lower, n=NEAR, cutoff=0.4)]
    remedy = f"Nearest are {listed(near)}." if near else f"Known are {listed(names)}."
    return Problem("subject", None, None, f"{shown(subject)} is nothing that this run can explain.", remedy)

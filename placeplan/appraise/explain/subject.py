"""Subject: find what is asked about among all that a run can explain, and explain it."""

import difflib

from placeplan.appraise.explain.area import AREA
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.told import Tables, Told
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.say import listed, shown

NEAR = 3  # names suggested for one that nobody knows


def explain(told: Told | Tables, subject: str, year: str | None = None) -> Explanation:
    """Explain one subject of a run.

    told: a run folder or a forecast folder, or its tables alone.  subject: a name, capitals or not.
    year: academic year as 2019/20, where the subject is told by year; None: the last planned one.
    Raises ScenarioProblems with the nearest names for a subject that the run doesn't know, and where the run has no
    table from which anything could be explained, or its scenario is needed and isn't there.
    """
    told = told if isinstance(told, Told) else Told(told)
    kinds = _kinds(told)
    if not kinds:
        wrong = "holds no table from which anything can be explained: an earlier version made it."
        raise ScenarioProblems([Problem(AREA.needs, None, None, wrong, "Run it again.")])
    wanted, known = subject.strip(), []
    for kind in kinds:
        names = kind.names(told)
        known += list(names)
        for name_of in (str, str.lower):
            for called, name in names.items():
                if name_of(called) == name_of(wanted):
                    return kind.explain(told, name, year)
    raise ScenarioProblems([_unknown(wanted, known)])


def _kinds(told: Told) -> list[Kind]:
    """Return the kinds of subject that the run has a table for; a further kind is one new file and one name here.

    The solver is loaded only where there is a plan to explain. Schools come last: their names ask for the scenario.
    """
    kinds: tuple[Kind, ...] = (AREA,)
    if "plan/options.csv" in told.tables:
        from placeplan.appraise.explain.option import OPTION  # noqa: PLC0415
        from placeplan.appraise.explain.principle import PRINCIPLE  # noqa: PLC0415
        from placeplan.appraise.explain.school import SCHOOL  # noqa: PLC0415
        from placeplan.appraise.explain.zone import ZONE  # noqa: PLC0415

        kinds = (OPTION, PRINCIPLE, ZONE, AREA, SCHOOL)
    return [kind for kind in kinds if kind.needs in told.tables]


def _unknown(subject: str, names: list[str]) -> Problem:
    """Say that nobody knows a subject, and which names are nearest."""
    lower = {name.lower(): name for name in names}
    near = [lower[word] for word in difflib.get_close_matches(subject.lower(), lower, n=NEAR, cutoff=0.4)]
    remedy = f"Nearest are {listed(near)}." if near else f"Known are {listed(names)}."
    return Problem("subject", None, None, f"{shown(subject)} is nothing that this run can explain.", remedy)

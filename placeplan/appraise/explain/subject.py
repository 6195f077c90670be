"""Subject: find what is asked about among all that a run can explain, and explain it."""

import difflib
from collections.abc import Mapping
from dataclasses import replace

from placeplan.appraise.explain.area import AREA
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.told import Tables, Told
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.scenario.say import listed, shown

NEAR = 3  # names suggested for one that nobody knows
EXAMPLES = 2  # names shown of each kind


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
    wanted = subject.strip()
    known = [(kind, kind.names(told)) for kind in kinds]
    found = _among(known, wanted)
    if found is None:  # the run's own tables don't name it: the scenario may
        called = [(kind, _called(told, kind, wanted)) for kind in kinds]
        found, known = _among(called, wanted), [*known, *called]
    if found is None:
        raise ScenarioProblems([_unknown(wanted, known)])
    kind, name = found
    if year is None or kind.by_year:
        return kind.explain(told, name, year)
    return _whatever_the_year(told, kind, name, year)


def _among(known: list[tuple[Kind, Mapping[str, str]]], wanted: str) -> tuple[Kind, str] | None:
    """Return the kind and the own name of what is wanted, as it is written before capitals or not; None: nobody knows it."""
    for kind, names in known:
        for name_of in (str, str.lower):
            for called, name in names.items():
                if name_of(called) == name_of(wanted):
                    return kind, name
    return None


def _called(told: Told, kind: Kind, wanted: str) -> Mapping[str, str]:
    """Return what only the scenario calls the subjects of a kind. Raises ScenarioProblems where it isn't there."""
    if kind.called is None:
        return {}
    try:
        return kind.called(told)
    except ScenarioProblems as missing:
        wrong = f"{shown(wanted)} is none of the names in the run's own tables; schools, packages and places are named by its scenario."
        raise ScenarioProblems(
            [Problem("subject", None, None, wrong, "Name the scenario's folder: --scenario DIR."), *missing.problems]
        ) from missing


def _whatever_the_year(told: Told, kind: Kind, name: str, year: str) -> Explanation:
    """Explain what is told of all planned years together. Raises ScenarioProblems for a year that isn't planned."""
    from placeplan.appraise.explain.school import planned_year  # noqa: PLC0415  (as in _kinds)

    planned_year(told, year)
    answer = kind.explain(told, name, year)
    note = f"This is told of all planned years together: --year {year} changes nothing."
    return replace(answer, sentences=(*answer.sentences, note))


def _kinds(told: Told) -> list[Kind]:
    """Return the kinds of subject that the run has a table for; a further kind is one new file and one name here.

    The solver is loaded only where there is a plan to explain. Where two have one name, the first here is meant.
    """
    kinds: tuple[Kind, ...] = (AREA,)
    if "plan/options.csv" in told.tables:
        from placeplan.appraise.explain.community import COMMUNITY  # noqa: PLC0415
        from placeplan.appraise.explain.money import MONEY  # noqa: PLC0415
        from placeplan.appraise.explain.option import OPTION, PACKAGE  # noqa: PLC0415
        from placeplan.appraise.explain.principle import PRINCIPLE  # noqa: PLC0415
        from placeplan.appraise.explain.school import SCHOOL  # noqa: PLC0415
        from placeplan.appraise.explain.special_school import SPECIAL_SCHOOL  # noqa: PLC0415
        from placeplan.appraise.explain.zone import ZONE  # noqa: PLC0415

        kinds = (OPTION, PACKAGE, PRINCIPLE, MONEY, ZONE, AREA, SCHOOL, SPECIAL_SCHOOL, COMMUNITY)
    return [kind for kind in kinds if kind.needs in told.tables]


def _unknown(subject: str, known: list[tuple[Kind, Mapping[str, str]]]) -> Problem:
    """Say that nobody knows a subject, which names are nearest, and what can be explained, with examples."""
    names = [name for _, of_kind in known for name in of_kind]
    lower = {name.lower(): name for name in names}
    near = [lower[word] for word in difflib.get_close_matches(subject.lower(), lower, n=NEAR, cutoff=0.4)]
    examples: dict[str, list[str]] = {}
    for kind, of_kind in known:
        examples.setdefault(kind.what, []).extend(of_kind)
    kinds = "; ".join(f"{what} ({', '.join(of[:EXAMPLES])})" for what, of in examples.items() if of)
    nearest = f"Nearest are {listed(near)}. " if near else ""
    return Problem(
        "subject", None, None, f"{shown(subject)} is nothing that this run can explain.",
        f"{nearest}It can explain {kinds}.",
    )  # fmt: skip

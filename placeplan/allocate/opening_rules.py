"""Opening rules: the rules that bind openings alone, the openings nearest to some that keep them, and which rule is in the way."""

from dataclasses import replace

import numpy as np

from placeplan.allocate.problem import Matrix, of_openings_alone, part_of
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, YesNo

WORDS = {  # how a rule is named in the model → how people name it
    "budget": "the budget of the plan or of a year", "projects": "the projects that may open in one September",
    "fund": "what a pot holds", "barred": "the years in which a pot can be spent", "needs": "another option that it needs",
    "follows": "another option that it follows by a year", "excludes": "an option that excludes it",
    "one_configuration": "one change of year groups a school", "one_partner": "one partner a school",
    "partner_load": "two links a partner", "gate": "the provider gate: a good or outstanding provider, or a link a year before",
    "committed": "an option that is already decided",
}  # fmt: skip
ON_ROLL = "a place for everyone on roll, who keep their school: too few would be left"


def nearest_openings(matrix: Matrix, openings: Number, solver: Solver, seconds: float) -> Number | None:
    """Return the openings nearest to given ones that keep every rule between openings; None where none keep them."""
    part = of_openings_alone(matrix)
    answer = solver.mip(replace(part, cost=1.0 - 2.0 * openings), seconds=seconds, gap=0.0)
    return None if answer.point is None else np.round(answer.point)


def broken_rules(matrix: Matrix, openings: Number, solver: Solver, seconds: float) -> tuple[str, ...]:
    """Return, in words, each kind of rule without which openings could keep all the others; all kinds where no one does.

    Where openings can keep all of them it is the pupils who can't stay.
    """
    part = of_openings_alone(matrix)
    if _stands(part, openings, solver, seconds):
        return (ON_ROLL,)
    kinds = np.array([_kind(matrix.row_names[k]) for k in part.row_kind], dtype=object)
    told = [
        WORDS[kind]
        for kind in WORDS
        if (kinds == kind).any() and _stands(_without(part, kinds != kind), openings, solver, seconds)
    ]
    if int((part.lower > 0).sum()) > 1 and not told:
        told.append(WORDS["committed"])
    return tuple(told) or ("several rules together",)


def _kind(name: str) -> str:
    """Return the kind of a rule: needs_3_1_0 is needs."""
    return next((kind for kind in sorted(WORDS, key=len, reverse=True) if name.startswith(kind)), name)


def _without(part: Matrix, keep: YesNo) -> Matrix:
    """Return the problem with some rows only."""
    return part_of(part, np.ones(len(part.cost), dtype=bool), keep)


def _stands(part: Matrix, openings: Number, solver: Solver, seconds: float) -> bool:
    """Return whether any openings keep the rules."""
    return solver.mip(replace(part, cost=1.0 - 2.0 * openings), seconds=seconds, gap=0.0).point is not None

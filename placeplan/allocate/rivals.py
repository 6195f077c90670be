"""Rivals: plans near the best one, each at its own least, so that it can be told how surely the best one stays first.

The plan with one decision taken otherwise, and what rules then ask for beside it; and, of a problem that is solved in a
moment, the best plans when one principle doesn't count, or counts twice. A large problem is given a few seconds.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.model import build
from placeplan.allocate.opening_rules import nearest_openings
from placeplan.allocate.size import is_small
from placeplan.allocate.solve import Solver
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.plan import Plan
from placeplan.scenario.scenario import Scenario

SHARE_OF_TIME = 0.15  # of the time limit, for a large problem; a small one is done to the end
A_MOMENT = 600.0  # seconds that no small solve needs, on a busy machine either: the same run meets the same rivals
AT_MOST = 4.0  # seconds for one rival of a large problem: most take one, and one that takes all would leave no others
NEAR = 0.005  # of the objective: near enough to the best plan of other weights, to be a rival


@dataclass(frozen=True)
class Rival:
    """A plan met, and how: in words that a table tells."""

    plan: Plan
    met: str


def rivals(allocation: Allocation, scenario: Scenario, *, progress: Progress = silent) -> tuple[Rival, ...]:
    """Return plans beside the best one, some with its openings and other journeys: those met in the search first.

    Each leaves no more children without a place than the best plan may. The same run meets the same rivals, but for a
    large problem, in which the time given decides how many.
    """
    progress("Looking for the nearest rivals of the plan", None)
    ways = [_met(allocation), _one_otherwise(allocation, scenario)]
    if is_small(allocation.matrix):
        ways.append(_reweighted(allocation, scenario))
    return tuple(rival for way in ways for rival in way)


def _met(allocation: Allocation) -> Iterator[Rival]:
    """Yield the plans that the search met."""
    for point in allocation.met:
        yield Rival(allocation.model.plan(point), "met in the search")


def _one_otherwise(allocation: Allocation, scenario: Scenario) -> Iterator[Rival]:
    """Yield the best plan with each decision taken otherwise: its openings, and the nearest that rules ask for."""
    matrix, options = allocation.matrix, allocation.plan.network.options
    settings = scenario.settings.solve
    solver = Solver(settings.seed, settings.threads, silent)
    small = is_small(matrix)
    until = time.monotonic() + (A_MOMENT if small else SHARE_OF_TIME * settings.time_limit_seconds)
    best = np.round(allocation.plan.openings)
    programs = allocation.programs  # warm at the best plan
    for k, decision in enumerate(options.decisions):
        columns = np.flatnonzero(options.opening_decision == k)
        if not len(columns) or decision.committed:
            continue
        at, opened = np.flatnonzero(matrix.integer)[columns], best[columns].any()
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[at[-1]], upper[at] = (0.0, 0.0) if opened else (1.0, 1.0)
        openings = nearest_openings(replace(matrix, lower=lower, upper=upper), best, solver, A_MOMENT)
        if openings is None:
            continue
        programs = programs or AtOpenings(solver, matrix, first="ipm")
        left = max(until - time.monotonic(), 0.1)
        answer = programs.solve(openings, seconds=left if small else min(left, AT_MOST))
        if answer.point is not None and answer.proven:
            yield Rival(allocation.model.plan(answer.point), f"{'without' if opened else 'with'} {decision.name}")
        if time.monotonic() > until:
            return


def _reweighted(allocation: Allocation, scenario: Scenario) -> Iterator[Rival]:
    """Yield the best plan when one principle doesn't count, and when it counts twice."""
    settings = scenario.settings.solve
    model, limited = allocation.model, allocation.matrix
    for k, scale in enumerate(model.scales):
        if scale.weight <= 0 or not scale.movable:
            continue
        muted = tuple(replace(s, weight=0.0) if i == k else s for i, s in enumerate(model.scales))
        without = build(model.network, model.prices, muted, scenario).problem.cost
        for words, cost in (("no weight", without), ("twice the weight", 2 * limited.cost - without)):
            solver = Solver(settings.seed, settings.threads, silent)
            answer = solver.mip(
                replace(limited, cost=cost), seconds=A_MOMENT, gap=max(settings.gap, NEAR), start=allocation.point
            )  # fmt: skip
            if answer.point is not None:
                yield Rival(model.plan(answer.point), f"best with {words} of {scale.key}")

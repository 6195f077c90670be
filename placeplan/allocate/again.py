"""Again: a run's model built anew, and the best plan when a decision is forced in or out, or a weight is another."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.allocate import PRICE_OF_SHORTFALL
from placeplan.allocate.benders import by_cuts
from placeplan.allocate.duals import Cut, bound_from_duals
from placeplan.allocate.limit import NO_SHORTFALL, limit_on_shortfall
from placeplan.allocate.model import Model, build
from placeplan.allocate.objective import over_the_must
from placeplan.allocate.opening_rules import ON_ROLL, broken_rules, nearest_openings
from placeplan.allocate.placed_anew import placed_anew
from placeplan.allocate.problem import Matrix, whole, with_openings
from placeplan.allocate.relaxation import priced, relaxed
from placeplan.allocate.scales import Scale
from placeplan.allocate.search import Search
from placeplan.allocate.size import is_small
from placeplan.allocate.so_far import Found
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import (
    NEARNESS,
    counted,
    stage_1,
    with_limit,
)
from placeplan.allocate.worth import worth_of_places
from placeplan.domain.arrays import Number, Whole
from placeplan.domain.errors import NoPlanInTime, SolverFailed
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

FIRST_SECONDS = 600.0  # for the linear program at the run's own openings, without which nothing can be told


@dataclass(frozen=True)
class Other:
    """The best plan found under a condition. plan: None where none was found in time, or where rules forbid it.

    objective: of the plan.  bound: no plan under the condition is below it (−inf where nothing is known).  shortfall: the
    child-years R–11 without a place in the best plan found for that; fewest: no plan under the condition leaves fewer.
    proven: no plan under the condition is better.  broken: the rules that forbid it, in words.
    """

    plan: Plan | None
    objective: float
    bound: float
    shortfall: float
    fewest: float
    proven: bool
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Again:
    """The model of a run, and its plan at the openings that were chosen.

    limit: child-years R–11 without a place that the run allowed.  point: all columns of the run's plan, its specialist
    places as vulnerable learners would have them at these openings, also where the run left them unpriced.  worth: of one
    more place in each (school, planned year, NC year), in its year group and in the whole school, flat: by how much the objective would fall at most, at these
    openings (its true fall is no more than its dual, and may be less where several limits meet).
    bound: no plan of the run's own problem is below it.  row_duals: of the run's linear relaxation, where it kept them.
    """

    model: Model
    matrix: Matrix
    scenario: Scenario
    solver: Solver
    limit: float
    point: Number
    objective: float
    worth: Number
    bound: float = -np.inf
    row_duals: Number | None = None

    @property
    def openings(self) -> Number:
        """Return what is open, one 0 or 1 an opening column."""
        return np.round(self.point[self.matrix.integer])

    @property
    def plan(self) -> Plan:
        """Return the run's plan."""
        return self.model.plan(self.point)

    @property
    def is_small(self) -> bool:
        """Return whether a solve to the end takes a moment."""
        return is_small(self.matrix)


def begin_again(
    network: Network, prices: tuple[Prices, ...], scale: tuple[Scale, ...], scenario: Scenario, openings: Number,
    limit: float, *, bound: float = -np.inf, row_duals: Number | None = None, progress: Progress = silent,
) -> Again:  # fmt: skip
    """Return the model of a run with its plan at the openings that it chose.  bound, row_duals: as the run proved them.

    Raises NoPlanInTime where nothing can stand at them: the scenario isn't that of the run.
    """
    model = build(network, prices, scale, scenario)
    matrix = model.problem.matrix()
    settings = scenario.settings.solve
    solver = Solver(settings.seed, settings.threads, progress, offset=model.constant)
    small = is_small(matrix)
    fixed = with_openings(with_limit(model, matrix, limit), openings, matrix.integer)
    method = "choose" if small else "ipm"
    answer = solver.lp(fixed, seconds=FIRST_SECONDS, corner=small, method=method)
    if answer.point is None:
        raise NoPlanInTime("The plan of this run does not stand in its scenario any more. Run the scenario again.")
    point = whole(answer.point, matrix.integer)
    objective = float(matrix.cost @ point) + model.constant
    point = placed_anew(model, matrix, solver, point)
    worth = worth_of_places(model, fixed, answer.row_duals) * network.states.taught[model.plan(point).states()].ravel()
    return Again(model, matrix, scenario, solver, limit, point, objective, worth, bound, row_duals)


def placed_by_one_more(again: Again) -> Number:
    """Return how many child-years R–11 more would have a place with one more place in each (school, year, NC year), flat.

    At most, and with what is open kept: the duals of who has a place. All 0 where nobody need be without one.
    """
    if again.limit < NO_SHORTFALL:
        return np.zeros(len(again.worth))
    part, _ = stage_1(again.model, again.matrix)
    fixed = with_openings(part, again.openings, part.integer)
    method = "choose" if again.is_small else "ipm"
    answer = again.solver.lp(fixed, seconds=FIRST_SECONDS, corner=True, method=method)
    states = again.model.network.states
    worth: Number = worth_of_places(again.model, fixed, answer.row_duals) * states.taught[again.plan.states()].ravel()
    return worth


def forced(again: Again, decision: int, *, opened: bool, seconds: float) -> Other:
    """Return the best plan in which a decision opens, in any of its years, or doesn't; all else as in the run.

    Sufficiency goes first here too: where the condition leaves more children without a place, the fewest.
    seconds: a small problem is done to its end within them as a rule; of a large one the best found, and a bound.
    """
    options = again.model.network.options
    held = _held(again.matrix, np.flatnonzero(options.opening_decision == decision), opened=opened)
    openings = nearest_openings(held, again.openings, again.solver, seconds)
    if openings is None:
        broken = broken_rules(held, again.openings, again.solver, seconds)
        return Other(None, np.inf, np.inf, np.inf, np.inf, proven=True, broken=broken)
    other = _best(again, replace(again, matrix=held), openings, seconds)
    if np.isinf(other.shortfall) and _nobody_can_stay(again, held, seconds):
        return replace(other, bound=np.inf, proven=True, broken=(ON_ROLL,))
    if other.shortfall > max(again.limit, NO_SHORTFALL):  # allowed more than the run: its bound says nothing here
        return other
    bound = max(other.bound, min(again.bound, other.objective))
    return replace(other, bound=bound, proven=other.proven or _is_closed(other.objective, bound))


def _held(matrix: Matrix, columns: Whole, *, opened: bool) -> Matrix:
    """Return the problem in which a decision is open by its last year, or never."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    at = np.flatnonzero(matrix.integer)[columns]
    if opened:
        lower[at[-1]] = 1.0
    else:
        lower[at] = upper[at] = 0.0
    return replace(matrix, lower=lower, upper=upper)


def _nobody_can_stay(again: Again, held: Matrix, seconds: float) -> bool:
    """Return whether no openings leave all pupils their places; of a large problem not even parts of openings."""
    part, _ = stage_1(again.model, held)
    solver = again.solver
    answer = solver.mip(part, seconds=seconds, gap=0.0) if again.is_small else solver.lp(part, seconds=seconds)
    return answer.status == "Infeasible"


def _best(again: Again, there: Again, openings: Number, seconds: float) -> Other:
    """Return the best plan of a changed problem. openings: some at which all rules hold."""
    model, matrix, solver, until = there.model, there.matrix, there.solver, time.monotonic() + seconds

    def left() -> float:
        return max(until - time.monotonic(), 0.1)

    beside = None if there.is_small else relaxed(solver, matrix, counted(model), PRICE_OF_SHORTFALL, left)
    openings, shortfall, fewest = _sufficient(again, there, openings, left())
    limit = again.limit
    if shortfall >= NO_SHORTFALL and shortfall > again.limit:
        found = Found(np.zeros(0), shortfall, shortfall, "Optimal", None)
        limit = limit_on_shortfall(found.objective, found.bound, again.scenario.settings.solve.sufficiency_tolerance)
    limited = with_limit(model, matrix, limit)
    start = solver.lp(with_openings(limited, openings, matrix.integer), seconds=max(left(), FIRST_SECONDS))
    search = Search(solver, limited, gap=0.0, offset=model.constant, ends=until)
    search.bound = max(search.bound, known_beforehand(again, matrix, limit))
    search.start_from(None if start.point is None else whole(start.point, matrix.integer))
    try:
        best = (
            search.directly(model.network.options.rank_of_opening())
            if beside is None
            else search.by_relaxation(beside, limit)
        )
    except NoPlanInTime:
        return Other(None, np.inf, search.bound + model.constant, shortfall, fewest, proven=False)
    except SolverFailed:
        if start.point is not None:
            raise
        return Other(None, np.inf, -np.inf, shortfall, fewest, proven=False)
    point = placed_anew(model, matrix, solver, best.point)
    return Other(
        model.plan(point), best.objective + model.constant, best.bound + model.constant, shortfall, fewest,
        proven=best.status == "Optimal" or _is_closed(best.objective, best.bound),
    )  # fmt: skip


def _is_closed(objective: float, bound: float) -> bool:
    """Return whether nothing is left between a plan and a bound."""
    return objective - bound <= 1e-7 * max(1.0, abs(objective))


def known_beforehand(again: Again, matrix: Matrix, limit: float) -> float:
    """Return what the duals of the run's relaxation prove of a changed problem at once; −inf where they don't fit.

    Of a large problem they are those of its rows with a price on the shortfall in place of the limit.
    """
    duals = again.row_duals
    if again.is_small or duals is None or len(duals) != len(matrix.row_lower):
        return -np.inf
    on = priced(matrix, counted(again.model), PRICE_OF_SHORTFALL)
    return bound_from_duals(on, duals) - PRICE_OF_SHORTFALL * limit


def _sufficient(again: Again, there: Again, openings: Number, seconds: float) -> tuple[Number, float, float]:
    """Return openings that leave as few children without a place as the run allows, or the fewest; how many; at least.

    Of a large problem those found by cuts near the run's own openings; where time runs out, the openings given.
    """
    part, _ = stage_1(there.model, there.matrix)
    if there.is_small:
        answer = there.solver.mip(part, seconds=seconds, gap=0.0)
        if answer.point is None:
            return openings, np.inf, 0.0
        return np.round(answer.point[part.integer]), max(answer.objective, 0.0), max(answer.bound, 0.0)
    apart = 1.0 - 2.0 * again.openings
    nearness = NEARNESS * apart / max(len(apart), 1)
    least = by_cuts(
        there.solver, part, nearness, Cut(0.0, np.zeros(len(apart))), seconds=seconds, known=np.inf,
        aim=lambda bound: max(bound, again.limit, NO_SHORTFALL),
    )  # fmt: skip
    if least.point is None:
        return openings, np.inf, least.bound
    return np.round(least.point[part.integer]), max(least.value, 0.0), least.bound


def weighted_anew(again: Again, scale: Sequence[Scale], seconds: float) -> Other:
    """Return the best plan at other weights, the same children without a place allowed, each must at its price of the run."""
    model = build(again.model.network, again.model.prices, tuple(scale), again.scenario)
    for key, price in prices_of_musts(again.model).items():  # by default a multiple of all weights together
        model.problem.cost[model.problem.blocks[over_the_must(key)].columns] = price
    solver = replace(again.solver, offset=model.constant)
    there = replace(again, model=model, matrix=model.problem.matrix(), solver=solver)
    return _best(again, there, again.openings, seconds)


def prices_of_musts(model: Model) -> dict[str, float]:
    """Return principle → what missing its must by 1, on the scale of U, adds to the objective; those without a must left out."""
    blocks = model.problem.blocks
    asked = [s.key for s in model.scales if over_the_must(s.key) in blocks]
    return {key: float(model.problem.cost[blocks[over_the_must(key)].columns][0]) for key in asked}


def at_openings(again: Again, openings: Number, seconds: float) -> Plan | None:
    """Return the best plan at given openings, the same children without a place allowed; None where none stands."""
    limited = with_limit(again.model, again.matrix, again.limit)
    answer = again.solver.lp(with_openings(limited, openings, again.matrix.integer), seconds=seconds)
    if answer.point is None:
        return None
    return again.model.plan(placed_anew(again.model, again.matrix, again.solver, answer.point))

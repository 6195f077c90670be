"""Allocate: sufficiency first, then the best plan against the nine principles, with its bound, and the do-minimum beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.by_cover import LEAVES_AIM, PROGRAMS, ByCover
from placeplan.allocate.certificate import Certified
from placeplan.allocate.certificate_value import CutProof, Leaves
from placeplan.allocate.clock import Clock, Once
from placeplan.allocate.least_proof import cut_proof, least_proof
from placeplan.allocate.leaves import Branched, branch
from placeplan.allocate.limit import ROUNDING, limit_on_shortfall
from placeplan.allocate.model import Model, build
from placeplan.allocate.placed_anew import placed_anew
from placeplan.allocate.polish import Polish
from placeplan.allocate.problem import Matrix, whole, with_openings
from placeplan.allocate.relaxation import relaxed
from placeplan.allocate.scales import scales
from placeplan.allocate.search import Search
from placeplan.allocate.self_test import check_solver
from placeplan.allocate.size import is_huge, is_small
from placeplan.allocate.so_far import Found
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import (
    TOLERANCE,
    counted,
    do_minimum,
    least_shortfall,
    with_limit,
)
from placeplan.domain.arrays import Number
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

PRICE_OF_SHORTFALL = 0.001  # of the relaxation: any price ≥ 0 gives a bound, this one keeps its shortfall low
LEAVES_LEAST = 5.0  # seconds that the leaves of a small problem may always take
LEAST_SECONDS = 5.0  # seconds that the proof of the least shortfall may take
LEAVES_LARGE = 120.0  # seconds that must be left of the limit before a large problem is branched on as well
LAST_SHARE = 0.15  # of the time limit: what a linear program may take though the time is up
PROVEN = "Optimal"


@dataclass(frozen=True)
class Allocation:
    """The plan, and what is known of it.

    objective, bound: of the weighted constraints.  gap: (objective − bound) / objective.  controllable_gap: of what the
    plan could change against the do-minimum.  least_shortfall, its bound, and the plan's own: child-years, R–11.
    seconds: by stage.  model, matrix, point: for the certificate; row_duals: of `proof`, a relaxation of matrix (with the
    shortfall priced where the limit on it has been left out).  met: all columns of each plan that the search came upon.
    leaves: of our own branching, where there was time for it.  least: what proves the least shortfall, where it is above 0.
    cuts: what proves the objective, where leaves don't reach the solver's bound.
    programs: linear programs at any openings, warm at the plan's.
    """

    plan: Plan
    do_minimum: Plan
    model: Model
    matrix: Matrix
    point: Number
    proof: Matrix
    row_duals: Number | None
    status: str
    objective: float
    do_minimum_objective: float
    bound: float
    least_shortfall: float
    least_shortfall_bound: float
    least_shortfall_proven: bool
    limit_on_shortfall: float
    seconds: dict[str, float]
    steps: tuple[tuple[str, float, float, float], ...]
    met: tuple[Number, ...] = ()
    leaves: Leaves | None = None
    least: CutProof | None = None
    cuts: CutProof | None = None
    programs: AtOpenings | None = None

    @property
    def reduced_of_openings(self) -> Number:
        """Return the reduced cost of each opening in the linear relaxation; empty where there are no duals."""
        if self.row_duals is None:
            return np.zeros(0)
        reduced = np.asarray(self.proof.cost - self.proof.rows.T @ self.row_duals)
        return reduced[self.model.problem.blocks["openings"].columns]

    @property
    def gap(self) -> float:
        """Return the part of the objective that might still be bettered."""
        return 0.0 if self.objective <= 1e-9 else max(0.0, (self.objective - self.bound) / self.objective)

    @property
    def controllable_gap(self) -> float:
        """Return the same as a part of what the plan could change: most of the objective is travel that no plan avoids."""
        if self.objective <= 1e-9:
            return 0.0
        change = max(self.do_minimum_objective - self.objective, 0.01 * self.objective)
        return max(0.0, (self.objective - self.bound) / change)


def allocate(
    network: Network,
    prices: tuple[Prices, ...],
    keys: Sequence[str],
    scenario: Scenario,
    *,
    progress: Progress = silent,
) -> Allocation:
    """Return the best plan that leaves no avoidable child without a place.

    Raises NoPlanInTime when the time limit comes before any plan, SolverFailed when the solver can't be trusted.
    """
    check_solver()
    settings = scenario.settings.solve
    clock = Clock(settings.time_limit_seconds)
    model = build(network, prices, scales(prices, keys, scenario), scenario)
    matrix = model.problem.matrix()
    solver = Solver(settings.seed, settings.threads, progress)
    progress(f"The model has {matrix.rows.shape[1]:,} columns and {matrix.rows.shape[0]:,} rows", None)
    beside = None if is_small(matrix) else relaxed(solver, matrix, counted(model), PRICE_OF_SHORTFALL, clock.left)
    clock.lap("build")
    with solver.doing("Counting who has no place if nothing opens"):
        minimum = do_minimum(model, matrix, solver, clock)
    clock.lap("do-minimum")
    with solver.doing("Looking for openings that leave the fewest children without a place"):
        first = least_shortfall(model, matrix, solver, minimum, clock, beside, settings.sufficiency_tolerance)
    clock.lap("sufficiency")
    limit = limit_on_shortfall(first.objective, first.bound, settings.sufficiency_tolerance)
    progress(
        f"At least {first.objective:,.1f} child-years have no place; {minimum.shortfall:,.1f} if nothing opens", None
    )
    limited = with_limit(model, matrix, limit)
    solver.offset = model.constant
    search = Search(solver, limited, gap=settings.gap, offset=model.constant, ends=clock.ends)
    polish = Polish(solver, limited, lambda: max(clock.left(), LAST_SHARE * clock.limit))
    by_cover = ByCover(model, limited, solver, limit)
    nothing_more = Once(lambda: minimum.complete(model, solver, clock.limit))

    def last_programs(best: Number) -> Number:
        """Solve those of the do-minimum and of a plan; return the plan."""
        nothing_more.result()
        return polish.of(best)

    if beside is None or minimum.shortfall + ROUNDING <= limit:
        nothing_more.result()
    if minimum.shortfall + ROUNDING <= limit:
        search.start_from(nothing_more.result())
    if beside is None:
        search.start_from(_complete(model, limited, solver, first.point, clock))
        found = search.directly(network.options.rank_of_opening())
    else:
        found = search.by_relaxation(
            beside, limit, first.cuts, lambda: _complete(model, limited, solver, first.point, clock), polish.of,
            by_cover, last_programs,
        )  # fmt: skip
    clock.lap("weighted constraints")
    branched = _branched(limited, solver, found, clock, settings.proof_share, by_cover.branched)
    least = (
        least_proof(model, limited, solver, first, LEAST_SECONDS) if limit > 0 and settings.proof_share > 0 else None
    )
    clock.lap("leaves")
    found = _bettered(found, limited, branched, settings.gap, solver)
    cuts = _by_cuts(model, limited, solver, found, branched, clock, settings.proof_share)
    clock.lap("cuts")
    with solver.doing("Solving the plan's last linear program"):
        point, without = (
            placed_anew(model, matrix, solver, plan) for plan in (last_programs(found.point), nothing_more.result())
        )
    clock.lap("polish")
    duals = found.row_duals
    if beside is None:
        duals = solver.lp(limited, seconds=60.0, corner=True, method="choose").row_duals
    proof = limited if beside is None else beside.matrix
    return Allocation(
        model.plan(point), model.plan(without), model, limited, point, proof, duals, found.status,
        float(matrix.cost @ point) + model.constant, float(matrix.cost @ without) + model.constant,
        found.bound + model.constant, *_fewest(model, first, point, without), first.status == "Optimal", limit, clock.laps, tuple(search.steps),
        tuple(search.met),
        None if branched is None else branched.leaves,
        least,
        cuts,
        polish.programs,
    )  # fmt: skip


def _fewest(model: Model, first: Found, *points: Number) -> tuple[float, float]:
    """Return the fewest children without a place that any stage found, and a bound that is not above it."""
    fewest = min(first.objective, *(float(counted(model) @ np.maximum(point, 0.0)) for point in points))
    return fewest, min(first.bound, fewest)


def as_proven(allocation: Allocation, proven: Certified, gap: float) -> Allocation:
    """Return an allocation with the bounds that its certificate proves, where they are better than the solver's word.

    gap: the relative gap that was asked for; a plan that is proven to be within it is told as proven.
    """
    short = allocation.least_shortfall
    least = proven.least_at_least(allocation.least_shortfall_bound, short)
    bound = proven.at_least(allocation.bound, allocation.objective)
    better = replace(
        allocation, bound=bound, least_shortfall_bound=least, least_shortfall_proven=short - least <= TOLERANCE
    )
    return replace(better, status=PROVEN) if better.gap <= gap else better


def _complete(model: Model, matrix: Matrix, solver: Solver, point: Number, clock: Clock) -> Number | None:
    """Return the best plan at the openings of stage 1: a plan always stands, so it may take as long again as all else."""
    block = model.problem.blocks["openings"]
    fixed = with_openings(matrix, np.round(point[block.columns]), matrix.integer)
    with solver.doing("Working out the best journeys at the first openings"):
        answer = solver.lp(fixed, seconds=max(clock.left(), clock.limit))
    return None if answer.point is None else whole(answer.point, matrix.integer)


def _branched(
    matrix: Matrix, solver: Solver, found: Found, clock: Clock, share: float, known: Branched | None
) -> Branched | None:
    """Return leaves that prove as much as the solver says, as far as there is time. known: what the search has found.

    Of a large problem only in what is left over, of a huge one not at all: one of its linear programs takes minutes.
    """
    spent, left, small = clock.limit - clock.left(), clock.left(), is_small(matrix)
    seconds = max(share * spent, LEAVES_LEAST) if small else min(share * spent, left)
    if share <= 0 or known is not None:
        return known if share > 0 else None
    if not matrix.integer.any() or is_huge(matrix) or not (small or left >= LEAVES_LARGE):
        return None
    solver.told("Proving the plan leaf by leaf", None)
    slack = LEAVES_AIM * abs(found.objective + solver.offset)
    aim = min(found.bound, found.objective) - slack
    return branch(solver, matrix, known=found.objective, aim=aim, seconds=seconds, programs=PROGRAMS)


def _by_cuts(
    model: Model,
    limited: Matrix,
    solver: Solver,
    found: Found,
    branched: Branched | None,
    clock: Clock,
    share: float,
) -> CutProof | None:
    """Return cuts that prove a plan where leaves don't reach the best plan's objective; of a small problem alone."""
    aim = found.objective - LEAVES_AIM * abs(found.objective + solver.offset)
    if share <= 0 or not is_small(limited) or (branched is not None and branched.bound >= aim):
        return None
    seconds = max(share * (clock.limit - clock.left()), LEAVES_LEAST)
    first = solver.lp(limited, seconds=seconds).row_duals
    return cut_proof(model, limited, solver, found.objective, aim, first, seconds)


def _bettered(found: Found, matrix: Matrix, branched: Branched | None, gap: float, solver: Solver) -> Found:
    """Return the better plan where the leaves found one, with what they prove: then the solver's word was false."""
    if branched is None or branched.better is None:
        return found
    objective = float(matrix.cost @ branched.better)
    proven = objective - branched.bound <= gap * abs(objective + solver.offset) + LEAVES_AIM
    solver.told(f"The leaves found a better plan than the solver: {objective + solver.offset:,.4f}", None)
    status = "Optimal" if proven else "Time limit reached"
    return replace(found, point=branched.better, objective=objective, bound=branched.bound, status=status)

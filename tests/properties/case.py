"""One generated authority, planned once: what the laws ask of it, and its problem solved again under other terms."""

from dataclasses import replace

import numpy as np

from authorities import KEYS
from enumeration import Enumerated, costs_by_principle
from placeplan.allocate.model import build
from placeplan.allocate.scales import scales
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import counted
from placeplan.principles.nine import NINE
from properties.officer import Estate
from towns import plan_for

LARGE = 1e-6


class Case:
    """matrix: the second stage, the limit on the shortfall in it.  value: its objective, constant left out.

    chance: for what a law tries on one of many (a principle, an option, a ladder).
    """

    def __init__(self, town, seed):
        self.town, self.chance = town, np.random.default_rng(seed)
        self.planned = plan_for(town)
        self.net, self.told = self.planned.network, self.planned.allocation
        self.plan, self.model, self.matrix = self.told.plan, self.told.model, self.told.matrix
        self.value = self.told.objective - self.model.constant
        self.whole = np.flatnonzero(self.matrix.integer)
        self.parts = costs_by_principle(self.model)
        self.decisions = self.net.options.decisions
        self.solver, self.recounted = quiet(), []

    def room(self, value=None):
        """What two exact values may differ by."""
        return LARGE * max(1.0, abs(self.value if value is None else value))

    def solved(self, matrix, *, solver=None, start=None):
        """The least value of another matrix (inf where nothing can stand) and its point."""
        answer = (solver or self.solver).mip(matrix, seconds=60, gap=0.0, start=start)
        assert answer.status in {"Optimal", "Infeasible"}, answer.status
        return (answer.objective if answer.point is not None else np.inf), answer.point

    def least_shortfall(self, matrix):
        """The least shortfall of the first stage of another matrix (without the limit)."""
        count = len(self.model.problem.lower)
        cost = np.zeros(len(matrix.cost))
        cost[:count] = counted(self.model)
        return max(self.solved(replace(matrix, cost=cost))[0], 0.0)

    def first_stage(self):
        """All rows but the limit on the shortfall."""
        return self.model.problem.matrix()

    def truth(self, matrix):
        """The least value by plain enumeration."""
        return Enumerated(matrix, self.decisions).least()

    def rows_named(self, *beginnings):
        """Which rows carry a name that begins so."""
        named = np.array([name.startswith(beginnings) for name in self.matrix.row_names])
        return named[self.matrix.row_kind]

    def without_rows(self, *beginnings):
        """The second stage with some rows taken away."""
        gone = self.rows_named(*beginnings)
        sides = np.where(gone, -np.inf, self.matrix.row_lower), np.where(gone, np.inf, self.matrix.row_upper)
        return replace(self.matrix, row_lower=sides[0], row_upper=sides[1])

    def weighted(self, key, more):
        """The second stage with more weight on one principle."""
        return replace(self.matrix, cost=self.matrix.cost + more * self._long(self.parts[KEYS.index(key)]))

    def rebuilt(self, town=None, prices=None):
        """The model built anew from the same network: of other settings, or of other prices."""
        town, prices = town or self.town, prices or self.planned.prices
        return build(self.net, prices, scales(prices, KEYS, town), town)

    def forced(self, decision, *, open_):
        """The second stage with a decision forced in (by its last year) or out."""
        mine = self.whole[self.net.options.opening_decision == decision]
        lower, upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        if open_:
            lower[mine[-1]] = 1.0
        else:
            upper[mine] = 0.0
        return replace(self.matrix, lower=lower, upper=upper)

    def deviation(self, key, point):
        """A principle's own deviation at a point of the solver."""
        k = KEYS.index(key)
        return self.model.scales[k].deviation(self.model.prices[k].loss(self.model.plan(point)))

    def opens(self, plan=None):
        """Decision → planned year, None where it stays shut."""
        years = (plan or self.plan).opens()
        return {d.name: (int(t) if t >= 0 else None) for d, t in zip(self.decisions, years, strict=True)}

    def read(self, plan):
        """Schools and places at the openings of a plan, as an officer reads them."""
        return Estate(self.town, self.opens(plan), self.net.demand.retention)

    def losses(self, plan):
        """Each principle's loss, recounted from the plan's tables."""
        for other, told in self.recounted:
            if other is plan:
                return told
        self.recounted.append((plan, [principle.measure(plan, self.town).loss for principle in NINE]))
        return self.recounted[-1][1]

    def _long(self, cost):
        return np.concatenate([cost, np.zeros(len(self.matrix.cost) - len(cost))])


def quiet(seed=1, threads=1, **always):
    """A solver that tells nothing; always: options of every solve."""
    solver = Solver(seed, threads, lambda *_: None)
    begin = solver.begin
    solver.begin = lambda matrix, options, *, integer: begin(matrix, options | always, integer=integer)
    return solver

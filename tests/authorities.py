"""Small authorities in a line: the bundled town and pyramid, changed as a test needs them, planned in a second."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from placeplan.allocate.allocate import Allocation, allocate
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import Network, network
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from placeplan.scenario.read import read_scenario
from placeplan.scenario.scenario import Scenario

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
KEYS = [p.key for p in NINE]


@dataclass(frozen=True)
class Planned:
    scenario: Scenario
    network: Network
    prices: tuple
    allocation: Allocation

    @property
    def opens(self):
        names = [d.name for d in self.network.options.decisions]
        return {n: int(t) for n, t in zip(names, self.allocation.plan.opens(), strict=True) if t >= 0}

    def deviation(self, key, plan=None):
        k = KEYS.index(key)
        return self.allocation.model.scales[k].deviation(self.prices[k].loss(plan or self.allocation.plan))

    def measure(self, key, plan=None):
        return NINE[KEYS.index(key)].measure(plan or self.allocation.plan, self.scenario)


@cache
def scenario(name):
    return read_scenario(SCENARIOS / name)


def weighted(given, **weights):
    """The scenario with some weights changed; cost keeps its own unless named."""
    changed = given.settings.weights.model_copy(update=weights)
    return replace(given, settings=given.settings.model_copy(update={"weights": changed}))


def only(given, *keys):
    """The scenario in which only some principles count, and cost next to nothing."""
    return weighted(given, **{k: float(k in keys) for k in KEYS}, cost=1e-6)


def with_table(given, name, change):
    """The scenario with one table changed by a function."""
    return replace(given, tables={**given.tables, name: change(given.table(name).copy())})


def opening_only(given, decision, year=None):
    """The scenario in which only one decision may open, in one planned year where that is named."""

    def change(table):
        name = table["package"].where(table["package"] != "", table["option"])
        table = table[name == decision].copy()
        if year is not None:
            table["latest_opening"] = given.planned_years[year]
            table["shift"] = given.planned_years[year] - table["earliest_opening"]
        return table

    changed = with_table(given, "options", change)
    if year is None:
        return changed
    shift = changed.table("options").set_index("option")["shift"]

    def later(table):
        table = table[table["option"].isin(shift.index)].copy()
        table["academic_year"] = table["academic_year"] + table["option"].map(shift)
        return table

    changed = with_table(changed, "phase_plan", later)
    return with_table(changed, "options", lambda t: t.assign(earliest_opening=given.planned_years[year]))


def plan_for(given):
    could_go = network(given, forecast(given), options(given))
    prices = tuple(p.prices(could_go, given) for p in NINE)
    return Planned(given, could_go, prices, allocate(could_go, prices, KEYS, given))


def moves_walked(planned, plan=None):
    """Mean moves a child from Reception to Year 11, counted stay by stay in plain Python."""
    plan = plan or planned.allocation.plan
    net = planned.network
    joins = 0.0
    for k, children in enumerate(plan.stays):
        node = net.stays.node[k]
        if node >= 0 and 1 <= net.nodes.nc[node] <= 11:
            joins += children
    new = sum(e for e, n in zip(net.nodes.enters, net.nodes.nc, strict=True) if 1 <= n <= 11)
    return (joins - new) / (net.demand.child_years(0, 11) / 12)


def total_moves(planned):
    """Moves in units of one cohort, over the horizon."""
    return planned.measure("single_phase").value * len(planned.network.years)


def enumerated(planned):
    """The least objective over all openings, each fixed and solved as a linear program: no branching at all."""
    from itertools import product

    from placeplan.allocate.problem import with_openings
    from placeplan.allocate.solve import Solver

    opts = planned.network.options
    solver = Solver(1, 1, lambda *_: None)
    matrix = planned.allocation.matrix
    best = np.inf
    open_to = [d for d in opts.decisions if not d.refused]
    for chosen in product(*[range(-1, d.last - d.first + 1) for d in open_to]):
        steps = [np.arange(d.last - d.first + 1) >= (c if c >= 0 else 99) for d, c in zip(open_to, chosen, strict=True)]
        y = np.concatenate(steps) if steps else np.zeros(0)
        answer = solver.lp(with_openings(matrix, y.astype(float), matrix.integer), seconds=30, method="simplex")
        if answer.point is not None and answer.status == "Optimal":
            best = min(best, answer.objective)
    return best + planned.allocation.model.constant

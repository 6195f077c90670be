"""Futures: the plan and its nearest rivals, each tried in simulated futures of the forecast, journeys decided anew."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.at_demand import Outcome, outcomes
from placeplan.allocate.model import build
from placeplan.allocate.solve import Solver
from placeplan.appraise.standing import DO_MINIMUM, Robustness
from placeplan.appraise.time_for import TimeFor, time_for
from placeplan.appraise.tried import Tried, tried
from placeplan.domain.arrays import Number
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import network
from placeplan.journeys.states import LAST_COMPULSORY
from placeplan.principles.nine import principles_of
from placeplan.scenario.scenario import Scenario

RIVALS = 4  # tried beside the plan and the do-minimum: those nearest to it
SHARE_OF_TIME = 0.25  # of the time limit, for a large authority; a small one is done to the end


def futures(allocation: Allocation, sure: Robustness, scenario: Scenario, *, progress: Progress = silent) -> Tried:
    """Return how often the plan stays first where the children are those of other draws of the forecast.

    Openings, prices' scales and the children on roll today stay; who comes, and so who goes where, is another in each.
    The futures are the first of those that the forecast's intervals are made of. Of a large authority as many as a
    quarter of the time limit allows, where that is ten minutes or more, else none.
    """
    settings, may = scenario.settings.solve, time_for(allocation, scenario, SHARE_OF_TIME)
    wanted = settings.futures if may.there_is else 0
    names, openings = _compared(sure)
    children, found = list[float](), list[list[Outcome]]()
    draws = allocation.model.network.forecast.futures.zones(wanted)
    for k, central in enumerate(draws):
        progress("Trying the plan and its rivals in other futures", k / len(draws))
        outcome = _in(central, allocation, scenario, openings, may)
        if outcome is None:
            break
        children.append(float(central[:, :, : LAST_COMPULSORY + 1].sum()))
        found.append(outcome)
    shape = (len(found), len(names))
    short = np.array([[one.shortfall for one in each] for each in found]).reshape(shape)
    value = np.array([[one.objective for one in each] for each in found]).reshape(shape)
    return tried(names, np.array(children), short, value, settings.sufficiency_tolerance)


def _compared(sure: Robustness) -> tuple[list[str], list[Number]]:
    """Return the plan, the do-minimum and the nearest rivals that could be first: names and openings."""
    table, rows = sure.table, list(sure.rows)
    names = table["plan"].astype(str).tolist()
    near = [k for k in range(1, len(names)) if names[k] != DO_MINIMUM and not np.isnan(table["share_first"].iloc[k])]
    minimum = [k for k in range(1, len(names)) if names[k] == DO_MINIMUM]
    taken = [0, *minimum, *near[:RIVALS]]
    return [names[k] for k in taken], [sure.pool.openings[rows[k]] for k in taken]


def _in(
    central: Number, allocation: Allocation, scenario: Scenario, openings: Sequence[Number], may: TimeFor
) -> list[Outcome] | None:
    """Return the outcome of each openings in one future; None where time runs out. central: zone × year × NC year."""
    of, settings = allocation.model.network, scenario.settings.solve
    there = network(scenario, replace(of.forecast, central=central), of.options)
    prices = tuple(principle.prices(there, scenario) for principle in principles_of(scenario.settings))
    model = build(there, prices, allocation.model.scales, scenario)
    solver = Solver(settings.seed, settings.threads, silent)
    return outcomes(model, openings, solver, may.left)

"""Beyond the horizon: the plan and its rivals priced again over more years, openings held, journeys decided anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.at_demand import Outcome, each_outcome, outcomes
from placeplan.allocate.model import build
from placeplan.allocate.opening_rules import nearest_openings
from placeplan.allocate.scales import scales
from placeplan.allocate.solve import Solver
from placeplan.appraise.longer import Longer, horizons, longer
from placeplan.appraise.robustness import known_openings
from placeplan.appraise.standing import DO_MINIMUM, Robustness
from placeplan.appraise.time_for import A_MOMENT, TimeFor, time_for
from placeplan.domain.arrays import Number
from placeplan.domain.progress import Progress, silent
from placeplan.domain.years import name_of_year
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import principles_of
from placeplan.scenario.scenario import Scenario

NEAREST = 4  # rivals: those nearest to the plan
RIVALS = 8  # and with them those in which something opens that the plan leaves, or sooner
SHARE_OF_TIME = 0.2  # of the time limit, for a large authority; a small one is done to the end


@dataclass(frozen=True)
class Compared:
    """A plan to be counted: its name, its openings, and its outcome over the planned years."""

    name: str
    openings: Number
    planned: Outcome


@dataclass(frozen=True)
class Beyond:
    """counted: how plans stand over longer horizons.  openings: plan → what it opens, of those counted."""

    counted: Longer
    openings: dict[str, Number]


def beyond(allocation: Allocation, sure: Robustness, scenario: Scenario, *, progress: Progress = silent) -> Beyond:
    """Return whether the plan stays first where years after the planned ones count too.

    The forecast goes on as it would in a scenario of that many years; what opens is held in its year and nothing more opens.
    The planned years are told beside, as robustness tells them. Of a large authority as many horizons as a share of the
    time limit allows, where that is ten minutes or more, else none.
    """
    settings, may = scenario.settings.solve, time_for(allocation, scenario, SHARE_OF_TIME)
    own = scenario.settings.horizon_years
    wanted = horizons(own, settings.horizons_beyond) if may.there_is else []
    plans = _compared(allocation, sure, scenario, may) if wanted else []
    found = [[plan.planned for plan in plans]]
    for k, years in enumerate(wanted):
        progress("Counting on beyond the horizon", k / len(wanted))
        outcome = _over(years, scenario, [plan.openings for plan in plans], may)
        if outcome is None:
            break
        found.append(outcome)
    known, best = known_openings(allocation), plans[0].openings if plans else np.zeros(0)
    short, value = (np.array([[getattr(o, of) for o in each] for each in found]) for of in ("shortfall", "objective"))
    told = longer(
        [plan.name for plan in plans], [known.otherwise(best, plan.openings) for plan in plans],
        [own, *wanted][: len(found)], (short, value), settings.sufficiency_tolerance,
    )  # fmt: skip
    return Beyond(told, {plan.name: plan.openings for plan in plans})


def over_years(scenario: Scenario, years: int) -> Scenario:
    """Return the scenario with another horizon. Anchors that it gives itself are sums over its years, so they go along."""
    settings = scenario.settings
    times = years / settings.horizon_years
    anchors = {
        key: anchor.model_copy(
            update={n: None if v is None else v * times for n, v in (("ideal", anchor.ideal), ("unacceptable", anchor.unacceptable))}
        )
        for key, anchor in settings.anchors.items()
    }  # fmt: skip
    expected = settings.forecast.model_copy(update={"draws": 0})
    return replace(
        scenario,
        settings=settings.model_copy(update={"horizon_years": years, "anchors": anchors, "forecast": expected}),
    )


def _compared(allocation: Allocation, sure: Robustness, scenario: Scenario, may: TimeFor) -> list[Compared]:
    """Return the plan, the do-minimum, the nearest rivals that could be first, and plans that open what the plan leaves."""
    table, pool = sure.table, sure.pool.openings[list(sure.rows)]
    known = [
        Compared(str(row["plan"]), openings, Outcome(float(row["shortfall"]), float(row["objective"])))
        for row, openings in zip(table.to_dict("records"), pool, strict=True)
    ]
    could = table["share_first"].notna().tolist()
    near = [plan for plan, able in zip(known[1:], could[1:], strict=True) if able and plan.name != DO_MINIMUM]
    taken = [known[0], *(plan for plan in known[1:] if plan.name == DO_MINIMUM), *near[:NEAREST]]
    most = len(taken) + RIVALS - len(near[:NEAREST])
    solver = Solver(scenario.settings.solve.seed, scenario.settings.solve.threads, silent)
    new: list[tuple[str, Number]] = []
    for name, openings in _early(allocation, solver):
        if len(taken) + len(new) >= most or may.is_up:
            break
        if not any((plan == openings).all() for plan in (*(one.openings for one in taken), *(one for _, one in new))):
            met = [plan for plan in known if (plan.openings == openings).all()]
            taken += met
            new += [] if met else [(name, openings)]
    priced = each_outcome(allocation.model, [one for _, one in new], solver, may.left)
    return [*taken, *(Compared(*one, planned) for one, planned in zip(new, priced, strict=True) if planned is not None)]


def _early(allocation: Allocation, solver: Solver) -> Iterator[tuple[str, Number]]:
    """Yield the plan with one decision opened as early as it may be, the dearest first, and what rules ask for beside it.

    Of those that it doesn't open, or opens later. Capital is charged in full whatever the horizon, and what it brings only
    as far as the horizon goes: so the dearer a decision is, and the earlier it opens, the more a longer horizon may change.
    """
    matrix, of = allocation.matrix, allocation.plan.network.options
    best = np.round(allocation.plan.openings)
    years, whole = allocation.plan.network.years, np.flatnonzero(matrix.integer)
    for k in sorted(range(len(of.decisions)), key=lambda k: -of.decisions[k].capital_pounds):
        columns = np.flatnonzero(of.opening_decision == k)
        decision = of.decisions[k]
        possible = [j for j in columns if of.opening_year[j] not in decision.barred]
        if not possible or decision.committed or best[possible[0]] == 1:
            continue
        lower = matrix.lower.copy()
        lower[whole[columns[columns >= possible[0]]]] = 1.0
        openings = nearest_openings(replace(matrix, lower=lower), best, solver, A_MOMENT)
        if openings is not None:
            yield f"with {decision.name} in {name_of_year(years[of.opening_year[possible[0]]])}", openings


def _over(years: int, scenario: Scenario, openings: Sequence[Number], may: TimeFor) -> list[Outcome] | None:
    """Return the outcome of each openings over so many years; None where time runs out."""
    if may.is_up:
        return None
    settings, there = scenario.settings.solve, over_years(scenario, years)
    could_go = network(there, forecast(there), options(there))
    principles = principles_of(there.settings)
    prices = tuple(principle.prices(could_go, there) for principle in principles)
    model = build(could_go, prices, scales(prices, [p.key for p in principles], there), there)
    return outcomes(model, openings, Solver(settings.seed, settings.threads, silent), may.left)

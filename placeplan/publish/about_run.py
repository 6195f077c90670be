"""About a run: what run.json says beside the list of files."""

from collections.abc import Sequence

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.limit import NO_SHORTFALL
from placeplan.allocate.scales import whole_budget
from placeplan.appraise.scorecard import Scorecard
from placeplan.domain.years import name_of_year
from placeplan.forecast.value import Forecast
from placeplan.publish.provenance import GAP_NOTE, provenance
from placeplan.scenario.scenario import Scenario


def about_run(
    scenario: Scenario,
    told: Forecast,
    allocation: Allocation,
    card: Scorecard,
    more: Sequence[str],
    laps: dict[str, float],
) -> dict[str, object]:
    """Return what run.json says beside the list of files.  more: remarks beside those of the scorecard."""
    settings = scenario.settings
    plan, minimum = allocation.plan, allocation.do_minimum
    capital = sum(
        d.capital_pounds for d, opens in zip(plan.network.options.decisions, plan.opens(), strict=True) if opens >= 0
    )
    return {
        "command": "run",
        "scenario": settings.name,
        "title": settings.title,
        "la_code": settings.la_code,
        "base_year": name_of_year(settings.base_year),
        "planned_years": [name_of_year(y) for y in scenario.planned_years],
        **provenance(scenario),
        "weights": settings.weights_told(),
        "targets": settings.targets,
        "must": settings.must,
        "scales": {
            s.key: {name: getattr(s, name) for name in ("weight", "ideal", "unacceptable", "target", "movable")}
            for s in allocation.model.scales
        },
        "status": allocation.status,
        "objective": allocation.objective,
        "bound": _known(allocation.bound),
        "gap": _known(allocation.gap),
        "controllable_gap": _known(allocation.controllable_gap),
        "gap_note": GAP_NOTE,
        "do_minimum": {"objective": allocation.do_minimum_objective, "shortfall": minimum.shortfall(0, 11)},
        "do_minimum_scores": card.scores(card.do_minimum),
        "scores": card.scores(card.plan),
        "shortfall": plan.shortfall(0, 11),
        "shortfall_post_16": plan.shortfall(12, 13),
        "least_shortfall": allocation.least_shortfall,
        "least_shortfall_bound": allocation.least_shortfall_bound,
        "least_shortfall_proven": allocation.least_shortfall_proven,
        "sufficiency_limit": allocation.limit_on_shortfall,
        "capital_pounds": capital,
        "price_base": settings.budget.price_base,
        "discount_rate": settings.budget.discount_rate,
        "budget_pounds": whole_budget(plan.network, scenario),
        "cost_contribution": float(allocation.model.cost @ plan.openings),
        "solver": {
            "name": "HiGHS",
            "gap_asked": settings.solve.gap,
            "time_limit_seconds": settings.solve.time_limit_seconds,
            "threads": settings.solve.threads,
            "sufficiency_tolerance": settings.solve.sufficiency_tolerance,
            "mip_allow_restart": False,
        },
        "steps": [dict(zip(("step", "seconds", "best", "bound"), _finite(s), strict=True)) for s in allocation.steps],
        "seconds": {k: round(v, 3) for k, v in laps.items()},
        "notes": list(told.notes),
        "musts_missed": {key: reached - asked for key, (asked, reached) in card.missed_musts().items()},
        "remarks": [*card.remarks(), *more],
        "exit_code": 3 if plan.shortfall(0, 11) > NO_SHORTFALL else 0,
        "declared_to_vary": ["seconds", "steps", "versions"],
    }


def _finite(step: tuple[str, float, float, float]) -> tuple[object, ...]:
    """Return a step with what isn't known told as None."""
    return (step[0], *(round(x, 9) if abs(x) < float("inf") else None for x in step[1:]))


def _known(figure: float) -> float | None:
    """Return a figure, or None where the time limit came before anything was proven."""
    return figure if abs(figure) < float("inf") else None

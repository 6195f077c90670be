"""Forcing: what it costs to force a decision out of the plan, or into it, in sentences: places, musts, then the objective."""

import numpy as np

from placeplan.allocate.limit import NO_SHORTFALL
from placeplan.allocate.model import LAST_COMPULSORY
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import both
from placeplan.appraise.explain.worsening import (
    NOTHING,
    Worsening,
    how_much,
    of_musts,
    run_s_gap,
    what_else,
    who_pays,
)
from placeplan.domain.years import name_of_year
from placeplan.options.option import GROUPS

TENTH = 0.05  # student-years: less is not shown


def of_forcing(told: Told, decision: int, found: Worsening, *, chosen: bool) -> list[str]:
    """Say what forcing a decision out, or in, would cost."""
    other = found.other
    condition = "Without it" if chosen else "With it"
    if other.broken:
        way = "It could not be left out" if chosen else "It could not be opened"
        return [f"{way} whatever else were decided: in the way is {both(other.broken)}."]
    said = [_lacking(told, found, condition)]
    if other.plan is None:
        return [*said, f"No plan {condition.lower()} was found in {told.seconds:.0f} seconds. Give --seconds more."]
    said += _older(told, found, condition)
    musts = of_musts(found, condition, told.seconds)
    opens = other.plan.opens()[decision]
    when = f", best in {name_of_year(told.network.years[opens])}," if not chosen else ""
    said += [*musts, _of_the_objective(told, found, f"{condition}{when}", before_weights=bool(musts)), who_pays(found)]
    return [*said, *filter(None, [what_else(told.again, other.plan, decision)])]


def _of_the_objective(told: Told, found: Worsening, condition: str, *, before_weights: bool) -> str:
    """Say how the objective changes. before_weights: a must decides already."""
    objective = found.before.weighed
    after = objective + found.change
    if before_weights or leaves_out(told, found):
        if abs(found.change) <= NOTHING * max(1.0, objective):
            return f"{condition} the rest of the objective would be the same: {objective:.4f}."
        way, why = ("lower", ", paid for by that") if found.change < 0 else ("higher", " as well")
        return f"{condition} the rest of the objective would be {abs(found.change):.4f} {way}{why}."
    if abs(found.change) <= NOTHING * max(1.0, objective):
        return f"{condition} the objective would be the same: {objective:.4f}. Equal plans; the model's order decides."
    if found.change < 0:
        return (
            f"{condition} the objective would be {abs(found.change):.4f} lower: a better plan than the run's, which is only "
            f"known to be within {run_s_gap(found, told.again)} of the best. Run longer (--effort proof) before you quote the run."
        )
    return (
        f"{condition} the objective (lower is better) would worsen from {objective:.4f} to {after:.4f}, "
        f"{how_much(found, told.again, told.seconds)}."
    )


def _lacking(told: Told, found: Worsening, condition: str) -> str:
    """Say whether more children R–11 would have no place: for sure, as far as was found, or perhaps."""
    other, limit = found.other, told.again.limit
    if other.plan is None and not np.isfinite(other.shortfall):
        return f"{condition}, whether every child has a place that the run gives one is not known yet."
    if not leaves_out(told, found):
        return f"{condition}, no more children from Reception to Year 11 need be without a place than the run allows."
    if other.fewest > limit + NO_SHORTFALL:
        return (
            f"{condition}, at least {other.fewest - limit:,.1f} child-years more from Reception to Year 11 would have no place "
            f"({other.shortfall:,.1f} against {limit:,.1f} that the run allows). Places come first, so no weight "
            "could turn this."
        )
    return (
        f"{condition}, the best that was found in {told.seconds:.0f} seconds leaves {other.shortfall - limit:,.1f} child-years more "
        "from Reception to Year 11 without a place; whether that can be avoided is not proven. Give --seconds more."
    )


def _older(told: Told, found: Worsening, condition: str) -> list[str]:
    """Say whether more or fewer students of Years 12 and 13 would have no place: that is weighed, not a condition."""
    before, after = older_without_a_place(told, found)
    if abs(after - before) < TENTH:
        return []
    return [
        (
            f"{condition}, {abs(after - before):,.1f} student-years {'more' if after > before else 'fewer'} of Years 12 and 13 would have "
            f"no place ({after:,.1f} against {before:,.1f} in the run), which is weighed, not forbidden."
        )
    ]


def older_without_a_place(told: Told, found: Worsening) -> tuple[float, float]:
    """Return the student-years of Years 12 and 13 without a place in the run and in the other plan."""
    assert found.other.plan is not None  # noqa: S101  (asked of a plan that was found)
    older = LAST_COMPULSORY + 1
    return told.plan.shortfall(older, GROUPS - 1), found.other.plan.shortfall(older, GROUPS - 1)


def leaves_out(told: Told, found: Worsening) -> bool:
    """Return whether the condition leaves more children R–11 without a place than the run allows."""
    return bool(np.isfinite(found.other.shortfall) and found.other.shortfall > told.again.limit + NO_SHORTFALL)

"""What must be true of every allocation, tried on generated towns at the exact optimum (both gaps 0)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import KEYS, with_table
from cases import cases
from placeplan.domain.errors import ScenarioProblems
from placeplan.scenario.settings import Anchor
from properties.compared import NEAR, SAME, best, budgeted, no_worse, settled
from towns import conversion, plan_for, three_tier_town, towns


@given(town=towns(most_options=3))
@cases(2)
def test_more_places_never_leave_more_children_out(town):
    before = np.inf
    for extra in (0, 5, 10, 20):
        bigger = with_table(
            town,
            "schools",
            lambda t, more=extra: t.assign(pan=t["pan"] + more, net_capacity=t["net_capacity"] + 14 * more),
        )
        short = plan_for(bigger).allocation.least_shortfall
        assert short <= before + NEAR
        before = short


@given(town=towns(most_options=3))
@cases(2)
def test_a_larger_budget_never_worsens_the_plan(town):
    free = settled(town, weights=town.settings.weights.model_copy(update={"cost": 1e-9}))
    before = (np.inf, np.inf)
    for pounds in (1.0, 1e5, 1e6, 1e7):
        here = best(budgeted(free, pounds))
        assert no_worse(here, before)
        before = here


def decided(town, decision):
    """The best with an option already decided; nothing where that would leave too few places for those on roll."""
    try:
        return best(with_table(town, "options", lambda t: t.assign(committed=t["option"].isin(decision.options))))
    except ScenarioProblems:
        return np.inf, np.inf


@given(town=towns(budget=False, most_options=3))
@cases(2)
def test_a_must_that_the_plan_meets_keeps_it_and_any_other_never_betters_it(town):
    town = budgeted(with_table(town, "options", lambda t: t.assign(needs="", follows="", excludes="", ofsted="good")))
    town = with_table(
        town, "schools", lambda t: t.assign(ofsted="good")
    )  # or the gate, and no wish, would shut options
    planned = plan_for(town)
    whole = planned.allocation.least_shortfall, planned.allocation.objective
    for decision in planned.network.options.decisions:
        forced = decided(town, decision)
        if decision.name in planned.opens:
            assert forced == pytest.approx(whole, **SAME)
        else:
            assert no_worse(whole, forced)


@given(town=towns(most_options=2), key=st.sampled_from(KEYS))
@cases(3)
def test_a_principle_scores_0_at_its_ideal_and_1_at_the_unacceptable(town, key):
    planned = plan_for(town)
    loss = planned.prices[KEYS.index(key)].loss(planned.allocation.plan)
    ends = Anchor(ideal=max(loss - 3, 0.0), unacceptable=loss + 7)
    anchored = plan_for(settled(town, anchors={key: ends}))
    scale = anchored.allocation.model.scales[KEYS.index(key)]
    assert (scale.u(ends.ideal), scale.u(ends.unacceptable)) == pytest.approx((0, 1))
    parts = sum(s.weight * anchored.deviation(s.key) for s in anchored.allocation.model.scales)
    cost = float(anchored.allocation.model.cost @ anchored.allocation.plan.openings)
    assert anchored.allocation.objective == pytest.approx(parts + cost, **SAME)


@given(town=towns(most_options=3))
@cases(2)
def test_more_children_never_leave_fewer_out(town):
    before = 0.0
    for growth in (1.0, 1.1, 1.5, 2.0):
        grown = with_table(town, "births", lambda t, g=growth: t.assign(births=t["births"] * g))
        short = plan_for(grown).allocation.least_shortfall
        assert short >= before - NEAR
        before = short


@given(size=st.sampled_from([6, 10, 30]), year=st.integers(0, 3), more=st.integers(2, 5))
@cases(4)
def test_a_three_tier_town_that_becomes_two_tier_walks_fewer_moves_the_longer_it_is_watched(size, year, more):
    """Two moves a cohort before it, four in the year of the change (all of Years 5, 6, 7 and 9 begin anew), one after."""
    years = year + 1 + more
    rows = [r | {"committed": True} for r in conversion("TWO", "L", "M", "U", pan=(size, size), first=year, last=year)]
    before, after = (
        plan_for(three_tier_town(size=size, years=years)),
        plan_for(three_tier_town(options=rows, size=size, years=years)),
    )
    assert before.measure("single_phase").value == pytest.approx(2, abs=1e-9)
    assert after.measure("single_phase").value * years == pytest.approx(2 * year + 4 + more, abs=1e-6)

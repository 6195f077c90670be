"""What must be true of every allocation, tried on generated towns at the exact optimum (both gaps 0)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import KEYS, with_table
from cases import cases
from placeplan.scenario.settings import Anchor
from properties.compared import NEAR, SAME, best, budgeted, no_worse, settled
from towns import plan_for, towns


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
        forced = best(
            with_table(town, "options", lambda t, d=decision: t.assign(committed=t["option"].isin(d.options)))
        )
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

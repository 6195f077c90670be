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


def without_option(given, decision):
    def rest(table):
        name = table["package"].where(table["package"] != "", table["option"])
        return table[name != decision]

    return with_table(given, "options", rest)


def walked(plan):
    """Children at each area, planned year and NC year, told stay by stay in plain Python."""
    net = plan.network
    told = np.zeros((len(net.areas), len(net.years), 14))
    for stay, children in enumerate(plan.stays):
        bundle = net.stays.bundle[stay]
        left = children
        for t in range(int(net.bundles.joins[bundle]), int(net.bundles.ends[bundle]) + 1):
            nc = int(net.bundles.first_nc[bundle]) + t - int(net.bundles.joins[bundle])
            if t > net.bundles.joins[bundle]:
                left *= net.demand.retention[t, nc]
            if t >= 0:
                told[net.stays.area[stay], t, nc] += left
    for node, waiting in enumerate(plan.unplaced):
        area = net.area_of_origin()[net.nodes.origin[node]]
        told[area, net.nodes.year[node], net.nodes.nc[node]] += waiting
    return told


@given(town=towns())
@cases(3)
def test_every_child_is_on_one_stay_or_counted_as_without_a_place(town):
    planned = plan_for(town)
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        assert walked(plan) == pytest.approx(planned.network.demand.children, abs=NEAR)


@given(town=towns())
@cases(3)
def test_no_school_is_overfull_or_used_before_it_opens_or_after_it_closes(town):
    planned = plan_for(town)
    net = planned.network
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        rolls = plan.rolls()
        assert (rolls <= net.places.by_year_group.at(plan.openings).reshape(rolls.shape).clip(0) + NEAR).all()
        assert (rolls.sum(axis=2) <= net.places.net.at(plan.openings).reshape(rolls.shape[:2]) + NEAR).all()
        assert rolls[~net.states.taught[plan.states()]].max(initial=0) <= NEAR


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


@given(town=towns(budget=False))
@cases(3)
def test_an_option_that_nobody_chose_can_be_left_out_and_a_chosen_one_is_missed(town):
    town = budgeted(town)
    planned = plan_for(town)
    whole = planned.allocation.least_shortfall, planned.allocation.objective
    named = ";".join(town.table("options")[["needs", "follows", "excludes"]].sum(axis=1))
    for decision in planned.network.options.decisions:
        if decision.name in named.split(";"):
            continue
        rest = best(without_option(town, decision.name))
        if decision.name in planned.opens:
            assert no_worse(whole, rest)
        else:
            assert rest == pytest.approx(whole, **SAME)


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


@given(town=towns(most_options=4))
@cases(3)
def test_dropping_what_ties_options_together_never_worsens_the_plan(town):
    tied = best(town)
    for column in ("needs", "follows", "excludes"):
        if town.table("options")[column].ne("").any():
            assert no_worse(best(with_table(town, "options", lambda t, c=column: t.assign(**{c: ""}))), tied)


@given(town=towns(most_options=3), key=st.sampled_from(KEYS))
@cases(3)
def test_a_larger_weight_never_worsens_the_principle_s_own_deviation(town, key):
    ladder = [plan_for(town, **{key: weight}) for weight in (0.0, 1.0, 10.0)]
    deviations = [planned.deviation(key) for planned in ladder]
    slack = 2e-6 * max(1.0, ladder[-1].allocation.objective)
    assert deviations[1] <= deviations[0] + slack
    assert deviations[2] <= deviations[1] + slack
    values = [planned.allocation.objective for planned in ladder]
    assert values[0] <= values[1] + slack <= values[2] + 2 * slack
    assert values[1] >= 0.9 * values[0] + 0.1 * values[2] - slack  # concave along a line of weights


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


@given(town=towns(most_options=2), key=st.sampled_from(KEYS))
@cases(3)
def test_anchors_that_meet_are_told_as_out_of_reach_and_divide_by_nothing(town, key):
    met = plan_for(settled(town, anchors={key: Anchor(ideal=5.0, unacceptable=5.0)}))
    scale = met.allocation.model.scales[KEYS.index(key)]
    assert not scale.movable
    assert scale.u(1e9) == 0.0
    assert np.isfinite(met.allocation.objective)
    assert met.allocation.objective == pytest.approx(plan_for(town, **{key: 0.0}).allocation.objective, **SAME)


@given(town=towns(most_options=3))
@cases(3)
def test_openings_made_whole_stand_by_themselves(town):
    told = plan_for(town).allocation
    assert set(np.unique(told.plan.openings)) <= {0.0, 1.0}
    assert told.matrix.cost @ told.point + told.model.constant == pytest.approx(told.objective, **SAME)
    value = told.matrix.rows @ told.point
    assert (value <= told.matrix.row_upper + NEAR).all()
    assert (value >= told.matrix.row_lower - NEAR).all()


@given(town=towns(most_options=3))
@cases(2)
def test_more_children_never_leave_fewer_out(town):
    before = 0.0
    for growth in (1.0, 1.1, 1.5, 2.0):
        grown = with_table(town, "births", lambda t, g=growth: t.assign(births=t["births"] * g))
        short = plan_for(grown).allocation.least_shortfall
        assert short >= before - NEAR
        before = short

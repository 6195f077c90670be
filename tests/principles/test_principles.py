"""What every principle must hold: what the optimiser pays is what people are told, and weights do what they say."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import KEYS, plan_for, scenario, weighted
from cases import cases
from placeplan.principles.nine import NINE

MOVED_BY_AN_OPTION = set(KEYS)  # the town has an option for each of the nine


@cache
def town(key=None, weight=1.0):
    return plan_for(scenario("town") if key is None else weighted(scenario("town"), **{key: weight}))


@given(
    weights=st.lists(st.sampled_from([0.0, 0.3, 1.0, 4.0, 10.0]), min_size=9, max_size=9),
    cost=st.sampled_from([0.01, 0.1, 2.0]),
)
@cases(6)
def test_what_the_optimiser_pays_is_what_people_are_told(weights, cost):
    planned = plan_for(weighted(scenario("town"), **dict(zip(KEYS, weights, strict=True)), cost=cost))
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        for principle, price in zip(NINE, planned.prices, strict=True):
            assert price.loss(plan) == pytest.approx(principle.measure(plan, planned.scenario).loss, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("key", KEYS)
def test_a_larger_weight_never_worsens_the_principle_s_own_deviation_and_moves_it_where_an_option_can(key):
    ladder = [town(key, w).deviation(key) for w in (0.0, 1.0, 10.0)]
    assert ladder[1] <= ladder[0] + 1e-6
    assert ladder[2] <= ladder[1] + 1e-6
    if key in MOVED_BY_AN_OPTION:
        assert ladder[2] < ladder[0] - 1e-6


def test_unplaced_children_improve_no_principle():
    planned = town()
    plan, net = planned.allocation.plan, planned.network
    last = len(net.years) - 1
    from dataclasses import replace

    joins = net.bundles.joins[net.stays.bundle]
    tried = [k for k in np.flatnonzero((plan.stays > 1) & (joins == last)) if net.nodes.nc[net.stays.node[k]] <= 11][
        :40
    ]
    assert tried
    for k in tried:
        stays, unplaced = plan.stays.copy(), plan.unplaced.copy()
        stays[k] -= 1
        unplaced[net.stays.node[k]] += 1
        worse = replace(plan, stays=stays, unplaced=unplaced)
        for principle, price in zip(NINE, planned.prices, strict=True):
            if principle.key != "participation":  # it weighs Years 12 and 13 only
                assert price.loss(worse) >= price.loss(plan) - 1e-9, principle.key


def test_all_weights_times_four_give_the_same_plan():
    times_four = dict.fromkeys(KEYS, 4.0) | {"cost": 4 * scenario("town").settings.weights.cost}
    planned = plan_for(weighted(scenario("town"), **times_four))
    assert planned.opens == town().opens
    assert planned.allocation.objective == pytest.approx(4 * town().allocation.objective, rel=1e-6)


def test_the_objective_is_the_sum_of_weighted_deviations_and_cost():
    planned = town()
    parts = [s.weight * planned.deviation(s.key) for s in planned.allocation.model.scales]
    cost = float(planned.allocation.model.cost @ planned.allocation.plan.openings)
    assert planned.allocation.objective == pytest.approx(sum(parts) + cost, rel=1e-6)


def test_a_principle_whose_anchors_meet_is_told_as_one_that_cannot_be_influenced():
    planned = plan_for(scenario("pyramid"))
    vulnerable = planned.allocation.model.scales[KEYS.index("vulnerable")]
    assert not vulnerable.movable
    assert vulnerable.u(0.0) == 0.0

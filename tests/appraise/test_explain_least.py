"""What is told of a principle is the least at the openings, never what a weight of 0 left unpriced."""

from dataclasses import replace

import pytest
from explained import asked, told_of

from authorities import KEYS, plan_for, scenario, weighted
from placeplan.allocate.again import at_openings, weighted_anew


@pytest.mark.parametrize("key", KEYS)
def test_what_a_principle_loses_without_its_weight_is_what_it_loses_at_those_openings_with_its_weight_back(told, key):
    again, at = told.again, KEYS.index(key)
    mine = again.model.scales[at]
    muted = [replace(s, weight=0.0) if s.key == key else s for s in again.model.scales]
    openings = weighted_anew(again, muted, 60).plan.openings
    there = at_openings(again, openings, 60)
    now, then = (mine.weight * mine.deviation(again.model.prices[at].loss(plan)) for plan in (again.plan, there))
    assert asked(told, key).figures["worse_itself"] == pytest.approx(then - now, abs=1e-5)


def test_a_need_without_a_weight_is_met_wherever_a_place_is_free():
    """The loss told of a plan made without a weight for vulnerable learners is the least at its openings and stays."""
    muted, counted = (plan_for(weighted(scenario("town"), vulnerable=weight)) for weight in (0.0, 1e-6))
    assert muted.opens == counted.opens
    at = KEYS.index("vulnerable")
    true = counted.prices[at].loss(counted.allocation.plan)
    assert muted.prices[at].loss(muted.allocation.plan) == pytest.approx(true, rel=1e-4)
    assert told_of(muted).again.model.prices[at].loss(told_of(muted).again.plan) == pytest.approx(true, rel=1e-4)
    assert muted.allocation.do_minimum.used.sum() > 0

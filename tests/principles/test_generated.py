"""The nine principles on generated towns: prices are what is told, nothing is gained by leaving a child out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from authorities import KEYS, moves_walked
from cases import cases
from placeplan.principles.nine import NINE
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, conversion, option, plan_for, school, three_tier_town, towns


def losses(planned, plan):
    return np.array([price.loss(plan) for price in planned.prices])


@given(town=towns())
@cases(5)
def test_what_the_optimiser_pays_is_what_people_are_told(town):
    planned = plan_for(town)
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        told = [p.measure(plan, town).loss for p in NINE]
        assert losses(planned, plan) == pytest.approx(told, rel=1e-7, abs=1e-6)
        assert (losses(planned, plan) >= -1e-6).all()


@given(town=towns(most_options=3))
@cases(4)
def test_what_the_optimiser_pays_is_the_solver_s_own_objective(town):
    planned = plan_for(town)
    told = planned.allocation
    parts = sum(
        s.weight * s.deviation(loss) for s, loss in zip(told.model.scales, losses(planned, told.plan), strict=True)
    )
    assert told.matrix.cost @ told.point + told.model.constant == pytest.approx(
        parts + float(told.model.cost @ told.plan.openings), rel=1e-6, abs=1e-7
    )


@given(town=towns())
@cases(4)
def test_no_principle_gains_by_leaving_a_child_out_for_a_year(town):
    planned = plan_for(town)
    plan, net = planned.allocation.plan, planned.network
    last = len(net.years) - 1
    before = losses(planned, plan)
    for k in np.flatnonzero((plan.stays > 1) & (net.bundles.joins[net.stays.bundle] == last))[:40]:
        stays, unplaced = plan.stays.copy(), plan.unplaced.copy()
        stays[k] -= 1
        unplaced[net.stays.node[k]] += 1
        after = losses(planned, replace(plan, stays=stays, unplaced=unplaced))
        gained = [key for key, b, a in zip(KEYS, before, after, strict=True) if a < b - 1e-9]
        assert gained == []


@given(town=towns(most_options=4))
@cases(4)
def test_no_plan_tells_fewer_moves_than_a_walk_along_its_journeys(town):
    planned = plan_for(town, single_phase=10.0)
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        told = planned.measure("single_phase", plan)
        together = told.parts["children who move together into the school that theirs closes into"][0]
        walked = moves_walked(planned, plan) - together * 12 / planned.network.demand.child_years(0, 11)
        assert told.value == pytest.approx(walked, rel=1e-9, abs=1e-9)


@given(town=towns(most_options=3))
@cases(3)
def test_kept_transfers_are_no_more_than_the_transfers(town):
    planned = plan_for(town)
    plan, net = planned.allocation.plan, planned.network
    kept = np.bincount(net.kept_node, weights=plan.kept(), minlength=len(net.nodes.origin))
    assert (kept <= net.joining() @ plan.stays + 1e-6).all()
    assert (kept <= net.going_on() @ plan.stays + 1e-6).all()
    transfers = planned.measure("partnership").parts["transfers (joins after the first)"][0]
    assert kept.sum() <= transfers + 1e-6
    assert planned.measure("partnership").loss >= -1e-6


@pytest.mark.parametrize("year", [1, 3])
def test_a_pair_that_becomes_a_primary_spares_each_later_cohort_one_move(year):
    rows = [r | {"committed": True} for r in conversion("TWO", "L", "M", "U", pan=(30, 30), first=year, last=year)]
    before = plan_for(three_tier_town(years=8))
    after = plan_for(three_tier_town(options=rows, years=8))
    assert moves_walked(before) == pytest.approx(2, abs=1e-9)
    assert after.opens == {"TWO": year}
    # two moves a year before; in the year of the change all of Years 5, 6, 7 and 9 begin anew; one move a year after
    assert moves_walked(after) * 8 == pytest.approx(2 * year + 4 + (8 - year - 1), abs=1e-6)
    assert after.measure("single_phase").value == pytest.approx(moves_walked(after), abs=1e-9)


def town_of_three(options, **schools):
    """Three primaries A, B and C side by side, and a secondary; what differs from a plain school is told by its name."""
    primaries = [school(urn, "primary", pan=30, **schools.get(urn, {})) for urn in "ABC"]
    return authority(
        [*primaries, school("S", "secondary", pan=90)], 3 * CHILDREN_TO_11, options=options, assumptions=NO_SIXTH_FORM,
        budget={"total_pounds": 5e6},
    )  # fmt: skip


def at_once(kind, name, **more):
    return option(name, kind, "A", 0, 0, capital_pounds=1.0, **more)


@pytest.mark.parametrize("order", [1, -1])
def test_a_lesser_link_lifts_a_school_though_a_better_one_is_offered_too(order):
    good = at_once("link", "GOOD", partner_urn="B", committed=True)
    best = at_once("link", "BEST", partner_urn="C")
    grades = {"A": {"ofsted": "inadequate"}, "B": {"ofsted": "good"}, "C": {"ofsted": "outstanding"}}
    unlinked, alone, beside = (plan_for(town_of_three(rows, **grades)) for rows in ([], [good], [good, best][::order]))
    assert beside.opens == alone.opens == {"GOOD": 0}
    assert alone.deviation("popular") < unlinked.deviation("popular") - 0.1
    assert beside.deviation("popular") == pytest.approx(alone.deviation("popular"), rel=1e-6)


@pytest.mark.parametrize("order", [1, -1])
def test_either_of_two_options_that_make_rooms_sound_makes_them_sound(order):
    first = at_once("community_facility", "R1", sound_rooms=True, community_use="hall", committed=True)
    second = at_once("community_facility", "R2", sound_rooms=True, community_use="hall") | {"excludes": "R1"}
    poor = {"A": {"condition": "d"}}
    alone, beside = (plan_for(town_of_three(rows, **poor)) for rows in ([first], [first, second][::order]))
    assert beside.opens == alone.opens == {"R1": 0}
    assert beside.deviation("community") == pytest.approx(alone.deviation("community"), rel=1e-6, abs=1e-9)
    assert plan_for(town_of_three([], **poor)).deviation("community") > alone.deviation("community") + 0.05

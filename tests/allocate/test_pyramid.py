"""Three tiers to two: the worked example, with its figures."""

import pytest

from authorities import moves_walked, only, opening_only, plan_for, scenario, total_moves, with_table


@pytest.fixture(scope="module")
def pyramid():
    return only(scenario("pyramid"), "single_phase")


def test_an_unchanged_three_tier_town_scores_exactly_two_moves(pyramid):
    planned = plan_for(pyramid)
    minimum = planned.allocation.do_minimum
    assert planned.measure("single_phase", minimum).value == pytest.approx(2.0, abs=1e-9)
    assert moves_walked(planned, minimum) == pytest.approx(2.0, abs=1e-9)


def test_the_best_plan_is_the_phased_conversion_at_the_first_chance(pyramid):
    planned = plan_for(pyramid)
    assert planned.opens == {"PHASED": 2}
    assert total_moves(planned) == pytest.approx(14.0, abs=1e-6)
    assert planned.measure("single_phase").parts["children whose stay an option ends"][0] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("year", "moves"), [(3, 15.0), (4, 16.0), (5, 17.0)])
def test_each_year_of_delay_costs_one_move_a_cohort(pyramid, year, moves):
    assert total_moves(plan_for(opening_only(pyramid, "PHASED", year))) == pytest.approx(moves, abs=1e-6)


def test_a_conversion_in_one_day_moves_540_children_in_mid_phase(pyramid):
    one_day = with_table(opening_only(pyramid, "ONE-DAY", 2), "options", lambda t: t.assign(committed=True))
    forced = plan_for(one_day)
    assert forced.opens == {"ONE-DAY": 2}
    assert total_moves(forced) == pytest.approx(15.0, abs=1e-6)
    assert forced.measure("single_phase").parts["children whose stay an option ends"][0] == pytest.approx(540, abs=1e-6)


def test_no_plan_tells_fewer_moves_than_a_walk_along_its_journeys(pyramid):
    for planned in (plan_for(scenario("pyramid")), plan_for(scenario("town"))):
        for plan in (planned.allocation.plan, planned.allocation.do_minimum):
            assert planned.measure("single_phase", plan).value == pytest.approx(moves_walked(planned, plan), rel=1e-9)

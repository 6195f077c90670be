"""Free transport: who is entitled by distance and by low income, and what that costs, counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from authorities import plan_for
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, school

BY_DISTANCE = "child-years entitled to free transport by distance"
BY_INCOME = "further child-years entitled to free transport by low income"
COST = "cost of free transport in all planned years"
YEARS = 3


def town(far_to_secondary=4.0, others=0, shares=None, unsafe=False, **assumptions):
    """30 children of a year group half a mile from P and a mile from S; 10 that live 2.5 miles from P, and far from S."""
    schools = [school("P", "primary", pan=60, unsafe_routes=unsafe), school("S", "secondary", pan=40)]
    schools += [school(f"O{k}", "secondary", pan=1) for k in range(others)]
    miles = {("Z0", "P"): 0.5, ("Z1", "P"): 2.5, ("Z0", "S"): 1.0, ("Z1", "S"): far_to_secondary}
    miles |= {(f"Z{z}", f"O{k}"): 0.5 for z in range(2) for k in range(others)}
    travel = [{"zone": z, "urn": u, "mode": "walk", "miles": m, "minutes": 1.0} for (z, u), m in miles.items()]
    given = authority(
        schools, np.vstack([CHILDREN_TO_11, CHILDREN_TO_11 / 3]), years=YEARS, travel=travel,
        assumptions=NO_SIXTH_FORM | assumptions,
    )  # fmt: skip
    return given if shares is None else replace(given, zones=given.zones.assign(fsm_share=shares))


def told(given):
    return {name: value for name, (value, _) in plan_for(given).measure("local").parts.items()}


def test_beyond_two_miles_to_year_3_and_beyond_three_after_transport_is_free():
    parts = told(town())
    assert parts[BY_DISTANCE] == pytest.approx(
        10 * (4 + 5) * YEARS
    )  # R to 3 to P, 7 to 11 to S; 4 to 6 could walk to P
    assert BY_INCOME not in parts
    assert parts[COST] == pytest.approx(parts[BY_DISTANCE] * 1526 / 1e6)


def test_an_unsafe_route_makes_transport_free_at_any_distance():
    assert told(town(unsafe=True))[BY_DISTANCE] == pytest.approx((40 * 7 + 10 * 5) * YEARS)


def test_low_income_entitles_years_4_to_6_between_two_and_three_miles():
    parts = told(town(shares=[0.1, 0.4]))
    assert parts[BY_INCOME] == pytest.approx(0.4 * 10 * 3 * YEARS)
    assert parts[COST] == pytest.approx((parts[BY_DISTANCE] + parts[BY_INCOME]) * 1526 / 1e6)


@pytest.mark.parametrize(("others", "is_one_of_three"), [(2, True), (3, False)])
def test_low_income_entitles_years_7_to_11_to_one_of_the_three_nearest_schools_only(others, is_one_of_three):
    planned = plan_for(town(2.5, others, shares=[0.1, 0.4]))
    at_secondary = planned.allocation.plan.rolls()[planned.network.estate.index()["S"], :, 7:12].sum()
    assert at_secondary > 30 * 5 * YEARS
    of_primary = 0.4 * 10 * 3 * YEARS
    of_secondary = 0.4 * at_secondary / 4 if is_one_of_three else 0.0
    assert planned.measure("local").parts[BY_INCOME][0] == pytest.approx(of_primary + of_secondary)


def test_low_income_entitles_nobody_beyond_the_limit_again():
    assert told(town(4.0, shares=[1.0, 1.0]))[BY_INCOME] == pytest.approx(10 * 3 * YEARS)


def test_a_price_of_nothing_leaves_the_cost_untold():
    assert COST not in told(town(**{"transport.cost": 0}))


def test_one_zone_that_does_not_tell_its_low_incomes_leaves_them_untold():
    assert BY_INCOME not in told(town(shares=[0.1, np.nan]))

"""Distance: what a community's children travel is the mean over the zones they live in, never what its mean distance makes."""

import numpy as np
import pytest

from authorities import plan_for, with_table
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, school

NEAR, FAR = 0.75, 0.25  # of the children: 30 and 10 in every year group
MILES = {("Z0", "P"): 0.5, ("Z1", "P"): 2.5, ("Z0", "S"): 1.0, ("Z1", "S"): 4.0}


def two_zones(**more):
    """One community: 30 children of each year group near the schools, 10 far off; room for all."""
    travel = [{"zone": z, "urn": u, "mode": "walk", "miles": m, "minutes": 1.0} for (z, u), m in MILES.items()]
    children = np.vstack([CHILDREN_TO_11, CHILDREN_TO_11 / 3])
    schools = [school("P", "primary", pan=60), school("S", "secondary", pan=60)]
    return authority(
        schools, children, **{"travel": travel, "years": 3, "assumptions": NO_SIXTH_FORM, "rolls": None} | more
    )


def local(given):
    return {name: value for name, (value, _) in plan_for(given).measure("local").parts.items()}


def test_within_the_walking_limit_is_counted_by_zone_and_by_the_limit_of_each_age():
    told = local(two_zones())
    young, later = 4, 8  # year groups: R to 3 with 2 miles; 4 to 6 at P and 7 to 11 at S with 3
    assert told["child-years within the walking limit, Reception to Year 3"] == pytest.approx(100 * NEAR)
    of_later = (3 + 5 * NEAR) / later  # 2.5 miles to P is within 3, 4 miles to S is not
    assert told["child-years within the walking limit, Year 4 and after"] == pytest.approx(100 * of_later)
    whole = (young * NEAR + later * of_later) / 12
    assert told["child-years within the walking limit"] == pytest.approx(100 * whole)
    beyond = told["child-years beyond the walking limit or without a place"]
    assert beyond == pytest.approx((1 - whole) * 40 * 12 * 3)


def test_a_school_with_unsafe_routes_is_within_nobody_s_walking_limit():
    given = with_table(two_zones(), "schools", lambda t: t.assign(unsafe_routes=t["urn"] == "P"))
    told = local(given)
    assert told["child-years within the walking limit, Reception to Year 3"] == 0
    assert told["child-years within the walking limit, Year 4 and after"] == pytest.approx(100 * 5 * NEAR / 8)


def students():
    """Year 12 and 13 as well as the rest: 12 students a year group near a sixth form, 4 far off."""
    children = np.repeat([[12.0], [4.0]], 14, axis=1)
    schools = [school("P", "primary", pan=60), school("S", "secondary", pan=60, highest=13)]
    miles = {**MILES, ("Z1", "S"): 16.0}
    travel = [{"zone": z, "urn": u, "mode": "bus", "miles": m, "minutes": 1.0} for (z, u), m in miles.items()]
    nobody_elsewhere = {"specialist.rate": 0, "participation.target": 1, "participation.college_share": 0}
    return authority(schools, children, years=3, travel=travel, assumptions=nobody_elsewhere)


def test_students_of_a_far_zone_travel_far_though_their_community_s_mean_distance_is_near():
    planned = plan_for(students())
    measure = planned.measure("participation")
    mean = NEAR * 1.0 + FAR * 16.0
    assert mean < 10  # miles: at the mean nobody would be far
    assert measure.value == pytest.approx(100 * NEAR)
    student_years = planned.network.demand.child_years(12, 13)
    assert student_years == pytest.approx(16 * 2 * 3)
    assert measure.loss == pytest.approx(0.5 * FAR * (16 - 10) / 10 * student_years)


def test_a_specialist_place_is_far_for_the_zone_that_is_far_from_it():
    square = 20  # kilometres apart on a row of squares of 2: the far zone is the eleventh
    empty = np.zeros((9, 14))
    children = np.vstack([CHILDREN_TO_11, empty, CHILDREN_TO_11 / 3])
    schools = [
        school("P", "primary", pan=60), school("S", "secondary", pan=60),
        school("SP", "special", 0, specialist_places=60, pan=0, lowest=0, highest=13),
    ]  # fmt: skip
    more = {"specialist.rate": 0.1, "specialist.growth": 0, "participation.college_share": 1}
    planned = plan_for(authority(schools, children, years=3, assumptions=more))
    measure = planned.measure("vulnerable")
    miles = square * 1000 / 1609.344 * 1.3
    far = np.array([8.0, 12.0, 12.0])  # R–6, 7–11, 12–13
    assert (FAR * miles < far).all()
    assert (miles > far).all()
    assert measure.parts["specialist need met within the far distance"][0] == pytest.approx(100 * NEAR)
    need = planned.network.specialist.children.sum(axis=(0, 1, 3))
    missing = measure.parts["resourced provision missing against the target"][0]
    penalty = np.minimum(1.0, (miles - far) / far)
    assert measure.loss - missing == pytest.approx(0.9 * FAR * float(penalty @ need))

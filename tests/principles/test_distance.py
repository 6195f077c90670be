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

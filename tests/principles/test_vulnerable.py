"""Specialist places: which ages a place takes, and how far is far at each of them."""

import numpy as np
import pytest

from placeplan.appraise.tables import specialist as specialist_table
from towns import BASE, CHILDREN_TO_11, SIDE, authority, option, plan_for, school

SCHOOLS = [school("P", "primary", pan=60), school("S", "secondary", pan=60)]
MILE = 1609.344
EVERY_AGE = {"R–6": 3, "7–11": 10, "12–13": 12}
DONE = {"committed": True, "capital_pounds": 0.0}


def need(children, nc_year, name="ASD"):
    """So many children with one need in every year, all in one year group of the first zone."""
    return [
        {"zone": "Z0", "need": name, "academic_year": BASE + t, "nc_year": nc_year, "pupils": float(children)}
        for t in range(4)
    ]


def special(places, lowest, highest, miles=0.0):
    """A special school so many straight miles from the first zone's middle."""
    given = {"specialist_places": places, "lowest": lowest, "highest": highest, "pan": 0}
    return school("SP", "special", **given) | {"easting": SIDE / 2 + miles * MILE}


def planned(*rows, schools=(), options=(), circuity=1.0):
    assumed = {"travel.circuity": circuity, "participation.college_share": 1, "vulnerable.resourced_target": 0}
    return plan_for(
        authority(
            [*SCHOOLS, *schools], CHILDREN_TO_11, needs=[r for some in rows for r in some], options=options, years=3,
            assumptions=assumed,
        )
    )  # fmt: skip


def met(town):
    """Per cent of child-years with a place, and those of them within the far distance."""
    parts = town.measure("vulnerable").parts
    return 100 - parts["specialist need not met"][0], parts["specialist need met within the far distance"][0]


def test_ten_children_of_year_10_are_not_met_by_places_for_reception_to_year_6():
    assert met(planned(need(10, 10), schools=[special(40, 0, 6)])) == pytest.approx((0, 0))
    assert met(planned(need(10, 10), schools=[special(40, 0, 11)])) == pytest.approx((100, 100))
    assert met(planned(need(10, 3), schools=[special(40, 0, 6)])) == pytest.approx((100, 100))


def test_a_school_that_reaches_into_an_age_takes_all_of_it():
    middle = special(40, 5, 8)
    assert [met(planned(need(10, nc), schools=[middle]))[0] for nc in EVERY_AGE.values()] == pytest.approx(
        [100, 100, 0]
    )


@pytest.mark.parametrize(
    ("kind", "more"), [("special_places", {}), ("resourced_provision", {"net_capacity_change": -30})]
)
def test_new_places_take_the_year_groups_that_their_option_names(kind, more):
    told = {}
    for span in ((0, 6), (7, 11), (0, 13)):
        row = option("N", kind, "P", 0, 0, nc_years=span, places_per_year=12, need="ASD", **more, **DONE)
        told[span] = [met(planned(need(10, nc), options=[row]))[0] for nc in EVERY_AGE.values()]
    assert told[0, 6] == pytest.approx([100, 0, 0])
    assert told[7, 11] == pytest.approx([0, 100, 0])
    assert told[0, 13] == pytest.approx([100, 100, 100])


def test_places_that_several_ages_could_use_are_shared_and_not_had_twice():
    town = planned(need(8, 3), need(8, 10), schools=[special(10, 0, 13)])
    special_ = town.network.specialist
    used = town.allocation.plan.used
    assert np.bincount(special_.site_rows(), weights=used, minlength=3) == pytest.approx([10] * 3)
    assert len(np.unique(special_.group_of)) == 2
    assert met(town)[0] == pytest.approx(100 * 10 / 16)


def test_ten_miles_are_far_for_a_child_of_year_3_and_not_for_one_of_year_9():
    ten_miles_off = [special(40, 0, 13, miles=10)]
    losses = {nc: planned(need(10, nc), schools=ten_miles_off).measure("vulnerable") for nc in (3, 9, 12)}
    assert losses[3].loss == pytest.approx(0.9 * 30 * (10 - 8) / 8)
    assert (losses[9].loss, losses[12].loss) == pytest.approx((0, 0))
    assert [losses[nc].value for nc in (3, 9, 12)] == pytest.approx([0, 100, 100])


def test_places_scarce_go_where_they_are_nearest_to_what_the_age_can_bear():
    town = planned(need(5, 3), need(5, 10), schools=[special(5, 0, 13, miles=14)])
    special_, used = town.network.specialist, town.allocation.plan.used
    by_group = np.bincount(special_.group_of, weights=used, minlength=2)
    assert by_group == pytest.approx([0, 15])  # 14 miles cost 0.75 × 0.9 in Year 3, 0.17 × 0.9 in Year 10
    assert special_.group.tolist() == [[0, 1, 1]]  # to 13: what takes Year 7 takes Year 12, and far is as far


def test_needs_that_no_pool_tells_apart_are_one_and_are_told_apart_again_in_proportion():
    needs = [need(6, 3, "ASD"), need(2, 3, "SLD"), need(4, 3, "SEMH")]
    only = option("N", "special_places", "SP", 0, 0, nc_years=(0, 6), places_per_year=3, need="SEMH", **DONE)
    town = planned(*needs, schools=[special(4, 0, 13)], options=[only])
    one = town.network.specialist
    group = dict(zip(one.needs, one.group.tolist(), strict=True))
    assert group["ASD"] == group["SLD"] != group["SEMH"]
    assert group["ASD"][1:] == group["SEMH"][1:]  # what is for R–6 tells nothing apart from Year 7 on
    told = specialist_table(town.allocation.plan).query("academic_year == '2019/20'").set_index("need")["children"]
    assert told.sum() == pytest.approx(7)
    assert told["SEMH"] >= 3 - 1e-6
    assert told["ASD"] == pytest.approx(3 * told["SLD"])
    assert met(town)[0] == pytest.approx(100 * 7 / 12)

"""What is measured beside the losses: where new places come, and which kinds of provision have room."""

import pytest

from towns import CHILDREN_TO_11, NO_SIXTH_FORM, SIDE, authority, option, plan_for, school

DONE = {"committed": True, "capital_pounds": 0.0}
NEW_SITE = {"easting": SIDE / 2, "northing": SIDE / 2, "community": "Town", "ofsted": "none"}


def town(*rows, schools=None, years=3):
    schools = schools or [school("P", "primary", pan=60), school("S", "secondary", pan=60)]
    return plan_for(authority(schools, CHILDREN_TO_11, options=rows, years=years, assumptions=NO_SIXTH_FORM))


def test_new_places_are_told_with_the_share_of_them_in_good_schools_and_in_schools_not_yet_inspected():
    larger = option("X", "expansion", "P", 0, 0, nc_years=(0, 6), places_per_year=10, **DONE)
    another = option("N", "new_school", nc_years=(0, 4), places_per_year=10, **NEW_SITE, **DONE)
    parts = town(larger, another).measure("popular").parts
    assert parts["new places"] == pytest.approx((3 * 7 * 10 + 10 + 20, "place-years"))
    assert parts["new places in good or outstanding schools"][0] == pytest.approx(100 * 210 / 240)
    assert parts["new places in schools not yet inspected"][0] == pytest.approx(100 * 30 / 240)


def test_a_plan_that_opens_nothing_has_no_new_places_and_a_cut_takes_none_off_them():
    fewer = option("C", "pan_reduction", "P", 0, 0, nc_years=(0, 6), places_per_year=-15, **DONE)
    larger = option("X", "expansion", "S", 0, 0, nc_years=(7, 11), places_per_year=10, **DONE)
    assert [town(*rows).measure("popular").parts["new places"][0] for rows in ((), (fewer,), (fewer, larger))] == [
        0, 0, 150,
    ]  # fmt: skip


def kinds(planned):
    parts = planned.measure("choice").parts
    return [parts[f"kinds of provision within reach{with_room}, mean"][0] for with_room in ("", " with room")]


def test_a_kind_of_provision_has_room_where_a_place_is_left_free_in_the_lowest_year_group():
    church = school("C", "primary", pan=40, faith="Church")
    planned = town(schools=[school("P", "primary", pan=40), church, school("S", "secondary", pan=40)], years=1)
    assert kinds(planned) == pytest.approx([2 * 7 / 12 + 5 / 12] * 2)


def test_a_full_school_leaves_its_kind_within_reach_and_without_room():
    church = school("C", "primary", pan=10, faith="Church")
    schools = [school("P", "primary", pan=20), church, school("S", "secondary", pan=30)]
    reach, room = kinds(town(schools=schools, years=1))
    assert (reach, room) == pytest.approx((2 * 7 / 12 + 5 / 12, 0))

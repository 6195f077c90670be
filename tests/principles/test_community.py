"""Community: the share of poor rooms follows from the rooms, those that options build, replace or put up for a while."""

import numpy as np
import pytest
from hypothesis import given

from authorities import KEYS
from cases import cases
from journeys.test_journeys import journeys, opened
from placeplan.journeys.rooms import room_states
from placeplan.principles.community import Community
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school, towns

DONE = {"committed": True, "capital_pounds": 1.0}


def worn(*rows, condition="d", **more):
    """A primary of 210 places in poor rooms, or as told, and a sound secondary."""
    schools = [school("P", "primary", pan=30, condition=condition, **more), school("S", "secondary", pan=60)]
    return authority(schools, CHILDREN_TO_11, options=rows, years=5, assumptions=NO_SIXTH_FORM)


def shares(town):
    """The share of poor rooms of P in the plan, by planned year."""
    planned = plan_for(town)
    return Community().poor_share(planned.allocation.plan, town)[0].tolist(), planned


def bulge(name, first, places=30, **more):
    return option(name, "bulge", "P", first, first, nc_years=(0, 6), places_per_year=places, **DONE, **more)


def test_a_school_of_poor_rooms_that_doubles_has_half_of_them_poor():
    double = option("X", "expansion", "P", 2, 2, nc_years=(0, 6), places_per_year=30, **DONE)
    told, planned = shares(worn(double))
    assert told == pytest.approx([1, 1, 0.5, 0.5, 0.5])
    part = planned.measure("community").parts["child-years in poor rooms"][0]
    assert part == pytest.approx(100 * 210 * (1 + 1 + 3 / 2) / (5 * 12 * 30))


def test_an_expansion_that_replaces_the_poor_rooms_leaves_none():
    both = option("X", "expansion", "P", 2, 2, nc_years=(0, 6), places_per_year=30, sound_rooms=True, **DONE)
    assert shares(worn(both))[0] == pytest.approx([1, 1, 0, 0, 0])


def test_a_bulge_s_class_is_a_temporary_unit_for_as_long_as_it_stands():
    row = option("B", "bulge", "P", 1, 1, nc_years=(4, 6), places_per_year=30, **DONE)
    assert shares(worn(row, condition="a"))[0] == pytest.approx([0, 1 / 8, 1 / 8, 1 / 8, 0])
    assert shares(worn(row, condition="c"))[0] == pytest.approx([0.5, *[(105 + 30) / 240] * 3, 0.5])


def test_a_temporary_expansion_s_rooms_are_poor_and_a_permanent_one_s_are_not():
    rows = [
        option(name, kind, "P", 0, 0, nc_years=(0, 6), places_per_year=10, cohorts=cohorts, **DONE)
        for name, kind, cohorts in (("T", "temporary_expansion", 2), ("X", "expansion", None))
    ]
    assert shares(worn(rows[0], condition="b"))[0] == pytest.approx([10 / 220, *[20 / 230] * 4])
    assert shares(worn(*rows, condition="b"))[0] == pytest.approx([10 / 290, *[20 / 300] * 4])


def test_year_groups_that_a_school_comes_to_teach_have_new_rooms():
    schools = [school("L", "lower", pan=30, condition="d"), school("S", "secondary", pan=30, lowest=5)]
    grow = option("G", "age_range", "L", 1, 1, nc_years=(0, 6), places_per_year=30, **DONE)
    town = authority(schools, CHILDREN_TO_11, options=[grow], years=4, assumptions=NO_SIXTH_FORM)
    assert shares(town)[0] == pytest.approx([1, *[150 / 210] * 3])


def test_a_school_that_closes_into_another_brings_its_rooms_as_they_are():
    pair = [
        school("I", "primary", pan=30, condition="d", highest=2),
        school("J", "primary", pan=30, condition="a", lowest=3),
    ]
    one = option("A", "amalgamation", "J", 1, 1, members="I", nc_years=(0, 6), places_per_year=30, **DONE)
    town = authority(
        [*pair, school("S", "secondary", pan=30)], CHILDREN_TO_11, options=[one], years=4, assumptions=NO_SIXTH_FORM
    )
    share = Community().poor_share(plan_for(town).allocation.plan, town)[1]
    assert share == pytest.approx([0, *[90 / 210] * 3])


def test_rooms_that_specialist_places_take_leave_the_share_as_it_is():
    row = option("R", "resourced_provision", "P", 1, 1, places_per_year=10, net_capacity_change=-60, **DONE)
    assert shares(worn(row, condition="c"))[0] == pytest.approx([0.5] * 5)


def test_options_that_exclude_each_other_make_no_state_together():
    rows = [option(f"X{k}", "expansion", "P", 0, 0, nc_years=(0, 6), places_per_year=30 * (k + 1)) for k in range(2)]
    for excludes, least in (("", 210 / (210 * 4)), ("X0", 210 / (210 * 3))):
        rows[1]["excludes"] = excludes
        town = worn(*rows)
        net = journeys(town)
        assert room_states(net, Community()._rooms(net, town)).least[0, 0] == pytest.approx(least)


def test_of_more_options_than_can_be_told_apart_the_weightiest_count_and_the_loss_is_still_what_is_told():
    rows = [
        option(
            f"X{k}", "expansion", "P", 0, 0, nc_years=(0, 6), places_per_year=k + 1, capital_pounds=1.0, committed=True
        )
        for k in range(8)
    ]
    town = worn(*rows)
    told, planned = shares(town)
    assert told == pytest.approx([210 / (210 + 7 * (3 + 4 + 5 + 6 + 7 + 8))] * 5)  # six of the eight: 64 states
    price = planned.prices[KEYS.index("community")]
    assert price.loss(planned.allocation.plan) == pytest.approx(planned.measure("community").loss)


@given(town=towns(window=2))
@cases(15)
def test_in_every_way_to_open_one_state_holds_and_its_share_is_that_of_the_rooms(town):
    net = journeys(town)
    rooms = Community()._rooms(net, town)
    states = room_states(net, rooms)
    chance = np.random.default_rng(len(net.options.opening_year))
    for _ in range(10):
        chosen = {
            d.name: int(chance.integers(d.first, d.last + 1))
            for d in net.options.decisions
            if not d.refused and d.last >= d.first and chance.random() < 0.5
        }
        names = [d.name for d in net.options.decisions]
        if any(names[o] in chosen for d in net.options.decisions if d.name in chosen for o in d.excludes):
            continue
        y = opened(net, **chosen)
        opens = np.array([chosen.get(name, -1) for name in names])
        holds = np.abs(states.apart.at(y)) < 1e-9
        assert (states.apart.at(y)[~holds] >= 1 - 1e-9).all()
        told = states.least.copy()
        np.maximum.at(told, (states.school[holds], states.year[holds]), states.share[holds])
        assert told == pytest.approx(rooms.share(opens, len(net.years)), abs=1e-9)

"""Viable: capacity that follows net capacity, sizes that don't depend on how far the plan looks, and the price of a child left out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from authorities import KEYS
from cases import cases
from journeys.test_journeys import journeys, opened, pair
from placeplan.journeys.capacity import capacity
from placeplan.principles.viable import Viable, configurations, sizes
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, conversion, option, plan_for, school, three_tier_town, towns


def counted(net, urn="P", band=0, **opens):
    """Places of a school in a band that count as capacity, by planned year."""
    found = capacity(net, band).at(opened(net, **opens)).reshape(len(net.estate.table), -1)
    return found[net.estate.index()[urn]].tolist()


def with_net(net_capacity, *rows, **more):
    """A primary of 30 a year group in a building for so many, and a secondary."""
    schools = [school("P", "primary", pan=30) | {"net_capacity": net_capacity}, school("S", "secondary", pan=30)]
    rolls = np.zeros((2, 14))  # few on roll, so that no cohort has places of its own
    rolls[0, :7], rolls[1, 7:12] = 10, 30
    given = {"years": 4, "assumptions": NO_SIXTH_FORM, "rolls": rolls} | more
    return journeys(authority(schools, CHILDREN_TO_11, options=rows, **given))


def test_rooms_that_specialist_places_take_are_no_spare_places():
    row = option("R", "resourced_provision", "P", 2, 2, places_per_year=10, net_capacity_change=-60)
    net = with_net(210, row)
    assert counted(net) == [210] * 4
    assert counted(net, R=2) == pytest.approx([210, 210, 150, 150])


def test_rooms_taken_where_there_is_more_building_than_places_change_nothing_until_they_are_missed():
    rows = [
        option(f"R{k}", "resourced_provision", "P", 1, 1, places_per_year=10, net_capacity_change=-k) for k in (40, 90)
    ]
    net = with_net(260, *rows)
    assert counted(net, R40=1) == pytest.approx([210] * 4)
    assert counted(net, R90=1) == pytest.approx([210] + [170] * 3)


def test_an_expansion_counts_whole_at_a_school_whose_building_holds_half_its_places():
    row = option("X", "expansion", "P", 1, 1, nc_years=(0, 6), places_per_year=15)
    net = with_net(105, row)
    assert counted(net) == pytest.approx([105] * 4)
    assert counted(net, X=1) == pytest.approx([105] + [210] * 3)


def test_capacity_is_shared_among_the_bands_by_their_places():
    schools = [school("A", "all_through", pan=30) | {"highest_nc_year": 11, "net_capacity": 180}]
    rolls = np.zeros((1, 14))
    rolls[0, :12] = 10
    net = journeys(authority(schools, CHILDREN_TO_11 / 3, rolls=rolls, years=3, assumptions=NO_SIXTH_FORM))
    assert counted(net, "A", 0) == pytest.approx([180 * 7 / 12] * 3)
    assert counted(net, "A", 1) == pytest.approx([180 * 5 / 12] * 3)


@given(town=towns())
@cases(15)
def test_whatever_opens_by_itself_a_school_counts_the_lesser_of_building_and_places(town):
    net = journeys(town)
    cap = [capacity(net, band) for band in range(3)]
    shut = {o.school for o in net.options.options if o.kind == "closure"}
    others = ~net.estate.table["urn"].isin(shut).to_numpy()  # such a school keeps places of its roll
    every = np.zeros(len(net.options.opening_year))
    for column in range(-1, len(every)):
        y = every.copy()
        if column >= 0:
            same = net.options.opening_decision == net.options.opening_decision[column]
            y[same & (net.options.opening_year >= net.options.opening_year[column])] = 1
        shape = (len(others), len(net.years), -1)
        places = net.places.by_year_group.at(y).reshape(shape).sum(axis=2)
        whole = net.places.net.at(y).reshape(shape[:2])
        told = sum(c.at(y).reshape(shape[:2]) for c in cap)
        assert told[others] == pytest.approx(np.clip(np.minimum(places, whole), 0, None)[others], abs=1e-7)


def new_all_through(years):
    row = option(
        "N", "new_school", first=1, last=1, nc_years=(0, 11), places_per_year=60, easting=1000.0, northing=1000.0
    )
    return pair(options=[row], years=years)


def floor_of(town, urn, **opens):
    net = journeys(town)
    floors = Viable()._floors(net, town).at(opened(net, **opens)).reshape(len(net.estate.table), -1)
    return floors[net.estate.index()[urn]]


def test_a_new_school_is_of_one_kind_however_far_the_plan_looks():
    longest = floor_of(new_all_through(14), "S-N", N=1)
    assert longest[12:] == pytest.approx([685, 685])  # 85 of a primary and 600 of a secondary
    for years in (8, 10, 12):
        town = new_all_through(years)
        net = journeys(town)
        state = np.flatnonzero(net.states.decision == 0)[0]
        assert configurations(net)[state] == "all_through"
        assert sizes(net, town)[1][state] == 630 + 1500
        assert floor_of(town, "S-N", N=1) == pytest.approx(longest[:years])


def test_a_school_that_runs_out_beyond_the_plan_has_the_floor_of_today_s_kind():
    row = option("C", "closure", "M", 1, 1, nc_years=(5, 8))
    steps = [
        {"option": "C", "urn": "M", "academic_year": 2020 + k, "first_nc_year": str(6 + k), "last_nc_year": "8"}
        for k in range(3)
    ] + [{"option": "C", "urn": "M", "academic_year": 2023, "first_nc_year": "", "last_nc_year": ""}]
    floors = {
        years: floor_of(three_tier_town(options=[row], years=years, phase_plan=steps), "M", C=1) for years in (3, 8)
    }
    assert floors[8][:4] == pytest.approx([240, 180, 120, 60])
    assert floors[3] == pytest.approx(floors[8][:3])


def test_until_a_conversion_opens_a_school_has_the_floor_of_what_it_is():
    rows = conversion("T", "L", "M", "U", pan=(30, 30), first=2, last=2)
    town = three_tier_town(options=rows, years=5)
    assert floor_of(town, "U", T=2) == pytest.approx([480, 480, 600, 600, 600])
    assert floor_of(town, "L", T=2) == pytest.approx([60, 60, 85, 85, 85])


def test_a_child_left_out_of_a_crowded_school_in_a_full_area_gains_nothing():
    """It relieves two rows, one above the maximum and one outside the band of spare places: a year without a place costs 2."""
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30)]
    rolls = np.zeros((2, 14))
    rolls[0, :7], rolls[1, 7:12] = 10, 10
    more = NO_SIXTH_FORM | {"size.primary.floor": 1, "size.primary.maximum": 100}
    planned = plan_for(authority(schools, CHILDREN_TO_11, rolls=rolls, years=8, assumptions=more))
    net, plan, price = planned.network, planned.allocation.plan, planned.prices[KEYS.index("viable")]
    plan = replace(plan, stays=3 * plan.stays)  # three times those who are there: full, and above the maximum
    assert plan.rolls()[0, 7, :7] == pytest.approx([30] * 7)
    joins = net.bundles.joins[net.stays.bundle]
    at = int(np.flatnonzero((joins == 7) & (net.school_of_stay() == 0) & (plan.stays > 1))[0])
    stays, unplaced = plan.stays.copy(), plan.unplaced.copy()
    stays[at] -= 1
    unplaced[net.stays.node[at]] += 1
    assert price.loss(replace(plan, stays=stays)) - price.loss(plan) == pytest.approx(-2)
    assert price.loss(replace(plan, stays=stays, unplaced=unplaced)) >= price.loss(plan) - 1e-9

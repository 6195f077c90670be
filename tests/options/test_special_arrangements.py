"""Schools and options that fit no rule of thumb: each is the smallest town in which its figures show."""

import numpy as np
import pytest

from placeplan.allocate.certificate_checks import recounted, row_checks
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_model import model_checks
from placeplan.allocate.certificate_recount import journeys_of, retention_of
from placeplan.allocate.certificate_value import Solution
from placeplan.appraise.tables import shortfall
from towns import BASE, CHILDREN_TO_11, NO_SIXTH_FORM, SIDE, authority, option, plan_for, school

DONE = {"committed": True, "capital_pounds": 0.0}
UP_TO_11 = np.arange(14) <= 11


def planned(schools, children, rolls, *rows, years=3, **more):
    return plan_for(
        authority(
            schools, np.atleast_2d(children), options=rows, years=years, rolls=rolls, **{"assumptions": NO_SIXTH_FORM} | more
        )
    )  # fmt: skip


def running_out(urn, pupils, rolls):
    """A secondary school that takes nobody new, and the rolls with its pupils in Years 7 to 11: they keep their places."""
    return school(urn, "secondary", pan=0), np.vstack([rolls, np.where(UP_TO_11 & (np.arange(14) >= 7), pupils, 0)])


def joined(town, urn, nc_year):
    """Children who join a school at a year group in the planned years, by year."""
    network, stays = town.network, town.network.stays
    node = np.maximum(stays.node, 0)
    mine = (stays.node >= 0) & (network.school_of_stay() == network.estate.index()[urn])
    mine &= network.nodes.nc[node] == nc_year
    return np.bincount(network.nodes.year[node][mine], weights=town.allocation.plan.stays[mine], minlength=3)


# an all-through school


def all_through_town(outside=120):
    """60 a year from Reception on at an all-through school of 60 and, from Year 7, 180; `outside` more in a primary."""
    schools = [
        school("A", "all_through", pan=60, lowest=0, highest=11, places_by_nc_year="7-11:180", net_capacity=7 * 60 + 5 * 180),
        school("P", "primary", pan=outside, net_capacity=7 * outside),
    ]  # fmt: skip
    rolls = np.zeros((2, 14))
    rolls[0, :7], rolls[0, 7:12], rolls[1, :7] = 60, 180, outside
    other, rolls = running_out("U", outside - 120, rolls)
    return planned([*schools, other], np.where(UP_TO_11, 60 + outside, 0), rolls)


def test_an_all_through_school_of_60_takes_120_from_outside_into_its_180_and_its_own_60_never_move():
    town = all_through_town()
    assert joined(town, "A", 7) == pytest.approx([120] * 3)
    rolls = town.allocation.plan.rolls()[town.network.estate.index()["A"]]
    assert rolls[:, 6] == pytest.approx([60] * 3)
    assert rolls[:, 7] == pytest.approx([180] * 3)
    assert town.measure("single_phase").parts["moves a child, Reception to Year 11"][0] == pytest.approx(120 / 180)
    assert town.allocation.plan.shortfall() == pytest.approx(0, abs=1e-6)


def test_where_180_come_from_outside_60_of_them_find_no_place_beside_the_60_who_stay_by_right():
    town = all_through_town(outside=180)
    assert joined(town, "A", 7) == pytest.approx([120] * 3)
    unplaced = town.allocation.plan.unplaced
    entering = unplaced[town.network.nodes.nc == 7]
    assert entering.sum() == pytest.approx(3 * 60)


def test_a_plan_that_gives_180_places_to_children_from_outside_is_refused_by_the_recount():
    town = all_through_town(outside=180)
    plan, network, stays = town.allocation.plan, town.network, town.network.stays
    proof = proof_of(town.allocation)
    journeys = journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))

    def broken(given, unplaced):
        found = recounted(proof, journeys, Solution(given, unplaced, plan.openings, plan.used))
        return {check.rule for check in row_checks(proof.model, found.point, "model") if not check.passed}

    assert not broken(plan.stays, plan.unplaced)
    last = len(network.years) - 1  # nobody waits on from there
    node = int(np.flatnonzero((network.nodes.nc == 7) & (network.nodes.year == last))[0])
    into = int(np.flatnonzero((stays.node == node) & (network.school_of_stay() == network.estate.index()["A"]))[0])
    more, fewer = plan.stays.copy(), plan.unplaced.copy()
    more[into], fewer[node] = more[into] + 60, fewer[node] - 60
    assert joined(town, "A", 7)[last] + 60 == pytest.approx(180)
    assert "rows “places” of the model" in broken(more, fewer)
    assert "rows “flow” of the model" not in broken(more, fewer)


# an extended secondary, Years 5 to 11


@pytest.mark.parametrize(("from_year_7", "at_7"), [(120, 60), (60, 0)])
def test_children_of_a_primary_join_an_extended_secondary_in_year_7_only_where_it_has_more_places_than_in_year_6(
    from_year_7, at_7
):
    schools = [
        school("L", "lower", pan=60), school("P", "primary", pan=60),
        school("X", "secondary", pan=60, lowest=5, highest=11, places_by_nc_year=f"7-11:{from_year_7}",
               net_capacity=2 * 60 + 5 * from_year_7),
    ]  # fmt: skip
    rolls = np.zeros((3, 14))
    rolls[0, :5], rolls[1, :7], rolls[2, 5:7], rolls[2, 7:12] = 60, 60, 60, from_year_7
    other, rolls = running_out("U", 120 - from_year_7, rolls)
    town = planned([*schools, other], np.where(UP_TO_11, 120, 0), rolls)
    assert joined(town, "X", 5) == pytest.approx([60] * 3)
    assert joined(town, "X", 7) == pytest.approx([at_7] * 3, abs=1e-6)
    left_out = town.allocation.plan.unplaced[town.network.nodes.nc == 7].sum()
    assert left_out == pytest.approx(3 * (60 - at_7), abs=1e-6)


# schools for one sex


def town_with_girls_school(*others, highest=11):
    """60 a year; a girls' school of 60 beside the homes, the schools given, and a secondary that is running out."""
    girls = school("G", "secondary", pan=60, highest=highest, sex="girls")
    schools = [school("P", "primary", pan=60), girls, *others]
    rolls = np.zeros((len(schools), 14))
    rolls[0, :7] = 60
    rolls[1, 7:12] = 40
    other, rolls = running_out("U", 20, rolls)
    children = np.where(UP_TO_11, 60, 40 if highest > 11 else 0)
    return planned(
        [*schools, other], children, rolls, assumptions={"specialist.rate": 0} | ({} if highest > 11 else NO_SIXTH_FORM)
    )


@pytest.mark.parametrize("highest", [11, 13])
def test_half_of_a_cohort_may_go_to_a_girls_school_however_near_it_is_and_whenever_they_leave_it(highest):
    town = town_with_girls_school(school("M", "secondary", pan=60, easting=SIDE * 3), highest=highest)
    assert joined(town, "G", 7) == pytest.approx([30] * 3)
    assert joined(town, "M", 7) == pytest.approx([30] * 3)
    rolls = town.allocation.plan.rolls()[1]
    assert rolls[0, 8:12] == pytest.approx([40] * 4), "pupils on roll stay, whoever they are"


def test_boys_have_no_place_where_the_only_schools_are_for_girls_and_one_where_a_boys_school_opens_beside_them():
    second = school("H", "secondary", pan=60, sex="girls")
    left_out = {
        names: town_with_girls_school(*others).allocation.plan.unplaced.sum()
        for names, others in {"girls": [second], "both": [second, school("B", "secondary", pan=60, sex="boys")]}.items()
    }
    assert left_out["girls"] == pytest.approx(30 * (3 + 2 + 1))  # who waits waits on: 30, 60 and 90 in the three years
    assert left_out["both"] == pytest.approx(0, abs=1e-6)
    causes = shortfall(town_with_girls_school(second).allocation.plan)["cause"].unique()
    assert causes.tolist() == ["every school within reach is full in this year group or takes the other sex"]


def test_more_than_half_of_a_cohort_at_a_girls_school_is_refused_by_the_recount():
    town = town_with_girls_school(school("M", "secondary", pan=60, easting=SIDE * 3))
    plan, network, stays = town.allocation.plan, town.network, town.network.stays
    last = len(network.years) - 1
    schools, node = (
        network.school_of_stay(),
        int(np.flatnonzero((network.nodes.nc == 7) & (network.nodes.year == last))[0]),
    )
    into, out = (
        int(np.flatnonzero((stays.node == node) & (schools == network.estate.index()[urn]))[0]) for urn in "GM"
    )
    moved = plan.stays.copy()
    moved[into], moved[out] = moved[into] + 10, moved[out] - 10
    proof = proof_of(town.allocation)
    journeys = journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))
    found = recounted(proof, journeys, Solution(moved, plan.unplaced, plan.openings, plan.used))
    broken = {check.rule for check in row_checks(proof.model, found.point, "model") if not check.passed}
    assert "rows “one sex” of the model" in broken
    assert not broken & {"rows “flow” of the model", "rows “places” of the model"}
    assert all(check.passed for check in model_checks(proof, journeys))


# resourced provision and special schools


def test_ten_places_of_resourced_provision_in_a_full_school_leave_thirty_children_without_one_of_its_places():
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30)]
    needs = [
        {"zone": "Z0", "need": "ASD", "academic_year": BASE + t, "nc_year": 3, "pupils": 10.0, "setting": "special"}
        for t in range(4)
    ]
    rolls = np.zeros((2, 14))
    rolls[0, :7], rolls[1, 7:12] = 30, 30
    row = option(
        "R", "resourced_provision", "P", 0, 0, nc_years=(0, 6), places_per_year=10, net_capacity_change=-30, need="ASD"
    )
    free, full = ({**row, "capital_pounds": 0.0, "committed": done} for done in (False, True))
    forced, offered = (planned(schools, CHILDREN_TO_11, rolls, r, needs=needs) for r in (full, free))
    assert offered.opens == {}, "a place for every child comes before everything that is weighed"
    assert offered.allocation.plan.shortfall() == pytest.approx(0, abs=1e-6)
    assert forced.allocation.plan.used.sum() == pytest.approx(3 * 10)
    assert forced.allocation.plan.shortfall() == pytest.approx(3 * 30)
    unmet = [town.measure("vulnerable").parts["specialist need not met"][0] for town in (offered, forced)]
    assert unmet == pytest.approx([100, 0])


def test_more_places_at_a_special_school_are_chosen_for_those_who_have_none_and_change_no_other_place():
    schools = [
        school("P", "primary", pan=30), school("S", "secondary", pan=30),
        school("SP", "special", specialist_places=5, pan=0, lowest=0, highest=13),
    ]  # fmt: skip
    needs = [
        {"zone": "Z0", "need": "SLD", "academic_year": BASE + t, "nc_year": nc, "pupils": 6.0, "setting": "special"}
        for t in range(4)
        for nc in (3, 8)
    ]
    rolls = np.zeros((3, 14))
    rolls[0, :7], rolls[1, 7:12] = 30, 30
    row = option("SPEC", "special_places", "SP", 1, 1, nc_years=(0, 13), places_per_year=10, capital_pounds=1e5)
    with_it, without = (planned(schools, CHILDREN_TO_11, rolls, *rows, needs=needs) for rows in ((row,), ()))
    assert with_it.opens == {"SPEC": 1}
    part = "specialist need not met"
    unmet = [town.measure("vulnerable").parts[part][0] for town in (without, with_it)]
    assert unmet == pytest.approx([100 * 7 / 12, 100 * 7 / 36])  # 5 of 12 have a place; from the second year on all 12
    places = [t.network.places.by_year_group.at(t.allocation.plan.openings) for t in (without, with_it)]
    assert (places[0] == places[1]).all()


# community use


def test_two_halls_side_by_side_serve_the_residents_of_one():
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30), school("Q", "primary", 1, pan=30)]
    children = np.concatenate([CHILDREN_TO_11 * 2 / 3, CHILDREN_TO_11 / 3])
    halls = {
        urn: option(f"H{urn}", "community_facility", urn, 0, 0, community_use="hall", **DONE) for urn in ("P", "S", "Q")
    }
    part = "residents without a community facility within reach"

    def without(*urns):
        given = authority(schools, children, options=[halls[u] for u in urns], years=3, assumptions=NO_SIXTH_FORM)
        return plan_for(given).measure("community").parts[part][0]

    one = without("P")
    assert one < without() == pytest.approx(100)
    assert without("P", "S") == pytest.approx(one), "S stands where P stands"
    assert without("P", "Q") == pytest.approx(one - (100 - without("Q")))
    assert abs(schools[2]["easting"] - schools[0]["easting"]) == SIDE

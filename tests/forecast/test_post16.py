import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, assumption, authority, developments, homes, pupils, school, steady, towns
from placeplan.forecast.forecast import forecast
from placeplan.forecast.routes import ROUTES, routes

SHARES = st.sampled_from([0.0, 0.3, 0.475, 0.9, 1.0])


def routes_of(*, assumed, **more):
    scenario = steady(years=3, tables={"assumptions": [assumption(*one) for one in assumed.items()], **more})
    told = forecast(scenario)
    return told, routes(scenario, told)


@cases(20)
@given(towns(), SHARES, SHARES, SHARES, st.data())
def test_every_leaver_of_year_11_is_on_exactly_one_route(town, target, college, training, data):
    tables, zones, areas = town
    assumed = {
        "participation.target": target,
        "participation.college_share": college,
        "participation.training": training,
    }
    rows = [assumption(*one) for one in assumed.items()]
    built = {"assumptions": rows, "housing": data.draw(developments(zones, most=2))}
    scenario = authority(tables | built, zones=zones, areas=areas)
    told = forecast(scenario)
    found = routes(scenario, told)
    organic = told.central - told.parts["housing"]
    assert (found.taking.sum(axis=1) == found.leavers).all()
    assert (found.taking >= 0).all()
    assert (found.leavers[:, 1:] == organic[:, :-1, 11]).all()
    assert (found.leavers[:, 0] == told.base[:, 11]).all()
    assert (found.taking[:, 0] + found.from_elsewhere == organic[:, :, 12]).all()


@pytest.mark.parametrize(
    ("target", "college", "training", "expected"),
    [
        (1.0, 0.0, 0.1, [1, 0, 0, 0]),
        (0.9, 0.5, 0.2, [0.45, 0.36, 0.09, 0.1]),
        (0.95, 1.0, 0.0, [0, 0.95, 0, 0.05]),
    ],
)
def test_the_target_and_the_shares_divide_the_leavers(target, college, training, expected):
    given_ = {
        "participation.target": target,
        "participation.college_share": college,
        "participation.training": training,
    }
    _, found = routes_of(assumed=given_)
    np.testing.assert_allclose(found.taking[0, :, 0], 30 * np.array(expected), atol=1e-6)


def test_sixth_forms_of_the_past_tell_their_share_and_colleges_have_the_rest():
    rolls = np.full((4, 14), 60.0)
    rolls[:, 12:] = 24
    _, found = routes_of(assumed={"participation.target": 0.9}, pupils=pupils(rolls))
    assert found.taking[:, 0, 0].sum() == pytest.approx(24)
    assert found.taking[:, 1:3, 0].sum() == pytest.approx(0.9 * 60 - 24)


def test_the_schools_own_college_share_goes_before_the_assumed_share_of_training():
    _, found = routes_of(
        assumed={"participation.target": 0.9, "participation.college_share": 0.5}, schools=[school(college_share=0.4)]
    )
    np.testing.assert_allclose(found.taking[0, :, 0], 30 * np.array([0.45, 0.4, 0.05, 0.1]), atol=1e-6)
    assert any("as the schools tell" in note for note in found.notes)


def test_where_few_schools_tell_a_college_share_it_does_not_speak_for_all():
    schools = [school(college_share=0.4, pan=10), school("101", pan=50)]
    _, found = routes_of(assumed={"participation.target": 1, "participation.college_share": 0.5}, schools=schools)
    np.testing.assert_allclose(found.taking[0, 1:3, 0], [13.5, 1.5], atol=1e-6)


def test_more_pupils_in_new_homes_leave_the_routes_as_they_are():
    built = [homes("D", "Z1", BASE + 1, 500)]
    assumed = {"participation.target": 0.95, "participation.college_share": 0.5}
    (_, without), (_, with_homes) = routes_of(assumed=assumed), routes_of(assumed=assumed, housing=built)
    np.testing.assert_array_equal(without.taking, with_homes.taking)


def test_the_table_tells_the_authority_and_each_area_by_route():
    told, found = routes_of(assumed={"participation.target": 0.95, "participation.college_share": 0.5})
    table = found.frame()
    assert set(table["route"]) == set(ROUTES)
    whole, areas = table[table["area"] == "authority"], table[table["area"] != "authority"]
    assert whole["young_people"].sum() == pytest.approx(areas["young_people"].sum())
    first = whole[whole["academic_year"] == "2019/20"]["young_people"].sum()
    assert first == pytest.approx(told.base[:, 11].sum())


def test_sixth_formers_beyond_the_leavers_are_told_as_joining_from_elsewhere():
    _, found = routes_of(assumed={"participation.target": 1.2, "participation.college_share": 0})
    np.testing.assert_allclose(found.taking[0, :, 0], [30, 0, 0, 0])
    np.testing.assert_allclose(found.from_elsewhere[0, 0], 6, atol=1e-6)
    assert any("from other areas" in note for note in found.notes)

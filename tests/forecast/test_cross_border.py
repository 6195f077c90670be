import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, steady
from placeplan.forecast.cross_border import cross_border
from placeplan.forecast.forecast import forecast


def flows(rows):
    scenario = steady(tables={"authority_pupils": rows}, years=2)
    told = forecast(scenario)
    return told, cross_border(scenario, told)


def year_of(year, on_roll, living, groups=range(GROUPS)):
    return [{"academic_year": year, "nc_year": nc, "pupils": float(on_roll), "residents": living} for nc in groups]


def test_without_residents_the_flow_is_said_to_be_unknown():
    _, found = flows(year_of(BASE, 60, None))
    assert np.isnan(found.net).all()
    assert found.frame().empty
    assert "not told" in found.notes[0]


@cases(15)
@given(st.integers(10, 90), st.floats(5, 120))
def test_one_year_of_residents_is_a_rate_that_is_held(on_roll, living):
    told, found = flows(year_of(BASE, on_roll, living))
    rate = (on_roll - living) / on_roll
    np.testing.assert_allclose(found.rates, rate, atol=1e-12)
    np.testing.assert_allclose(found.net, rate * told.central.sum(axis=0), atol=1e-9)


def test_the_latest_years_count_most_and_years_after_the_base_year_not_at_all():
    rows = [*year_of(BASE - 1, 100, 100.0), *year_of(BASE, 100, 90.0), *year_of(BASE + 1, 100, 10.0)]
    _, found = flows(rows)
    np.testing.assert_allclose(found.rates, (2 * 0 + 3 * 10) / (5 * 100))


def test_the_forecast_is_not_changed_by_what_is_told_of_the_border():
    plain = forecast(steady(years=2))
    told, _ = flows(year_of(BASE, 60, 40.0))
    np.testing.assert_array_equal(told.central, plain.central)


def test_year_groups_without_residents_are_left_out_of_the_table():
    _, found = flows([*year_of(BASE, 60, 50.0, range(7)), *year_of(BASE, 60, None, range(7, GROUPS))])
    table = found.frame()
    assert set(table["nc_year"]) == {"R", "1", "2", "3", "4", "5", "6"}
    assert table["net_flow"].to_numpy() == pytest.approx(table["pupils_on_roll"] - table["residents"])
    assert "Reception to Year 6" in found.notes[0]
    assert "Years 7 to 11" not in found.notes[0]

"""Births of more than one twelve months: the series that foretold Reception best is taken, and nothing later is read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.build import BASE, GROUPS, STAYING_ON, births, children, frame, pupils, school, steady
from placeplan.forecast.births_months import chosen_months
from placeplan.forecast.forecast import forecast

JUNE, AUGUST = "06-30", "08-31"


def to(day, of, last=BASE):
    return [row | {"twelve_months_to": f"{row['twelve_months_to'][:4]}-{day}"} for row in births(of, last=last)]


def rows(*tables):
    table = frame("births", [row for rows_ in tables for row in rows_])
    days = table["twelve_months_to"].str
    return table.assign(
        year=days[:4].astype(int), ends=days[5:], off=(days[5:] != AUGUST).astype(int) * 62, level="authority"
    )


WAVES = [60, 66, 54, 63, 57, 69, 51, 60, 60, 60]  # births to June of 2009 … 2018
OTHER = [60, 60, 60, 60, 60, 60, 60, 60, 60, 60]


def entered(of, share=1.0, last=BASE):
    """Reception of the base year and before, four years after the births of 2009 on."""
    return {2013 + i: share * born for i, born in enumerate(of) if 2013 + i <= last}


def test_the_series_that_reception_follows_is_chosen_and_the_note_says_so():
    table = rows(to("06-30", {"authority": WAVES}), to("08-31", {"authority": OTHER}))
    found = chosen_months(table, entered(WAVES, 0.9))
    assert found.ends == JUNE
    assert found.errors[JUNE] < found.errors[AUGUST]
    assert "Those to 30 June are taken" in found.notes[0]
    assert chosen_months(table, entered(OTHER, 0.9)).ends == AUGUST


def test_where_two_do_alike_the_school_year_is_taken():
    table = rows(to("06-30", {"authority": OTHER}), to("08-31", {"authority": OTHER}))
    assert chosen_months(table, entered(OTHER)).ends == AUGUST


def test_one_series_is_used_without_a_word():
    assert chosen_months(rows(to("06-30", {"authority": WAVES})), entered(WAVES)).notes == ()


def test_too_few_censuses_take_the_school_year_and_say_so():
    table = rows(to("06-30", {"authority": WAVES}), to("08-31", {"authority": OTHER}))
    found = chosen_months(table, entered(WAVES, last=2013))
    assert found.ends == AUGUST
    assert "too few censuses" in found.notes[0]


def test_a_series_that_one_area_lacks_is_no_series():
    table = rows(to("06-30", {"A": WAVES}), to("08-31", {"A": OTHER, "B": OTHER})).assign(level="area")
    assert chosen_months(table, entered(WAVES)).ends is None


@given(st.lists(st.integers(1, 90), min_size=10, max_size=10), st.lists(st.integers(1, 90), min_size=10, max_size=10))
def test_the_chosen_series_never_has_the_larger_error(june, august):
    table = rows(to("06-30", {"authority": june}), to("08-31", {"authority": august}))
    found = chosen_months(table, entered(WAVES))
    assert found.errors[found.ends] <= min(found.errors.values()) + 1e-12


def scenario(june, august, *, reception):
    rolls = [[float(size)] * GROUPS for size in reception]
    return steady(
        tables={
            "schools": [school()],
            "pupils": pupils(rolls),
            "children": children({"Z1": [[30] * GROUPS], "Z2": [[30] * GROUPS]}),
            "births": to("06-30", {"authority": june}) + to("08-31", {"authority": august}),
            "assumptions": STAYING_ON,
        }
    )


def test_a_forecast_stands_on_the_chosen_series():
    told = forecast(scenario(WAVES, OTHER, reception=WAVES[:6]))
    np.testing.assert_allclose(told.central[:, :, 0].sum(axis=0), WAVES[6:10])
    assert any("Those to 30 June are taken" in note for note in told.notes)


def test_births_whose_reception_is_still_to_come_choose_nothing():
    later = [*OTHER[:6], 900, 900, 900, 900]
    here, other = (forecast(scenario(WAVES, august, reception=WAVES[:6])) for august in (OTHER, later))
    assert (here.central == other.central).all()
    assert here.notes == other.notes


@pytest.mark.parametrize(("day", "year"), [("12-31", 0), ("03-31", 0), ("01-31", -1)])
def test_a_calendar_year_or_any_other_twelve_months_stand_for_the_nearest_summer(day, year):
    born = [30.0] * 4 + [40.0] * 5
    told = forecast(steady(tables={"births": to(day, {"authority": [2 * b for b in born]}, last=BASE - year)}))
    plain = forecast(steady(tables={"births": births({"authority": [2 * b for b in born]})}))
    assert (told.central == plain.central).all()
    assert any("nearest 31 August" in note for note in told.notes)

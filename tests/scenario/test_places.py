import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeplan.domain.years import name_of_nc_year
from placeplan.scenario.places import places_by_nc_year, read_places


def school(lowest, highest, pan, text=""):
    return {"lowest_nc_year": lowest, "highest_nc_year": highest, "pan": pan, "places_by_nc_year": text}


def test_a_school_has_its_pan_in_every_year_group_that_it_teaches_and_none_elsewhere():
    places = places_by_nc_year(pd.DataFrame([school(-1, 4, 30), school(5, 8, 120)]))
    assert places.tolist() == [[30.0] * 5 + [0.0] * 9, [0.0] * 5 + [120.0] * 4 + [0.0] * 5]


def test_what_the_school_says_of_a_year_group_goes_before_its_pan():
    places = places_by_nc_year(pd.DataFrame([school(7, 13, 200, "7-8: 180; 12-13:90")]))
    assert places[0].tolist() == [0.0] * 7 + [180.0, 180.0, 200.0, 200.0, 200.0, 90.0, 90.0]


def test_no_schools_have_no_places():
    assert places_by_nc_year(pd.DataFrame([school(0, 4, 30)]).iloc[:0]).shape == (0, 14)


@given(st.lists(st.tuples(st.integers(0, 13), st.integers(0, 500)), unique_by=lambda part: part[0]))
def test_places_written_down_are_read_again(parts):
    places = read_places(";".join(f"{name_of_nc_year(nc)}:{number}" for nc, number in parts))
    expected = np.full(14, np.nan)
    for nc, number in parts:
        expected[nc] = number
    np.testing.assert_array_equal(places, expected)


@pytest.mark.parametrize("text", ["7-11", "7-11:many", "14:30", "N1-R:30", "R-4:30;4:20", "11-7:30", ":30", "7:-3"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"is not|twice|ends before"):
        read_places(text)


def test_places_in_a_year_group_that_is_not_taught_are_refused():
    with pytest.raises(ValueError, match="does not teach"):
        places_by_nc_year(pd.DataFrame([school(0, 4, 30, "5:30")]))

"""Rolls of schools: they add up to the authority in every future, cohorts move up inside a school, intakes keep their share."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import STAYING_ON, authority, births, children, pupils, school
from placeplan.forecast.forecast import forecast
from placeplan.forecast.school_rolls import school_rolls

YEARS = 5
ALL = [float(n) for n in (40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 20, 20)]
PRIMARY, SECONDARY = range(7), range(7, 14)


def only(rolls, groups):
    return [[number if n in groups else 0.0 for n, number in enumerate(year)] for year in rolls]


def town(of_school, *, draws=0, born=None):
    """of_school: urn → (lowest, highest, academic year × NC year); all children live in one zone."""
    schools = [school(urn, lowest=low, highest=high) for urn, (low, high, _) in of_school.items()]
    rows = [row for urn, (*_, rolls) in of_school.items() for row in pupils(rolls, urn=urn)]
    whole = np.sum([rolls for *_, rolls in of_school.values()], axis=0)
    tables = {
        "schools": schools,
        "pupils": rows,
        "children": children({"Z": whole[-1:].tolist()}),
        "births": births({"Z": born or [40.0] * 8}),
        "assumptions": STAYING_ON,
    }
    return authority(tables, zones=("Z",), years=YEARS, draws=draws)


def tiers(first=24.0, second=16.0, draws=0):
    """Two primaries with unlike intakes, and one secondary for both."""
    every = [[first + second] * 12 + [20.0, 20.0]] * 4
    one = only([[first] * 14] * 4, PRIMARY)
    two = only([[second] * 14] * 4, PRIMARY)
    return town({"A": (0, 6, one), "B": (0, 6, two), "S": (7, 13, only(every, SECONDARY))}, draws=draws)


def rolls_of(scenario):
    told = forecast(scenario)
    return told, school_rolls(scenario, told)


def test_schools_keep_their_shares_where_nothing_changes():
    _, rolls = rolls_of(tiers())
    assert rolls.expected[0, :, :7] == pytest.approx(24.0)
    assert rolls.expected[1, :, :7] == pytest.approx(16.0)
    assert rolls.expected[2, :, 7:12] == pytest.approx(40.0)


def test_schools_add_up_to_the_authority_to_the_last_digit():
    told, rolls = rolls_of(tiers(draws=40))
    assert (rolls.expected[:, :, :14].sum(axis=0) == told.central.sum(axis=0)).all()


@given(first=st.integers(1, 90), second=st.integers(1, 90), seed=st.integers(0, 3))
@cases(10)
def test_schools_add_up_to_the_authority_in_every_future(first, second, seed):
    scenario = tiers(float(first), float(second), draws=9)
    scenario = replace(scenario, settings=scenario.settings.model_copy(update={"horizon_years": 3}))
    told = forecast(scenario)
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        kept = np.sort

        def noted(rolls, axis):
            seen.append(rolls)
            return kept(rolls, axis=axis)

        patch.setattr("placeplan.forecast.school_rolls.np.sort", noted)
        school_rolls(scenario, told)
    drawn = np.concatenate(seen, axis=1)[:, :, :14]
    assert (drawn.sum(axis=0) == np.moveaxis(told.futures.totals, 0, -1)).all()


def test_a_large_year_group_moves_up_inside_its_school_and_on_to_the_next():
    one = only([[24.0] * 14] * 4, PRIMARY)
    for year in range(4):
        one[year][3 + year] = 34.0
    every = only([[40.0] * 12 + [20.0, 20.0]] * 4, SECONDARY)
    scenario = town({"A": (0, 6, one), "B": (0, 6, only([[16.0] * 14] * 4, PRIMARY)), "S": (7, 13, every)})
    _, rolls = rolls_of(scenario)
    last = rolls.expected[2]
    assert [round(float(last[t, 7 + t])) for t in range(4)] == [50, 50, 50, 50]
    assert rolls.expected[0, 0, 6] == pytest.approx(24.0, rel=0.05)


def test_a_new_school_fills_from_the_bottom_with_its_own_intake():
    new = [[0.0] * 14, [0.0] * 14, [20.0] + [0.0] * 13, [20.0, 20.0] + [0.0] * 12]
    old = only([[40.0] * 14, [40.0] * 14, [20.0] + [40.0] * 13, [20.0, 20.0] + [40.0] * 12], PRIMARY)
    scenario = town({"N": (0, 6, new), "O": (0, 6, old), "S": (7, 13, only([ALL] * 4, SECONDARY))})
    _, rolls = rolls_of(scenario)
    assert rolls.expected[0, :, 0] == pytest.approx(20.0, rel=0.02)
    assert [int((rolls.expected[0, t, :7] > 1).sum()) for t in range(YEARS)] == [3, 4, 5, 6, 7]


def test_with_one_census_schools_keep_the_share_that_they_have():
    scenario = town(
        {
            "A": (0, 6, only([[30.0] * 14], PRIMARY)),
            "B": (0, 6, only([[10.0] * 14], PRIMARY)),
            "S": (7, 13, only([ALL], SECONDARY)),
        }
    )
    told, rolls = rolls_of(scenario)
    assert rolls.expected[0, :, 0] / told.central.sum(axis=0)[:, 0] == pytest.approx(0.75)


def test_the_order_of_schools_changes_nothing():
    scenario = tiers(draws=12)
    turned = scenario.tables | {"schools": scenario.schools.iloc[::-1].reset_index(drop=True)}
    ours, theirs = (
        rolls_of(s)[1].frame().sort_values(["urn", "academic_year", "nc_year"]).reset_index(drop=True)
        for s in (scenario, replace(scenario, tables=turned))
    )
    pd.testing.assert_frame_equal(ours, theirs, check_exact=False, rtol=1e-6)


def test_a_small_school_is_less_sure_than_a_large_one_and_bounds_hold_what_is_expected():
    _, rolls = rolls_of(tiers(100.0, 4.0, draws=200))
    width = (rolls.high - rolls.low)[..., -1] / rolls.expected[..., -1]
    assert (width[1] > width[0]).all()
    assert (rolls.low[:2, :, -1] <= rolls.expected[:2, :, -1] * 1.02).all()
    assert (rolls.high[:2, :, -1] >= rolls.expected[:2, :, -1] * 0.98).all()


def test_the_table_has_the_year_groups_that_a_school_teaches_and_its_whole_roll():
    _, rolls = rolls_of(tiers())
    table = rolls.frame()
    of_a = table[(table["urn"] == "A") & (table["academic_year"] == table["academic_year"].iloc[0])]
    assert of_a["nc_year"].tolist() == ["R", "1", "2", "3", "4", "5", "6", "all"]
    assert of_a["median"].iloc[-1] == pytest.approx(of_a["median"].iloc[:-1].sum())
    assert table["low_80"].isna().all()


def test_a_school_without_pupils_has_none_and_a_year_group_that_nobody_teaches_is_in_no_school():
    scenario = town({"A": (0, 6, only([ALL] * 4, PRIMARY)), "E": (0, 6, [[0.0] * 14] * 4)})
    _, rolls = rolls_of(scenario)
    assert (rolls.expected[1] == 0).all()
    assert (rolls.expected[:, :, 7:14] == 0).all()

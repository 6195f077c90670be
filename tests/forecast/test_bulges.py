import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cases import cases
from forecast.build import BASE, GROUPS, births, pupils, steady
from placeplan.forecast.bulges import joined_as_bulge, lasting, without_bulges
from placeplan.forecast.history import history
from placeplan.forecast.survival import survival_ratios

ROLLS = arrays(float, (4, GROUPS), elements=st.integers(1, 90).map(float))


def marked(rows, bulge):
    """The same rows, with the pupils of bulge classes by (academic year, NC year)."""
    return [row | {"bulge": float(bulge.get((row["academic_year"], row["nc_year"]), 0))} for row in rows]


def town(bulge=(), *, size=60.0, extra=30.0):
    """60 in every year group, and in Reception of 2016/17 a bulge class of 30 that moves up."""
    rolls = np.full((4, GROUPS), size)
    for back in (2, 1, 0):
        rolls[3 - back, 2 - back] += extra
    return steady(tables={"pupils": marked(pupils(rolls), dict(bulge)), "births": births({"authority": [60] * 8})})


BULGE = {(BASE - 2, 0): 30, (BASE - 1, 1): 30, (BASE, 2): 30}


def test_a_marked_bulge_class_leaves_no_trace_in_the_ratios():
    past = without_bulges(town(BULGE), history(town(BULGE)))
    np.testing.assert_allclose(past.rolls, 60)
    assert past.base[2] == 90
    assert "30 in year group R in 2016/17" in past.notes[-1]


def test_without_a_mark_nothing_changes_and_that_is_said():
    past = history(town())
    after = without_bulges(town(), past)
    np.testing.assert_array_equal(after.rolls, past.rolls)
    assert "No bulge class is marked" in after.notes[-1]


def test_a_mark_at_the_entry_alone_is_enough():
    once = {(BASE - 2, 0): 30}
    np.testing.assert_allclose(without_bulges(town(once), history(town(once))).rolls, 60)


def test_a_class_that_goes_on_to_another_school_joins_once():
    first = marked(pupils(np.full((4, GROUPS), 60.0)), {(BASE - 2, 2): 30})
    second = marked(pupils(np.full((4, GROUPS), 60.0), urn="101"), {(BASE - 1, 3): 28, (BASE, 4): 28})
    scenario = steady(tables={"pupils": first + second})
    joined = joined_as_bulge(scenario, (BASE - 3, BASE - 2, BASE - 1, BASE))
    assert joined[1, 2] == 30
    assert joined.sum() == 30


@given(ROLLS, st.integers(1, 3), st.integers(0, 12), st.floats(0.01, 0.99))
def test_only_the_joining_goes_and_every_later_ratio_of_the_cohort_stays(rolls, year, nc, share):
    joined = np.zeros_like(rolls)
    joined[year, nc] = share * rolls[year, nc]
    without = lasting(rolls, joined)
    before, after = (each[1:, 1:] / each[:-1, :-1] for each in (rolls, without))
    changed = np.zeros_like(before, dtype=bool)
    if nc > 0:
        changed[year - 1, nc - 1] = True
        assert after[year - 1, nc - 1] == pytest.approx((1 - share) * before[year - 1, nc - 1])
    np.testing.assert_allclose(after[~changed], before[~changed])
    assert without[year, nc] == pytest.approx(rolls[year, nc] - joined[year, nc])
    other = np.add.outer(-np.arange(4), np.arange(GROUPS)) != nc - year
    np.testing.assert_array_equal(without[other], rolls[other])


@cases(20)
@given(ROLLS, st.integers(1, 60))
def test_a_bulge_that_is_marked_gives_the_ratios_of_a_town_that_never_had_it(rolls, extra):
    assume(rolls[2, 1] > 0)
    with_bulge = rolls.copy()
    with_bulge[3, 2] += extra  # it joined Year 2 in the latest year, from nowhere
    joined = np.zeros_like(rolls)
    joined[3, 2] = extra
    np.testing.assert_allclose(survival_ratios(lasting(with_bulge, joined)), survival_ratios(rolls))

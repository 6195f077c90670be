import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, assumption, frame, homes, steady
from placeplan.forecast.housing import housing
from placeplan.forecast.housing_estates import drawn_towards_estates
from placeplan.forecast.yields import LONGEST, PUBLISHED_RULE, later, matured, published
from placeplan.scenario.assumptions import DEFAULTS

HOUSE = "house, market"
FLAT = np.broadcast_to(PUBLISHED_RULE, (1, LONGEST, GROUPS))
dwellings = st.integers(1, 400)
weights = st.sampled_from([0.0, 1.0, 200.0, 5000.0])


def assume(**own):
    taken = {name.replace("_", ".", 1): value for name, value in own.items()}
    return lambda name: taken.get(name, DEFAULTS[name].value)


def estate(name="E", *, homes=100, completed=2010, census=2015, counts, kind="house", tenure="market"):
    return [
        {"development": name, "dwelling_type": kind, "tenure": tenure, "completed": completed, "dwellings": float(homes),
         "academic_year": census, "nc_year": nc, "pupils": float(number)}
        for nc, number in counts.items()
    ]  # fmt: skip


def drawn(rows, *, before=FLAT, weight=200.0, kinds=(HOUSE,)):
    return drawn_towards_estates(before, kinds, frame("estates", rows), weight)[0]


def counted(per_home, number):
    return {nc: number * per_home[nc] for nc in range(GROUPS)}


def test_the_published_rule_is_20_primary_15_secondary_and_6_post_16_pupils_for_100_homes_whatever_their_age():
    rule = published(assume()) * 100
    for stage, pupils in ((slice(0, 7), 20), (slice(7, 12), 15), (slice(12, 14), 6)):
        np.testing.assert_allclose(rule[:, stage].sum(axis=1), pupils)


def test_a_maturing_yield_rises_to_the_rule_and_fades_the_older_the_pupils_the_later():
    curve = matured()
    peaks = curve.argmax(axis=0)
    assert (np.diff(peaks) >= 0).all()
    assert peaks[0] < peaks[13]
    assert curve.max() <= 1
    for nc, peak in enumerate(peaks):
        assert (np.diff(curve[: peak + 1, nc]) >= 0).all()
        assert (np.diff(curve[peak:, nc]) <= 1e-12).all()
    assert (curve[-1] < curve.max(axis=0)).all()
    np.testing.assert_allclose(published(assume(housing_maturity=1.0)), PUBLISHED_RULE * curve)


@given(st.floats(0, 1))
def test_a_half_way_maturity_lies_between_the_rule_and_the_curve(share):
    flat, curve = published(assume()), published(assume(housing_maturity=1.0))
    np.testing.assert_allclose(published(assume(housing_maturity=share)), (1 - share) * flat + share * curve)


@given(st.integers(0, 6), st.sampled_from([0.0, 0.25, 0.5]))
def test_homes_are_lived_in_after_the_lag(whole, part):
    lagged = published(assume(housing_occupation_lag=whole + part))
    assert (lagged[:whole] == 0).all()
    np.testing.assert_allclose(lagged[whole], (1 - part) * PUBLISHED_RULE)
    np.testing.assert_allclose(lagged[whole + 1 :], FLAT[0, whole + 1 :])


def test_a_lag_beyond_the_longest_yield_leaves_nothing():
    assert (later(np.ones((4, 2)), 9.5) == 0).all()


def test_yields_that_are_given_know_of_no_lag_and_no_curve():
    profile = [
        {"dwelling_type": "house", "tenure": "market", "nc_year": 3, "years_since_completion": 0, "pupils_per_dwelling": 0.1}
    ]  # fmt: skip
    tables = {"housing": [homes("D", "Z1", BASE + 1, 100)], "yields": profile}
    taken = [assumption("housing.maturity", 1), assumption("housing.occupation_lag", 2)]
    plain, _ = housing(steady(tables=tables))
    other, _ = housing(steady(tables=tables | {"assumptions": taken}))
    assert (plain == other).all()
    assert plain[0, 0, 3] == pytest.approx(10)


@given(dwellings, weights, st.integers(0, 40))
def test_estates_that_bear_the_rule_out_leave_it_as_it_is(number, weight, since):
    rows = estate(homes=number, completed=1970, census=1970 + since, counts=counted(PUBLISHED_RULE, number))
    np.testing.assert_allclose(drawn(rows, weight=weight), FLAT, rtol=1e-9)


@given(st.floats(0, 4), st.integers(1, 5000))
def test_the_more_homes_were_counted_the_more_they_count(times, number):
    few, many = (
        drawn(estate(homes=homes_, counts=counted(times * PUBLISHED_RULE, homes_)))[0, 5, 0] / PUBLISHED_RULE[0]
        for homes_ in (number, 2 * number)
    )
    assert min(1, times) - 1e-9 <= few <= max(1, times) + 1e-9
    assert abs(many - times) <= abs(few - times) + 1e-9
    assert abs(many - 1) >= abs(few - 1) - 1e-9


@given(st.floats(0.2, 4))
def test_very_many_homes_are_believed_and_without_a_weight_any_number(times):
    counts = counted(times * PUBLISHED_RULE, 1e7)
    np.testing.assert_allclose(drawn(estate(homes=1e7, counts=counts))[0, 5], times * PUBLISHED_RULE, rtol=1e-3)
    few = drawn(estate(homes=3, counts=counted(times * PUBLISHED_RULE, 3)), weight=0.0)
    np.testing.assert_allclose(few[0, 5], times * PUBLISHED_RULE, rtol=1e-9)


def test_two_hundred_homes_count_as_much_as_the_rule():
    """Twice the primary pupils expected in 200 homes: the level is 1.5, and the cell half of that and half of 2."""
    twice = drawn(estate(homes=200, completed=2010, census=2014, counts=dict.fromkeys(range(7), 200 * 2 * 0.2 / 7)))
    assert twice[0, 4, 0] == pytest.approx((2 + 1.5) / 2 * 0.2 / 7)
    assert twice[0, 20, 0] == pytest.approx(1.5 * 0.2 / 7)  # years that nobody counted take the level
    assert twice[0, 4, 9] == 0.15 / 5  # year groups that nobody counted keep the rule


def test_homes_seen_by_five_censuses_are_no_more_homes():
    once = estate(homes=100, counts=counted(2 * PUBLISHED_RULE, 100))
    often = [
        row for census in range(2015, 2020) for row in estate(homes=100, census=census, counts=counted(2 * PUBLISHED_RULE, 100))
    ]  # fmt: skip
    never_seen = 30
    np.testing.assert_allclose(drawn(often)[0, never_seen], drawn(once)[0, never_seen])


def test_a_year_group_without_a_row_has_no_pupils_where_others_of_it_were_counted():
    rows = [
        *estate("E", homes=200, counts={0: 10, 1: 10}),
        *estate("F", homes=200, counts={0: 10}),
    ]
    zero = [*estate("E", homes=200, counts={0: 10, 1: 10}), *estate("F", homes=200, counts={0: 10, 1: 0})]
    np.testing.assert_array_equal(drawn(rows), drawn(zero))


def test_estates_of_other_kinds_change_nothing():
    rows = estate(homes=500, counts=counted(3 * PUBLISHED_RULE, 500), kind="flat")
    np.testing.assert_array_equal(drawn(rows), FLAT)


@cases(15)
@given(
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 12), st.integers(0, 60)), max_size=12), st.randoms(), weights
)
def test_yields_from_estates_are_never_negative_and_know_no_order(counts, random, weight):
    rows = [
        row
        for i, (nc, since, number) in enumerate(counts)
        for row in estate(f"E{i}", completed=2005, census=2005 + since, counts={nc: number})
    ]
    yields = drawn(rows, weight=weight)
    assert (yields >= 0).all()
    assert np.isfinite(yields).all()
    assert (drawn(random.sample(rows, len(rows)), weight=weight) == yields).all()


def test_what_the_estates_say_reaches_the_forecast_and_is_told():
    tables = {
        "housing": [homes("D", "Z1", BASE + 1, 100)],
        "estates": estate(homes=200, completed=BASE - 4, census=BASE, counts=counted(2 * PUBLISHED_RULE, 200)),
    }
    pupils, notes = housing(steady(tables=tables))
    assert pupils[0, 0, 0] == pytest.approx(100 * 1.5 * 0.2 / 7)
    assert any("200 homes of the authority's own estates count 50%" in note for note in notes)
    assert not any("No pupil yields are given" in note for note in notes)


def test_a_given_yield_is_what_its_estates_are_weighed_against():
    profile = [
        {"dwelling_type": "house", "tenure": "market", "nc_year": nc, "years_since_completion": 0, "pupils_per_dwelling": 0.1}
        for nc in range(GROUPS)
    ]  # fmt: skip
    tables = {
        "housing": [homes("D", "Z1", BASE + 1, 100)],
        "yields": profile,
        "estates": estate(homes=200, completed=BASE - 4, census=BASE, counts=counted(np.full(GROUPS, 0.1), 200)),
    }
    pupils, _ = housing(steady(tables=tables))
    np.testing.assert_allclose(pupils[0, 0], 10)

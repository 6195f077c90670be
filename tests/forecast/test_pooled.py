from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.panels import FIRST, panel
from placeplan.forecast.pooled.drift import learn
from placeplan.forecast.pooled.intervals import Record, about, errors_of, widths
from placeplan.forecast.pooled.nation import nation_of
from placeplan.forecast.pooled.parts import parts_of, recent
from placeplan.forecast.pooled.project import from_others, projected, ratios


def forecast(made, horizon=5):
    return from_others(made, made, horizon)


def scaled(made, factor):
    return replace(made, rolls=made.rolls * factor, births=made.births * factor)


@cases(5)
@given(st.integers(0, 100), st.integers(FIRST + 3, FIRST + 10))
def test_nothing_after_the_origin_is_read(seed, origin):
    made = panel(seed=seed)
    poisoned = replace(made, rolls=made.rolls.copy(), births=made.births.copy())
    poisoned.rolls[:, origin + 1 - made.first :] = 1e9
    poisoned.births[:, origin + 1 - made.first_birth :] = np.nan
    assert (forecast(poisoned.until(origin)) == forecast(made.until(origin))).all()


@cases(5)
@given(st.integers(0, 100), st.sampled_from([2.0, 0.5]))
def test_twice_the_pupils_and_births_everywhere_are_twice_the_forecast(seed, factor):
    made = panel(seed=seed)
    np.testing.assert_allclose(forecast(scaled(made, factor)), factor * forecast(made), rtol=1e-9)


def test_other_authorities_in_another_order_teach_the_same():
    made = panel()
    order = np.random.default_rng(1).permutation(len(made.names))
    turned = replace(made, rolls=made.rolls[order], births=made.births[order])
    np.testing.assert_allclose(forecast(turned), forecast(made)[order], rtol=1e-9)


def test_where_nothing_ever_changes_nothing_will():
    made = panel(20)
    same = replace(made, rolls=np.full_like(made.rolls, 950.0), births=np.full_like(made.births, 1000.0))
    np.testing.assert_allclose(forecast(same, 15), 950.0, rtol=1e-12)


def test_without_lessons_an_authority_keeps_its_own_level_against_the_nation():
    made = panel(20)
    nation = nation_of(made)
    plain = ratios(made, nation, {}, 3)
    everywhere, _ = nation.ahead(3)
    own = np.log(plain.survival) - everywhere
    np.testing.assert_allclose(own, np.repeat(own[:, :1], 3, axis=1), atol=1e-12)
    learned = ratios(made, nation, learn(parts_of(made, nation)), 3)
    assert not np.allclose(learned.survival, plain.survival)


def test_beyond_five_years_a_drift_fades():
    made = panel(20)
    nation = nation_of(made)
    moved = np.log(ratios(made, nation, learn(parts_of(made, nation)), 12).survival)
    still = np.log(ratios(made, nation, {}, 12).survival)
    drift = (moved - still)[:, :, 0]
    np.testing.assert_allclose(drift[:, 6:], 0.9 * drift[:, 5:-1], atol=1e-12)


def test_an_unknown_roll_is_the_nations_and_never_a_hole_in_the_forecast():
    made = panel(20)
    nation, drift = nation_of(made), learn(parts_of(made, nation_of(made)))
    lone = replace(made.only(np.arange(20) == 0), rolls=made.rolls[:1].copy())
    lone.rolls[0, 3:6, 2] = np.nan
    lone.rolls[0, 0] = 0.0
    assert np.isfinite(projected(lone, ratios(lone, nation, drift, 5))).all()


def test_a_jump_of_the_whole_nation_is_a_shock_and_a_slow_trend_is_none():
    made = panel(30)
    quiet = np.round(np.array([1.0, 1.002, 0.999, 1.001, 1.0, 1.002, 0.999, 1.0, 1.001, 1.0, 0.998, 1.0]), 4)
    births = np.full(made.births.shape, 1000.0)
    rolls = 950.0 * quiet[None, :, None] * np.ones((30, 1, 12))
    steady = replace(made, rolls=rolls, births=births)
    assert nation_of(steady).shocks() == ()
    trend = replace(steady, rolls=rolls * np.exp(-0.01 * np.arange(12)[None, :, None]))
    assert nation_of(trend).shocks() == ()
    hit = rolls.copy()
    hit[:, 9, 0] *= 0.94
    struck = nation_of(replace(steady, rolls=hit))
    assert struck.shocks() == (FIRST + 9,)
    assert struck.until(FIRST + 8).shocks() == ()
    _, reception = struck.until(FIRST + 9).ahead(1)
    assert reception == pytest.approx(np.log(0.95), abs=0.002)  # as if the year had not been


def test_a_mean_in_which_recent_years_count_most_forgets_what_is_not_known():
    series = np.array([[1.0, np.nan, 4.0], [np.nan, np.nan, np.nan]])
    np.testing.assert_allclose(recent(series, 0.5), [(0.25 * 1 + 4) / 1.25, 0.0])


@cases(5)
@given(st.integers(0, 50))
def test_an_interval_grows_with_the_years_ahead_and_95_holds_80(seed):
    made = panel(30, seed=seed)
    records = []
    for origin in range(FIRST + 2, FIRST + 10):
        known = made.until(origin)
        told, usual = forecast(known), about(parts_of(known, nation_of(known)))
        leads = range(1, min(5, made.last - origin) + 1)
        records += [Record(origin, lead, errors_of(told, made, origin, lead), usual) for lead in leads]
    learned = widths(records, FIRST + 10)
    halves = np.stack([learned.half(records[-1].about, lead) for lead in range(1, 16)], axis=-1)
    assert (np.diff(halves, axis=-1) > 0).all()
    assert (halves[:, :, 1] >= halves[:, :, 0]).all()
    assert widths([record for record in records if record.came > FIRST + 4], FIRST + 4) is None


def test_wider_past_errors_never_narrow_an_interval():
    made = panel(30)
    origin = FIRST + 6
    known = made.until(origin)
    told, usual = forecast(known), about(parts_of(known, nation_of(known)))
    records = [Record(origin, lead, errors_of(told, made, origin, lead), usual) for lead in (1, 2)]
    wider = [replace(record, errors=2 * record.errors) for record in records]
    one, two = (widths(found, origin + 2).half(usual, 3) for found in (records, wider))
    assert (two > 1.5 * one).all()

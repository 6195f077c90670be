from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, assumption, developments, homes, steady
from placeplan.forecast import housing_futures
from placeplan.forecast.housing import homes_of
from placeplan.forecast.housing_futures import BuildingChance, HomesByChance, building_chance

ZONES = ("Z1", "Z2")
SURE = BuildingChance(pace=0.0, slip=0.0, yield_=0.0, weight=200.0)
CHANCE = BuildingChance(pace=0.2, slip=0.7, yield_=0.1, weight=200.0)


def futures(rows, chance=CHANCE, *, draws=20, seed=1, years=8, **tables):
    of = homes_of(steady(tables={"housing": rows} | tables, years=years))
    return of, inside(of, chance, draws, seed)


def inside(of, chance, draws, seed):
    """Pupils draw × zone × year × NC year, and who of them moved within, draw × year × NC year."""
    by_chance = HomesByChance(of, chance, draws, seed)
    pupils, moved = by_chance.inside("A", np.arange(2), apart=True), by_chance.moved(("A",), np.zeros(2, dtype=int))
    return SimpleNamespace(pupils=np.moveaxis(pupils, -1, 0), moved=np.moveaxis(moved, -1, 0))


def certain(rows):
    return [row | {"probability": 1.0} for row in rows]


@given(developments(ZONES))
def test_where_nothing_is_uncertain_every_future_is_the_forecast(rows):
    of, drawn = futures(certain(rows), SURE, draws=3)
    np.testing.assert_allclose(drawn.pupils, np.broadcast_to(of.pupils, drawn.pupils.shape), rtol=1e-6)


@given(st.integers(1, 500), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_development_is_built_whole_or_not_at_all_as_often_as_its_probability_says(dwellings, chance):
    whole, _ = futures([homes("D", "Z1", BASE + 1, dwellings)], SURE)
    rows = [homes("D", "Z1", BASE + 1, dwellings, chance)]
    _, drawn = futures(rows, SURE, draws=1000)
    share = drawn.pupils[:, 0, 4, 3] / whole.pupils[0, 4, 3]
    assert np.isclose(share, 0, atol=1e-6).sum() + np.isclose(share, 1, rtol=1e-5).sum() == 1000
    assert share.mean() == pytest.approx(chance, abs=0.05)


def test_the_years_of_a_development_stand_or_fall_together():
    rows = [homes("D", "Z1", BASE + 1, 100, 0.5), homes("D", "Z2", BASE + 3, 100, 0.5)]
    _, drawn = futures(rows, SURE, draws=200)
    built = drawn.pupils[:, :, -1, 0] > 0
    assert (built[:, 0] == built[:, 1]).all()
    assert 0.3 < built[:, 0].mean() < 0.7


@pytest.mark.parametrize("slip", [0.3, 1.0])
def test_a_slip_moves_completions_and_loses_none(slip):
    _, drawn = futures([homes("D", "Z1", BASE + 4, 100)], replace(SURE, slip=slip), draws=400, years=14)
    pupils = drawn.pupils[:, 0, :, 0].astype(float)
    whole = 100 * 0.2 / 7
    assert (np.diff(pupils, axis=1) > -1e-5).all()  # a flat yield: once lived in, lived in
    np.testing.assert_allclose(pupils[:, -1], whole, rtol=1e-5)
    late = (whole - pupils[:, 3:]).sum(axis=1) / whole - pupils[:, :3].sum(axis=1) / whole  # years of pupils lost
    assert late.std() == pytest.approx(slip, rel=0.15)
    assert late.mean() == pytest.approx(0, abs=4 * slip / 20)
    assert np.abs(late - np.round(late)).max() > 0.4  # part of a year of slip is shared by two years


@given(st.integers(0, 1000), st.integers(1, 3))
def test_no_future_has_homes_before_the_plan_begins_nor_pupils_below_none(seed, year):
    maturing = [assumption("housing.maturity", 1)]  # the older a home, the more pupils in it
    first, _ = futures([homes("D", "Z1", BASE + 1, 100)], SURE, assumptions=maturing)
    _, drawn = futures([homes("D", "Z1", BASE + year, 100)], replace(SURE, slip=2.0), seed=seed, assumptions=maturing)
    assert (drawn.pupils >= 0).all()
    assert (drawn.pupils[:, :, :3] <= first.pupils[:, :3] * (1 + 1e-6)).all()


@cases(10)
@given(developments(ZONES), st.integers(0, 10**6))
def test_another_development_leaves_the_futures_of_the_others_as_they_were(rows, seed):
    new = homes("New", "Z2", BASE + 2, 70, 0.5)
    without, alone, both = (futures(some, seed=seed)[1].pupils for some in (rows, [new], [*rows, new]))
    np.testing.assert_allclose(both, without + alone, rtol=1e-5, atol=1e-5)


@given(developments(ZONES))
def test_more_draws_begin_with_the_same_ones_and_one_seed_is_one_answer(rows):
    few, many, again = (futures(rows, draws=draws)[1].pupils for draws in (5, 9, 9))
    np.testing.assert_allclose(many[:5], few, rtol=1e-6)
    assert (many == again).all()


@cases(10)
@given(developments(ZONES))
def test_draws_in_batches_are_the_same_draws(rows):
    whole = futures(rows)[1].pupils
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(housing_futures, "AT_ONCE", 3)
        np.testing.assert_allclose(futures(rows)[1].pupils, whole, rtol=1e-6)


@pytest.mark.parametrize("name", ["pace", "slip", "yield_"])
def test_more_uncertainty_never_narrows_the_interval(name):
    def width(factor):
        chance = replace(SURE, **{name: 0.3 * factor})
        rows = [homes(f"D{i}", "Z1", BASE + 1 + i, 100) for i in range(4)]
        drawn = futures(rows, chance, draws=300)[1].pupils.sum(axis=1)
        low, high = np.quantile(drawn[:, :, 0], [0.1, 0.9], axis=0)
        return high - low

    assert (width(2.0) >= width(1.0) - 1e-6).all()
    assert width(1.0).max() > 0


def test_yields_are_off_by_one_factor_everywhere_and_less_where_estates_were_counted():
    rows = [homes("D", "Z1", BASE + 1, 100), homes("E", "Z2", BASE + 1, 100)]
    of, drawn = futures(rows, replace(SURE, yield_=0.2), draws=300)
    factor = drawn.pupils[..., 0, 0] / of.pupils[:, 0, 0]
    np.testing.assert_allclose(factor[:, 0], factor[:, 1], rtol=1e-5)
    assert np.log(factor[:, 0]).std() == pytest.approx(0.2, rel=0.15)
    known = replace(of, yields=replace(of.yields, counted=np.array([600.0])))  # three times the weight: half the spread
    less = inside(known, replace(SURE, yield_=0.2), 300, 1)
    np.testing.assert_allclose(
        np.log(less.pupils[:, 0, 0, 0] / of.pupils[0, 0, 0]), np.log(factor[:, 0]) / 2, atol=1e-4
    )


@given(developments(ZONES), st.sampled_from([0.0, 0.4, 1.0]))
def test_who_moves_within_follows_the_pupils_in_every_future(rows, share):
    _, drawn = futures([row | {"moved_within": share} for row in rows])
    np.testing.assert_allclose(drawn.moved, share * drawn.pupils.sum(axis=1), rtol=1e-4, atol=1e-4)


def test_the_mean_future_is_the_forecast_once_the_first_years_are_past():
    rows = [homes(f"D{i}", ZONES[i // 6 % 2], BASE + 1 + i % 6, 80, 0.8) for i in range(48)]
    of, drawn = futures(rows, replace(SURE, slip=0.5), draws=2000)
    np.testing.assert_allclose(drawn.pupils.mean(axis=0)[:, 2:], of.pupils[:, 2:], rtol=0.05)


def test_the_spreads_are_named_assumptions():
    chance = building_chance(steady().assume)
    assert (chance.pace, chance.slip, chance.yield_, chance.weight) == (0.25, 0.5, 0.11, 200)

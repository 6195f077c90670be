from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, METHODS, assumption, authority, homes, pupils, steady, towns
from placeplan.forecast.chance import Spread, spread
from placeplan.forecast.forecast import forecast
from placeplan.forecast.shocks import along_cohorts
from placeplan.forecast.simulate import simulate

SPREADS = ("authority", "area", "nc_year", "reception", "births")
both = pytest.mark.parametrize("method", METHODS)
CHANCE = Spread(authority=0.01, area=0.01, nc_year=0.01, reception=0.02, births=0.02, lasting=0.6)


def futures(names, *, draws=20, seed=1, size=30.0, **more):
    organic = np.full((len(names), 6, GROUPS), size)
    return simulate(
        organic, tuple(names), np.arange(len(names)), CHANCE, draws=draws, seed=seed, known_births=4, **more
    ).zones()


@given(st.lists(st.sampled_from("ABCDEF"), unique=True, min_size=1), st.integers(0, 6))
def test_another_area_leaves_every_other_areas_draws_as_they_were(names, at):
    more = [*names[:at], "new", *names[at:]]
    kept = [more.index(name) for name in names]
    assert (futures(more)[:, kept] == futures(names)).all()


def test_more_draws_begin_with_the_same_ones():
    assert (futures("AB", draws=50)[:20] == futures("AB", draws=20)).all()


def test_one_seed_is_one_answer_and_another_seed_another():
    assert (futures("AB") == futures("AB")).all()
    assert (futures("AB") != futures("AB", seed=2)).mean() > 0.99


def test_areas_have_chances_of_their_own():
    drawn = futures("AB", draws=400)[:, :, 3, 8]
    assert (
        0.1 < np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] < 0.9
    )  # the authority's years are shared, the areas' are not


@given(st.integers(0, 10**6))
def test_a_shock_stays_with_its_cohort(seed):
    of_year = np.random.default_rng(seed).normal(size=(5, GROUPS, 2))
    entering = np.random.default_rng(seed + 1).normal(size=(5, 2))
    gathered = along_cohorts(of_year, entering)
    np.testing.assert_allclose(gathered[4, 2], entering[2] + of_year[3, 1] + of_year[4, 2])
    np.testing.assert_allclose(gathered[1, 9], of_year[0, 8] + of_year[1, 9])


@both
@cases(10)
@given(st.data())
def test_in_every_future_a_cohort_moves_up_by_one_ratio_in_all_zones_of_an_area(method, data):
    tables, zones, areas = data.draw(towns(method=method))
    told = forecast(authority(tables, zones=zones, areas=areas, draws=4, years=5, **METHODS[method]))
    factor = np.divide(told.draws, told.central, out=np.full(told.draws.shape, np.nan), where=told.central > 0.01)
    for area in set(areas):
        inside = factor[:, [a == area for a in areas]]
        seen = ~np.isnan(inside).all(axis=1)
        least, most = (
            np.where(seen, limit, 1.0) for limit in (np.fmin.reduce(inside, axis=1), np.fmax.reduce(inside, axis=1))
        )
        np.testing.assert_allclose(least, most, rtol=1e-5)


def test_areas_drawn_together_and_added_are_the_authority_in_every_draw():
    told = forecast(steady(zones=("Z1", "Z2", "Z3"), areas=["A", "B", "A"], draws=60))
    table = told.frame()
    whole = table[table["area"] == "authority"].reset_index(drop=True)
    parts = table[table["area"] != "authority"].groupby(["academic_year", "nc_year"], sort=False)["median"].sum()
    np.testing.assert_allclose(parts.to_numpy(), whole["median"], rtol=1e-12)


@both
def test_the_middle_future_lies_by_the_central_forecast_and_so_does_the_mean(method):
    built = {"housing": [homes("D", "Z1", BASE + 1, 100)]}
    told = forecast(steady(draws=2000, tables=built, **METHODS[method]))
    whole = told.draws.sum(axis=1, dtype=float)
    central = told.central.sum(axis=0)
    np.testing.assert_allclose(np.median(whole, axis=0), central, rtol=0.01)
    skew = np.exp(np.log(whole).var(axis=0) / 2)  # of what multiplies, the mean lies above the median
    np.testing.assert_allclose(whole.mean(axis=0), central * skew, rtol=0.01)


@both
def test_intervals_widen_with_the_years_and_nest(method):
    told = forecast(steady(draws=1000, **METHODS[method]))
    (low, high), (lower, higher) = told.interval(0.1, 0.9), told.interval(0.025, 0.975)
    assert (lower <= low).all()
    assert (higher >= high).all()
    wide = (high - low)[:, 6] / told.central[:, :, 6].sum(axis=0)
    assert (np.diff(wide) > 0).all()


@both
@cases(15)
@given(st.floats(1.0, 4.0), st.integers(0, 1000))
def test_more_uncertainty_never_narrows_an_interval(method, times, seed):
    """With the pooled method it is the measured spread of the authority's totals that decides how wide its intervals are.

    What shocks of the whole authority are assumed to be gives them their shape, and then changes nothing.
    """

    def width(factor):
        taken = [assumption("forecast.spread_area", 0)] if method == "pooled" else []
        taken += [
            assumption(f"forecast.spread_{name}", value * factor)
            for name, value in zip(SPREADS, (0.01,) * len(SPREADS), strict=True)
            if (method, name) != ("pooled", "area")
        ]
        town = steady(draws=40, seed=seed, zones=("Z1",), tables={"assumptions": taken}, **METHODS[method])
        low, high = forecast(town).interval(0.1, 0.9)
        return high - low

    assert (width(times) >= width(1.0) - (1e-6 if method == "plain" else 1e-4)).all()


@given(st.floats(1.0, 4.0), st.integers(0, 1000))
def test_a_wider_measured_spread_never_narrows_an_interval(times, seed):
    def width(factor):
        measured = factor * np.linspace([0.01, 0.02], [0.03, 0.04], 6, axis=1)
        drawn = simulate(
            np.full((1, 6, GROUPS), 30.0), ("A",), np.zeros(1, dtype=int), replace(CHANCE, area=0.0),
            draws=40, seed=seed, known_births=4, measured=measured,
        )  # fmt: skip
        low, high = np.quantile(drawn.totals, [0.1, 0.9], axis=0)
        return high - low

    assert (width(times) >= width(1.0) - 1e-4).all()


def test_equal_censuses_keep_the_stated_floors():
    floors = dict.fromkeys((f"forecast.spread_{name}" for name in SPREADS), 0.013)
    for censuses in (1, 3, 12):
        chance = spread(np.full((censuses, GROUPS), 90.0), (1, 2, 3), floors.__getitem__, np.full(censuses, 90.0))
        assert {getattr(chance, name) for name in SPREADS} == {0.013}


@pytest.mark.parametrize("sigma", [0.02, 0.05])
def test_the_spread_is_that_of_the_history(sigma):
    random = np.random.default_rng(5)
    rolls = np.full((400, GROUPS), 1e6)
    years = random.normal(0, sigma, 400)
    for t in range(1, 400):
        rolls[t, 1:] = rolls[t - 1, :-1] * np.exp(years[t] + random.normal(0, sigma / 2, GROUPS - 1))
    chance = spread(rolls, (1, 2, 3), lambda _: 0.0)
    assert chance.authority == pytest.approx(sigma, rel=0.1)
    assert chance.nc_year == pytest.approx(sigma / 2, rel=0.1)


@both
def test_no_draws_are_no_futures(method):
    told = forecast(steady(draws=0, **METHODS[method]))
    assert told.draws.shape == (0, 2, 4, GROUPS)
    assert told.frame()[["low_80", "high_80"]].isna().all(axis=None)
    assert told.frame()["median"].notna().all()


def test_a_rougher_past_makes_a_wider_future():
    rough = [[60.0 * (1.05 if year % 2 else 1.0)] * GROUPS for year in range(6)]
    calm, wild = forecast(steady(draws=300)), forecast(steady(draws=300, tables={"pupils": pupils(rough)}))
    spans = [np.subtract(*told.interval(0.9, 0.1))[1, 5] for told in (calm, wild)]
    assert spans[1] > 2 * spans[0]

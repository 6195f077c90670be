"""Futures of planning areas, one after another: they add up, and don't know in what order they were drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import GROUPS, METHODS, authority, developments, towns
from placeplan.forecast import simulate as simulated
from placeplan.forecast.chance import Spread
from placeplan.forecast.forecast import forecast
from placeplan.forecast.shocks import SHARED, normals, own_way, shared_shocks, since, stretch
from placeplan.forecast.simulate import LEVELS, gathered, simulate, zones_of

CHANCE = Spread(authority=0.02, area=0.02, nc_year=0.01, reception=0.03, births=0.02, lasting=0.6)
MEASURED = np.linspace([0.01, 0.02], [0.05, 0.06], 6, axis=1)
YEARS = 6


def drawn(data, method, *, draws=7, most=4):
    """A town's forecast with homes, of which some only move within."""
    tables, zones, areas = data.draw(towns(method=method))
    moved = data.draw(st.sampled_from([0.0, 0.5]))
    rows = [row | {"moved_within": moved} for row in data.draw(developments(zones, most=most))]
    told = forecast(authority(tables | {"housing": rows}, zones=zones, areas=areas, draws=draws, **METHODS[method]))
    assert any("England" in note for note in told.notes) == (method == "pooled")
    return told


def county(areas, *, draws=200, zones=2, measured=MEASURED):
    organic = np.random.default_rng(4).uniform(0, 60, (areas * zones, YEARS, GROUPS))
    names = tuple(f"Area {i:02}" for i in range(areas))
    of_zone = np.repeat(np.arange(areas), zones)
    return simulate(organic, names, of_zone, CHANCE, draws=draws, seed=3, known_births=4, measured=measured)


@pytest.mark.parametrize("method", METHODS)
@cases(20)
@given(st.data())
def test_in_every_future_zones_add_up_to_areas_and_areas_to_the_authority(method, data):
    told = drawn(data, method)
    of = told.futures.simulation
    by_area = [np.moveaxis(zones_of(of, area).sum(axis=0), -1, 0) for area in range(len(of.areas))]
    np.testing.assert_allclose(sum(by_area), told.futures.totals, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(told.draws.sum(axis=1), told.futures.totals, rtol=1e-9, atol=1e-9)
    for area, children in enumerate(by_area):
        alone = gathered(of, [area]).totals
        np.testing.assert_allclose(children, alone, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@cases(20)
@given(st.data())
def test_published_medians_of_the_areas_add_up_to_the_authoritys(method, data):
    table = drawn(data, method).frame()
    whole = table[table["area"] == "authority"].set_index(["academic_year", "nc_year"])["median"]
    parts = table[table["area"] != "authority"].groupby(["academic_year", "nc_year"])["median"].sum()
    np.testing.assert_allclose(parts.reindex(whole.index), whole, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@cases(15)
@given(st.data())
def test_areas_in_any_order_and_in_any_parts_are_the_same_futures_to_the_last_digit(method, data):
    futures = drawn(data, method).futures
    order = data.draw(st.permutations(range(len(futures.areas))))
    cut = data.draw(st.integers(0, len(order)))
    parts = [gathered(futures.simulation, some) for some in (order[:cut], order[cut:])]
    assert (sum(part.totals for part in parts) == futures.totals).all()
    kept = np.where(np.isnan(parts[0].of_areas), parts[1].of_areas, parts[0].of_areas)
    assert (kept == futures.of_areas).all()


@given(st.permutations(range(12)))
def test_the_smallest_and_the_largest_areas_add_up_the_same_in_any_order(order):
    size = 10.0 ** np.arange(-6, 6)[:, None, None] * np.random.default_rng(2).uniform(0.5, 1, (12, YEARS, GROUPS))
    futures = simulate(size, tuple("ABCDEFGHIJKL"), np.arange(12), CHANCE, draws=5, seed=1, known_births=4)
    assert (sum(gathered(futures.simulation, [area]).totals for area in order) == futures.totals).all()


@pytest.mark.parametrize("block", [1, 2, 3, 50])
def test_however_many_areas_are_simulated_at_a_time_the_futures_are_the_same(block, monkeypatch):
    usual = county(7)
    monkeypatch.setattr(simulated, "BLOCK", block)
    other = county(7)
    assert (other.totals == usual.totals).all()
    assert (other.of_areas == usual.of_areas).all()


@given(st.integers(1, 60))
def test_quantiles_of_an_area_are_order_statistics_of_its_futures(draws):
    futures = county(3, draws=draws)
    of_area = futures.simulation.area_of_zone
    everywhere = futures.zones()
    for area in range(3):
        ascending = np.sort(everywhere[:, of_area == area].sum(axis=1), axis=0)
        for level, told in zip(LEVELS, futures.of_areas[area], strict=True):
            np.testing.assert_allclose(told, np.quantile(ascending, level, axis=0, method="nearest"), rtol=1e-6)


def test_intervals_of_an_area_nest_and_stand_around_its_middle():
    lowest, low, middle, high, highest = np.moveaxis(county(3).of_areas, 1, 0)
    for less, more in ((lowest, low), (low, middle), (middle, high), (high, highest)):
        assert (less < more).all()


def test_more_draws_begin_with_the_same_ones_also_where_the_spread_was_measured():
    assert (county(3, draws=50).totals[:20] == county(3, draws=20).totals).all()


def test_a_longer_horizon_leaves_the_chances_of_the_years_before_as_they_were():
    assert (normals("births", 5, 30, 12)[:9] == normals("births", 5, 30, 8)).all()


def test_a_shock_that_areas_share_is_the_same_draw_of_it_in_all_of_them():
    """Without shocks of their own areas rise and fall together, in every future by one factor."""
    organic = np.random.default_rng(4).uniform(1, 60, (4, YEARS, GROUPS))
    alone = Spread(authority=0.02, area=0.0, nc_year=0.01, reception=0.03, births=0.02, lasting=0.6)
    drawn = simulate(organic, tuple("ABCD"), np.arange(4), alone, draws=9, seed=1, known_births=4).zones()
    factor = drawn / organic
    np.testing.assert_allclose(factor, np.repeat(factor[:, :1], 4, axis=1), rtol=1e-6)


@cases(10)
@given(st.integers(1, 4), st.integers(0, 100))
def test_totals_are_as_uncertain_as_was_measured(areas, seed):
    """Reckoned from a great many draws, apart from the formula that needs none."""
    by_area = np.random.default_rng(seed).uniform(10, 90, (areas, YEARS, GROUPS))
    factor = stretch(CHANCE, by_area, MEASURED, 4)[..., None]
    many = 20_000
    shared = factor * shared_shocks(CHANCE, np.stack([normals(name, seed, many, YEARS) for name in SHARED]), 4)
    ends = [own_way(CHANCE, normals(f"area {area}", seed, many, YEARS)) for area in range(areas)]
    for phase, groups in enumerate((slice(0, 7), slice(7, 12))):
        for year in range(YEARS):
            shocks = [(shared[year] + own[year + 1] - own[since(year)])[groups] for own in ends]
            weights = by_area[:, year, groups]
            total = sum(weight @ shock for weight, shock in zip(weights, shocks, strict=True)) / weights.sum()
            own = sum(
                weight @ (end[year + 1] - end[since(year)])[groups] for weight, end in zip(weights, ends, strict=True)
            )
            least = (own / weights.sum()).var() + (MEASURED[phase, year] / 3) ** 2
            assert total.var() == pytest.approx(max(MEASURED[phase, year] ** 2, least), rel=0.06)


def test_memory_does_not_grow_with_the_number_of_areas():
    """What is held of an area is its quantiles; of the draws only the authority's and four areas' at a time."""
    few, many = (peak_of(areas) for areas in (8, 64))
    assert many - few < 56 * len(LEVELS) * YEARS * GROUPS * 8 * 2  # twice the quantiles of 56 areas
    assert few < 12 * YEARS * GROUPS * 2000 * 8  # a dozen arrays of all draws, whatever the areas


def peak_of(areas):
    import tracemalloc

    tracemalloc.start()
    county(areas, draws=2000, zones=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak

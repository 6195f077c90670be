"""What must always be true of a scenario that is forecast with what England teaches, and how far it can be."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, METHODS, assumption, authority, births, developments, moved, steady, towns
from placeplan.forecast import authority as of_authority
from placeplan.forecast.forecast import forecast
from placeplan.forecast.pooled.nation import Nation
from placeplan.forecast.pooled.trained import england, known_origins, lessons, widths_of

POOLED = METHODS["pooled"]
STILL = Nation(2011, np.full((12, 12), 30.0), 1993, np.full(30, 30.0), 0.2)  # a country in which nothing changes


@contextmanager
def country(nation, *, taught=lessons, later=0):
    """England as something else: its series, what they teach, all of it some years later."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(of_authority, "england", lambda: nation)
        patched.setattr(of_authority, "lessons", lambda origin: taught(origin - later))
        patched.setattr(of_authority, "widths_of", lambda origin: widths_of(origin - later))
        patched.setattr(of_authority, "known_origins", lambda: tuple(year + later for year in known_origins()))
        yield


def still():
    """A country in which nothing changes and nothing can be learned."""
    return country(STILL, taught=lambda _: {})


def made(town, **more):
    tables, zones, areas = town
    return forecast(authority(more.pop("tables", tables), zones=zones, areas=areas, **more, **POOLED))


@cases(15)
@given(towns(method="pooled"), st.integers(-5, 5))
def test_all_years_moved_with_the_nations_are_the_same_numbers_under_moved_years(town, years):
    """England's series are dated: a scenario that is moved alone meets other years of them, so its numbers can't stay.

    What holds is that nothing else knows the calendar: moved together with the nation, all numbers are the same.
    """
    here = made(town, draws=3)
    nation = england()
    with country(replace(nation, first=nation.first + years, first_birth=nation.first_birth + years), later=years):
        later = made(town, tables=moved(town[0], years), base=BASE + years, draws=3)
    assert later.years == tuple(year + years for year in here.years)
    assert (here.central == later.central).all()
    assert (here.draws == later.draws).all()


def test_years_moved_without_the_nations_are_other_numbers():
    here, later = (forecast(steady(base=base, **POOLED)) for base in (BASE, BASE + 3))
    assert np.abs(here.central / later.central - 1).max() > 0.001


@cases(10)
@given(st.integers(1, 90), st.integers(4, 9), st.integers(1, 3))
def test_where_nothing_changes_here_or_in_the_country_nothing_changes(size, censuses, zones):
    """England's own trend moves an authority whose past is constant; without that trend it stays as it is."""
    town = {"zones": tuple(f"Z{i}" for i in range(zones)), "censuses": censuses, **POOLED}
    with still():
        told = forecast(steady(float(size), **town))
    np.testing.assert_allclose(told.central, size, atol=1e-8)
    for name in ("births", "survival", "housing", "post_16"):
        assert np.abs(told.parts[name]).max() < 1e-8


def test_four_or_twelve_equal_censuses_are_the_same_forecast_where_the_country_stood_still_too():
    """Against a country that moved, twelve equal censuses say more than four: the authority departed from it all along."""
    with still():
        four, eight = (forecast(steady(censuses=censuses, **POOLED)).central for censuses in (4, 8))
    np.testing.assert_allclose(four, eight, atol=1e-8)
    four, eight = (forecast(steady(censuses=censuses, **POOLED)).central for censuses in (4, 8))
    assert np.abs(four - eight).max() > 0.01


def test_an_interval_of_a_constant_history_is_the_measured_one_whatever_the_floors():
    """The floors of plain survival give the shocks their shape; how large they are, earlier errors say."""
    names = ("authority", "nc_year", "reception", "births")
    widths = []
    for floor in (0.001, 0.02):
        taken = [assumption(f"forecast.spread_{name}", floor) for name in names]
        taken.append(assumption("forecast.spread_area", 0))
        told = forecast(steady(draws=4000, censuses=8, tables={"assumptions": taken}, **POOLED))
        primary = np.log(told.futures.totals[:, :, :7].sum(axis=-1))
        widths.append(primary.std(axis=0))
    assert widths[0].min() > 0.01
    np.testing.assert_allclose(widths[0], widths[1], rtol=0.05)


@cases(15)
@given(towns(method="pooled"))
def test_a_birth_after_the_base_year_changes_nothing_before_its_cohort_enters_reception(town):
    """Births that are known in the base year also tell how an authority drifts, so only later ones wait for Reception."""
    tables, _, _ = town
    names = sorted({row["area"] for row in tables["births"]})
    known = [*tables["births"], *births({name: [20] for name in names}, last=BASE + 1)]
    more = [row | {"births": row["births"] + 7.0 * row["twelve_months_to"].startswith(str(BASE + 1))} for row in known]
    one, other = (made(town, tables=tables | {"births": rows}, years=8) for rows in (known, more))
    earlier = [i for i, year in enumerate(one.years) if year < BASE + 1 + 4]
    assert len(earlier) == 4
    np.testing.assert_allclose(one.central[:, earlier], other.central[:, earlier], atol=1e-8)
    assert (one.central[:, 4, 0].sum(axis=0) < other.central[:, 4, 0].sum(axis=0)).all()


def test_nothing_that_england_came_to_know_after_the_base_year_is_read():
    usual = forecast(steady(draws=5, **POOLED))
    nation = england()
    pupils, born = nation.pupils.copy(), nation.births.copy()
    pupils[BASE + 1 - nation.first :] = 1e9
    born[BASE + 1 - nation.first_birth :] = 1e9
    with country(replace(nation, pupils=pupils, births=born)):
        poisoned = forecast(steady(draws=5, **POOLED))
    assert (usual.central == poisoned.central).all()
    assert (usual.draws == poisoned.draws).all()


@pytest.mark.parametrize("method", METHODS)
@cases(10)
@given(st.data())
def test_homes_of_one_area_leave_the_others_as_they_were_bit_for_bit(method, data):
    rows = data.draw(developments(["Z1"]))
    town = {"zones": ("Z1", "Z2", "Z3"), "areas": ["A", "B", "B"], "draws": 4, **METHODS[method]}
    without, built = (forecast(steady(tables={"housing": some}, **town)) for some in ([], rows))
    assert (without.central[1:] == built.central[1:]).all()
    assert (without.draws[:, 1:] == built.draws[:, 1:]).all()


def test_a_pooled_town_is_not_forecast_as_a_plain_one():
    plain, pooled = (forecast(steady(**how)) for how in METHODS.values())
    assert plain.central.shape == pooled.central.shape == (2, 4, GROUPS)
    assert np.abs(plain.central - pooled.central).max() > 0.1

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, METHODS, developments, homes, steady
from placeplan.forecast.forecast import forecast
from placeplan.forecast.reconcile import GRAIN

ZONES = ("Z1", "Z2")
CLASS = 30
both = pytest.mark.parametrize("method", METHODS)


def of_homes(rows, *, method="plain", **more):
    more |= METHODS[method]
    tables = {"housing": rows, "yields": more.pop("yields", [])}
    return forecast(steady(tables=tables, years=more.pop("years", 8), **more))


profile = st.lists(
    st.tuples(st.integers(0, 13), st.integers(0, 8), st.sampled_from([0.0, 0.03, 0.2, 0.6])),
    max_size=12,
    unique_by=lambda row: row[:2],
).map(
    lambda rows: [
        {
            "dwelling_type": "house",
            "tenure": "market",
            "nc_year": nc,
            "years_since_completion": since,
            "pupils_per_dwelling": pupils,
        }
        for nc, since, pupils in rows
    ]
)


@both
@cases(15)
@given(developments(ZONES), profile)
def test_homes_add_dwellings_by_yield_by_probability_in_the_years_of_their_profile(method, rows, yields):
    told = of_homes(rows, yields=yields, method=method)
    expected = np.zeros((2, 8, GROUPS))
    for row in rows:  # an independent count, one development and year group at a time
        for year in range(8):
            since = BASE + 1 + year - row["academic_year"]
            for nc in range(GROUPS):
                if yields:
                    reached = [y for y in yields if y["nc_year"] == nc and y["years_since_completion"] <= since]
                    latest = max(reached, key=lambda y: y["years_since_completion"], default=None)
                    per_home = latest["pupils_per_dwelling"] if latest else 0
                else:
                    per_home = 0.2 / 7 if nc < 7 else 0.03
                if since >= 0 and row["academic_year"] > BASE:
                    expected[ZONES.index(row["zone"]), year, nc] += row["dwellings"] * row["probability"] * per_home
    np.testing.assert_allclose(told.central - of_homes([], method=method).central, expected, atol=2 * GRAIN)


@both
@cases(15)
@given(developments(ZONES), developments(ZONES), profile)
def test_two_plans_of_building_bring_what_each_of_them_brings(method, one, other, yields):
    other = [row | {"development": f"E{i}"} for i, row in enumerate(other)]
    nothing = of_homes([], method=method).central
    both = of_homes(one + other, yields=yields, method=method).central - nothing
    apart = [of_homes(rows, yields=yields, method=method).central - nothing for rows in (one, other)]
    np.testing.assert_allclose(both, apart[0] + apart[1], atol=1e-9)


@both
@cases(15)
@given(st.integers(0, 5), st.integers(0, 500), profile)
def test_moving_a_development_by_some_years_moves_its_pupils_by_as_many(method, years, dwellings, yields):
    nothing = of_homes([], method=method).central
    early = of_homes([homes("D", "Z1", BASE + 1, dwellings)], yields=yields, method=method).central - nothing
    late = of_homes([homes("D", "Z1", BASE + 1 + years, dwellings)], yields=yields, method=method).central - nothing
    np.testing.assert_allclose(late[:, years:], early[:, : 8 - years], atol=1e-9)
    assert np.abs(late[:, :years]).max(initial=0) == 0


@both
@cases(15)
@given(
    st.integers(1, 300),
    st.sampled_from([{"probability": 0.0}, {"dwellings": 0.0}, {"academic_year": BASE}, {"academic_year": 2040}]),
)
def test_a_site_of_nothing_never_or_long_ago_is_no_site(method, dwellings, made_nothing):
    row = homes("D", "Z1", BASE + 1, dwellings) | made_nothing
    assert (of_homes([row], draws=3, method=method).draws == of_homes([], draws=3, method=method).draws).all()


@both
@cases(15)
@given(st.integers(0, 300), st.integers(0, 300))
def test_a_site_cut_in_two_is_the_whole_site(method, one, other):
    parts = of_homes([homes("D", "Z1", BASE + 2, one), homes("E", "Z1", BASE + 2, other)], method=method)
    whole = of_homes([homes("D", "Z1", BASE + 2, one + other)], method=method)
    np.testing.assert_allclose(parts.central, whole.central, atol=1e-9)


def test_homes_that_past_ratios_hold_already_are_not_counted_again():
    rows = [homes("D", "Z1", BASE + 1, 100), homes("E", "Z2", BASE + 1, 300), homes("F", "Z2", BASE + 2, 20)]
    told = of_homes(rows, housing_in_trend=40.0)
    np.testing.assert_allclose(told.parts["housing"][:, -1, 9], [90 * 0.03, 270 * 0.03])
    assert any("not counted again" in note for note in told.notes)


def test_yields_taken_where_none_are_given_are_told():
    told = of_homes([homes("D", "Z1", BASE + 1, 100, dwelling_type="flat", tenure="affordable")])
    assert any("flat, affordable" in note for note in told.notes)


def test_five_thousand_homes():
    """20 primary, 15 secondary and 6 post-16 pupils for 100 homes, at 250 homes a year for twenty years."""
    rows = [homes(f"D{year}", "Z1", BASE + 1 + year, 250) for year in range(20)]
    pupils = of_homes(rows, years=25).parts["housing"].sum(axis=0)
    full = pupils[-1]
    assert full[:7].sum() == pytest.approx(1000)
    assert full[7:12].sum() == pytest.approx(750)
    assert full[12:].sum() == pytest.approx(300)
    assert full[0] / CLASS == pytest.approx(4.76, abs=0.005)
    assert full[7] / CLASS == pytest.approx(5.0)
    assert [round(pupils[year - 1, 0] / CLASS, 2) for year in (2, 5, 10, 15, 20)] == [0.48, 1.19, 2.38, 3.57, 4.76]
    lower, middle, upper = full[:5].sum(), full[5:9].sum(), full[9:12].sum()
    assert (round(lower), round(middle), round(upper)) == (714, 586, 450)  # the same homes in three tiers
    assert lower + middle + upper == pytest.approx(1750)
    assert pupils[16 - 1, 7] == pytest.approx(120)  # 16 years until four forms of entry of a secondary are filled
    assert pupils[15 - 1, 7] < 120

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, STAYING_ON, assumption, births, children, developments, homes, pupils, school
from forecast.build import authority as town_of
from placeplan.forecast.housing import housing
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.tables.homes import STATUSES

YEARS = 8
PER_HOME = 0.2 / 7  # in Reception, by the published rule
ZONES = ("Z1", "Z2")


def town(rows=(), *, taken=(), censuses=4, living=(30.0, 30.0), **more):
    tables = {
        "schools": [school()],
        "pupils": pupils([[60.0] * GROUPS] * censuses),
        "children": children({zone: [[size] * GROUPS] for zone, size in zip(ZONES, living, strict=True)}),
        "births": births(dict.fromkeys(ZONES, [30.0] * 8)),
        "assumptions": [*STAYING_ON, *(assumption(name, value) for name, value in dict(taken).items())],
        "housing": list(rows),
    }
    return town_of(tables, zones=ZONES, years=more.pop("years", YEARS), **more)


def added(rows=(), **more):
    return housing(town(rows, **more))[0]


def told(rows, **more):
    return " ".join(housing(town(rows, **more))[1])


slips = st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 3.0])


@given(st.integers(0, 5), slips, st.integers(0, 400))
def test_a_slip_of_whole_years_is_a_later_completion(years, slip, dwellings):
    late = added([homes("D", "Z1", BASE + 1, dwellings, slip=years + slip)])
    then = added([homes("D", "Z1", BASE + 1 + years, dwellings, slip=slip)])
    np.testing.assert_allclose(late, then, atol=1e-9)


@given(slips, st.integers(0, 400))
def test_part_of_a_year_of_slip_puts_that_part_of_the_homes_a_year_later(slip, dwellings):
    whole, part = int(slip), slip % 1
    early, late = (added([homes("D", "Z1", BASE + 1 + whole + more, dwellings)]) for more in (0, 1))
    slipped = added([homes("D", "Z1", BASE + 1, dwellings, slip=slip)])
    np.testing.assert_allclose(slipped, (1 - part) * early + part * late, atol=1e-9)


@given(developments(ZONES), st.lists(slips, min_size=5, max_size=5))
def test_slipping_sites_bring_the_sum_of_what_each_brings(rows, delays):
    rows = [row | {"slip": slip} for row, slip in zip(rows, delays, strict=False) if row["academic_year"] > BASE]
    apart = sum((added([row]) for row in rows), start=np.zeros((2, YEARS, GROUPS)))
    np.testing.assert_allclose(added(rows), apart, atol=1e-9)


def test_homes_told_for_a_past_year_that_slip_beyond_it_are_still_to_come():
    slipped = added([homes("D", "Z1", BASE - 1, 100, slip=3)])
    np.testing.assert_array_equal(slipped, added([homes("D", "Z1", BASE + 2, 100)]))
    assert slipped.sum() > 0


@pytest.mark.parametrize("status", STATUSES)
def test_where_no_probability_is_given_the_status_tells_it(status):
    silent = added([homes("D", "Z1", BASE + 1, 100, probability=None, status=status)])
    said = added([homes("D", "Z1", BASE + 1, 100, probability=DEFAULTS[f"housing.chance.{status}"].value)])
    np.testing.assert_array_equal(silent, said)


@given(st.sampled_from(STATUSES[1:]), slips)
def test_where_no_slip_is_given_the_status_tells_it(status, slip):
    silent = added([homes("D", "Z1", BASE + 1, 100, status=status)], taken={f"housing.slip.{status}": slip})
    said = added([homes("D", "Z1", BASE + 1, 100, status=status, slip=slip)])
    np.testing.assert_array_equal(silent, said)
    none = added([homes("D", "Z1", BASE + 1, 100, status=status, slip=0)], taken={f"housing.slip.{status}": slip})
    np.testing.assert_array_equal(none, added([homes("D", "Z1", BASE + 1, 100)]))  # the row's own word comes first


@given(st.integers(1, 500), st.integers(0, 9), st.floats(0, 60), st.floats(0.1, 60))
def test_windfall_comes_every_year_from_its_first_on_where_the_children_live(a_year, after, one, other):
    taken = {"housing.windfall": a_year, "housing.windfall_after": after}
    pupils_ = added(taken=taken, living=(one, other))[:, :, 0]
    gathered = a_year * PER_HOME * np.maximum(np.arange(1, YEARS + 1) - after, 0)
    np.testing.assert_allclose(pupils_.sum(axis=0), gathered, rtol=1e-9)
    np.testing.assert_allclose(pupils_[0], gathered * one / (one + other), rtol=1e-9)


@given(developments(ZONES), st.integers(0, 200))
def test_windfall_and_developments_bring_the_sum_of_both(rows, a_year):
    both = added(rows, taken={"housing.windfall": a_year})
    np.testing.assert_allclose(both, added(rows) + added(taken={"housing.windfall": a_year}), atol=1e-9)


past = st.lists(st.integers(0, 300), min_size=3, max_size=3)


def history_of(built):
    return [homes(f"P{i}", "Z2", BASE - 2 + i, number, status="completed") for i, number in enumerate(built)]


@given(past, st.integers(0, 600))
def test_homes_of_the_years_that_the_ratios_know_are_taken_off_those_to_come(built, dwellings):
    rate = np.average(built, weights=[1, 2, 3])  # the weights of the survival ratios
    pupils_ = added([*history_of(built), homes("D", "Z1", BASE + 1, dwellings)])
    assert pupils_[0, 0, 0] == pytest.approx(max(dwellings - rate, 0) * PER_HOME)
    assert pupils_[1].sum() == 0


@given(past, st.sampled_from([0.0, 0.5, 1.0]))
def test_building_on_as_before_adds_only_what_the_ratios_dont_hold(built, share):
    rate = float(np.average(built, weights=[1, 2, 3]))
    as_before = [homes(f"D{year}", "Z1", BASE + year, rate) for year in range(1, YEARS + 1)]
    pupils_ = added([*history_of(built), *as_before], taken={"housing.past_in_trend": share})
    free = added(as_before)
    np.testing.assert_allclose(pupils_, (1 - share) * free, atol=1e-9)


def test_a_rate_that_is_set_goes_before_one_that_is_derived():
    rows = [*history_of([100, 100, 100]), homes("D", "Z1", BASE + 1, 200)]
    assert added(rows, housing_in_trend=150.0)[0, 0, 0] == pytest.approx(50 * PER_HOME)
    assert "150 dwellings a year" in told(rows, housing_in_trend=150.0)


@pytest.mark.parametrize(("built", "words"), [((), "lists none of"), ((70,), "doesn't list each of")])
def test_a_history_of_building_that_is_not_whole_is_not_used_and_that_is_told(built, words):
    rows = [*history_of([0] * 3)[3 - len(built) :], homes("D", "Z1", BASE + 1, 200)]
    assert added(rows)[0, 0, 0] == pytest.approx(200 * PER_HOME)
    assert words in told(rows)
    assert "counted twice" in told(rows)


def test_the_derived_rate_is_told_with_its_years():
    words = told([*history_of([60, 60, 60]), homes("D", "Z1", BASE + 1, 200)])
    assert "60 dwellings a year" in words
    assert "2016/17 to 2018/19" in words


@pytest.mark.parametrize(("censuses", "known"), [(1, ()), (2, (3,)), (3, (2, 3)), (6, (1, 2, 3))])
def test_past_building_counts_only_in_the_years_that_the_censuses_show(censuses, known):
    built = [40, 70, 100]
    rate = np.average(built[3 - len(known) :], weights=known) if known else 0
    pupils_ = added([*history_of(built), homes("D", "Z1", BASE + 1, 300)], censuses=censuses)
    assert pupils_[0, 0, 0] == pytest.approx((300 - rate) * PER_HOME)


@cases(15)
@given(developments(ZONES), past, slips, st.randoms(use_true_random=False))
def test_rows_in_another_order_are_the_same_pupils_bit_for_bit(rows, built, slip, random):
    rows = [*history_of(built), *(row | {"slip": slip} for row in rows)]
    mixed = random.sample(rows, len(rows))
    assert (added(rows) == added(mixed)).all()


@cases(15)
@given(developments(ZONES), past, slips, st.integers(-5, 5))
def test_everything_some_years_later_is_the_same_pupils_under_later_years(rows, built, slip, years):
    rows = [*history_of(built), *(row | {"slip": slip} for row in rows)]
    later = [row | {"academic_year": row["academic_year"] + years} for row in rows]
    moved = dict(town().tables)
    moved = {
        name: table.assign(academic_year=table["academic_year"] + years) if "academic_year" in table else table
        for name, table in moved.items()
    }
    then = town_of(moved | {"housing": later}, zones=ZONES, base=BASE + years, years=YEARS)
    assert (housing(then)[0] == added(rows)).all()


@given(developments(ZONES), past)
def test_twice_the_homes_now_and_in_the_past_bring_twice_the_pupils(rows, built):
    rows = [*history_of(built), *rows]
    twice = [row | {"dwellings": 2 * row["dwellings"]} for row in rows]
    np.testing.assert_allclose(added(twice), 2 * added(rows), atol=1e-9)

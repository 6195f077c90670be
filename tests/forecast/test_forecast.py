import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import (
    BASE,
    GROUPS,
    METHODS,
    authority,
    births,
    children,
    developments,
    frame,
    moved,
    pupils,
    school,
    steady,
    towns,
)
from placeplan.domain.errors import ScenarioProblems
from placeplan.forecast.forecast import forecast

both = pytest.mark.parametrize("method", METHODS)


def made(town, *, method="plain", **more):
    tables, zones, areas = town
    more |= METHODS[method]
    return forecast(
        authority(more.pop("tables", tables), zones=more.pop("zones", zones), areas=more.pop("areas", areas), **more)
    )


@both
@cases(20)
@given(st.data())
def test_parts_add_up_to_the_forecast_and_zones_to_the_rolls_exactly(method, data):
    tables, zones, _ = town = data.draw(towns(method=method))
    told = made(town, tables=tables | {"housing": data.draw(developments(zones))}, method=method)
    assert sorted(told.parts) == ["baseline", "births", "housing", "migration", "moving_up", "post_16", "survival"]
    for order in (list(told.parts), sorted(told.parts)):
        total = np.zeros_like(told.central)
        for name in order:
            total = total + told.parts[name]
        assert (total == told.central).all()
    rolls = (
        frame("pupils", tables["pupils"]).query(f"academic_year == {BASE}").sort_values("nc_year")["pupils"].to_numpy()
    )
    assert (told.base.sum(axis=0) == rolls).all()
    assert (told.parts["baseline"] == told.base[:, None, :]).all()


@both
@cases(20)
@given(st.data())
def test_nothing_is_negative_or_unknown_and_an_empty_year_group_stays_empty(method, data):
    tables, zones, _ = town = data.draw(towns(method=method))
    told = made(town, tables=tables | {"housing": data.draw(developments(zones))}, draws=5, method=method)
    for numbers in (told.central, told.draws, told.specialist, told.early_years, told.base):
        assert np.isfinite(numbers).all()
        assert (numbers >= 0).all()
    organic = told.central - told.parts["housing"]
    empty = organic[:, :-1, :-1].sum(axis=0) == 0
    assert (organic[:, 1:, 1:].sum(axis=0)[empty] == 0).all()


@both
@cases(20)
@given(st.integers(2, 5), st.data())
def test_twice_the_pupils_births_and_dwellings_is_twice_the_forecast(method, times, data):
    tables, zones, _ = town = data.draw(towns(method=method))
    tables = tables | {"housing": data.draw(developments(zones))}
    larger = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    for name, column in (("pupils", "pupils"), ("children", "pupils"), ("births", "births"), ("housing", "dwellings")):
        for row in larger[name]:
            row[column] *= times
    once, often = (made(town, tables=given, method=method) for given in (tables, larger))
    np.testing.assert_allclose(often.central, times * once.central, atol=1e-8)
    np.testing.assert_allclose(often.specialist, times * once.specialist, atol=1e-8)
    np.testing.assert_allclose(often.early_years, times * once.early_years, atol=1e-8)


@both
@cases(20)
@given(st.randoms(use_true_random=False), st.data())
def test_rows_in_another_order_are_the_same_forecast_bit_for_bit(method, random, data):
    tables, zones, _ = town = data.draw(towns(method=method))
    tables = tables | {"housing": data.draw(developments(zones))}
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in tables.items()}
    one, other = (made(town, tables=given, draws=3, method=method) for given in (tables, shuffled))
    assert (one.central == other.central).all()
    assert (one.draws == other.draws).all()
    assert one.notes == other.notes


@given(towns(), st.integers(-5, 5))
def test_all_years_moved_are_the_same_numbers_under_moved_years(town, years):
    tables, _, _ = town
    here, later = made(town, draws=3), made(town, tables=moved(tables, years), base=BASE + years, draws=3)
    assert later.years == tuple(year + years for year in here.years)
    assert (here.central == later.central).all()
    assert (here.draws == later.draws).all()


@given(st.integers(0, 90), st.integers(2, 7), st.integers(1, 4))
def test_where_nothing_changes_nothing_changes(size, censuses, zones):
    names = tuple(f"Z{i}" for i in range(zones))
    if size == 0:
        with pytest.raises(ScenarioProblems, match="No mainstream school has pupils"):
            forecast(steady(0.0, zones=names, censuses=censuses))
        return
    told = forecast(steady(float(size), zones=names, censuses=censuses))
    np.testing.assert_allclose(told.central, size, atol=1e-8)


def test_three_or_twelve_equal_censuses_are_the_same_forecast():
    three, four, twelve = (forecast(steady(censuses=censuses, draws=50)) for censuses in (3, 4, 12))
    assert (three.central == twelve.central).all()
    assert (four.draws == twelve.draws).all()
    (low, high), (low_of_few, high_of_few) = twelve.interval(0.1, 0.9), three.interval(0.1, 0.9)
    assert ((high_of_few - low_of_few)[:, :12] > (high - low)[:, :12]).mean() > 0.9  # two ratios tell less than three


@given(towns())
def test_cohorts_of_the_authority_are_conserved(town):
    told = made(town, years=6)
    whole = told.central.sum(axis=0)
    before = np.concatenate([told.base.sum(axis=0)[None], whole[:-1]])
    for nc in range(1, GROUPS):  # one ratio moves every cohort of a year group up, in every year
        below, above = before[:, nc - 1], whole[:, nc]
        ratio = above[below > 0] / below[below > 0]
        if len(ratio):
            np.testing.assert_allclose(ratio, ratio[0], rtol=1e-6)
        assert (above[below == 0] == 0).all()


@both
@cases(20)
@given(st.data())
def test_all_zones_of_an_area_move_a_cohort_up_by_one_ratio_a_year(method, data):
    _, _, areas = town = data.draw(towns(method=method))
    told = made(town, years=6, method=method)
    before = np.concatenate([told.base[:, None], told.central[:, :-1]], axis=1)[:, :, :-1]
    above = told.central[:, :, 1:]
    assert (above[before == 0] == 0).all()
    ratio = np.divide(above, before, out=np.full(above.shape, np.nan), where=before > 0.01)
    for area in set(areas):
        inside = ratio[[a == area for a in areas]]
        least, most = np.fmin.reduce(inside), np.fmax.reduce(inside)
        np.testing.assert_allclose(least[~np.isnan(least)], most[~np.isnan(most)], rtol=1e-6)


@given(towns())
def test_a_birth_changes_nothing_before_its_cohort_enters_reception(town):
    tables, _, _ = town
    more = [dict(row) for row in tables["births"]]
    last = max(row["twelve_months_to"] for row in more)
    for row in more:
        row["births"] += 7.0 * (row["twelve_months_to"] == last)
    year = int(last[:4]) + 4
    one, other = made(town, years=8), made(town, tables=tables | {"births": more}, years=8)
    earlier = [i for i, planned in enumerate(one.years) if planned < year]
    np.testing.assert_allclose(one.central[:, earlier], other.central[:, earlier], atol=1e-8)


def test_a_planning_area_without_any_children_given_is_a_clear_error():
    scenario = steady(areas=["A", "B"], tables={"children": children({"Z1": [[30] * GROUPS]})})
    with pytest.raises(ScenarioProblems) as raised:
        forecast(scenario)
    (problem,) = raised.value.problems
    assert (problem.file, problem.column) == ("children", "zone")
    assert "B" in problem.wrong


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("births", births({"Nowhere": [3]})[0], "area"),
        ("children", children({"Z9": [[1] * GROUPS]})[0], "zone"),
        ("needs", {"zone": "Z9", "need": "ASD", "academic_year": BASE, "nc_year": 3, "pupils": 1.0}, "zone"),
    ],
)
def test_an_unknown_place_is_named(table, row, column):
    scenario = steady()
    rows = scenario.tables[table].to_dict("records")
    scenario.tables[table] = frame(table, [*rows, row])
    with pytest.raises(ScenarioProblems) as raised:
        forecast(scenario)
    assert [(p.file, p.column) for p in raised.value.problems] == [(table, column)]


def test_one_census_keeps_every_group_and_says_so():
    told = forecast(steady(censuses=1))
    np.testing.assert_allclose(told.central, 30, atol=1e-8)
    assert any("Only one January census" in note for note in told.notes)


def test_few_censuses_learn_from_the_authority_and_its_size_does_not_matter():
    growing = [[600 * 1.02**year] * 11 + [600 * 1.02**year] * 3 for year in range(5)]
    rows = [row | {"urn": None} for row in pupils(growing)]
    told = forecast(
        steady(censuses=1, tables={"authority_pupils": [{k: v for k, v in r.items() if k != "urn"} for r in rows]})
    )
    assert told.central[:, 0, 5].sum() == pytest.approx(60 * 1.02)
    assert any("scaled" in note for note in told.notes)


def test_the_colleges_share_is_derived_from_observed_staying_on_unless_it_is_given():
    rolls = [[60.0] * 12 + [24.0, 20.0]] * 4
    observed = forecast(steady(tables={"pupils": pupils(rolls), "assumptions": []}))
    assert observed.central[:, 2, 12].sum() == pytest.approx(24)
    assert observed.central[:, 2, 13].sum() == pytest.approx(20)
    assert any("colleges' share" in note for note in observed.notes)
    given_share = forecast(
        steady(
            tables={
                "pupils": pupils(rolls),
                "assumptions": [{"assumption": "participation.college_share", "value": "0.5"}],
            }
        )
    )
    assert given_share.central[:, 2, 12].sum() == pytest.approx(60 * 0.95 * 0.5)


def test_births_of_a_larger_area_fall_where_young_children_live():
    living = {"Z1": [[20.0] * GROUPS], "Z2": [[40.0] * GROUPS]}
    told = forecast(steady(tables={"children": children(living), "births": births({"authority": [60] * 8})}))
    np.testing.assert_allclose(told.central[:, :, 0], [[20.0] * 4, [40.0] * 4], atol=1e-8)


def test_reception_follows_births_four_years_before():
    rising = [60, 60, 60, 60, 60, 66, 72, 78]
    told = forecast(steady(tables={"births": births({"authority": rising})}, years=5))
    np.testing.assert_allclose(told.central[:, :, 0].sum(axis=0), [60, 66, 72, 78, 78 * np.exp(0.03 * 0.5)], atol=1e-6)
    assert any("not known" in note for note in told.notes)


def test_needs_are_used_as_given_and_grow_afterwards():
    needs = [{"zone": "Z1", "need": "ASD", "academic_year": BASE + 1, "nc_year": 3, "pupils": 10.0}]
    told = forecast(steady(tables={"needs": needs}, years=3))
    assert told.needs == ("ASD",)
    np.testing.assert_allclose(told.specialist[:, 0, 0], [[10, 10.3, 10.3 * 1.024], [0, 0, 0]])  # 3 %, then 0.8 of it
    assert told.specialist[:, :, 1:].sum() == 0


def test_without_needs_a_rate_of_children_is_spread_over_the_usual_mix():
    told = forecast(steady(years=1))
    assert set(told.needs) == {"ASD", "SEMH", "MLD", "SLD", "PMLD"}
    assert told.specialist.sum() == pytest.approx(60 * 14 * 0.019 * 1.03)


def test_nursery_places_are_for_the_next_reception_and_a_third_of_the_one_after():
    told = forecast(steady(years=2))
    np.testing.assert_allclose(told.early_years, 0.93 * 40)


def test_special_schools_are_outside_the_rolls():
    special = school("200", phase="special")
    both = pupils([[60.0] * GROUPS] * 4) + pupils([[5.0] * GROUPS] * 4, urn="200")
    told = forecast(steady(tables={"schools": [school(), special], "pupils": both}))
    np.testing.assert_allclose(told.base.sum(axis=0), 60)
    assert any("special school" in note for note in told.notes)


@both
@cases(10)
@given(st.data())
def test_a_zone_of_a_new_area_without_children_changes_nothing_elsewhere_not_even_the_draws(method, data):
    tables, zones, areas = town = data.draw(towns(method=method))
    tables = tables | {"housing": data.draw(developments(zones))}
    nobody = children({"A0": [[0] * GROUPS]})
    one = made(town, tables=tables, draws=4, method=method)
    other = made(
        town,
        tables=tables | {"children": tables["children"] + nobody},
        zones=["A0", *zones],
        areas=["0 new", *areas],
        draws=4,
        method=method,
    )
    np.testing.assert_allclose(other.draws[:, 1:], one.draws, rtol=1e-6, atol=1e-5)
    assert (other.draws[:, 0] == 0).all()


def test_what_stays_as_it_is_has_no_story():
    told = forecast(steady())
    for name in ("births", "survival", "housing", "post_16"):
        assert np.abs(told.parts[name]).max() < 1e-8


def test_an_area_that_has_grown_goes_on_to_grow_against_the_others_and_the_authority_stays_as_it_was():
    growing = {"Z1": [[30 * 1.05**year] * GROUPS for year in range(-3, 1)], "Z2": [[30.0] * GROUPS] * 4}
    told = forecast(steady(areas=["A", "B"], tables={"children": children(growing)}))
    np.testing.assert_allclose(told.central.sum(axis=0), 60, atol=1e-8)
    assert (told.central[0, 2, 3:12] > 30 + 0.5).all()
    assert (told.central[1, 2, 3:12] < 30 - 0.5).all()


@both
@cases(10)
@given(st.integers(0, 10), st.floats(1, 4))
def test_a_cohort_whose_small_count_is_hidden_lies_between_its_least_and_its_greatest(method, group, assumed):
    def cohort(count):
        rolls = [[3.0] * GROUPS for _ in range(5)]
        rolls[-1][group] = count
        told = forecast(steady(3.0, zones=("Z1",), tables={"pupils": pupils(rolls)}, **METHODS[method]))
        years = [year for year in range(len(told.years)) if group + 1 + year < 12]
        return told.central[0, years, [group + 1 + year for year in years]]

    least, between, greatest = (cohort(count) for count in (1.0, assumed, 4.0))
    assert (least < greatest).all()
    assert (least <= between + 1e-9).all()
    assert (between <= greatest + 1e-9).all()


@both
def test_censuses_and_children_after_the_base_year_are_never_read(method):
    one = steady(draws=5, **METHODS[method])
    later = {
        "pupils": pupils([[999.0] * GROUPS], base=BASE + 1),
        "children": children({"Z1": [[999.0] * GROUPS]}, base=BASE + 1),
    }
    poisoned = {name: frame(name, [*one.tables[name].to_dict("records"), *rows]) for name, rows in later.items()}
    other = steady(draws=5, tables=poisoned, **METHODS[method])
    assert (forecast(one).draws == forecast(other).draws).all()

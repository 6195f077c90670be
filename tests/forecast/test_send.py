import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from forecast.build import BASE, GROUPS, assumption, authority, children, frame, pupils, school, steady, towns
from placeplan.forecast.forecast import forecast
from placeplan.forecast.scap import TOTALS_OF_SPECIALIST, scap_specialist_table
from placeplan.forecast.send import specialist
from placeplan.forecast.settings_of_need import TOTALS_OF_TABLE, ehcp, growth_of_rate, plans_of
from placeplan.publish.suppress import WITHHELD, withhold
from placeplan.scenario.tables.people import SETTINGS_OF_NEED

GROWTH = {"specialist.growth": 0.1, "specialist.growth_damping": 0.5}


def need(zone="Z1", need="ASD", year=BASE, nc_year=3, number=10.0, setting=""):
    return {
        "zone": zone, "need": need, "academic_year": year, "nc_year": nc_year, "pupils": number, "setting": setting,
    }  # fmt: skip


@st.composite
def needs(draw, zones):
    """Rows of the needs table, no two about the same."""
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(list(zones)), st.sampled_from(["ASD", "SLD"]), st.integers(BASE - 1, BASE + 3),
                st.integers(-2, 14), st.sampled_from(["", *SETTINGS_OF_NEED]),
            ),
            min_size=1, max_size=8, unique=True,
        )
    )  # fmt: skip
    return [need(zone, kind, year, nc, float(draw(st.integers(0, 9))), place) for zone, kind, year, nc, place in keys]


def plans_in(*, rows=(), assumed=(), base=None, central=None, years=3):
    tables = {"needs": list(rows), "assumptions": [assumption(*one) for one in dict(assumed).items()]}
    scenario = authority(tables, years=years)
    base = np.full((2, GROUPS), 30.0) if base is None else base
    central = np.repeat(base[:, None], years, axis=1) if central is None else central
    return plans_of(scenario, central, base)


@cases(20)
@given(towns(), st.data())
def test_settings_add_up_and_growth_has_two_causes_that_add_up(town, data):
    tables, zones, areas = town
    rows = data.draw(st.one_of(st.just([]), needs(zones)))
    scenario = authority(tables | {"needs": rows}, zones=zones, areas=areas)
    told = forecast(scenario)
    plans = ehcp(scenario, told)
    whole = plans.base[..., None] + plans.population + plans.rate
    np.testing.assert_allclose(whole, plans.children, atol=1e-9)
    table, causes = plans.table(), plans.causes()
    assert table["children"].sum() == pytest.approx(plans.children.sum())
    parts = causes[["base_year", "population_effect", "rate_effect"]].sum(axis=1)
    np.testing.assert_allclose(parts, causes["children"], atol=1e-9)
    assert (plans.children >= 0).all()
    names, places, notes = specialist(scenario, told.central, told.base)
    assert (names, notes) == (plans.needs, plans.notes)
    mainstream = plans.children[:, :, plans.settings.index("mainstream"), 1:4]
    np.testing.assert_allclose(places + mainstream, plans.children[:, :, :, 1:4].sum(axis=2), atol=1e-9)


@cases(20)
@given(needs(["Z1", "Z2"]))
def test_years_that_are_given_are_taken_as_they_stand(rows):
    plans = plans_in(rows=rows, assumed=GROWTH)
    given_years = {row["academic_year"] for row in rows}
    for at, year in enumerate(plans.years):
        if year in given_years:
            of_year = [row for row in rows if row["academic_year"] == year]
            specialist_need = sum(row["pupils"] for row in of_year if row["setting"] != "mainstream")
            assert plans.children[:, :, 1:, :, at].sum() == pytest.approx(specialist_need)


def test_the_rate_grows_less_each_year_and_never_beyond_its_stated_end():
    scenario = authority({"assumptions": [assumption(*one) for one in GROWTH.items()]})
    grown = growth_of_rate(scenario, np.arange(60))
    np.testing.assert_allclose(grown[:4], [1, 1.1, 1.1 * 1.05, 1.1 * 1.05 * 1.025])
    steps = grown[1:] / grown[:-1]
    assert (np.diff(steps) <= 1e-12).all()
    assert grown[-1] < np.exp(0.1 / (1 - 0.5))
    assert growth_of_rate(scenario, -2) == pytest.approx(1 / grown[2])


def test_more_children_alone_are_a_population_effect_and_a_rate_alone_a_rate_effect():
    base = np.full((2, GROUPS), 30.0)
    more = np.repeat(2 * base[:, None], 3, axis=1)
    by_children = plans_in(rows=[need()], assumed={"specialist.growth": 0}, base=base, central=more)
    assert by_children.population.sum(axis=(0, 1, 2, 3)) == pytest.approx(3 * [20])  # with as many in mainstream
    assert np.abs(by_children.rate).max() == pytest.approx(0)
    by_rate = plans_in(rows=[need()], assumed=GROWTH)
    assert np.abs(by_rate.population).max() == pytest.approx(0)
    assert by_rate.rate.sum(axis=(0, 1, 2, 3)) == pytest.approx([2 * 10 * (g - 1) for g in (1.1, 1.155, 1.183875)])


def test_the_population_that_counts_is_that_of_the_age_and_of_the_planning_area():
    base = np.full((2, GROUPS), 30.0)
    central = np.repeat(base[:, None], 1, axis=1)
    central[1, :, 7:12] *= 3  # secondary pupils of the other zone: the area has twice as many
    rows = [need(nc_year=3), need(nc_year=9)]
    plans = plans_in(rows=rows, assumed={"specialist.growth": 0}, base=base, central=central, years=1)
    assert plans.specialist[0, 0, :, 0] == pytest.approx([10, 20, 0])


def test_a_child_in_mainstream_classes_needs_no_specialist_place():
    plans = plans_in(rows=[need(setting="special"), need(setting="mainstream", number=25.0)], years=1)
    base = plans.base.sum(axis=(0, 1, 3))
    assert dict(zip(plans.settings, base, strict=True)) == pytest.approx(
        {"mainstream": 25, "resourced": 0, "special": 10, "alternative": 0, "independent": 0}
    )
    assert plans.specialist[0, 0, :, 0] == pytest.approx([10.3, 0, 0])


def test_children_whose_setting_is_not_told_are_spread_by_the_assumed_shares():
    shares = {"special": 3, "resourced": 1, "alternative": 0, "independent": 0}
    assumed = {f"specialist.setting.{name}": share for name, share in shares.items()} | {"specialist.mainstream": 0.5}
    plans = plans_in(rows=[need(number=8.0)], assumed=assumed)
    assert plans.base.sum(axis=(0, 1, 3)) == pytest.approx([4, 2, 6, 0, 0])
    assert any("not told" in note for note in plans.notes)
    assert any("mainstream" in note for note in plans.notes)


def test_under_fives_and_young_people_to_25_are_told_where_they_are_known_and_need_no_school_place():
    rows = [
        need(),
        need(nc_year=-1, number=3.0, setting="special"),
        need(nc_year=14, number=7.0, setting="independent"),
    ]
    plans = plans_in(rows=rows, assumed={"specialist.mainstream": 0, "specialist.growth": 0})
    assert plans.base.sum(axis=(0, 1, 2)) == pytest.approx([3, 10, 0, 0, 7])
    assert plans.specialist[0, 0, :, 0] == pytest.approx([10, 0, 0])
    assert not any("not known" in note for note in plans.notes)
    assert any("under five" in note for note in plans_in(rows=[need()]).notes)


def test_a_table_without_the_column_of_settings_is_read_as_before():
    table = frame("needs", [need()]).drop(columns="setting")
    scenario = authority({"needs": table}, years=1)
    places = specialist(scenario, np.full((2, 1, GROUPS), 30.0))[1]
    assert places[0, 0, :, 0] == pytest.approx([10.3, 0, 0])


@cases(10)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=6), st.sampled_from(SETTINGS_OF_NEED))
def test_no_small_count_of_a_published_table_can_be_seen(counts, setting):
    rows = [
        need("Z1" if i % 2 else "Z2", ("ASD", "SLD")[i % 2], nc_year=i, number=float(number), setting=setting)
        for i, number in enumerate(counts)
    ]
    plans = plans_in(rows=rows, assumed={"specialist.growth": 0}, years=1)
    told = withhold(plans.table(), column="children", totals=TOTALS_OF_TABLE)
    small = np.rint(plans.table()["children"]).between(1, 4).to_numpy()
    assert (told["children"].to_numpy()[small] == WITHHELD).all()
    scenario = steady(areas=["A", "B"], years=1)
    of_areas = scap_specialist_table(forecast(scenario), plans)
    hidden = withhold(of_areas, column="pupil_forecast", totals=TOTALS_OF_SPECIALIST)
    assert (hidden["pupil_forecast"][of_areas["pupil_forecast"].between(1, 4)] == WITHHELD).all()


def test_the_return_tells_specialist_need_five_years_ahead_for_primary_and_seven_for_secondary():
    rows = [
        need(nc_year=2),
        need("Z2", nc_year=8, number=20.0),
        need(nc_year=12, number=5.0),
        need(number=9.0, setting="mainstream"),
    ]
    living = children({zone: [[30.0] * GROUPS] for zone in ("Z1", "Z2")})
    tables = {"needs": rows, "schools": [school(pan=50)], "children": living, "pupils": pupils([[60.0] * GROUPS] * 4)}
    tables["assumptions"] = [assumption("specialist.growth", 0), assumption("participation.college_share", 0)]
    scenario = steady(areas=["A", "B"], years=9, tables=tables)
    told = forecast(scenario)
    table = scap_specialist_table(told, ehcp(scenario, told)).set_index(
        ["time_period", "planning_area_code", "education_phase"]
    )
    assert table.groupby("education_phase").size().to_dict() == {"Primary": 5 * 2, "Secondary": 7 * 2}
    assert table.loc[("202324", "A", "Primary"), "pupil_forecast"] == 10
    assert table.loc[("202526", "A", "Secondary"), "pupil_forecast"] == 5
    assert table.loc[("202526", "B", "Secondary"), "pupil_forecast"] == 20

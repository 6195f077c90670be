import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cases import cases
from forecast.build import (  # fmt: skip
    BASE,
    METHODS,
    assumption,
    authority,
    births,
    children,
    developments,
    homes,
    pupils,
    school,
    steady,
    towns,
)
from placeplan.forecast.developer_contributions import SECURED, from_secured_sites
from placeplan.forecast.forecast import forecast
from placeplan.forecast.reconcile import on_the_grid, shared_out, whole_numbers
from placeplan.forecast.scap import scap_planned_table, scap_table
from placeplan.scenario.tables.homes import STATUSES

NO_TREND = {"assumptions": [assumption("housing.past_in_trend", 0)]}


def option(kind, nc_years, places, opens, **more):
    return {
        "option": f"O-{kind}", "kind": kind, "urn": "100", "nc_years": nc_years, "places_per_year": places, "name": "",
        "earliest_opening": opens, "latest_opening": opens, "capital_pounds": 0.0, "committed": True, **more,
    }  # fmt: skip


def table_of(*, options=(), years=8, schools=None):
    scenario = steady(
        years=years, areas=["A", "B"], tables={"options": list(options), "schools": schools or [school(pan=50)]}
    )
    return scap_table(scenario, forecast(scenario))


def cell(table, area, year, group, column):
    name = f"{year}{(year + 1) % 100:02d}"
    row = table[
        (table["planning_area_code"] == area) & (table["time_period"] == name) & (table["nc_year_group"] == group)
    ]
    return int(row[column].iloc[0])


def test_five_years_of_primary_and_seven_of_secondary_year_groups():
    table = table_of()
    assert (table["education_phase"] == "Primary").sum() == 5 * 2 * 7
    assert (table["education_phase"] == "Secondary").sum() == 7 * 2 * 5
    assert table["time_period"].min() == "201920"


def test_a_school_counts_in_its_own_area_or_else_in_that_of_its_zone():
    table = table_of(
        schools=[school(pan=50), school("101", pan=20, easting=1500.0), school("102", pan=7, planning_area="B")]
    )
    assert cell(table, "A", 2019, "3", "estimated_capacity") == 50
    assert cell(table, "B", 2019, "3", "estimated_capacity") == 27


def test_need_is_forecast_less_capacity_and_spare_places_are_negative():
    table = table_of()
    assert cell(table, "A", 2019, "R", "additional_need_minus_spare_places") == 30 - 50
    assert cell(table, "A", 2019, "R", "additional_need_only_places") == 0
    assert cell(table, "B", 2019, "R", "additional_need_minus_spare_places") == 30
    assert cell(table, "B", 2019, "R", "additional_need_only_places") == 30


@pytest.mark.parametrize(
    ("kind", "of_2021"),
    [("expansion", [0, 0, 10, 10, 10]), ("bulge", [0, 0, 10, 0, 0]), ("pan_reduction", [0, 0, -10, -10, -10])],
)
def test_planned_places_of_reception_are_those_of_committed_options(kind, of_2021):
    table = table_of(options=[option(kind, (0, 6), 10, 2021)])
    assert [cell(table, "A", year, "R", "la_planned_places") for year in range(2019, 2024)] == of_2021
    assert (
        cell(table, "A", 2023, "2", "la_planned_places") == {"expansion": 10, "bulge": 10, "pan_reduction": -10}[kind]
    )
    assert cell(table, "A", 2023, "3", "la_planned_places") == {"expansion": 10, "bulge": 0, "pan_reduction": 0}[kind]


def test_a_new_school_fills_from_the_bottom_in_the_area_of_its_site_and_an_uncommitted_one_is_not_planned():
    new = option("new_school", (0, 6), 60, 2020, urn="", site="S", easting=1500.0, northing=500.0)
    table = table_of(options=[new, option("expansion", (0, 6), 30, 2019, committed=False)])
    assert [cell(table, "B", 2021, group, "la_planned_places") for group in ("R", "1", "2")] == [60, 60, 0]
    assert table.loc[table["planning_area_code"] == "A", "la_planned_places"].eq(0).all()


@pytest.mark.parametrize("method", METHODS)
@cases(15)
@given(st.data())
def test_whole_pupils_of_the_areas_add_to_the_rounded_authority(method, data):
    tables, zones, areas = data.draw(towns(method=method))
    scenario = authority(tables, zones=zones, areas=areas, **METHODS[method])
    told = forecast(scenario)
    table = scap_table(scenario, told)
    primary = (
        table[table["education_phase"] == "Primary"].groupby(["time_period", "nc_year_group"])["pupil_forecast"].sum()
    )
    for (period, group), total in primary.items():
        year = told.years.index(int(period[:4]))
        exact = told.central[:, year, 0 if group == "R" else int(group)].sum()
        assert total == np.round(exact)


@given(arrays(float, (5, 3), elements=st.floats(0, 50)))
def test_no_cell_is_rounded_by_one_or_more(cells):
    rounded = whole_numbers(cells)
    assert (np.abs(rounded - cells) < 1).all()
    assert (rounded.sum(axis=0) == np.round(cells.sum(axis=0))).all()


@given(arrays(float, (4, 3), elements=st.floats(0, 1000)), arrays(float, 3, elements=st.floats(0, 1e5)))
def test_what_is_shared_out_adds_up_to_the_last_digit(weights, total):
    parts = shared_out(total, weights)
    shared = weights.sum(axis=0) > 0
    assert (parts.sum(axis=0)[shared] == on_the_grid(total)[shared]).all()
    assert (parts >= 0).all()
    assert (parts[weights == 0] == 0).all()


def test_homes_reach_the_table():
    living = children({zone: [[30.0] * 14] for zone in ("Z1", "Z2")})
    tables = {"housing": [homes("D", "Z1", BASE + 1, 1000)], "children": living, "pupils": pupils([[60.0] * 14] * 4)}
    scenario = steady(tables=tables | {"births": births({"authority": [60] * 8})}, areas=["A", "B"])
    table = scap_table(scenario, forecast(scenario))
    assert cell(table, "A", 2019, "R", "pupil_forecast") == round(30 + 1000 * 0.2 / 7)


@cases(15)
@given(towns(), st.data())
def test_homes_with_permission_are_within_the_forecast_and_their_part_is_told(town, data):
    tables, zones, areas = town
    drawn = data.draw(developments(zones))
    rows = [row | {"status": data.draw(st.sampled_from(STATUSES))} for row in drawn]
    scenario = authority(tables | {"housing": rows}, zones=zones, areas=areas)
    told = forecast(scenario)
    secured = from_secured_sites(scenario, told)
    assert (secured >= 0).all()
    assert (secured <= np.maximum(told.parts["housing"], 0) + 1e-9).all()
    only = authority(
        tables | {"housing": [r for r in rows if r["status"] in SECURED]} | NO_TREND, zones=zones, areas=areas
    )
    whole = authority(tables | {"housing": rows} | NO_TREND, zones=zones, areas=areas)
    exact = from_secured_sites(whole, forecast(whole))
    np.testing.assert_allclose(exact, forecast(only).parts["housing"], atol=1e-6)
    table = scap_table(scenario, told)
    assert (table["of_which_developer_contributions"] <= table["pupil_forecast"]).all()


def test_a_site_without_permission_is_in_the_forecast_and_not_among_the_secured():
    rows = [homes("D", "Z1", BASE + 1, 700), homes("E", "Z2", BASE + 1, 700, status="allocated")]
    scenario = steady(areas=["A", "B"], tables={"housing": rows})
    table = scap_table(scenario, forecast(scenario))
    assert cell(table, "A", 2020, "R", "of_which_developer_contributions") == 20
    assert cell(table, "B", 2020, "R", "of_which_developer_contributions") == 0
    assert cell(table, "B", 2020, "R", "pupil_forecast") == 50


def test_planned_places_are_told_for_three_years_with_additional_bulge_and_removed_apart():
    options = [
        option("expansion", (0, 6), 10, 2020),
        option("bulge", (0, 6), 15, 2021),
        option("pan_reduction", (0, 6), 5, 2021),
        option("new_school", (0, 6), 30, 2019, committed=False),
    ]
    scenario = steady(years=8, areas=["A", "B"], tables={"options": options, "schools": [school(pan=50)]})
    told = forecast(scenario)
    planned = scap_planned_table(scenario, told)
    assert sorted(set(planned["time_period"])) == ["202021", "202122"]
    assert set(planned["planning_area_code"]) == {"A"}
    apart = ["additional_places", "bulge_places", "removed_places", "la_planned_places"]
    last = planned[(planned["time_period"] == "202122") & (planned["nc_year_group"] == "R")]
    assert last[apart].to_numpy().tolist() == [[10, 15, 5, 20]]
    whole = scap_table(scenario, told)
    for row in planned.itertuples():
        year = int(row.time_period[:4])
        assert cell(whole, "A", year, row.nc_year_group, "la_planned_places") == row.la_planned_places


def test_nothing_planned_is_an_empty_table_with_its_columns():
    scenario = steady(years=8, areas=["A", "B"])
    planned = scap_planned_table(scenario, forecast(scenario))
    assert planned.empty
    assert "la_planned_places" in planned.columns

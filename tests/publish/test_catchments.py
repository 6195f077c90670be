"""Catchments and planning areas, worked out again zone by zone and school by school."""

import dataclasses
import math

import build
import numpy as np
import pytest

from placeplan.publish.gis_layers import layers_of

MILE = 1609.344


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    results = build.results(folder=tmp_path_factory.mktemp("catchments"), zones=12, schools=6)
    return results, layers_of(results)


def miles_between(results, zone, urn):
    """Route miles in plain words: the travel table's, else the straight line times the circuity."""
    travel = results.scenario.table("travel")
    told = travel[(travel["zone"] == zone) & (travel["urn"] == urn)]
    if len(told):
        return float(told["miles"].iloc[0])
    shape = results.scenario.zones.set_index("zone").geometry[zone].representative_point()
    return math.dist((shape.x, shape.y), place_of(results, urn)) / MILE * results.scenario.assume("travel.circuity")


def place_of(results, urn):
    """Where a school stands, or the site of a new one."""
    for table, key in ((results.scenario.schools, "urn"), (results.scenario.table("options"), "site")):
        row = table[table[key] == urn]
        if len(row):
            return float(row["easting"].iloc[0]), float(row["northing"].iloc[0])
    raise KeyError(urn)


def taught_at_last(results, urn):
    rows = results.table("plan/schools.csv").query(f"urn == '{urn}' and academic_year == '{results.year_names[-1]}'")
    return {0 if year == "R" else int(year) for year in rows[rows["places"] > 0]["nc_year"]}


def zones_inside(results, shape):
    zones = results.scenario.zones
    return set(zones["zone"][zones.geometry.representative_point().within(shape).to_numpy()])


def with_travel(results, rows):
    import pandas as pd

    travel = pd.DataFrame(rows, columns=["zone", "urn", "miles"])
    scenario = dataclasses.replace(results.scenario, tables={**results.scenario.tables, "travel": travel})
    return dataclasses.replace(results, scenario=scenario)


def open_schools(results):
    return [urn for urn in results.table("plan/schools.csv")["urn"].unique() if taught_at_last(results, urn)]


def test_a_walking_catchment_holds_the_zones_within_the_limit_and_no_other(made):
    results, layers = made
    found = {(row.urn, row.ages): row for row in layers["walking"].itertuples()}
    expected = {}
    for urn in open_schools(results):
        for ages, limit, of_age in (("under 8", 2, range(4)), ("from 8", 3, range(4, 14))):
            if taught_at_last(results, urn) & set(of_age):
                near = {z for z in results.scenario.zones["zone"] if miles_between(results, z, urn) <= limit}
                expected |= {(urn, ages): near} if near else {}
    assert set(found) == set(expected)
    for key, zones in expected.items():
        assert zones_inside(results, found[key].geometry) == zones
        assert found[key].zones == len(zones)
    assert len({frozenset(zones) for zones in expected.values()}) > 3  # the limits bind here


def test_children_of_a_walking_catchment_are_those_of_an_age_that_the_school_teaches(made):
    results, layers = made
    order = {zone: k for k, zone in enumerate(results.forecast.zones)}
    for row in layers["walking"].itertuples():
        ages = set(range(4)) if row.ages == "under 8" else set(range(4, 14))
        groups = sorted(ages & taught_at_last(results, row.urn))
        zones = [order[zone] for zone in zones_inside(results, row.geometry)]
        assert row.children == pytest.approx(results.forecast.central[zones, -1][:, groups].sum(), abs=1e-4)


def test_nearest_catchments_of_a_year_group_tile_the_authority_and_each_zone_is_with_its_nearest(made):
    results, layers = made
    whole = results.scenario.zones.geometry.union_all()
    for group, rows in layers["nearest"].groupby("nc_year"):
        number = 0 if group == "R" else int(group)
        assert rows.area.sum() == pytest.approx(whole.area)
        assert (
            rows.geometry.union_all().equals_exact(whole, 0.001)
            or rows.geometry.union_all().symmetric_difference(whole).area < 1
        )
        teaching = [urn for urn in open_schools(results) if number in taught_at_last(results, urn)]
        for row in rows.itertuples():
            ways = []
            for zone in zones_inside(results, row.geometry):
                mine = miles_between(results, zone, row.urn)
                assert mine == pytest.approx(min(miles_between(results, zone, urn) for urn in teaching))
                ways.append(mine)
            assert min(ways) - 1e-6 <= row.miles <= max(ways) + 1e-6
            assert row.zones == len(ways)


def test_neighbours_of_one_year_group_have_different_colours(made):
    _, layers = made
    for _, rows in layers["nearest"].groupby("nc_year"):
        for one in rows.itertuples():
            for other in rows.itertuples():
                if one.urn != other.urn and one.geometry.intersection(other.geometry).length > 0:
                    assert one.colour != other.colour


def test_the_travel_table_goes_before_the_straight_line(made):
    results, _ = made
    zone = "Z001"  # no school stands in it
    schools = [urn for urn in open_schools(results) if 0 in taught_at_last(results, urn)]
    far = max(schools, key=lambda urn: miles_between(results, zone, urn))
    told = with_travel(results, [(zone, far, 0.001)])
    nearest = layers_of(told)["nearest"].query("nc_year == 'R'")
    assert zone in zones_inside(told, nearest.set_index("urn").geometry[far])


def test_a_school_with_unsafe_routes_has_no_walking_catchment(made):
    results, layers = made
    urn = layers["walking"]["urn"].iloc[0]
    schools = results.scenario.schools.assign(unsafe_routes=lambda t: t["urn"] == urn)
    scenario = dataclasses.replace(results.scenario, tables={**results.scenario.tables, "schools": schools})
    again = layers_of(dataclasses.replace(results, scenario=scenario))["walking"]
    assert set(layers["walking"]["urn"]) - set(again["urn"]) == {urn}


def test_planning_areas_are_the_sum_of_their_zones_and_schools(made):
    _, layers = made
    zones, schools = layers["zones"], layers["schools"].query("planned == 'yes'")
    for area in layers["plan_areas"].itertuples():
        mine, taught = zones[zones["plan_area"] == area.plan_area], schools[schools["plan_area"] == area.plan_area]
        assert area.zones == len(mine)
        assert area.schools == (taught["places2021"] > 0).sum()
        for year in ("2019", "2020", "2021"):
            for name in ("demand", "short"):
                assert getattr(area, name + year) == pytest.approx(mine[name + year].sum(), abs=1e-4)
            assert getattr(area, f"places{year}") == pytest.approx(taught[f"places{year}"].sum(), abs=1e-4)
        assert (
            area.geometry.equals(mine.geometry.union_all())
            or area.geometry.symmetric_difference(mine.geometry.union_all()).area < 1
        )


def test_a_school_belongs_to_the_area_that_it_is_given_else_to_where_it_stands(made):
    results, layers = made
    schools = layers["schools"].set_index("urn")
    given = results.scenario.schools["urn"].iloc[0]
    assert schools.loc[given, "plan_area"] == "PA02"  # though it stands in PA01
    zones = results.scenario.zones
    for urn, row in schools.drop(index=given).iterrows():
        holding = zones[zones.geometry.intersects(row.geometry)]["planning_area"]
        assert row["plan_area"] in set(holding), urn


def test_every_year_of_the_plan_has_its_columns_and_they_add_up(made):
    results, layers = made
    for k, year in enumerate(("2019", "2020", "2021")):
        assert layers["zones"][f"demand{year}"].sum() == pytest.approx(results.forecast.central[:, k].sum(), abs=1e-4)
        rows = results.table("plan/schools.csv").query(f"academic_year == '{results.year_names[k]}'")
        assert layers["schools"][f"roll{year}"].sum() == pytest.approx(rows["pupils"].sum(), abs=1e-4)
        assert layers["schools"][f"places{year}"].sum() == pytest.approx(
            (rows["places"] - rows["over_capacity"]).sum(), abs=1e-4
        )
    zones = layers["zones"]
    assert np.allclose(zones["shortfall"], zones[["short2019", "short2020", "short2021"]].sum(axis=1), atol=1e-5)
    assert np.allclose(zones["change"], zones["demand2021"] - zones["demand2019"], atol=1e-5)

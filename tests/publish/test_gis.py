import sqlite3

import build
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from placeplan.publish import findings
from placeplan.publish.gis import cut, write_gis
from placeplan.publish.gis_fields import FIELDS, LAYERS, names_of
from placeplan.publish.gis_layers import layers_of


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    place = tmp_path_factory.mktemp("layers")
    write_gis(place / "gis", build.results(folder=place))
    return place / "gis"


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_comes_back_with_shapes_values_and_place(written, results, layer):
    made = layers_of(results)[layer]
    read = pyogrio.read_dataframe(written / "placeplan.gpkg", layer=layer)
    assert read.crs.to_epsg() == 27700
    assert list(read.columns) == [*names_of(layer, build.YEARS), "geometry"]
    assert shapely.equals_exact(read.geometry.to_numpy(), made.geometry.to_numpy(), 0.001).all()
    for name in names_of(layer, build.YEARS):
        pd.testing.assert_series_equal(
            read[name].fillna("") if read[name].dtype.kind not in "fi" else read[name], made[name], check_dtype=False
        )


def test_every_script_survives_in_geopackage_and_shapefile(written):
    for path, layer in ((written / "placeplan.gpkg", "zones"), (written / "zones.shp", None)):
        names = pyogrio.read_dataframe(path, layer=layer)["name"]
        assert names.iloc[2] == build.ACCENTS
        assert names.iloc[3] == build.RIGHT_TO_LEFT
    assert pyogrio.read_dataframe(written / "placeplan.gpkg", layer="zones")["name"].iloc[4] == build.LONG


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_a_text_is_cut_between_characters(text):
    short = cut(text)
    assert text.startswith(short)
    assert len(short.encode("utf-8")) <= 254
    assert short == text or len(text.encode("utf-8")) > 254


def test_an_accent_goes_with_its_letter():
    assert cut("a" * 253 + "e\u0301") == "a" * 253


def test_field_names_are_short_and_alone():
    for layer in LAYERS:
        names = names_of(layer, build.YEARS)
        assert len(names) == len(set(names))
        assert max(map(len, names)) <= 10
    assert all(field.meaning and field.unit for field in FIELDS)


def test_codes_stay_text(written):
    for path in (written / "schools.shp", written / "placeplan.gpkg"):
        read = pyogrio.read_dataframe(path, layer="schools")
        assert "009999" in read["urn"].tolist()


def test_totals_of_layers_agree_with_the_tables(results):
    layers, tables = layers_of(results), results.tables
    assert layers["zones"]["shortfall"].sum() == pytest.approx(tables["plan/shortfall.csv"]["children"].sum(), abs=1e-4)
    assert layers["zones"]["demand2021"].sum() == pytest.approx(results.forecast.central[:, -1].sum(), abs=1e-4)
    last = tables["plan/schools.csv"].query(f"academic_year == '{results.year_names[-1]}'")
    assert layers["schools"]["roll2021"].sum() == pytest.approx(last["pupils"].sum(), abs=1e-4)
    assert layers["schools"]["spare2021"].sum() == pytest.approx(
        (last["places"] - last["over_capacity"] - last["pupils"]).sum(), abs=1e-4
    )
    assert layers["options"]["capital"].sum() == tables["plan/options.csv"]["capital_pounds"].sum()


def test_a_communitys_shortfall_is_shared_among_its_zones_alone(results):
    by_zone = findings.shortfall(results)
    in_birch = (results.scenario.zones["community"] == "Birch").to_numpy()
    assert by_zone[in_birch].sum() == pytest.approx(6.0)
    assert by_zone[~in_birch].sum() == pytest.approx(3.5)
    assert by_zone[0, 0] == pytest.approx(3.5)


def test_lines_for_fewer_than_five_children_are_left_out(results):
    lines = layers_of(results)["journeys"]
    assert (lines["children"] >= 5).all()
    sums = results.table("plan/journeys.csv").groupby(["origin", "urn"])["children"].sum()
    assert len(lines) == (sums >= 5).sum() < len(sums) + 1


def test_a_school_outside_the_plan_has_no_figures_and_a_new_one_is_told(results):
    schools = layers_of(results)["schools"].set_index("urn")
    assert np.isnan(schools.loc["009999", "roll2021"])
    assert schools.loc["009999", "planned"] == "no"
    assert schools.loc["SITE-1", "is_new"] == "yes"
    assert schools.loc["SITE-1", ["roll2019", "places2019", "roll2021"]].tolist() == [0, 0, 84]


def test_an_option_without_a_place_stands_in_the_middle_of_its_community(results):
    options = layers_of(results)["options"].set_index("option")
    assert options["stands_at"].to_dict() == {
        "EXP-1": "school",
        "NEW-1": "site",
        "LINK-1": "middle of the community",
        "EXP-2": "school",
    }
    ash = results.scenario.zones.query("community == 'Ash'").geometry.union_all()
    assert options.loc["LINK-1"].geometry.within(ash)
    assert options["opens"].tolist()[2] == "not chosen"


def test_the_geopackage_carries_its_styles_and_titles(written):
    with sqlite3.connect(written / "placeplan.gpkg") as base:
        assert base.execute("pragma user_version").fetchone() == (10200,)
        assert sorted(
            row[0] for row in base.execute("select f_table_name from layer_styles where useAsDefault")
        ) == sorted(LAYERS)
        told = dict(base.execute("select table_name, identifier from gpkg_contents where data_type = 'features'"))
    base.close()
    assert told == {name: kind.title for name, kind in LAYERS.items()}


def test_a_plan_without_options_and_journeys_still_has_its_layers(results, tmp_path):
    import dataclasses

    bare = {
        path: results.table(path).iloc[:0] for path in ("plan/options.csv", "plan/journeys.csv", "plan/shortfall.csv")
    }
    schools = results.table("plan/schools.csv").query("urn != 'SITE-1'")
    counts, _ = write_gis(
        tmp_path / "bare", dataclasses.replace(results, tables={**results.tables, **bare, "plan/schools.csv": schools})
    )
    assert counts["options.shp"] == counts["journeys.shp"] == 0

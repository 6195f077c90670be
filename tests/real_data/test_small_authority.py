"""A real authority the whole way: imported, planned, published, verified."""

import json

import pytest

from placeplan import pipeline
from placeplan.importers.england import import_england

RUTLAND = "857"  # the smallest county, so that the whole way takes seconds


@pytest.fixture(scope="module")
def rutland(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rutland")
    import_england(shared_data, RUTLAND, folder / "scenario")
    run = pipeline.run(folder / "scenario", folder / "run")
    return folder, run


def test_a_real_authority_is_planned_to_the_gap_asked_for(rutland):
    _, run = rutland
    assert run.status == "Optimal"
    assert 0 <= run.gap <= 0.01


def test_the_run_folder_says_what_the_run_found_and_is_borne_out(rutland):
    folder, run = rutland
    told = json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
    assert told["objective"] == run.objective
    assert told["shortfall"] <= told["sufficiency_limit"] + 1e-4
    assert pipeline.verify(folder / "run").objective == pytest.approx(run.objective, rel=1e-6)


def test_no_roll_is_above_the_places_that_the_plan_counts(rutland):
    folder, _ = rutland
    from placeplan.publish.run_folder import read_run_folder

    schools = read_run_folder(folder / "run").tables["plan/schools.csv"]
    assert (schools["pupils"] <= schools["places"] + 1e-5).all()


def test_its_layers_open_whole_with_source_licence_and_codes(rutland):
    folder, _ = rutland
    import pyogrio

    gis = folder / "run" / "gis" / "placeplan.gpkg"
    schools = pyogrio.read_dataframe(gis, layer="schools")
    assert schools["urn"].str.fullmatch(r"\d{6}").sum() >= 20
    assert schools["laestab"].str.fullmatch(r"857\d{4}").sum() >= 20
    zones = pyogrio.read_dataframe(gis, layer="zones")
    assert zones["zone"].str.fullmatch(r"E\d{8}").all()
    for layer in ("zones", "plan_areas", "walking", "nearest", "schools", "options"):
        frame = pyogrio.read_dataframe(gis, layer=layer)
        assert len(frame)
        assert frame.geometry.is_valid.all()
        metadata = pyogrio.read_info(gis, layer=layer)["layer_metadata"]
        assert metadata["LICENCE"] == "Open Government Licence v3.0"
        assert "Department for Education" in metadata["SOURCE"]
        assert metadata["DATE"] == "2023-01-01"
    areas = pyogrio.read_dataframe(gis, layer="plan_areas")
    assert areas.area.sum() == pytest.approx(zones.area.sum(), rel=1e-6)
    for year in range(2023, 2033):
        assert areas[f"demand{year}"].sum() == pytest.approx(zones[f"demand{year}"].sum(), abs=1e-3)

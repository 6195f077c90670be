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

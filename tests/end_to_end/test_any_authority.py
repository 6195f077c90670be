"""Any authority that check accepts: it runs to its end, and verify bears its folder out."""

import json
import shutil

import pytest
from hypothesis import given

from cases import cases
from placeplan import pipeline
from placeplan.publish.verify import verify_run
from placeplan.scenario.read import check_scenario
from placeplan.scenario.write import write_scenario
from towns import crowded, towns

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("any authority")


def run_of(town, place):
    """The run of a town; None where check refuses it."""
    shutil.rmtree(place / "scenario", ignore_errors=True)
    settings = town.settings.model_dump(exclude_none=True)
    write_scenario(place / "scenario", settings=settings, tables=town.tables, zones=town.zones)
    if any(problem.grave for problem in check_scenario(place / "scenario")):
        return None
    return pipeline.run(place / "scenario", place / "run", replace=True)


@given(town=towns(most_zones=3, most_options=4, most_years=4))
@cases(5, night=200)
def test_whatever_check_accepts_runs_to_its_end_and_verify_bears_it_out(place, town):
    done = run_of(town, place)
    assert done is None or verify_run(done.folder, place / "scenario").checks


def test_places_that_cost_more_than_they_gain_are_opened_and_borne_out(place):
    """Nobody need be without a place, so what must open may be worse on the principles than the do-minimum."""
    done = run_of(crowded(3, tolerance=0.0), place)
    run = json.loads((done.folder / "run.json").read_text())
    assert run["do_minimum"]["shortfall"] > run["sufficiency_limit"]
    assert run["do_minimum"]["objective"] < run["bound"]
    assert verify_run(done.folder, place / "scenario").checks

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import build
import pandas as pd
import pytest

from placeplan.domain.errors import CertificateRefused, ScenarioProblems
from placeplan.publish import run_folder as module
from placeplan.publish.manifest import files_of
from placeplan.publish.run_folder import read_run_folder, write_run_folder


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    place = tmp_path_factory.mktemp("run-folder")
    (place / "scenario").mkdir()
    return write_run_folder(place / "out", build.results(folder=place / "scenario"))


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "out")


def test_tables_come_back_as_they_went_in(folder, results):
    read = read_run_folder(folder)
    for path, table in results.tables.items():
        if path != "plan/specialist.csv":
            pd.testing.assert_frame_equal(read.tables[path], table, check_dtype=False, atol=1e-9)
    assert read.tables["plan/journeys.csv"]["children"].iloc[0] == 7.123456789


def test_run_json_lists_every_file_and_no_other(folder, results):
    run = json.loads((folder / "run.json").read_text("utf-8"))
    assert [entry["path"] for entry in run["files"]] == files_of(folder)
    rows = {entry["path"]: entry["rows"] for entry in run["files"]}
    assert rows["plan/options.csv"] == rows["gis/options.shp"] == len(results.table("plan/options.csv"))
    assert rows["report.html"] is None
    assert run["gap"] == 0.0042


def test_a_file_cut_changed_lost_or_added_is_named(folder, tmp_path):
    paths = files_of(folder)
    for path in paths:
        content = (folder / path).read_bytes()
        for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:]):
            (folder / path).write_bytes(damaged)
            with pytest.raises(CertificateRefused, match=path.replace(".", r"\.")):
                read_run_folder(folder)
        (folder / path).write_bytes(content)
    (folder / "plan" / "extra.csv").write_text("a\n")
    with pytest.raises(CertificateRefused, match=r"plan/extra\.csv"):
        read_run_folder(folder)
    (folder / "plan" / "extra.csv").unlink()
    (folder / "report.html").unlink()
    with pytest.raises(CertificateRefused, match=r"report\.html"):
        read_run_folder(folder)


def test_a_folder_without_run_json_is_no_run_folder(tmp_path):
    with pytest.raises(ScenarioProblems, match="not a run folder"):
        read_run_folder(tmp_path)


AGAIN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import build
from placeplan.publish.run_folder import write_run_folder
write_run_folder(Path(sys.argv[1]), build.results(folder=Path(sys.argv[2])))
"""


def test_the_same_results_give_the_same_bytes_elsewhere_and_at_another_time(folder, results, tmp_path):
    other = tmp_path / "somewhere else" / "out"
    foreign = os.environ | {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "77", "LC_ALL": "C"}
    subprocess.run(
        [sys.executable, "-c", AGAIN, other, results.scenario.folder, Path(build.__file__).parent],
        env=foreign,
        check=True,
    )
    assert files_of(other) == files_of(folder)
    assert [
        path for path in [*files_of(folder), "run.json"] if (folder / path).read_bytes() != (other / path).read_bytes()
    ] == []


def test_replace_swaps_the_folder_and_keeps_no_old_one(folder, results):
    (folder / "note.txt").write_text("of a person")
    write_run_folder(folder, dataclasses.replace(results, run={**results.run, "run_id": "second"}), replace=True)
    assert read_run_folder(folder).run["run_id"] == "second"
    assert not (folder / "note.txt").exists()
    assert sorted(path.name for path in folder.parent.iterdir() if path.is_dir()) == ["out", "scenario"]


def test_a_fault_on_the_way_leaves_the_older_folder_as_it_was(folder, results, monkeypatch):
    before = {path: (folder / path).read_bytes() for path in files_of(folder)}
    monkeypatch.setattr(module, "report_page", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_run_folder(folder, results, replace=True)
    assert {path: (folder / path).read_bytes() for path in files_of(folder)} == before
    assert sorted(path.name for path in folder.parent.iterdir() if path.is_dir()) == ["out", "scenario"]


def test_a_path_that_leaves_the_folder_is_refused(results, tmp_path):
    with pytest.raises(ValueError, match="no path inside"):
        write_run_folder(tmp_path / "out", dataclasses.replace(results, internal={"../evil": b""}))
    assert not (tmp_path / "evil").exists()


def test_small_counts_of_special_needs_are_withheld(folder):
    assert "3" not in read_run_folder(folder).tables["plan/specialist.csv"]["children"].tolist()


def test_a_report_of_a_county_is_under_a_megabyte(tmp_path, shared_data):
    import pyogrio

    from placeplan.publish.page import report_page

    shapes = pyogrio.read_dataframe(shared_data / "central_bedfordshire_lsoa.gpkg").geometry
    page = report_page(build.results(folder=tmp_path, years=10, schools=140, shapes=shapes))
    assert page.count("<path") > len(shapes)
    assert 'd=""' not in page
    assert len(page.encode("utf-8")) < 1_000_000

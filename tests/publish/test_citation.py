"""A citation is followed back to its row, worked out again, and refused when it doesn't come out."""

import json
import shutil

import build
import pytest

from placeplan.domain.errors import CertificateRefused, ScenarioProblems
from placeplan.publish.citation import cite
from placeplan.publish.csv_text import csv_bytes
from placeplan.publish.figures import figures_table
from placeplan.publish.manifest import manifest_of
from placeplan.publish.run_folder import read_run_folder, write_run_folder

RUN = "r-2018"  # the first six signs of the run's id


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    place = tmp_path_factory.mktemp("citation")
    (place / "scenario").mkdir()
    return write_run_folder(place / "out", build.results(folder=place / "scenario"))


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "out")


def put(folder, path, table):
    """Write a table and mend the list of files, so that only working out again can find what was changed."""
    read = read_run_folder(folder)
    (folder / path).write_bytes(csv_bytes(table))
    mend(folder, read.run)


def read_json(folder):
    return json.loads((folder / "run.json").read_text("utf-8"))


def mend(folder, run):
    rows = {e["path"]: e["rows"] for e in run["files"]}
    columns = {e["path"]: e["columns"] for e in run["files"] if "columns" in e}
    whole = {**run, "files": manifest_of(folder, rows=rows, columns=columns)}
    (folder / "run.json").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def test_a_row_is_found_by_its_name_and_a_cell_by_its_column(folder):
    found = cite(folder, f"[{RUN}:options:NEW-1]")
    assert (found.file, found.row, found.values["capital_pounds"]) == ("plan/options.csv", 3, "9500000")
    assert cite(folder, f"{RUN}:options:new-1:places").values == {"places": "420"}
    assert cite(folder, f"{RUN}:programme:r2").values["task"] == "Consult"


def test_a_row_of_several_keys_is_found_with_the_dashes_of_a_keyboard(folder):
    assert cite(folder, f"{RUN}:schools:109000+2019/20+R:pupils").values == {"pupils": "20"}


def test_a_total_is_the_sum_of_its_rows(folder):
    found = cite(folder, f"{RUN}:figures:capital_pounds")
    assert found.values["value"] == "10700000"  # 1,200,000 and 9,500,000: the two options that open
    assert "2 rows (2, 3) of plan/options.csv" in found.derived[0]
    assert cite(folder, f"{RUN}:run:capital_pounds").derived == found.derived


def test_every_figure_comes_out(folder):
    for figure in read_run_folder(folder).tables["appraisal/figures.csv"]["figure"]:
        assert "It agrees" in cite(folder, f"{RUN}:figures:{figure}").derived[0]


def test_a_total_that_its_rows_do_not_bear_out_is_refused(folder):
    options = read_run_folder(folder).tables["plan/options.csv"]
    put(folder, "plan/options.csv", options.assign(capital_pounds=options["capital_pounds"] + 1000))
    with pytest.raises(CertificateRefused, match=r"capital_pounds: says 10700000.*gives 10702000"):
        cite(folder, f"{RUN}:figures:capital_pounds")
    with pytest.raises(CertificateRefused, match=r"run\.json, capital_pounds"):
        cite(folder, f"{RUN}:run:capital_pounds")


def test_a_run_older_than_figures_csv_has_its_totals_worked_out(folder):
    (folder / "appraisal" / "figures.csv").unlink()
    mend(folder, read_json(folder))
    found = cite(folder, f"{RUN}:figures:capital_pounds")
    assert (found.file, found.values) == ("plan/options.csv", {"capital_pounds": "10700000"})
    with pytest.raises(ScenarioProblems, match=f"{RUN}:figures:capital_pounds"):
        cite(folder, f"{RUN}:figures:capital")


def test_a_file_that_was_changed_is_refused_before_anything_is_told(folder):
    file = folder / "plan" / "options.csv"
    file.write_bytes(file.read_bytes().replace(b"1200000", b"1200001"))
    with pytest.raises(CertificateRefused, match=r"plan/options\.csv"):
        cite(folder, f"{RUN}:options:EXP-1")


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        (f"{RUN}:options:EXP-11", f"{RUN}:options:EXP-1"),
        (f"{RUN}:optons:EXP-1", f"{RUN}:options"),
        (f"{RUN}:figures:capital", f"{RUN}:figures:capital_pounds"),
        (f"{RUN}:run:gaps", f"{RUN}:run:gap"),
        (f"{RUN}:options:EXP-1:cost", "capital_pounds"),
        ("abcdef:options:EXP-1", "folder of run abcdef"),
        (f"{RUN}:programme:r1", f"{RUN}:programme:r2"),
        (f"{RUN}:run:", "says nothing"),
        ("", "is no citation"),
        ("[]", "is no citation"),
        (":::", "folder of run"),
    ],
)
def test_an_unknown_citation_names_what_is_nearest(folder, citation, told):
    with pytest.raises(ScenarioProblems, match=told):
        cite(folder, citation)


def test_figures_do_not_care_in_which_order_tables_come(folder):
    read = read_run_folder(folder)
    mixed = {path: table.sample(frac=1, random_state=3) for path, table in read.tables.items()}
    again = figures_table(mixed, read.run)
    assert again["value"].tolist() == pytest.approx(figures_table(read.tables, read.run)["value"].tolist())
    assert build.FORMULA not in again["how"].tolist()

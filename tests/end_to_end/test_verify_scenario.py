"""Verify a run against its scenario: what a run folder alone can't bear out is made again, and every change of it is found."""

import json
import re
import shutil

import pandas as pd
import pytest

from cases import DEEP
from mutations import Place as At
from mutations import mend, spoiled
from placeplan.domain.errors import CertificateRefused
from placeplan.publish.run_id import run_id
from placeplan.publish.verify import verify_run
from placeplan.scenario.read import read_scenario

pytestmark = pytest.mark.end_to_end
ANCHOR = "[anchors]\nvulnerable = { ideal = 0.0, unacceptable = 3000.0 }\n"
DOCUMENTS = ["report.html", "paper.docx", "tables.xlsx", "gis/placeplan.gpkg", "gis/schools.dbf"]
CHANGED = [  # a figure that no recount of the folder reaches: file, row and column or path, another value
    ("appraisal/measures.csv", (2, 2), 55.5),
    ("appraisal/fair_access.csv", (2, 3), 55.5),
    ("appraisal/families.csv", (1, 4), 55.5),
    ("forecast/forecast.csv", (3, 4), 99.0),
    ("plan/particulars.csv", (1, 6), 7.0),
    ("run.json", ("small_counts_below",), 4.0),
    ("run.json", ("solver", "gap_asked"), 0.001),
    ("run.json", ("solver", "time_limit_seconds"), 61.0),
]


@pytest.fixture(scope="module")
def scenario(repository):
    return repository / "scenarios" / "town"


@pytest.fixture(scope="module")
def folder(bundled_run, tmp_path_factory):
    return shutil.copytree(bundled_run("town"), tmp_path_factory.mktemp("against the scenario") / "town")


def put(folder, path, content):
    (folder / path).write_bytes(content)
    mend(folder, path)


def test_what_only_the_scenario_can_bear_out_is_found_though_all_hashes_were_mended(folder, scenario, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    for path, at, value in CHANGED:
        before = (copy / path).read_bytes()
        (copy / path).write_bytes(spoiled(copy, At(path, at, 0.0), value))
        assert (copy / path).read_bytes() != before
        mend(copy, path)
    verify_run(copy)  # the folder alone can't tell
    with pytest.raises(CertificateRefused) as refusal:
        verify_run(copy, scenario)
    found = str(refusal.value).splitlines()
    for path, at, _ in CHANGED:
        what = "every cell follows" if path.endswith(".csv") else at[-1]
        assert any(line.startswith(path) and what in line for line in found), (path, at)
    others = [line for line in found if "is what the published tables make" not in line]  # made of the tables changed
    assert len(others) == len({path for path, *_ in CHANGED if path.endswith(".csv")}) + 3


if DEEP:  # one more forecast and network

    def test_labels_and_prices_that_agree_with_each_other_but_not_with_the_scenario_are_found(
        folder, scenario, tmp_path
    ):
        other = shutil.copytree(scenario, tmp_path / "other")
        text = (other / "schools.csv").read_text("utf-8")
        rows = text.splitlines()
        at = rows[0].split(",").index("pan")
        cells = rows[1].split(",")
        cells[at] = str(int(cells[at]) + 5)
        (other / "schools.csv").write_text("\n".join([rows[0], ",".join(cells), *rows[2:]]) + "\n", encoding="utf-8")
        with pytest.raises(CertificateRefused) as refusal:
            verify_run(folder, other)
        found = str(refusal.value)
        assert "run.json: the rule “input schools.csv is the file of the scenario” does not hold" in found
        assert "certificate/places.csv: the rule “every cell follows from the scenario” does not hold" in found


OTHERWISE = {  # what another scenario says → what of the certificate does not follow from it
    "an option excludes another that opens beside it": ("options.csv", ("EXP-01", "excludes", "LINK-01"), "rules.csv"),
    "an option needs another that stays shut": ("options.csv", ("EXP-01", "needs", "NEW-01"), "rules.csv"),
    "an option is decided already": ("options.csv", ("NEW-01", "committed", "yes"), "openings.csv"),
    "one project may open in a year": ("scenario.toml", "projects_a_year = 1", "rules.csv"),
    "little may be spent in a year": ("scenario.toml", "a_year_pounds = 6500000.0", "rules.csv"),
    "little may be spent": ("scenario.toml", "total_pounds = 7000000.0", "prices.npz"),
    "another loss is unacceptable": ("scenario.toml", ANCHOR, "prices.npz"),
    "more children may be left out": ("scenario.toml", "sufficiency_tolerance = 0.5", "sufficiency_tolerance"),
}  # fmt: skip


def told_otherwise(scenario, folder, file, change):
    """A copy of a scenario that says one thing otherwise."""
    other = shutil.copytree(scenario, folder)
    if file == "options.csv":
        table = pd.read_csv(other / file, dtype=str, keep_default_na=False)
        name, column, value = change
        table.loc[table["option"] == name, column] = value
        table.to_csv(other / file, index=False, lineterminator="\n")
        return other
    lines = (other / file).read_text("utf-8").splitlines()
    table = "solve" if change.startswith("suff") else "budget"
    at = lines.index(f"[{table}]")
    key = change.split(" = ")[0]
    kept = [line for line in lines[at + 1 :] if not line.startswith(f"{key} =")]
    anchors = change == ANCHOR
    (other / file).write_text(
        "\n".join([*lines[:at], *([change] if anchors else []), lines[at], *([] if anchors else [change]), *kept])
        + "\n",
        encoding="utf-8",
    )
    return other


@pytest.mark.parametrize("saying", list(OTHERWISE)[:: 1 if DEEP else 3])  # a forecast and a network each
def test_a_plan_made_under_other_rules_is_refused_though_it_says_it_was_made_from_this_scenario(
    folder, scenario, tmp_path, saying
):
    file, change, what = OTHERWISE[saying]
    other = told_otherwise(scenario, tmp_path / "other", file, change)
    copy, read = shutil.copytree(folder, tmp_path / "copy"), read_scenario(other)
    told = json.loads((copy / "run.json").read_text("utf-8"))
    told |= {"run_id": run_id(read), "inputs": dict(read.inputs)}
    put(copy, "run.json", json.dumps(told).encode("utf-8"))
    with pytest.raises(CertificateRefused, match=re.escape(what)):
        verify_run(copy, other)


def test_documents_that_say_something_else_than_the_tables_are_found_though_all_hashes_were_mended(
    folder, scenario, tmp_path
):
    copy = shutil.copytree(folder, tmp_path / "copy")
    for path in DOCUMENTS:
        content = (copy / path).read_bytes()
        at = content.find(b"1", len(content) // 2)
        put(copy, path, content[:at] + b"7" + content[at + 1 :])
    told = json.loads((copy / "run.json").read_text("utf-8"))
    told["remarks"][-1] += " That is certain."
    put(copy, "run.json", json.dumps(told).encode("utf-8"))
    verify_run(copy)  # the folder alone can't tell
    with pytest.raises(CertificateRefused) as refusal:
        verify_run(copy, scenario)
    found = str(refusal.value)
    for path in DOCUMENTS:
        assert f"{path}: the rule “is what the published tables make” does not hold" in found
    assert "remarks follow from the scenario" in found


def test_a_reason_that_is_not_the_option_s_is_found_but_not_a_last_digit_that_rounding_moves(
    folder, scenario, tmp_path
):
    copy = shutil.copytree(folder, tmp_path / "copy")
    table = pd.read_csv(copy / "plan/options.csv", dtype=str, keep_default_na=False)
    table.loc[0, "reason"] = table.loc[0, "reason"] + ", as the Executive wished"
    put(copy, "plan/options.csv", table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    with pytest.raises(CertificateRefused, match="reasons follow from the scenario and the proof"):
        verify_run(copy, scenario)


def test_the_verdict_says_what_no_check_reached(folder, scenario):
    alone, held = (list(verify_run(folder, given).sentences()) for given in (None, scenario))
    assert any("--scenario DIR makes them again" in sentence for sentence in alone)
    assert not any("held by their hashes alone" in sentence for sentence in held)
    assert any("how rivals stand under other weights" in sentence for sentence in held)

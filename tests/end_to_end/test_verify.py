"""Verify accepts every run that the program publishes and refuses it with one number, one row or one file changed."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from cases import DEEP
from placeplan.allocate.certificate import digest_of
from placeplan.allocate.certificate_files import archived, arrays_of
from placeplan.domain.errors import CertificateRefused, ScenarioProblems
from placeplan.publish.verify import verify_run

pytestmark = pytest.mark.end_to_end

JOURNEYS, SCHOOLS, OPTIONS = "plan/journeys.csv", "plan/schools.csv", "plan/options.csv"
RETENTION, TRANSFERS, SPECIALIST = "plan/retention.csv", "plan/transfers.csv", "plan/specialist.csv"
SHORTFALL, PRINCIPLES = "plan/shortfall.csv", "appraisal/principles.csv"
RECOUNTED = [  # file, columns whose numbers are recounted
    (JOURNEYS, ["children"]),
    (SCHOOLS, ["pupils", "places", "over_capacity"]),
    (RETENTION, ["retention"]),
    (TRANSFERS, ["transfers", "linked_transfers", "displaced"]),
    (OPTIONS, ["places", "capital_pounds"]),
    (PRINCIPLES, ["score", "weight", "contribution"]),
]
NOT_RECOUNTED = {  # what run.json says that no table bears out; the digest in the certificate guards it
    "versions", "seconds", "steps", "files", "format", "solver", "inputs", "small_counts_below",
}  # fmt: skip


BUNDLED = ["town", "pyramid"]


@pytest.fixture(scope="module", params=BUNDLED)
def run_folder(request, bundled_run, tmp_path_factory):
    out = shutil.copytree(bundled_run(request.param), tmp_path_factory.mktemp("verify") / request.param)
    unlock(out)
    return out


def unlock(folder):
    """Take the digests out of the certificate, so that recounting alone must find what was changed."""
    about = json.loads((folder / "certificate.json").read_text("utf-8"))
    about |= {"kept_of_run_json": None, "kept_of_tables": {}}
    write_json(folder / "certificate.json", about)
    mend(folder)


WORDS = ("origin", "origin_kind", "cohort", "nc_year", "cause")


def write_json(file, content):
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def mend(folder, path=None):
    """Make run.json suit its files again: bytes, SHA-256 and, of a table, rows."""
    run = json.loads((folder / "run.json").read_text("utf-8"))
    for entry in run["files"]:
        if path in {None, entry["path"]} and (folder / entry["path"]).exists():
            content = (folder / entry["path"]).read_bytes()
            entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            if "columns" in entry:
                entry["rows"] = len(list(csv.reader(io.StringIO(content.decode("utf-8"))))) - 1
                if path == SHORTFALL:  # an empty table doesn't say of what kind its columns are
                    entry["columns"] = {name: "text" if name in WORDS else "number" for name in entry["columns"]}
    write_json(folder / "run.json", run)


@contextmanager
def changed(folder, path, content, *, mended=True):
    """Change one file for a while."""
    before, run = (folder / path).read_bytes(), (folder / "run.json").read_bytes()
    (folder / path).write_bytes(content)
    if mended and path != "run.json":
        mend(folder, path)
    try:
        yield
    finally:
        (folder / path).write_bytes(before)
        (folder / "run.json").write_bytes(run)


def rows_of(folder, path):
    return list(csv.reader(io.StringIO((folder / path).read_text("utf-8"))))


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def assert_refused(folder, naming):
    with pytest.raises(CertificateRefused) as refusal:
        verify_run(folder)
    assert naming in str(refusal.value)


def a_little_more(text):
    """A number changed by a thousandth of itself, or of 1 where it is smaller."""
    value = float(text)
    return f"{value + max(abs(value), 1.0) / 1000:.9f}"


def some_rows(rows, count):
    return sorted({int(i) for i in np.linspace(1, len(rows) - 1, count)})


def test_a_run_that_the_program_published_is_accepted(run_folder):
    verdict = verify_run(run_folder)
    run = json.loads((run_folder / "run.json").read_text("utf-8"))
    assert verdict.largest_violation <= 1e-6
    assert verdict.objective == pytest.approx(run["objective"], rel=1e-6)
    assert verdict.gap == pytest.approx(run["gap"], abs=1e-6)
    assert len(verdict.checks) > 100
    assert verdict.certified.bound == run["certified_bound"] <= verdict.objective + 1e-6
    assert verdict.certified.how == "leaves of a branching"
    assert verdict.certified_gap <= run["gap"] + 1e-6
    assert any("Certified in exact arithmetic by leaves" in sentence for sentence in verdict.sentences())


def test_the_objective_is_weights_times_deviations_and_cost_in_decimals(run_folder):
    run = json.loads((run_folder / "run.json").read_text("utf-8"), parse_float=Decimal)
    rows = list(csv.DictReader(io.StringIO((run_folder / PRINCIPLES).read_text("utf-8"))))
    assert len(rows) == 9
    missed = [max(Decimal(0), 1 - Decimal(r["score"]) / 100 - run["targets"].get(r["principle"], 0)) for r in rows]
    by_weight = sum(Decimal(r["weight"]) * d for r, d in zip(rows, missed, strict=True))
    for told in (by_weight, sum(Decimal(r["contribution"]) for r in rows)):
        assert abs(told + run["cost_contribution"] - run["objective"]) <= run["objective"] / 10**6


@pytest.mark.parametrize(("path", "column"), [(path, column) for path, columns in RECOUNTED for column in columns])
def test_one_number_changed_is_refused_though_the_hashes_were_mended(run_folder, path, column):
    rows = rows_of(run_folder, path)
    assert len(rows) > 1
    at = rows[0].index(column)
    for row in some_rows(rows, 6):
        spoiled = [list(r) for r in rows]
        spoiled[row][at] = a_little_more(rows[row][at])
        with changed(run_folder, path, as_csv(spoiled)):
            assert_refused(run_folder, path)


@pytest.mark.parametrize(
    ("column", "word"),
    [("cohort", "2016/17"), ("urn", "999999"), ("from_nc_year", "3"), ("to_nc_year", "2"), ("origin", "Nowhere"), ("origin_kind", "moon")],
)  # fmt: skip
def test_a_journey_with_another_label_is_refused(run_folder, column, word):
    rows = rows_of(run_folder, JOURNEYS)
    at = rows[0].index(column)
    row = next(i for i, r in enumerate(rows) if i and r[at] != word and float(r[-1]) > 1)
    rows[row][at] = word
    with changed(run_folder, JOURNEYS, as_csv(rows)):
        assert_refused(run_folder, JOURNEYS)


def test_a_child_said_to_wait_who_has_a_place_is_refused(run_folder):
    rows = rows_of(run_folder, SHORTFALL)
    origin = rows_of(run_folder, JOURNEYS)[1]
    year = json.loads((run_folder / "run.json").read_text("utf-8"))["planned_years"][0]
    for children in ("1", "0.001"):
        more = [
            *rows,
            [origin[0], origin[1], year, "R", children, "every school within reach is full in this year group"],
        ]
        with changed(run_folder, SHORTFALL, as_csv(more)):
            assert_refused(run_folder, SHORTFALL)


def test_an_option_that_opens_in_another_year_or_not_at_all_is_refused(run_folder):
    rows = rows_of(run_folder, OPTIONS)
    at = rows[0].index("opens")
    years = json.loads((run_folder / "run.json").read_text("utf-8"))["planned_years"]
    for row in some_rows(rows, 6):
        for opens in {"not chosen", years[1], years[2], "some day"} - {rows[row][at]}:
            spoiled = [list(r) for r in rows]
            spoiled[row][at] = opens
            with changed(run_folder, OPTIONS, as_csv(spoiled)), pytest.raises(CertificateRefused):
                verify_run(run_folder)


def test_a_specialist_count_that_is_shown_is_recounted(run_folder):
    rows = rows_of(run_folder, SPECIALIST)
    shown = [i for i, r in enumerate(rows) if i and r[3] != "[c]"]
    if run_folder.name == "town":
        assert shown
    for row in shown[:4]:
        for at in (3, 4):
            spoiled = [list(r) for r in rows]
            spoiled[row][at] = str(float(rows[row][at]) + 1).removesuffix(".0")
            with changed(run_folder, SPECIALIST, as_csv(spoiled)):
                assert_refused(run_folder, SPECIALIST)


def leaves(value, path=()):
    """Every number of run.json with its path."""
    if isinstance(value, dict):
        for key, below in value.items():
            if path or key not in NOT_RECOUNTED:
                yield from leaves(below, (*path, key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def test_every_figure_of_run_json_that_follows_from_the_tables_is_recomputed(run_folder):
    text = (run_folder / "run.json").read_text("utf-8")
    numbers = list(leaves(json.loads(text)))
    assert len(numbers) > 70
    step = 2 if DEEP else 4  # the town takes some, the pyramid others
    for path, value in numbers[run_folder.name == "town" :: step]:
        run = json.loads(text)
        part = run
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value + max(abs(value), 1.0) / 1000
        write_json(run_folder / "run.json", run)
        try:
            assert_refused(run_folder, "run.json")
        finally:
            (run_folder / "run.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", [JOURNEYS, SCHOOLS, OPTIONS, RETENTION, PRINCIPLES])
def test_a_row_dropped_or_doubled_is_refused(run_folder, path):
    rows = rows_of(run_folder, path)
    for row in some_rows(rows, 3):
        for spoiled in (rows[:row] + rows[row + 1 :], rows[: row + 1] + rows[row:]):
            with changed(run_folder, path, as_csv(spoiled)), pytest.raises(CertificateRefused):
                verify_run(run_folder)


@pytest.mark.parametrize("name", ["do_minimum", "prices", "model"])
def test_a_number_changed_in_the_certificate_is_refused(run_folder, name):
    path = f"certificate/{name}.npz"
    arrays = arrays_of((run_folder / path).read_bytes())
    wanted = {"do_minimum": ["stays"], "prices": ["local.stays", "opening_cost"], "model": ["cost", "row_lower"]}[name]
    for array in wanted:
        spoiled = arrays | {array: arrays[array].copy()}
        at = int(np.argmax(np.where(np.isfinite(arrays[array]), arrays[array], -1)))
        spoiled[array][at] += 1.0
        with changed(run_folder, path, archived(spoiled)), pytest.raises(CertificateRefused):
            verify_run(run_folder)


def test_duals_that_were_changed_are_refused_though_they_still_prove_something(run_folder):
    path = "certificate/duals.npz"
    duals = arrays_of((run_folder / path).read_bytes())["row_duals"]
    for less in (duals * 0.5, duals * (1 - 1e-9)):
        with (
            changed(run_folder, path, archived({"row_duals": less})),
            pytest.raises(
                CertificateRefused, match=r"certified_root_bound as recounted exactly|duals are whole numbers"
            ),
        ):
            verify_run(run_folder)
    with changed(run_folder, path, archived({"row_duals": -duals})):
        assert_refused(run_folder, path)


def test_a_leaf_dropped_or_altered_is_refused(run_folder):
    path = "certificate/leaves.npz"
    arrays = arrays_of((run_folder / path).read_bytes())
    shut = arrays["openings"].copy()
    shut[0, int(np.flatnonzero(shut[0] == -1)[0])] = 0
    fewer = {name: arrays[name][1:] for name in ("openings", "vector")}
    for spoiled in (fewer, {"openings": shut}, {"duals": arrays["duals"] * 0.999}, {"rays": ~arrays["rays"]}):
        with changed(run_folder, path, archived(arrays | spoiled)):
            assert_refused(run_folder, "certificate/leaves")
    table = (run_folder / "certificate/leaves.csv").read_bytes()
    with changed(run_folder, "certificate/leaves.csv", table.replace(b"open by", b"open  by", 1)):
        assert_refused(run_folder, "certificate/leaves.csv")


def test_any_byte_flipped_and_any_file_cut_is_refused_by_name(run_folder):
    files = sorted(p.relative_to(run_folder).as_posix() for p in run_folder.rglob("*") if p.is_file())
    draw = np.random.default_rng(63)
    for path in (p for p in files if p != "run.json"):
        content = (run_folder / path).read_bytes()
        at = int(draw.integers(len(content)))
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        for spoiled in (flipped, content[:at]):
            with changed(run_folder, path, spoiled, mended=False):
                assert_refused(run_folder, path)


def test_a_file_added_or_lost_is_refused_by_name(run_folder):
    added = run_folder / "plan" / "notes.csv"
    added.write_text("note\n", encoding="utf-8")
    try:
        assert_refused(run_folder, "plan/notes.csv")
    finally:
        added.unlink()
    for path in (SCHOOLS, "gis/zones.prj", "certificate/nodes.csv"):
        away = run_folder.parent / "away"
        shutil.move(run_folder / path, away)
        try:
            assert_refused(run_folder, path)
        finally:
            shutil.move(away, run_folder / path)


def test_a_table_struck_from_the_list_and_the_folder_is_missed(run_folder):
    text = (run_folder / "run.json").read_bytes()
    for path in (SCHOOLS, TRANSFERS, "certificate/model.npz", "certificate.json"):
        content = (run_folder / path).read_bytes()
        run = json.loads(text)
        run["files"] = [entry for entry in run["files"] if entry["path"] != path]
        (run_folder / path).unlink()
        write_json(run_folder / "run.json", run)
        try:
            assert_refused(run_folder, path)
        finally:
            (run_folder / path).write_bytes(content)
            (run_folder / "run.json").write_bytes(text)


def test_a_run_json_that_was_cut_is_refused_and_no_run_folder_is_a_problem(run_folder, tmp_path):
    content = (run_folder / "run.json").read_bytes()
    for at in (0, 1, len(content) // 2, len(content) - 1):
        with changed(run_folder, "run.json", content[:at]):
            assert_refused(run_folder, "run.json")
    with pytest.raises(ScenarioProblems):
        verify_run(tmp_path)


def test_what_the_certificate_kept_guards_what_no_recount_reaches(run_folder, tmp_path):
    locked = tmp_path / "locked"
    shutil.copytree(run_folder, locked)
    run = json.loads((locked / "run.json").read_text("utf-8"))
    about = json.loads((locked / "certificate.json").read_text("utf-8"))
    measures = "appraisal/measures.csv"
    about["kept_of_run_json"] = digest_of({k: v for k, v in run.items() if k not in {"files", "format"}})
    about["kept_of_tables"] = {measures: hashlib.sha256((locked / measures).read_bytes()).hexdigest()}
    write_json(locked / "certificate.json", about)
    mend(locked)
    verify_run(locked)
    text = (locked / "run.json").read_bytes()
    for at in range(2, len(text), 211):
        with (
            changed(locked, "run.json", text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]),
            pytest.raises(CertificateRefused),
        ):
            verify_run(locked)
    rows = rows_of(locked, measures)
    rows[1][2] = a_little_more(rows[1][2])
    with changed(locked, measures, as_csv(rows)):
        assert_refused(locked, measures)


@pytest.mark.parametrize("name", BUNDLED)
def test_a_run_follows_from_its_scenario_and_to_see_it_neither_pulp_nor_the_solver_is_loaded(
    bundled_run, repository, name
):
    program = (
        "import sys; from placeplan import pipeline; pipeline.verify(sys.argv[1], sys.argv[2]); "
        "print([name for name in ('pulp', 'highspy') if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, str(bundled_run(name)), str(repository / "scenarios" / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_where_the_run_lies_does_not_matter(run_folder, tmp_path):
    elsewhere = tmp_path / "a place with ünusual letters"
    shutil.copytree(run_folder, elsewhere)
    assert verify_run(Path(elsewhere)).objective == verify_run(run_folder).objective


def verify_verb(*words):
    return subprocess.run(
        [sys.executable, "-m", "placeplan", "verify", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_the_verb_tells_what_is_certified_and_what_is_the_solvers_word(run_folder):
    done = verify_verb(run_folder)
    assert done.returncode == 0
    assert "bears out what it says" in done.stdout
    assert "Certified in exact arithmetic" in done.stdout
    document = json.loads(verify_verb(run_folder, "--json").stdout)
    assert document["verified"]
    assert all(check["passed"] for check in document["checks"])
    assert document["certified_bound"] <= document["objective"] + 1e-6


def test_the_verb_ends_with_5_and_names_the_file(run_folder):
    rows = rows_of(run_folder, SCHOOLS)
    rows[1][3] = a_little_more(rows[1][3])
    with changed(run_folder, SCHOOLS, as_csv(rows)):
        done = verify_verb(run_folder)
    assert done.returncode == 5
    assert SCHOOLS in done.stderr
    assert "Traceback" not in done.stderr


def test_a_least_shortfall_told_above_what_the_plan_leaves_is_refused_though_both_files_agree(run_folder, tmp_path):
    copy = shutil.copytree(run_folder, tmp_path / "copy")
    run = json.loads((copy / "run.json").read_text("utf-8"))
    about = json.loads((copy / "certificate.json").read_text("utf-8"))
    for figure in ("least_shortfall", "least_shortfall_bound"):
        run[figure] = about["told"][figure] = run["shortfall"] + 500.0
    write_json(copy / "run.json", run)
    write_json(copy / "certificate.json", about)
    mend(copy)
    with pytest.raises(CertificateRefused, match="the least shortfall told is not above the plan's"):
        verify_run(copy)

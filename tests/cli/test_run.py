"""The verb run: what is refused before any work, names of any kind, and endings of the solver, each with its exit code."""

import json
import re
import shutil
import signal

import numpy as np
import pytest

from placeplan import cli, pipeline
from placeplan.allocate.highs import Answer
from placeplan.allocate.solve import Solver
from placeplan.publish.run_folder import read_run_folder
from placeplan.publish.scenario_of import scenario_of


@pytest.fixture(autouse=True)
def _own_signals():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def pyramid(repository, tmp_path):
    return shutil.copytree(repository / "scenarios" / "pyramid", tmp_path / "pyramid")


def run(*words):
    """Run placeplan in this process and return its exit code."""
    with pytest.raises(SystemExit) as leaving:
        cli.main(["run", *(str(word) for word in words)])
    return leaving.value.code or 0


def content_of(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


PLACES = {
    "B68 a run folder": ("earlier", "--replace"),
    "B119 the scenario": ("pyramid", "another --out"),
    "B119 a folder in the scenario": ("pyramid/out", "--out outside"),
    "B120 a file": ("file", "another --out"),
    "B69 a place below a file": ("file/out", "another --out"),
}


@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_place_that_cannot_be_used_ends_with_2_before_any_work(pyramid, tmp_path, monkeypatch, capsys, place):
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "run.json").write_text("{}", "utf-8")
    (tmp_path / "file").write_text("a file", "utf-8")
    before = content_of(tmp_path)
    monkeypatch.setattr(pipeline, "_run", lambda *_: pytest.fail("work was begun"))
    out, remedy = PLACES[place]
    assert run(pyramid, "--out", tmp_path / out) == 2
    assert content_of(tmp_path) == before
    told = capsys.readouterr().err
    assert remedy in told
    assert "Traceback" not in told


def test_a_run_folder_may_have_any_name_that_the_disk_allows(pyramid, tmp_path):
    name = "--Café d’Or, l'été 2019 (draft #2) & more; مدرسة".ljust(200, "_")
    assert run(pyramid, f"--out={tmp_path / name}", "--quiet") in {0, 3}
    assert read_run_folder(tmp_path / name).run["scenario"] == "pyramid"
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"pyramid", name}


class StandIn:
    """HiGHS, but every linear program, or every search that has a plan to better, ends without a point."""

    def __init__(self, monkeypatch, status, *, search):
        honest = Solver._run

        def ended(solver, matrix, options, *, integer, start, **more):
            if (integer and start is not None) if search else not integer:
                return Answer(status, None, np.inf, -np.inf, None, 0.0)
            return honest(solver, matrix, options, integer=integer, start=start, **more)

        monkeypatch.setattr(Solver, "_run", ended)


@pytest.mark.parametrize(
    ("status", "code"), [("Time limit reached", 4), ("Unknown", 4), ("Infeasible", 1), ("Solve error", 1)]
)
def test_a_run_without_any_plan_leaves_no_run_folder(pyramid, tmp_path, monkeypatch, capsys, status, code):
    StandIn(monkeypatch, status, search=False)
    assert run(pyramid, "--out", tmp_path / "out", "--json") == code
    assert [path.name for path in tmp_path.iterdir() if path.name != ".out.lock"] == ["pyramid"]
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert ("time_limit_seconds" in said) == (code == 4)


def test_a_plan_of_which_the_solver_proves_nothing_is_published_with_what_the_certificate_proves(
    pyramid, tmp_path, monkeypatch, capsys
):
    StandIn(monkeypatch, "Time limit reached", search=True)
    assert run(pyramid, "--out", tmp_path / "out", "--json") in {0, 3}
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "Time limit reached"
    assert told["bound"] < told["objective"]
    assert told["gap"] == pytest.approx(told["certified_gap"])
    pipeline.verify(tmp_path / "out")


def test_more_effort_asks_for_a_closer_plan_and_gives_it_more_time_and_run_json_says_so(pyramid, tmp_path):
    settings = pyramid / "scenario.toml"
    settings.write_text(re.sub(r"(?m)^gap = .*$", "gap = 0.02", settings.read_text()))
    for effort, gap, seconds in (("normal", 0.02, 60.0), ("proof", 0.003, 1200.0)):
        assert run(pyramid, "--out", tmp_path / effort, "--effort", effort, "--quiet") in {0, 3}
        solver = json.loads((tmp_path / effort / "run.json").read_text())["solver"]
        assert (solver["gap_asked"], solver["time_limit_seconds"]) == (gap, seconds)
        assert scenario_of(read_run_folder(tmp_path / effort), pyramid).settings.solve.gap == gap


def test_an_effort_that_nobody_knows_is_refused(pyramid, tmp_path, capsys):
    assert run(pyramid, "--out", tmp_path / "out", "--effort", "heroic") == 2
    assert "heroic" in capsys.readouterr().err
    with pytest.raises(ValueError, match="heroic"):
        pipeline.run(pyramid, tmp_path / "out", effort="heroic")


def test_musts_that_cannot_both_be_met_are_named_with_what_is_missing_on_the_screen_and_in_run_json(
    repository, tmp_path, capsys
):
    town = shutil.copytree(repository / "scenarios" / "town", tmp_path / "town")
    settings = town / "scenario.toml"
    settings.write_text(settings.read_text() + "\n[must]\nlocal = 0.0\nviable = 0.1\n")
    assert run(town, "--out", tmp_path / "out") in {0, 3}
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    missed = {key: 1 - told["scores"][key] / 100 - told["must"][key] for key in ("local", "viable")}
    assert min(missed.values()) > 0.01
    assert told["musts_missed"] == pytest.approx(missed)
    said = capsys.readouterr().out
    for by in missed.values():
        assert f"missed by {by:.3f}" in said

"""The shell round the verbs: help, exit codes, one JSON document, and what is said when something goes wrong."""

import json
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from placeplan import cli
from placeplan.cli import exit_codes, screen
from placeplan.cli.app import app
from placeplan.domain import errors
from placeplan.scenario import read
from tiny import write_tiny

VERBS = sorted(command.callback.__name__ for command in app.registered_commands)


@pytest.fixture
def tiny(tmp_path):
    return write_tiny(tmp_path / "tiny")


@pytest.fixture(autouse=True)
def _own_signals():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def run(*words):
    """Run placeplan in this process and return its exit code."""
    with pytest.raises(SystemExit) as leaving:
        cli.main([str(word) for word in words])
    return leaving.value.code or 0


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_options_and_a_true_example(verb):
    text = CliRunner().invoke(app, [verb, "--help"]).output
    assert "--json" in text
    assert "--quiet" in text
    assert f"placeplan {verb} " in " ".join(text.split())


def test_help_is_quick_and_loads_no_table_program():
    code = "import sys, placeplan.cli.app; print(sorted({'pandas', 'geopandas', 'pulp', 'highspy', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def leaves(kind):
    return {kind} | {one for child in kind.__subclasses__() for one in leaves(child)}


def test_every_error_raised_on_purpose_has_an_exit_code():
    purpose = {kind for kind in leaves(errors.PlaceplanError) if kind.__module__ == errors.__name__}
    assert set(exit_codes.BY_ERROR) == purpose - {errors.PlaceplanError}


def test_a_good_scenario_ends_with_0(tiny, capsys):
    assert run("check", tiny.folder) == 0
    assert "can be planned with" in capsys.readouterr().out


def test_json_is_one_document_with_every_problem(tiny, capsys):
    tiny.spoil("schools", 3, "pan", "thirty")
    tiny.spoil("options", 2, "capital_pounds", "35")
    assert run("check", tiny.folder, "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["grave"], told["warnings"]) == (1, 1)
    grave = next(problem for problem in told["problems"] if problem["grave"])
    assert set(grave) == {"file", "row", "column", "message", "hint", "grave"}
    assert (grave["file"], grave["row"], grave["column"]) == ("schools.csv", 3, "pan")


def test_quiet_tells_grave_problems_alone(tiny, capsys):
    tiny.spoil("options", 2, "capital_pounds", "35")
    assert run("check", tiny.folder, "--quiet") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("error", "code"), [(kind, code) for kind, code in exit_codes.BY_ERROR.items() if code != 2])
def test_an_error_raised_on_purpose_is_one_sentence_and_its_code(tiny, monkeypatch, capsys, error, code):
    def fail(_path):
        raise error("The reason, in a sentence.")

    monkeypatch.setattr(read, "check_scenario", fail)
    assert run("check", tiny.folder) == code
    assert capsys.readouterr().err == "The reason, in a sentence.\n"


def test_problems_that_a_stage_raises_end_with_2_and_one_document(tiny, monkeypatch, capsys):
    problem = errors.Problem("schools.csv", 3, "pan", "wrong.", "Mend it.")

    def fail(_path):
        raise errors.ScenarioProblems([problem], scenario="tiny")

    monkeypatch.setattr(read, "check_scenario", fail)
    assert run("check", tiny.folder, "--json") == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["problems"][0]["row"] == 3
    assert "schools.csv, row 3, column pan: wrong. Mend it." in err
    assert "Nothing was run." in err


def test_a_fault_of_ours_is_an_apology_and_a_report(tiny, monkeypatch, capsys, tmp_path):
    def fail(_path):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(read, "check_scenario", fail)
    monkeypatch.chdir(tmp_path)
    assert run("check", tiny.folder) == 1
    out, err = capsys.readouterr()
    assert "Sorry" in err
    assert "Traceback" not in out + err
    assert "nought" not in out + err
    (report,) = tmp_path.glob("placeplan-fault-*.txt")
    assert report.name in err
    assert "ZeroDivisionError: by nought" in report.read_text("utf-8")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_has_its_code_and_no_traceback(sent, code):
    slow = (
        "import time, placeplan.cli, placeplan.scenario.read as read\n"
        "def wait(path):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "read.check_scenario = wait\n"
        "placeplan.cli.main(['check', 'anything'])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout.readline() == "ready\n"
        running.send_signal(sent)
        _, err = running.communicate(timeout=30)
    assert running.returncode == code
    assert "Traceback" not in err


def test_a_mistyped_verb_or_option_ends_with_2(capsys):
    assert run("chek", "tiny") == 2
    assert run("check") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_new_from_demo_can_be_planned_with(tmp_path, capsys):
    assert run("new", tmp_path / "mine", "--from", "demo") == 0
    assert run("check", tmp_path / "mine") == 0
    assert run("new", tmp_path / "mine", "--from", "demo") == 2
    assert "holds something already" in capsys.readouterr().err
    assert run("new", tmp_path / "other", "--from", "dmeo") == 2
    assert "demo" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_new_gives_empty_tables_and_notes_that_check_asks_to_fill(tmp_path, capsys):
    assert run("new", tmp_path / "mine", "--json") == 0
    made = set(json.loads(capsys.readouterr().out)["files"])
    assert {"scenario.toml", "NOTES.txt", "schools.csv", "phase_plan.csv", "zones.gpkg"} <= made
    assert "published admission number" in (tmp_path / "mine" / "NOTES.txt").read_text("utf-8")
    told = {problem.file for problem in read.check_scenario(tmp_path / "mine") if problem.grave}
    assert told == {"schools.csv", "pupils.csv", "children.csv", "births.csv", "zones.gpkg"}


def test_progress_is_plain_lines_where_nobody_looks_and_nothing_when_quiet(capsys):
    with screen.progress(quiet=False) as told:
        told("Forecasting", None)
        told("Forecasting", 0.5)
        told("Planning", 0.1)
    assert capsys.readouterr().err == "Forecasting\nPlanning\n"
    with screen.progress(quiet=True) as told:
        told("Forecasting", None)
    assert capsys.readouterr() == ("", "")


def test_a_name_cannot_steer_the_terminal(tiny, capsys):
    tiny.spoil("options", 2, "urn", "10\x9b2J9999")
    assert run("check", tiny.folder) == 2
    assert "\x9b" not in capsys.readouterr().out


def test_a_table_has_figures_to_the_right(capsys):
    screen.show_table(["school", "pupils"], [["Oak", 1200], ["Ash Middle", 30]])
    assert capsys.readouterr().out.splitlines() == [
        "school      pupils",
        "──────────  ──────",
        "Oak          1,200",
        "Ash Middle      30",
    ]

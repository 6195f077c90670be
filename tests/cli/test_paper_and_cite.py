"""The verbs paper and cite: what they print, and how they end."""

import json
import re
import shutil
import signal

import docx
import pytest

from placeplan import cli, pipeline


@pytest.fixture(autouse=True)
def _own_signals():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def town(bundled_run):
    return bundled_run("town")


def placeplan(*words):
    """Run placeplan in this process and return its exit code."""
    with pytest.raises(SystemExit) as leaving:
        cli.main([str(word) for word in words])
    return leaving.value.code or 0


def short_id(town):
    return json.loads((town / "run.json").read_text("utf-8"))["run_id"][:6]


def test_the_paper_of_a_run_is_the_one_in_its_folder(town, tmp_path, capsys):
    assert placeplan("paper", town, "--out", tmp_path / "paper.docx") == 0
    assert (tmp_path / "paper.docx").read_bytes() == (town / "paper.docx").read_bytes()
    assert placeplan("paper", town, "--out", tmp_path / "paper.docx") == 2
    assert "--replace" in capsys.readouterr().err
    assert placeplan("paper", town, "--out", tmp_path / "paper.docx", "--replace", "--json") == 0
    assert json.loads(capsys.readouterr().out)["bytes"] == (tmp_path / "paper.docx").stat().st_size


def test_two_runs_of_one_scenario_give_the_same_paper_and_workbook(town, repository, tmp_path):
    again = pipeline.run(repository / "scenarios" / "town", tmp_path / "again").folder
    for name in ("paper.docx", "tables.xlsx"):
        assert (again / name).read_bytes() == (town / name).read_bytes(), name


def test_the_paper_of_what_is_no_run_ends_with_2(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert placeplan("paper", tmp_path / "empty", "--out", tmp_path / "paper.docx") == 2
    assert "is not a run folder" in capsys.readouterr().err
    assert not (tmp_path / "paper.docx").exists()


def test_a_figure_is_followed_back_and_an_unknown_one_ends_with_2(town, capsys):
    assert placeplan("cite", town, f"{short_id(town)}:figures:capital_pounds") == 0
    assert "It agrees" in capsys.readouterr().out
    assert placeplan("cite", town, f"{short_id(town)}:options:EXP-01", "--json") == 0
    assert json.loads(capsys.readouterr().out)["values"]["option"] == "EXP-01"
    assert placeplan("cite", town, f"{short_id(town)}:options:EXP-99") == 2
    assert f"{short_id(town)}:options:EXP-01" in capsys.readouterr().err


def test_a_changed_folder_ends_with_5(town, tmp_path, capsys):
    copy = shutil.copytree(town, tmp_path / "copy")
    (copy / "plan" / "options.csv").write_bytes((copy / "plan" / "options.csv").read_bytes() + b" ")
    assert placeplan("cite", copy, f"{short_id(town)}:options:EXP-01") == 5
    assert placeplan("paper", copy, "--out", tmp_path / "paper.docx") == 5
    assert "plan/options.csv" in capsys.readouterr().err


def test_the_paper_s_figures_of_rivals_consent_and_deprivation_are_followed_back(town):
    told = docx.Document(str(town / "paper.docx"))
    cells = [cell.text for table in told.tables for row in table.rows for cell in row.cells]
    words = "\n".join([*(paragraph.text for paragraph in told.paragraphs), *cells])
    assert "It stays first in" in words
    assert "of 200 draws of weights" in words
    assert "need the consent of somebody else than the council" in words
    assert "for the most deprived fifth of zones from" in words
    assert "Other weights: whether" not in words
    cited = re.findall(r"\[(\w+:(robustness|fair_access|particulars|run):[^\[\]]+)\]", words)
    for name in ("robustness", "fair_access", "particulars", "run"):
        pipeline.cite(town, next(citation for citation, table in cited[::-1] if table == name))


def test_explain_tells_why_an_option_is_chosen_from_the_run_and_its_scenario(town, repository, capsys, monkeypatch):
    monkeypatch.chdir(repository)
    assert placeplan("explain", town, "exp-01", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["figures"]["forced"], told["figures"]["proven"]) == ("option", "out", "true")
    assert told["figures"]["change"] > 0
    assert "Without it the objective" in " ".join(told["sentences"])
    assert placeplan("explain", town, "Elm Midle School") == 2
    assert "Nearest are Elm Middle School" in capsys.readouterr().err


def test_explain_without_the_scenario_of_the_run_says_how_to_name_it(town, repository, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert placeplan("explain", town, "EXP-01") == 2
    assert "--scenario DIR" in capsys.readouterr().err
    assert placeplan("explain", town, "EXP-01", "--scenario", repository / "scenarios" / "pyramid") == 2
    assert "is not what run" in capsys.readouterr().err

"""Explain: an area's story in sentences and a table, from the files of a folder alone."""

import json

import pandas as pd
import pytest

from placeplan import cli, pipeline
from placeplan.appraise.explain.subject import explain
from placeplan.domain.errors import CertificateRefused, ScenarioProblems
from placeplan.forecast.drivers import CAUSES


@pytest.fixture(scope="module")
def folder(repository, tmp_path_factory):
    place = tmp_path_factory.mktemp("explained") / "town"
    pipeline.forecast(repository / "scenarios" / "town", place)
    return place


def row(area, kind, stage, base, **causes):
    told = dict.fromkeys(CAUSES, 0.0) | causes
    return {
        "area": area, "area_kind": kind, "academic_year": "2019/20", "year_groups": stage, "base": base, **told,
        "pupils": base + sum(told.values()),
    }  # fmt: skip


def tables(*rows):
    return {"forecast/drivers.csv": pd.DataFrame(rows)}


OAK = tables(
    row("authority", "authority", "R–6", 420.0, births=-12.5, housing=3.0),
    row("authority", "authority", "7–11", 300.0, survival=1.5),
    row("Oak", "planning area", "R–6", 420.0, births=-12.5, housing=3.0),
    row("Oak", "zone", "R–6", 20.0),
)


def test_one_cause_after_another_leads_from_the_base_year_to_the_forecast():
    told = explain(OAK, "authority")
    assert told.sentences[0] == (
        "The authority: 720 pupils of mainstream schools in 2018/19, 712 expected in 2019/20 (−8)."
    )
    assert [sentence.split(" (")[0] for sentence in told.sentences[1:4]] == [
        "Births: −12.5, to 707.5", "Joiners less leavers: +1.5, to 709", "New homes: +3, to 712",
    ]  # fmt: skip
    assert told.sentences[-1] == "By stage: Reception to Year 6: 420 to 410.5; Years 7 to 11: 300 to 301.5."


def test_each_column_of_the_table_adds_up_exactly(folder):
    for area in ("authority", "PA01", "Z1"):
        told = pipeline.explain(folder, area)
        for column in told.table.columns[1:]:
            *steps, last = told.table[column]
            assert round(sum(steps), 1) == last
        assert told.table["all"].tolist() == [round(x, 1) for x in told.table.iloc[:, 1:-1].sum(axis=1)]


def test_a_name_that_two_bear_is_the_planning_area_and_capitals_do_not_matter():
    assert explain(OAK, " oak ").kind == "planning area"
    assert explain(OAK, "Authority").subject == "authority"


def test_what_nothing_changes_is_said_so():
    told = explain(tables(row("Z1", "zone", "R–6", 20.0)), "Z1")
    assert "No cause changes them." in told.sentences


def run(*words):
    with pytest.raises(SystemExit) as leaving:
        cli.main(["explain", *(str(word) for word in words)])
    return leaving.value.code or 0


def test_the_verb_tells_sentences_and_a_table(folder, capsys):
    assert run(folder, "authority") == 0
    out = capsys.readouterr().out
    assert "• New homes: +176.4, to 2,096.4" in out
    assert "pupils in 2026/27" in out
    assert "1,138.2" in out


def test_json_is_one_document_of_the_year_asked_for(folder, capsys):
    assert run(folder, "authority", "--year", "2020/21", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["subject"], told["kind"]) == ("authority", "authority")
    assert told["table"][-1] == {
        "step": "pupils in 2020/21", "R–6": 1079.4, "7–11": 771.0, "12–13": 128.4, "all": 1978.8
    }  # fmt: skip


def test_an_unknown_subject_ends_with_2_and_the_nearest_names(folder, capsys):
    assert run(folder, "athority") == 2
    told = capsys.readouterr().err
    assert '"athority" is nothing that this run can explain' in told
    assert "authority" in told.split("Nearest are")[1]
    assert "Traceback" not in told


@pytest.mark.parametrize(("year", "said"), [("2040/41", "Planned are 2019/20"), ("soon", "Planned are 2019/20")])
def test_a_year_that_is_not_planned_ends_with_2(folder, capsys, year, said):
    assert run(folder, "authority", "--year", year) == 2
    assert said in capsys.readouterr().err


def test_a_folder_that_is_none_ends_with_2(tmp_path, capsys):
    assert run(tmp_path, "authority") == 2
    assert "is not a run folder" in capsys.readouterr().err


def test_a_folder_of_an_earlier_version_says_what_is_missing():
    with pytest.raises(ScenarioProblems) as raised:
        explain({}, "authority")
    assert [problem.file for problem in raised.value.problems] == ["forecast/drivers.csv"]


def test_a_changed_table_explains_nothing(repository, tmp_path):
    pipeline.forecast(repository / "scenarios" / "town", tmp_path / "town")
    file = tmp_path / "town" / "forecast" / "drivers.csv"
    file.write_bytes(file.read_bytes().replace(b"1064.7", b"1065.7", 1))
    with pytest.raises(CertificateRefused, match=r"drivers\.csv"):
        pipeline.explain(tmp_path / "town", "authority")

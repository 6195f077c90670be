import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from forecast.panels import panel, tables_of, written
from placeplan.cli.app import app
from placeplan.domain.errors import ScenarioProblems
from placeplan.forecast.backtest import backtest
from placeplan.forecast.plain import plain_survival

KEYS = [
    "phase",
    "horizon",
    "mape",
    "median_ape",
    "bias",
    "baseline_mape",
    "own_mape",
    "coverage_80",
    "coverage_95",
    "n",
]


@pytest.fixture(scope="module")
def made():
    return panel(25)


@pytest.fixture(scope="module")
def files(made, tmp_path_factory):
    return written(made, tmp_path_factory.mktemp("panel"))


def test_every_authority_origin_and_horizon_is_a_case(files):
    told = backtest(*files)
    assert set(KEYS) <= set(told.rows.columns)
    assert told.rows[["phase", "horizon"]].to_numpy().tolist() == [
        [p, h] for p in ("primary", "secondary") for h in range(1, 6)
    ]
    assert told.rows["n"].tolist() == [25 * origins for origins in (8, 7, 6, 5, 4)] * 2
    assert told.rows["own_mape"].isna().all()
    assert told.cases["origin"].min() == 2014


def test_the_baseline_is_plain_survival_counted_apart(files, made):
    cases = backtest(*files).cases.query("origin == 2017 and horizon == 1 and phase == 'primary'")
    rolls, births = made.rolls, made.births
    at, born = 2017 - made.first, 2017 + 1 - 4 - made.first_birth
    weights = {0: 3, 1: 2, 2: 1}
    expected = []
    for i in range(25):
        entering = (
            sum(w * rolls[i, at - k, 0] / births[i, born - 1 - k] for k, w in weights.items()) / 6 * births[i, born]
        )
        moved = [
            rolls[i, at, nc - 1]
            * sum(w * rolls[i, at - k, nc] / rolls[i, at - k - 1, nc - 1] for k, w in weights.items())
            / 6
            for nc in range(1, 7)
        ]
        expected.append(100 * ((entering + sum(moved)) / rolls[i, at + 1, :7].sum() - 1))
    np.testing.assert_allclose(cases["baseline_error"], expected, atol=1e-9)


def test_an_authority_whose_later_years_are_spoiled_is_forecast_from_earlier_ones_as_before(made, tmp_path):
    whole = backtest(*written(made, tmp_path / "whole")).cases
    cut = made.until(2019)
    early = backtest(*written(cut, tmp_path / "cut")).cases
    both = early.merge(whole, on=["authority", "origin", "horizon", "phase"], suffixes=("", " whole"))
    assert len(both) == len(early) > 0
    for figure in ("error", "baseline_error", "inside_80", "inside_95"):
        assert (both[figure] == both[f"{figure} whole"]).all()


def test_authorities_own_errors_are_compared_where_target_and_horizon_match(files, made, tmp_path):
    own = pd.DataFrame(
        {
            "la_code": [made.names[0], made.names[1], made.names[2], "999"],
            "target_academic_year": ["2018/19", "2018/19", "2018/19", "2018/19"],
            "years_ahead": [1, 1, 9, 1],
            "phase": "primary",
            "signed_error": [0.02, -0.04, 0.5, 0.5],
        }
    )
    own.to_csv(tmp_path / "own.csv", index=False)
    told = backtest(*files, tmp_path / "own.csv")
    assert told.rows.loc[0, "own_mape"] == pytest.approx(3.0)
    assert told.rows["own_mape"].notna().sum() == 1
    assert told.own[["target", "phase", "horizon", "n"]].to_numpy().tolist() == [[2018, "primary", 1, 2]]


def test_few_authorities_are_forecast_with_what_england_teaches(made, tmp_path):
    few = made.only(np.arange(25) < 3)
    told = backtest(*written(few, tmp_path))
    assert any("England" in note for note in told.notes)
    assert told.rows["mape"].notna().all()
    assert told.rows["coverage_80"].notna().all()


@pytest.mark.parametrize("spoil", ["withheld", "gap", "zero"])
def test_a_series_with_a_hole_is_left_out_and_said_so(made, tmp_path, spoil):
    pupils, births = tables_of(made)
    hole = (pupils["la_code"] == made.names[0]) & (pupils["academic_year"] == "2015/16") & (pupils["nc_year"] == "3")
    if spoil == "gap":
        pupils = pupils[~hole]
    else:
        pupils = pupils.astype({"headcount": object})
        pupils.loc[hole, "headcount"] = "c" if spoil == "withheld" else 0
    pupils.to_csv(tmp_path / "pupils.csv", index=False)
    births.to_csv(tmp_path / "births.csv", index=False)
    told = backtest(tmp_path / "pupils.csv", tmp_path / "births.csv")
    assert made.names[0] not in set(told.cases["authority"])
    assert told.cases["authority"].nunique() == 24
    assert any("1 authorities are left out" in note for note in told.notes)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda p, b: (p.drop(columns="headcount"), b), "headcount"),
        (lambda p, b: (pd.concat([p, p.head(1)]), b), "stands twice"),
        (lambda p, b: (p.assign(academic_year=p["academic_year"].replace("2014/15", "2014/17")), b), "does not span"),
        (lambda p, b: (p.assign(nc_year=p["nc_year"].replace("4", "Year Four")), b), "not an NC year"),
        (lambda p, b: (p.assign(headcount=-1), b), "not a count"),
        (lambda p, b: (p, b.assign(year_ending="1/7/2014")), "not a date"),
        (lambda p, b: (p, b.assign(year_ending="2014-09-01")), "1 July"),
        (lambda p, b: (p[p["academic_year"] >= "2020/21"], b), "3 censuses"),
        (lambda p, b: (p, b[b["year_ending"] > "2015"]), "No authority"),
        (lambda p, b: (p.head(0), b), "no row"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(made, tmp_path, spoil, says):
    pupils, births = spoil(*tables_of(made))
    pupils.to_csv(tmp_path / "pupils.csv", index=False)
    births.to_csv(tmp_path / "births.csv", index=False)
    with pytest.raises(ScenarioProblems, match=says) as told:
        backtest(tmp_path / "pupils.csv", tmp_path / "births.csv")
    assert all(problem.file.endswith(".csv") for problem in told.value.problems)


def test_a_file_that_is_not_there_is_a_problem_and_no_fault(tmp_path):
    with pytest.raises(ScenarioProblems, match="no such file"):
        backtest(tmp_path / "pupils.csv", tmp_path / "births.csv")


def test_the_verb_prints_one_json_document_and_writes_tables_and_charts(files, tmp_path):
    words = ["backtest", "--pupils", str(files[0]), "--births", str(files[1]), "--out", str(tmp_path / "out"), "--json"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0
    rows = json.loads(said.stdout)["rows"]
    assert [sorted(row) for row in rows] == [sorted([*KEYS, "coverage_80_allowing", "coverage_95_allowing"])] * 10
    assert rows[0]["own_mape"] is None
    written_ = pd.read_csv(tmp_path / "out" / "backtest.csv")
    np.testing.assert_allclose(written_["mape"], [row["mape"] for row in rows], atol=1e-8)
    for chart in ("errors-by-horizon", "errors-by-authority"):
        assert (tmp_path / "out" / f"{chart}.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_plain_method_needs_no_births_after_the_origin(made):
    known = made.until(2016)
    assert known.births.shape[1] == 2016 - made.first_birth + 1
    told = plain_survival(known, 6)
    np.testing.assert_allclose(told[:, 5, 0], told[:, 4, 0])  # births held

"""The back-test on England's authorities: the figures that the documentation tells, and the tables in the package."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

from placeplan.forecast.backtest import backtest
from placeplan.forecast.pooled import trained
from placeplan.forecast.pooled.nation import nation_of
from placeplan.forecast.pooled.read import read_panel
from placeplan.forecast.train import train

pytestmark = pytest.mark.real_data
PLAIN = {"primary": (0.612, 1.355, 2.406), "secondary": (0.520, 1.514, 2.785)}  # per cent, 1, 3 and 5 years ahead


@pytest.fixture(scope="module")
def files(shared_data):
    return tuple(
        shared_data / name
        for name in ("england_pupils_by_nc_year.csv", "england_births_by_la.csv", "england_la_forecast_errors.csv")
    )


@pytest.fixture(scope="module")
def told(files):
    return backtest(*files)


@pytest.fixture(scope="module")
def judged(told):
    return told.rows[told.rows["horizon"].isin([1, 3, 5])]


def test_plain_survival_errs_as_was_measured_before(judged):
    for phase, expected in PLAIN.items():
        np.testing.assert_allclose(judged.loc[judged["phase"] == phase, "baseline_mape"], expected, atol=0.0006)
    assert judged["n"].tolist() == [116 * 8, 116 * 6, 116 * 4] * 2


def test_unseen_authorities_are_forecast_an_eighth_better_than_by_plain_survival_and_nowhere_worse(told, judged):
    assert (judged["mape"] / judged["baseline_mape"]).mean() < 0.87
    assert (told.rows["mape"] < told.rows["baseline_mape"]).all()


def test_every_cell_is_better_than_the_authorities_own_forecasts(told):
    assert len(told.own) == 12
    assert (told.own["mape"] < told.own["own_mape"]).all()


def test_intervals_hold_the_truth_as_often_as_they_say(told):
    assert 0.78 <= told.cases["inside_80"].mean() <= 0.82
    assert 0.92 <= told.cases["inside_95"].mean() <= 0.97
    assert told.rows["coverage_80"].between(0.70, 0.90).all()


def test_the_census_of_january_2021_is_the_one_shock(files):
    panel = read_panel(*files[:2]).panel
    for origin in range(2014, 2023):
        assert nation_of(panel.until(origin)).shocks() == ((2020,) if origin >= 2020 else ())


def test_nothing_after_the_origin_changes_a_forecast_made_then(files, tmp_path):
    pupils = pd.read_csv(files[0], dtype=str)
    late = pupils["academic_year"] > "2018/19"
    chance = np.random.default_rng(3)
    pupils.loc[late, "headcount"] = (
        (pupils.loc[late, "headcount"].astype(int) * chance.uniform(0.5, 2, late.sum()))
        .astype(int)
        .clip(300)
        .astype(str)
    )
    pupils.to_csv(tmp_path / "pupils.csv", index=False)
    poisoned = backtest(tmp_path / "pupils.csv", files[1]).cases
    honest = backtest(*files[:2]).cases
    keys = ["authority", "origin", "horizon", "phase"]
    both = honest.merge(poisoned, on=keys, suffixes=("", " poisoned")).query("origin + horizon <= 2018")
    assert len(both) == 2 * 116 * (4 + 3 + 2 + 1)
    for figure in ("error", "inside_80", "inside_95"):
        assert (both[figure] == both[f"{figure} poisoned"]).all()


def test_one_authority_alone_is_forecast_with_the_tables_in_the_package(files, tmp_path):
    pupils = pd.read_csv(files[0], dtype=str)
    some = sorted(set(pupils["la_code"]))[20:150:12]
    pupils[pupils["la_code"].isin(some)].to_csv(tmp_path / "pupils.csv", index=False)
    rows = backtest(tmp_path / "pupils.csv", files[1]).rows
    assert rows["n"].iloc[0] >= 8 * 6
    assert (rows["mape"] / rows["baseline_mape"]).mean() < 1
    assert rows["coverage_80"].mean() > 0.6


def test_the_tables_in_the_package_are_those_that_the_command_makes(shared_data, tmp_path, repository):
    train(shared_data, tmp_path)
    for name in (trained.NATION, trained.DRIFT, trained.WIDTHS):
        made, kept = (
            pd.read_csv(folder / name, comment="#")
            for folder in (tmp_path, repository / "placeplan" / "forecast" / "pooled")
        )
        pd.testing.assert_frame_equal(made, kept, rtol=1e-4, atol=1e-9)


def test_the_page_on_accuracy_tells_what_the_back_test_says(shared_data, repository):
    spec = importlib.util.spec_from_file_location("docs_accuracy", repository / "docs" / "accuracy.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.page(shared_data) == module.HERE.read_text(encoding="utf-8"), (
        "run python docs/accuracy.py ../shared/data"
    )

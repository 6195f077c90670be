"""Other futures: each outcome is places first and then the objective, who is first is counted again in plain Python."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from explained import planned_town
from hypothesis import given
from hypothesis import strategies as st

from authorities import plan_for
from placeplan import pipeline
from placeplan.allocate.at_demand import outcomes
from placeplan.allocate.problem import with_openings
from placeplan.allocate.rivals import rivals
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import counted, with_limit
from placeplan.appraise.futures import futures
from placeplan.appraise.robustness import robustness
from placeplan.appraise.standing import CHOSEN, DO_MINIMUM
from placeplan.appraise.time_for import time_for
from placeplan.appraise.tried import first_of, tried
from placeplan.domain.progress import silent
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, school

CLOSE = 1e-6


@pytest.fixture(scope="module")
def town():
    planned = planned_town()
    settings = planned.scenario.settings
    pool = rivals(planned.allocation, planned.scenario)
    sure = robustness(planned.allocation, pool, settings.weights.cost, settings.solve.seed)
    few = settings.model_copy(update={"solve": settings.solve.model_copy(update={"futures": 6})})
    there = replace(planned.scenario, settings=few)
    return SimpleNamespace(
        allocation=planned.allocation, scenario=there, sure=sure, tried=futures(planned.allocation, sure, there)
    )


def solver():
    return Solver(1, 1, silent)


def least(matrix, openings):
    fixed = with_openings(matrix, np.round(openings), matrix.integer)
    return solver().lp(fixed, seconds=60.0, corner=True, method="choose").point


def test_where_the_forecast_comes_true_the_plan_is_what_it_was_planned_to_be(town):
    done = town.allocation
    plan, minimum = outcomes(done.model, [done.plan.openings, done.do_minimum.openings], solver(), lambda: 60.0)
    assert plan.shortfall == pytest.approx(done.plan.shortfall(0, 11), abs=CLOSE)
    assert plan.objective == pytest.approx(done.objective, rel=CLOSE)
    assert minimum.shortfall == pytest.approx(done.do_minimum.shortfall(0, 11), abs=CLOSE)
    assert minimum.objective == pytest.approx(done.do_minimum_objective, rel=CLOSE)


def test_places_come_first_as_two_programs_one_after_the_other_tell():
    """So few places that somebody waits in most years: the first program counts them, the second has their number as a limit."""
    schools = [school("P", "primary", pan=22, net_capacity=160), school("S", "secondary", pan=60)]
    rows = [option("X", "expansion", "P", 0, 1, places_per_year=6, nc_years=(0, 6))]
    given_ = authority(schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=4)
    model = plan_for(given_).allocation.model
    matrix, short = model.problem.matrix(), counted(model)
    openings = [np.zeros(2), np.ones(2), np.array([0.0, 1.0])]
    for one, told in zip(openings, outcomes(model, openings, solver(), lambda: 60.0), strict=True):
        fewest = float(short @ least(replace(matrix, cost=short.astype(float)), one))
        point = least(with_limit(model, matrix, fewest + CLOSE), one)
        assert fewest > 1
        assert told.shortfall == pytest.approx(fewest, abs=1e-4)
        assert told.objective == pytest.approx(float(matrix.cost @ point) + model.constant, abs=1e-5)


def test_each_future_is_one_of_the_forecast_s_and_tries_the_plan_the_do_minimum_and_the_nearest_rivals(town):
    each, names = town.tried.each, town.sure.table["plan"].tolist()
    draws = town.allocation.model.network.forecast.draws
    assert each["future"].nunique() == 6
    assert each.groupby("future", sort=False)["plan"].agg(list).map(tuple).nunique() == 1
    plans = each["plan"].iloc[: len(town.tried.table)].tolist()
    assert plans[0] == CHOSEN
    assert set(plans) <= set(names)
    assert plans[1:] == [DO_MINIMUM, *[n for n in names[1:] if n != DO_MINIMUM][:4]]
    for future, rows in each.groupby("future"):
        assert rows["children"].to_numpy() == pytest.approx(draws[future - 1][:, :, :12].sum())


def test_more_children_never_leave_the_same_openings_fewer_short_by_much(town):
    """Futures differ by area and year group too, so the fullest is compared with the emptiest alone."""
    plan = town.tried.each[town.tried.each["plan"] == CHOSEN].sort_values("children")
    assert plan["shortfall"].iloc[-1] >= plan["shortfall"].iloc[0]


def test_who_is_first_is_counted_again_and_so_is_every_share(town):
    for _, rows in town.tried.each.groupby("future"):
        fewest = min(rows["shortfall"])
        able = [r for r in rows.to_dict("records") if r["shortfall"] <= fewest + 1.0]
        assert sum(rows["first"]) == 1
        assert rows.loc[rows["first"] == 1, "objective"].iloc[0] <= min(r["objective"] for r in able) + CLOSE * 10
    for row in town.tried.table.to_dict("records"):
        mine = town.tried.each[town.tried.each["plan"] == row["plan"]]
        assert row["futures_first"] == sum(mine["first"])
        assert row["share_first"] == pytest.approx(sum(mine["first"]) / 6)
        assert sum(mine["shortfall"] <= row["shortfall_at_most"]) >= 0.9 * 6
        assert sum(mine["shortfall"] <= row["shortfall_usual"]) >= 0.5 * 6
    assert town.tried.table["futures_first"].sum() == 6
    assert f"{100 * town.tried.table['share_first'].iloc[0]:.0f} % of 6 futures" in town.tried.told()["sentence"]


@given(
    rows=st.lists(
        st.lists(st.tuples(st.sampled_from([0.0, 0.4, 1.0, 1.5, 7.0]), st.integers(0, 3)), min_size=3, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_first_is_the_least_objective_among_those_that_leave_as_few_short_and_the_earlier_of_equals(rows):
    short = np.array([[s for s, _ in row] for row in rows])
    value = np.array([[float(v) for _, v in row] for row in rows])
    for k, first in enumerate(first_of(short, value, 1.0)):
        able = [(rows[k][p][1], p) for p in range(3) if rows[k][p][0] <= min(s for s, _ in rows[k]) + 1.0]
        assert first == min(able)[1]


def test_a_large_authority_is_tried_only_where_there_is_time_and_that_is_said(town, monkeypatch):
    monkeypatch.setattr("placeplan.appraise.time_for.is_small", lambda _: False)
    told = futures(town.allocation, town.sure, town.scenario)
    assert told.each.empty
    assert told.table.empty
    assert told.told() == {
        "futures": 0, "plans": 0, "sentence": "How often it stays first if other children come than forecast has not been tried.",
    }  # fmt: skip


def test_a_huge_authority_is_not_tried_however_long_its_time(town, monkeypatch):
    solve = town.scenario.settings.solve.model_copy(update={"time_limit_seconds": 7200.0})
    long = replace(town.scenario, settings=town.scenario.settings.model_copy(update={"solve": solve}))
    monkeypatch.setattr("placeplan.appraise.time_for.is_small", lambda _: False)
    assert time_for(town.allocation, long, 0.25).there_is
    monkeypatch.setattr("placeplan.appraise.time_for.is_huge", lambda _: True)
    assert not time_for(town.allocation, long, 0.25).there_is


def test_a_future_that_ends_no_more_in_time_is_left_out_whole(town, monkeypatch):
    monkeypatch.setattr("placeplan.appraise.futures.outcomes", lambda *_: None)
    assert futures(town.allocation, town.sure, town.scenario).each.empty


def test_a_run_in_which_nothing_was_tried_is_verified_and_says_so(tmp_path, repository):
    folder = tmp_path / "pyramid"
    shutil.copytree(repository / "scenarios" / "pyramid", folder)
    settings = folder / "scenario.toml"
    settings.write_text(settings.read_text("utf-8").replace("futures = 20", "futures = 0"), "utf-8")
    done = pipeline.run(folder, tmp_path / "run").folder
    assert pipeline.verify(done).objective > 0
    assert (done / "appraisal" / "futures.csv").read_text("utf-8").count("\n") == 1
    said = json.loads((done / "run.json").read_text("utf-8"))["futures"]
    assert said["futures"] == 0
    assert "has not been tried" in said["sentence"]
    assert "has not been tried" in (done / "report.html").read_text("utf-8")


def test_nothing_tried_has_no_share_but_a_sentence():
    assert tried([], np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0)), 1.0).table.empty
    nothing = tried(["the plan"], np.zeros(0), np.zeros((0, 1)), np.zeros((0, 1)), 1.0)
    assert next(iter(nothing.table.columns)) == "plan"
    assert "has not been tried" in nothing.told()["sentence"]

"""The frontier: no plan on it is dominated, each is the best at its weights, and leaving one out changes no other."""

import json
import signal
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from authorities import KEYS, SCENARIOS, scenario
from cases import cases
from enumeration import Enumerated
from placeplan import cli
from placeplan.appraise.frontier import bound_at, envelope, frontier
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from towns import plan_for, towns


@dataclass(frozen=True)
class Line:
    """A plan as the envelope sees it."""

    loss: float
    cost: float

    def at(self, weight):
        return self.loss + weight * self.cost


LINES = st.lists(
    st.builds(Line, st.integers(0, 40).map(float), st.integers(-9, 30).map(float)), min_size=1, max_size=12
)


def frontier_of(given, **how):
    could_go = network(given, forecast(given), options(given))
    prices = tuple(principle.prices(could_go, given) for principle in NINE)
    return frontier(could_go, prices, KEYS, given, **how)


@given(LINES)
@cases(200)
def test_at_every_weight_the_plan_of_the_envelope_is_the_best_of_all(lines):
    found = envelope(lines, 0.01, 100.0)
    assert (found[0][1], found[-1][2]) == (0.01, 100.0)
    for weight in np.geomspace(0.01, 100.0, 97):
        mine = next(p for p, low, high in found if low <= weight <= high)
        assert mine.at(weight) == pytest.approx(min(line.at(weight) for line in lines), abs=1e-9)


@given(LINES)
@cases(200)
def test_no_plan_of_the_envelope_is_dominated_and_without_one_the_others_stay(lines):
    plans = [p for p, _, _ in envelope(lines, 0.01, 100.0)]
    for one in plans:
        assert not any(o.loss <= one.loss and o.cost <= one.cost and o != one for o in lines)
        others = [p for p, _, _ in envelope([line for line in lines if line != one] or [one], 0.01, 100.0)]
        assert [p for p in plans if p != one] == [p for p in others if p in plans and p != one]


@given(towns(most_options=3, most_years=4))
@cases(8, night=100)
def test_each_plan_of_a_town_is_the_best_at_its_weights_as_every_way_to_open_tells(given):
    found = frontier_of(given, solves=40)
    assume(len(found.plans) > 0)
    assert found.complete
    for one in found.plans:
        assert one.gap == pytest.approx(0, abs=1e-6)
        for weight in (one.weight, *np.geomspace(one.low, one.high, 3)):
            planned = plan_for(given, cost=float(weight))
            best = Enumerated(planned.allocation.matrix, planned.network.options.decisions).least()
            least = best + planned.allocation.model.constant
            assert one.point.at(weight) == pytest.approx(least, rel=1e-6, abs=1e-6)


@pytest.fixture(scope="module")
def town():
    return frontier_of(scenario("town"))


def test_the_plan_of_the_scenario_itself_stands_on_the_frontier(town):
    planned = plan_for(scenario("town"))
    yours = next(one for one in town.plans if one.low <= town.own < one.high)
    assert np.array_equal(np.round(yours.point.plan.openings), np.round(planned.allocation.plan.openings))
    assert yours.point.at(town.own) == pytest.approx(planned.allocation.objective, abs=1e-9)


def test_each_plan_that_costs_more_loses_less(town):
    costs, losses = ([getattr(one.point, name) for one in town.plans] for name in ("cost", "loss"))
    assert len(costs) > 3
    assert costs == sorted(costs, reverse=True)
    assert losses == sorted(losses)
    assert [one.high for one in town.plans[:-1]] == [one.low for one in town.plans[1:]]


def test_with_few_solves_it_says_that_there_may_be_more(town):
    few = frontier_of(scenario("town"), solves=2)
    assert not few.complete
    assert len(few.bounds) == 2
    for one in few.plans:
        least = min(other.point.at(one.weight) for other in town.plans)
        assert one.bound <= least + 1e-9
        assert least <= one.point.at(one.weight) + 1e-9


def test_a_bound_between_two_weights_is_what_concavity_allows():
    assert bound_at({1.0: 10.0, 3.0: 20.0}, 2.0) == 15.0
    assert bound_at({1.0: 10.0, 3.0: 20.0}, 3.0) == 20.0
    assert bound_at({1.0: 10.0}, 2.0) == -np.inf


@pytest.fixture
def _own_signals():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def invoke(*words):
    """Run the verb in this process and return its exit code."""
    with pytest.raises(SystemExit) as leaving:
        cli.main(["frontier", *(str(word) for word in words)])
    return leaving.value.code or 0


@pytest.mark.usefixtures("_own_signals")
def test_the_verb_writes_tables_a_picture_and_how_it_was_made(tmp_path, capsys):
    code = invoke(SCENARIOS / "town", "--out", tmp_path / "f", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (code, told["complete"], told["exit_code"]) == (0, True, 0)
    plans = pd.read_csv(tmp_path / "f" / "frontier" / "plans.csv")
    opened = pd.read_csv(tmp_path / "f" / "frontier" / "openings.csv")
    assert plans["plan"].tolist() == [row["plan"] for row in told["plans"]]
    assert (plans["yours"] == "yes").sum() == 1
    assert opened.groupby("plan").size().to_dict() == plans.set_index("plan")["decisions"].to_dict()
    assert {f"score_{key}" for key in KEYS} <= set(plans)
    picture = (tmp_path / "f" / "frontier" / "frontier.svg").read_text(encoding="utf-8")
    assert "efficient plans, from £" in picture
    run = json.loads((tmp_path / "f" / "run.json").read_text(encoding="utf-8"))
    assert (run["command"], run["complete"]) == ("frontier", True)


@pytest.mark.usefixtures("_own_signals")
def test_what_is_wrong_is_told_before_anything_is_sought(tmp_path, capsys):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    for words, says in (
        ([SCENARIOS / "town", "--out", tmp_path / "there"], "exists already"),
        ([tmp_path / "nowhere", "--out", tmp_path / "f"], "nowhere"),
        ([SCENARIOS / "town", "--out", tmp_path / "f", "--solves", "1"], "--solves"),
    ):
        assert invoke(*words) == 2
        said = capsys.readouterr().err
        assert says in said
        assert "Traceback" not in said
    assert not (tmp_path / "f").exists()
    assert (tmp_path / "there" / "mine.txt").read_text() == "mine"

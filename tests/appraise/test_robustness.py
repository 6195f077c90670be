"""Robustness: draws of weights priced again in plain Python, rivals that could be first, and the weight that turns it."""

import numpy as np
import pytest

from authorities import plan_for
from placeplan.allocate.rivals import rivals
from placeplan.appraise.robustness import DRAWS, draw_weights, robustness
from placeplan.principles.nine import NINE
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, school


@pytest.fixture(scope="module")
def pool(town):
    return rivals(town.allocation, town.scenario)


@pytest.fixture(scope="module")
def told(town, pool):
    settings = town.scenario.settings
    return robustness(town.allocation, pool, settings.weights.cost, settings.solve.seed)


def measured(town, plan):
    """Each principle's deviation, by the measures that know no prices; and the cost of what the plan opens."""
    scales = town.allocation.model.scales
    losses = [principle.measure(plan, town.scenario).loss for principle in NINE]
    return [s.deviation(loss) for s, loss in zip(scales, losses, strict=True)], float(
        town.allocation.model.cost @ plan.openings
    )


def test_the_share_of_draws_is_counted_again_plan_by_plan(town, pool, told):
    plans = [town.allocation.plan, town.allocation.do_minimum, *(rival.plan for rival in pool)]
    known = [measured(town, plan) for plan in plans]
    drawn = draw_weights(
        np.array([s.weight for s in town.allocation.model.scales]), DRAWS, town.scenario.settings.solve.seed
    )
    firsts = {}
    for weights in drawn:
        values = [sum(w * d for w, d in zip(weights, deviations, strict=True)) + cost for deviations, cost in known]
        opened = tuple(plans[int(np.argmin(values))].opens())
        firsts[opened] = firsts.get(opened, 0) + 1
    assert firsts[tuple(plans[0].opens())] == told.table["draws_first"].iloc[0] == round(DRAWS * told.share_first)
    assert sorted(firsts.values()) == sorted(n for n in told.table["draws_first"] if n)
    assert 0 < told.share_first < 1


def test_each_row_is_another_set_of_openings_none_better_than_the_plan(town, told):
    table = told.table
    assert table["plan"].iloc[0] == "the plan"
    assert table["opens"].is_unique
    assert (table["points_behind"] >= -1e-9).all()
    assert table["points_behind"].iloc[1:].is_monotonic_increasing
    assert told.plans == len(table)
    assert {"without EXP-01", "with TWO-TIER", "do-minimum"} <= set(table["plan"])
    assert table.set_index("plan").loc["without EXP-01", "pounds_more"] == -2_400_000


def test_a_rival_is_level_with_the_plan_at_the_weight_at_which_it_overtakes(town, pool, told):
    scales, cost_now = town.allocation.model.scales, town.scenario.settings.weights.cost
    plans = {rival.met: rival.plan for rival in pool}
    best = measured(town, town.allocation.plan)
    for row in told.table.iloc[1:].to_dict("records"):
        if row["plan"] not in plans or not row["overtakes_by"]:
            continue
        weights = {s.key: s.weight for s in scales} | {"cost": cost_now}
        assert weights[row["overtakes_by"]] == row["weight_now"]
        weights[row["overtakes_by"]] = row["overtakes_at"]
        values = [
            sum(weights[s.key] * d for s, d in zip(scales, deviations, strict=True)) + cost * weights["cost"] / cost_now
            for deviations, cost in (best, measured(town, plans[row["plan"]]))
        ]
        assert values[0] == pytest.approx(values[1], abs=1e-6)


def test_draws_keep_the_sum_and_the_mean_and_belong_to_the_seed():
    now = np.array([2.0, 0.0, 1.0, 1.0])
    drawn = draw_weights(now, 4000, 7)
    assert drawn.sum(axis=1) == pytest.approx(4.0)
    assert (drawn[:, 1] == 0).all()
    assert drawn.mean(axis=0) == pytest.approx(now, abs=0.06)
    assert (draw_weights(now, 4000, 7) == drawn).all()
    assert (draw_weights(now, 4000, 8) != drawn).any()


def test_a_plan_that_leaves_more_children_without_a_place_is_never_first():
    schools = [school("P", "primary", pan=25, net_capacity=210), school("S", "secondary", pan=60)]
    row = option("X", "expansion", "P", 0, 0, places_per_year=10, nc_years=(0, 6))
    given = authority(
        schools, CHILDREN_TO_11, options=[row], assumptions=NO_SIXTH_FORM, years=3, weights={"cost": 100.0}
    )
    planned = plan_for(given)
    told = robustness(planned.allocation, rivals(planned.allocation, given), 100.0, 1)
    before = told.table.set_index("plan").loc["do-minimum"]
    assert planned.opens == {"X": 0}
    assert before["points_behind"] < 0  # cheaper, and yet
    assert before["shortfall"] > 1
    assert before["draws_first"] == 0
    assert np.isnan(before["share_first"])
    assert told.share_first == 1
    assert told.nearest is None
    assert "No rival" in told.sentence()

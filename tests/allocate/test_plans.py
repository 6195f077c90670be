"""What every plan must hold: balance, places, money, gates, sufficiency first; and the optimum of plain enumeration."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import enumerated, plan_for, scenario, weighted, with_table
from cases import cases
from placeplan.domain.errors import ScenarioProblems


@pytest.fixture(scope="module", params=["town", "pyramid"])
def planned(request):
    return plan_for(scenario(request.param))


def test_every_child_is_on_one_stay_or_counted_without_a_place(planned):
    net = planned.network
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        rolls = plan.rolls().sum(axis=0)
        waiting = np.zeros_like(rolls)
        np.add.at(waiting, (net.nodes.year, net.nodes.nc), plan.unplaced)
        assert rolls + waiting == pytest.approx(net.demand.children.sum(axis=0), abs=1e-5)


def test_no_roll_is_above_its_places(planned):
    net = planned.network
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        places = net.places.by_year_group.at(plan.openings).reshape(plan.rolls().shape)
        assert (plan.rolls() <= np.maximum(places, 0) + 1e-5).all()


def test_nobody_is_in_a_year_group_that_the_school_does_not_teach(planned):
    plan = planned.allocation.plan
    taught = planned.network.states.taught[plan.states()]
    assert plan.rolls()[~taught].max(initial=0) < 1e-5


@given(kept=st.sets(st.sampled_from(range(7)), min_size=2, max_size=4), budget=st.sampled_from([2e6, 6e6, 16e6]))
@cases(4)
def test_the_optimum_equals_plain_enumeration(kept, budget):
    town = scenario("town")
    names = list(
        dict.fromkeys(
            town.table("options")["package"].where(
                town.table("options")["package"] != "", town.table("options")["option"]
            )
        )
    )
    chosen = {names[k] for k in kept}
    few = with_table(town, "options", lambda t: t[t["package"].where(t["package"] != "", t["option"]).isin(chosen)])
    money = few.settings.budget.model_copy(update={"total_pounds": budget})
    few = replace(few, settings=few.settings.model_copy(update={"budget": money}))
    found = plan_for(few)
    assert found.allocation.objective == pytest.approx(enumerated(found), rel=1e-6)


def test_a_larger_budget_never_worsens_the_optimum():
    town, before = scenario("town"), np.inf
    cheap = weighted(town, cost=1e-9)
    for pounds in (1.0, 1e6, 4e6, 16e6):
        money = town.settings.budget.model_copy(update={"total_pounds": pounds})
        value = plan_for(
            replace(cheap, settings=cheap.settings.model_copy(update={"budget": money}))
        ).allocation.objective
        assert value <= before + 1e-6
        before = value


def test_more_places_never_leave_more_children_without_one():
    town = with_table(
        scenario("town"), "schools", lambda t: t.assign(pan=(t["pan"] * 0.8).astype(int), places_by_nc_year="")
    )
    more = with_table(town, "schools", lambda t: t.assign(pan=t["pan"] + 5))
    assert plan_for(more).allocation.least_shortfall <= plan_for(town).allocation.least_shortfall + 1e-6


def test_a_weak_school_grows_only_a_year_after_its_link():
    town = scenario("town")
    weak = town.table("options").loc[town.table("options")["option"] == "LINK-01", "urn"].iloc[0]
    growing = town.table("options")
    row = growing[growing["option"] == "EXP-01"].iloc[0].copy()
    row["option"], row["urn"], row["nc_years"], row["places_per_year"], row["capital_pounds"] = (
        "EXP-W",
        weak,
        (0, 4),
        15,
        1.0,
    )
    row["committed"] = True
    expansion = with_table(town, "options", lambda t: pd.concat([t, row.to_frame().T], ignore_index=True))
    with pytest.raises(ScenarioProblems, match="committed"):
        plan_for(expansion)
    both = with_table(expansion, "options", lambda t: t.assign(committed=t["option"].isin(["EXP-W", "LINK-01"])))
    planned = plan_for(both)
    assert planned.opens["EXP-W"] > planned.opens["LINK-01"]
    alone = with_table(expansion, "options", lambda t: t[t["option"] != "LINK-01"].assign(committed=False))
    refused = next(d for d in plan_for(alone).network.options.decisions if d.name == "EXP-W")
    assert "good or outstanding" in refused.refused


def test_an_option_that_cannot_be_afforded_changes_nothing():
    town = scenario("town")
    row = town.table("options").iloc[0].copy()
    row["option"], row["site"], row["capital_pounds"] = "DEAR", "SITE-9", 1e9
    dearer = with_table(town, "options", lambda t: pd.concat([t, row.to_frame().T], ignore_index=True))
    before, after = plan_for(town), plan_for(dearer)
    assert "DEAR" not in after.opens
    assert after.allocation.objective == pytest.approx(before.allocation.objective, rel=1e-9)

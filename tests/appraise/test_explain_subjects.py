"""Explain: musts, older students, packages, money, communities and special schools; and what is asked amiss."""

import re
from dataclasses import replace

import numpy as np
import pytest
from explained import asked, told_of

from authorities import plan_for, scenario, with_table
from placeplan.allocate.again import placed_by_one_more, prices_of_musts, weighted_anew
from placeplan.allocate.certificate_labels import places_of
from placeplan.allocate.problem import with_openings
from placeplan.allocate.sufficiency import stage_1
from placeplan.appraise.explain.words import share
from placeplan.domain.errors import ScenarioProblems

MUST = 0.65  # between what single phase reaches with the town's two-tier package (0.64) and without (0.73)


def asking(given, **settings):
    """The scenario with some settings changed."""
    return replace(given, settings=given.settings.model_copy(update=settings))


@pytest.fixture(scope="module")
def with_must():
    return told_of(plan_for(asking(scenario("town"), must={"single_phase": MUST})))


def test_a_must_that_an_option_is_needed_for_is_named_and_no_money_or_weight_could_turn_it(town, with_must):
    said = asked(with_must, "TWO-TIER")
    words = " ".join(said.sentences)
    assert MUST < said.figures["must_single_phase"] <= town.deviation("single_phase")  # as near as can be
    assert (
        f"the must on a single phase of education can't be met: {said.figures['must_single_phase']:.3f} against 0.650"
        in words
    )
    assert "would no longer be worth opening" not in words
    assert "The answer would be the other one" not in words
    assert abs(said.figures["change"]) < 1  # points of the principles and cost, no thousandfold excess among them
    assert said.table["change"].abs().max() < 1


def test_where_a_must_decides_nothing_the_price_of_its_principle_is_not_its_excess(with_must):
    said = asked(with_must, "single_phase")
    assert 0 <= said.figures["price"] < 0.1
    assert any(
        s.startswith("Its must is 0.650 at most; the plan stands at 0.6") and ": met" in s for s in said.sentences
    )


def test_missing_a_must_costs_the_same_whatever_the_weights(with_must):
    again = with_must.again
    muted = [replace(s, weight=0.0) for s in again.model.scales]
    assert prices_of_musts(again.model)["single_phase"] > 0
    at_no_weight = weighted_anew(again, muted, 60).plan
    loss = again.model.prices[4].loss(at_no_weight)
    assert again.model.scales[4].key == "single_phase"
    assert again.model.scales[4].u(loss) <= MUST + 1e-6


def test_a_target_is_told_as_met_or_missed():
    told = told_of(plan_for(asking(scenario("town"), targets={"local": 0.9, "choice": 0.3})))
    assert any("Its target is 0.900 at most" in s and "met" in s for s in asked(told, "local").sentences)
    missed = told.again.model.scales[7].u(told.again.model.prices[7].loss(told.plan)) - 0.3
    assert any(f"missed by {missed:.3f}" in s for s in asked(told, "choice").sentences)


def test_students_of_years_12_and_13_without_a_place_are_told_apart_from_children_and_from_each_principle(told):
    said = asked(told, "EXP-01")
    words = " ".join(said.sentences)
    assert said.figures["shortfall"] == pytest.approx(0, abs=1e-4)
    assert said.figures["shortfall_12_13"] > 1
    assert f"{said.figures['shortfall_12_13']:,.1f} student-years more of Years 12 and 13 would have no place" in words
    assert "no more children from Reception to Year 11 need be without a place" in words
    changes = said.table.set_index("part of the objective")["change"]
    assert changes["Children without a place"] > 0.01
    assert abs(changes["Vulnerable learners"]) < 1e-3  # nothing of it but the price of a child without a place
    assert abs(changes["Schools of a viable size"]) < 1e-3


def test_places_of_an_option_are_those_of_all_year_groups_once_it_is_open(town):
    estate = town.network.estate
    places = {o.name: places_of(o, estate) for o in town.network.options.options}
    fir = estate.places[estate.index()["920007"]].sum()
    assert places["NEW-01"] == 20 * 7
    assert places["AGE-01"] == 60 * 2
    assert places["AGE-02"] == 85 * 2
    assert places["AGE-03"] == -fir == -280
    assert places["EXP-01"] == 20 * 2
    assert places["PAN-01"] == -15 * 5
    assert places["RES-01"] == 12


def test_the_places_told_of_a_decision_are_those_that_the_plan_s_own_rows_gain(town):
    """Told once from the option, and once from the places of the model with everything that it opens."""
    network = town.network
    estate, could = network.estate, network.options
    by_group = network.places.by_year_group
    whole = estate.places.sum()
    for k, decision in enumerate(could.decisions):
        mine = [o for o in could.options if o.decision == k]
        if any(o.effects.specialist for o in mine):
            continue
        open_ = (could.opening_decision == k).astype(float)
        last = by_group.at(open_).reshape(-1, len(network.years), 14)[:, -1]
        last = last - by_group.constant.reshape(last.shape[0], -1, 14)[:, -1]
        assert last.sum() == pytest.approx(sum(places_of(o, estate) for o in mine), abs=0.5), (decision.name, whole)


def test_a_refused_package_is_explained_by_its_name_with_all_its_options():
    given = scenario("town")
    budget = given.settings.budget.model_copy(update={"total_pounds": 5e6})
    said = asked(told_of(plan_for(asking(given, budget=budget))), "two-tier")
    assert (said.kind, said.subject) == ("package", "TWO-TIER")
    words = " ".join(said.sentences)
    assert "AGE-01, AGE-02 and AGE-03" in said.title
    assert "+10 places for £6.36 million in all" in words
    assert "costs more than the budget" in words


def test_a_package_is_answered_as_itself_and_each_of_its_options_as_part_of_it(told):
    package, option = asked(told, "TWO-TIER"), asked(told, "AGE-02")
    assert package.title.startswith("Package TWO-TIER")
    assert option.title.startswith("Option AGE-02")
    assert package.figures["change"] == pytest.approx(option.figures["change"], abs=1e-6)
    assert any("−280 places" in s for s in package.sentences)


@pytest.mark.parametrize(
    "subject", ["EXP-01", "TWO-TIER", "viable", "cost", "920009", "920006", "Z4", "Oakfield", "PA01"]
)
@pytest.mark.parametrize("year", ["2099/00", "soon"])
def test_a_year_that_is_not_planned_is_refused_for_every_kind_of_subject(told, subject, year):
    with pytest.raises(ScenarioProblems, match="is no planned year"):
        asked(told, subject, year)


def test_a_planned_year_that_changes_nothing_is_said_to(told):
    assert "--year 2020/21 changes nothing" in asked(told, "cost", "2020/21").sentences[-1]


@pytest.mark.parametrize("subject", ["Elm Middle School", "TWO-TIER", "Oakfield", "Hazel School", "no such thing"])
def test_a_name_that_only_the_scenario_knows_asks_for_it_where_it_is_missing(told, subject):
    lost = replace(told, read=lambda: (_ for _ in ()).throw(ScenarioProblems([])))
    with pytest.raises(ScenarioProblems, match="--scenario DIR"):
        asked(lost, subject)


def test_what_nobody_knows_is_answered_with_every_kind_and_examples(told):
    with pytest.raises(ScenarioProblems) as raised:
        asked(told, "nonsense")
    remedy = raised.value.problems[0].remedy
    for words in ("an option (AGE-01", "a package (TWO-TIER", "a principle (local", "a zone (Z1", "a school (920001",
                  "a special school (Hazel School", "a community (Oakfield", "planning area (authority", "cost (cost"):  # fmt: skip
        assert words in remedy


def test_a_zone_is_found_by_its_name_too(told):
    given = told.scenario
    zones = given.zones.assign(name=["Mill Lane" if z == "Z4" else z for z in given.zones["zone"]])
    named = replace(told, read=lambda: replace(given, zones=zones))
    assert asked(named, "mill lane").subject == "Z4"


def test_a_special_school_is_told_with_the_places_that_its_children_use(town, told):
    said = asked(told, "Hazel School")
    special = town.network.specialist
    mine = special.pools["site"].to_numpy()[special.pool] == "920009"
    assert said.table["children"].sum() == pytest.approx(town.allocation.plan.used[mine].sum(), abs=1e-4)
    assert (said.table["places"] == 40).all()
    assert (said.table["children"] <= 40 + 1e-6).all()


def test_a_withheld_count_stays_withheld_and_so_does_its_sum(told):
    table = told.tables["plan/specialist.csv"]
    small = (table["site"] == "920009") & (table["academic_year"] == "2020/21") & (table["need"] == "ASD")
    hidden = table.assign(children=table["children"].astype(object).where(~small, "[c]"))
    said = asked(replace(told, tables={**told.tables, "plan/specialist.csv": hidden}), "Hazel School")
    row = said.table[said.table["academic_year"] == "2020/21"].iloc[0]
    assert (row["children"], row["spare"]) == ("[c]", "[c]")
    assert not any("Oakfield" in str(w) for w in asked(told, "vulnerable").table["where"])


def test_a_community_s_schools_are_told_with_the_lesser_of_their_places_and_net_capacity(town, told):
    table = asked(told, "Oakfield").table.set_index("urn")
    assert table.loc["920006", "places"] == 330
    assert "whole school" in table.loc["920006", "full"]
    assert set(table.index) == set(town.scenario.mainstream.query("community == 'Oakfield'")["urn"])


def test_cost_is_told_in_the_prices_of_the_scenario_with_what_it_is_spent_on(town, told):
    said = asked(told, "budget")
    words = " ".join(said.sentences)
    capital = sum(d.capital_pounds for d in town.network.options.decisions if d.name in town.opens)
    assert said.figures["capital"] == capital
    assert "in 2025 prices" in words
    assert "discounted at 3.5 % a year" in words
    assert "of capital at these weights" in words  # a shadow price in pounds


def test_what_families_want_is_said_not_to_be_weighed(told):
    said = asked(told, "families")
    assert "not weighed" in said.sentences[0]
    assert said.table.empty


def test_the_children_that_one_more_place_would_place_are_never_fewer_than_a_wider_school_places():
    """A shortage: with one more place, openings kept, no more children are placed than its dual says."""
    crowded = with_table(scenario("town"), "housing", lambda t: t.assign(dwellings=t["dwellings"] * 5))
    told = told_of(plan_for(crowded))
    again = told.again
    worth = placed_by_one_more(again)
    assert worth.max() > 0.5
    part, _ = stage_1(again.model, again.matrix)
    fixed = with_openings(part, again.openings, part.integer)
    before = again.solver.lp(fixed, seconds=60, corner=True, method="simplex").objective
    upper = fixed.row_upper.copy()
    upper[np.isin(fixed.row_kind, [fixed.row_names.index(name) for name in ("places", "net capacity")])] += 1.0
    after = again.solver.lp(replace(fixed, row_upper=upper), seconds=60, corner=True, method="simplex").objective
    assert 0 < before - after <= worth.sum() + 1e-6
    words = " ".join(asked(told, "cost").sentences)
    assert "One more place would give most children from Reception to Year 11 a place" in words
    zones = " ".join(asked(told, "Z6").sentences)
    assert "student-years of Elmstead later have no place (year groups 12, 13)" in zones
    assert "child-years of Elmstead later have no place" in zones
    groups = re.search(r"\(year groups ([0-9, ]*11)\)", zones)[1].split(", ")
    assert groups == sorted(groups, key=int)
    assert {"9", "10"} <= set(groups)


def test_no_share_is_told_in_powers_of_ten_or_above_a_hundred_of_what_adds_to_a_loss(told):
    assert [share(x) for x in (5.7e-17, 8.4e-7, 0.00099)] == ["0 %", "less than 0.1 %", "less than 0.1 %"]
    for key in ("single_phase", "partnership", "choice", "community", "vulnerable"):
        words = " ".join(asked(told, key).sentences)
        assert not re.search(r"\de-\d", words)
        assert "several schools or none" not in words
        shares = [int(w) for w in re.findall(r"\((\d+) %\)", words)]
        assert max(shares, default=0) <= 100


def test_a_small_loss_is_told_to_four_digits(told):
    said = asked(told, "community")
    assert f"{said.figures['loss']:.4f}" in said.sentences[1]
    assert said.decimals == 4


def test_a_weight_that_turns_an_answer_is_confirmed_by_solving_again_on_either_side(told):
    said = asked(told, "PAN-01")
    weight, key = said.figures["flips_at_weight"], said.figures["flips_at_weight_of"]
    assert (key, said.figures["flip_confirmed"]) == ("viable", "true")
    at = [d.name for d in told.network.options.decisions].index("PAN-01")
    for factor, opens in ((1.02, True), (0.98, False)):
        scales = [replace(s, weight=weight * factor) if s.key == key else s for s in told.again.model.scales]
        assert bool(weighted_anew(told.again, scales, 60).plan.opens()[at] >= 0) is opens

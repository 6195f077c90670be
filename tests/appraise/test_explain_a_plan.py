"""Explain a plan: options forced in and out against plans made from changed tables; schools, zones, principles recounted."""

from dataclasses import replace

import numpy as np
import pytest
from explained import asked, told_of
from hypothesis import given

from authorities import KEYS, plan_for, weighted, with_table
from cases import cases
from placeplan.allocate import size
from placeplan.allocate.again import at_openings, known_beforehand
from placeplan.allocate.allocate import PRICE_OF_SHORTFALL
from placeplan.allocate.duals import bound_from_duals
from placeplan.allocate.sufficiency import counted
from placeplan.appraise.explain.parts_of_objective import parts_of_objective
from placeplan.appraise.explain.worsening import how_much, worsening
from placeplan.domain.errors import ScenarioProblems
from placeplan.journeys.openings import which_bind
from placeplan.options.option import GROUPS
from placeplan.principles.nine import NINE
from placeplan.publish.kept_duals import kept_duals
from properties.compared import budgeted
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, school, towns

SAME = {"rel": 1e-5, "abs": 2e-5}
NOBODY = 1e-4  # child-years
AFEW = 2  # options


def without(given, decision):
    """The scenario from which an option, or a package, is struck."""

    def others(table):
        name = table["package"].where(table["package"] != "", table["option"])
        return table[name != decision]

    kept = with_table(given, "options", others)
    names = set(kept.table("options")["option"])
    return with_table(kept, "phase_plan", lambda t: t[t["option"].isin(names)])


def with_it(given, decision):
    """The scenario in which an option, or a package, is already decided."""

    def decided(table):
        name = table["package"].where(table["package"] != "", table["option"])
        return table.assign(committed=table["committed"] | (name == decision))

    return with_table(given, "options", decided)


def free_of(planned, decision):
    """Whether no other option names it."""
    table = planned.scenario.table("options")
    named = {
        word for column in ("needs", "follows", "excludes") for cell in table[column] for word in str(cell).split(";")
    }
    members = planned.network.options.decisions
    return not named & {decision, *next(d.options for d in members if d.name == decision)}


@pytest.mark.parametrize("decision", ["EXP-01", "TWO-TIER"])
def test_the_worsening_told_is_that_of_a_plan_made_without_the_option_or_with_it_decided(town, told, decision):
    chosen = decision in town.opens
    change = without if chosen else with_it
    anew = plan_for(change(town.scenario, decision)).allocation
    said = asked(told, decision)
    assert said.figures["proven"] == "true"
    assert said.figures["forced"] == ("out" if chosen else "in")
    assert said.figures["change"] == pytest.approx(anew.objective - town.allocation.objective, **SAME)
    assert said.figures["change"] > 0
    shown = f"from {town.allocation.objective:.4f} to {anew.objective:.4f}"
    assert any(shown in sentence for sentence in said.sentences)
    assert said.table["change"].iloc[:-1].sum() == pytest.approx(said.figures["change"], abs=1e-5)


@pytest.mark.parametrize(("decision", "opened"), [("EXP-01", False), ("TWO-TIER", True)])
def test_of_a_large_authority_the_truth_lies_between_what_is_told_at_least_and_at_most(
    town, told, monkeypatch, decision, opened
):
    exact = asked(told, decision).figures["change"]
    at = [d.name for d in town.network.options.decisions].index(decision)
    monkeypatch.setattr(size, "SMALL", 100)  # columns: so that the town is taken for a large one
    found = worsening(told.again, at, opened=opened, seconds=4.0)
    assert found.at_least <= exact + 1e-6
    assert exact <= found.change + 1e-6
    assert found.change < exact + 0.5
    assert found.at_least > -1
    assert "at most" in how_much(replace(found, other=replace(found.other, proven=False)), told.again, 4.0)


def test_what_the_run_s_own_duals_prove_of_a_forced_option_is_near_its_best_plan_and_never_above(
    town, told, monkeypatch
):
    monkeypatch.setattr(size, "SMALL", 100)
    matrix, rng = told.again.matrix, np.random.default_rng(1)
    priced = replace(matrix, cost=matrix.cost + PRICE_OF_SHORTFALL * counted(told.again.model))
    good = told.again.solver.lp(priced, seconds=60, corner=True, method="simplex").row_duals
    nothing = bound_from_duals(priced, np.zeros(len(good)))
    for k, decision in enumerate(town.network.options.decisions):
        columns = np.flatnonzero(matrix.integer)[town.network.options.opening_decision == k]
        upper, lower = matrix.upper.copy(), matrix.lower.copy()
        if decision.name in town.opens:
            upper[columns] = 0.0
        else:
            lower[columns[-1]] = 1.0
        held = replace(matrix, lower=lower, upper=upper)
        best = plan_for((without if decision.name in town.opens else with_it)(town.scenario, decision.name)).allocation
        truth = best.objective - told.again.model.constant
        for duals in (good, rng.normal(size=len(good)), None, good[:-1]):
            proven = known_beforehand(replace(told.again, row_duals=duals), held, told.again.limit)
            assert proven <= truth + 1e-6
        assert known_beforehand(replace(told.again, row_duals=good), held, told.again.limit) > max(nothing, 0.8 * truth)
        if k == AFEW:
            break


def test_a_bound_that_the_run_has_proven_holds_for_a_forced_option_too(town, told):
    """An option forced narrows the run's own problem, so nothing under the condition is better than the run's bound."""
    at = [d.name for d in town.network.options.decisions].index("EXP-01")
    told_bound = told.again.objective - 0.01
    found = worsening(replace(told.again, bound=told_bound), at, opened=False, seconds=60)
    assert found.at_least >= -0.01 - 1e-9
    assert "within 0.3 % of the best" in how_much(
        replace(found, at_least=-0.01, other=replace(found.other, proven=False)),
        replace(told.again, bound=0.997 * told.again.objective),
        4.0,
    )


def test_duals_that_can_t_be_read_are_none(tmp_path):
    assert kept_duals(tmp_path) is None
    (tmp_path / "certificate").mkdir()
    for content in (b"", b"PK\x03\x04 no zip", b"x" * 100):
        (tmp_path / "certificate" / "duals.npz").write_bytes(content)
        assert kept_duals(tmp_path) is None


def test_a_package_is_worth_opening_just_below_the_capital_told_and_not_above_it(town, told):
    limit = asked(told, "TWO-TIER").figures["flips_at_capital"]
    for times, opens in ((0.98, True), (1.02, False)):
        cheaper = with_table(
            town.scenario, "options",
            lambda t, f=times * limit / 6_360_000: t.assign(capital_pounds=t["capital_pounds"].where(t["package"] == "", t["capital_pounds"] * f)),
        )  # fmt: skip
        assert ("TWO-TIER" in plan_for(cheaper).opens) is opens


@given(given=towns(budget=False, most_options=3))
@cases(2)
def test_forcing_never_improves_and_the_worsening_is_what_explain_says(given):
    planned = plan_for(budgeted(given))
    told = told_of(planned)
    for it in planned.network.options.decisions:
        said = asked(told, it.options[0])
        if it.refused:
            assert any(it.refused in sentence for sentence in said.sentences)
            continue
        if it.name in planned.opens and not free_of(planned, it.name):
            continue
        changed = (without if it.name in planned.opens else with_it)(planned.scenario, it.name)
        try:
            anew = plan_for(changed).allocation
        except ScenarioProblems:  # decided alone it can't stand: explain may open what it needs beside it
            continue
        assert said.figures["shortfall"] == pytest.approx(anew.least_shortfall, abs=0.26)
        if max(said.figures["shortfall"], anew.least_shortfall, planned.allocation.least_shortfall) < NOBODY:
            assert said.figures["change"] >= -1e-6
            assert said.figures["change"] == pytest.approx(anew.objective - planned.allocation.objective, **SAME)


def crowded_primary():
    """A primary with room for 25 of 30 in each new Reception; one expansion would do, another costs too much."""
    schools = [school("P", "primary", pan=25, net_capacity=210), school("S", "secondary", pan=60)]
    rows = [
        option("X", "expansion", "P", 0, 0, places_per_year=10, nc_years=(0, 6)),
        option("DEAR", "expansion", "P", 0, 0, places_per_year=10, nc_years=(0, 6), capital_pounds=9e8),
        option("Y", "community_facility", "S", 0, 0, community_use="hall", excludes="X", capital_pounds=1e5),
    ]
    return authority(
        schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=3, budget={"total_pounds": 1.5e6}
    )


def test_hard_refusals_come_first_places_before_weights_and_rules_by_their_name():
    planned = plan_for(crowded_primary())
    told = told_of(planned)
    assert set(planned.opens) == {"X"}
    needed = asked(told, "x")
    assert any("Places come first, so no weight could turn this" in sentence for sentence in needed.sentences)
    assert needed.figures["shortfall"] == pytest.approx(5 + 10 + 15, abs=1e-3)  # five more waiting each year
    assert "flips_at_weight" not in needed.figures
    dear = asked(told, "DEAR")
    assert "more than the budget" in " ".join(dear.sentences)
    assert dear.figures == {}
    decided = plan_for(with_it(crowded_primary(), "X"))
    shut = asked(told_of(decided), "Y")
    assert any("in the way is an option that excludes it" in sentence for sentence in shut.sentences)


def test_a_school_s_table_is_the_plan_s_rolls_and_its_pupils_come_from_somewhere(town, told):
    said = asked(told, "Elm Middle School", "2022/23")
    at = town.network.estate.index()["920006"]
    rolls = town.allocation.plan.rolls()[at].sum(axis=1)
    assert said.table["pupils"].to_numpy() == pytest.approx(rolls, abs=1e-5)
    opens = town.opens["RES-01"]  # which takes a classroom of the 360 places for its resourced provision
    net = np.where(np.arange(len(rolls)) >= opens, 360 - 30, 360)
    assert said.table["spare"].to_numpy() == pytest.approx(net - rolls, abs=1e-5)
    full = said.table["full year groups"].str.contains("whole school").to_numpy()
    assert full.tolist() == (rolls >= net - 0.5).tolist()
    assert full.any()
    assert any(s.startswith("The whole school is full in 2021/22") for s in said.sentences)
    assert any(f"Its {rolls[3]:,.1f}".removesuffix(".0") in s and "in 2022/23 come from" in s for s in said.sentences)
    assert any(
        sentence.startswith("Option RES-01 (resourced provision): opens in 2020/21") for sentence in said.sentences
    )
    assert any(
        "its floor is 240 pupils, 480 are preferred and 720 are the most" in sentence for sentence in said.sentences
    )


def test_one_more_place_gains_no_more_than_is_told_of_it(told):
    """The objective is convex in the places: a plan with one place more, openings kept, gains at most its dual."""
    again = told.again
    places = again.model.network.places.by_year_group
    most = again.model.problem.upper[again.model.problem.blocks["bundles"].columns]
    cells = which_bind(most, again.model.network.roll_matrix(), places)
    rows = np.flatnonzero(again.matrix.row_kind == again.matrix.row_names.index("places"))
    network, rolls = again.model.network, again.model.problem.blocks["rolls"].columns
    at_school = which_bind(again.model.problem.upper[rolls], network.roll_of(), network.places.net)
    whole = np.flatnonzero(again.matrix.row_kind == again.matrix.row_names.index("net capacity"))
    gained = []
    for cell in (int(again.worth.argmax()), int(cells[again.worth[cells] == 0][0])):
        upper = again.matrix.row_upper.copy()
        upper[rows[cells == cell]] += 1.0
        upper[whole[at_school == cell // GROUPS]] += 1.0
        wider = replace(again, matrix=replace(again.matrix, row_upper=upper))
        gained.append(
            again.objective
            - sum(parts_of_objective(again.model, at_openings(wider, again.openings, 60), 0.0).whole.values())
        )
        assert -1e-6 <= gained[-1] <= again.worth[cell] + 1e-6
    assert again.worth.max() > 0


def test_a_zone_s_children_are_all_told(town, told):
    said = asked(told, "Z4")
    zone = town.network.zones.index("Z4")
    assert said.table["children"].sum() == pytest.approx(town.network.demand.entry[zone].sum(), abs=0.2)
    miles = town.network.reach.zone_miles[zone, [town.network.estate.index()[urn] for urn in said.table["urn"]]]
    assert said.table["miles"].to_numpy() == pytest.approx(miles, abs=0.006)
    assert said.sentences[-1].startswith("By stage:")


def test_a_zone_s_children_are_not_within_the_walking_limit_of_a_school_with_unsafe_routes(told):
    def sentence(scenario):
        said = asked(replace(told, read=lambda: scenario), "Z4").sentences
        return next(s for s in said if "the walking limit of under-eights" in s)

    every = told.scenario.schools.assign(unsafe_routes=True)
    changed = replace(told.scenario, tables={**told.scenario.tables, "schools": every})
    assert "for 0 % it is within 2 miles by a safe route" in sentence(changed)
    assert "for 0 % it is within" not in sentence(told.scenario)


@pytest.mark.parametrize("key", ["viable", "single_phase", "choice", "vulnerable"])
def test_the_parts_of_a_principle_s_loss_add_up_to_it(town, told, key):
    said = asked(told, key)
    loss = NINE[KEYS.index(key)].measure(town.allocation.plan, town.scenario).loss
    assert said.figures["loss"] == pytest.approx(loss, rel=1e-6)
    assert said.table["loss"].sum() == pytest.approx(loss, rel=1e-6, abs=1e-6)


def test_the_price_of_a_principle_is_what_all_others_gain_when_its_weight_is_0(town, told):
    muted = plan_for(weighted(town.scenario, viable=0.0))
    others = sum(town.deviation(k) for k in KEYS if k != "viable") + float(
        town.allocation.model.cost @ town.allocation.plan.openings
    )  # fmt: skip
    assert asked(told, "Schools of a viable size").figures["price"] == pytest.approx(
        others - muted.allocation.objective, abs=1e-5
    )


def test_a_run_whose_scenario_has_changed_is_not_explained(town, told):
    with pytest.raises(ScenarioProblems, match="worked out again it is"):
        asked(replace(told, about={**told.about, "objective": 1.0}), "EXP-01")


def crowding():
    """A base for special needs that takes sixty places of the only primary school, in which few are spare."""
    schools = [school("P", "primary", pan=16), school("S", "secondary", pan=20)]
    rows = [option("BASE", "resourced_provision", "P", nc_years=(0, 6), places_per_year=4, net_capacity_change=-60)]
    return authority(schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=3)


@pytest.mark.parametrize("largest", [size.SMALL, 100])
def test_an_option_that_leaves_too_few_places_for_those_on_roll_is_told_as_such(monkeypatch, largest):
    planned = plan_for(crowding())
    told = told_of(planned)
    monkeypatch.setattr(size, "SMALL", largest)
    said = " ".join(asked(told, "BASE").sentences)
    assert "in the way is a place for everyone on roll, who keep their school: too few would be left" in said
    assert "--seconds" not in said


def test_such_an_option_already_decided_is_a_fault_of_the_table_that_says_so():
    with pytest.raises(ScenarioProblems) as told:
        plan_for(with_it(crowding(), "BASE"))
    assert "(BASE) can't all open. In the way: a place for everyone on roll, who keep their school" in str(told.value)

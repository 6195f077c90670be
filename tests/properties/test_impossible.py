"""What can't be had is told: an option that nobody offers, money for nothing, a wish that another forbids."""

import pytest

from placeplan.domain.errors import ScenarioProblems
from tiny import write_tiny
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school


@pytest.mark.parametrize("column", ["needs", "follows", "excludes"])
def test_an_option_that_nobody_offers_is_told_at_the_cell_that_names_it(tmp_path, column):
    tiny = write_tiny(tmp_path)
    cells = ["", "", ""]
    cells[0] = "NOWHERE-9"
    if column in tiny.records("options")[0]:
        tiny.spoil("options", 2, column, cells[0])
    else:
        tiny.with_column("options", column, cells)
    (problem,) = tiny.grave()
    assert (problem.file, problem.row, problem.column) == ("options.csv", 2, column)
    assert "NOWHERE-9" in problem.wrong
    assert problem.remedy


def crowded(*, budget=None, **more):
    schools = [school("A", "primary", pan=20), school("S", "secondary", pan=60)]
    rows = [
        option("GROW", "expansion", "A", 0, 0, places_per_year=10, nc_years=(0, 6), capital_pounds=2e6) | more,
        option("HALL", "community_facility", "A", 0, 0, nc_years=(0, 6), community_use="hall", capital_pounds=1e5),
    ]
    return authority(schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, budget=budget, years=3)


@pytest.mark.parametrize("budget", [{"total_pounds": 1.0}, {"a_year_pounds": 1.0}, {"projects_a_year": 0}])
def test_a_budget_that_pays_for_nothing_leaves_a_shortfall_that_is_told(budget):
    rich, poor = plan_for(crowded()), plan_for(crowded(budget=budget))
    assert rich.opens["GROW"] == 0
    assert poor.opens == {}
    assert poor.allocation.status == "Optimal"
    assert poor.allocation.least_shortfall == pytest.approx(poor.allocation.do_minimum.shortfall(0, 11))
    assert poor.allocation.plan.shortfall(0, 11) > rich.allocation.plan.shortfall(0, 11) + 10
    refused = {d.name: d.refused for d in poor.network.options.decisions}
    assert all("budget" in words for words in refused.values()) or "projects_a_year" in budget


@pytest.mark.parametrize("word", ["needs", "follows"])
def test_what_is_committed_but_hangs_on_what_cannot_open_is_a_fault_of_the_table(word):
    town = crowded(**{"committed": True, word: "HALL"}, budget={"projects_a_year": 1})
    with pytest.raises(ScenarioProblems) as told:
        plan_for(town)
    assert [(p.file, p.column) for p in told.value.problems] == [("options.csv", "committed")]


def fault_of(town):
    with pytest.raises(ScenarioProblems) as told:
        plan_for(town)
    (problem,) = told.value.problems
    assert (problem.file, problem.column) == ("options.csv", "committed")
    return problem.wrong


def test_what_is_committed_and_refused_is_never_left_out_in_silence():
    weak = [school("A", "primary", pan=20, ofsted="inadequate"), school("S", "secondary", pan=60)]
    rows = [option("GROW", "expansion", "A", 0, 0, places_per_year=10, nc_years=(0, 6), committed=True)]
    said = fault_of(authority(weak, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=3))
    assert "GROW" in said
    assert "good or outstanding provider" in said


def test_commitments_that_cannot_stand_name_the_options_and_the_kind_of_rule_in_the_way():
    said = fault_of(crowded(committed=True, needs="HALL"))
    assert "GROW" in said
    assert "another option that it needs" in said
    assert "provider gate" not in said

"""Homes in a scenario folder: what a blank cell says, and where a fault of estates or of figures is pointed at."""

import pytest

from placeplan.scenario.read import read_scenario
from placeplan.scenario.rules_homes import MOST

HEAD = "development,dwelling_type,tenure,completed,dwellings,academic_year,nc_year,pupils\n"
GOOD = (
    "Meadow View,house,market,2013/14,64,2017/18,R,3\n"
    "Meadow View,house,market,2013/14,64,2018/19,R,4\n"
    "Meadow View,house,market,2014/15,30,2018/19,1,c\n"
)


def estates(tiny, rows=GOOD):
    tiny.name_table("estates", HEAD + rows)


def places(problems):
    return {(problem.file, problem.row, problem.column) for problem in problems}


def test_a_census_of_estates_is_read_with_hidden_counts_as_assumed(tiny):
    estates(tiny)
    table = read_scenario(tiny.folder).table("estates")
    assert table["completed"].tolist() == [2013, 2013, 2014]
    assert table["pupils"].tolist() == [3, 4, 2.5]
    assert tiny.grave() == []


def test_a_scenario_without_the_new_columns_has_blank_ones(tiny):
    housing = read_scenario(tiny.folder).table("housing")
    assert housing[["slip", "moved_within"]].isna().all(axis=None)
    assert read_scenario(tiny.folder).table("estates").empty


def test_a_blank_probability_is_left_to_the_status(tiny):
    tiny.spoil("housing", 2, "probability", "")
    assert tiny.grave() == []
    assert read_scenario(tiny.folder).table("housing")["probability"].isna().all()


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [
        ("2017/18,R,3", "2012/13,R,3", 2, "academic_year"),  # a census before the homes were there
        ("2013/14,64,2018/19", "1970/71,64,2018/19", 3, "academic_year"),  # longer ago than a yield may name
        ("64,2018/19", "65,2018/19", 3, "dwellings"),  # the same homes, another number
        ("30,2018/19,1", "-30,2018/19,1", 4, "dwellings"),
        ("2017/18,R,3", "2017/18,Infants,3", 2, "nc_year"),
        ("2018/19,R,4", "2018/19,R,four", 3, "pupils"),
        ("2018/19,R,4", "2017/18,R,4", 3, None),  # said again
    ],
)
def test_a_fault_of_the_estates_is_pointed_at(tiny, old, new, row, column):
    estates(tiny, GOOD.replace(old, new, 1))
    assert places(tiny.grave()) == {("estates.csv", row, column)}
    assert all(problem.remedy for problem in tiny.grave())


def test_more_pupils_of_a_year_group_than_homes_are_doubted(tiny):
    estates(tiny, GOOD.replace("R,4", "R,400"))
    assert tiny.grave() == []
    assert ("estates.csv", 3, "pupils") in places(tiny.warnings())


def test_a_kind_of_home_counted_on_estates_needs_no_yield_of_its_own(tiny):
    tiny.spoil("housing", 2, "dwelling_type", "houseboat")
    assert places(tiny.grave()) == {("housing.csv", 2, "dwelling_type")}
    estates(tiny, GOOD.replace("house,", "houseboat,"))
    assert tiny.grave() == []


def test_homes_completed_in_the_past_are_history_and_others_are_doubted(tiny):
    tiny.spoil("housing", 2, "academic_year", "2016/17")
    assert ("housing.csv", 2, "academic_year") in places(tiny.warnings())
    tiny.spoil("housing", 2, "status", "completed")
    assert tiny.problems() == ()


def test_homes_told_for_the_past_that_slip_beyond_the_base_year_are_not_doubted(tiny):
    tiny.spoil("housing", 2, "academic_year", "2017/18")
    tiny.with_column("housing", "slip", ["2"])
    assert tiny.problems() == ()


@pytest.mark.parametrize(("column", "cell"), [("slip", "-1"), ("slip", "soon"), ("moved_within", "40")])
def test_a_faulty_cell_of_a_new_column_is_pointed_at(tiny, column, cell):
    tiny.with_column("housing", column, [cell])
    assert places(tiny.grave()) == {("housing.csv", 2, column)}


@pytest.mark.parametrize("name", sorted(MOST))
def test_a_figure_of_homes_beyond_what_it_can_be_is_pointed_at(tiny, name):
    whole = name + "allocated" if name.endswith(".") else name
    row = tiny.add("assumptions", assumption=whole, value=str(MOST[name] + 1))
    assert places(tiny.grave()) == {("assumptions.csv", row, "value")}
    tiny.spoil("assumptions", row, "value", str(MOST[name]))
    assert tiny.grave() == []
    tiny.spoil("assumptions", row, "value", "-0.5")
    assert places(tiny.grave()) == {("assumptions.csv", row, "value")}

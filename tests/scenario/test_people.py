"""People in a scenario folder: bulge classes, residents and settings of need, where they are given and where not."""

import pytest

from placeplan.scenario.read import check_scenario, read_scenario

NEEDS = "zone,need,academic_year,nc_year,setting,pupils\n"
ROLLS = "academic_year,nc_year,pupils,residents\n"


def places(problems):
    return {(problem.file, problem.row, problem.column) for problem in problems}


def warned(tiny, file):
    return {place for place in places(check_scenario(tiny.folder)) if place[0] == file}


def test_a_scenario_without_the_new_columns_has_no_bulge_no_residents_and_no_settings(tiny):
    tiny.name_table("needs", "zone,need,academic_year,nc_year,pupils\nZ001,ASD,2018/19,3,2\n")
    tiny.name_table("authority_pupils", "academic_year,nc_year,pupils\n2018/19,R,60\n")
    scenario = read_scenario(tiny.folder)
    assert (scenario.table("pupils")["bulge"] == 0).all()
    assert scenario.table("authority_pupils")["residents"].isna().all()
    assert scenario.table("needs")["setting"].tolist() == [""]


def test_one_need_may_stand_once_in_each_setting_however_it_is_written(tiny):
    rows = "Z001,ASD,2018/19,3,special,2\nZ001,ASD,2018/19,3,Independent ,1\nZ001,ASD,2018/19,14,,4\n"
    tiny.name_table("needs", NEEDS + rows)
    assert tiny.grave() == []
    assert read_scenario(tiny.folder).table("needs")["setting"].tolist() == ["independent", "special", ""]


@pytest.mark.parametrize(
    ("rows", "row", "column"),
    [
        ("Z001,ASD,2018/19,3,elsewhere,2\n", 2, "setting"),
        ("Z001,ASD,2018/19,3,special,2\nZ001,ASD,2018/19,3,special,1\n", 3, None),
    ],
)
def test_a_setting_that_nobody_knows_or_a_need_told_twice_is_pointed_at(tiny, rows, row, column):
    tiny.name_table("needs", NEEDS + rows)
    assert places(tiny.grave()) == {("needs.csv", row, column)}


def test_mainstream_classes_told_for_one_year_alone_are_a_warning(tiny):
    rows = "Z001,ASD,2018/19,3,mainstream,2\nZ001,ASD,2019/20,3,special,2\n"
    tiny.name_table("needs", NEEDS + rows)
    assert warned(tiny, "needs.csv") == {("needs.csv", 3, "setting")}
    tiny.name_table("needs", NEEDS + rows.replace("2019/20", "2018/19"))
    assert warned(tiny, "needs.csv") == set()


@pytest.mark.parametrize(
    ("living", "told"), [("59", set()), ("", set()), ("600", {("authority_pupils.csv", 2, "residents")})]
)
def test_residents_far_from_the_rolls_are_a_warning(tiny, living, told):
    tiny.name_table("authority_pupils", f"{ROLLS}2018/19,R,60,{living}\n")
    assert warned(tiny, "authority_pupils.csv") == told


@pytest.mark.parametrize(("bulge", "faults"), [("20", set()), ("21", {("pupils.csv", 2, "bulge")})])
def test_a_bulge_class_is_part_of_its_year_group(tiny, bulge, faults):
    file = tiny.folder / "pupils.csv"
    head, first, *others = file.read_text(encoding="utf-8").splitlines()
    lines = [f"{head},bulge", f"{first},{bulge}", *(f"{line}," for line in others)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert places(tiny.grave()) == faults


def test_births_to_two_days_of_each_year_are_two_series_and_a_stray_one_is_a_slip(tiny):
    years = range(2012, 2019)
    head, *rows = tiny.text("births.csv").strip().splitlines()
    second = [f"{zone},{year}-06-30,11,actual" for zone in ("Z001", "Z002") for year in years]
    tiny.write("births.csv", "\n".join([head, *rows, *second]) + "\n")
    assert tiny.grave() == []
    tiny.write("births.csv", "\n".join([head, *rows, *second, "Z001,2015-01-31,9,actual"]) + "\n")
    assert [(problem.file, problem.column) for problem in tiny.grave()] == [("births.csv", "twelve_months_to")]
    tiny.write("births.csv", "\n".join([head, *rows, *second[:2]]) + "\n")
    assert {problem.column for problem in tiny.grave()} == {"twelve_months_to"}


def first_preferences(tiny, number, urn):
    tiny.name_table("preferences", f"urn,academic_year,first_preferences\n{urn},2018/19,{number:.0f}\n")
    return [problem for problem in tiny.grave() if problem.file == "preferences.csv"]


@pytest.mark.parametrize(("to_a_child", "told"), [(1.9, []), (2.2, [(2, "first_preferences")])])
def test_many_more_first_preferences_than_children_are_pointed_at(tiny, to_a_child, told):
    scenario = read_scenario(tiny.folder)
    children = scenario.table("children").query("nc_year == 0 and academic_year == 2018")["pupils"].sum()
    urn = scenario.schools.query("lowest_nc_year == 0")["urn"].iloc[0]
    assert children >= 10
    problems = first_preferences(tiny, to_a_child * children, urn)
    assert [(problem.row, problem.column) for problem in problems] == told
    assert all("Reception in 2018/19" in problem.wrong for problem in problems)


def test_first_preferences_for_a_school_that_nobody_knows_are_pointed_at(tiny):
    (problem,) = first_preferences(tiny, 10, "999999")
    assert (problem.row, problem.column) == (2, "urn")

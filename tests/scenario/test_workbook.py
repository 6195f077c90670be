"""One workbook is the same scenario as a folder, and every way of spoiling one is told by sheet and cell."""

import datetime as dt
import zipfile

import openpyxl
import pandas as pd
import pytest

from placeplan.domain.errors import ScenarioProblems
from placeplan.scenario.read import check_scenario, read_scenario

SETTINGS = [
    ("setting", "value", "unit", "meaning"),
    ("name", "tiny"), ("title", "A tiny authority"), ("base_year", "2018/19"), ("horizon_years", 10),
    ("synthetic", True), ("la_code", "999"), ("la_name", "Tinyshire"), ("zones", "zones.gpkg"),
    ("weights.local", 2), ("targets.local", 0.1), ("anchors.viable.unacceptable", 900), ("anchors.viable.ideal", 0.0),
]  # fmt: skip


@pytest.fixture
def book(tiny):
    book = openpyxl.Workbook()
    book.active.title = "scenario"
    for row in SETTINGS:
        book.active.append(row)
    for file in sorted(tiny.folder.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        for row in tiny.records(file.stem):
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    return book


def saved(book, tiny, name="plan.xlsx"):
    book.save(tiny.file(name))
    return tiny.file(name)


def told(file):
    return [problem for problem in check_scenario(file) if problem.grave]


def test_a_workbook_and_a_folder_are_the_same_scenario(book, tiny):
    of_folder, of_book = read_scenario(tiny.folder), read_scenario(saved(book, tiny))
    assert of_book.settings == of_folder.settings
    for name, table in of_folder.tables.items():
        pd.testing.assert_frame_equal(of_book.tables[name], table)
    assert set(of_book.inputs) == {"plan.xlsx", "zones.gpkg"}


def test_the_rows_of_a_sheet_may_stand_in_any_order(book, tiny):
    before = read_scenario(saved(book, tiny))
    for sheet in book.worksheets[1:]:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for row, cells in zip(sheet.iter_rows(min_row=2), reversed(rows), strict=True):
            for cell, value in zip(row, cells, strict=True):
                cell.value = value
    after = read_scenario(saved(book, tiny))
    for name, table in before.tables.items():
        pd.testing.assert_frame_equal(after.tables[name], table)


def test_a_fault_is_told_by_sheet_and_row(book, tiny):
    book["schools"]["F3"] = "thirty"
    (problem,) = told(saved(book, tiny))
    assert (problem.file, problem.row, problem.column) == ("plan.xlsx, sheet schools", 3, "pan")


def test_a_faulty_setting_is_told_by_its_row(book, tiny):
    book["scenario"]["B10"] = -1
    (problem,) = told(saved(book, tiny))
    assert (problem.file, problem.row, problem.column) == ("plan.xlsx, sheet scenario", 10, "weights.local")


def test_b99_a_formula_without_its_value(book, tiny):
    book["schools"]["F3"] = "=20+40"
    (problem,) = told(saved(book, tiny))
    assert (problem.file, problem.row) == ("plan.xlsx, sheet schools", 3)
    assert "F3" in problem.wrong
    assert "save" in problem.remedy.lower()


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_b100_an_error_in_a_cell(book, tiny, error):
    cell = book["schools"]["F3"]
    cell.value, cell.data_type = error, "e"
    (problem,) = told(saved(book, tiny))
    assert (problem.file, problem.row) == ("plan.xlsx, sheet schools", 3)
    assert "F3" in problem.wrong
    assert error in problem.wrong


def test_b101_an_academic_year_that_is_a_date(book, tiny):
    column = tiny.records("pupils")[0].index("academic_year") + 1
    book["pupils"].cell(6, column).value = dt.date(2018, 9, 1)
    (problem,) = told(saved(book, tiny))
    assert (problem.row, problem.column) == (6, "academic_year")
    assert "2018/19" in problem.wrong


def test_b102_a_table_that_begins_further_in_is_read_from_there(book, tiny):
    before = read_scenario(saved(book, tiny)).schools
    book["schools"].insert_rows(1, 3)
    book["schools"].insert_cols(1)
    book["schools"]["A1"] = "Our schools"
    book["schools"].row_dimensions[6].hidden = True
    after = read_scenario(saved(book, tiny))
    pd.testing.assert_frame_equal(after.schools, before)
    assert "plan.xlsx, sheet schools" in {problem.file for problem in after.warnings}


def test_b102_merged_cells_in_a_table_are_refused(book, tiny):
    book["schools"].merge_cells("B3:B4")
    (problem,) = told(saved(book, tiny))
    assert (problem.file, problem.row) == ("plan.xlsx, sheet schools", 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "1997"),
        (b"urn,name\n1,Oak\n", "CSV"),
        (b"\0" * 90, "no workbook"),
    ],
)
def test_b103_what_is_no_workbook_is_named(tiny, content, words):
    tiny.write("plan.xlsx", content)
    (problem,) = told(tiny.file("plan.xlsx"))
    assert words in problem.wrong


def test_b75_a_workbook_that_unfolds_beyond_measure_is_refused_unread(book, tiny):
    file = saved(book, tiny)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet99.xml", b" " * 50_000_000)
    (problem,) = told(file)
    assert problem.file == "plan.xlsx"
    assert "unfold" in problem.wrong


def test_a_workbook_without_settings_or_zones_says_so(book, tiny):
    del book["scenario"]
    assert "scenario" in told(saved(book, tiny))[0].wrong


def test_the_zones_of_a_workbook_lie_beside_it(book, tiny):
    book["scenario"]["B9"] = "../zones.gpkg"
    with pytest.raises(ScenarioProblems) as refused:
        read_scenario(saved(book, tiny))
    assert {problem.column for problem in refused.value.problems} == {"geodata.zones"}

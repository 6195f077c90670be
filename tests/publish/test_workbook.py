"""The workbook opens as the guidance asks: cover, contents, notes, one marked-up table a sheet, text that stays text."""

import dataclasses
import io
import shutil
import subprocess
import zipfile

import build
import openpyxl
import pandas as pd
import pytest

from placeplan.publish import documents
from placeplan.publish.published import published_of
from placeplan.publish.run_folder import read_run_folder, write_run_folder
from placeplan.publish.workbook import TABLE_ROW, workbook_bytes

FRONT = ["cover", "contents", "notes"]
HEAD = TABLE_ROW + 1  # as a spreadsheet counts rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("workbook")
    (place / "scenario").mkdir()
    return write_run_folder(place / "out", build.results(folder=place / "scenario"))


@pytest.fixture(scope="module")
def published(folder):
    read = read_run_folder(folder)
    return published_of(folder, read.run, read.tables)


@pytest.fixture(scope="module")
def book(folder):
    return openpyxl.load_workbook(folder / "tables.xlsx")


def cells_of(sheet):
    return [list(row) for row in sheet.iter_rows(min_row=HEAD, values_only=True)]


def test_every_published_table_has_a_sheet_after_cover_contents_and_notes(book, folder):
    assert book.sheetnames[:3] == FRONT
    paths = [sheet["A3"].value.split("file ")[1].split(".csv")[0] + ".csv" for sheet in book.worksheets[3:]]
    assert sorted(paths) == sorted(p for p in read_run_folder(folder).tables if not p.startswith("certificate/"))


def test_each_sheet_holds_one_marked_up_table_without_merged_or_blank_cells(book):
    for sheet in book.worksheets[1:]:
        assert len(sheet.tables) == 1, sheet.title
        assert not sheet.merged_cells.ranges
        [table] = sheet.tables.values()
        area = [cell for row in sheet[table.ref] for cell in row]
        assert all(cell.value not in (None, "") for cell in area), sheet.title
        headings = [cell.value for cell in sheet[table.ref][0]]
        assert len(set(headings)) == len(headings)
    assert len({name for sheet in book.worksheets for name in sheet.tables}) == len(book.worksheets) - 1


def test_figures_are_numbers_equal_to_those_of_the_csv_and_codes_are_text(book, published):
    schools = cells_of(book["schools"])
    csv = published.tables["plan/schools.csv"]
    told = pd.DataFrame(schools[1:], columns=csv.columns)
    assert told["urn"].tolist() == csv["urn"].tolist()
    assert told["urn"].map(type).eq(str).all()
    pd.testing.assert_series_equal(told["pupils"].astype(float), csv["pupils"].astype(float))
    assert any("(£)" in str(heading) for heading in cells_of(book["options"])[0])


def test_a_withheld_count_is_its_sign_and_its_neighbours_are_numbers(book):
    children = [row[3] for row in cells_of(book["specialist"])[1:]]
    assert "[c]" in children
    assert {type(cell) for cell in children if cell != "[c]"} <= {int, float}


def test_measures_of_which_some_are_withheld_stay_numbers(published):
    path = "appraisal/fair_access.csv"
    rows = [("local", "miles", "1", "1.5", "1.25", "30"), ("vulnerable", "met", "1", "[c]", "[c]", "[c]")]
    table = pd.DataFrame(rows, columns=["principle", "measure", "quintile", "value", "do_minimum", "children"])
    told = dataclasses.replace(published, tables={**published.tables, path: table})
    written = cells_of(openpyxl.load_workbook(io.BytesIO(workbook_bytes(told)))["fair_access"])
    assert [list(row[3:]) for row in written[1:]] == [[1.5, 1.25, 30], ["[c]"] * 3]


def test_a_figure_with_a_unit_of_its_own_shows_no_decimals_that_it_does_not_have(book):
    sheet = book["figures"]
    shown = {row[0].value: row[1].number_format for row in sheet.iter_rows(min_row=6)}
    assert shown["options"] == shown["capital_pounds"] == "#,##0"
    assert shown["objective"] == "#,##0.000"


def test_a_hostile_name_is_text_and_nothing_in_the_workbook_is_a_formula_or_a_link_outwards(book, folder):
    every = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in every if cell.data_type == "f"] == []
    assert build.FORMULA in {cell.value for cell in every}
    links = [cell.hyperlink for cell in every if cell.hyperlink]
    assert links
    assert all(link.location and not link.target for link in links)
    with zipfile.ZipFile(folder / "tables.xlsx") as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vbaProject" in name]


def test_a_title_with_every_sign_of_a_spreadsheet_is_shown_as_it_is(published):
    run = {**published.run, "title": "=1+1 &P [a](b) 'x'\t" + build.RIGHT_TO_LEFT}
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(dataclasses.replace(published, run=run))))
    assert book["cover"]["A1"].value == f"Tables: {run['title']}"


def test_contents_lead_to_every_sheet(book):
    sheet = book["contents"]
    to = [sheet.cell(row=row, column=1).hyperlink.location for row in range(4, sheet.max_row + 1)]
    assert to == [f"'{name}'!A1" for name in book.sheetnames if name != "contents"]


def test_properties_name_title_author_and_run_and_the_cover_says_synthetic(book, published):
    assert book.properties.title.startswith("Tables: Small town")
    assert book.properties.creator == "placeplan"
    assert published.run_id in book.properties.description
    assert "Synthetic data" in [row[0] for row in book["cover"].iter_rows(values_only=True)]


def test_a_table_without_rows_says_that_it_does_not_apply(published):
    tables = {**published.tables, "plan/shortfall.csv": published.tables["plan/shortfall.csv"].iloc[:0]}
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(dataclasses.replace(published, tables=tables))))
    assert set(cells_of(book["shortfall"])[1]) == {"[z]"}


def test_a_table_that_the_catalogue_does_not_know_is_published_too_and_the_certificate_is_not(published, tmp_path):
    more = {"appraisal/newer_idea.csv": pd.DataFrame({"x": [1.5]}), "certificate/uses.csv": pd.DataFrame({"x": [2]})}
    given = published_of(tmp_path, published.run, {**published.tables, **more})
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(given)))
    assert cells_of(book["newer_idea"]) == [["X"], [1.5]]
    assert "uses" not in book.sheetnames


def test_the_same_tables_give_the_same_bytes(published):
    assert workbook_bytes(published) == workbook_bytes(published)


def test_without_the_extra_the_run_says_what_it_lacks(monkeypatch):
    monkeypatch.setattr(documents, "has_workbook", lambda: False)
    assert "placeplan[all]" in documents.left_out()[0]


def test_libreoffice_opens_every_sheet(folder, tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc")
    words = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}"]
    to = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "again", folder / "tables.xlsx"]
    subprocess.run([*words, *to], check=True, capture_output=True, timeout=120)
    again = openpyxl.load_workbook(tmp_path / "again" / "tables.xlsx")
    assert again.sheetnames == openpyxl.load_workbook(folder / "tables.xlsx").sheetnames
    assert again["options"].cell(row=HEAD + 1, column=1).value == "EXP-1"


def test_the_cover_says_in_which_prices_pounds_are_and_how_costs_are_discounted(published):
    run = {**published.run, "price_base": "2025 prices", "discount_rate": 0.035}
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(dataclasses.replace(published, run=run))))
    cover = " ".join(str(cell.value) for row in book["cover"].iter_rows() for cell in row)
    assert "Prices: 2025 prices; costs discounted at 3.5 % a year." in cover

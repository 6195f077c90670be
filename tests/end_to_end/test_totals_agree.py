"""One run, every file of it: paper, workbook, page, map layers, tables and run.json tell the same figures."""

import json
import re

import docx
import openpyxl
import pandas as pd
import pyogrio
import pytest

from placeplan.publish.run_folder import read_run_folder

pytestmark = pytest.mark.end_to_end
ROUNDED = 1e-4  # six decimals in the layers, a few hundred features


@pytest.fixture(scope="module", params=["town", "pyramid"])
def run(request, bundled_run):
    return read_run_folder(bundled_run(request.param))


@pytest.fixture(scope="module")
def book(run):
    return openpyxl.load_workbook(run.path / "tables.xlsx", read_only=False)


def sheet(book, name):
    """A table of the workbook: headings in row 5."""
    rows = list(book[name].iter_rows(min_row=5, values_only=True))
    return pd.DataFrame(rows[1:], columns=rows[0])


def layers(run, name):
    """The same layer as it stands in the GeoPackage and as a shapefile."""
    gis = run.path / "gis"
    return pyogrio.read_dataframe(gis / "placeplan.gpkg", layer=name), pyogrio.read_dataframe(gis / f"{name}.shp")


def words_of(run):
    """The paper and the page as a reader sees them, one line each."""
    paper = docx.Document(str(run.path / "paper.docx"))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", (run.path / "report.html").read_text("utf-8"), flags=re.DOTALL)
    return {
        "paper": " ".join([*(p.text for p in paper.paragraphs), *cells]),
        "page": re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)),
    }


def millions(pounds):
    return f"£{pounds / 1e6:.1f}".removesuffix(".0")


def test_capital_is_the_same_everywhere(run, book):
    table = run.tables["plan/options.csv"]
    chosen = table[table["opens"].str.match(r"\d{4}/")]
    capital = chosen["capital_pounds"].sum()
    assert run.run["capital_pounds"] == pytest.approx(capital)
    figures = run.tables["appraisal/figures.csv"].set_index("figure")["value"]
    assert float(figures["capital_pounds"]) == pytest.approx(capital)
    for layer in layers(run, "options"):
        assert layer.loc[layer["chosen"] == "yes", "capital"].sum() == pytest.approx(capital)
        assert layer.set_index("option")["opens"].to_dict() == table.set_index("option")["opens"].to_dict()
    told = sheet(book, "options")
    assert told.loc[told["Opens (academic year)"].str.match(r"\d{4}/"), "Capital cost (£)"].sum() == pytest.approx(
        capital
    )
    for where, words in words_of(run).items():
        assert millions(capital) in words, where


def test_pupils_and_places_are_the_same_in_table_workbook_and_layers_in_every_year(run, book):
    table, told = run.tables["plan/schools.csv"], sheet(book, "schools")
    for year, rows in table.groupby("academic_year"):
        mine = told[told["Academic year"] == year]
        assert mine["Pupils (number)"].sum() == pytest.approx(rows["pupils"].sum())
        assert mine["Places (number)"].sum() == pytest.approx(rows["places"].sum())
        for layer in layers(run, "schools"):
            assert layer[f"roll{year[:4]}"].sum() == pytest.approx(rows["pupils"].sum(), abs=ROUNDED)
            assert layer[f"places{year[:4]}"].sum() == pytest.approx(
                (rows["places"] - rows["over_capacity"]).sum(), abs=ROUNDED
            )
            spare = layer[f"places{year[:4]}"] - layer[f"roll{year[:4]}"]
            assert (layer[f"spare{year[:4]}"] - spare).abs().max() <= ROUNDED


def test_children_add_up_from_zones_to_planning_areas_to_the_forecast_in_every_year(run, book):
    table, told = run.tables["forecast/forecast.csv"], sheet(book, "forecast")
    whole = table[table["area"] == "authority"]
    for year, rows in whole.groupby("academic_year"):
        expected = rows["median"].sum()
        cells = told[(told["Area"] == "authority") & (told["Academic year"] == year)]
        assert cells["Expected (pupils)"].sum() == pytest.approx(expected)
        for name in ("zones", "plan_areas"):
            for layer in layers(run, name):
                assert layer[f"demand{year[:4]}"].sum() == pytest.approx(expected, abs=ROUNDED)
        of_areas = layers(run, "plan_areas")[0].set_index("plan_area")[f"demand{year[:4]}"]
        by_area = (
            table[(table["area"] != "authority") & (table["academic_year"] == year)].groupby("area")["median"].sum()
        )
        pd.testing.assert_series_equal(of_areas.sort_index(), by_area.sort_index(), check_names=False, atol=ROUNDED)
    last = whole[whole["academic_year"] == whole["academic_year"].max()]["median"].sum()
    assert f"{last:,.0f} in {whole['academic_year'].max()}" in words_of(run)["page"]


def test_children_without_a_place_are_the_same_everywhere(run, book):
    table = run.tables["plan/shortfall.csv"]
    figures = run.tables["appraisal/figures.csv"].set_index("figure")["value"]
    counted = table.assign(nc=[0 if nc == "R" else int(nc) for nc in table["nc_year"]])
    told = json.loads((run.path / "run.json").read_text("utf-8"))
    for key, rows in (("shortfall", counted[counted["nc"] <= 11]), ("shortfall_post_16", counted[counted["nc"] >= 12])):
        total = rows["children"].sum()
        assert told[key] == pytest.approx(total, abs=1e-5)
        assert float(figures[key]) == pytest.approx(total, abs=1e-5)
    inside = counted[
        (counted["cohort"].str[:4].astype(int) + counted["nc"]).isin({int(y[:4]) for y in told["planned_years"]})
    ]
    for name in ("zones", "plan_areas"):
        for layer in layers(run, name):
            by_year = [column for column in layer if column.startswith("short2")]
            assert len(by_year) == len(told["planned_years"])
            assert layer["shortfall"].sum() == pytest.approx(inside["children"].sum(), abs=ROUNDED)
            assert layer[by_year].to_numpy().sum() == pytest.approx(inside["children"].sum(), abs=ROUNDED)
    cells = sheet(book, "shortfall")
    assert pd.to_numeric(cells.iloc[:, 4], errors="coerce").sum() == pytest.approx(table["children"].sum())


def test_lines_on_the_map_are_the_journeys_of_five_children_or_more(run):
    table = run.tables["plan/journeys.csv"].groupby(["origin", "origin_kind", "urn"])["children"].sum()
    for layer in layers(run, "journeys"):
        drawn = layer.set_index(["origin", "orig_kind", "urn"])["children"].sort_index()
        pd.testing.assert_series_equal(drawn, table[table >= 5].sort_index(), check_names=False, atol=ROUNDED)


def test_principles_are_the_same_in_table_workbook_and_run_json(run, book):
    table = run.tables["appraisal/principles.csv"].set_index("principle")
    told = sheet(book, "principles").set_index("Principle")
    assert told["Score (100 ideal, 0 unacceptable)"].to_dict() == pytest.approx(table["score"].to_dict())
    assert run.run["scores"] == pytest.approx(table["score"].to_dict(), abs=1e-6)
    assert table["contribution"].sum() + run.run["cost_contribution"] == pytest.approx(run.run["objective"], abs=1e-6)

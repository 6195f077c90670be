"""Whatever a school is called: layers, workbook, CSV and paper hold the name, and no program takes it for an order."""

import dataclasses
import io

import build
import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from cases import cases
from placeplan.publish import gis
from placeplan.publish.csv_text import csv_bytes, kinds_of, read_csv
from placeplan.publish.documents import paper_of
from placeplan.publish.gis_check import check_same
from placeplan.publish.published import published_of
from placeplan.publish.run_folder import read_run_folder, write_run_folder
from placeplan.publish.workbook import workbook_bytes

SIGNS = st.characters(exclude_categories=["Cs", "Cc"])  # reading refuses or cleans control characters
HARD = [
    *build.HOSTILE, "=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "https://example.invalid/x", "mailto:a@example.invalid", "_x0041_",
    "[a](b)", "'=1", "#N/A", "TRUE", "1e5", "007", "2019-01-01", "é" * 200, "{{ 7*7 }}", "a\u2028b", "<b>&amp;</b>",
]  # fmt: skip
NAMES = st.one_of(st.text(SIGNS, min_size=1, max_size=200).filter(str.strip), st.sampled_from(HARD)).map(str.strip)
MARKUP = ["<b>&amp;</b>", "</script><script>", "\"'`", "a\u2028b", "{{ 7*7 }}{% if x %}"]
PLACES = st.tuples(st.integers(0, 700_000_000), st.integers(0, 1_300_000_000))  # millimetres of the grid
VALUES = st.one_of(st.floats(-1e9, 1e9), st.just(float("nan")), st.integers(-5, 5).map(float))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    place = tmp_path_factory.mktemp("any-name")
    (place / "scenario").mkdir()
    folder = write_run_folder(place / "out", build.results(folder=place / "scenario"))
    read = read_run_folder(folder)
    return published_of(folder, read.run, read.tables)


@cases(6)
@given(st.lists(st.tuples(NAMES, VALUES, PLACES), min_size=1, max_size=8))
def test_a_layer_holds_any_name_value_and_place(rows):
    import tempfile
    from pathlib import Path

    names, values, places = zip(*rows, strict=True)
    corners = np.array(places) / 1000
    shapes = {
        "schools": list(shapely.points(corners)),
        "zones": [shapely.MultiPolygon([shapely.box(x, y, x + 1.234, y + 0.567)]) for x, y in corners],
        "journeys": [shapely.LineString([(x, y), (x + 0.001, y + 5)]) for x, y in corners],
    }
    with tempfile.TemporaryDirectory() as room:
        for kind, geometry in shapes.items():
            frame = gpd.GeoDataFrame(
                {"name": pd.Series(names, dtype=object), "value": np.round(values, 6)},
                geometry=geometry,
                crs="EPSG:27700",
            )
            file = Path(room) / f"{kind}.gpkg"
            pyogrio.write_dataframe(frame, file, layer=kind, driver="GPKG", geometry_type=gis.LAYERS[kind].geometry)
            check_same(frame, file, kind)
            gis._write_shapefile(Path(room) / f"{kind}.shp", frame, "2019-01-01")
            read = pyogrio.read_dataframe(Path(room) / f"{kind}.shp")
            assert [text or "" for text in read["name"]] == [gis.cut(name) for name in names]
            assert read.crs.to_epsg() == 27700


def named(published, names):
    """The published part of the run with other names for its schools and options."""
    options = published.options.assign(name=[names[k % len(names)] for k in range(len(published.options))])
    schools = published.schools.assign(name=[names[k % len(names)] for k in range(len(published.schools))])
    reasons = published.tables["plan/options.csv"]
    tables = {
        **published.tables,
        "plan/options.csv": reasons.assign(reason=[names[k % len(names)] for k in range(len(reasons))]),
    }
    return dataclasses.replace(published, options=options, schools=schools, tables=tables)


@cases(2)
@example(MARKUP)
@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_workbook_and_a_csv_show_any_name_and_run_none(published, names):
    given_names = named(published, names)
    reasons = given_names.tables["plan/options.csv"]["reason"].tolist()
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(given_names)))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
            assert all(cell.hyperlink is None or cell.hyperlink.target is None for cell in row)
    sheet = book["options"]
    headings = [cell.value for cell in sheet[5]]
    read = [sheet.cell(row=6 + k, column=headings.index("Reason") + 1).value for k in range(len(reasons))]
    assert read == reasons
    table = given_names.tables["plan/options.csv"]
    content = csv_bytes(table)
    assert read_csv(content, kinds_of(table))["reason"].tolist() == reasons


@cases(2)
@example(MARKUP)
@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_paper_shows_any_name_as_it_is(published, names):
    shows(paper_of(named(published, names)), named(published, names))


def test_a_paper_in_a_councils_own_template_shows_markup_as_it_is(published, tmp_path):
    document = docx.Document()
    document.add_paragraph("{{ paper }}")
    document.save(str(tmp_path / "own.docx"))
    given_names = named(published, MARKUP)
    shows(paper_of(given_names, tmp_path / "own.docx"), given_names)


def shows(content, given_names):
    """Each name of an option and each reason stands in the paper, sign for sign."""
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])
    for name in {*given_names.options["name"], *given_names.tables["plan/options.csv"]["reason"]}:
        assert name in text, name


def test_a_negative_number_stays_a_number_beside_a_text_that_looks_like_one(published):
    table = published.tables["plan/options.csv"].assign(name="-30")
    given_names = dataclasses.replace(published, tables={**published.tables, "plan/options.csv": table})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(given_names)))["options"]
    headings = [cell.value for cell in sheet[5]]
    last = {heading: sheet.cell(row=5 + len(table), column=k + 1) for k, heading in enumerate(headings)}
    assert (last["Places (number)"].value, last["Places (number)"].data_type) == (-30, "n")
    assert (last["Name"].value, last["Name"].data_type) == ("-30", "s")

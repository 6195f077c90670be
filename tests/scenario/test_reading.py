"""What must always be true of reading: any spoiled cell is pointed at, and dress or order change nothing."""

import csv
import io
import shutil
import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from placeplan.scenario.columns import headings_of
from placeplan.scenario.read import check_scenario, read_scenario
from placeplan.scenario.tables import TABLES
from placeplan.scenario.write import write_scenario
from tiny import Tiny, tiny_zones

NUMBERS = {"schools": ("pan", "net_capacity", "easting", "northing", "lowest_nc_year", "highest_nc_year"),
           "pupils": ("academic_year", "nc_year", "pupils"), "children": ("academic_year", "nc_year", "pupils"),
           "births": ("twelve_months_to", "births"), "housing": ("academic_year", "dwellings", "probability"),
           "yields": ("nc_year", "years_since_completion", "pupils_per_dwelling"),
           "options": ("kind", "nc_years", "places_per_year", "earliest_opening", "latest_opening", "capital_pounds"),
           "links": ("strength",), "funds": ("amount",)}  # fmt: skip
NONSENSE = st.text("xyzäß!?½-", min_size=3, max_size=8).filter(lambda text: text.strip(" -"))


@st.composite
def cells(draw):
    table = draw(st.sampled_from(sorted(NUMBERS)))
    return table, draw(st.sampled_from(NUMBERS[table])), draw(st.floats(0, 0.999)), draw(NONSENSE)


@pytest.fixture(scope="session")
def spoilable(unspoiled, tmp_path_factory):
    return Tiny(shutil.copytree(unspoiled, tmp_path_factory.mktemp("spoilable") / "tiny"))


def with_file(tiny, table, content):
    """Check the scenario with one file changed, and put the file back."""
    whole = tiny.file(f"{table}.csv").read_bytes()
    try:
        tiny.write(f"{table}.csv", content)
        return check_scenario(tiny.folder)
    finally:
        tiny.write(f"{table}.csv", whole)


def text_of(records, **dress):
    out = io.StringIO(newline="")
    csv.writer(out, **dress).writerows(records)
    return out.getvalue()


@cases(40)
@given(spoiled=cells())
def test_any_one_cell_spoiled_is_pointed_at_and_nothing_else_is_told(spoilable, spoiled):
    table, column, share, text = spoiled
    records = spoilable.records(table)
    row = 2 + int(share * (len(records) - 1))
    records[row - 1][records[0].index(column)] = text
    told = [problem for problem in with_file(spoilable, table, text_of(records)) if problem.grave]
    assert [(problem.file, problem.row, problem.column) for problem in told] == [(f"{table}.csv", row, column)]


@cases(20)
@given(first=cells(), second=cells())
def test_two_cells_spoiled_are_both_pointed_at(spoilable, first, second):
    expected, before = set(), {}
    try:
        for table, column, share, text in (first, second):
            records = spoilable.records(table)
            before.setdefault(table, records)
            row = 2 + int(share * (len(records) - 1))
            expected.add((f"{table}.csv", row, column))
            spoilable.spoil(table, row, column, text)
        told = {(p.file, p.row, p.column) for p in check_scenario(spoilable.folder) if p.grave}
    finally:
        for table, records in before.items():
            spoilable.write_records(table, records, lineterminator="\n")
    assert told == expected


def same(one, other):
    assert one.settings == other.settings
    assert one.zones.drop(columns="geometry").equals(other.zones.drop(columns="geometry"))
    assert one.zones.geometry.normalize().equals(other.zones.geometry.normalize())
    for name in TABLES:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])


def test_a_scenario_written_and_read_again_is_the_same(tiny, tmp_path):
    read = read_scenario(tiny.folder)
    for n in (1, 2):
        write_scenario(tmp_path / f"copy{n}", settings=read.settings.model_dump(), tables=read.tables, zones=read.zones)
    again = read_scenario(tmp_path / "copy1")
    same(again, read)
    one, two = ({f.name: f.read_bytes() for f in (tmp_path / f"copy{n}").iterdir()} for n in (1, 2))
    assert one == two


@pytest.mark.parametrize("name", ["demo", "town"])
def test_what_is_bundled_is_written_and_read_the_same(repository, tmp_path, name):
    read = read_scenario(repository / "scenarios" / name)
    write_scenario(tmp_path / "copy", settings=read.settings.model_dump(), tables=read.tables, zones=read.zones)
    same(read_scenario(tmp_path / "copy"), read)


@cases(25)
@given(
    table=st.sampled_from(["schools", "pupils", "births", "options", "funds"]),
    shuffle=st.randoms(use_true_random=False),
    capitals=st.booleans(),
    mark=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    blank_lines=st.integers(0, 3),
)
def test_order_and_dress_change_nothing(spoilable, table, shuffle, capitals, mark, line_end, quoting, blank_lines):
    before = read_scenario(spoilable.folder)
    headings, *rows = spoilable.records(table)
    order = list(range(len(headings)))
    shuffle.shuffle(order)
    shuffle.shuffle(rows)
    dressed = [f" {h.upper()} " if capitals else h for h in headings]
    records = [[row[n] for n in order] for row in [dressed, *rows]]
    text = text_of(records, lineterminator=line_end, quoting=quoting) + line_end * blank_lines
    whole = spoilable.file(f"{table}.csv").read_bytes()
    try:
        spoilable.write(f"{table}.csv", (b"\xef\xbb\xbf" if mark else b"") + text.encode())
        after = read_scenario(spoilable.folder)
    finally:
        spoilable.write(f"{table}.csv", whole)
    same(after, before)
    assert after.warnings == ()


def test_every_column_is_there_with_its_type_whether_given_or_not(tiny):
    scenario = read_scenario(tiny.folder)
    for name, table in TABLES.items():
        assert list(scenario.tables[name].columns) == list(table.model_fields)
        assert set(headings_of(table).values()) == set(table.model_fields)
    schools = scenario.schools
    assert schools["site_area"].isna().all()
    assert schools["unsafe_routes"].tolist() == [False, False, False]
    assert schools["planning_area"].tolist() == ["", "", ""]
    assert scenario.table("options")["nc_years"].tolist() == [(0, 4), (5, 8), (0, 4)]
    for name, dtype in (("needs", "float64"), ("facilities", "float64")):
        assert len(scenario.table(name)) == 0
        assert str(scenario.table(name).dtypes.iloc[-1]) == dtype


def test_a_zone_s_share_of_free_school_meals_is_a_number_where_given_and_unknown_where_not(tiny):
    assert read_scenario(tiny.folder).zones["fsm_share"].isna().all()
    tiny.zones(tiny_zones().assign(fsm_share=[0.25, 0]))
    assert read_scenario(tiny.folder).zones["fsm_share"].tolist() == [0.25, 0.0]


def test_the_fingerprints_are_those_of_the_files(tiny):
    import hashlib

    inputs = read_scenario(tiny.folder).inputs
    assert inputs == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(tiny.folder.iterdir())
    }


def test_a_scenario_that_extends_another_changes_only_what_it_says(tiny):
    below = read_scenario(tiny.folder)
    folder = tiny.folder.parent / "richer"
    options = below.table("options").iloc[:1]
    settings = {"extends": "../tiny", "name": "richer", "title": "Richer", "weights": {"choice": 3.0}}
    write_scenario(folder, settings=settings, tables={"options": options}, zones=None)
    above = read_scenario(folder)
    assert above.settings.weights == below.settings.weights.model_copy(update={"choice": 3.0})
    assert (above.settings.title, above.settings.base_year) == ("Richer", below.settings.base_year)
    assert above.table("options")["option"].tolist() == ["EXP-1"]
    pd.testing.assert_frame_equal(above.schools, below.schools)
    assert {"scenario.toml", "options.csv", "../tiny/scenario.toml", "../tiny/schools.csv"} <= set(above.inputs)
    assert "../tiny/options.csv" not in above.inputs


def test_tables_of_thirty_thousand_rows_are_checked_in_two_seconds(tiny):
    heading, *schools = tiny.records("schools")
    name = heading.index("name")
    towns = [[str(int(row[0]) + 3 * n), f"{row[name]} {n}", *row[2:]] for n in range(540) for row in schools]
    tiny.write_records("schools", [heading, *towns])
    heading, *pupils = tiny.records("pupils")
    assert heading[0] == "urn"
    rolls = [[str(int(row[0]) + 3 * n), *row[1:]] for n in range(540) for row in pupils]
    assert len(rolls) > 30_000
    tiny.write_records("pupils", [heading, *rolls])
    begun = time.process_time()
    told = check_scenario(tiny.folder)
    assert time.process_time() - begun < 2
    assert told == ()

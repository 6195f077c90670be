"""Short, gappy, zero and hidden series: a clear error with file, row and column, or a fallback that is told."""

import numpy as np
import pytest

from placeplan.forecast.tables import forecast_and_tables
from placeplan.scenario.read import read_scenario

COLUMN = {"pupils": "pupils", "births": "births", "children": "pupils", "authority_pupils": "pupils"}
ROLLS = "academic_year,nc_year,pupils\n" + "".join(
    f"{year}/{(year + 1) % 100:02d},{nc or 'R'},60\n" for year in range(2010, 2019) for nc in range(14)
)


@pytest.fixture
def town(tiny):
    tiny.name_table("authority_pupils", ROLLS)
    return tiny


def edit(tiny, table, change):
    """Change every row of a table; a row that becomes nothing goes."""
    head, *rows = tiny.records(table)
    changed = [change(dict(zip(head, row, strict=True))) for row in rows]
    tiny.write_records(table, [head, *([row[name] for name in head] for row in changed if row)])


def told_of(tiny):
    scenario = read_scenario(tiny.folder)
    forecast, _ = forecast_and_tables(scenario)
    assert np.isfinite(forecast.central).all()
    assert forecast.central.sum() > 0
    return scenario.warnings, forecast.notes


@pytest.mark.parametrize("table", sorted(COLUMN))
@pytest.mark.parametrize("mark", ["c", "x", "z", "<5", "[c]"])
def test_a_hidden_count_is_taken_as_small_and_said_so(town, table, mark):
    town.spoil(table, 5, COLUMN[table], mark)
    warnings, _ = told_of(town)
    assert [(w.row, w.column) for w in warnings if w.file == f"{table}.csv" and "hidden" in w.wrong] == [
        (5, COLUMN[table])
    ]


@pytest.mark.parametrize("table", sorted(COLUMN))
@pytest.mark.parametrize("mark", [":", "", "..", "n/a"])
def test_a_count_that_is_not_there_is_pointed_at(town, table, mark):
    town.spoil(table, 5, COLUMN[table], mark)
    (problem,) = town.grave()
    assert (problem.file, problem.row, problem.column) == (f"{table}.csv", 5, COLUMN[table])
    assert problem.remedy


@pytest.mark.parametrize("table", sorted(COLUMN))
def test_a_table_that_counts_nobody_is_refused(town, table):
    edit(town, table, lambda row: row | {COLUMN[table]: "0"})
    (problem,) = town.grave()
    first = {"pupils": 17, "children": 44}.get(table, 2)  # of the base year, else of the table
    assert (problem.file, problem.row, problem.column) == (f"{table}.csv", first, COLUMN[table])
    assert "are 0" in problem.wrong


@pytest.mark.parametrize("table", ["pupils", "children"])
def test_nobody_in_the_base_year_is_refused_though_others_count(town, table):
    edit(town, table, lambda row: row | ({"pupils": "0"} if row["academic_year"] == "2018/19" else {}))
    assert [(problem.file, problem.column) for problem in town.grave()] == [(f"{table}.csv", "pupils")]


@pytest.mark.parametrize("table", ["pupils", "children", "authority_pupils"])
def test_a_year_missing_in_the_middle_is_refused_by_its_name(town, table):
    edit(town, table, lambda row: None if row["academic_year"] == "2016/17" else row)
    (problem,) = town.grave()
    assert (problem.file, problem.column) == (f"{table}.csv", "academic_year")
    assert "2016/17" in problem.wrong


@pytest.mark.parametrize("table", ["pupils", "children", "authority_pupils"])
def test_one_year_alone_is_enough_and_the_notes_say_what_stands_in(town, table):
    edit(town, table, lambda row: row if row["academic_year"] == "2018/19" else None)
    _, notes = told_of(town)
    stand_in = "because the schools have too few censuses" if table == "pupils" else "the schools' censuses of 2015/16"
    assert any(stand_in in note for note in notes)


def test_births_of_one_year_missing_everywhere_are_a_line_and_said_so(town):
    edit(town, "births", lambda row: None if row["twelve_months_to"] == "2015-08-31" else row)
    _, notes = told_of(town)
    assert any("No births are given to August 2015" in note for note in notes)


def test_births_too_late_for_any_reception_are_refused_with_the_date_that_is_needed(town):
    edit(town, "births", lambda row: row if row["twelve_months_to"] == "2018-08-31" else None)
    with pytest.raises(Exception, match="31 August 2014") as raised:
        told_of(town)
    assert [(p.file, p.column) for p in raised.value.problems] == [("births", "twelve_months_to")]


def test_births_that_one_zone_lacks_are_refused(town):
    edit(town, "births", lambda row: None if (row["area"], row["twelve_months_to"]) == ("Z002", "2014-08-31") else row)
    (problem,) = town.grave()
    assert (problem.file, problem.row, problem.column) == ("births.csv", 9, "twelve_months_to")
    assert "zone Z002 has no births in the twelve months to 2014-08-31" in problem.wrong


def test_a_school_without_earlier_censuses_is_a_warning(town):
    edit(town, "pupils", lambda row: row if row["urn"] != "109444" or row["academic_year"] == "2018/19" else None)
    warnings, _ = told_of(town)
    (told,) = (w for w in warnings if w.file == "pupils.csv" and "censuses" in w.wrong)
    assert "school 109444 has 1 of the 4 censuses" in told.wrong

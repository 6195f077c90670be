import numpy as np
import pandas as pd
from hypothesis import given

from cases import cases
from forecast.build import authority, steady, towns
from placeplan.forecast.forecast import forecast
from placeplan.forecast.other_places import SMALL_COUNTS, other_places
from placeplan.publish.suppress import SMALL, WITHHELD, withhold


@cases(8)
@given(towns())
def test_no_table_of_few_vulnerable_children_is_left_out_of_those_to_go_over(town):
    tables, zones, areas = town
    scenario = authority(tables, zones=zones, areas=areas)
    told = other_places(scenario, forecast(scenario))
    assert set(SMALL_COUNTS) <= set(told.tables)
    for path, (column, totals) in SMALL_COUNTS.items():
        table = told.tables[path]
        shown = withhold(table, column=column, totals=totals)[column]
        small = np.isin(np.rint(table[column].to_numpy(dtype=float)), list(SMALL))
        assert (shown[small] == WITHHELD).all()


def test_every_table_has_its_rows_and_no_note_is_told_twice():
    scenario = steady(years=3)
    told = forecast(scenario)
    found = other_places(scenario, told, np.full((2, 6), 30.0))
    empty = {path for path, table in found.tables.items() if table.empty}
    assert empty == {"forecast/cross_border.csv", "forecast/scap_planned.csv"}  # nothing is given, nothing is planned
    assert all(isinstance(table, pd.DataFrame) and len(table.columns) for table in found.tables.values())
    assert not set(found.notes) & set(told.notes)
    assert len(set(found.notes)) == len(found.notes)


def test_without_later_receptions_nursery_places_are_left_out():
    scenario = steady(years=3)
    assert "forecast/early_years.csv" not in other_places(scenario, forecast(scenario)).tables

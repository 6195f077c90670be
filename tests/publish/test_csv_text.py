import csv
import io

import build
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeplan.publish.csv_text import csv_bytes, kinds_of, read_csv

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["'=1", "''", "=1", "-3", "\t", "a\rb", *build.HOSTILE]
)


def read_back(frame):
    return read_csv(csv_bytes(frame), kinds_of(frame))


@given(st.lists(st.tuples(TEXT, st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9)), max_size=6))
def test_what_is_written_is_read_again(rows):
    frame = pd.DataFrame(rows, columns=["name", "whole", "number"]).astype(
        {"name": object, "whole": "int64", "number": float}
    )
    again = read_back(frame)
    assert again["name"].tolist() == frame["name"].tolist()
    assert again["whole"].tolist() == frame["whole"].tolist()
    assert np.abs(again["number"] - frame["number"]).max() <= 5.01e-10 if len(frame) else again.empty


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_no_text_cell_begins_as_a_formula_does(words):
    content = csv_bytes(pd.DataFrame({"name": pd.Series(words, dtype=object), "n": -3})).decode("utf-8")
    rows = list(csv.reader(io.StringIO(content, newline="")))[1:]
    assert all(row[0][:1] not in {"=", "+", "-", "@", "\t", "\r"} or row[0] == "" for row in rows)
    assert all(row[1] == "-3" for row in rows)


def test_lines_end_with_a_line_feed_and_numbers_are_plain():
    frame = pd.DataFrame({"a": [1e-7, 1e9, -0.0, np.nan, 7.123456789], "b": ["x", None, "é", "a,b", "012"]})
    assert csv_bytes(frame) == 'a,b\n0.0000001,x\n1000000000,\n0,é\n,"a,b"\n7.123456789,012\n'.encode()


def test_an_infinite_number_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        csv_bytes(pd.DataFrame({"a": [np.inf]}))


def test_a_row_that_lost_a_cell_is_refused():
    with pytest.raises(ValueError, match="fewer cells"):
        read_csv(b"a,b\n1,2\n3\n", {})


def test_a_table_without_rows_keeps_its_columns():
    frame = pd.DataFrame({"origin": pd.Series(dtype=object), "children": pd.Series(dtype=float)})
    again = read_back(frame)
    assert list(again.columns) == ["origin", "children"]
    assert again["children"].dtype == float

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from cases import cases
from placeplan.publish.suppress import WITHHELD, hide, protect, withhold

UNBOUNDED = 3  # linprog's word for it


def frame_of(counts):
    rows, columns = counts.shape
    return pd.DataFrame(
        {
            "site": np.repeat(np.arange(rows), columns),
            "need": np.tile(np.arange(columns), rows),
            "children": counts.ravel().astype(float),
        }
    )


def test_a_small_count_is_withheld_and_a_zero_is_shown():
    told = withhold(frame_of(np.array([[12, 3], [0, 5]])), column="children")
    assert told["children"].tolist() == ["12", WITHHELD, "0", "5"]


def test_a_small_count_alone_in_its_total_takes_another_with_it():
    told = withhold(frame_of(np.array([[12, 3, 7]])), column="children", totals=[["site"]])
    assert told["children"].tolist() == ["12", WITHHELD, WITHHELD]


def test_two_small_counts_protect_each_other_only_where_their_sum_leaves_room():
    assert hide(np.array([1.0, 4.0, 9.0]), [np.zeros(3, int)]).tolist() == [True, True, False]
    assert hide(np.array([1.0, 1.0, 9.0]), [np.zeros(3, int)]).tolist() == [True, True, True]


@cases(15)
@given(st.integers(2, 4), st.integers(2, 4), st.integers(0, 2**31))
def test_no_small_count_can_be_narrowed_down_by_the_totals(rows, columns, seed):
    counts = np.random.default_rng(seed).choice([0, 1, 2, 3, 4, 5, 9, 20], size=(rows, columns)).astype(float)
    table = frame_of(counts)
    hidden = (withhold(table, column="children", totals=[["site"], ["need"]])["children"] == WITHHELD).to_numpy()
    flat = counts.ravel()
    assert hidden[(flat >= 1) & (flat <= 4)].all()
    lines = [np.array(table[by] == k) for by in ("site", "need") for k in sorted(set(table[by]))]
    told = [line for line in lines if flat[line].sum() == 0 or flat[line].sum() >= 5]
    fixed = [
        (v, v) if not h else (0, None) for v, h in zip(flat, hidden, strict=True)
    ]  # independent: all cells at once
    matrix = np.array(told, dtype=float).reshape(-1, len(flat))
    for cell in np.flatnonzero((flat >= 1) & (flat <= 4)):
        least, most = (
            linprog(s * (np.arange(len(flat)) == cell), A_eq=matrix, b_eq=matrix @ flat, bounds=fixed) for s in (1, -1)
        )
        tied = matrix[matrix[:, cell] > 0].any(axis=0)  # the cells that share a total with it
        wide = least.fun <= 1 + 1e-6 and (most.status == UNBOUNDED or -most.fun >= 4 - 1e-6)
        assert wide or hidden[tied].all()  # or nothing is left to hide


@cases(15)
@given(st.integers(3, 12), st.integers(0, 2**31))
def test_with_one_total_every_small_count_keeps_all_its_values(cells, seed):
    counts = np.random.default_rng(seed).choice([0, 1, 2, 3, 4, 5, 9, 20], size=cells).astype(float)
    hidden = hide(counts, [np.zeros(cells, int)])
    small = (counts >= 1) & (counts <= 4)
    room = counts[hidden].sum()  # what the total leaves to those withheld: each may be anything from 0 to it
    assert not small.any() or counts.sum() < 5 or (hidden[small].all() and hidden.sum() >= 2 and room >= 4)


@pytest.mark.parametrize("value", [1.4, 3.6])
def test_expected_numbers_are_rounded_before_they_are_judged(value):
    told = withhold(pd.DataFrame({"children": [value, 12.4]}), column="children")
    assert told["children"].tolist() == [WITHHELD, "12"]


def test_where_all_that_hang_together_are_withheld_a_sum_that_rounding_leaves_open_asks_for_no_more():
    counts = np.array([0.0, 0.0, 2.0])  # children of two cells, rounded down, and of both
    rows = csr_array(np.array([[1.0, 1.0, -1.0]]))
    hidden = protect(counts, rows, aside=np.zeros(3, dtype=bool))
    assert hidden.all()

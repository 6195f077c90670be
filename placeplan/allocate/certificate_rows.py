"""Rows of the model in matrices: what the second statement of the model is written in, the rows of a principle, and those of openings alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_value import PRICED, KeptRows, Labels
from placeplan.allocate.scales import Scale
from placeplan.domain.arrays import Number, Whole
from placeplan.principles.principle import Prices

UNBOUNDED = np.inf

Parts = dict[str, sparse.csr_matrix]


@dataclass(frozen=True)
class Rows:
    """Rows of one kind: low ≤ Σ matrix · block ≤ high."""

    parts: Parts
    low: Number
    high: Number


def principle_rows(scale: Scale, price: Prices) -> Iterator[tuple[str, Rows]]:
    """Yield a principle's deviations, its target and its must."""
    for k, d in enumerate(price.deviations):
        own = (d.earlier - identity(len(d.constant))).tocsr()
        read = {"rolls": d.rolls, "openings": d.openings} | ({} if d.stays is None else {"stays": d.stays})
        parts = read | {f"{scale.key} {k}": own} if len(d.constant) else {}
        yield f"{scale.key} {k}", at_most(parts, -d.constant)
    if scale.plain or scale.factor == 0:
        return
    priced = {name: getattr(price, name) for name in PRICED}
    priced |= {f"{scale.key} {k}": d.price for k, d in enumerate(price.deviations) if len(d.price)}
    parts = {name: sparse.csr_matrix(scale.factor * values[None, :]) for name, values in priced.items() if len(values)}
    less, minus = scale.factor * (price.constant - scale.ideal), sparse.csr_matrix(np.array([[-1.0]]))
    yield (
        f"{scale.key} target",
        at_most(parts | {f"{scale.key} deviation": minus}, np.array([scale.target - less])),
    )
    if not np.isnan(scale.must):
        yield (
            f"{scale.key} must",
            at_most(parts | {f"{scale.key} over the must": minus}, np.array([scale.must - less])),
        )


def stays_open(labels: Labels) -> Rows:
    """Return the rows by which what is open stays open."""
    openings = labels.openings
    decision, year = openings["decision"].to_numpy(dtype=object), openings["academic_year"].to_numpy(dtype=int)
    again = np.flatnonzero((decision[1:] == decision[:-1]) & (year[1:] == year[:-1] + 1)) + 1
    each = identity(len(openings))
    table = (each[again] - each[again - 1]).tocsr()
    return Rows({"openings": table}, np.zeros(len(again)), np.full(len(again), UNBOUNDED))


def rule_rows(labels: Labels) -> Iterator[tuple[str, Rows]]:
    """Yield each rule between openings alone: money, needs, exclusions, one configuration, the provider gate."""
    rules = labels.rules
    table = table_matrix(labels.rule_parts, "opening", "amount", len(rules), len(labels.openings))
    low, high = (rules[name].to_numpy(dtype=float) for name in ("at_least", "at_most"))
    for name in rules["rule"].unique():
        which = np.flatnonzero(rules["rule"] == name)
        yield str(name), Rows({"openings": table[which]}, low[which], high[which])


def moves_together(together: pd.DataFrame, stays: int) -> Rows:
    """Return the rows by which pupils of a closed school go on in the one that takes them."""
    count = int(together["row"].max()) + 1 if len(together) else 0
    return at_most({"stays": table_matrix(together, "stay", "amount", count, stays)}, np.zeros(count))


def equal(parts: Parts, side: Number) -> Rows:
    """Return rows that equal their side."""
    return Rows(parts, side, side)


def at_most(parts: Parts, side: Number) -> Rows:
    """Return rows that are at most their side."""
    return Rows(parts, np.full(len(side), -UNBOUNDED), side)


def identity(count: int) -> sparse.csr_matrix:
    """Return the matrix that leaves a block as it is."""
    return ones(np.arange(count), count)


def ones(row: Whole, rows: int) -> sparse.csr_matrix:
    """Return rows × members: 1 where a member belongs to a row; one of row −1 belongs to none."""
    return entries(row, np.arange(len(row)), np.ones(len(row)), rows, len(row))


def table_matrix(table: pd.DataFrame, column: str, figure: str, rows: int, columns: int) -> sparse.csr_matrix:
    """Return a table of row, column and figure as a matrix."""
    row, at = table["row"].to_numpy(dtype=int), table[column].to_numpy(dtype=int)
    return entries(row, at, table[figure].to_numpy(dtype=float), rows, columns)


def entries(row: Whole, column: Whole, value: Number, rows: int, columns: int) -> sparse.csr_matrix:
    """Return a matrix; entries of row −1 are left out."""
    some = row >= 0
    return sparse.csr_matrix((value[some], (row[some], column[some])), shape=(rows, columns))


def apart(told: Number, expected: Number) -> float:
    """Return the largest difference, relative to its size above 1; infinite where only one is."""
    if len(told) != len(expected):
        return np.inf
    both = np.isinf(told) & (told == expected)
    with np.errstate(invalid="ignore"):
        off = np.where(
            both, 0.0, np.abs(told - expected) / np.maximum(np.where(np.isinf(expected), 1.0, np.abs(expected)), 1.0)
        )
    return float(np.where(np.isnan(off), np.inf, off).max(initial=0.0))


def wide(model: KeptRows, parts: Parts, count: int) -> sparse.csr_matrix:
    """Return the parts of some rows as one matrix over all columns."""
    found = [(part.tocoo(), model.columns(name).start) for name, part in parts.items()]
    row = np.concatenate([np.zeros(0, int), *(p.row for p, _ in found)])
    column = np.concatenate([np.zeros(0, int), *(p.col + first for p, first in found)])
    value = np.concatenate([np.zeros(0), *(p.data for p, _ in found)])
    return sparse.csr_matrix((value, (row, column)), shape=(count, len(model.cost)))


def rows_apart(model: KeptRows, which: Whole, expected: sparse.csr_matrix, rows: Rows) -> float:
    """Return by how much kept rows are other than expected; infinite where there are more or fewer."""
    if len(which) != len(rows.low):
        return np.inf
    off = abs(model.rows.tocsr()[which] - expected)
    largest = float(off.data.max(initial=0.0))
    sides = (rows.low, model.row_lower[which]), (rows.high, model.row_upper[which])
    return max(largest, *(apart(a, b) for a, b in sides))


def group_labels(labels: Labels) -> pd.DataFrame:
    """Return the labels of the groups on roll at which stays begin."""
    return labels.stays.rename(columns={"from_nc_year": "nc_year"})

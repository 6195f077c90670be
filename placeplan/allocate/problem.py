"""A PuLP problem that takes whole tables: columns and rows as numpy blocks, small rules as ordinary PuLP expressions.

PuLP makes one Python object a column and one a coefficient; for 90,000 columns that takes longer than the solve. Here the
bulk stays in arrays, `block[i]` gives an ordinary PuLP variable the first time that a rule asks for it, and both end in one matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pulp
from scipy import sparse

from placeplan.allocate.openings_alone import openings_alone
from placeplan.domain.arrays import Number, Whole, YesNo


@dataclass
class Block:
    """Columns of one kind: where they begin, and the PuLP variables that rules have asked for."""

    name: str
    first: int
    count: int
    problem: "TableProblem"
    variables: dict[int, pulp.LpVariable] = field(default_factory=dict)

    def __getitem__(self, i: int) -> pulp.LpVariable:
        """Return one column as a PuLP variable."""
        if i not in self.variables:
            at = self.first + i
            low, high = self.problem.lower[at], self.problem.upper[at]
            kind = pulp.LpInteger if self.problem.integer[at] else pulp.LpContinuous
            variable = self.problem.add_variable(f"{self.name}_{i}", low, None if np.isinf(high) else high, kind)
            self.variables[i] = variable
            self.problem.position[variable.name] = at
        return self.variables[i]

    @property
    def columns(self) -> slice:
        """Where the block's columns lie in the problem's arrays."""
        return slice(self.first, self.first + self.count)


@dataclass(frozen=True)
class Matrix:
    """The whole problem as arrays: minimise cost·z with row_lower ≤ rows·z ≤ row_upper, lower ≤ z ≤ upper."""

    cost: Number
    lower: Number
    upper: Number
    integer: YesNo
    rows: sparse.csc_matrix
    row_lower: Number
    row_upper: Number
    row_kind: Whole  # position in the list of row names
    row_names: tuple[str, ...]


class TableProblem(pulp.LpProblem):  # type: ignore[misc]  # pulp has no types
    """A PuLP problem with blocks of columns and rows beside its ordinary variables and constraints."""

    def __init__(self, name: str) -> None:
        """Begin with nothing."""
        super().__init__(name, pulp.LpMinimize)
        self.blocks: dict[str, Block] = {}
        self.lower: Number = np.zeros(0)
        self.upper: Number = np.zeros(0)
        self.cost: Number = np.zeros(0)
        self.integer: YesNo = np.zeros(0, dtype=bool)
        self.position: dict[str, int] = {}
        self.rules: dict[str, pulp.LpConstraint] = {}
        self._rows: list[tuple[str, dict[str, sparse.csr_matrix], Number, Number]] = []

    def add_columns(self, name: str, count: int, *, upper: Number | float, integer: bool = False) -> Block:
        """Add columns from 0 to `upper` and return them as a block."""
        block = Block(name, len(self.lower), count, self)
        self.blocks[name] = block
        self.lower = np.append(self.lower, np.zeros(count))
        self.upper = np.append(self.upper, np.broadcast_to(np.asarray(upper, dtype=float), (count,)))
        self.cost = np.append(self.cost, np.zeros(count))
        self.integer = np.append(self.integer, np.full(count, integer))
        return block

    def add_rows(
        self, name: str, parts: Mapping[str, sparse.csr_matrix], lower: Number | float, upper: Number | float
    ) -> None:
        """Add rows lower ≤ Σ matrix·block ≤ upper; parts: block name → matrix with one row a constraint."""
        count = next(iter(parts.values())).shape[0]
        low, high = (np.broadcast_to(np.asarray(side, dtype=float), (count,)).copy() for side in (lower, upper))
        if count:
            self._rows.append((name, dict(parts), low, high))

    def add_rule(self, name: str, rule: pulp.LpConstraint) -> None:
        """Add a rule written as a PuLP expression over variables of the blocks."""
        self.addConstraint(rule, name)
        self.rules[name] = rule

    def matrix(self) -> Matrix:
        """Return the whole problem as one matrix: the blocks, then the rules written in PuLP."""
        total = len(self.lower)
        tables: list[sparse.csr_matrix] = []
        lows: list[Number] = []
        highs: list[Number] = []
        kinds: list[Whole] = []
        names: list[str] = []
        for name, parts, low, high in self._rows:
            tables.append(self._wide(parts, total))
            lows.append(low)
            highs.append(high)
            kinds.append(np.full(len(low), len(names)))
            names.append(name)
        rules = self._rules(total)
        kinds.append(len(names) + np.arange(rules[0].shape[0]))
        names += list(self.rules)
        rows = sparse.vstack([*tables, rules[0]]).tocsc()
        rows.sort_indices()
        return Matrix(
            self.cost.copy(), self.lower.copy(), self.upper.copy(), self.integer.copy(), rows,
            np.concatenate([*lows, rules[1]]), np.concatenate([*highs, rules[2]]), np.concatenate(kinds), tuple(names),
        )  # fmt: skip

    def _wide(self, parts: Mapping[str, sparse.csr_matrix], total: int) -> sparse.csr_matrix:
        """Return the parts of some rows as one matrix over all columns."""
        found = [(part.tocoo(), self.blocks[name].first) for name, part in parts.items()]
        row = np.concatenate([p.row for p, _ in found])
        col = np.concatenate([p.col + first for p, first in found])
        value = np.concatenate([p.data for p, _ in found])
        return sparse.csr_matrix((value, (row, col)), shape=(found[0][0].shape[0], total))

    def _rules(self, total: int) -> tuple[sparse.csr_matrix, Number, Number]:
        """Return the rules that were written as PuLP expressions."""
        row, col, value, low, high = [], [], [], [], []
        for i, rule in enumerate(self.rules.values()):
            for variable, factor in rule.items():
                row.append(i)
                col.append(self.position[variable.name])
                value.append(float(factor))
            side = -float(rule.constant)
            low.append(-np.inf if rule.sense == pulp.LpConstraintLE else side)
            high.append(np.inf if rule.sense == pulp.LpConstraintGE else side)
        shape = (len(low), total)
        return (
            sparse.csr_matrix((value, (row, col)), shape=shape),
            np.array(low, dtype=float),
            np.array(high, dtype=float),
        )


def part_of(matrix: Matrix, columns: YesNo, rows: YesNo) -> Matrix:
    """Return some columns and rows of a problem as a problem of their own."""
    which = np.flatnonzero(columns)
    table = matrix.rows[:, which].tocsr()[np.flatnonzero(rows)].tocsc()
    return Matrix(
        matrix.cost[which], matrix.lower[which], matrix.upper[which], matrix.integer[which], table,
        matrix.row_lower[rows], matrix.row_upper[rows], matrix.row_kind[rows], matrix.row_names,
    )  # fmt: skip


def of_openings_alone(matrix: Matrix) -> Matrix:
    """Return the rules that bind openings alone, over the openings, as a problem of their own."""
    return part_of(matrix, matrix.integer, openings_alone(matrix.rows, matrix.integer))


def with_rows(matrix: Matrix, rows: sparse.csr_matrix, lower: Number, upper: Number, name: str) -> Matrix:
    """Return the problem with some rows more, all of one name."""
    return replace(
        matrix,
        rows=sparse.csc_matrix(sparse.vstack([matrix.rows, rows])),
        row_lower=np.append(matrix.row_lower, lower),
        row_upper=np.append(matrix.row_upper, upper),
        row_kind=np.append(matrix.row_kind, np.full(len(lower), len(matrix.row_names))),
        row_names=(*matrix.row_names, name),
    )


def with_openings(matrix: Matrix, openings: Number, integer: YesNo) -> Matrix:
    """Return the problem with its whole columns fixed at given values."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[integer] = upper[integer] = openings
    return replace(matrix, lower=lower, upper=upper)


def whole(point: Number, integer: YesNo) -> Number:
    """Return a point with its openings made whole."""
    return np.where(integer, np.round(point), point)


def identity(count: int) -> sparse.csr_matrix:
    """Return the matrix that leaves a block as it is."""
    return sparse.csr_matrix((np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))

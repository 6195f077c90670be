"""Branch on the openings, best bound first, until every leaf is proven by the duals of a linear program alone.

None of HiGHS's branching is trusted: no presolve of whole columns, no cuts, no heuristics, where its false optima were
found. Each leaf keeps the duals that prove it, so that `verify` can check all of them without a solver.
"""

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from placeplan.allocate.at_openings import AtOpenings
from placeplan.allocate.certificate_exact import to_publish
from placeplan.allocate.certificate_leaves import EITHER
from placeplan.allocate.certificate_value import KeptRows, Leaves
from placeplan.allocate.duals import Cut, cut_from_duals
from placeplan.allocate.highs import Answer
from placeplan.allocate.problem import Matrix
from placeplan.allocate.size import is_large
from placeplan.allocate.solve import Solver
from placeplan.domain.arrays import Number, Whole

TRIED = 4  # openings tried at each branching; the one that raises the bound most is branched on
WHOLE = 1e-6  # an opening nearer than this to 0 or 1 is whole
NOWHERE = np.inf  # the bound of a leaf in which nothing can stand


@dataclass(frozen=True)
class Branched:
    """The leaves, what they prove in floating point, and a plan better than the one known, where one was found."""

    leaves: Leaves
    bound: float
    better: Number | None
    programs: int


@dataclass(frozen=True, order=True)
class _Node:
    """Part of all ways to open. fixed: 1 open, 0 shut, −1 either.  vector: the duals that prove its bound."""

    bound: float
    number: int
    fixed: Whole
    vector: int
    openings: Number | None  # of the linear program; None where nothing can stand


def branch(
    solver: Solver,
    matrix: Matrix,
    *,
    known: float,
    aim: float,
    seconds: float,
    programs: int,
    root: tuple[Number, Number] | None = None,
    cover: Sequence[int] = (),
    parts: Sequence[tuple[Number, Number] | None] = (),
    nowhere: Number | None = None,
    proven: Callable[[float], bool] = lambda _: False,
) -> Branched | None:
    """Return leaves that prove `aim`, or what time and the number of linear programs allow; None where there was no time for any.

    Where nothing is to decide there is one leaf.
    known: cost of the best plan known. All without the constant of the objective.
    root: row duals of the relaxation and its openings, where they are known.  cover: openings to branch on first, one after the other.
    parts: the same of each part that a cover makes, where it is known.  nowhere: a ray that proves that nothing can stand where none of the cover opens, where it is known.  proven: hears how far it is, and says whether that is enough.
    """
    tree = _Tree(solver, matrix, known, time.monotonic() + seconds, programs)
    anything = np.full(int(matrix.integer.sum()), EITHER)
    first = tree.solved(None, anything) if root is None else tree.known_node(anything, *root)
    if first is None:
        return None
    open_, done = tree.along(first, cover, parts, nowhere), list[_Node]()
    heapq.heapify(open_)
    while open_ and open_[0].bound < aim and not proven(min(node.bound for node in (*open_, *done))):
        node = heapq.heappop(open_)
        node = tree.settled(node, aim, done)
        halves = tree.split(node, aim)
        for half in halves or [node]:
            heapq.heappush(open_, half)
        if halves is None:  # out of time, or whole already: its bound is the best that can be had
            break
    proven(min(node.bound for node in (*open_, *done)))
    return tree.branched([*done, *open_])


class _Tree:
    """The linear program, warm from node to node, and the duals found so far."""

    def __init__(self, solver: Solver, matrix: Matrix, known: float, until: float, programs: int) -> None:
        self.matrix, self.known, self.until, self.most = matrix, known, until, programs
        self.low, self.high = matrix.lower[matrix.integer], matrix.upper[matrix.integer]
        self.program = AtOpenings(solver, matrix, first="ipm" if is_large(matrix) else "simplex")
        self.kept = KeptRows(**{name: getattr(matrix, name) for name in Matrix.__dataclass_fields__}, blocks={})
        self.vectors: list[Number] = []
        self.cuts: list[Cut] = []
        self.rays: list[bool] = []
        self.programs = self.nodes = 0
        self.better: Number | None = None

    def solved(self, parent: _Node | None, fixed: Whole) -> _Node | None:
        """Return a node with its bound, by its own duals or its parent's; None when time is out."""
        if self.programs >= self.most or time.monotonic() > self.until:
            return None
        self.programs += 1
        low, high = self._box(fixed)
        answer = self.program.between(low, high, seconds=self.until - time.monotonic())
        if answer.row_duals is None:
            return None
        if answer.point is None:
            return self._nowhere(parent, fixed, answer)
        self._take(answer)
        vector = self._keep(answer.row_duals, ray=False)
        bound, at = self._least(vector, fixed), vector
        if parent is not None and self._least(parent.vector, fixed) > bound:
            bound, at = self._least(parent.vector, fixed), parent.vector
        return self._node(bound, fixed, at, answer.point[self.matrix.integer])

    def known_node(self, fixed: Whole, row_duals: Number, openings: Number) -> _Node:
        """Return a node whose linear program has been solved elsewhere."""
        vector = self._keep(row_duals, ray=False)
        return self._node(self._least(vector, fixed), fixed, vector, openings)

    def along(
        self, node: _Node, cover: Sequence[int], known: Sequence[tuple[Number, Number] | None], nowhere: Number | None
    ) -> list[_Node]:
        """Return the parts into which the openings of a cover share a node: the first open, the second open, … and none."""
        parts = list[_Node]()
        for opening, told in zip_longest(cover, known[: len(cover)]):
            fixed = _with(node.fixed, opening, 1)
            half = self.solved(node, fixed) if told is None else self.known_node(fixed, *told)
            if half is None:
                return [*parts, node]
            parts.append(half)
            node = self._node(node.bound, _with(node.fixed, opening, 0), node.vector, node.openings)
        if not cover:
            return [node]
        if nowhere is not None:
            vector = self._keep(nowhere, ray=True)
            if self._least(vector, node.fixed) > WHOLE:
                return [*parts, self._node(NOWHERE, node.fixed, vector, None)]
        return [*parts, self.solved(node, node.fixed) or node]

    def settled(self, node: _Node, aim: float, done: list[_Node]) -> _Node:
        """Return a node without the openings that its own duals settle; what they exclude becomes leaves."""
        slope = self.cuts[node.vector].slope
        fixed = node.fixed
        for j in np.flatnonzero((fixed == EITHER) & (self.low < self.high) & (node.bound + np.abs(slope) >= aim)):
            other = fixed.copy()
            other[j] = int(slope[j] > 0)
            done.append(self._node(node.bound + abs(float(slope[j])), other, node.vector, None))
            fixed = fixed.copy()
            fixed[j] = 1 - other[j]
        return replace(node, fixed=fixed)

    def split(self, node: _Node, aim: float) -> list[_Node] | None:
        """Return the two halves of a node at the opening that raises the bound most; None where there are none."""
        if node.openings is None:
            return None
        free = np.flatnonzero((node.fixed == EITHER) & (np.abs(node.openings - np.round(node.openings)) > WHOLE))
        nearest = free[np.argsort(np.abs(node.openings[free] - 0.5), kind="stable")]
        best: list[_Node] | None = None
        for j in nearest[:TRIED]:
            halves = [self.solved(node, _with(node.fixed, j, way)) for way in (0, 1)]
            both = [half for half in halves if half is not None]
            if len(both) < len(halves):
                break
            if best is None or _worth(both, node, aim) > _worth(best, node, aim):
                best = both
        return best

    def branched(self, nodes: list[_Node]) -> Branched:
        """Return the leaves with the duals that prove them, each vector once."""
        used, vector = np.unique([node.vector for node in nodes], return_inverse=True)
        leaves = Leaves(
            np.array([node.fixed for node in nodes], dtype=np.int8), vector.astype(np.int64),
            np.array([self.vectors[v] for v in used]), np.array([self.rays[v] for v in used], dtype=bool),
        )  # fmt: skip
        return Branched(leaves, min(node.bound for node in nodes), self.better, self.programs)

    def _nowhere(self, parent: _Node | None, fixed: Whole, answer: Answer) -> _Node | None:
        """Return a node in which nothing can stand, by a ray that proves it; where none does, its parent's bound."""
        assert answer.row_duals is not None  # noqa: S101  (asked before)
        for ray in (answer.row_duals, -answer.row_duals):  # HiGHS doesn't say which way its ray points
            largest = float(np.abs(ray).max(initial=0.0)) or 1.0
            vector = self._keep(ray / largest, ray=True)
            if self._least(vector, fixed) > WHOLE:
                return self._node(NOWHERE, fixed, vector, None)
        if parent is None:
            return None
        return self._node(self._least(parent.vector, fixed), fixed, parent.vector, None)

    def _take(self, answer: Answer) -> None:
        """Keep a plan with whole openings if it is better than the one known."""
        assert answer.point is not None  # noqa: S101  (asked before)
        openings = answer.point[self.matrix.integer]
        better = answer.objective < self.known - WHOLE * max(1.0, abs(self.known))
        if better and bool((np.abs(openings - np.round(openings)) <= WHOLE).all()):
            self.known, self.better = answer.objective, answer.point

    def _keep(self, row_duals: Number, *, ray: bool) -> int:
        """Keep duals as they are published, and what they prove; return which they are."""
        duals = to_publish(self.kept, row_duals)
        cost = np.zeros_like(self.matrix.cost) if ray else self.matrix.cost
        self.vectors.append(duals)
        self.cuts.append(cut_from_duals(self.matrix, duals, cost))
        self.rays.append(ray)
        return len(self.vectors) - 1

    def _least(self, vector: int, fixed: Whole) -> float:
        """Return what duals prove of a node, in floating point."""
        cut, (low, high) = self.cuts[vector], self._box(fixed)
        return cut.constant + float(np.minimum(cut.slope * low, cut.slope * high).sum())

    def _box(self, fixed: Whole) -> tuple[Number, Number]:
        """Return the least and the greatest value of each opening in a node."""
        return np.where(fixed == EITHER, self.low, fixed), np.where(fixed == EITHER, self.high, fixed)

    def _node(self, bound: float, fixed: Whole, vector: int, openings: Number | None) -> _Node:
        self.nodes += 1
        return _Node(bound, self.nodes, fixed, vector, openings)


def _with(fixed: Whole, opening: int, way: int) -> Whole:
    """Return a node's openings with one more decided."""
    more = fixed.copy()
    more[opening] = way
    return more


def _worth(halves: list[_Node], node: _Node, aim: float) -> float:
    """Return by how much two halves raise the bound, as far as it is of use."""
    room = aim - node.bound
    first, second = (min(half.bound - node.bound, room) / room for half in halves)
    return min(first, second) + 0.1 * max(first, second)

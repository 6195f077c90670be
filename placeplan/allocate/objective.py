"""The objective: each principle on its fixed scale, its deviations as rows, its target and its must."""

import numpy as np
from scipy import sparse

from placeplan.allocate.problem import Block, TableProblem, identity
from placeplan.allocate.scales import Scale
from placeplan.domain.arrays import Number
from placeplan.principles.principle import Deviations, Prices

NO_LIMIT = np.inf
EXCESS_OVER_A_MUST = 1000.0  # times all weights: a must gives way only where nothing else can


def add_principles(problem: TableProblem, prices: tuple[Prices, ...], scale: tuple[Scale, ...]) -> float:
    """Add every principle's deviations and its part of the objective; return the constant part."""
    constant = 0.0
    total = sum(s.weight for s in scale) or 1.0
    for price, s in zip(prices, scale, strict=True):
        deviations = _deviations(problem, s.key, price)
        if s.plain:  # the deviation is U itself: no row over all stays is needed
            constant += s.weight * (s.factor * (price.constant - s.ideal) - s.target)
            _add_costs(problem, price, deviations, s.weight * s.factor)
        elif s.movable:
            _add_target(problem, price, deviations, s, total)
    return constant


def _deviations(problem: TableProblem, key: str, price: Prices) -> list[tuple[Block, Number]]:
    """Add the deviation columns and rows of one principle."""
    found = []
    for k, d in enumerate(price.deviations):
        count = len(d.constant)
        if not count:
            continue
        most = _most(d, problem)
        block = problem.add_columns(f"{key} {k}", count, upper=most)
        own = (d.earlier - identity(count)).tocsr()
        reads = {} if d.stays is None else {"stays": d.stays}
        parts = {"rolls": d.rolls, "openings": d.openings, **reads, block.name: own}
        problem.add_rows(f"{key} {k}", parts, -NO_LIMIT, -d.constant)
        found.append((block, d.price))
    return found


def _most(d: Deviations, problem: TableProblem) -> Number:
    """Return a finite bound on each deviation, from the bounds of what it reads."""
    upper = {name: problem.upper[problem.blocks[name].columns] for name in ("rolls", "openings")}
    most = d.constant + d.rolls.maximum(0) @ upper["rolls"] + d.openings.maximum(0) @ upper["openings"]
    if d.stays is not None:
        most = most + d.stays.maximum(0) @ problem.upper[problem.blocks["stays"].columns]
    first: Number = np.maximum(most, 0)
    bound: Number = np.maximum(most + d.earlier.maximum(0) @ first, 0) + 1.0
    return bound


def _add_costs(problem: TableProblem, price: Prices, deviations: list[tuple[Block, Number]], factor: float) -> None:
    """Add a principle's prices to the objective."""
    for name, values in _by_block(price):
        problem.cost[problem.blocks[name].columns] += factor * values
    for block, values in deviations:
        problem.cost[block.columns] += factor * values


def _by_block(price: Prices) -> list[tuple[str, Number]]:
    """Return a principle's prices by block of columns."""
    names = ("stays", "bundles", "unplaced", "kept", "used", "unmet")
    return [(name, getattr(price, name)) for name in names]


def _add_target(
    problem: TableProblem, price: Prices, deviations: list[tuple[Block, Number]], s: Scale, total: float
) -> None:
    """Add the row U − d ≤ target, and U − excess ≤ must where the scenario says so."""
    factor = s.factor
    parts: dict[str, sparse.csr_matrix] = {
        n: sparse.csr_matrix(factor * v[None, :]) for n, v in _by_block(price) if len(v)
    }
    parts |= {block.name: sparse.csr_matrix(factor * v[None, :]) for block, v in deviations}
    fixed = factor * (price.constant - s.ideal)
    one = sparse.csr_matrix(np.array([[-1.0]]))
    d = problem.add_columns(f"{s.key} deviation", 1, upper=1e6)
    problem.add_rows(f"{s.key} target", parts | {d.name: one}, -NO_LIMIT, s.target - fixed)
    problem.cost[d.columns] += s.weight
    if not np.isnan(s.must):
        excess = problem.add_columns(over_the_must(s.key), 1, upper=1e6)
        problem.add_rows(f"{s.key} must", parts | {excess.name: one}, -NO_LIMIT, s.must - fixed)
        problem.cost[excess.columns] += EXCESS_OVER_A_MUST * total


def over_the_must(key: str) -> str:
    """Return the name of the column that tells by how much a must is missed."""
    return f"{key} over the must"

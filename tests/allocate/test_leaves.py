"""Leaves: our own branching proves what the solver says, leaf by leaf, and any leaf dropped or changed is refused."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from cases import cases
from placeplan.allocate.certificate import certified
from placeplan.allocate.certificate_exact import Exact, boxes, exact_bound, not_above, proven_by
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_leaves import bounds_of, certified_by, refuse_unless_they_cover
from placeplan.allocate.certificate_value import KeptRows, Leaves
from placeplan.allocate.leaves import branch
from placeplan.allocate.problem import Matrix
from placeplan.allocate.solve import Solver
from placeplan.domain.errors import CertificateRefused
from placeplan.domain.progress import silent


@pytest.fixture(scope="module")
def proof(allocation):
    return proof_of(allocation)


def test_the_leaves_prove_the_optimum_to_a_millionth(allocation, proof):
    assert allocation.status == "Optimal"
    found = certified(proof)
    assert found.how == "leaves of a branching"
    assert allocation.objective * (1 - 1e-6) <= found.bound <= allocation.objective * (1 + 1e-7)
    assert found.root_bound < allocation.objective * (1 - 1e-3)  # the duals of the relaxation alone leave a gap


def test_every_way_to_open_lies_in_exactly_one_leaf(proof):
    table = proof.leaves.openings
    for way in itertools.product((0, 1), repeat=table.shape[1]):
        assert ((table == -1) | (table == np.array(way))).all(axis=1).sum() == 1


def test_each_leaf_bounds_the_linear_programs_in_it(allocation, proof):
    of_leaf = bounds_of(proof.model, proof.leaves)
    constant, integer = allocation.model.constant, allocation.matrix.integer
    solver = Solver(1, 1, silent)
    for row, bound in zip(proof.leaves.openings, of_leaf, strict=True):
        low = np.where(row == -1, allocation.matrix.lower[integer], row)
        high = np.where(row == -1, allocation.matrix.upper[integer], row)
        lower, upper = allocation.matrix.lower.copy(), allocation.matrix.upper.copy()
        lower[integer], upper[integer] = low, high
        answer = solver.lp(
            replace(allocation.matrix, lower=lower, upper=upper), seconds=20, corner=True, method="choose"
        )
        if bound is None:
            assert answer.status == "Infeasible"
        else:
            assert float(bound) <= answer.objective + 1e-7
            assert float(bound) + constant >= min(answer.objective + constant, allocation.objective) * (1 - 2e-6)


def test_a_leaf_dropped_doubled_or_changed_is_refused(proof):
    leaves, openings = proof.leaves, proof.leaves.openings.shape[1]
    count = len(leaves.openings)
    refuse_unless_they_cover(leaves, openings)
    for k in range(count):
        kept = np.arange(count) != k
        dropped = replace(leaves, openings=leaves.openings[kept], vector=leaves.vector[kept])
        twice = replace(leaves, openings=np.vstack([leaves.openings, leaves.openings[k]]))
        for spoiled in (dropped, twice):
            with pytest.raises(CertificateRefused, match="exactly one leaf"):
                refuse_unless_they_cover(spoiled, openings)
        for j in range(openings):
            for way in {-1, 0, 1} - {int(leaves.openings[k, j])}:
                table = leaves.openings.copy()
                table[k, j] = way
                with pytest.raises(CertificateRefused, match="exactly one leaf"):
                    refuse_unless_they_cover(replace(leaves, openings=table), openings)


@given(seed=st.integers(0, 2**32 - 1), openings=st.integers(1, 6), cuts=st.integers(0, 12))
def test_covering_is_told_as_counting_every_way_tells_it(seed, openings, cuts):
    draw = np.random.default_rng(seed)
    table = [np.full(openings, -1)]
    for _ in range(cuts):  # a true branching
        k = int(draw.integers(len(table)))
        free = np.flatnonzero(table[k] == -1)
        if len(free):
            leaf = table.pop(k)
            for way in (0, 1):
                half = leaf.copy()
                half[draw.choice(free) if draw.random() < 0.1 else free[0]] = way  # now and then no true one
                table.append(half)
    if draw.random() < 0.3:
        table.pop(int(draw.integers(len(table))))
    ways = np.array(list(itertools.product((0, 1), repeat=openings)))
    leaves = Leaves(
        np.array(table).reshape(-1, openings).astype(np.int8),
        np.zeros(len(table), int),
        np.zeros((1, 0)),
        np.zeros(1, bool),
    )
    inside = ((leaves.openings[:, None, :] == -1) | (leaves.openings[:, None, :] == ways)).all(axis=2).sum(axis=0)
    if (inside == 1).all():
        refuse_unless_they_cover(leaves, openings)
    else:
        with pytest.raises(CertificateRefused):
            refuse_unless_they_cover(leaves, openings)


def problem(draw, rows=5, columns=6, openings=4):
    """A small problem that is feasible, bounded, and has openings among its columns."""
    whole = np.arange(columns) < openings
    table = draw.integers(-3, 4, (rows, columns)).astype(float)
    plan = np.where(whole, draw.integers(0, 2, columns), draw.integers(0, 4, columns)).astype(float)
    value = table @ plan
    low, high = value - draw.integers(0, 2, rows), value + draw.integers(0, 2, rows)
    low[draw.random(rows) < 0.4] = -np.inf
    return Matrix(
        np.round(draw.normal(0, 3, columns), 3), np.zeros(columns), np.where(whole, 1.0, 4.0), whole,
        sparse.csc_matrix(table), low, high.astype(float), np.zeros(rows, dtype=int), ("rows",),
    )  # fmt: skip


def kept(matrix):
    return KeptRows(**{name: getattr(matrix, name) for name in Matrix.__dataclass_fields__}, blocks={})


def least_by_enumeration(matrix, solver):
    best = np.inf
    for way in itertools.product((0.0, 1.0), repeat=int(matrix.integer.sum())):
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[matrix.integer] = upper[matrix.integer] = way
        answer = solver.lp(replace(matrix, lower=lower, upper=upper), seconds=5, corner=True, method="simplex")
        best = min(best, answer.objective if answer.point is not None else np.inf)
    return best


@cases(12)
@given(seed=st.integers(0, 100_000))
def test_on_any_small_problem_the_leaves_prove_what_enumeration_finds(seed):
    matrix, solver = problem(np.random.default_rng(seed)), Solver(1, 1, silent)
    best = least_by_enumeration(matrix, solver)
    found = branch(solver, matrix, known=best, aim=best - 1e-7, seconds=20, programs=500)
    proven = certified_by(kept(matrix), None, found.leaves)
    assert found.better is None
    assert float(proven.leaves) == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert float(proven.leaves) <= best + 1e-7


def test_the_leaf_by_hand_of_the_mathematics_is_proven_as_it_says_there():
    matrix = Matrix(
        np.array([3.0, 1.0]), np.zeros(2), np.array([1.0, 5.0]), np.array([True, False]), sparse.csc_matrix([[10.0, 1.0]]),
        np.array([5.0]), np.array([np.inf]), np.zeros(1, dtype=int), ("places",),
    )  # fmt: skip
    leaves = Leaves(np.array([[0], [1]]), np.array([0, 1]), np.array([[1.0], [0.0]]), np.zeros(2, dtype=bool))
    proven = certified_by(kept(matrix), np.array([0.3]), leaves)
    assert (float(proven.root), float(proven.leaves)) == (pytest.approx(1.5), 3)
    assert proven.of_leaf == (5, 3)
    found = branch(Solver(1, 1, silent), matrix, known=3.0, aim=3.0, seconds=5, programs=20)
    assert certified_by(kept(matrix), None, found.leaves).leaves == 3


def test_a_false_optimum_is_found_out_by_the_leaves():
    told = 0
    for seed in range(8):
        matrix, solver = problem(np.random.default_rng(seed)), Solver(1, 1, silent)
        best = least_by_enumeration(matrix, solver)
        said = best + 0.5 * max(1.0, abs(best))  # what a solver that is wrong would call the optimum, and proven
        found = branch(solver, matrix, known=said, aim=said - 1e-7, seconds=20, programs=500)
        told += found.better is not None
        assert float(certified_by(kept(matrix), None, found.leaves).leaves) <= best + 1e-7
        assert matrix.cost @ found.better == pytest.approx(best, abs=1e-6)
    assert told == 8


def test_out_of_time_or_programs_the_leaves_still_cover_and_prove_less(allocation, proof):
    constant = allocation.model.constant
    for programs in (1, 4, 9):
        known = allocation.objective - constant
        found = branch(Solver(1, 1, silent), allocation.matrix, known=known, aim=known, seconds=60, programs=programs)
        bounds = certified_by(proof.model, proof.row_duals, found.leaves)
        assert found.programs <= programs
        assert float(bounds.root) - 1e-6 <= float(bounds.leaves) <= known + 1e-6


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), max_size=12))
def test_whole_numbers_over_a_power_of_two_are_the_very_numbers(values):
    exact = Exact.of(np.array(values))
    assert [Fraction(w) * Fraction(2) ** exact.power for w in exact.whole] == [Fraction(v) for v in values]
    assert exact.total() == sum(map(Fraction, values), Fraction(0))
    if values:
        told = not_above(exact.total()) if abs(exact.total()) < Fraction(2) ** 1000 else None
        assert told is None or Fraction(told) <= exact.total() < Fraction(float(np.nextafter(told, np.inf)))


@given(seed=st.integers(0, 10_000))
def test_any_duals_and_any_ray_prove_nothing_false_in_rationals(seed):
    draw = np.random.default_rng(seed)
    matrix = problem(draw)
    model, duals = kept(matrix), draw.normal(0, 2, len(matrix.row_lower))
    priced, ray = proven_by(model, duals), proven_by(model, duals, ray=True)
    low, high = boxes(model)
    assert exact_bound(model, duals) == priced.least(low, high)
    table = matrix.rows.toarray().astype(int)
    for way in itertools.product(*[range(2 if whole else 5) for whole in matrix.integer]):
        value = table @ np.array(way)
        if ((value >= matrix.row_lower) & (value <= matrix.row_upper)).all():
            at = np.array(way)[matrix.integer]
            cost = sum((Fraction(c) * z for c, z in zip(matrix.cost, way, strict=True)), Fraction(0))
            assert priced.least(at, at) <= cost
            assert ray.least(at, at) <= 0

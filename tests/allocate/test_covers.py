"""Covers: whoever opens none of them leaves too many out, as every way to open tells; and what leaves over them prove."""

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import enumerated
from cases import cases
from enumeration import Enumerated, ways
from placeplan.allocate import covers
from placeplan.allocate.by_cover import ByCover
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_leaves import bounds_of, refuse_unless_they_cover
from placeplan.allocate.covers import find_cover
from placeplan.allocate.highs import Answer
from placeplan.allocate.leaves import branch
from placeplan.allocate.parts import Parts, part_of_cover
from placeplan.allocate.polish import Polish
from placeplan.allocate.problem import with_openings
from placeplan.allocate.relaxation import relaxed
from placeplan.allocate.search import Search
from placeplan.allocate.so_far import SoFar
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import counted, stage_1
from placeplan.domain.progress import silent
from towns import plan_for, too_few, towns

PRICE = 0.001


def quiet():
    return Solver(1, 1, silent)


def first_stage(planned):
    return stage_1(planned.allocation.model, planned.allocation.model.problem.matrix())[0]


@given(town=towns(most_zones=2, most_options=4, most_years=3), share=st.floats(0.0, 0.9), seed=st.integers(0, 10**6))
@cases(10)
def test_every_way_to_open_that_leaves_few_enough_out_opens_one_of_a_cover(town, share, seed):
    planned = plan_for(town)
    part, options = first_stage(planned), planned.network.options
    if not part.integer.any():
        return
    least, most = planned.allocation.least_shortfall, planned.allocation.do_minimum.shortfall(0, 11)
    limit = least + share * (most - least)
    relaxed_openings = np.random.default_rng(seed).choice([0.0, 0.1, 0.4, 1.0], int(part.integer.sum()))
    found = find_cover(quiet(), part, relaxed_openings, options.opening_decision, limit, 30.0)
    if found is None:
        return
    assert len(set(options.opening_decision[found.openings])) == len(found.openings) > 0
    each = Enumerated(part, options.decisions)
    for openings in ways(part, options.decisions):
        if not openings[found.openings].any():
            each.ways = [openings]
            assert each.least() > limit


def test_a_cover_is_found_where_one_of_two_schools_must_grow_and_holds_no_more_than_it_needs():
    planned = plan_for(too_few(ways=1))
    part, options = first_stage(planned), planned.network.options
    nothing, both = planned.allocation.do_minimum.shortfall(0, 11), planned.allocation.least_shortfall
    assert both < nothing - 1
    shut = np.zeros(len(options.opening_decision))
    one = find_cover(quiet(), part, shut, options.opening_decision, nothing - 1, 30.0)
    assert {options.decisions[d].name for d in options.opening_decision[one.openings]} == {"XA0", "XB0"}
    each = find_cover(quiet(), part, shut, options.opening_decision, both + 1, 30.0)
    assert len(each.openings) == 1  # without either of them too many are left out
    assert find_cover(quiet(), part, shut, options.opening_decision, nothing, 30.0) is None
    assert find_cover(quiet(), part, shut, options.opening_decision, both + 1, 0.0) is None  # no time


@pytest.fixture(scope="module")
def by_cover():
    """The way of large problems on a town in which some must be left out, as far as it goes by a cover."""
    planned = plan_for(too_few(ways=2))
    told, solver = planned.allocation, quiet()
    matrix = told.model.problem.matrix()
    beside = relaxed(solver, matrix, counted(told.model), PRICE, lambda: 30.0)
    root = beside.work.result()
    way = SoFar(solver, told.matrix, gap=0.0, offset=told.model.constant, ends=time.monotonic() + 60)
    way.take(told.point)
    way.raise_to(beside.bound(root.row_duals, told.limit_on_shortfall))
    found, before = ByCover(told.model, told.matrix, solver, told.limit_on_shortfall), way.bound
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covers, "HARDLY_OPEN", (1.1,))  # so small a relaxation opens all by more than half
        found.seek(beside, 30.0)
    row = found.row_for(told.matrix)
    until = time.monotonic() + 30
    found.settle(way, beside, until)
    found.prove(way, beside, until)
    return SimpleNamespace(planned=planned, told=told, beside=beside, way=way, found=found, before=before, row=row)


def test_leaves_over_a_cover_prove_more_than_the_relaxation_and_never_too_much(by_cover):
    way, row = by_cover.way, by_cover.row
    assert row.rows.shape[0] == by_cover.told.matrix.rows.shape[0] + 1
    assert row.rows.tocsr()[-1].sum() == len(by_cover.found.found.openings)
    assert by_cover.before + 1e-3 < way.bound <= way.objective
    assert way.bound + way.offset <= enumerated(by_cover.planned) + 1e-6
    assert way.steps[-1][0] == "leaves over a cover"


def test_they_share_out_all_ways_to_open_and_stand_in_whole_numbers(by_cover):
    branched, proof = by_cover.found.branched, proof_of(by_cover.told)
    refuse_unless_they_cover(branched.leaves, branched.leaves.openings.shape[1])
    exact = bounds_of(proof.model, branched.leaves)
    assert None in exact  # the leaf in which none of the cover opens: proven empty by the first stage's own duals
    least = min(float(bound) for bound in exact if bound is not None)
    assert least == pytest.approx(branched.bound, abs=1e-9)


def test_its_parts_are_shared_out_among_the_cores_and_each_is_solved_once(by_cover):
    told, beside, cover = by_cover.told, by_cover.beside, by_cover.found.found.openings
    solver, solved = quiet(), []
    lp = solver.lp
    solver.lp = lambda matrix, **how: solved.append(matrix) or lp(matrix, **how)
    parts = Parts(solver, beside, cover)
    until = time.monotonic() + 30
    cores = [threading.Thread(target=parts.work, args=(until,)) for _ in range(2)]
    for core in cores:
        core.start()
    parts.wait(until)
    for core in cores:
        core.join()
    assert len(solved) == len(cover) == len(parts.solved)
    columns = np.flatnonzero(told.matrix.integer)[cover]
    shut = [[int(of.upper[c] == 0) for c in columns] for of in sorted(solved, key=lambda of: -of.upper[columns].sum())]
    assert shut == [[int(c < which) for c in range(len(cover))] for which in range(len(cover))]
    for which, (row_duals, openings) in enumerate(parts.known()):
        assert len(row_duals) == len(told.matrix.row_lower)
        assert openings[cover[which]] == pytest.approx(1, abs=1e-6)


def test_the_likeliest_parts_are_those_in_which_a_better_plan_may_stand(by_cover):
    parts, limit = by_cover.found.parts, by_cover.told.limit_on_shortfall
    bounds = [one.bound(limit) for one in parts.solved]
    every = parts.likeliest(limit, np.inf)
    assert [which for which, _ in every] == np.argsort(bounds, kind="stable").tolist()
    assert [which for which, _ in parts.likeliest(limit, max(bounds))] == [which for which, _ in every][:-1]
    assert parts.likeliest(limit, min(bounds)) == []
    for which, one in every:  # a plan of the part costs no less than its bound
        of = part_of_cover(by_cover.told.matrix, parts.cover, which)
        best = quiet().mip(of, seconds=30, gap=0.0)
        assert best.point is None or best.objective >= one.bound(limit) - 1e-6


def test_what_parts_are_known_to_cost_is_proven_without_another_program_and_never_too_much(by_cover):
    told, found, solver = by_cover.told, by_cover.found, quiet()
    given = {
        "known": by_cover.way.objective, "aim": np.inf, "seconds": 30, "nowhere": found._ray(found.found),
        "root": (np.zeros(len(told.matrix.row_lower)), np.zeros(int(told.matrix.integer.sum()))),
    }  # fmt: skip
    cover = found.found.openings.tolist()
    alone = branch(solver, told.matrix, **given, programs=0, cover=cover, parts=found.parts.known())
    again = branch(solver, told.matrix, **given, programs=len(cover), cover=cover)
    assert (alone.programs, again.programs) == (0, len(cover))
    assert by_cover.before - 1e-6 <= alone.bound <= again.bound + 1e-6  # a price on those left out stands for the limit
    exact = bounds_of(proof_of(told).model, alone.leaves)
    assert min(float(bound) for bound in exact if bound is not None) == pytest.approx(alone.bound, abs=1e-9)
    refuse_unless_they_cover(alone.leaves, alone.leaves.openings.shape[1])


def test_a_plan_that_only_a_part_shows_is_found_in_it(by_cover, monkeypatch):
    told, solver = by_cover.told, quiet()
    monkeypatch.setattr(covers, "HARDLY_OPEN", (1.1,))
    monkeypatch.setattr(Search, "_plans", lambda *_: None)
    monkeypatch.setattr(Search, "_branch", lambda *_: Answer("Time limit reached", None, np.inf, -np.inf, None, 0.0))
    monkeypatch.setattr("placeplan.allocate.by_cover.TO_BRANCH", np.inf)
    polish = Polish(solver, told.matrix, lambda: 30.0)
    openings = told.point[told.matrix.integer]
    worse = next(
        p
        for p in Enumerated(told.matrix, told.model.network.options.decisions).ways
        if (p != openings).any()
        and solver.lp(with_openings(told.matrix, p, told.matrix.integer), seconds=30, method="simplex").point
        is not None
    )
    start = solver.lp(with_openings(told.matrix, worse, told.matrix.integer), seconds=30, method="simplex").point
    way = Search(solver, told.matrix, gap=0.0, offset=told.model.constant, ends=time.monotonic() + 60)
    assert told.matrix.cost @ start > told.matrix.cost @ told.point + 1e-3
    sought = ByCover(told.model, told.matrix, solver, told.limit_on_shortfall)
    found = way.by_relaxation(by_cover.beside, told.limit_on_shortfall, (), lambda: start, polish.of, sought)
    assert "plan of a part" in [step for step, *_ in way.steps]
    assert found.objective == pytest.approx(float(told.matrix.cost @ told.point), abs=1e-6)


def test_where_the_parts_say_enough_nothing_is_branched_on(by_cover, monkeypatch):
    told = by_cover.told
    way = Search(quiet(), told.matrix, gap=0.0, offset=told.model.constant, ends=time.monotonic() + 60)
    way.take(told.point)
    sought, branched = SimpleNamespace(before=lambda matrix, *_: matrix), []
    monkeypatch.setattr(Search, "_branch", lambda *_: branched.append(1))
    way._to_the_end(told.matrix, by_cover.beside, 0.0, sought)
    assert branched == [1]
    way.raise_to(way.objective)
    answer = way._to_the_end(told.matrix, by_cover.beside, 0.0, sought)
    assert branched == [1]
    assert (answer.point, answer.proven) == (None, False)


def test_where_time_is_out_nothing_is_said_of_a_cover(by_cover):
    told, solver = by_cover.told, quiet()
    late, so_far = ByCover(told.model, told.matrix, solver, told.limit_on_shortfall), by_cover.way
    late.found, late.parts = by_cover.found.found, Parts(solver, by_cover.beside, by_cover.found.found.openings)
    late.sought.set()
    late.settle(so_far, by_cover.beside, time.monotonic())
    late.prove(so_far, by_cover.beside, time.monotonic())
    assert late.branched is None
    assert late.parts.solved == [None] * len(late.found.openings)


def test_where_nobody_need_be_left_out_there_is_nothing_to_seek(by_cover, monkeypatch):
    monkeypatch.setattr(covers, "AtOpenings", None)
    told = by_cover.told
    nothing = ByCover(told.model, told.matrix, quiet(), 0.0)
    nothing.seek(by_cover.beside, 30.0)
    assert nothing.row_for(told.matrix) is told.matrix
    nothing.settle(by_cover.way, by_cover.beside, time.monotonic() + 30)
    nothing.prove(by_cover.way, by_cover.beside, time.monotonic() + 30)
    assert nothing.branched is None

"""The least shortfall is proven: by cuts and leaves, in exact arithmetic, never more than is true, and every part counts."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given

from authorities import with_table
from cases import cases
from placeplan.allocate import least_proof, size
from placeplan.allocate.allocate import as_proven
from placeplan.allocate.certificate import certified, certified_of
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_least import first_stage, least_proven, opening_rules, small_problem
from placeplan.allocate.certificate_recount import compulsory
from placeplan.allocate.problem import with_openings
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import stage_1
from placeplan.domain.errors import CertificateRefused
from towns import plan_for, too_few, towns

NEAR = 1e-6  # child-years


@pytest.fixture(scope="module", params=["small", "large", "by leaves alone"])
def proven(request):
    """An allocation with too few places, by the way of small problems and by that of large ones."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "large":
            patch.setattr(size, "SMALL", 0)
        if request.param == "by leaves alone":
            patch.setattr(least_proof, "_cuts", lambda *_: ())
        return plan_for(too_few()).allocation


def by_enumeration(allocation):
    """The least shortfall by one linear program for each way to open: nothing of the proof, and no branching, is used."""
    solver = Solver(1, 1, lambda *_: None)
    part, _ = stage_1(allocation.model, allocation.matrix)
    values = []
    for openings in product((0.0, 1.0), repeat=int(part.integer.sum())):
        answer = solver.lp(with_openings(part, np.array(openings), part.integer), seconds=60.0)
        if answer.point is not None:
            values.append(answer.objective)
    return min(values)


def test_the_least_shortfall_is_certified_to_the_last_millionth(proven):
    least = by_enumeration(proven)
    assert least > 100
    assert certified_of(proven).least == pytest.approx(least, abs=1e-3)
    assert certified_of(proven).least <= least + NEAR
    assert proven.least_shortfall == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("most", [size.SMALL, 0])
def test_where_nothing_can_be_opened_the_shortfall_is_certified_too(monkeypatch, most):
    monkeypatch.setattr(size, "SMALL", most)
    town = with_table(too_few(), "options", lambda t: t.iloc[:0])
    allocation = plan_for(town).allocation
    assert not allocation.matrix.integer.any()
    assert certified_of(allocation).least == pytest.approx(allocation.least_shortfall, abs=1e-3)
    assert allocation.least_shortfall > 100


def test_it_is_proven_by_cuts_or_by_leaves_of_the_first_stage_itself(proven):
    found = certified_of(proven)
    assert found.least_leaves > 1
    assert found.least_cuts == len(proven.least.duals)
    assert (found.least_cuts > 0) == (len(proven.least.leaves.duals[0]) < len(proven.matrix.row_lower))


def test_duals_at_random_never_prove_more_than_is_true(proven):
    proof, draw = proof_of(proven), np.random.default_rng(42)
    least = by_enumeration(proven)
    for part in (proven.least.duals, proven.least.leaves.duals):
        for _ in range(10):
            factor = 1 + np.ldexp(draw.integers(-64, 64, part.shape).astype(float), -int(draw.integers(5, 20)))
            other = part * factor + (draw.random(part.shape) < 0.01) * np.ldexp(
                draw.integers(-99, 99, part.shape) * 1.0, -6
            )
            spoiled = (
                replace(proven.least, duals=other)
                if part is proven.least.duals
                else replace(proven.least, leaves=replace(proven.least.leaves, duals=other))
            )
            try:
                assert least_proven(proof.model, compulsory(proof.labels), spoiled) <= least + NEAR
            except CertificateRefused:
                continue


def test_a_leaf_lost_or_altered_is_refused(proven):
    proof, leaves = proof_of(proven), proven.least.leaves
    whole = np.ones(len(leaves.openings), dtype=bool)
    for k in range(len(leaves.openings)):
        fewer = replace(
            leaves,
            openings=leaves.openings[np.arange(len(whole)) != k],
            vector=leaves.vector[np.arange(len(whole)) != k],
        )
        with pytest.raises(CertificateRefused, match=r"certificate/least\.npz"):
            certified(replace(proof, least=replace(proven.least, leaves=fewer)))
        said = np.flatnonzero(leaves.openings[k] >= 0)[0]
        other = leaves.openings.copy()
        other[k, said] = 1 - other[k, said]
        with pytest.raises(CertificateRefused, match="every way to open"):
            certified(replace(proof, least=replace(proven.least, leaves=replace(leaves, openings=other))))


def test_no_cut_says_more_of_any_openings_than_its_linear_program():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(size, "SMALL", 0)
        allocation = plan_for(too_few(2)).allocation
    proof = proof_of(allocation)
    stage = first_stage(proof.model, compulsory(proof.labels))
    small, rules = small_problem(stage, allocation.least.duals), len(opening_rules(stage))
    solver = Solver(1, 1, lambda *_: None)
    part, _ = stage_1(allocation.model, allocation.matrix)
    for openings in product((0, 1), repeat=int(part.integer.sum())):
        answer = solver.lp(with_openings(part, np.array(openings, dtype=float), part.integer), seconds=60.0)
        slopes = -small.rows.toarray()[rules:, :-1]
        said = [
            Fraction(c) + sum(Fraction(s) * x for s, x in zip(slope, openings, strict=True))
            for c, slope in zip(small.row_lower[rules:].tolist(), slopes.tolist(), strict=True)
        ]
        assert answer.point is None or float(max(said)) <= answer.objective + NEAR


@cases(3, night=300)
@given(towns(most_options=4, most_years=4))
def test_no_town_is_proven_to_leave_out_more_than_it_must(town):
    allocation = plan_for(town).allocation
    found = certified_of(allocation)
    assume(allocation.least_shortfall > NEAR)
    assert found.least <= allocation.least_shortfall + NEAR
    assert found.least >= allocation.least_shortfall_bound - 1e-5 * max(1.0, found.least)


def test_the_bounds_told_are_the_better_of_the_solvers_word_and_what_is_certified(proven):
    found = certified_of(proven)
    weak = replace(proven, bound=found.bound - 1, least_shortfall_bound=0.0, status="Time limit reached")
    asked = (proven.objective - found.bound) / proven.objective + 1e-6
    told = as_proven(replace(weak, least_shortfall_proven=False), found, gap=asked)
    assert told.bound == min(found.bound, proven.objective)
    assert told.least_shortfall_bound == min(found.least, proven.least_shortfall)
    assert told.least_shortfall_proven
    assert told.status == "Optimal"
    assert as_proven(weak, found, gap=asked - 1e-3).status == "Time limit reached"
    said = found.for_run_file(told.objective, told.bound, told.least_shortfall_bound)
    assert said["bound_how"] == said["least_shortfall_bound_how"] == "certified"


def test_a_bound_beyond_what_is_certified_stays_and_is_told_as_the_solvers_word(proven):
    nothing = replace(certified_of(proven), bound=proven.bound - 1, least=0.0)
    told = as_proven(proven, nothing, gap=1e-6)
    assert (told.bound, told.least_shortfall_bound) == (proven.bound, proven.least_shortfall_bound)
    said = nothing.for_run_file(told.objective, told.bound, told.least_shortfall_bound)
    assert said["bound_how"] == said["least_shortfall_bound_how"] == "the solver's word"
    assert nothing.for_run_file(told.objective, -np.inf, 0.0)["bound_how"] == "nothing"

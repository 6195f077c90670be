"""The certificate: a plan is recounted from labels and prices, and bounded by duals, without the solver."""

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from placeplan.allocate.certificate import certificate_files, certified, digest_of
from placeplan.allocate.certificate_checks import constant_of, cost_of, gaps, recounted, row_checks
from placeplan.allocate.certificate_exact import admissible, exact_bound
from placeplan.allocate.certificate_files import from_files, to_files
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_partnerships import kept_transfers
from placeplan.allocate.certificate_recount import journeys_of, retention_of
from placeplan.allocate.certificate_value import KeptRows, Solution
from placeplan.domain.errors import CertificateRefused


@pytest.fixture(scope="module")
def proof(allocation):
    return proof_of(allocation)


@pytest.fixture(scope="module")
def journeys(proof):
    return journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))


def solution_of(plan):
    return Solution(plan.stays, plan.unplaced, plan.openings, plan.used)


def test_the_objective_is_recounted_from_labels_and_prices(allocation, proof, journeys):
    for plan, told in (
        (allocation.plan, allocation.objective),
        (allocation.do_minimum, allocation.do_minimum_objective),
    ):
        solution = solution_of(plan)
        found = recounted(proof, journeys, solution)
        assert found.objective(proof, solution.openings) == pytest.approx(told, rel=1e-6)
        assert found.losses == pytest.approx(
            [price.loss(plan) for price in allocation.model.prices], rel=1e-9, abs=1e-9
        )


def test_children_in_are_children_out_by_labels_alone(allocation, journeys):
    off, size = journeys.balance(allocation.plan.stays, allocation.plan.unplaced)
    assert size.max() > 1
    assert np.abs(off).max() <= 1e-6 * size.max()
    assert np.abs(journeys.base_year(allocation.plan.stays)).max() <= 1e-6


def test_one_child_more_on_any_stay_unbalances_a_node_or_the_census(allocation, journeys):
    for stay in range(0, len(allocation.plan.stays), 97):
        more = allocation.plan.stays.copy()
        more[stay] += 1.0
        off, _ = journeys.balance(more, allocation.plan.unplaced)
        rolling = journeys.base_year(more)
        assert max(np.abs(off).max(), np.abs(rolling).max()) > 0.5


def test_rolls_by_label_are_those_of_the_plan(allocation, journeys):
    network = allocation.plan.network
    rolls = journeys.rolls(allocation.plan.stays)
    urn = {str(name): i for i, name in enumerate(network.estate.table["urn"])}
    told = np.zeros_like(allocation.plan.rolls())
    told[rolls["urn"].map(urn), rolls["academic_year"] - network.years[0], rolls["nc_year"]] = rolls["pupils"]
    assert told == pytest.approx(allocation.plan.rolls(), abs=1e-9)


def test_kept_transfers_by_label_are_those_of_the_plan(allocation, journeys):
    assert kept_transfers(journeys, allocation.plan.stays) == pytest.approx(allocation.plan.kept(), abs=1e-9)


def test_every_row_and_bound_of_the_model_holds(allocation, proof, journeys):
    point = recounted(proof, journeys, solution_of(allocation.plan)).point
    checks = list(row_checks(proof.model, point, "model"))
    assert {"rows “flow” of the model", "rows “places” of the model", "bounds of “stays”"} <= {c.rule for c in checks}
    assert all(check.passed for check in checks)


def test_the_costs_follow_from_the_prices(proof, allocation):
    assert cost_of(proof) == pytest.approx(allocation.matrix.cost, abs=1e-12)
    assert float(constant_of(proof)) == pytest.approx(allocation.model.constant)


def test_the_duals_prove_a_bound_that_no_plan_beats(allocation, proof, journeys):
    bound = certified(proof).root_bound
    assert bound is not None
    assert 0.5 * allocation.objective < bound <= allocation.objective + 1e-6
    minimum = recounted(proof, journeys, proof.do_minimum).objective(proof, proof.do_minimum.openings)
    assert bound <= minimum + 1e-6


@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([0.01, 1.0, 100.0]))
def test_no_duals_at_all_prove_more_than_a_plan_costs(allocation, proof, seed, size):
    duals = np.random.default_rng(seed).normal(0, size, len(proof.model.row_lower))
    assert float(exact_bound(proof.model, duals)) <= proof.model.cost @ allocation.point + 1e-6 * size


@given(seed=st.integers(0, 10_000))
def test_the_bound_is_that_of_weak_duality_in_rationals(seed):
    model, plan, duals = small_problem(np.random.default_rng(seed))
    exact = in_rationals(model, duals)
    assert exact_bound(model, duals) == exact
    assert exact_bound(model, admissible(model, duals)) == exact
    assert exact <= sum(Fraction(c) * Fraction(z) for c, z in zip(model.cost, plan, strict=True))


def small_problem(draw):
    """Rows that a plan drawn first is sure to hold, some without one of their sides, and any duals."""
    rows, columns = 5, 7
    table = draw.integers(-3, 4, (rows, columns)).astype(float)
    plan = draw.integers(0, 4, columns).astype(float)
    value = table @ plan
    low, high = value - draw.integers(0, 3, rows), value + draw.integers(0, 3, rows)
    low[draw.random(rows) < 0.3] = -np.inf
    high[draw.random(rows) < 0.3] = np.inf
    model = KeptRows(
        draw.normal(0, 1, columns), np.zeros(columns), np.full(columns, 4.0), np.zeros(columns, dtype=bool),
        sparse.csc_matrix(table), low, high, np.zeros(rows, dtype=np.int64), ("rows",), {},
    )  # fmt: skip
    return model, plan, draw.normal(0, 2, rows)


def in_rationals(model, duals):
    """The same bound, written out a second time, without a rounding."""
    admissible = [
        Fraction(0) if (y > 0 and np.isinf(low)) or (y < 0 and np.isinf(high)) else Fraction(y)
        for y, low, high in zip(duals, model.row_lower, model.row_upper, strict=True)
    ]
    total = Fraction(0)
    for y, low, high in zip(admissible, model.row_lower, model.row_upper, strict=True):
        total += y * Fraction(low) if y > 0 else y * Fraction(high) if y < 0 else 0
    table = model.rows.toarray()
    for j, cost in enumerate(model.cost):
        reduced = Fraction(cost) - sum(y * Fraction(a) for y, a in zip(admissible, table[:, j], strict=True))
        total += reduced * Fraction(model.lower[j] if reduced > 0 else model.upper[j])
    return total


def test_a_price_on_the_shortfall_proves_the_same_as_the_row_that_limits_it(allocation):
    unplaced = allocation.model.problem.blocks["unplaced"].columns
    counted = np.zeros(len(allocation.matrix.cost))
    counted[unplaced] = 1.0
    price, limit = 2.5, 7.0
    loose = replace(allocation.matrix, upper=np.where(counted > 0, 50.0, allocation.matrix.upper))
    priced = replace(loose, cost=loose.cost + price * counted)
    limited = replace(
        loose,
        rows=sparse.csc_matrix(sparse.vstack([loose.rows, sparse.csr_matrix(counted[None, :])])),
        row_lower=np.append(loose.row_lower, -np.inf),
        row_upper=np.append(loose.row_upper, limit),
        row_kind=np.append(loose.row_kind, len(loose.row_names)),
        row_names=(*loose.row_names, "sufficiency"),
    )
    duals = np.random.default_rng(5).normal(0, 0.1, len(loose.row_lower))
    of_priced = proof_of(replace(allocation, matrix=priced, proof=priced, row_duals=duals, leaves=None))
    of_limited = proof_of(replace(allocation, matrix=limited, proof=priced, row_duals=duals, leaves=None))
    assert certified(of_limited).root_bound == pytest.approx(certified(of_priced).root_bound - price * limit, rel=1e-9)


def test_the_files_are_the_same_bytes_twice_and_read_as_they_were_written(allocation):
    files = certificate_files(allocation)
    assert certificate_files(allocation) == files
    proof = from_files(files)
    again = to_files(proof, {})
    assert {path for path in again if path != "certificate.json" and again[path] != files[path]} == set()
    assert files.keys() - again.keys() == {"certificate/leaves.csv"}
    assert proof.scales == from_files(files | again).scales
    assert certified(proof) == certified(proof_of(allocation))


def test_a_file_that_is_lost_or_cut_is_named(allocation):
    files = certificate_files(allocation)
    for path in files:
        without = {other: content for other, content in files.items() if other != path}
        if path != "certificate/duals.npz":  # a run may have none; of the leaves either both files or neither
            with pytest.raises(CertificateRefused, match=path):
                from_files(without)
        if path.endswith((".json", ".npz")):
            with pytest.raises(CertificateRefused, match=path):
                from_files(files | {path: files[path][: len(files[path]) // 2]})


def test_arrays_hold_no_pickles_and_no_dates(allocation):
    files = certificate_files(allocation)
    for path in (p for p in files if p.endswith(".npz")):
        with zipfile.ZipFile(io.BytesIO(files[path])) as archive:
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        np.load(io.BytesIO(files[path]), allow_pickle=False)


def test_a_plan_that_breaks_a_rule_gets_no_certificate(allocation):
    stays = allocation.plan.stays.copy()
    stays[int(np.argmax(stays))] += 5.0
    broken = replace(allocation, plan=replace(allocation.plan, stays=stays))
    with pytest.raises(CertificateRefused, match=r"flow|on roll"):
        certificate_files(broken)


def test_gaps_are_those_of_the_definition():
    assert gaps(4.0, 3.0, 8.0) == (0.25, 0.25)
    assert gaps(4.0, 3.0, 4.0) == (0.25, 25.0)  # nothing changed: a hundredth of the objective stands in
    assert gaps(0.0, 0.0, 5.0) == (0.0, 0.0)
    assert gaps(4.0, 4.5, 8.0) == (0.0, 0.0)


def test_the_digest_of_run_json_knows_no_order_but_every_value():
    assert digest_of({"a": 1, "b": np.float64(0.1)}) == digest_of({"b": 0.1, "a": np.int64(1)})
    assert digest_of({"a": 1}) != digest_of({"a": 2})


def test_checking_loads_neither_pulp_nor_the_solver():
    program = (
        "import sys; import placeplan.allocate.certificate; "
        "print([name for name in ('pulp', 'highspy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

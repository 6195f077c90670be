"""Each way in which a solve can end is told as it was, and values are read only where there is a feasible point."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from placeplan.allocate import solve
from placeplan.allocate.highs import scale_of
from placeplan.allocate.problem import Matrix
from placeplan.allocate.search import Search
from placeplan.allocate.solve import Solver
from placeplan.allocate.talk import Talk
from placeplan.domain.errors import NoPlanInTime, SolverFailed

AT_MOST = 4.0  # seconds from Ctrl-C to the end of the process, on a busy machine


def quiet(seed=1, threads=1):
    return Solver(seed, threads, lambda *_: None)


def problem(cost, rows, low, high, *, upper=1.0, integer=True):
    count = len(cost)
    table = sparse.csc_matrix(np.atleast_2d(np.array(rows, dtype=float)))
    sides = [np.broadcast_to(np.asarray(side, dtype=float), (table.shape[0],)).copy() for side in (low, high)]
    return Matrix(
        np.array(cost, dtype=float), np.zeros(count), np.full(count, float(upper)), np.full(count, integer), table, *sides,
        np.zeros(table.shape[0], dtype=int), ("rows",),
    )  # fmt: skip


def covering(size=60, rows=90, seed=1):
    """A covering problem that HiGHS can't finish in a moment."""
    random = np.random.default_rng(seed)
    table = (random.random((rows, size)) < 0.08).astype(float)
    table[np.arange(rows), random.integers(0, size, rows)] = 1
    return problem(random.integers(10, 20, size), table, 1, np.inf)


def market_split(rows=6):
    """An equality knapsack without a known plan: hard to find any."""
    random = np.random.default_rng(3)
    table = random.integers(0, 100, (rows, 10 * (rows - 1)))
    half = table.sum(axis=1) // 2
    return problem(np.ones(table.shape[1]), table, half, half)


def test_an_optimum_is_told_with_its_point_and_its_bound():
    answer = quiet().mip(problem([3, 2, 4], [[1, 1, 1]], 2, np.inf), seconds=10, gap=0)
    assert (answer.status, answer.proven) == ("Optimal", True)
    assert answer.point.tolist() == [1, 1, 0]
    assert answer.objective == pytest.approx(5)
    assert answer.bound == pytest.approx(5)


def test_a_problem_with_nothing_to_branch_on_is_proven_at_its_own_value():
    answer = quiet().mip(problem([3, 2, 4], [[1, 1, 1]], 2, np.inf, integer=False), seconds=10, gap=0)
    assert answer.proven
    assert answer.bound == pytest.approx(answer.objective)


def test_the_solver_itself_prints_nothing(capfd):
    quiet().mip(covering(), seconds=10, gap=0)
    quiet().lp(covering(), seconds=10)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("integer", [True, False])
def test_what_no_point_can_hold_is_told_as_infeasible(integer):
    given = problem([1, 1], [[1, 1]], 3, np.inf, integer=integer)
    answer = quiet().mip(given, seconds=10, gap=0) if integer else quiet().lp(given, seconds=10)
    assert answer.status == "Infeasible"
    assert answer.point is None
    assert answer.bound == -np.inf
    assert not answer.proven


def test_what_has_no_least_value_is_told_as_unbounded_and_not_as_infeasible():
    given = problem([-1, -1], [[1, -1]], 0, np.inf, upper=np.inf, integer=False)
    for method in ("simplex", "ipm"):
        answer = quiet().lp(given, seconds=10, method=method)
        assert answer.status in {"Unbounded", "Primal infeasible or unbounded"}
        assert answer.point is None
    answer = quiet().mip(replace(given, integer=np.ones(2, dtype=bool)), seconds=10, gap=0)
    assert answer.status in {"Unbounded", "Primal infeasible or unbounded"}
    assert answer.point is None


def test_a_search_that_is_told_unbounded_is_an_error_of_the_solver():
    given = problem([-1, -1], [[1, -1]], 0, np.inf, upper=np.inf)
    search = Search(quiet(), given, gap=0.0, offset=0.0, ends=time.monotonic() + 10)
    with pytest.raises(SolverFailed, match="never is"):
        search.directly(np.zeros(int(search.matrix.integer.sum()), dtype=int))


def test_a_mip_stopped_by_the_clock_without_a_plan_has_none():
    answer = quiet().mip(market_split(), seconds=0.3, gap=0)
    assert answer.status == "Time limit reached"
    assert answer.point is None
    assert not answer.proven


def test_a_search_without_a_plan_says_that_time_was_too_short():
    search = Search(quiet(), market_split(), gap=0.0, offset=0.0, ends=time.monotonic() + 0.3)
    with pytest.raises(NoPlanInTime, match="time_limit_seconds"):
        search.directly(np.zeros(int(search.matrix.integer.sum()), dtype=int))


def test_a_mip_stopped_by_the_clock_with_a_plan_tells_plan_and_bound_but_no_proof():
    given = covering(size=200, rows=400)
    answer = quiet().mip(given, seconds=0.5, gap=0, start=np.ones(200))
    assert answer.status == "Time limit reached"
    assert (given.rows @ answer.point >= 1 - 1e-6).all()
    assert answer.objective == pytest.approx(given.cost @ answer.point)
    assert answer.bound < answer.objective


def test_a_plan_found_elsewhere_is_taken_while_the_search_goes_on():
    hard = market_split()
    plan = np.random.default_rng(4).integers(0, 2, len(hard.cost)).astype(float)
    sides = hard.rows @ plan
    given, offers = replace(hard, row_lower=sides, row_upper=sides), [None, plan]
    talk = Talk(lambda *_: False, offer=lambda: offers.pop() if offers else None)
    answer = quiet().mip(given, seconds=1, gap=0, talk=talk)
    assert answer.point is not None
    assert answer.objective <= plan.sum() + 1e-6
    assert quiet().mip(given, seconds=1, gap=0).point is None  # it finds none by itself


def test_each_better_plan_is_heard_of_at_once():
    given, heard = covering(), []
    answer = quiet().mip(given, seconds=60, gap=0, talk=Talk(lambda *_: False, found=heard.append))
    values = [float(given.cost @ point) for point in heard]
    assert all((given.rows @ point >= 1 - 1e-6).all() for point in heard)
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(answer.objective)


def test_a_long_step_says_now_and_then_that_it_goes_on(monkeypatch):
    monkeypatch.setattr(solve, "STILL_EVERY", 0.2)
    told = []
    solver = Solver(1, 1, lambda words, _: told.append(words))
    with solver.doing("Counting"):
        solver.mip(market_split(), seconds=1.0, gap=0)
    assert [words for words in told if words.startswith("Counting: ")]


def test_a_gap_reached_is_told_with_a_true_bound():
    given = covering()
    best = quiet().mip(given, seconds=60, gap=0).objective
    answer = quiet().mip(given, seconds=60, gap=0.2)
    assert answer.bound <= best + 1e-6 <= answer.objective + 2e-6
    assert answer.objective - answer.bound <= 0.2 * answer.objective + 1e-6


def test_a_start_is_never_made_worse():
    given = covering(size=200, rows=400)
    first = quiet().mip(given, seconds=1, gap=0.1)
    again = quiet().mip(given, seconds=0.1, gap=0, start=first.point)
    assert again.point is None or again.objective <= first.objective + 1e-6


def test_costs_of_any_size_come_back_in_their_own_unit():
    given = problem([3, 2, 4], [[1, 1, 1]], 2, np.inf)
    for factor in (1e-7, 1.0, 1e7):
        scaled = replace(given, cost=given.cost * factor)
        for answer in (quiet().mip(scaled, seconds=10, gap=0), quiet().lp(scaled, seconds=10, corner=True)):
            assert answer.objective == pytest.approx(5 * factor)
        duals = quiet().lp(scaled, seconds=10, corner=True).row_duals
        assert duals.tolist() == pytest.approx([3 * factor])


def test_what_a_missed_must_costs_leaves_the_other_costs_far_from_the_tolerance():
    costs = np.linspace(0.001, 0.02, 40)
    plain = problem(costs, np.ones((1, 40)), 5, np.inf, integer=False)
    for musts in (1, 9):
        dear = problem([*costs, *[1e4] * musts], np.ones((1, 40 + musts)), 5, np.inf, integer=False)
        assert scale_of(dear) == scale_of(plain) == 1e4
    assert scale_of(problem([3, 2, 400], [[1, 1, 1]], 2, np.inf)) == 0.1  # few columns: all of them count
    assert scale_of(problem([0, 0, 0], [[1, 1, 1]], 2, np.inf)) == 1.0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("mip_rel_gapp", 0.0),
        ("mip_rel_gap", "much"),
        ("time_limit", "soon"),
        ("mip_rel_gap", -1.0),
        ("solver", "simplecks"),
    ],
)
def test_an_option_unknown_or_of_the_wrong_kind_is_an_error_never_ignored(option, value):
    with pytest.raises(SolverFailed, match=option):
        quiet()._run(problem([1], [[1]], 0, 1), {option: value}, integer=True, start=None)


def test_a_model_that_the_solver_refuses_is_an_error():
    broken = problem([1, 1], [[1, 1]], 0, 1)
    with pytest.raises(SolverFailed, match="refuses the model"):
        quiet().lp(replace(broken, lower=np.array([np.nan, 0.0])), seconds=1)


def test_every_option_that_matters_is_set_in_every_solve(monkeypatch):
    import highspy

    told = []
    honest = highspy.Highs.setOptionValue
    monkeypatch.setattr(highspy.Highs, "setOptionValue", lambda self, n, v: told.append((n, v)) or honest(self, n, v))
    quiet(seed=7, threads=2).mip(problem([1], [[1]], 0, 1), seconds=5, gap=0.25, absolute=0.5)
    given = dict(told)
    assert given["mip_allow_restart"] is False
    assert (given["random_seed"], given["threads"], given["mip_rel_gap"]) == (7, 2, 0.25)
    assert "mip_lifting_for_probing" not in given
    assert "mip_feasibility_tolerance" not in given


def test_solving_after_an_infeasible_and_an_interrupted_one_gives_the_first_answer():
    given = covering()
    first = quiet().mip(given, seconds=60, gap=0)
    quiet(threads=2).mip(problem([1, 1], [[1, 1]], 3, np.inf), seconds=5, gap=0)
    stopped = quiet()
    stopped.interrupted.set()
    with pytest.raises(KeyboardInterrupt):
        stopped.mip(covering(size=200, rows=400), seconds=5, gap=0)
    again = quiet().mip(given, seconds=60, gap=0)
    assert (again.point == first.point).all()
    assert again.bound == first.bound


SOLVES = """
import sys
sys.path[:0] = {paths!r}
from test_solve import covering, market_split, quiet
from placeplan.allocate.beside import Beside
print("begun", flush=True)
{what}
print("ended", flush=True)
"""
WAYS = {
    "branching": "quiet().mip(covering(200, 400), seconds=60, gap=0)",
    "without a plan": "quiet().mip(market_split(), seconds=60, gap=0)",
    "beside": "s = quiet(); Beside(s, lambda: s.mip(covering(200, 400), seconds=60, gap=0)).result()",
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_ctrl_c_ends_a_solve_within_a_moment(way):
    here = Path(__file__).resolve().parent
    program = SOLVES.format(paths=[str(here), str(here.parent)], what=WAYS[way])
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout.readline() == "begun\n"
        time.sleep(1.0)
        run.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = run.communicate(timeout=30)
    assert time.monotonic() - began < AT_MOST
    assert "KeyboardInterrupt" in err
    assert out == ""
    assert run.returncode != 0


def test_progress_is_told_while_it_branches(monkeypatch):
    heard = []
    solver = Solver(1, 1, lambda words, _share: heard.append(words))
    monkeypatch.setattr("placeplan.allocate.solve.TELL_EVERY", 0.2)
    solver.mip(covering(200, 400), seconds=1.5, gap=0)
    assert any(words.startswith("branching: best") for words in heard)

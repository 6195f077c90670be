"""The solver told honestly: false optima, endings, options, threads, and PuLP as what a reader sees."""

from dataclasses import replace

import highspy
import numpy as np
import pulp
import pytest
from scipy import sparse

from authorities import KEYS, plan_for, scenario
from placeplan.allocate.duals import bound_from_duals
from placeplan.allocate.model import build
from placeplan.allocate.problem import TableProblem
from placeplan.allocate.scales import scales
from placeplan.allocate.solve import Solver
from placeplan.domain.errors import SolverFailed
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import NINE

TRUE_MINIMUM = 56.5344


def solve_false_optimum(shared_data, seed, *, restart):
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(shared_data / "solver" / "false_optimum.mps.gz"))
    for name, value in {"mip_rel_gap": 0.0, "threads": 1, "random_seed": seed, "mip_allow_restart": restart}.items():
        assert highs.setOptionValue(name, value) == highspy.HighsStatus.kOk
    highs.run()
    return highs.getInfo().objective_function_value


def test_the_known_false_optimum_is_not_told_with_our_options(shared_data):
    told = [solve_false_optimum(shared_data, seed, restart=False) for seed in range(12)]
    assert told == pytest.approx([TRUE_MINIMUM] * 12, abs=1e-3)


def test_the_same_check_catches_the_solver_as_it_comes(shared_data):
    told = [solve_false_optimum(shared_data, seed, restart=True) for seed in range(12)]
    assert any(abs(t - TRUE_MINIMUM) > 1 for t in told)


def knapsack():
    problem = TableProblem("knapsack")
    x = problem.add_columns("x", 3, upper=1.0, integer=True)
    problem.cost[x.columns] = [-5.0, -4.0, -3.0]
    problem.add_rows("weight", {"x": sparse.csr_matrix([[2.0, 3.0, 1.0]])}, -np.inf, 5.0)
    problem.add_rule("not both", x[0] + x[2] <= 1)
    return problem.matrix()


def quiet():
    return Solver(1, 1, lambda *_: None)


def test_a_table_problem_equals_the_same_problem_in_plain_pulp():
    plain = pulp.LpProblem("plain", pulp.LpMinimize)
    x = [plain.add_variable(f"x{i}", 0, 1, pulp.LpInteger) for i in range(3)]
    plain += -5 * x[0] - 4 * x[1] - 3 * x[2]
    plain += 2 * x[0] + 3 * x[1] + x[2] <= 5
    plain += x[0] + x[2] <= 1
    plain.solve(pulp.HiGHS(msg=False))
    assert quiet().mip(knapsack(), seconds=5, gap=0).objective == pytest.approx(pulp.value(plain.objective))


def test_the_duals_of_the_relaxation_bound_every_plan():
    matrix = knapsack()
    duals = quiet().lp(matrix, seconds=5, corner=True).row_duals
    best = quiet().mip(matrix, seconds=5, gap=0).objective
    assert bound_from_duals(matrix, duals) <= best + 1e-9
    rng = np.random.default_rng(1)
    for _ in range(50):
        assert bound_from_duals(matrix, rng.normal(size=len(duals))) <= best + 1e-9


def test_an_infeasible_problem_has_no_point():
    matrix = knapsack()
    answer = quiet().mip(replace(matrix, row_upper=np.full(2, -1.0)), seconds=5, gap=0)
    assert answer.status == "Infeasible"
    assert answer.point is None


def test_a_relaxation_stopped_by_the_clock_is_not_taken_as_solved():
    demo = scenario("demo")
    net = network(demo, forecast(demo), options(demo))
    prices = tuple(p.prices(net, demo) for p in NINE)
    matrix = build(net, prices, scales(prices, KEYS, demo), demo).problem.matrix()
    for method in ("ipm", "simplex"):
        answer = quiet().lp(matrix, seconds=0.1, method=method)
        assert answer.status == "Time limit reached"
        assert answer.point is None


def test_an_option_that_the_solver_does_not_know_is_an_error(monkeypatch):
    solver = quiet()
    with pytest.raises(SolverFailed, match="no_such_option"):
        solver._run(knapsack(), {"no_such_option": 1}, integer=False, start=None)


def test_threads_may_change_between_solves_of_one_process():
    for threads in (1, 2, 1):
        assert Solver(1, threads, lambda *_: None).mip(knapsack(), seconds=5, gap=0).objective == pytest.approx(-9.0)


def test_a_version_that_is_known_to_be_wrong_is_refused(monkeypatch):
    monkeypatch.setattr("placeplan.allocate.solve.KNOWN_WRONG", {str(highspy.Highs().version()): "is wrong"})
    with pytest.raises(SolverFailed, match="highspy"):
        quiet()


def test_settings_do_not_matter_to_the_optimum():
    matrix = plan_for(scenario("town")).allocation.matrix
    values = [
        Solver(seed, threads, lambda *_: None).mip(matrix, seconds=60, gap=0).objective
        for seed, threads in ((1, 1), (7, 1), (1, 2))
    ]
    assert values == pytest.approx([values[0]] * 3, rel=1e-6)

"""The self-test: a solver that tells a false optimum plans nothing."""

import pytest

from placeplan.allocate import self_test
from placeplan.domain.errors import SolverFailed


@pytest.fixture(autouse=True)
def asked_anew():
    self_test.check_solver.cache_clear()
    yield
    self_test.check_solver.cache_clear()


def test_the_solver_finds_the_optimum_with_the_options_that_are_always_set():
    self_test.check_solver()


def test_a_solver_as_it_comes_is_refused_with_the_version_and_the_remedy(monkeypatch):
    monkeypatch.setattr(self_test, "ALWAYS", {"output_flag": False})
    with pytest.raises(SolverFailed, match="Install highspy 1"):
        self_test.check_solver()


def test_the_problem_is_the_one_that_was_measured(shared_data, repository):
    ours = repository / "placeplan" / "allocate" / self_test.PROBLEM
    assert ours.read_bytes() == (shared_data / "solver" / self_test.PROBLEM).read_bytes()

"""Brute force: a thousand small problems, every way to open tried, a linear program for each; and what the net catches."""

from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from authorities import KEYS
from cases import cases
from enumeration import Enumerated, costs_by_principle, of_another_budget, of_fewer_children
from placeplan.allocate.model import build
from placeplan.allocate.problem import Matrix
from placeplan.allocate.scales import scales
from placeplan.allocate.solve import Solver
from placeplan.allocate.sufficiency import counted, with_limit
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, SMALL_SIZES, authority, option, school, towns

CLOSE = 1e-6
NONE_AT_ALL = 1e-4  # child-years: below it the least shortfall counts as none
ROOM = 1e-3  # child-years above the least that a plan may have
A_TOWN = 20  # problems made of one town
SHARES = ((1.0, 1.0), (0.9, 1.0), (0.8, 0.5), (1.0, 0.5))  # of its children, of its budget


def quiet():
    return Solver(1, 1, lambda *_: None)


def model_of(town):
    net = network(town, forecast(town), options(town))
    prices = tuple(principle.prices(net, town) for principle in NINE)
    return build(net, prices, scales(prices, KEYS, town), town)


def problems(town, seed):
    """The problems of one town: other weights, fewer children, less money. Each with its truths, all enumerated."""
    model, random = model_of(town), np.random.default_rng(seed)
    matrix, parts = model.problem.matrix(), costs_by_principle(model)
    openings = model.problem.blocks["openings"].columns
    own = np.array([s.weight for s in model.scales])
    said = own @ parts
    said[openings] += model.cost
    assert matrix.cost == pytest.approx(said, rel=1e-9, abs=1e-12)
    decisions = model.network.options.decisions
    for children, money in SHARES:
        given_ = of_another_budget(of_fewer_children(model, matrix, children), money)
        first = replace(given_, cost=counted(model).astype(float))
        least = max(Enumerated(first, decisions).least(), 0.0)
        limited = with_limit(model, given_, 0.0 if least < NONE_AT_ALL else least + ROOM)
        all_ways = Enumerated(limited, decisions)
        for _ in range(A_TOWN // len(SHARES)):
            cost = random.choice([0.0, 0.1, 1.0, 1.0, 3.0, 10.0], len(parts)) @ parts
            cost[openings] += random.choice([0.1, 1.0, 10.0]) * model.cost
            yield Problem(model, first, least, replace(limited, cost=cost), all_ways.least(cost))


class Problem:
    """Both stages of one problem, and the truth of each."""

    def __init__(self, model, first, least, second, truth):
        self.model, self.first, self.least, self.second, self.truth = model, first, least, second, truth

    def faults(self, solver, second=None):
        """What enumeration says against the search; another form of the second stage where one is given."""
        told = solver.mip(self.second if second is None else second, seconds=60, gap=0.0)
        if told.point is None:
            return ["a plan exists and none was found"]
        room = CLOSE * max(1.0, abs(self.truth))
        said = {
            "not told as proven": not told.proven,
            "the plan is not the best": told.objective > self.truth + room,
            "the plan is better than can be": told.objective < self.truth - room,
            "the bound is above the best plan": told.bound > self.truth + room,
            "the bound does not reach the plan": told.bound < self.truth - room,
        }
        return [fault for fault, found in said.items() if found]

    def faults_of_shortfall(self, solver):
        """The same of the least shortfall, in child-years."""
        told = solver.mip(self.first, seconds=60, gap=0.0)
        room = CLOSE * max(1.0, self.least)
        right = abs(told.objective - self.least) <= room and abs(max(told.bound, 0.0) - self.least) <= room
        return [] if told.proven and right else [f"{told.status}: {told.objective} and {told.bound} for {self.least}"]

    def held_by_a_tight_row(self):
        """The second stage as it must not be written: a row that holds the least shortfall with a slack of 1e-6."""
        row = sparse.csr_matrix(counted(self.model).astype(float)[None, :])
        whole = self.second.rows if self.least < NONE_AT_ALL else self.second.rows[:-1]
        free = self.model.problem.upper if self.least < NONE_AT_ALL else self.second.upper
        count = whole.shape[0]
        return replace(
            self.second, rows=sparse.csc_matrix(sparse.vstack([whole, row])), upper=free,
            row_lower=np.append(self.second.row_lower[:count], -np.inf),
            row_upper=np.append(self.second.row_upper[:count], self.least + 1e-6),
            row_kind=np.append(self.second.row_kind[:count], 0),
        )  # fmt: skip


@given(town=towns(most_zones=2, most_options=4, most_years=4), seed=st.integers(0, 10**6))
@cases(50, night=500)
def test_a_thousand_problems_end_at_the_optimum_of_plain_enumeration(town, seed):
    solver, first = quiet(), None
    for k, problem in enumerate(problems(town, seed)):
        assert problem.faults(solver) == [], f"problem {k} of seed {seed}"
        if problem.first is not first:
            assert problem.faults_of_shortfall(solver) == [], f"shortfall of problem {k} of seed {seed}"
        first = problem.first


class AsItComes(Solver):
    """HiGHS with its restarts on, as it comes."""

    def begin(self, matrix, options, *, integer):
        highs = super().begin(matrix, options, integer=integer)
        highs.setOptionValue("mip_allow_restart", True)
        return highs


def crowded_town():
    """Half as many places as children, which no option mends; a hall and a cut of places are offered."""
    schools = [school("P", "primary", pan=5), school("S", "secondary", pan=10)]
    rows = [
        option("HALL", "community_facility", "P", 0, 1, nc_years=(0, 6), community_use="hall"),
        option("CUT", "pan_reduction", "P", 0, 2, places_per_year=-5, nc_years=(0, 6)),
    ]
    return authority(schools, CHILDREN_TO_11 / 3, options=rows, births=[15.0], assumptions=NO_SIXTH_FORM | SMALL_SIZES)


def test_the_net_catches_a_solver_that_is_wrong():
    """Restarts on, and the second stage held by a row with a slack of 1e-6: each plan is there and none is told."""
    as_it_comes = AsItComes(1, 1, lambda *_: None)
    given_ = list(problems(crowded_town(), 1))
    caught = [p for p in given_ if p.faults(as_it_comes, p.held_by_a_tight_row())]
    assert len(caught) > len(given_) // 4
    assert [fault for p in given_ for fault in p.faults(quiet())] == []


def test_the_net_catches_a_false_optimum(shared_data):
    """The published instance of one: HiGHS as it comes says that 152 is the least, where enumeration finds 56.5."""
    matrix = read_mps(shared_data / "solver" / "false_optimum.mps.gz")
    truth = Enumerated(matrix, [Alone()] * int(matrix.integer.sum())).least()
    assert truth == pytest.approx(56.5344, abs=1e-4)
    problem = Problem(None, None, None, matrix, truth)
    told = {seed: (AsItComes(seed, 1, lambda *_: None), Solver(seed, 1, lambda *_: None)) for seed in range(12)}
    assert sum(bool(problem.faults(wrong)) for wrong, _ in told.values()) > 4
    assert [problem.faults(ours) for _, ours in told.values()] == [[]] * 12


class Alone:
    """An opening that is decided by itself."""

    first, last, refused = 0, 0, ""


def read_mps(path):
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(path))
    lp = highs.getLp()
    a = lp.a_matrix_
    rows = sparse.csc_matrix((a.value_, a.index_, a.start_), shape=(lp.num_row_, lp.num_col_))
    whole = np.array([kind == highspy.HighsVarType.kInteger for kind in lp.integrality_])
    numbers = (lp.col_cost_, lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_)
    cost, lower, upper, row_lower, row_upper = (np.array(values, dtype=float) for values in numbers)
    return Matrix(cost, lower, upper, whole, rows, row_lower, row_upper, np.zeros(lp.num_row_, dtype=int), ("rows",))

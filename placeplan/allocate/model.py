"""What the model says: children flow along stays, schools hold them, options open places, principles price it all.

The mathematics is in `docs/explanation/mathematics.md`; each block of rows carries the name that it has there.
"""

from dataclasses import dataclass

import numpy as np
import pulp
from scipy import sparse

from placeplan.allocate.objective import add_principles
from placeplan.allocate.problem import TableProblem, identity
from placeplan.allocate.rules import Rule, committed_openings, rules_of_openings
from placeplan.allocate.scales import Scale, opening_costs
from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.gates import gates
from placeplan.journeys.network import Network
from placeplan.journeys.one_sex import one_sex
from placeplan.journeys.openings import which_bind
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices
from placeplan.scenario.scenario import Scenario

LAST_COMPULSORY = 11
NO_LIMIT = np.inf


@dataclass(frozen=True)
class Model:
    """The problem and what its columns mean. prices and scales run in the order of the principles."""

    problem: TableProblem
    network: Network
    prices: tuple[Prices, ...]
    scales: tuple[Scale, ...]
    cost: Number  # objective of each opening column: discounted capital over the budget, weighted
    constant: float
    rules: tuple[Rule, ...]  # between openings alone

    def plan(self, point: Number) -> Plan:
        """Return the plan that a point of the solver tells; openings made whole, dust swept away."""
        of = {name: point[block.columns] for name, block in self.problem.blocks.items()}
        clean = {name: np.where(values > 1e-9, values, 0.0) for name, values in of.items()}
        openings = np.round(of["openings"])
        unmet = self.network.specialist.unmet(clean["used"])
        return Plan(self.network, clean["stays"], clean["unplaced"], openings, clean["used"], unmet)


def build(network: Network, prices: tuple[Prices, ...], scale: tuple[Scale, ...], scenario: Scenario) -> Model:
    """Return the whole model of one scenario; `problem.cost` holds the weighted objective."""
    problem = TableProblem("placeplan")
    _columns(problem, network)
    _flow(problem, network)
    _places(problem, network)
    _gates(problem, network)
    _one_sex(problem, network)
    _kept(problem, network)
    _specialist(problem, network)
    _openings(problem, network)
    rules = add_rules(problem, network, scenario)
    constant = add_principles(problem, prices, scale)
    cost = opening_costs(network, scenario)
    problem.cost[problem.blocks["openings"].columns] += cost
    return Model(problem, network, prices, scale, cost, constant, rules)


def _columns(problem: TableProblem, network: Network) -> None:
    """Add the columns, each with a finite upper bound (HiGHS needs them to be right with presolve off)."""
    band = network.band_matrix()
    problem.add_columns("stays", len(network.stays.origin), upper=network.stays.most)
    problem.add_columns("bundles", len(network.bundles.school), upper=network.bundles.most)
    problem.add_columns("rolls", band.shape[0], upper=np.asarray(band @ network.bundles.most))
    problem.add_columns("unplaced", len(network.nodes.origin), upper=network.nodes.children)
    problem.add_columns("openings", len(network.options.opening_year), upper=1.0, integer=True)
    problem.add_columns("kept", len(network.kept_node), upper=network.nodes.children[network.kept_node])
    need = network.specialist.need.ravel()
    problem.add_columns("used", len(network.specialist.area), upper=need[network.specialist.unmet_row()])
    problem.add_columns("unmet", len(need), upper=need)


def _flow(problem: TableProblem, network: Network) -> None:
    """Every child at a node joins a school or waits; pupils on roll stay until their stay ends."""
    stays, nodes = network.stays, network.nodes
    member = sparse.csr_matrix(
        (np.ones(len(stays.origin)), (stays.bundle, np.arange(len(stays.origin)))),
        shape=(len(network.bundles.school), len(stays.origin)),
    )
    problem.add_rows("bundle", {"stays": member, "bundles": -identity(member.shape[0])}, 0, 0)
    band = network.band_matrix()
    problem.add_rows("roll", {"bundles": band, "rolls": -identity(band.shape[0])}, 0, 0)
    rolling = np.flatnonzero(stays.group >= 0)
    groups = sparse.csr_matrix(
        (np.ones(len(rolling)), (stays.group[rolling], rolling)), shape=(len(stays.fixed), len(stays.origin))
    )
    problem.add_rows("on roll", {"stays": groups}, stays.fixed, stays.fixed)
    waiting = identity(len(nodes.origin)) - _waited(network)
    flow = {"stays": (network.joining() - network.going_on()).tocsr(), "unplaced": waiting.tocsr()}
    problem.add_rows("flow", flow, nodes.enters, nodes.enters)


def _waited(network: Network) -> sparse.csr_matrix:
    """Return node × node: children without a place a year before who are still there."""
    nodes = network.nodes
    goes_on = np.flatnonzero((nodes.year < nodes.years - 1) & (nodes.nc < 13))
    area = network.area_of_origin()[nodes.origin[goes_on]]
    next_ = nodes.at(area, nodes.year[goes_on] + 1, nodes.nc[goes_on] + 1)
    share = network.demand.retention[nodes.year[next_], nodes.nc[next_]]
    return sparse.csr_matrix((share, (next_, goes_on)), shape=(len(nodes.origin),) * 2)


def _places(problem: TableProblem, network: Network) -> None:
    """No roll above the places of its school, planned year and NC year; no whole roll above net capacity; no infants above classes."""
    for name, block, roll, places in (
        ("places", "bundles", network.roll_matrix(), network.places.by_year_group),
        ("net capacity", "rolls", network.roll_of(), network.places.net),
        ("infant classes", "bundles", network.infants_matrix(), network.places.infants),
    ):
        binding = which_bind(problem.upper[problem.blocks[block].columns], roll, places)
        parts = {block: roll[binding], "openings": -places.matrix[binding]}
        problem.add_rows(name, parts, -NO_LIMIT, places.constant[binding])


def _gates(problem: TableProblem, network: Network) -> None:
    """A stay that not every state of its school allows is open only as far as the states that do."""
    of = gates(network)
    if not len(of.bundle):
        return
    rows = np.arange(len(of.bundle))
    held = sparse.csr_matrix((np.ones(len(rows)), (rows, of.bundle)), shape=(len(rows), len(network.bundles.school)))
    parts = {"bundles": held, "openings": -(sparse.diags_array(of.most) @ of.shares).tocsr()}
    problem.add_rows("gate", parts, -NO_LIMIT, of.most * of.today)


def _one_sex(problem: TableProblem, network: Network) -> None:
    """Of a community's cohort no more than half are in girls' schools, and no more than half in boys' schools."""
    rows = one_sex(network)
    if len(rows.most):
        problem.add_rows("one sex", {"stays": rows.stays}, -NO_LIMIT, rows.most)


def _kept(problem: TableProblem, network: Network) -> None:
    """A transfer is kept inside a partnership at most as often as children leave, and join, inside it."""
    if not len(network.kept_node):
        return
    leaves, joins = network.kept_bounds()
    each = identity(len(network.kept_node))
    problem.add_rows("kept leaves", {"kept": each, "stays": -leaves}, -NO_LIMIT, 0)
    problem.add_rows("kept joins", {"kept": each, "stays": -joins}, -NO_LIMIT, 0)
    if (network.partnerships.of_school.sum(axis=1) > 1).any():  # a school in two would keep the same transfer twice
        nodes, at = np.unique(network.kept_node, return_inverse=True)
        add = sparse.csr_matrix((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(nodes), len(at)))
        leaving, joining = network.transfers()
        problem.add_rows("kept once, leaving", {"kept": add, "stays": -leaving[nodes]}, -NO_LIMIT, 0)
        problem.add_rows("kept once, joining", {"kept": add, "stays": -joining[nodes]}, -NO_LIMIT, 0)


def _specialist(problem: TableProblem, network: Network) -> None:
    """Specialist need is met by a place or told as unmet; no more than the places of a pool."""
    special = network.specialist
    if not special.need.size:
        return
    uses = len(special.area)
    by_need = _summing(special.unmet_row(), special.need.size, uses)
    need = special.need.ravel()
    problem.add_rows("need", {"used": by_need, "unmet": identity(len(need))}, need, need)
    by_pool = _summing(special.site_rows(), len(special.places.constant), uses)
    asked = np.flatnonzero(np.asarray(by_pool.sum(axis=1)).ravel() > 0)
    parts = {"used": by_pool[asked], "openings": -special.places.matrix[asked]}
    problem.add_rows("specialist places", parts, -NO_LIMIT, special.places.constant[asked])


def _summing(group: Whole, count: int, members: int) -> sparse.csr_matrix:
    """Return the matrix that adds members up by group."""
    return sparse.csr_matrix((np.ones(members), (group, np.arange(members))), shape=(count, members))


def _openings(problem: TableProblem, network: Network) -> None:
    """What is open stays open."""
    options = network.options
    again = np.flatnonzero(np.diff(options.opening_decision, prepend=-1) == 0)
    rows = np.arange(len(again))
    shape = (len(again), len(options.opening_decision))
    values = np.concatenate([np.ones(len(again)), -np.ones(len(again))])
    parts = (values, (np.concatenate([rows, rows]), np.concatenate([again, again - 1])))
    problem.add_rows("stays open", {"openings": sparse.csr_matrix(parts, shape=shape)}, 0, NO_LIMIT)


def add_rules(problem: TableProblem, network: Network, scenario: Scenario) -> tuple[Rule, ...]:
    """Write each rule between openings as a PuLP expression, open what is committed, and keep those together who move.

    Return the rules.
    """
    block, rules = problem.blocks["openings"], rules_of_openings(network, scenario)
    for rule in rules:
        told = pulp.lpSum(amount * block[column] for column, amount in rule.amounts.items())
        problem.add_rule(rule.name, told <= rule.at_most)
    problem.lower[block.first + np.array(committed_openings(network.options), dtype=np.int64)] = 1.0
    _moves_together(problem, network)
    return rules


def _moves_together(problem: TableProblem, network: Network) -> None:
    """Pupils of a school that closes into another go on there: at each node no fewer join it than come from the other."""
    if not network.states.closes_into_another:
        return
    leaves, joins = network.moving_together()
    some = np.flatnonzero(np.diff(leaves.indptr))
    problem.add_rows("moves together", {"stays": (leaves[some] - joins[some]).tocsr()}, -NO_LIMIT, 0)


def compulsory(network: Network) -> YesNo:
    """Return which nodes are of compulsory school age: Reception to Year 11."""
    return network.nodes.nc <= LAST_COMPULSORY

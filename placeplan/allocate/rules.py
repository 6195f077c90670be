"""Rules that are never weighted: money, needs and exclusions, one configuration a school, the provider gate."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pulp

from placeplan.allocate.problem import TableProblem
from placeplan.journeys.network import Network
from placeplan.options.money import a_year
from placeplan.options.option import Options
from placeplan.options.read import links_of, passes_gate
from placeplan.scenario.scenario import Scenario

LINKS_OF_ONE_PARTNER = 2


def add_rules(problem: TableProblem, network: Network, scenario: Scenario) -> None:
    """Write each rule once, as a PuLP expression over the openings."""
    rules = _Rules(problem, network.options, len(network.years))
    rules.money(scenario)
    rules.needs_and_exclusions()
    rules.one_configuration(network)
    rules.provider_gate(scenario)
    rules.committed()
    _moves_together(problem, network)


def _moves_together(problem: TableProblem, network: Network) -> None:
    """Pupils of a school that closes into another go on there: at each node no fewer join it than come from the other."""
    if not network.states.closes_into_another:
        return
    leaves, joins = network.moving_together()
    some = np.flatnonzero(np.diff(leaves.indptr))
    problem.add_rows("moves together", {"stays": (leaves[some] - joins[some]).tocsr()}, -np.inf, 0)


class _Rules:
    """The openings as PuLP variables, and the rules over them."""

    def __init__(self, problem: TableProblem, options: Options, years: int) -> None:
        self.problem, self.options, self.years = problem, options, years
        self.block = problem.blocks["openings"]

    def open_(self, decision: int, year: int) -> pulp.LpAffineExpression | pulp.LpVariable | int:
        """Return whether a decision is open by a planned year: a variable, or 0 where it can't be."""
        column = self.options.column(decision, year) if year >= 0 else -1
        return self.block[column] if column >= 0 else 0

    def ever(self, decision: int) -> pulp.LpVariable | int:
        """Return whether a decision opens at all."""
        return self.open_(decision, self.years - 1)

    def opens(self, decision: int, year: int) -> pulp.LpAffineExpression:
        """Return whether a decision opens in just that year."""
        return self.open_(decision, year) - self.open_(decision, year - 1)

    def add(self, name: str, rule: object) -> None:
        """Add a rule unless it says nothing (two constants compared)."""
        if isinstance(rule, pulp.LpConstraint) and len(rule):
            self.problem.add_rule(name, rule)

    def money(self, scenario: Scenario) -> None:
        """Budget of the plan and of each year, projects a year, and each pot of money."""
        budget = scenario.settings.budget
        decisions = self.options.decisions
        if budget.total_pounds is not None:
            spent = pulp.lpSum(
                d.capital_pounds / 1e6 * self.ever(i) for i, d in enumerate(decisions) if d.capital_pounds
            )
            self.add("budget", spent <= budget.total_pounds / 1e6)
        for t in range(self.years):
            if budget.a_year_pounds is not None:
                self.add(f"budget_{t}", self.spent_in(t) <= budget.a_year_pounds / 1e6)
            if budget.projects_a_year is not None:
                opened = pulp.lpSum(self.opens(i, t) for i in range(len(decisions)))
                self.add(f"projects_{t}", opened <= budget.projects_a_year)
        self.pots(scenario.table("funds"))

    def spent_in(self, year: int) -> pulp.LpAffineExpression:
        """Return the millions spent in a planned year, by the years in which each decision that opens is paid."""
        return pulp.lpSum(
            pounds / 1e6 * self.opens(i, opening)
            for i, decision in enumerate(self.options.decisions)
            for opening in range(decision.first, decision.last + 1)
            if (pounds := a_year(decision.spending, opening, year))
        )

    def pots(self, funds: pd.DataFrame) -> None:
        """A pot pays no more than it holds, and nothing opens in a year in which a pot that pays can't be spent."""
        for k, (pot, amount) in enumerate(zip(funds["pot"], funds["amount"], strict=True)):
            spent = pulp.lpSum(
                s.pounds / 1e6 * self.ever(i)
                for i, decision in enumerate(self.options.decisions)
                for s in decision.spending
                if s.fund == pot
            )
            self.add(f"fund_{k}", spent <= float(amount) / 1e6)
        for i, decision in enumerate(self.options.decisions):
            for t in decision.barred:
                self.add(f"barred_{i}_{t}", self.opens(i, t) <= 0)

    def needs_and_exclusions(self) -> None:
        """What needs another is open no sooner; what follows another, a year later; what excludes it, never beside it."""
        for i, decision in enumerate(self.options.decisions):
            for other in decision.excludes:
                self.add(f"excludes_{i}_{other}", self.ever(i) + self.ever(other) <= 1)
            for t in range(self.years):
                for other in decision.needs:
                    self.add(f"needs_{i}_{other}_{t}", self.open_(i, t) - self.open_(other, t) <= 0)
                for other in decision.follows:
                    self.add(f"follows_{i}_{other}_{t}", self.open_(i, t) - self.open_(other, t - 1) <= 0)

    def one_configuration(self, network: Network) -> None:
        """A school changes its year groups at most once, and has at most one partner; a partner has at most two."""
        of_school: dict[int, set[int]] = defaultdict(set)
        for school, decision in zip(network.states.school, network.states.decision, strict=True):
            if decision >= 0:
                of_school[int(school)].add(int(decision))
        for school, several in of_school.items():
            if len(several) > 1:
                self.add(f"one_configuration_{school}", pulp.lpSum(self.ever(d) for d in sorted(several)) <= 1)
        links = [o for o in self.options.options if o.effects.joins_partner]
        for k, school_ in enumerate(sorted({o.school for o in links})):
            mine = [o.decision for o in links if o.school == school_]
            self.add(f"one_partner_{k}", pulp.lpSum(self.ever(d) for d in mine) <= 1)
        for k, partner in enumerate(sorted({o.effects.partner for o in links})):
            mine = [o.decision for o in links if o.effects.partner == partner]
            self.add(f"partner_load_{k}", pulp.lpSum(self.ever(d) for d in mine) <= LINKS_OF_ONE_PARTNER)

    def provider_gate(self, scenario: Scenario) -> None:
        """New places come from good or outstanding providers, or a year after a link with one."""
        listed = self.options.options
        for k, option in enumerate(listed):
            if option.effects.gated and not passes_gate(option, scenario):
                links = [o.decision for o in links_of(option, listed, scenario)]
                for t in range(self.years):
                    linked = pulp.lpSum(self.open_(d, t - 1) for d in links)
                    self.add(f"gate_{k}_{t}", self.open_(option.decision, t) - linked <= 0)

    def committed(self) -> None:
        """What is already decided opens by its last year."""
        for i, decision in enumerate(self.options.decisions):
            column = self.options.column(i, decision.last) if decision.committed and not decision.refused else -1
            if column >= 0:
                self.problem.lower[self.block.first + column] = 1.0

"""Rules that are never weighted: money, needs and exclusions, one configuration a school, the provider gate.

Each is told as plain amounts over the openings, so that `verify` can hold a certificate against them without PuLP.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from placeplan.journeys.network import Network
from placeplan.options.money import a_year
from placeplan.options.option import Options
from placeplan.options.read import links_of, passes_gate
from placeplan.scenario.scenario import Scenario

LINKS_OF_ONE_PARTNER = 2
MILLION = 1e6

Amounts = dict[int, float]  # opening column → factor


@dataclass(frozen=True)
class Rule:
    """One rule: Σ amounts · openings ≤ at_most. amounts: opening column → factor."""

    name: str
    amounts: Amounts
    at_most: float


def rules_of_openings(network: Network, scenario: Scenario) -> tuple[Rule, ...]:
    """Return every rule between openings alone; one that speaks of no opening says nothing and is left out."""
    of = _Rules(network.options, len(network.years))
    every = (
        *of.money(scenario), *of.pots(scenario), *of.needs_and_exclusions(), *of.one_configuration(network),
        *of.one_partner(), *of.provider_gate(scenario),
    )  # fmt: skip
    return tuple(rule for rule in every if rule.amounts)


def committed_openings(options: Options) -> list[int]:
    """Return the opening columns that are open whatever happens: what is already decided opens by its last year."""
    wanted = [d.committed and not d.refused for d in options.decisions]
    columns = [options.column(i, d.last) for i, d in enumerate(options.decisions) if wanted[i]]
    return [column for column in columns if column >= 0]


class _Rules:
    """The rules as amounts over "open by" columns, planned years counted from 0."""

    def __init__(self, options: Options, years: int) -> None:
        self.options, self.years = options, years

    def open_(self, decision: int, year: int) -> Amounts:
        """Return whether a decision is open by a planned year: its column, or nothing where it can't be."""
        column = self.options.column(decision, year) if year >= 0 else -1
        return {column: 1.0} if column >= 0 else {}

    def ever(self, decision: int) -> Amounts:
        """Return whether a decision opens at all."""
        return self.open_(decision, self.years - 1)

    def opens(self, decision: int, year: int) -> Amounts:
        """Return whether a decision opens in just that year."""
        return _sum([(1.0, self.open_(decision, year)), (-1.0, self.open_(decision, year - 1))])

    def money(self, scenario: Scenario) -> Iterator[Rule]:
        """Budget of the plan and of each year, projects a year."""
        budget, decisions = scenario.settings.budget, self.options.decisions
        if budget.total_pounds is not None:
            spent = [(d.capital_pounds / MILLION, self.ever(i)) for i, d in enumerate(decisions)]
            yield Rule("budget", _sum(spent), budget.total_pounds / MILLION)
        for t in range(self.years):
            if budget.a_year_pounds is not None:
                yield Rule(f"budget_{t}", self.spent_in(t), budget.a_year_pounds / MILLION)
            if budget.projects_a_year is not None:
                opened = [(1.0, self.opens(i, t)) for i in range(len(decisions))]
                yield Rule(f"projects_{t}", _sum(opened), budget.projects_a_year)

    def spent_in(self, year: int) -> Amounts:
        """Return the millions spent in a planned year, by the years in which each decision that opens is paid."""
        return _sum([
            (a_year(decision.spending, opening, year) / MILLION, self.opens(i, opening))
            for i, decision in enumerate(self.options.decisions)
            for opening in range(decision.first, decision.last + 1)
        ])  # fmt: skip

    def pots(self, scenario: Scenario) -> Iterator[Rule]:
        """A pot pays no more than it holds, and nothing opens in a year in which a pot that pays can't be spent."""
        funds, decisions = scenario.table("funds"), self.options.decisions
        for k, (pot, amount) in enumerate(zip(funds["pot"], funds["amount"], strict=True)):
            spent = [
                (s.pounds / MILLION, self.ever(i)) for i, d in enumerate(decisions) for s in d.spending if s.fund == pot
            ]
            yield Rule(f"fund_{k}", _sum(spent), float(amount) / MILLION)
        for i, decision in enumerate(decisions):
            for t in decision.barred:
                yield Rule(f"barred_{i}_{t}", self.opens(i, t), 0.0)

    def needs_and_exclusions(self) -> Iterator[Rule]:
        """What needs another is open no sooner; what follows another, a year later; what excludes it, never beside it."""
        for i, decision in enumerate(self.options.decisions):
            for other in decision.excludes:
                yield Rule(f"excludes_{i}_{other}", _sum([(1.0, self.ever(i)), (1.0, self.ever(other))]), 1.0)
            for t in range(self.years):
                for other in decision.needs:
                    yield Rule(f"needs_{i}_{other}_{t}", self.only_with(i, t, [other], t), 0.0)
                for other in decision.follows:
                    yield Rule(f"follows_{i}_{other}_{t}", self.only_with(i, t, [other], t - 1), 0.0)

    def only_with(self, decision: int, year: int, others: Sequence[int], then: int) -> Amounts:
        """Return what must not be above 0: a decision open by a year, less others open by another."""
        return _sum([(1.0, self.open_(decision, year)), *((-1.0, self.open_(other, then)) for other in others)])

    def one_configuration(self, network: Network) -> Iterator[Rule]:
        """A school changes its year groups at most once."""
        of_school: dict[int, set[int]] = defaultdict(set)
        for school, decision in zip(network.states.school, network.states.decision, strict=True):
            if decision >= 0:
                of_school[int(school)].add(int(decision))
        for school, several in of_school.items():
            if len(several) > 1:
                yield Rule(f"one_configuration_{school}", self.ever_of(sorted(several)), 1.0)

    def one_partner(self) -> Iterator[Rule]:
        """A school has at most one partner; a partner has at most two schools."""
        links = [o for o in self.options.options if o.effects.joins_partner]
        for k, school in enumerate(sorted({o.school for o in links})):
            yield Rule(f"one_partner_{k}", self.ever_of([o.decision for o in links if o.school == school]), 1.0)
        for k, partner in enumerate(sorted({o.effects.partner for o in links})):
            mine = [o.decision for o in links if o.effects.partner == partner]
            yield Rule(f"partner_load_{k}", self.ever_of(mine), LINKS_OF_ONE_PARTNER)

    def ever_of(self, decisions: Sequence[int]) -> Amounts:
        """Return how many of some decisions open at all."""
        return _sum([(1.0, self.ever(d)) for d in decisions])

    def provider_gate(self, scenario: Scenario) -> Iterator[Rule]:
        """New places come from good or outstanding providers, or a year after a link with one."""
        listed = self.options.options
        for k, option in enumerate(listed):
            if option.effects.gated and not passes_gate(option, scenario):
                links = [o.decision for o in links_of(option, listed, scenario)]
                for t in range(self.years):
                    yield Rule(f"gate_{k}_{t}", self.only_with(option.decision, t, links, t - 1), 0.0)


def _sum(parts: Sequence[tuple[float, Amounts]]) -> Amounts:
    """Return the sum of some amounts, each times a factor; what cancels out is left out."""
    total: Amounts = defaultdict(float)
    for factor, amounts in parts:
        for column, amount in amounts.items():
            total[column] += factor * amount
    return {column: amount for column, amount in total.items() if amount != 0.0}

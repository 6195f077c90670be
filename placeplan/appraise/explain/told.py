"""Told: a run as explain asks it: its tables, run.json, and, where an answer asks for more, its scenario and model anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.domain.progress import Progress, silent
from placeplan.domain.years import academic_year
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import Network, network
from placeplan.journeys.plan import Plan
from placeplan.options.option import Options
from placeplan.options.read import options
from placeplan.principles.nine import principles_of
from placeplan.principles.principle import Principle
from placeplan.scenario.scenario import Scenario

if TYPE_CHECKING:
    from placeplan.allocate.again import Again

Tables = Mapping[str, pd.DataFrame]  # the tables of a run folder, by their path in it
SECONDS = 30.0  # that solving again may take, each time
SAME = 1e-5  # of the objective: the run's own, and that of its plan worked out again


def _unknown() -> Scenario:
    """Say that nobody has named the scenario."""
    wrong = "can't be explained without the scenario that the run was made from."
    raise ScenarioProblems([Problem("subject", None, None, wrong, "Name its folder: --scenario DIR.")])


@dataclass(frozen=True)
class Told:
    """A run, asked. tables: by path.  about: run.json.  read: gives the scenario, which nobody opens before it is needed.

    seconds: that solving again may take, each time.  row_duals: of the run's linear relaxation, where it kept them.
    """

    tables: Tables
    about: Mapping[str, object] = field(default_factory=dict)
    read: Callable[[], Scenario] = _unknown
    seconds: float = SECONDS
    progress: Progress = silent
    row_duals: Callable[[], Number | None] = lambda: None

    @cached_property
    def scenario(self) -> Scenario:
        """Return the scenario of the run."""
        self.progress("Reading the scenario", None)
        return self.read()

    @cached_property
    def network(self) -> Network:
        """Return every stay that a child could make, as in the run."""
        scenario = self.scenario
        self.progress("Forecasting anew", None)
        return network(scenario, forecast(scenario), self.could, progress=self.progress)

    @cached_property
    def could(self) -> Options:
        """Return what could open, as the scenario tells it."""
        return options(self.scenario)

    @property
    def principles(self) -> tuple[Principle, ...]:
        """Return the principles that the plan weighs, in the order of the model's scales."""
        return principles_of(self.scenario.settings)

    @cached_property
    def again(self) -> "Again":
        """Return the run's model with its plan. Raises ScenarioProblems when it isn't worth what run.json says."""
        from placeplan.allocate.again import begin_again  # noqa: PLC0415  (whoever explains a forecast needs no solver)
        from placeplan.allocate.scales import scales  # noqa: PLC0415

        prices = tuple(principle.prices(self.network, self.scenario) for principle in self.principles)
        scale = scales(prices, [principle.key for principle in self.principles], self.scenario)
        self.progress("Working the plan of the run out again", None)
        limit = self.number("sufficiency_limit")
        bound = self.about.get("bound")
        again = begin_again(
            self.network, prices, scale, self.scenario, self.openings(), limit, progress=self.progress,
            bound=float(bound) if isinstance(bound, int | float) else -np.inf, row_duals=self.row_duals(),
        )  # fmt: skip
        said = self.number("objective")
        if abs(again.objective - said) > SAME * max(1.0, abs(said)):
            wrong = f"says that the plan is worth {said:.6f}; worked out again it is {again.objective:.6f}."
            raise ScenarioProblems([Problem("run.json", None, "objective", wrong, "Run the scenario again.")])
        return again

    @cached_property
    def placed_by_one_more(self) -> Number:
        """Return the child-years R–11 that one more place would give a place, school × planned year × NC year, flat."""
        from placeplan.allocate.again import placed_by_one_more  # noqa: PLC0415  (as in again)

        return placed_by_one_more(self.again)

    @cached_property
    def weighed(self) -> float:
        """Return the objective of the run's plan without what a missed must adds to it."""
        from placeplan.appraise.explain.parts_of_objective import parts_of_objective  # noqa: PLC0415  (as in again)

        return parts_of_objective(self.again.model, self.again.plan, self.again.objective).weighed

    @property
    def plan(self) -> Plan:
        """Return the plan of the run."""
        return self.again.plan

    @property
    def options_table(self) -> pd.DataFrame:
        """Return plan/options.csv by option."""
        return self.tables["plan/options.csv"].set_index("option", drop=False)

    def opens(self, option: str) -> int:
        """Return the planned year in which an option opens, −1 where it doesn't."""
        when = str(self.options_table.loc[option, "opens"])
        return self.network.years.index(academic_year(when)) if when[:1].isdigit() else -1

    def openings(self) -> Number:
        """Return what is open by when, one 0 or 1 an opening column, as plan/options.csv tells it."""
        could = self.network.options
        opens = np.array([self.opens(decision.options[0]) for decision in could.decisions], dtype=np.int64)
        of_column = opens[could.opening_decision]
        open_: Number = ((of_column >= 0) & (could.opening_year >= of_column)).astype(float)
        return open_

    def number(self, key: str) -> float:
        """Return a figure of run.json. Raises ScenarioProblems where an earlier version left it out."""
        found = self.about.get(key)
        if not isinstance(found, int | float):
            raise ScenarioProblems([Problem("run.json", None, key, "isn't told.", "Run the scenario again.")])
        return float(found)

"""The scorecard: each principle's measure, score and part in the whole, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from placeplan.allocate.scales import Scale
from placeplan.appraise.measures import measures_table
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Measure, Principle
from placeplan.scenario.scenario import Scenario

MISSED = 1e-6  # on the scale of U: less is rounding
SMALL = 1e-4  # changes of a ten-thousandth are not worth a remark


@dataclass(frozen=True)
class Scorecard:
    """measures: one a principle, of the plan and of the do-minimum. scales: the same order."""

    principles: tuple[Principle, ...]
    scales: tuple[Scale, ...]
    plan: tuple[Measure, ...]
    do_minimum: tuple[Measure, ...]

    def scores(self, measures: Sequence[Measure]) -> dict[str, float]:
        """Return principle → score: 100 at the ideal, 0 at the unacceptable, below 0 worse."""
        return {s.key: 100 * (1 - s.u(m.loss)) for s, m in zip(self.scales, measures, strict=True)}

    def table(self) -> pd.DataFrame:
        """Return principle, measure, unit, score, weight, contribution: one row a principle; measure is a figure in unit."""
        scores = self.scores(self.plan)
        rows = [
            (s.key, m.value, f"{m.unit}: {m.name}", scores[s.key], s.weight, s.weight * s.deviation(m.loss))
            for s, m in zip(self.scales, self.plan, strict=True)
        ]
        return pd.DataFrame(rows, columns=["principle", "measure", "unit", "score", "weight", "contribution"])

    def parts(self) -> pd.DataFrame:
        """Return principle, measure, value, unit, do_minimum: the parts, told apart."""
        return measures_table([s.key for s in self.scales], self.plan, self.do_minimum)

    def remarks(self) -> tuple[str, ...]:
        """Return what a reader must be told: what can't be influenced, and measures that move the other way than the loss."""
        told = []
        for p, s, after, before in zip(self.principles, self.scales, self.plan, self.do_minimum, strict=True):
            if not s.movable:
                told.append(f"{p.title}: this scenario can't influence it.")
                continue
            gained, rose = before.loss - after.loss, after.value - before.value
            better = rose if p.more_is_better else -rose
            if gained * better < 0 and abs(gained) > SMALL * s.unacceptable and abs(rose) > SMALL * abs(before.value):
                told.append(
                    f"{p.title}: its score goes {'up' if gained > 0 else 'down'} while its measure ({after.name}) goes from "
                    f"{before.value:,.2f} to {after.value:,.2f}, the other way: the score counts how far each child is from the "
                    "ideal, the measure how many are within a limit."
                )
        return tuple(told)

    def missed_musts(self) -> dict[str, tuple[float, float]]:
        """Return principle → (asked, reached) for each must that the plan misses, both on the scale of U."""
        reached = {s.key: (s.must, s.u(m.loss)) for s, m in zip(self.scales, self.plan, strict=True)}
        return {
            key: (asked, u) for key, (asked, u) in reached.items() if u > asked + MISSED
        }  # no must: NaN, never missed

    def told_of_musts(self) -> tuple[str, ...]:
        """Say which musts no plan can meet together, and by how much each is missed."""
        titles = {s.key: p.title for p, s in zip(self.principles, self.scales, strict=True)}
        return tuple(
            f"A must is missed by {u - asked:.3f}: {titles[key]} reaches {u:.3f} where at most {asked:.3f} was asked (0 ideal, "
            "1 unacceptable). The plan comes as near to all musts together as the time allowed."
            for key, (asked, u) in self.missed_musts().items()
        )


def scorecard(
    principles: tuple[Principle, ...], scales: tuple[Scale, ...], plan: Plan, do_minimum: Plan, scenario: Scenario
) -> Scorecard:
    """Return every principle's measure of the plan and of the do-minimum."""
    after = tuple(p.measure(plan, scenario) for p in principles)
    before = tuple(p.measure(do_minimum, scenario) for p in principles)
    return Scorecard(principles, scales, after, before)

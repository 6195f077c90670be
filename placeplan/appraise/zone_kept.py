"""Zone kept: what a plan is worth when each child keeps its own zone along its journey, beside the pooled reading."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.allocate.again import begin_again
from placeplan.allocate.allocate import Allocation
from placeplan.domain.progress import Progress, silent
from placeplan.journeys.network import Network
from placeplan.journeys.plan import Plan
from placeplan.journeys.zone_kept import with_zones_kept
from placeplan.principles.nine import principles_of
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class ZoneKept:
    """One plan's openings priced twice: origins pooled into communities after Reception, and the zone kept throughout.

    pooled, kept: the objective.  shortfall: child-years R–11 without a place, pooled and kept.  columns: of stays, pooled
    and kept.  table: principle, weight, pooled, kept, change; one row a principle, each its deviation on its own scale.
    network, plan: with the zone kept, journeys at their best.
    """

    pooled: float
    kept: float
    shortfall: tuple[float, float]
    columns: tuple[int, int]
    table: pd.DataFrame
    network: Network
    plan: Plan


def zone_kept(allocation: Allocation, scenario: Scenario, *, progress: Progress = silent) -> ZoneKept:
    """Return what a plan's openings are worth with the zone kept throughout: one linear program, journeys decided anew.

    Scales, places, and the limit on the shortfall are those of the run. Every pooled plan stands here too (its children
    shared among their zones), and journeys suit zones better than communities: so this reading is the lower as a rule.
    Raises NoPlanInTime where the program doesn't end in ten minutes.
    """
    plan, scales = allocation.plan, allocation.model.scales
    progress("Keeping every child's zone", None)
    there = with_zones_kept(plan.network, scenario)
    prices = tuple(principle.prices(there, scenario) for principle in principles_of(scenario.settings))
    again = begin_again(
        there, prices, scales, scenario, plan.openings, allocation.limit_on_shortfall, progress=progress
    )
    before = [s.deviation(p.loss(plan)) for s, p in zip(scales, allocation.model.prices, strict=True)]
    after = [s.deviation(p.loss(again.plan)) for s, p in zip(scales, prices, strict=True)]
    table = pd.DataFrame(
        {"principle": [s.key for s in scales], "weight": [s.weight for s in scales], "pooled": before, "kept": after}
    )
    return ZoneKept(
        allocation.objective, again.objective, (plan.shortfall(0, 11), again.plan.shortfall(0, 11)),
        (len(plan.stays), len(again.plan.stays)),
        table.assign(change=np.subtract(after, before)), there, again.plan,
    )  # fmt: skip

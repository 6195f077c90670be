"""The appraisal: every table that tells how good a plan is, for whom, and how surely it is the best."""

from dataclasses import dataclass

import pandas as pd

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.rivals import rivals
from placeplan.appraise.beyond import beyond
from placeplan.appraise.fair_access import fair_access
from placeplan.appraise.futures import futures
from placeplan.appraise.last_year import in_the_last_year
from placeplan.appraise.longer import Longer
from placeplan.appraise.programme import programme
from placeplan.appraise.reasons import least_worsening, options_table
from placeplan.appraise.robustness import Robustness, robustness
from placeplan.appraise.scorecard import Scorecard
from placeplan.appraise.tables import plan_tables
from placeplan.appraise.tried import Tried
from placeplan.domain.progress import Progress, silent
from placeplan.options.particulars import particulars_table
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class Appraisal:
    """tables: path in the run folder → table, unsuppressed.  robustness: how surely the plan stays first.

    tried: the same if other children come than the forecast expects.  longer: the same where later years count too.
    """

    tables: dict[str, pd.DataFrame]
    robustness: Robustness
    tried: Tried
    longer: Longer


def appraise(allocation: Allocation, card: Scorecard, scenario: Scenario, *, progress: Progress = silent) -> Appraisal:
    """Return the tables of the plan and of its appraisal."""
    settings = scenario.settings
    near = rivals(allocation, scenario, progress=progress)
    sure = robustness(allocation, near, settings.weights.cost, settings.solve.seed)
    other = futures(allocation, sure, scenario, progress=progress)
    later = beyond(allocation, sure, scenario, progress=progress)
    tables = plan_tables(allocation.plan) | {
        "plan/options.csv": options_table(
            allocation.plan,
            least_worsening(allocation.plan.network.options, allocation.reduced_of_openings),
            in_the_last_year(allocation.plan, later),
        ),
        "plan/particulars.csv": particulars_table(allocation.plan.network.options),
        "appraisal/principles.csv": card.table(),
        "appraisal/measures.csv": card.parts(),
        "appraisal/fair_access.csv": fair_access(
            allocation.model.prices, allocation.plan, allocation.do_minimum, scenario
        ),
        "appraisal/robustness.csv": sure.table,
        "appraisal/futures.csv": other.table,
        "appraisal/each_future.csv": other.each,
        "appraisal/beyond.csv": later.counted.table,
        "appraisal/programme.csv": programme(allocation.plan),
    }
    return Appraisal(tables, sure, other, later.counted)

"""A run in memory, as explain asks it: its tables and run.json from a plan, without a folder."""

from functools import cache

from authorities import plan_for, scenario
from placeplan.appraise.explain.subject import explain
from placeplan.appraise.explain.told import Told
from placeplan.appraise.reasons import least_worsening, options_table
from placeplan.appraise.scorecard import scorecard
from placeplan.appraise.tables import plan_tables
from placeplan.forecast.tables import forecast_and_tables
from placeplan.principles.nine import NINE


def told_of(planned):
    """The run of a plan, ready to be asked."""
    done = planned.allocation
    card = scorecard(NINE, done.model.scales, done.plan, done.do_minimum, planned.scenario)
    tables = forecast_and_tables(planned.scenario)[1] if planned.scenario.folder.is_dir() else {}
    tables = tables | plan_tables(done.plan)
    tables |= {
        "plan/options.csv": options_table(
            done.plan, least_worsening(done.plan.network.options, done.reduced_of_openings)
        ),
        "appraisal/principles.csv": card.table(),
    }
    tables |= {"appraisal/measures.csv": card.parts()}
    about = {"objective": done.objective, "sufficiency_limit": done.limit_on_shortfall}
    return Told(tables, about, lambda: planned.scenario)


@cache
def planned_town():
    """The town's plan, made once for all tests of this folder."""
    return plan_for(scenario("town"))


def asked(told, subject, year=None):
    return explain(told, subject, year)

"""Money: what an option costs by year and fund, and the years in which the pots that pay for it can be spent."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.options.option import Decision, Option, Revenue, Spend
from placeplan.scenario.pots import estates, phase_refuses, site_refuses, spendable
from placeplan.scenario.scenario import Scenario


def spending_of(row: pd.Series, spending: pd.DataFrame) -> tuple[Spend, ...]:
    """Return an option's capital by year and fund: as the table `spending` says, else all of it when it opens."""
    mine = spending[spending["option"] == row["option"]]
    if mine.empty:
        return (Spend(0, row["fund"], float(row["capital_pounds"])),) if row["capital_pounds"] > 0 else ()
    return tuple(
        Spend(int(before), str(fund), float(pounds))
        for before, fund, pounds in mine[["years_before_opening", "fund", "pounds"]].itertuples(index=False)
    )


def a_year(spending: tuple[Spend, ...], opening: int, year: int) -> float:
    """Return the pounds spent in a planned year by what opens in one; what falls before the plan counts in its first year."""
    return sum(s.pounds for s in spending if max(opening - s.years_before, 0) == year)


def revenue_of(option: Option) -> Revenue:
    """Return what an option costs or saves a year.

    What a cut of the admission number saves grows with the year groups that the smaller cohorts have reached: a classroom
    is free only as the larger ones leave, so of R–6 a seventh is saved in the first year, the whole in the seventh.
    """
    a_year = option.particulars.revenue_pounds_a_year
    first, last = option.row["nc_years"]
    return Revenue(a_year, last - first + 1 if option.kind == "pan_reduction" and a_year < 0 else 1)


def capital_in_time(spending: tuple[Spend, ...], opening: int, discount: Number) -> float:
    """Return the discounted capital of what opens in a planned year, each payment by the year in which it is spent.

    discount: worth of a pound of each planned year; what is spent before the plan counts in its first year.
    """
    return float(sum(s.pounds * discount[max(opening - s.years_before, 0)] for s in spending))


def revenue_in_time(revenues: tuple[Revenue, ...], opening: int, discount: Number) -> float:
    """Return the discounted revenue from the opening to the end of the plan, what builds up counted as it does."""
    open_for = np.arange(1, len(discount) - opening + 1)
    still = discount[opening:]
    return float(sum(r.pounds_a_year * (np.minimum(open_for / r.builds_up, 1.0) @ still) for r in revenues))


def most_a_year(decision: Decision) -> float:
    """Return the pounds of a decision's dearest year, when it opens as late as it may."""
    return max((a_year(decision.spending, decision.last, t) for t in range(decision.last + 1)), default=0.0)


def barred_years(decision: Decision, scenario: Scenario) -> tuple[int, ...]:
    """Return the planned years in which a decision can't open, since a pot that pays can't be spent when it is needed."""
    funds = scenario.table("funds")
    pots = {pot["pot"]: spendable(pot) for pot in funds.to_dict("records")}
    paid = [s for s in decision.spending if s.fund in pots and s.pounds > 0]
    first = scenario.planned_years[0]
    return tuple(
        opening
        for opening in range(decision.first, decision.last + 1)
        if any(first + opening - s.years_before not in pots[s.fund] for s in paid)
    )


def refusing_pot(option: Option, scenario: Scenario) -> str:
    """Return a pot that an option names and that is tied to another site or phase, or nothing."""
    row = option.row.to_dict()
    named = {s.fund for s in option.spending if s.pounds > 0}
    schools, zones = scenario.schools, scenario.zones
    community = dict(zip(schools["urn"], schools["community"], strict=True)).get(row["urn"], row["community"])
    housing = zip(scenario.table("housing")["development"], scenario.table("housing")["zone"], strict=True)
    near = estates(housing, dict(zip(zones["zone"], zones["community"], strict=True)))
    for pot, site, phase in scenario.table("funds")[["pot", "site", "phase"]].itertuples(index=False):
        if pot in named and (phase_refuses(phase, row) or site_refuses(site, row, community, near)):
            return str(pot)
    return ""

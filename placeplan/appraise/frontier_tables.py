"""The frontier as tables: a row a plan, and when each of its decisions opens."""

from collections.abc import Sequence

import pandas as pd

from placeplan.allocate.scales import scales, whole_budget
from placeplan.appraise.frontier import Frontier
from placeplan.appraise.scorecard import scorecard
from placeplan.domain.years import name_of_year
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Principle
from placeplan.scenario.scenario import Scenario

PLANS, OPENINGS = "frontier/plans.csv", "frontier/openings.csv"


def frontier_tables(found: Frontier, principles: Sequence[Principle], scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return path → table.

    plans: plan (F1, the dearest, and so on), cost_weight (that chooses it), from_cost_weight, to_cost_weight (none is better
    between them), yours (the scenario's own weight lies there), cost_pounds (discounted: capital and revenue over the
    planned years), capital_pounds (as given), decisions (taken), loss, objective, bound, gap (at cost_weight), shortfall
    (child-years R–11), score_<principle>.  openings: plan, decision, opens.
    """
    scale = scales(found.prices, [p.key for p in principles], scenario)
    pounds = whole_budget(found.do_minimum.network, scenario)
    rows, opened = [], []
    for k, one in enumerate(found.plans):
        plan, name = one.point.plan, f"F{k + 1}"
        card = scorecard(tuple(principles), scale, plan, found.do_minimum, scenario)
        told = _taken(plan)
        rows.append(
            {
                "plan": name, "cost_weight": one.weight, "from_cost_weight": one.low, "to_cost_weight": one.high,
                "yours": "yes" if one.low <= found.own < one.high else "no",
                "cost_pounds": one.point.cost * pounds, "capital_pounds": sum(d[2] for d in told), "decisions": len(told),
                "loss": one.point.loss, "objective": one.point.at(one.weight), "bound": one.bound, "gap": one.gap,
                "shortfall": plan.shortfall(0, 11),
            }
            | {f"score_{key}": score for key, score in card.scores(card.plan).items()}
        )  # fmt: skip
        opened += [(name, decision, year) for decision, year, _ in told]
    return {PLANS: pd.DataFrame(rows), OPENINGS: pd.DataFrame(opened, columns=["plan", "decision", "opens"])}


def _taken(plan: Plan) -> list[tuple[str, str, float]]:
    """Return name, September and capital of each decision that a plan takes."""
    network = plan.network
    decided = zip(network.options.decisions, plan.opens(), strict=True)
    return [(d.name, name_of_year(network.years[0] + int(t)), d.capital_pounds) for d, t in decided if t >= 0]

"""Parts of the objective: what each principle, cost and the children without a place add to it; musts told apart."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.model import LAST_COMPULSORY, Model
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Prices

PLACES = "places"  # the part of children without a place
OLDER_ARE_ITS_OWN = "participation"  # which prices children of Years 12–13 without a place for their own sake


@dataclass(frozen=True)
class Parts:
    """What a plan's objective is made of.

    whole: principle, and cost → its part, with its price on children without a place in it.  told: the same with that
    price as a part of its own (students of Years 12 and 13 are participation's own).  musts: principle → (asked at most,
    reached), on the scale of U.  weighed: all parts together. What missing a must adds to the solver's objective, a
    thousand times all weights, is in none of them.
    """

    whole: Mapping[str, float]
    told: Mapping[str, float]
    musts: Mapping[str, tuple[float, float]]
    weighed: float


def parts_of_objective(model: Model, plan: Plan, objective: float) -> Parts:
    """Return each principle's part of the objective, cost, and where the plan stands against the musts.

    objective: of the plan as the solver tells it, which is all parts together where no must is asked for.
    """
    bundles, rolls, kept = plan.bundles(), plan.bands(), plan.kept()
    whole, told, musts, waiting = {}, {}, {}, 0.0
    for s, price in zip(model.scales, model.prices, strict=True):
        loss = price.loss_from(plan, bundles, rolls, kept)
        whole[s.key] = s.weight * s.deviation(loss)
        placed = s.weight * s.deviation(loss - of_waiting(s.key, price, plan))
        told[s.key] = placed
        waiting += whole[s.key] - placed
        if not np.isnan(s.must):
            musts[s.key] = (s.must, s.u(loss))
    cost = float(model.cost @ plan.openings)
    whole["cost"] = cost
    weighed = sum(whole.values()) if musts else objective
    return Parts(whole, told | {PLACES: waiting, "cost": cost}, musts, weighed)


def of_waiting(key: str, price: Prices, plan: Plan) -> float:
    """Return what children without a place add to a principle's loss, but for those whom it counts for their own sake."""
    counted = price.unplaced * plan.unplaced
    if key == OLDER_ARE_ITS_OWN:
        counted = counted * (plan.network.nodes.nc <= LAST_COMPULSORY)
    return float(counted.sum())

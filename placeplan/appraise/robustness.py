"""Robustness: the pool of plans among which the best one stands, as it is priced by the model that was solved."""

from collections.abc import Sequence

import numpy as np

from placeplan.allocate.allocate import Allocation
from placeplan.allocate.model import Model
from placeplan.allocate.rivals import Rival
from placeplan.appraise.standing import CHOSEN, DO_MINIMUM, DRAWS, Openings, Pool, Robustness, draw_weights, standing
from placeplan.domain.arrays import Number
from placeplan.journeys.plan import Plan


def robustness(allocation: Allocation, rivals: Sequence[Rival], weight_of_cost: float, seed: int) -> Robustness:
    """Return how the plan stands against its pool: itself, the do-minimum and the rivals."""
    model = allocation.model
    plans = [allocation.plan, allocation.do_minimum, *(rival.plan for rival in rivals)]
    names = (CHOSEN, DO_MINIMUM, *(rival.met for rival in rivals))
    openings = np.array([np.round(plan.openings) for plan in plans])
    cost = np.array([float(model.cost @ plan.openings) for plan in plans])
    short = np.array([plan.shortfall(0, 11) for plan in plans])
    known = known_openings(allocation)
    pool = Pool(names, _deviations(model, plans), openings, cost, short)
    weights = {scale.key: scale.weight for scale in model.scales}
    return standing(pool, known, weights, weight_of_cost, seed, allocation.limit_on_shortfall)


def known_openings(allocation: Allocation) -> Openings:
    """Return what opening columns stand for: decision, September year, capital."""
    options, years = allocation.plan.network.options, allocation.plan.network.years
    decision = np.array([d.name for d in options.decisions], dtype=object)
    return Openings(
        decision[options.opening_decision],
        years[0] + np.asarray(options.opening_year),
        {d.name: d.capital_pounds for d in options.decisions},
    )


def _deviations(model: Model, plans: Sequence[Plan]) -> Number:
    """Return plan × principle: by how much each misses its targets."""
    pairs = list(zip(model.scales, model.prices, strict=True))
    bands, rows = model.network.band_matrix(), []
    for plan in plans:
        bundles, kept = plan.bundles(), plan.kept()
        rolls = bands @ bundles
        rows.append([scale.deviation(price.loss_from(plan, bundles, rolls, kept)) for scale, price in pairs])
    return np.array(rows)


__all__ = ["DRAWS", "Robustness", "draw_weights", "known_openings", "robustness"]

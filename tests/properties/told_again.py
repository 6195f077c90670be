"""A plan of the same authority told in another way: the same openings, losses and objective, or one that is just as good."""

from dataclasses import replace

import numpy as np

from authorities import KEYS
from properties.compared import NEAR
from properties.disguises import HEAVIER, LARGER, LEFT_OUT, NAMES
from towns import STAGE_1_STOPS_AT, plan_for

CLOSE = 1e-5
IS_A_SHARE = "community"  # its loss is one of all, whatever the number of children
SLACK = 3e-3  # of a loss: a thousandth of a child may go without a place by the limit's own rounding, and is priced
A_LITTLE = 1e-3  # of a weight: shows what a loss can be where other journeys are just as good


def differences(case, disguises):
    """What differs in the plan of the disguised authority, in words.

    Where another plan is just as good in the problem as it was, either may come out: the rule for ties goes by code in the
    end. Where other journeys are, a loss may be any that they have. A plan may leave out an option that would place a few
    more, within the tolerance: without that option the least shortfall is what the plan leaves, or less.
    """
    town, back = case.town, {}
    for disguise in disguises:
        if disguise in NAMES:
            back = {new: old for old, new in NAMES[disguise](town).items()}
        town = disguise(town, case.planned, case.chance)
    found, told = plan_for(town), case.told
    larger = np.prod([LARGER.get(disguise, 1.0) for disguise in disguises])
    heavier = np.prod([HEAVIER.get(disguise, 1.0) for disguise in disguises])
    least = found.allocation.least_shortfall / larger
    far = abs(least - told.least_shortfall)
    if far > NEAR:
        given_up = LEFT_OUT in disguises and told.least_shortfall <= least <= told.plan.shortfall(0, 11) + NEAR
        proven = far <= STAGE_1_STOPS_AT  # each is the least to within that
        return [] if proven or given_up else [f"least shortfall {least} for {told.least_shortfall}"]
    objective = found.allocation.objective / heavier
    if abs(objective - told.objective) > CLOSE * max(1.0, abs(told.objective)):
        return [f"objective {objective} for {told.objective}"]
    opens = {back.get(name, name): year for name, year in found.opens.items()}
    mine = {name: year for name, year in case.opens().items() if year is not None}
    if opens != mine:
        return [] if as_good(case, opens) and as_good(case, mine) else [f"opens {opens} for {mine}"]
    return [words for key in KEYS for words in _of_loss(case, found, key, larger)]


def as_good(case, opens):
    """Whether the plan could have these openings, and the same objective, in the problem as it was."""
    if not set(opens) <= set(case.opens()):
        return False
    return case.solved(_at(case, case.matrix, opens))[0] <= case.value + CLOSE * max(1.0, abs(case.value))


def _at(case, matrix, opens):
    options = case.net.options
    year = [opens.get(case.decisions[d].name) for d in options.opening_decision]
    y = np.array([t is not None and t <= at for t, at in zip(year, options.opening_year, strict=True)], dtype=float)
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[case.whole] = upper[case.whole] = y
    return replace(matrix, lower=lower, upper=upper)


def _of_loss(case, found, key, larger):
    k = KEYS.index(key)
    before, after = case.planned.prices[k].loss(case.plan), found.prices[k].loss(found.allocation.plan)
    after /= 1.0 if key == IS_A_SHARE else larger
    room = SLACK + CLOSE * abs(before)
    if abs(after - before) > room and min(before, after) < _least(case, key) - room:
        yield f"loss of {key} {after} for {before}"


def _least(case, key):
    """The least loss of a principle at the plan's openings among journeys that are as good: the others then lose more."""
    _, point = case.solved(_at(case, case.weighted(key, A_LITTLE), case.opens()))
    return case.planned.prices[KEYS.index(key)].loss(case.model.plan(point))

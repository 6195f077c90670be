"""Deferred acceptance: who gets which place when families rank schools and full schools take by their criteria."""

import numpy as np

from placeplan.domain.arrays import Number, Whole

DUST = 1e-6  # children: what is turned away below this is rounding
ROUNDS = 10_000


def deferred_acceptance(ranking: Whole, children: Number, priority: Number, places: Number) -> Number:
    """Return family × rank: how many children of each family type hold a place at its first, second … choice.

    ranking: family × rank, positions of schools, best first, −1 where a family ranks no more.  children: one number a family,
    fractions allowed.  priority: family × school, the smaller is taken first; equals in the order of the families.
    places: one number a school.  Children who hold none are children − the sum of the row.
    Each child asks its best school that hasn't turned it away; a school keeps the first of all who ever asked. The outcome
    is stable, and no other stable one is better for any family. Source: Gale and Shapley, American Mathematical Monthly 69 (1962).
    """
    held = np.zeros(ranking.shape)
    if not ranking.size:
        return held
    asking = np.zeros((ranking.shape[0], ranking.shape[1] + 1))
    asking[:, 0] = children
    for _ in range(ROUNDS):
        at_school = held + asking[:, :-1]
        family, rank = np.nonzero((at_school > 0) & (ranking >= 0))
        turned = _turned_away(ranking[family, rank], family, at_school[family, rank], priority, places)
        refused = np.zeros_like(at_school)
        refused[family, rank] = turned
        held = np.where(ranking >= 0, at_school - refused, 0.0)
        asking = np.zeros_like(asking)
        asking[:, 1:] = refused
        if asking[:, :-1].sum() < DUST:
            return held
    return held


def _turned_away(school: Whole, family: Whole, children: Number, priority: Number, places: Number) -> Number:
    """Return how many of the children at each school it turns away: the last by priority beyond its places."""
    order = np.lexsort((family, priority[family, school], school))
    ordered, number = school[order], children[order]
    total = np.cumsum(number)
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    before = np.concatenate([[0.0], total])[begins]
    so_far = total - np.repeat(before, np.diff(np.append(begins, len(ordered))))
    over = np.clip(so_far - places[ordered], 0.0, number)
    turned: Number = np.empty_like(over)
    turned[order] = over
    return turned

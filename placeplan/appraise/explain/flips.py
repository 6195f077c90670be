"""Flips: what would have to change for the answer to an option to be another: its capital, or a weight."""

from dataclasses import dataclass

import numpy as np

from placeplan.allocate.scales import whole_budget
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import TITLES, in_text, pounds
from placeplan.appraise.explain.worsening import NOTHING, Worsening
from placeplan.options.money import capital_in_time

LARGEST = 100.0  # times as large: a weight beyond is no answer


@dataclass(frozen=True)
class Flips:
    """capital: of the decision, at which both plans are worth the same (None: no capital does that).

    principle, weight: the nearest weight at which they are, children staying where either plan puts them.
    """

    capital: float | None
    principle: str
    weight: float | None


def flips(told: Told, decision: int, found: Worsening, *, chosen: bool) -> Flips:
    """Return what makes both plans worth the same: exact for the two plans compared, a little early for the best ones."""
    opens = found.other.plan.opens()[decision] if found.other.plan is not None and not chosen else None
    opens = int(told.plan.opens()[decision]) if opens is None else int(opens)
    principle, weight = _weight(told, found)
    return Flips(_capital(told, decision, found.change, opens, chosen=chosen), principle, weight)


def _capital(told: Told, decision: int, change: float, opens: int, *, chosen: bool) -> float | None:
    """Return the capital at which cost makes up for the change; None where even no capital at all would not."""
    settings, network = told.scenario.settings, told.network
    whole = whole_budget(network, told.scenario)
    if opens < 0 or whole <= 0:
        return None
    it = network.options.decisions[decision]
    capital, discount = it.capital_pounds, (1 + settings.budget.discount_rate) ** -np.arange(opens + 1, dtype=float)
    worth = capital_in_time(it.spending, opens, discount) / capital if capital > 0 else float(discount[opens])
    of_a_pound = settings.weights.cost * worth / whole  # spread over its years as it is now
    found = capital + change / of_a_pound * (1 if chosen else -1)
    return found if found > 0 else None


def _weight(told: Told, found: Worsening) -> tuple[str, float | None]:
    """Return the principle, or cost, whose weight is nearest, as a ratio, to one at which both plans are worth the same."""
    weights = told.scenario.settings.weights_told()
    best: tuple[float, str, float | None] = (LARGEST, "", None)
    for key, change in found.parts.items():
        now = float(weights.get(key, 0.0))
        if now <= 0 or abs(change) <= NOTHING:
            continue
        weight = now - found.change * now / change  # the part is weight × deviation
        times = max(weight / now, now / weight) if weight > 0 else LARGEST
        best = min(best, (times, key, weight)) if times < best[0] else best
    return best[1], best[2]


def sentences(told: Told, decision: int, found: Worsening, flip: Flips, *, chosen: bool) -> list[str]:
    """Return what would have to change, in sentences."""
    said = []
    it = told.network.options.decisions[decision]
    if flip.capital is not None and it.capital_pounds > 0:
        over = "would no longer be worth opening if its capital were above" if chosen else (
            "would be worth opening if its capital were below"
        )  # fmt: skip
        said.append(f"It {over} about {pounds(flip.capital)} (now {pounds(it.capital_pounds)}), all else as it is.")
    elif not chosen and it.capital_pounds > 0 and found.other.proven:
        said.append("Even at no capital cost it would not be worth opening at these weights.")
    if flip.weight is not None:
        now = told.scenario.settings.weights_told()[flip.principle]
        side = "above" if flip.weight > now else "below"
        said.append(
            f"The answer would be the other one with the weight of {in_text(TITLES[flip.principle])} {side} about "
            f"{flip.weight:.3g} (now {now:g}), all other weights as they are."
        )
    elif found.change > NOTHING:
        said.append(
            "No weight of a single principle, from a hundredth to a hundred times what it is, would turn the answer between these two plans."
        )
    if said and not found.other.proven:
        said.append(
            "These limits are of the two plans compared; a better plan under the condition would bring them nearer."
        )
    return said

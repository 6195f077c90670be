"""Flips: what would have to change for the answer to an option to be another: its capital, or a weight."""

import time
from dataclasses import dataclass, replace

import numpy as np

from placeplan.allocate.again import weighted_anew
from placeplan.allocate.scales import whole_budget
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import TITLES, in_text, pounds
from placeplan.appraise.explain.worsening import NOTHING, Worsening
from placeplan.options.money import capital_in_time

LARGEST = 100.0  # times as large: a weight beyond is no answer
NARROW = 0.05  # of a weight: nearer it isn't sought
BEYOND = 0.01  # of a weight: so far on either side of it a flip is tried


@dataclass(frozen=True)
class Flips:
    """capital: of the decision, at which both plans are worth the same (None: no capital does that).

    principle, weight: the nearest weight at which they are, children staying where either plan puts them.
    confirmed: whether solving again a hundredth beyond that weight turns the answer, and a hundredth short of it does
    not; None where that wasn't tried: a large model, or no time.  between: where other plans turn it before those two are
    equal, a weight at which it doesn't turn yet, and one at which it does.
    """

    capital: float | None
    principle: str
    weight: float | None
    confirmed: bool | None = None
    between: tuple[float, float] | None = None


def flips(told: Told, decision: int, found: Worsening, *, chosen: bool) -> Flips:
    """Return what makes both plans worth the same: exact for the two plans compared, a little early for the best ones."""
    opens = found.other.plan.opens()[decision] if found.other.plan is not None and not chosen else None
    opens = int(told.plan.opens()[decision]) if opens is None else int(opens)
    principle, weight = _weight(told, found)
    flip = Flips(_capital(told, decision, found.change, opens, chosen=chosen), principle, weight)
    return flip if weight is None or not told.again.is_small else _tried(told, decision, flip, chosen=chosen)


def _tried(told: Told, decision: int, flip: Flips, *, chosen: bool) -> Flips:
    """Return a flip with what solving again on either side of its weight says of it; where it turns earlier, between which weights."""
    assert flip.weight is not None  # noqa: S101  (asked of a weight that was found)
    now, until = float(told.scenario.settings.weights_told()[flip.principle]), time.monotonic() + told.seconds

    def turns(weight: float) -> bool | None:
        left = until - time.monotonic()
        is_open = _opens_at(told, decision, flip.principle, weight, left) if left > 0 else None
        return None if is_open is None else is_open != chosen

    way = 1 if flip.weight > now else -1
    beyond, short = (turns(flip.weight * (1 + side * way * BEYOND)) for side in (1, -1))
    if beyond is None or short is None:
        return flip
    if not short:
        return replace(flip, confirmed=beyond)
    near, far = now, flip.weight  # it doesn't turn at one, and does at the other
    while max(far / near, near / far) > 1 + NARROW:
        middle = float(np.sqrt(near * far))
        it = turns(middle)
        if it is None:
            break
        near, far = (near, middle) if it else (middle, far)
    return replace(flip, weight=far, confirmed=True, between=(near, far))


def _opens_at(told: Told, decision: int, principle: str, weight: float, seconds: float) -> bool | None:
    """Return whether a decision opens in the best plan at another weight; None where that isn't proven in time."""
    told.progress("Solving again at the weight that would turn the answer", None)
    again = told.again
    scale = [replace(s, weight=weight) if s.key == principle else s for s in again.model.scales]
    if principle == "cost":
        settings = told.scenario.settings
        changed = settings.model_copy(update={"weights": settings.weights.model_copy(update={"cost": weight})})
        again = replace(again, scenario=replace(told.scenario, settings=changed))
    other = weighted_anew(again, scale, seconds)
    return None if other.plan is None or not other.proven else bool(other.plan.opens()[decision] >= 0)


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
        said.append(
            f"Of the two plans compared: it {over} about {pounds(flip.capital)} (now {pounds(it.capital_pounds)}), all else as it is."
        )
    elif not chosen and it.capital_pounds > 0 and found.other.proven:
        said.append("Even at no capital cost it would not be worth opening at these weights.")
    if flip.weight is not None:
        now = told.scenario.settings.weights_told()[flip.principle]
        side = "above" if flip.weight > now else "below"
        said.append(
            f"The answer would be the other one with the weight of {in_text(TITLES[flip.principle])} "
            f"{side} about {flip.weight:.3g} (now {now:g}), all other weights as they are.{_how_sure(flip)}"
        )
    elif found.change > NOTHING:
        said.append(
            "No weight of a single principle, from a hundredth to a hundred times what it is, would turn the answer between these two plans."
        )
    if said and not found.other.proven:
        said.append("A better plan under the condition than the one found would bring these limits nearer.")
    return said


def _how_sure(flip: Flips) -> str:
    """Say what solving again on either side of a weight confirms."""
    if flip.confirmed is None:
        return " This is of the two plans compared; no solve at that weight was tried."
    if flip.between is not None:
        near, far = flip.between
        return f" Found by solving again: at {near:.3g} it does not turn yet, at {far:.3g} it does; plans other than the two compared come in between."
    if flip.confirmed:
        return " Confirmed: solved again a hundredth on either side of that weight, the answer turns there."
    return " This is of the two plans compared; solved again a hundredth beyond that weight, a third plan is best, and the answer does not turn yet."

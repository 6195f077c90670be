"""A principle: its loss and score, what makes most of it, its price against all others, and which places it is short of."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from placeplan.allocate.again import at_openings, weighted_anew
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.parts_of_loss import parts_of_loss
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import TITLES, both, in_text, points, share, year_groups
from placeplan.appraise.explain.worsening import NOTHING, SHOWN, beside
from placeplan.domain.errors import NoPlanInTime
from placeplan.domain.years import name_of_year
from placeplan.options.option import GROUPS
from placeplan.principles.nine import BESIDE, NINE

PRINCIPLES = "appraisal/principles.csv"
TOLD = 3  # parts and places that are named
LAST_SECONDS = 600.0  # of the linear program at the openings without a weight


def names(told: Told) -> Mapping[str, str]:
    """Return the nine, and those beside them that the run weighs, by key and by title."""
    known = set(told.tables[PRINCIPLES]["principle"])
    weighed = [p for p in (*NINE, *BESIDE) if p.key in known]
    return {p.key: p.key for p in weighed} | {p.title: p.key for p in weighed}


def explain(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say what a principle loses, where, and what it costs the others: solved again with its weight at 0."""
    again = told.again
    at = [principle.key for principle in told.principles].index(subject)
    principle = told.principles[at]
    scale, prices = again.model.scales[at], again.model.prices[at]
    loss = prices.loss(again.plan)
    part = scale.weight * scale.deviation(loss)
    said = [
        f"{principle.title} ({subject}): score {100 * (1 - scale.u(loss)):,.1f} of 100, weight {scale.weight:g}, {share(part / max(again.objective, NOTHING))} of the objective.",
        f"Its loss is {loss:,.1f}, summed over all planned years; {scale.ideal:,.0f} would score 100 and {scale.unacceptable:,.0f} would score 0.",
    ]  # fmt: skip
    said += _measures(told, subject)
    parts = parts_of_loss(prices, again.plan)
    said += _most(parts, loss)
    price = {} if not scale.movable else _price(told, at, said)
    if not scale.movable:
        said.append("This scenario can't influence it: its ideal and its unacceptable are one.")
    said += [*_worth(told), f"What it leaves out: {principle.limits}"]
    return Explanation(subject, "principle", principle.title, tuple(said), parts, {"loss": loss} | price)


def _measures(told: Told, subject: str) -> Iterator[str]:
    """Say its measures, before and after."""
    table = told.tables.get("appraisal/measures.csv", pd.DataFrame(columns=["principle"]))
    for row in table[table["principle"] == subject].to_dict("records"):
        measure = str(row["measure"])
        yield f"{measure[0].upper()}{measure[1:]}: {row['do_minimum']:,.2f} in the do-minimum, {row['value']:,.2f} in the plan ({row['unit']})."


def _most(parts: pd.DataFrame, loss: float) -> Iterator[str]:
    """Say what makes most of its loss."""
    most = parts[parts["loss"] > NOTHING].head(TOLD).to_dict("records")
    if most and loss > NOTHING:
        yield f"Most of its loss: {both([f'''{r['part']}, {r['where']} {r['loss']:,.1f} ({share(r['loss'] / loss)})''' for r in most])}."


def _price(told: Told, at: int, said: list[str]) -> dict[str, float | str | None]:
    """Say what the principle costs all others, by solving again with its weight at 0; return the figures."""
    again = told.again
    key, scale = again.model.scales[at].key, list(again.model.scales)
    if scale[at].weight <= 0:
        said.append("Its weight is 0: it has no influence on the plan, and no price.")
        return {"price": 0.0}
    scale[at] = replace(scale[at], weight=0.0)
    told.progress("Solving again with its weight at 0", None)
    other = weighted_anew(again, scale, told.seconds)
    if other.plan is None:
        said.append(f"Its price is not known: no plan was found in {told.seconds:.0f} seconds. Give --seconds more.")
        return {"price": None}
    found = beside(again, other)
    mine = again.model.scales[at]
    there = at_openings(again, other.plan.openings, max(told.seconds, LAST_SECONDS))
    if there is None:  # out of time: what the plan without its weight happens to say is no figure of its own
        raise NoPlanInTime(
            "The journeys at the openings without its weight were not found in time. Give --seconds more."
        )
    without = mine.weight * mine.deviation(again.model.prices[at].loss(there))
    price = -sum(change for k, change in found.parts.items() if k != key)
    gained = without - found.before[key]
    gains = sorted(((k, c) for k, c in found.parts.items() if k != key and c < -NOTHING), key=lambda part: part[1])
    words = f", most of it {both([f'{in_text(TITLES[k])} {points(c)}' for k, c in gains[:TOLD]])}" if gains else ""
    at_least = "" if other.proven else "at least "
    said.append(
        f"Its price: with its weight at 0 all other parts of the objective together would be {at_least}{max(price, 0):.4f} "
        f"({share(max(price, 0) / max(again.objective, NOTHING))} of the objective) lower{words}; with what would then open, and children placed with its present weight back, it would itself be {_worse(gained)}."
        + ("" if other.proven else f" (The best plan found in {told.seconds:.0f} seconds.)")
    )
    before, after = again.plan.opens(), other.plan.opens()
    decisions = told.network.options.decisions
    only = [decisions[k].name for k in np.flatnonzero((before >= 0) & (after < 0))]
    new = [decisions[k].name for k in np.flatnonzero((before < 0) & (after >= 0))]
    if only:
        said.append(f"Without its weight {both(only)} would not open.")
    if new:
        said.append(f"Without its weight {both(new)} would open.")
    if not only and not new:
        said.append("The same options would open without its weight.")
    return {"price": max(price, 0.0), "worse_itself": gained, "proven": str(other.proven).lower()}


def _worse(gained: float) -> str:
    """Return by how much a principle's own part is worse, or better."""
    if abs(gained) < SHOWN:
        return "the same"
    return f"{abs(gained):.4f} {'worse' if gained > 0 else 'better'}"


def _worth(told: Told) -> Iterator[str]:
    """Say where one more place would help most: shadow prices, with what the plan opens kept."""
    network = told.network
    worth = told.again.worth
    best = np.argsort(-worth, kind="stable")[:TOLD]
    best = best[worth[best] > NOTHING]
    if not len(best):
        yield "One more place anywhere would change nothing, with what the plan opens kept."
        return
    names_of = network.estate.table["name"].astype(str).to_numpy()
    years = len(network.years)
    told_of = [
        f"{names_of[k // (years * GROUPS)]}, {year_groups(k % GROUPS, k % GROUPS)} in {name_of_year(network.years[k // GROUPS % years])} ({points(-worth[k], 6)})"
        for k in best.tolist()
    ]
    yield f"One more place would lower the whole objective most, by no more than the figures say, at {both(told_of)}, with what the plan opens kept."


PRINCIPLE = Kind(PRINCIPLES, names, explain)

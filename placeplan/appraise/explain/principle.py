"""A principle: its loss and score, its target and must, what makes most of it, and its price against all others."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from placeplan.allocate.again import at_openings, weighted_anew
from placeplan.allocate.scales import Scale
from placeplan.appraise.explain.explanation import Explanation, Kind
from placeplan.appraise.explain.parts_of_loss import parts_of_loss
from placeplan.appraise.explain.told import Told
from placeplan.appraise.explain.words import FEW, TITLES, UNITS, both, in_text, loss_of, points, share
from placeplan.appraise.explain.worsening import MISSED, NOTHING, SHOWN, beside
from placeplan.domain.errors import NoPlanInTime
from placeplan.principles.nine import BESIDE, NINE

PRINCIPLES = "appraisal/principles.csv"
TOLD = 3  # parts that are named
LAST_SECONDS = 600.0  # of the linear program at the openings without a weight


def names(_told: Told) -> Mapping[str, str]:
    """Return the nine, and those beside them, by key and by title."""
    every = (*NINE, *BESIDE)
    return {p.key: p.key for p in every} | {p.title: p.key for p in every}


def explain(told: Told, subject: str, _year: str | None) -> Explanation:
    """Say what a principle loses, where, and what it costs the others: solved again with its weight at 0."""
    keys = [principle.key for principle in told.principles]
    if subject not in keys:
        return _not_weighed(told, subject)
    again, at = told.again, keys.index(subject)
    principle = told.principles[at]
    scale, prices = again.model.scales[at], again.model.prices[at]
    loss = prices.loss(again.plan)
    whole = told.weighed
    part = scale.weight * scale.deviation(loss)
    said = [
        f"{principle.title} ({subject}): score {100 * (1 - scale.u(loss)):,.1f} of 100, weight {scale.weight:g}, {share(part / max(whole, NOTHING))} of the objective.",
        f"Its loss is {loss_of(loss, scale.unacceptable)} {UNITS[subject]}, over all planned years; {loss_of(scale.ideal, scale.unacceptable)} would score 100 and {loss_of(scale.unacceptable, scale.unacceptable)} would score 0.",
    ]  # fmt: skip
    said += [*_limits(scale, loss), *_measures(told, subject)]
    parts = parts_of_loss(prices, again.plan, subject)
    said += _most(parts, scale)
    price = {} if not scale.movable else _price(told, at, said)
    if not scale.movable:
        said.append("This scenario can't influence it: its ideal and its unacceptable are one.")
    said.append(f"What it leaves out: {principle.limits}")
    decimals = 1 if scale.unacceptable >= FEW else 4
    return Explanation(subject, "principle", principle.title, tuple(said), parts, {"loss": loss} | price, decimals)


def _not_weighed(told: Told, subject: str) -> Explanation:
    """Say that a principle has no part in the plan, and what is published of it."""
    principle = next(p for p in (*NINE, *BESIDE) if p.key == subject)
    said = [
        f"{principle.title} ({subject}): not weighed. [families] weight is 0 in this scenario, so the plan is made without regard to it.",
        *_first_choices(told),
        "To weigh it, give [families] weight in scenario.toml and run again.",
        f"What it leaves out: {principle.limits}",
    ]
    table = told.tables.get("appraisal/families.csv", pd.DataFrame(columns=["community"]))
    table = table[table["community"] == "authority"].reset_index(drop=True)
    return Explanation(subject, "principle", principle.title, tuple(said), table, {"weight": 0.0})


def _first_choices(told: Told) -> Iterator[str]:
    """Say what is published of first choices at Reception in the last planned year."""
    table = told.tables.get("appraisal/families.csv")
    if table is None or table.empty:
        yield "The run published nothing of what families would choose."
        return
    rows = table[(table["community"] == "authority") & (table["nc_year"].astype(str) == "R")]
    if len(rows):
        row = rows.iloc[-1]
        yield (
            f"What families themselves would choose is told beside the plan, in appraisal/families.csv: of {row['children']:,.0f} "
            f"children in Reception in {row['academic_year']}, {row['first_choice_plan']:.0f} % begin at their first choice as the plan "
            f"places them, {row['first_choice_choosing']:.0f} % where families choose among what it opens."
        )


def _limits(scale: Scale, loss: float) -> Iterator[str]:
    """Say where the plan stands against its target and its must: met, or missed by how much."""
    u = scale.u(loss)
    stands = f"the plan stands at {u:.3f} (0 is the ideal, 1 the unacceptable)"
    if scale.target > 0:
        missed = u - scale.target
        yield f"Its target is {scale.target:.3f} at most; {stands}: " + (
            f"missed by {missed:.3f}, which is what is weighed."
            if missed > MISSED
            else "met, so nothing of it is weighed."
        )
    if not np.isnan(scale.must):
        missed = u - scale.must
        yield f"Its must is {scale.must:.3f} at most; {stands}: " + (
            f"missed by {missed:.3f}; the plan comes as near to all musts together as it could."
            if missed > MISSED
            else f"met, with {max(-missed, 0.0):.3f} to spare. A must comes before all weights and money."
        )


def _measures(told: Told, subject: str) -> Iterator[str]:
    """Say its measures, before and after."""
    table = told.tables.get("appraisal/measures.csv", pd.DataFrame(columns=["principle"]))
    for row in table[table["principle"] == subject].to_dict("records"):
        measure = str(row["measure"])
        digits = 2 if max(abs(row["do_minimum"]), abs(row["value"])) >= 1 else 4
        yield f"{measure[0].upper()}{measure[1:]}: {row['do_minimum']:,.{digits}f} in the do-minimum, {row['value']:,.{digits}f} in the plan ({row['unit']})."


def _most(parts: pd.DataFrame, scale: Scale) -> Iterator[str]:
    """Say what makes most of its loss, as shares of all that adds to it."""
    adding = parts[parts["loss"] > NOTHING]
    total = float(adding["loss"].sum())
    if total <= NOTHING:
        return
    told = [
        f"{r['part']}, {r['where']}: {loss_of(r['loss'], scale.unacceptable)} ({share(r['loss'] / total)})"
        for r in adding.head(TOLD).to_dict("records")
    ]
    yield f"Most of what adds to its loss is {both(told)}."
    less = -float(parts.loc[parts["loss"] < -NOTHING, "loss"].sum())
    if less > 0:
        yield f"Transfers kept inside a partnership take {loss_of(less, scale.unacceptable)} off it."


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
    gained = without - found.before.whole[key]
    others = sorted(((k, c) for k, c in found.parts.items() if k != key), key=lambda part: part[1])
    gains = [f"{in_text(TITLES[k])} {points(c)}" for k, c in others if c < -SHOWN][:TOLD]
    losses = [f"{in_text(TITLES[k])} {points(c)}" for k, c in others[::-1] if c > SHOWN][:TOLD]
    words = f" (better: {both(gains)}{f'; worse: {both(losses)}' if losses else ''})" if gains else ""
    at_least = "" if other.proven else "at least "
    must = "" if np.isnan(mine.must) else " (its must kept)"
    said.append(
        f"Its price: with its weight at 0{must} all other parts of the objective together would be {at_least}{max(price, 0):.4f} "
        f"({share(max(price, 0) / max(told.weighed, NOTHING))} of the objective) lower{words}; with what would then open, and children "
        f"placed with its present weight back, it would itself be {_worse(gained)}."
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


PRINCIPLE = Kind(PRINCIPLES, names, explain, "a principle", by_year=False)

"""Rules of what is committed: it must be possible all together, within what there is to spend."""

from collections.abc import Iterator

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.scenario.rules import Material, Rule, each

RESHAPES = ("new_school", "all_through", "age_range", "sixth_form", "closure", "amalgamation")


def _committed(material: Material) -> pd.DataFrame:
    """Return the committed options with the name of what is decided as one; a package is committed when all of it is."""
    options = material.frame("options")
    options = options.assign(decision=options["package"].where(options["package"] != "", options["option"]))
    whole = options.groupby("decision")["committed"].transform("all")
    return options[whole.astype(bool)] if len(options) else options


def excluded(material: Material) -> Iterator[Problem]:
    """Yield two committed options one of which excludes the other."""
    committed = _committed(material)
    names = {*committed["option"], *committed["decision"]}
    told: set[frozenset[str]] = set()
    for row, option in each(committed):
        for word in (w.strip() for w in option["excludes"].split(";") if w.strip()):
            pair = frozenset({option["option"], word})
            if word in names and word != option["decision"] and pair not in told:
                told.add(pair)
                wrong = f"{option['option']} and {word} are both committed, and one excludes the other."
                yield material.fault("options", row, "committed", wrong, "Take the mark or the exclusion from one.")


def one_shape(material: Material) -> Iterator[Problem]:
    """Yield a school whose year groups two committed decisions would change: only one can."""
    committed = _committed(material)
    shapes = committed[committed["kind"].isin(RESHAPES)]
    at = shapes["urn"].where(shapes["urn"] != "", shapes["site"])
    closing = shapes[shapes["kind"] == "amalgamation"]
    pairs = pd.concat([shapes.assign(at=at), closing.assign(at=closing["members"].str.strip())])
    pairs = pairs[pairs["at"] != ""].drop_duplicates(["at", "decision"])
    for row, option in each(pairs[pairs.duplicated("at")]):
        wrong = f"{option['option']} and another committed option both change the year groups of {option['at']}."
        yield material.fault("options", row, "committed", wrong, "Take the mark from one of them.")


def affordable(material: Material) -> Iterator[Problem]:
    """Yield what is committed and costs more than the whole budget, or than the pot that pays."""
    committed = _committed(material)
    if committed.empty:
        return
    cost = committed["capital_pounds"] + committed["land_pounds"]
    whole = material.settings.budget.total_pounds if material.settings else None
    if whole is not None and cost.sum() > whole + 1:
        wrong = f"what is committed costs £{cost.sum():,.0f}, and the whole budget is £{whole:,.0f}."
        yield material.fault("options", committed.index[0], "capital_pounds", wrong, "Raise budget.total_pounds.")
    plain = ~committed["option"].isin(material.frame("spending")["option"])
    for _, pot in each(material.frame("funds")):
        mine = cost[plain & (committed["fund"] == pot["pot"])]
        if mine.sum() > pot["amount"] + 1:
            wrong = f"what is committed takes £{mine.sum():,.0f} from {pot['pot']}, which holds £{pot['amount']:,.0f}."
            yield material.fault("options", mine.index[0], "fund", wrong, "Pay some of it otherwise.")


RULES: tuple[Rule, ...] = (excluded, one_shape, affordable)

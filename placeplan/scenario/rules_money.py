"""Rules of money: pots that are named and not given, tied to another site or phase, or spendable too early or too late."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.scenario.pots import PHASES, estates, phase_refuses, site_refuses, spendable, told
from placeplan.scenario.rules import Material, Rule, each, unknown
from placeplan.scenario.say import listed

NEARLY = 1.0  # £


def pots_named(material: Material) -> Iterator[Problem]:
    """Yield pots that options name and the table doesn't have; only a warning where there is no table of funds at all."""
    known = material.words("funds", "pot")
    if known:
        yield from unknown(material, "options", "fund", known, "funds.csv")
        yield from unknown(material, "spending", "fund", known, "funds.csv")
        return
    options = material.frame("options")
    named = options[options["fund"] != ""]
    if known is not None and len(named):
        pots = listed(sorted(set(named["fund"])))
        wrong = f"options are paid from {pots}, and no table funds says what there is: nothing limits it."
        yield material.warning("options", named.index[0], "fund", wrong, "Add funds.csv with the amount of each pot.")


def phases(material: Material) -> Iterator[Problem]:
    """Yield pots for a phase that nobody knows."""
    funds = material.frame("funds")
    for row, phase in funds.loc[~funds["phase"].isin(["", *PHASES]), "phase"].items():
        wrong = f'"{phase}" is no phase.'
        yield material.fault("funds", row, "phase", wrong, f"Give one of {', '.join(PHASES)}, or leave it blank.")


def spending(material: Material) -> Iterator[Problem]:
    """Yield spending of options that aren't there, and spending that adds up to another sum than the option costs."""
    yield from unknown(material, "spending", "option", material.words("options", "option"), "options.csv")
    frame, options = material.frame("spending"), material.frame("options").drop_duplicates("option")
    cost = dict(zip(options["option"], options["capital_pounds"] + options["land_pounds"], strict=True))
    for option, rows in frame[frame["option"].isin(cost)].groupby("option", sort=False):
        spent = float(rows["pounds"].sum())
        if material.tables["spending"].whole and abs(spent - cost[str(option)]) > NEARLY:
            wrong = f"{option} spends £{spent:,.0f} in all and costs £{cost[str(option)]:,.0f}, land counted in."
            yield material.fault("spending", rows.index[0], "pounds", wrong, "Let the two agree.")


def tied_pots(material: Material) -> Iterator[Problem]:
    """Yield options paid from a pot that is tied to another site or phase, or that can't be spent when they may open."""
    funds = material.frame("funds")
    pots = {pot["pot"]: pot for _, pot in each(funds) if pot["phase"] in {"", *PHASES} and _years(pot) is not None}
    near, of_school = _estates(material), _communities(material)
    for row, option in each(_paid(material)):
        pot = pots.get(option["paid_from"])
        if pot is None:
            continue
        who = f"the pot {pot['pot']}"
        community = of_school.get(option["urn"], option["community"])
        if site_refuses(pot["site"], option, community, near):
            wrong = f"{who} is tied to {pot['site']}, and {option['option']} lies elsewhere."
            yield material.fault("options", row, "fund", wrong, "Pay it from another pot.")
        elif phase_refuses(pot["phase"], option):
            wrong = f"{who} is for the phase {pot['phase']}, and {option['option']} is not of it."
            yield material.fault("options", row, "fund", wrong, "Pay it from another pot.")
        elif not _ever(option, spendable(pot)):
            wrong = f"{who} can be spent {told(spendable(pot))}, and {option['option']} is paid outside of that whenever it opens."
            yield material.fault(
                "options", row, "fund", wrong, "Open it while the pot can be spent, or pay it otherwise."
            )


def _paid(material: Material) -> pd.DataFrame:
    """Return the options with the pot that pays (`paid_from`) and how many years before opening, one row a payment."""
    options, spent = material.frame("options"), material.frame("spending")
    whole = options[~options["option"].isin(spent["option"]) & (options["capital_pounds"] + options["land_pounds"] > 0)]
    parts = [whole.assign(paid_from=whole["fund"], before=0)]
    at = {option: row for row, option in options["option"].items()}
    steps = spent[spent["option"].isin(at) & (spent["pounds"] > 0)]
    parts.append(
        options.loc[[at[o] for o in steps["option"]]].assign(
            paid_from=steps["fund"].to_numpy(), before=steps["years_before_opening"].to_numpy()
        )
    )
    return pd.concat([part for part in parts if len(part)]) if any(len(p) for p in parts) else parts[0]


def _ever(option: Mapping[str, Any], years: range) -> bool:
    """Return whether any opening of an option lets its payment fall into the years."""
    openings = range(option["earliest_opening"], option["latest_opening"] + 1)
    return any(opening - option["before"] in years for opening in openings)


def _years(pot: Mapping[str, Any]) -> range | None:
    """Return the years in which a pot may be spent, or None where they can't be read (told elsewhere)."""
    try:
        return spendable(pot)
    except ValueError:
        return None


def _estates(material: Material) -> dict[str, set[str]]:
    """Return development → communities of its zones."""
    if material.zones is None:
        return {}
    housing = material.frame("housing")
    of_zone = dict(zip(material.zones["zone"], material.zones["community"], strict=True))
    return estates(zip(housing["development"], housing["zone"], strict=True), of_zone)


def _communities(material: Material) -> dict[str, str]:
    """Return urn → community."""
    schools = material.frame("schools")
    return dict(zip(schools["urn"], schools["community"], strict=True))


RULES: tuple[Rule, ...] = (pots_named, phases, spending, tied_pots)

"""Rules of what is committed: it must be possible all together, within what there is to spend."""

from collections.abc import Iterator

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import name_of_year
from placeplan.scenario.rules import Material, Rule, each

CHANGES_PLACES = ("expansion", "bulge", "temporary_expansion", "pan_reduction", "resourced_provision", "nursery")
JOINS = ("link", "federation")
PARTNERS_OF_A_SCHOOL, LINKS_OF_A_PARTNER = 1, 2
RESHAPES = ("new_school", "all_through", "age_range", "sixth_form", "closure", "amalgamation")


def as_decided(material: Material) -> pd.DataFrame:
    """Return the options with the name of what is decided as one."""
    options = material.frame("options")
    return options.assign(decision=options["package"].where(options["package"] != "", options["option"]))


def committed_options(material: Material) -> pd.DataFrame:
    """Return the committed options with the name of what is decided as one; a package is committed when all of it is."""
    options = as_decided(material)
    whole = options.groupby("decision")["committed"].transform("all")
    return options[whole.astype(bool)] if len(options) else options


def whole_packages(material: Material) -> Iterator[Problem]:
    """Yield packages of which only some options are committed: they open together, so it can't be told what is meant."""
    for package, rows in as_decided(material).groupby("decision", sort=False):
        marked = rows["committed"].astype(bool)
        if marked.any() and not marked.all():
            here, first = rows[~marked].iloc[0], rows.loc[marked, "option"].iloc[0]
            wrong = (
                f"{here['option']} is not committed, and {first} of the same package {package} is: they open together."
            )
            remedy = "Mark every option of the package as committed, or none."
            yield material.fault("options", here.name, "committed", wrong, remedy)


def excluded(material: Material) -> Iterator[Problem]:
    """Yield two committed options one of which excludes the other."""
    committed = committed_options(material)
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
    committed = committed_options(material)
    shapes = committed[committed["kind"].isin(RESHAPES)]
    at = shapes["urn"].where(shapes["urn"] != "", shapes["site"])
    closing = shapes[shapes["kind"] == "amalgamation"]
    pairs = pd.concat([shapes.assign(at=at), closing.assign(at=closing["members"].str.strip())])
    pairs = pairs[pairs["at"] != ""].drop_duplicates(["at", "decision"])
    for row, option in each(pairs[pairs.duplicated("at")]):
        wrong = f"{option['option']} and another committed option both change the year groups of {option['at']}."
        yield material.fault("options", row, "committed", wrong, "Take the mark from one of them.")


def closed_schools(material: Material) -> Iterator[Problem]:
    """Yield a committed change of places at a school that a committed closure or amalgamation shuts by then."""
    committed = committed_options(material)
    shut = committed[committed["kind"].isin(["closure", "amalgamation"])]
    at = shut["members"].str.strip().where(shut["kind"] == "amalgamation", shut["urn"])
    changes = committed[committed["kind"].isin(CHANGES_PLACES) & (committed["urn"] != "")]
    for _, closure in each(shut.assign(at=at)):
        there = (changes["urn"] == closure["at"]) & (changes["decision"] != closure["decision"])
        there &= changes["latest_opening"] >= closure["earliest_opening"]
        if closure["kind"] == "closure":  # what opens only after it is told of all options, committed or not
            there &= changes["earliest_opening"] < closure["latest_opening"]
        for row, option in each(changes[there]):
            wrong = (
                f"{option['option']} changes the places of {option['urn']} (to {name_of_year(option['latest_opening'])}), "
                f"which {closure['option']} closes (from {name_of_year(closure['earliest_opening'])}), and both are committed."
            )
            yield material.fault("options", row, "committed", wrong, "Take the mark from one of the two.")


def partners(material: Material) -> Iterator[Problem]:
    """Yield committed links and federations that give a school a second partner, or a partner a third school."""
    links = committed_options(material)
    links = links[links["kind"].isin(JOINS) & (links["urn"] != "") & (links["partner_urn"] != "")]
    for column, most in (("urn", PARTNERS_OF_A_SCHOOL), ("partner_urn", LINKS_OF_A_PARTNER)):
        for row, link in each(links[links.groupby(column).cumcount() >= most]):
            wrong = f"{link['option']} is one committed link too many for {link[column]}, which may have {most}."
            yield material.fault("options", row, column, wrong, "Take the mark from one of them.")


def affordable(material: Material) -> Iterator[Problem]:
    """Yield what is committed and costs more than the whole budget, or than the pot that pays."""
    committed = committed_options(material)
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


RULES: tuple[Rule, ...] = (whole_packages, excluded, one_shape, closed_schools, partners, affordable)

"""Rules of sites: options for which a site is too small, and measures of sites that nobody knows."""

from collections.abc import Iterator

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.rules import Material, Rule, each
from placeplan.scenario.say import did_you_mean, shown
from placeplan.scenario.sites import MEASURE, site_refuses, with_sites


def measures(material: Material) -> Iterator[Problem]:
    """Yield measures of a site that are no number from 0 up, and those of a school, site or phase that isn't there."""
    schools, sites = material.words("schools", "urn"), material.words("options", "site")
    own = material.frame("assumptions")
    for row, one in each(own[own["assumption"].str.startswith(MEASURE)]):
        code = one["assumption"].removeprefix(MEASURE)
        value = pd.to_numeric(one["value"], errors="coerce")
        if not 0 <= value < float("inf"):
            wrong = f"{shown(one['value'])} is not a number of square metres from 0 up."
            yield material.fault("assumptions", row, "value", wrong, "For example 50; 0: not checked.")
        phases = {name.removeprefix(MEASURE) for name in DEFAULTS if name.startswith(MEASURE)}
        if schools is not None and sites is not None and code not in (known := {*phases, *schools, *sites}):
            remedy = did_you_mean(code, known) or "Give a phase, the URN of a school or a site of options.csv."
            wrong = f"{shown(code)} is no phase, school or site: the row changes nothing."
            yield material.warning("assumptions", row, "assumption", wrong, remedy)


def too_small(material: Material) -> Iterator[Problem]:
    """Yield a warning for each option for which its site is too small: it is refused unless it is committed."""
    if not (material.tables["schools"].whole and material.tables["options"].whole) or any(
        p.grave for p in measures(material)
    ):
        return
    own = material.frame("assumptions")
    given = dict(zip(own["assumption"], own["value"], strict=True))
    for row, option in each(with_sites(material.frame("options"), material.frame("schools"))):
        if why := site_refuses(option, given):
            column = "sites_hectares" if why.startswith("it needs") else "places_per_year"
            ends = "it is committed and opens all the same" if option["committed"] else "it can't open"
            remedy = (
                f"Ask for less, mend the area of the site, or give a confined site a measure of its own: {MEASURE}"
                f"{option['urn'] or option['site']} in the table of assumptions."
            )
            yield material.warning("options", row, column, f"option {option['option']}: {why}; {ends}.", remedy)


RULES: tuple[Rule, ...] = (measures, too_small)

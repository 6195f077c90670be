"""Sites: the pupils for whom a school has places once an option is built, and whether its site holds them.

No figure is built in. Building Bulletin 103 is a guideline to be applied flexibly, and its formulae for sites couldn't be
checked; the authority's own standard, in square metres a pupil, is a row of the scenario's assumptions. Blank areas say nothing.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placeplan.scenario.assumptions import DEFAULTS

MEASURE = "site.square_metres_a_pupil."
BUILDS = ("expansion", "new_school", "age_range", "all_through", "sixth_form")
ELSEWHERE = ("satellite",)  # has a point of its own
A_HECTARE = 10_000.0  # square metres
ROUNDING = 1e-6


def with_sites(options: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return options with what their school is today: lowest_today, highest_today, net_capacity_today, site_area_today (ha)."""
    here = schools.drop_duplicates("urn").set_index("urn")
    return options.assign(
        lowest_today=options["urn"].map(here["lowest_nc_year"]).fillna(0).astype(int),
        highest_today=options["urn"].map(here["highest_nc_year"]).fillna(0).astype(int),
        net_capacity_today=options["urn"].map(here["net_capacity"]).fillna(0).astype(float),
        site_area_today=options["urn"].map(here["site_area"]).astype(float),
    )


def site_refuses(option: Mapping[Any, Any], given: Mapping[str, str]) -> str:
    """Return, in words, why an option's site is too small for it, or nothing; an unknown site refuses nothing.

    option: a row `with_sites`.  given: the scenario's own assumptions, name → value.
    An option at a school is refused where it says itself that it needs more than there is (`sites_hectares`), or where it
    adds pupils beyond the measure; a new school stands on the site that it names.
    """
    new, needs = not option["urn"], option["sites_hectares"]
    there = needs if new else option["site_area_today"]
    if pd.isna(there) or option["kind"] in ELSEWHERE:
        return ""
    if pd.notna(needs) and needs > there + ROUNDING:
        return f"it needs a site of {needs:g} ha, and that of {option['urn']} has {there:g} ha"
    if option["kind"] not in BUILDS:
        return ""
    measure, pupils = square_metres_a_pupil(option, given), pupils_after(option)
    if measure <= 0 or pupils <= option["net_capacity_today"] or pupils * measure <= there * A_HECTARE + ROUNDING:
        return ""
    holds = there * A_HECTARE / measure
    return f"a site of {there:g} ha holds {holds:,.0f} pupils at {measure:g} m² each, and there would be places for {pupils:,.0f}"


def square_metres_a_pupil(option: Mapping[Any, Any], given: Mapping[str, str]) -> float:
    """Return the least site a pupil: of this very school or site where the scenario gives one, else of its phase; 0: none."""
    own, phase = MEASURE + (option["urn"] or option["site"]), MEASURE + phase_of(*_range_after(option))
    return float(given.get(own, given.get(phase, DEFAULTS[phase].value)))


def pupils_after(option: Mapping[Any, Any]) -> float:
    """Return the pupils for whom there are places once an option is built.

    Net capacity of today, as much of it as the year groups that stay are of today's, and the option's places in each year
    group that it adds or enlarges. A new school starts from nothing.
    """
    first, last = _range_after(option)
    today = range(option["lowest_today"], option["highest_today"] + 1) if option["urn"] else range(0)
    if option["kind"] == "expansion":
        stays, gains = len(today), option["nc_years"][1] - option["nc_years"][0] + 1
    else:
        stays = len([nc for nc in today if first <= nc <= last])
        gains = last - first + 1 - stays
    of_today = option["net_capacity_today"] * stays / len(today) if len(today) else 0.0
    return float(of_today + option["places_per_year"] * gains + option["net_capacity_change"])


def phase_of(first: int, last: int) -> str:
    """Return what a school that teaches the year groups first … last is.

    >>> phase_of(0, 4), phase_of(0, 6), phase_of(0, 11), phase_of(5, 8), phase_of(7, 11), phase_of(9, 13)
    ('lower', 'primary', 'all_through', 'middle', 'secondary', 'upper')
    """
    if first <= 4 and last > 8:
        return "all_through"
    if last <= 8:
        return "lower" if first <= 2 and last <= 4 else "primary" if first <= 3 and last <= 6 else "middle"
    return "secondary" if first <= 7 else "upper"


def _range_after(option: Mapping[Any, Any]) -> tuple[int, int]:
    """Return the first and last year group that the school teaches once the option is built."""
    first, last = option["nc_years"]
    if option["urn"] and option["kind"] in {"expansion", "sixth_form"}:
        return min(first, option["lowest_today"]), max(last, option["highest_today"])
    return first, last

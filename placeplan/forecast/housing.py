"""Housing: pupils of homes that are still to be completed."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number, Whole
from placeplan.domain.years import MAINSTREAM
from placeplan.forecast.housing_sites import Sites, sites_of
from placeplan.forecast.yields import Yields, yields_of
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class Homes:
    """Pupils of new homes, and what they were reckoned from.

    pupils: zone × planned year × NC year, all who live in the new homes.
    moved: the part of them who only moved within the authority: as many leave the zones they come from.
    sites, yields: homes to come and what they bring, for simulated futures.  base_year: September year.
    notes: what an officer should know of it.
    """

    pupils: Number
    moved: Number
    sites: Sites
    yields: Yields
    base_year: int
    notes: tuple[str, ...]


def housing(scenario: Scenario) -> tuple[Number, tuple[str, ...]]:
    """Return zone × planned year × NC year, pupils that new homes add to the authority, and what to say of them.

    Those who only move within the authority are left out here: they are no more pupils than there were. `homes_of` has
    them too, for who follows them from zone to zone.
    Raises ScenarioProblems for a zone that isn't known.
    """
    homes = homes_of(scenario)
    return homes.pupils - homes.moved, homes.notes


def homes_of(scenario: Scenario) -> Homes:
    """Return the pupils of new homes, by zone, planned year and NC year.

    Pupils = dwellings × probability × yield of the type and tenure, by NC year and years since completion; before the
    year of completion none. Homes completed in the base year or before are on the rolls already; of the rest, as many a
    year as were built while the survival ratios came about are taken off. These pupils are added as they are: survival
    doesn't work on them, so two developments bring the sum of what each brings.
    Raises ScenarioProblems for a zone that isn't known.
    """
    sites, told_of_sites = sites_of(scenario)
    yields = yields_of(scenario, sites.kinds)
    rows = pupils_of_rows(sites, yields, sites.year, np.array(scenario.planned_years))
    pupils = _by_zone(rows, sites, len(scenario.zones))
    moved = _by_zone(rows * sites.moved[:, None, None], sites, len(scenario.zones))
    notes = (*yields.notes, *told_of_sites, *_told_of_movers(pupils, moved))
    return Homes(pupils, moved, sites, yields, scenario.settings.base_year, notes)


def pupils_of_rows(sites: Sites, yields: Yields, completed: Whole, years: Whole) -> Number:
    """Return row of the sites × year × NC year, pupils.

    completed: September year of completion, one a row.  years: September years to reckon.
    """
    since = years - completed[:, None]
    kept = np.clip(since, 0, yields.profiles.shape[1] - 1)
    lived_in = yields.profiles[sites.kind[:, None], kept] * (since >= 0)[:, :, None]
    pupils: Number = sites.homes[:, None, None] * lived_in
    return pupils


def _by_zone(rows: Number, sites: Sites, zones: int) -> Number:
    """Sum rows to zone × year × NC year."""
    pupils = np.zeros((zones, rows.shape[1], len(MAINSTREAM)))
    np.add.at(pupils, sites.zone, rows)
    return pupils


def _told_of_movers(pupils: Number, moved: Number) -> tuple[str, ...]:
    """Say how many of the pupils only move within the authority."""
    if not moved.any():
        return ()
    last, stay = pupils[:, -1].sum(), moved[:, -1].sum()
    told = (
        f"Of the {last:,.0f} pupils of new homes in the last planned year {stay:,.0f} only move within the authority and"
        " are not counted as more."
    )
    return (told,)

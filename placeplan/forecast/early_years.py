"""Early years: children in funded nursery places, by the entitlements that were law when the scenario was made."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.scenario.scenario import Scenario

TURNED_THREE = 4 / 12  # of the younger year: those born from September to December are funded from January

# In January, of the cohorts that enter Reception one, two, three and four Septembers later (births spread evenly over the
# year; funded from the term after the birthday, for the youngest from the term after nine months of age):
AGES: dict[str, tuple[float, ...]] = {
    "3 and 4": (1.0, TURNED_THREE, 0.0, 0.0),
    "2": (0.0, 8 / 12, 4 / 12, 0.0),
    "under 2": (0.0, 0.0, 8 / 12, 7 / 12),
}


@dataclass(frozen=True)
class Entitlement:
    """Hours that children of an age may have. brings_children: False where it adds hours for children counted already.

    name: `early_years.<name>.hours`, `.from`, `.known` and `.take_up` are its assumptions.
    """

    name: str
    age: str
    brings_children: bool
    take_up: str = ""  # of the universal hours: an older name of its take-up


ENTITLEMENTS = (
    Entitlement("universal", "3 and 4", brings_children=True, take_up="early_years.funded_take_up"),
    Entitlement("working", "3 and 4", brings_children=False),
    Entitlement("twos", "2", brings_children=True),
    Entitlement("working_twos", "2", brings_children=True),
    Entitlement("working_twos_more", "2", brings_children=False),
    Entitlement("working_babies", "under 2", brings_children=True),
    Entitlement("working_babies_more", "under 2", brings_children=False),
)


@dataclass(frozen=True)
class Funded:
    """Funded nursery places in each January.

    ages: names, those of which enough later Receptions are known.  years: September years.
    children: zone × age × year, children in a funded place.  hours: the same axes, funded hours a week.
    full_time: the same axes, places of `early_years.full_time` hours that would hold them.
    notes: which entitlements hold and which the base year doesn't know.
    """

    ages: tuple[str, ...]
    years: tuple[int, ...]
    children: Number
    hours: Number
    full_time: Number
    notes: tuple[str, ...]

    def frame(self, planning_areas: tuple[str, ...]) -> pd.DataFrame:
        """Return area, academic_year, age, children, funded_hours, full_time_places; one row each.

        planning_areas: one label a zone, as in the Forecast.
        """
        names, area_of_zone = np.unique(np.array(planning_areas, dtype=str), return_inverse=True)
        members = np.eye(len(names))[area_of_zone].T
        of_area = [np.einsum("az,zgy->ayg", members, one) for one in (self.children, self.hours, self.full_time)]
        area, year, age = (axis.ravel() for axis in np.indices(of_area[0].shape))
        return pd.DataFrame(
            {
                "area": names[area],
                "academic_year": [name_of_year(self.years[y]) for y in year],
                "age": [self.ages[g] for g in age],
                "children": of_area[0].ravel(),
                "funded_hours": of_area[1].ravel(),
                "full_time_places": of_area[2].ravel(),
            }
        )


def early_years(reception: Number, take_up: float) -> Number:
    """Return zone × year, children of three and four in a funded nursery place in January.

    reception: zone × year, Reception from the year after the first planned year to two years after the last: the
    same children, one or two years older.  take_up: share who take a funded place.
    In January there are the whole year group that will enter Reception next, and of the one below it those who have
    turned three by December (births spread evenly over the year).
    """
    older, younger = reception[:, :-1], reception[:, 1:]
    children: Number = take_up * (older + TURNED_THREE * younger)
    return children


def funded_places(scenario: Scenario, reception: Number) -> Funded:
    """Return children, hours and full-time places by zone, age and year, under the entitlements that hold.

    reception: zone × year, Reception from the year after the first planned year on. To two years after the last it
    tells the three- and four-year-olds, to three the twos as well, to four those from nine months on.
    An entitlement holds in a January from its `.from` on, if the base year isn't before its `.known`: a scenario of
    2018/19 doesn't know what was promised in 2023.
    Children are those of the entitlements that bring children, at most all of an age; hours are those of all.
    Raises ValueError where not even the three- and four-year-olds can be told.
    Source: the dates, hours and take-up are assumptions, each with its source.
    """
    planned = scenario.planned_years
    beyond = reception.shape[1] - len(planned)
    if beyond < 1:
        raise ValueError("Reception must be known to two years after the last planned year")
    ages = tuple(AGES)[:beyond]
    cohorts = np.stack([reception[:, k : k + len(planned)] for k in range(len(ages) + 1)])
    share, hours = _shares(scenario, ages)
    living = np.einsum("gk,kzy->zgy", np.array([AGES[age][: len(cohorts)] for age in ages]), cohorts)  # by age
    funded = living * hours
    return Funded(
        ages, planned, living * share, funded, funded / scenario.assume("early_years.full_time"), _told(scenario, ages)
    )


def _shares(scenario: Scenario, ages: tuple[str, ...]) -> tuple[Number, Number]:
    """Return age × year, share of children in a funded place, and funded hours a week for one child of the age."""
    years = np.array(scenario.planned_years)
    share, hours = np.zeros((2, len(ages), len(years)))
    for one in ENTITLEMENTS:
        if one.age in ages and _known(scenario, one):
            taken = (years >= scenario.assume(f"early_years.{one.name}.from")) * _take_up(scenario, one)
            hours[ages.index(one.age)] += taken * scenario.assume(f"early_years.{one.name}.hours")
            share[ages.index(one.age)] += taken * one.brings_children
    return np.minimum(share, 1.0), hours


def _take_up(scenario: Scenario, one: Entitlement) -> float:
    """Return the share of the age who take the hours of an entitlement."""
    return scenario.assume(one.take_up or f"early_years.{one.name}.take_up")


def _known(scenario: Scenario, one: Entitlement) -> bool:
    """Return whether the base year knows of an entitlement."""
    return scenario.settings.base_year >= scenario.assume(f"early_years.{one.name}.known")


def _told(scenario: Scenario, ages: tuple[str, ...]) -> tuple[str, ...]:
    """Say which entitlements hold, from when, and which ones the base year doesn't know."""
    base, last = name_of_year(scenario.settings.base_year), scenario.planned_years[-1]
    asked = [one for one in ENTITLEMENTS if one.age in ages]
    since = {one.name: int(scenario.assume(f"early_years.{one.name}.from")) for one in asked}
    words = {
        one.name: f"{scenario.assume(f'early_years.{one.name}.hours'):g} hours at {one.age} for {_take_up(scenario, one):.0%}"
        f" from {name_of_year(since[one.name])}"
        for one in asked
    }
    holding = [words[one.name] for one in asked if _known(scenario, one) and since[one.name] <= last]
    unknown = [words[one.name] for one in asked if not _known(scenario, one) and since[one.name] <= last]
    notes = [
        f"Funded nursery hours a week that are counted: {'; '.join(holding) or 'none'}. Shares are of all of that age."
    ]
    if unknown:
        notes.append(f"Not counted, because the base year {base} doesn't know of them yet: {'; '.join(unknown)}.")
    if len(ages) < len(AGES):
        notes.append(f"Funded places at {' and '.join(tuple(AGES)[len(ages) :])} are not told: no births reach so far.")
    return tuple(notes)

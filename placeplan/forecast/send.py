"""Specialist places: children with an EHCP who need one, by zone and primary need."""

from placeplan.domain.arrays import Number
from placeplan.forecast.settings_of_need import plans_of
from placeplan.scenario.scenario import Scenario


def specialist(
    scenario: Scenario, central: Number, base: Number | None = None
) -> tuple[tuple[str, ...], Number, tuple[str, ...]]:
    """Return the primary needs, zone × need × age × year of children who need a specialist place, and what to say.

    central: zone × year × NC year of the forecast.  base: zone × NC year of the base year; without it the children of
    the base year are taken to be as many as those of the first planned year.
    They are all children with an EHCP of Reception to Year 13 but those in mainstream classes (settings_of_need), by
    the ages of SCHOOL_AGES: R–6, 7–11, 12–13.
    Raises ScenarioProblems for a zone that isn't known.
    """
    plans = plans_of(scenario, central, central[:, 0] if base is None else base)
    return plans.needs, plans.specialist, plans.notes

"""Free transport: child-years that the law entitles to it, by distance and by low income, as nearly as a plan can tell.

Education Act 1996, section 444(5) and schedule 35B. In law the school must be the nearest suitable one with room; here it is
the school that the plan gives. Special needs, and a school chosen for religion or belief, are not known and left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number, YesNo
from placeplan.journeys.plan import Plan
from placeplan.journeys.reach import LAST_UNDER_8
from placeplan.options.option import GROUPS
from placeplan.scenario.scenario import Scenario

LAST_PRIMARY, LAST_COMPULSORY = 6, 11  # eight to ten, Years 4 to 6; eleven to sixteen, Years 7 to 11; none after
NEAREST_OF, MOST_MILES = (
    3,
    6.0,
)  # from eleven on, low income: one of the three nearest schools, no farther than six miles
SOME = 1e-6  # places: less is none


@dataclass(frozen=True)
class FreeTransport:
    """Child-years of the planned years, Reception to Year 11, at a school.

    by_distance: beyond the walking limit of their age, or by an unsafe route.  low_income: who are entitled beyond these
    because their family's income is low; None where the scenario doesn't tell of low incomes in every zone.
    """

    by_distance: float
    low_income: float | None

    @property
    def entitled(self) -> float:
        """Return all child-years that are known to be entitled."""
        return self.by_distance + (self.low_income or 0.0)


def free_transport(plan: Plan, scenario: Scenario) -> FreeTransport:
    """Return who is entitled to free transport in a plan, each zone at its own distances."""
    network, reach = plan.network, plan.network.reach
    at = network.stays.origin, network.school_of_stay()
    beyond = 1 - reach.within_under_8[at], 1 - reach.within_from_8[at]
    poor = low_income_shares(scenario, network.zones)
    by_distance, low_income = 0.0, 0.0
    for t in range(len(network.years)):
        children = plan.stays * network.bundles.on_roll[network.stays.bundle, t]
        nc = network.nc_of()[network.stays.bundle, t]
        of_age = np.where(nc <= LAST_UNDER_8, beyond[0], beyond[1]) * (nc <= LAST_COMPULSORY)
        by_distance += float(children @ of_age)
        if poor is not None:
            low_income += float(children @ _extended(plan, scenario, poor, t)[(*at, np.clip(nc, 0, GROUPS - 1))])
    return FreeTransport(by_distance, None if poor is None else low_income)


def low_income_shares(scenario: Scenario, zones: Sequence[str]) -> Number | None:
    """Return each zone's share of pupils eligible for free school meals: the proxy for low income; None where not all tell it."""
    if "fsm_share" not in scenario.zones.columns:
        return None
    share = scenario.zones.set_index("zone")["fsm_share"].reindex(list(zones)).to_numpy(dtype=float)
    return None if np.isnan(share).any() else share


def _extended(plan: Plan, scenario: Scenario, poor: Number, t: int) -> Number:
    """Return origin × school × NC year: the share of children whom low income alone entitles in a planned year."""
    reach = plan.network.reach
    zones, schools = reach.zone_miles.shape
    of_zone = reach.within_from_8[:zones] * (reach.zone_miles > scenario.assume("walk.low_income")) * poor[:, None]
    shape = (len(plan.network.estate.table), len(plan.network.years), GROUPS)
    room = plan.network.places.by_year_group.at(plan.openings).reshape(shape)[:, t] > SOME
    extended = np.zeros((zones + len(plan.network.areas), schools, GROUPS))
    extended[:, :, LAST_UNDER_8 + 1 : LAST_PRIMARY + 1] = reach.mean(of_zone)[:, :, None]
    for nc in range(LAST_PRIMARY + 1, LAST_COMPULSORY + 1):
        extended[:, :, nc] = reach.mean(of_zone * _among_the_nearest(reach.zone_miles, room[:, nc]))
    return extended


def _among_the_nearest(miles: Number, room: YesNo) -> YesNo:
    """Return zone × school: one of the three nearest that have places, ties all in, and not too far."""
    ways = np.where(room, miles, np.inf)
    third = np.sort(ways, axis=1)[:, min(NEAREST_OF, ways.shape[1]) - 1][:, None]
    return np.asarray((ways <= third) & (ways <= MOST_MILES))

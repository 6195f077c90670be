"""Forecast: how many children of each zone need a mainstream place in each year and year group."""

from dataclasses import dataclass

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.domain.progress import Progress, silent
from placeplan.forecast import reception as of_reception
from placeplan.forecast import survival as of_survival
from placeplan.forecast.authority import change_of
from placeplan.forecast.births import BirthsByZone, births_by_zone
from placeplan.forecast.bulges import without_bulges
from placeplan.forecast.chance import spread
from placeplan.forecast.early_years import early_years
from placeplan.forecast.history import History, history
from placeplan.forecast.housing import Homes, homes_of
from placeplan.forecast.housing_futures import HomesByChance, building_chance
from placeplan.forecast.housing_moves import left_behind
from placeplan.forecast.parts import parts_of
from placeplan.forecast.post16 import staying_on
from placeplan.forecast.reconcile import on_the_grid, shared_out
from placeplan.forecast.send import specialist
from placeplan.forecast.simulate import Futures, simulate
from placeplan.forecast.value import Forecast
from placeplan.forecast.zones import Residents, residents
from placeplan.scenario.scenario import Scenario

BEYOND = 4  # years after the plan whose Reception is forecast: the children are in nursery in its last year
YOUNGEST = slice(0, 3)  # Reception to Year 2: where they live, births of a larger area are taken to be


def forecast(scenario: Scenario, *, progress: Progress = silent) -> Forecast:
    """Forecast the children of every zone, by academic year and NC year, with simulated futures.

    scenario: checked tables.  progress: called as the parts are done.
    The authority is forecast as a whole (Reception from births, survival, staying on after Year 11), then each zone in
    the same way with its area's own ratios; the zones are scaled to the authority in every cell, and pupils of new homes
    come on top. All central figures lie on a fine grid, so that zones and parts add up exactly.
    Returns the Forecast; its notes say what it stands on.
    Raises ScenarioProblems where there is nothing to forecast from.
    """
    progress("Forecast: history and residents", 0.0)
    past = without_bulges(scenario, history(scenario))
    here = residents(scenario, past.base)
    born = _births(scenario, past, here)
    progress("Forecast: births, survival and homes", 0.3)
    moved = _organic(scenario, past, here, born)
    homes = homes_of(scenario)
    added = homes.pupils - left_behind(homes.moved.sum(axis=0), moved.organic)
    parts = parts_of(here.base, moved.organic, on_the_grid(added), moved.england)
    central: Number = np.sum(list(parts.values()), axis=0)
    needs, special, told_of_needs = specialist(scenario, central, here.base)
    funded_ages = moved.later_reception[:, : len(scenario.planned_years) + 1]
    progress("Forecast: simulated futures", 0.6)
    return Forecast(
        zones=tuple(scenario.zones["zone"].astype(str)),
        planning_areas=tuple(scenario.zones["planning_area"].astype(str)),
        years=scenario.planned_years,
        base=here.base,
        central=central,
        futures=_futures(scenario, past, here, born, moved, homes),
        parts=parts,
        needs=needs,
        specialist=special,
        later_reception=moved.later_reception,
        early_years=early_years(funded_ages, scenario.assume("early_years.funded_take_up")),
        notes=(*past.notes, *here.notes, *born.notes, *moved.notes, *homes.notes, *told_of_needs),
    )


@dataclass(frozen=True)
class _Moved:
    """The forecast without new homes: zone × year × NC year; Reception from the second planned year to four beyond.

    spread: phase × year, how far the authority's totals may be off (standard deviation of ln); None where unknown.
    england: year × 11, survival in all of England; None where unknown.
    """

    organic: Number
    later_reception: Number
    spread: Number | None
    england: Number | None
    notes: tuple[str, ...]


def _births(scenario: Scenario, past: History, here: Residents) -> BirthsByZone:
    """Return births by zone as far as Reception four years beyond the plan needs them: babies have nursery places too."""
    until = scenario.planned_years[-1] + BEYOND - of_reception.YEARS_TO_RECEPTION
    living = here.base[:, YOUNGEST].sum(axis=1)
    living = living if living.any() else here.base.sum(axis=1)
    entered = dict(zip(past.years, past.rolls[:, 0].tolist(), strict=True))
    return births_by_zone(scenario, living, here.area_of_zone, until, entered)


def _organic(scenario: Scenario, past: History, here: Residents, born: BirthsByZone) -> _Moved:
    """Forecast the authority, then the zones, and reconcile them."""
    weights = scenario.settings.forecast.survival_weights
    planned = scenario.planned_years
    years = (*planned, *range(planned[-1] + 1, planned[-1] + BEYOND + 1))
    change = change_of(scenario, past, born, len(years))
    staying, notes = staying_on(scenario, past.rolls)
    ratios = np.repeat(of_survival.survival_ratios(past.rolls, weights)[None], len(years), axis=0)
    ratios[:, :11], ratios[:, 11] = change.survival, staying
    factors = np.ones((len(here.areas), 1, ratios.shape[1]))
    factors[:, 0, :11] = of_survival.of_areas(here.by_area, weights)
    of_zones = _reception_of_zones(scenario, here, born, change.reception[0])
    entering, by_zone = of_reception.reception(born, years, change.reception, of_zones)
    authority = of_survival.moved_up(here.base.sum(axis=0), entering, ratios)
    zones = of_survival.moved_up(here.base, by_zone, ratios * factors[here.area_of_zone])
    organic = shared_out(authority, zones)
    return _Moved(organic[:, : len(planned)], organic[:, 1:, 0], change.spread, change.england, (*change.notes, *notes))


def _reception_of_zones(scenario: Scenario, here: Residents, born: BirthsByZone, ratio: float) -> Number:
    """Return by how much each zone's Reception differs from births × ratio; 1 where the base year's births are unknown."""
    year = scenario.settings.base_year - of_reception.YEARS_TO_RECEPTION
    if not born.years[0] <= year <= born.last_known:
        return np.ones(len(here.base))
    members = np.eye(len(here.areas))[here.area_of_zone].T
    of_area = of_reception.of_areas(members @ here.base[:, 0], members @ born.to_august(year), ratio)
    factors: Number = of_area[here.area_of_zone]
    return factors


def _futures(
    scenario: Scenario, past: History, here: Residents, born: BirthsByZone, moved: _Moved, homes: Homes
) -> Futures:
    """Return simulated futures of organic and housing pupils."""
    settings = scenario.settings
    of_cohort = [year - of_reception.YEARS_TO_RECEPTION for year in past.years]
    known = [born.years[0] <= year <= born.last_known for year in of_cohort]
    births = [born.totals[born.years.index(year)] if known[i] else np.nan for i, year in enumerate(of_cohort)]
    chance = spread(past.rolls, settings.forecast.survival_weights, scenario.assume, np.array(births))
    counted = sum(year - of_reception.YEARS_TO_RECEPTION <= born.last_known for year in scenario.planned_years)
    how_many = {"draws": settings.forecast.draws, "seed": settings.solve.seed}
    by_chance = HomesByChance(homes, building_chance(scenario.assume), **how_many) if homes.pupils.any() else None
    return simulate(
        moved.organic, here.areas, here.area_of_zone, chance, **how_many,
        known_births=counted, measured=moved.spread, homes=by_chance,
    )  # fmt: skip

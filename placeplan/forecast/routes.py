"""Routes at sixteen: where those who leave Year 11 go, so that every one of them is somewhere in the count."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.forecast.reconcile import on_the_grid
from placeplan.forecast.value import Forecast
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.scenario import Scenario

ROUTES = ("school_sixth_form", "college", "training", "none")
YEAR_11, YEAR_12 = 11, 12
SPOKEN_FOR = 0.5  # of Year 11 places: fewer than that, and the schools' own shares don't speak for the authority


@dataclass(frozen=True)
class Routes:
    """Where the young people go who were in Year 11 a year before.

    leavers: zone × year, those of Year 11 a year before, without pupils of new homes.
    taking: zone × route × year, in the order of ROUTES; over the routes they add up to the leavers exactly.
    from_elsewhere: zone × year, sixth-formers beyond the leavers, who join from other areas: sixth-form route and these
    together are the forecast's Year 12 without new homes.
    """

    years: tuple[int, ...]
    planning_areas: tuple[str, ...]
    leavers: Number
    taking: Number
    from_elsewhere: Number
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return area, academic_year, route, young_people: the authority, then each planning area."""
        names = ["authority", *sorted(set(self.planning_areas))]
        labels = np.array(self.planning_areas)
        of_area = np.stack([self.taking[(labels == n) | (n == "authority")].sum(axis=0) for n in names])
        area, route, year = (axis.ravel() for axis in np.indices(of_area.shape))
        table = pd.DataFrame(
            {
                "area": np.array(names)[area],
                "academic_year": [name_of_year(self.years[y]) for y in year],
                "route": np.array(ROUTES)[route],
                "young_people": of_area.ravel(),
            }
        )
        order = np.lexsort((route, year, area))
        return table.iloc[order].reset_index(drop=True)


def routes(scenario: Scenario, forecast: Forecast) -> Routes:
    """Return the routes of the leavers of Year 11, by zone and year.

    The school sixth form is the forecast's own Year 12. Of the rest, as many are in education or training as bring the
    whole to participation.target; they go to colleges and to training by the schools' own college_share where the schools
    of most Year 11 places have one, else participation.training of them are in an apprenticeship or training.
    What is left is none: the young people that raising the participation age is about.
    Source: Education and Skills Act 2008: to 17 from summer 2013, to 18 from summer 2015, at school, college or in training.
    """
    organic = forecast.central - forecast.parts["housing"]
    before = np.concatenate([forecast.base[:, None, YEAR_11], organic[:, :-1, YEAR_11]], axis=1)
    leavers, year_12 = on_the_grid(before), on_the_grid(organic[:, :, YEAR_12])
    sixth_form = np.minimum(leavers, year_12)
    target = scenario.assume("participation.target")
    elsewhere = on_the_grid(np.clip(target * leavers - sixth_form, 0, leavers - sixth_form))
    share = _college_share_of_schools(scenario)
    if share is None:
        college = on_the_grid(elsewhere * (1 - np.clip(scenario.assume("participation.training"), 0, 1)))
    else:
        college = np.minimum(elsewhere, on_the_grid(share * leavers))
    none = leavers - sixth_form - elsewhere
    taking = np.stack([sixth_form, college, elsewhere - college, none], axis=1)
    from_elsewhere = year_12 - sixth_form
    notes = _told(scenario, taking.sum(axis=(0, 2)), share, float(from_elsewhere.sum()))
    return Routes(forecast.years, forecast.planning_areas, leavers, taking, from_elsewhere, notes)


def _college_share_of_schools(scenario: Scenario) -> float | None:
    """Return the schools' own share of Year 11 who go to a college, by Year 11 places; None where few schools tell it."""
    schools = scenario.mainstream
    places = places_by_nc_year(schools)[:, YEAR_11] if len(schools) else np.zeros(0)
    share = schools["college_share"].to_numpy(dtype=float)
    told = ~np.isnan(share)
    if not places.sum() or places[told].sum() <= SPOKEN_FOR * places.sum():
        return None
    return float(share[told] @ places[told] / places[told].sum())


def _told(scenario: Scenario, total: Number, share: float | None, from_elsewhere: float) -> tuple[str, ...]:
    """Say how the leavers were divided."""
    whole = total.sum() or 1.0
    college, training, none = (f"{part / whole:.1%}" for part in total[1:])
    how = (
        f"{scenario.assume('participation.training'):.0%} of those outside school sixth forms are taken to be in training"
        if share is None
        else f"colleges take {share:.1%} of Year 11, as the schools tell, and training what the target leaves"
    )
    divided = (
        f"Of the leavers of Year 11 {total[0] / whole:.1%} go to a school sixth form, {college} to a college, {training} to"
        f" training or an apprenticeship, {none} to none of these: the target is {scenario.assume('participation.target'):.0%}"
        f" in education or training, and {how}. Pupils of new homes are outside this count."
    )
    notes = [divided]
    if from_elsewhere > 0:
        notes.append(f"Beyond them {from_elsewhere:,.0f} sixth-formers of all planned years join from other areas.")
    return tuple(notes)

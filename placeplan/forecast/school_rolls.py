"""School rolls: how many pupils each school would have if families went on choosing as they do today.

No option opens, and places don't bind: a roll above a school's places says that families want more than there is. What the
plan makes of it is in plan/schools.csv.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.years import MAINSTREAM, name_of_nc_year, name_of_year
from placeplan.forecast.reconcile import shared_out
from placeplan.forecast.simulate import position_of
from placeplan.forecast.streams import stream
from placeplan.forecast.survival import survival_ratios
from placeplan.forecast.value import Forecast
from placeplan.scenario.scenario import Scenario

GROUPS = len(MAINSTREAM)
WHOLE_SCHOOL = "all"
BELIEVED_BY_HALF = 50.0  # pupils of a year group at which a school's own survival counts as much as the authority's
LEAST, MOST = 0.1, 0.9


@dataclass(frozen=True)
class SchoolRolls:
    """Expected rolls and what 80 % of futures hold, each school × year × NC year, the whole roll standing last.

    low, high: NaN where nothing was simulated.
    """

    urns: tuple[str, ...]
    years: tuple[int, ...]
    taught: YesNo
    expected: Number
    low: Number
    high: Number

    def frame(self) -> pd.DataFrame:
        """Return urn, academic_year, nc_year, median, low_80, high_80: the year groups that it teaches, then all of them."""
        school, year, group = np.nonzero(np.broadcast_to(self._told()[:, None], self.expected.shape))
        names = np.array([*(name_of_nc_year(n) for n in range(GROUPS)), WHOLE_SCHOOL])
        return pd.DataFrame(
            {
                "urn": np.array(self.urns, dtype=object)[school],
                "academic_year": np.array([name_of_year(y) for y in self.years])[year],
                "nc_year": names[group],
                "median": self.expected[school, year, group],
                "low_80": self.low[school, year, group],
                "high_80": self.high[school, year, group],
            }
        )

    def _told(self) -> YesNo:
        return np.column_stack([self.taught, self.taught.any(axis=1)])


@dataclass(frozen=True)
class _Habits:
    """What families do today. taught: school × NC year.  base: school × NC year, pupils in the base year.

    intake: school, usual pupils who enter in its lowest year group.  survival: school × (NC year − 1).
    entry, leaving: school, its lowest and highest year group.
    """

    taught: YesNo
    base: Number
    intake: Number
    survival: Number
    entry: Whole
    leaving: Whole


def school_rolls(scenario: Scenario, told: Forecast) -> SchoolRolls:
    """Return the rolls of the mainstream schools; in every future they add up to the authority's, year group by year group.

    A cohort moves up in its school by the school's own survival (drawn towards the authority's where numbers are small).
    Who enters: each school's usual share (its latest intakes, weighted as survival is) of those whose school has ended. Then every
    year group is scaled to the authority's. In simulated futures intakes and survival of a school vary around that.
    """
    urns = scenario.mainstream["urn"].astype(str).to_numpy()
    habits = _habits(scenario, urns)
    authority = told.central.sum(axis=0)[None]
    expected = np.concatenate(list(_moved_up(habits, authority, np.ones((2, len(urns), 1, len(told.years))))), axis=1)
    expected = _with_whole(expected[..., 0])
    futures = told.futures.totals
    if not len(futures):
        unknown = np.full_like(expected, np.nan)
        return SchoolRolls(tuple(urns), told.years, habits.taught, expected, unknown, unknown)
    chance = _chance(scenario, urns, habits.intake, len(futures), len(told.years))
    ranks = [position_of(level, len(futures)) for level in (LEAST, MOST)]
    bounds = [np.sort(_with_whole(year), axis=-1)[..., ranks] for year in _moved_up(habits, futures, chance)]
    low, high = np.moveaxis(np.concatenate(bounds, axis=1), -1, 0)
    return SchoolRolls(tuple(urns), told.years, habits.taught, expected, low, high)


def _with_whole(rolls: Number) -> Number:
    """Return rolls (school × year × NC year …) with the whole school's after the last year group."""
    return np.concatenate([rolls, rolls.sum(axis=2, keepdims=True)], axis=2)


def _moved_up(habits: _Habits, authority: Number, chance: Number) -> Iterator[Number]:
    """Yield for each year school × 1 × NC year × draw. authority: draw × year × NC year; chance: see _chance."""
    rolls = np.repeat(habits.base[..., None], len(authority), axis=-1)
    for year in range(authority.shape[1]):
        entry, stay = chance[0, :, :, year], chance[1, :, :, year]
        rolls = _next(habits, rolls, authority[:, year].T, entry, stay)
        yield rolls[:, None]


def _next(habits: _Habits, before: Number, authority: Number, entry: Number, stay: Number) -> Number:
    """Return the rolls of the next year, school × NC year × draw."""
    after = np.zeros_like(before)
    for group in range(GROUPS):
        enters = habits.taught[:, group] & (habits.entry == group)
        goes_on = habits.taught[:, group] & ~enters
        weights = np.zeros_like(before[:, group])
        if group:
            moved = before[:, group - 1] * habits.survival[:, group - 1, None]
            weights[goes_on] = (moved * stay)[goes_on]
            new = moved[habits.leaving == group - 1].sum(axis=0)
        else:
            new = authority[group]
        intake = habits.intake[enters, None] * entry[enters]
        usual = intake.sum(axis=0)
        weights[enters] = intake * np.divide(new, usual, out=np.ones_like(usual), where=(usual > 0) & (new > 0))
        after[:, group] = shared_out(authority[group], weights)
    return after


def _habits(scenario: Scenario, urns: np.ndarray) -> _Habits:
    """Return what the censuses of the schools show."""
    weights = np.asarray(scenario.settings.forecast.survival_weights, dtype=float)
    schools = scenario.mainstream
    lowest = schools["lowest_nc_year"].to_numpy(dtype=int).clip(0, GROUPS - 1)
    highest = schools["highest_nc_year"].to_numpy(dtype=int).clip(0, GROUPS - 1)
    groups = np.arange(GROUPS)
    taught = (groups >= lowest[:, None]) & (groups <= highest[:, None])
    rolls = _censuses(scenario, urns, len(weights) + 1)
    recent = rolls[:, -len(weights) :]
    intake = _intakes(recent[np.arange(len(urns)), :, lowest], lowest, weights[-recent.shape[1] :])
    return _Habits(taught, rolls[:, -1], intake, _survival(rolls, weights), lowest, highest)


def _intakes(entered: Number, entry: Whole, weights: Number) -> Number:
    """Return each school's usual intake over the latest years in which every school that it shares children with was open.

    entered: school × year, pupils in the lowest year group.
    """
    usual = np.zeros(len(entered))
    for group in np.unique(entry):
        here = entry == group
        as_today = (entered[here][entered[here, -1] > 0] > 0).all(axis=0)
        as_today[-1] = True
        usual[here] = entered[here] @ (weights * as_today) / (weights * as_today).sum()
    return usual


def _censuses(scenario: Scenario, urns: np.ndarray, most: int) -> Number:
    """Return school × academic year × NC year, the latest years without a gap up to the base year, bulge classes left out.

    The base year stays whole: the pupils of a bulge are on roll.
    """
    pupils = scenario.table("pupils")
    base = scenario.settings.base_year
    inside = pupils[
        pupils["nc_year"].isin(MAINSTREAM)
        & pupils["urn"].isin(urns)
        & (pupils["academic_year"] <= base)
        & (pupils["academic_year"] > base - most)
    ]
    at = dict(zip(urns, range(len(urns)), strict=True))
    school = inside["urn"].map(at).to_numpy(dtype=int)
    year = inside["academic_year"].to_numpy(dtype=int) - base + most - 1
    group = inside["nc_year"].to_numpy(dtype=int)
    rolls = np.zeros((len(urns), most, GROUPS))
    np.add.at(rolls, (school, year, group), inside["pupils"].to_numpy(dtype=float))
    if "bulge" in inside.columns:
        late = year < most - 1
        np.add.at(rolls, (school[late], year[late], group[late]), -inside["bulge"].to_numpy(dtype=float)[late])
    known = rolls.sum(axis=(0, 2)) > 0
    first = most - int(np.argmin(known[::-1])) if not known.all() else 0
    return rolls[:, first:].clip(0)


def _survival(rolls: Number, weights: Number) -> Number:
    """Return school × (NC year − 1): own survival, drawn towards the authority's where numbers are small."""
    whole = survival_ratios(rolls.sum(axis=0), weights.tolist())
    known = min(len(weights), rolls.shape[1] - 1)
    by_year = weights[len(weights) - known :, None]
    recent = rolls[:, rolls.shape[1] - known - 1 :]
    share = by_year.sum() or 1.0
    below = (by_year * recent[:, :-1, :-1]).sum(axis=1) / share
    above = (by_year * recent[:, 1:, 1:]).sum(axis=1) / share
    ratios: Number = (above + BELIEVED_BY_HALF * whole) / (below + BELIEVED_BY_HALF)
    return ratios


def _chance(scenario: Scenario, urns: np.ndarray, intake: Number, draws: int, years: int) -> Number:
    """Return 2 × school × draw × year: the factors of each year's intake, and of those who move up."""
    seed = scenario.settings.solve.seed
    normal = np.stack([stream(f"school {urn}", seed).standard_normal((years, 2, draws)) for urn in urns])
    entry = np.sqrt(scenario.assume("forecast.spread_school_intake") ** 2 + 1 / np.maximum(intake, 1.0))
    spread = np.stack([entry, np.full(len(urns), scenario.assume("forecast.spread_school"))])
    return np.exp(spread[:, :, None, None] * np.moveaxis(normal, (1, 2), (3, 0)))

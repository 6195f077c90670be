"""What every kind of option can say: places, year groups, specialist places, links, community use.

A kind is a file with its words (`KINDS`) and one function, `effects(row) -> Effects`; kinds are strangers to each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.domain.arrays import Whole, YesNo
from placeplan.scenario.routes import AUTHORITY

EVERY_YEAR_GROUP, FROM_ENTRY, SOME_COHORTS = "every year group", "from entry", "some cohorts"
GROUPS = 14  # Reception to Year 13


@dataclass(frozen=True, slots=True)
class PlacesChange:
    """Places gained or lost in each of the year groups first … last.

    pattern: in every year group at once; for the cohorts that enter at `first` from the opening on (they work up from
    the bottom, a year at a time); or for some cohorts only, those that enter at `first` in the opening year and the years
    after it, `cohorts` in all.
    """

    first: int
    last: int
    places: float
    pattern: str = EVERY_YEAR_GROUP
    cohorts: int = 1

    def by_year(self, opening: int, years: int) -> Whole:
        """Return year × NC year: 1 where the change counts when it opens in year `opening` (0 is the first planned)."""
        year, group = np.ogrid[:years, :GROUPS]
        inside = (group >= self.first) & (group <= self.last) & (year >= opening)
        entered = year - (group - self.first)
        if self.pattern == FROM_ENTRY:
            inside = inside & (entered >= opening)
        elif self.pattern == SOME_COHORTS:
            inside = inside & (entered >= opening) & (entered < opening + self.cohorts)
        return inside.astype(np.int64)


@dataclass(frozen=True, slots=True)
class YearGroups:
    """Which year groups a school teaches from its opening year on: offset → (first, last), or None for none at all.

    The last offset holds on. places: in each year group that the school didn't teach before.
    """

    ranges: tuple[tuple[int, tuple[int, int] | None], ...]
    places: float

    def by_year(self, opening: int, years: int, today: YesNo) -> YesNo:
        """Return year × NC year: is the group taught when the option opens in year `opening`; before that as today."""
        taught = np.repeat(today[None, :], years, axis=0)
        for offset, groups in sorted(self.ranges):
            start = opening + offset
            if start < years:
                taught[max(start, 0) :] = False
                if groups is not None:
                    taught[max(start, 0) :, groups[0] : groups[1] + 1] = True
        return taught

    def in_the_end(self) -> YesNo:
        """Return NC year: is the group taught once all steps are done, within the plan or beyond it."""
        groups = max(self.ranges, key=lambda step: step[0])[1]
        first, last = (GROUPS, -1) if groups is None else groups
        return (np.arange(GROUPS) >= first) & (np.arange(GROUPS) <= last)


@dataclass(frozen=True, slots=True)
class SpecialistPlaces:
    """Places for children with an EHCP, at a site with a position of its own; need "" takes any need.

    first, last: the year groups whose children they take; all of them share the places.
    """

    need: str
    places: float
    resourced: bool  # in mainstream, not a special school
    first: int = 0
    last: int = GROUPS - 1


@dataclass(frozen=True, slots=True)
class Effects:
    """All that an option does once it is open."""

    places: tuple[PlacesChange, ...] = ()
    year_groups: YearGroups | None = None
    specialist: tuple[SpecialistPlaces, ...] = ()
    net_capacity: float = 0.0  # the room of some cohorts aside, which comes and goes with them
    gated: bool = False  # adds mainstream places: only at a provider that passes the dated gate, or through a link
    partner: str = ""  # the stronger school that it links with
    joins_partner: bool = False  # is itself the link or federation that lifts the bar on expanding
    shares_head: bool = False  # a federation: the school may be smaller and still stand
    closes: tuple[str, ...] = ()  # schools that close into this one, their pupils with guaranteed places in it
    pools_sixth_form: tuple[str, ...] = ()  # schools whose sixth forms count as one against the viable size
    nursery_places: float = 0.0  # full-time places before Reception; no place of Reception to Year 13
    facilities: tuple[str, ...] = ()
    sound_rooms: bool = False
    opens_sixth_form: bool = False
    changes_sixth_form: bool = False
    is_closure: bool = False


@dataclass(frozen=True, slots=True)
class Spend:
    """Money spent from one fund, so many academic years before that of the opening; fund "": the capital programme."""

    years_before: int
    fund: str
    pounds: float


@dataclass(frozen=True, slots=True)
class Revenue:
    """Revenue a year, from the opening on; below 0: saved. builds_up: years over which it grows evenly to the whole, 1: at once."""

    pounds_a_year: float
    builds_up: int = 1


@dataclass(frozen=True, slots=True)
class Particulars:
    """What people ask of an option beside its places.

    route: name in the book of routes; legal_route: the scenario's words for it, with its source.  who_decides: a role.
    consultation_weeks, lead_months: at least.  needs_consent: someone else than the authority decides.
    children_affected: pupils on roll in the base year whose stay it would end.  revenue_pounds_a_year: below 0 is saved.
    """

    route: str
    legal_route: str
    source: str
    who_decides: str
    consultation_weeks: int
    lead_months: int
    risk: str
    maturity: str
    revenue_pounds_a_year: float
    children_affected: float

    @property
    def needs_consent(self) -> bool:
        """Say whether someone else than the authority decides."""
        return self.who_decides not in AUTHORITY


@dataclass(frozen=True, slots=True)
class Option:
    """One option with what it does, in the field's words; `row` is the officer's own line.

    spending: its capital by year and fund, land counted in.
    """

    name: str
    kind: str
    school: str  # urn of a school of today, or the site of a new one
    decision: int
    effects: Effects
    row: pd.Series
    particulars: Particulars
    spending: tuple[Spend, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided as one: an option, or a package of options that open together.

    first, last: planned years in which it may open (0 is the first planned September); empty when last < first.
    needs, follows, excludes: positions of other decisions.  committed: open in the do-minimum too.
    spending, revenues: of all its options.  barred: planned years between in which a pot that pays can't be spent.
    """

    name: str
    options: tuple[str, ...]
    first: int
    last: int
    capital_pounds: float
    fund: str
    committed: bool = False
    needs: tuple[int, ...] = ()
    follows: tuple[int, ...] = ()
    excludes: tuple[int, ...] = ()
    refused: str = ""  # a hard rule that keeps it shut, in words
    spending: tuple[Spend, ...] = ()
    revenues: tuple[Revenue, ...] = ()
    barred: tuple[int, ...] = ()

    @property
    def revenue_pounds_a_year(self) -> float:
        """The revenue a year of all its options, once all of it counts; below 0: saved."""
        return sum(revenue.pounds_a_year for revenue in self.revenues)


@dataclass(frozen=True)
class Options:
    """What could open, where, when, at what cost, needing or excluding what.

    openings: one row a decision and possible opening year (decision, year), in order: the binary columns of the plan.
    """

    options: tuple[Option, ...]
    decisions: tuple[Decision, ...]
    opening_decision: Whole
    opening_year: Whole

    def column(self, decision: int, year: int) -> int:
        """Return the column that tells whether a decision is open by a planned year, −1 where it can't be."""
        it = self.decisions[decision]
        if year < it.first or it.last < it.first or it.refused:
            return -1
        return int(np.searchsorted(self.opening_decision, decision)) + min(year, it.last) - it.first

    def rank_of_opening(self) -> Whole:
        """Return the place of each opening's decision among all of them by name: the same in whatever order they stand."""
        names = np.array([decision.name for decision in self.decisions])
        return np.argsort(np.argsort(names, kind="stable"), kind="stable")[self.opening_decision]

    def opening(self) -> sparse.csr_matrix:
        """Return y = matrix × Y: what opens in each year, from what is open by each year."""
        count = len(self.opening_decision)
        here = np.arange(count)
        before = np.flatnonzero(np.diff(self.opening_decision, prepend=-1) == 0)
        rows, cols = np.concatenate([here, before]), np.concatenate([here, before - 1])
        values = np.concatenate([np.ones(count), -np.ones(len(before))])
        return sparse.csr_matrix((values, (rows, cols)), shape=(count, count))

    def open_then(self) -> sparse.csr_matrix:
        """Return Y = matrix × y: what is open by each year, from what opens in each year."""
        same = self.opening_decision[:, None] == self.opening_decision
        earlier = self.opening_year[:, None] >= self.opening_year
        return sparse.csr_matrix((same & earlier).astype(float))

    def of_school(self, school: str) -> Iterator[Option]:
        """Yield the options at one school."""
        return (option for option in self.options if option.school == school)

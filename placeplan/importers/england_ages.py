"""Age ranges: which year groups each school teaches, by statute and by who is on its roll."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.importers.england_said import Assumed

STRAY = 10  # pupils: fewer than this, and than a third of a usual year group, are guests of another year group
NEW_FOR = 7  # years after its opening in which a school may still be filling up
LAST_MAIN = 11
GIAS = "Get Information about Schools, April 2022; school census, January 2023"


@dataclass(frozen=True)
class AgeRanges:
    """First and last year group of each school: now, and when its capacity was told (statute); one entry a school.

    by_statute: is the age range known.  sixth_form: has it students in Years 12 and 13.  phase: mainstream schools' own.
    """

    lowest: Whole
    highest: Whole
    lowest_then: Whole
    highest_then: Whole
    by_statute: YesNo
    sixth_form: YesNo
    phase: np.ndarray
    assumed: tuple[Assumed, ...]


def age_ranges(schools: pd.DataFrame, rolls: Number, base_year: int) -> AgeRanges:
    """Return what each mainstream school teaches.

    schools: lowest_age, highest_age (years, NaN where unknown), easting, northing, opened_year (NaN where unknown),
    deemed_middle, secondary (the census phase); one row a school.  rolls: school × NC year, R to Year 13, pupils.
    The statutory range holds where it is known; it is widened to every year group with pupils, and changed where the
    rolls show that the school has changed since. Each rule is an assumption with the number of schools it touched.
    """
    first, last = _ends(rolls > 0, schools["secondary"].to_numpy())
    first_real, last_real = _ends(_real(rolls), schools["secondary"].to_numpy())
    known = (schools["lowest_age"].notna() & schools["highest_age"].notna()).to_numpy()
    age = schools["lowest_age"].fillna(5).to_numpy()
    lowest_then = np.where(known, np.where(age <= 5, 0, np.minimum(age - 4, 13)), first).astype(np.int64)
    highest_then = np.where(known, np.clip(schools["highest_age"].fillna(11).to_numpy() - 5, 0, 13), last).astype(
        np.int64
    )
    highest_then = np.maximum(highest_then, lowest_then)
    highest, filling = _of_new_schools(schools, base_year, known, lowest_then, highest_then)
    lowest, highest, grown = _grown(lowest_then, highest, first_real, last_real, known)
    lowest, highest, shrunk = _shrunk(schools, base_year, rolls, lowest, highest)
    empty_sixth = (highest > LAST_MAIN) & (lowest <= LAST_MAIN) & (rolls[:, 12:].sum(axis=1) == 0)
    highest = np.where(empty_sixth, LAST_MAIN, highest)
    nobody = rolls.sum(axis=1) == 0
    strays = ~nobody & ((first < lowest) | (last > highest))
    lowest = np.where(nobody, lowest, np.minimum(lowest, first))
    highest = np.where(nobody, highest, np.maximum(highest, last))
    sixth = (rolls[:, 12:].sum(axis=1) > 0) & (highest > LAST_MAIN)
    phase = _phase(lowest, highest, schools["deemed_middle"].to_numpy())
    told = _told(known, filling, grown, shrunk, empty_sixth, strays)
    return AgeRanges(lowest, highest, lowest_then, highest_then, known, sixth, phase, told)


def _ends(present: YesNo, secondary: YesNo) -> tuple[Whole, Whole]:
    """Return first and last year group that is present; of a school without pupils, the usual ones of its phase."""
    some = present.any(axis=1)
    first = np.where(some, present.argmax(axis=1), np.where(secondary, 7, 0))
    last = np.where(some, 13 - present[:, ::-1].argmax(axis=1), np.where(secondary, LAST_MAIN, 6))
    return first.astype(np.int64), last.astype(np.int64)


def _real(rolls: Number) -> YesNo:
    """Return school × NC year: a year group of its own, not a few pupils taught above or below their age."""
    some = rolls > 0
    usual = rolls.sum(axis=1) / np.maximum(some.sum(axis=1), 1)
    own: YesNo = some & ((rolls >= STRAY) | (rolls >= usual[:, None] / 3))
    return own


def _of_new_schools(
    schools: pd.DataFrame, base_year: int, known: YesNo, lowest: Whole, highest: Whole
) -> tuple[Whole, YesNo]:
    """Give new schools of unknown range the last year group of the nearest school that begins like them."""
    new = ~known & (schools["opened_year"].to_numpy() > base_year - NEW_FOR)
    filled = highest.copy()
    spots = schools[["easting", "northing"]].to_numpy(dtype=float)
    for begins in np.unique(lowest[new]):
        like, mine = np.flatnonzero(known & (lowest == begins)), np.flatnonzero(new & (lowest == begins))
        if len(like):
            nearest = like[cKDTree(spots[like]).query(spots[mine])[1]]
            filled[mine] = np.maximum(filled[mine], np.minimum(highest[nearest], LAST_MAIN))
    short = ~known & (lowest >= 7) & (filled >= 8) & (filled < LAST_MAIN)
    filled[short] = LAST_MAIN
    return filled, filled > highest


def _grown(
    lowest: Whole, highest: Whole, first_real: Whole, last_real: Whole, known: YesNo
) -> tuple[Whole, Whole, YesNo]:
    """Widen a school that has grown beyond its statutory range to the end of the phase that it has begun."""
    up = known & (last_real > highest)
    goal = np.select(
        [last_real <= 6, (last_real <= 8) & (highest >= 7), last_real <= LAST_MAIN], [6, 8, LAST_MAIN], default=13
    )
    down = known & (first_real < lowest)
    return np.where(down, first_real, lowest), np.where(up, np.maximum(goal, highest), highest), up | down


def _shrunk(
    schools: pd.DataFrame, base_year: int, rolls: Number, lowest: Whole, highest: Whole
) -> tuple[Whole, Whole, YesNo]:
    """Leave out the empty year groups at either end of a middle school that is being given up or converted."""
    some = rolls > 0
    usual = rolls.sum(axis=1) / np.maximum(some.sum(axis=1), 1)
    old = ~(schools["opened_year"].to_numpy() > base_year - NEW_FOR)
    middle = old & (lowest >= 3) & (lowest <= 6) & schools["deemed_middle"].to_numpy() & (usual >= 15)
    first, last = _ends(some, schools["secondary"].to_numpy())
    start = np.where(middle, np.maximum(lowest, first), lowest)
    ends_early = middle & (highest == 8) & (last < 8)
    end = np.where(ends_early, last, highest)
    return start, end, (start != lowest) | (end != highest)


def _phase(lowest: Whole, highest: Whole, deemed_middle: YesNo) -> np.ndarray:
    """Return the phase that a range of year groups makes."""
    return np.select(
        [
            lowest >= 12,
            deemed_middle & (lowest >= 3) & (highest <= 9),
            (lowest <= 2) & (highest >= 3) & (highest <= 5),
            highest <= 6,
            (lowest >= 3) & (lowest <= 6) & (highest <= 9),
            lowest <= 3,
            lowest == 9,
        ],
        ["16_plus", "middle", "lower", "primary", "middle", "all_through", "upper"],
        default="secondary",
    )


def _told(
    known: YesNo, filling: YesNo, grown: YesNo, shrunk: YesNo, sixth: YesNo, strays: YesNo
) -> tuple[Assumed, ...]:
    """Say how many schools each rule touched."""
    rules = (
        ("age_range.statutory", known, "the statutory age range, ages 3 to 5 read as Reception"),
        ("age_range.from_roll", ~known, "no statutory range is known: the year groups on roll"),
        ("age_range.new_school", filling, "a new school still filling up: the last year group of the nearest school that begins like it, or Year 11"),
        ("age_range.grown", grown, "year groups on roll beyond the statutory range: taken to grow on to Year 6, 8, 11 or 13"),
        ("age_range.shrunk", shrunk, "a middle school without pupils at an end of its range: those year groups are left out"),
        ("age_range.empty_sixth_form", sixth, "a sixth form without students is not planned"),
        ("age_range.guests", strays, "a few pupils above or below the range: the range is widened, places as many as they"),
    )  # fmt: skip
    return tuple(Assumed(name, float(which.sum()), "schools", why, GIAS) for name, which, why in rules)

"""Places: admission numbers and places by year group, taken by rule, for no national extract has them by school."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.years import name_of_nc_year
from placeplan.importers.england_ages import LAST_MAIN, AgeRanges
from placeplan.importers.england_said import Assumed

FILLING = 1.5  # the two youngest cohorts against the two oldest: above it a school is still filling up
STEP = 1.25  # the later year groups against the earlier: above it a school admits again at a later year
LATER_ENTRIES = (5, 7, 9)
CLASS, HALF_A_CLASS = 30, 15
SOURCE = "Get Information about Schools, April 2022 (capacity); school census, January 2023 (rolls)"


@dataclass(frozen=True)
class Places:
    """net_capacity, pan: places, one entry a school.  by_nc_year: text where year groups differ from the PAN.

    over_capacity: more pupils than the known capacity.  filling_up: younger year groups much larger, or one still empty.
    """

    net_capacity: Whole
    pan: Whole
    by_nc_year: tuple[str, ...]
    over_capacity: YesNo
    filling_up: YesNo
    assumed: tuple[Assumed, ...]


def places(ages: AgeRanges, rolls: Number, capacity: Number) -> Places:
    """Return net capacity, admission number and places by year group of each mainstream school.

    rolls: school × NC year, pupils.  capacity: places, NaN where unknown; one entry a school.
    The rule is capacity ÷ year groups; what doesn't fit it (sixth forms, schools that fill up, change their range or
    admit at two ages) has a rule of its own. Never below the youngest cohort unless the roll exceeds the capacity.
    """
    known = ~np.isnan(capacity)
    nc = np.arange(14)
    sixth = rolls[:, 12:].sum(axis=1) * (ages.lowest <= LAST_MAIN)
    then = _main_years(ages.lowest_then, ages.highest_then)
    now = _main_years(ages.lowest, ages.highest)
    even = np.floor(np.where(known, np.maximum(np.nan_to_num(capacity) - sixth, 0), 0) / then)
    youngest, second, filling = _cohorts(ages, rolls)
    step = np.where(ages.lowest < 7, HALF_A_CLASS, CLASS)
    newest = np.maximum(youngest, second)
    unknown_pan = np.ceil(np.maximum(newest, 1) / step) * step
    longer = known & (now > then)
    grown = np.maximum(np.nan_to_num(capacity), np.where(longer, even * now + sixth, 0))
    fits = known & (rolls.sum(axis=1) <= grown)
    pan = np.where(known, even, unknown_pan)
    grown_into = fits & filling & (newest > pan)
    pan = np.where(grown_into, newest, pan)
    raised = fits & (youngest > pan)
    pan = np.maximum(np.where(raised, youngest, pan), 1)
    built = np.where(longer, pan * now + sixth, 0)
    net = np.where(known, np.maximum(np.nan_to_num(capacity), built), np.maximum(pan * now + sixth, rolls.sum(axis=1)))
    taught = (nc >= ages.lowest[:, None]) & (nc <= ages.highest[:, None])
    table = np.where(taught, pan[:, None], 0.0)
    table, two_stage = _two_stages(table, ages, rolls, net - sixth, known & ~filling)
    table = _sixth_forms(table, ages, rolls)
    table = _guests(table, ages, rolls, known)
    entry = table[np.arange(len(pan)), np.clip(ages.lowest, 0, 13)].astype(np.int64)
    texts = tuple(_text(row, own, int(first)) for row, own, first in zip(table, entry, ages.lowest, strict=True))
    over = known & (rolls.sum(axis=1) > np.nan_to_num(capacity))
    told = _told(known, sixth > 0, grown_into, raised, longer, two_stage, over)
    return Places(np.ceil(net).astype(np.int64), entry, texts, over, filling | _has_gap(ages, rolls), told)


def _main_years(lowest: Whole, highest: Whole) -> Whole:
    """Return how many year groups share the places: to Year 11, or the sixth form's own where there is nothing else."""
    last = np.where(lowest > LAST_MAIN, highest, np.minimum(highest, LAST_MAIN))
    return np.maximum(last - lowest + 1, 1)


def _cohorts(ages: AgeRanges, rolls: Number) -> tuple[Number, Number, YesNo]:
    """Return the youngest cohort, the one above it, and whether the school is still filling up."""
    here = np.arange(len(rolls))
    low, high = ages.lowest, np.where(ages.lowest > LAST_MAIN, ages.highest, np.minimum(ages.highest, LAST_MAIN))
    youngest, second = rolls[here, low], rolls[here, np.minimum(low + 1, high)]
    oldest = (rolls[here, high] + rolls[here, np.maximum(high - 1, low)]) / 2
    filling = (high - low >= 2) & ((youngest + second) / 2 >= np.maximum(FILLING * oldest, 10))
    return youngest, second, filling


def _has_gap(ages: AgeRanges, rolls: Number) -> YesNo:
    """Return whether a year group to Year 11 is still without pupils in a school that has some."""
    nc = np.arange(14)
    taught = (nc >= ages.lowest[:, None]) & (nc <= np.minimum(ages.highest, LAST_MAIN)[:, None])
    gap: YesNo = (taught & (rolls == 0)).any(axis=1) & rolls.any(axis=1)
    return gap


def _two_stages(table: Number, ages: AgeRanges, rolls: Number, main: Number, may: YesNo) -> tuple[Number, YesNo]:
    """Share the places of a school with a second entry: in proportion to the mean year group before and after it."""
    nc = np.arange(14)
    high = np.minimum(ages.highest, LAST_MAIN)
    taught = (nc >= ages.lowest[:, None]) & (nc <= high[:, None])
    best, at = np.full(len(rolls), STEP), np.zeros(len(rolls), dtype=np.int64)
    may = may & (ages.lowest <= 6) & (high >= 8)
    for entry in LATER_ENTRIES:
        before, after = taught & (nc < entry), taught & (nc >= entry)
        ratio = _mean(rolls, after) / np.maximum(_mean(rolls, before), 1)
        better = may & before.any(axis=1) & after.any(axis=1) & (ratio > best)
        best, at = np.where(better, ratio, best), np.where(better, entry, at)
    second = taught & (nc >= at[:, None])
    early, late = _mean(rolls, taught & ~second), _mean(rolls, second)
    usual = np.where(second, late[:, None], early[:, None]) * taught
    shared = np.floor(usual * (main / np.maximum(usual.sum(axis=1), 1))[:, None])
    return np.where((at > 0)[:, None] & taught, shared, table), at > 0


def _mean(rolls: Number, which: YesNo) -> Number:
    """Return the mean year group of each school over the year groups marked."""
    mean: Number = (rolls * which).sum(axis=1) / np.maximum(which.sum(axis=1), 1)
    return mean


def _sixth_forms(table: Number, ages: AgeRanges, rolls: Number) -> Number:
    """Give Years 12 and 13 of a school that also teaches younger pupils places for the larger of the two."""
    nc = np.arange(14)
    has = (ages.highest > LAST_MAIN) & (ages.lowest <= LAST_MAIN)
    larger = rolls[:, 12:].max(axis=1)
    return np.where(has[:, None] & (nc > LAST_MAIN) & (nc <= ages.highest[:, None]), larger[:, None], table)


def _guests(table: Number, ages: AgeRanges, rolls: Number, known: YesNo) -> Number:
    """Give a year group that only a few guests attend no more places than there are guests."""
    nc = np.arange(14)
    proper = (nc >= ages.lowest_then[:, None]) & (nc <= ages.highest_then[:, None])
    usual = rolls.sum(axis=1) / np.maximum((rolls > 0).sum(axis=1), 1)
    few = (rolls > 0) & (rolls < 10) & (rolls < usual[:, None] / 3)
    edge = few & ~proper & known[:, None] & ((nc == ages.lowest[:, None]) | (nc == ages.highest[:, None]))
    return np.where(edge, rolls, table)


def _text(row: NDArray[np.float64], pan: int, lowest: int) -> str:
    """Return the places of the year groups that differ from the PAN: "5-8:138;12-13:90"."""
    parts: list[tuple[int, int, int]] = []
    for nc in range(max(lowest, 0), 14):
        places = int(row[nc])
        if places == pan or (places == 0 and not row[nc:].any()):
            continue
        if parts and parts[-1][1] == nc - 1 and parts[-1][2] == places:
            parts[-1] = (parts[-1][0], nc, places)
        else:
            parts.append((nc, nc, places))
    return ";".join(f"{'-'.join(dict.fromkeys((name_of_nc_year(a), name_of_nc_year(b))))}:{n}" for a, b, n in parts)


def _told(
    known: YesNo, sixth: YesNo, filling: YesNo, raised: YesNo, longer: YesNo, two_stage: YesNo, over: YesNo
) -> tuple[Assumed, ...]:
    """Say how many schools each rule touched."""
    rules = (
        ("pan.even", known & ~sixth, "admission number = capacity ÷ year groups"),
        ("pan.sixth_form", known & sixth, "students of Years 12 and 13 are taken out of the capacity first; their places are the larger of the two year groups"),
        ("pan.filling_up", filling, "younger year groups much larger: the larger of the two youngest cohorts"),
        ("pan.youngest_cohort", raised, "never below the youngest cohort on roll while the school is within its capacity"),
        ("pan.two_entries", two_stage, "a second entry at Year 5, 7 or 9: places shared in proportion to the mean year groups before and after it"),
        ("pan.unknown_capacity", ~known, "no capacity known: the larger of the two youngest cohorts, rounded up to half a class, a class from Year 7"),
        ("capacity.unknown", ~known, "no capacity known: admission number × year groups and the sixth form's students, never below the roll"),
        ("capacity.longer_range", longer, "year groups added since the capacity was told: admission number × year groups"),
        ("capacity.exceeded", over, "more pupils than the known capacity: the capacity stands, the excess is told"),
    )  # fmt: skip
    return tuple(Assumed(name, float(which.sum()), "schools", why, SOURCE) for name, which, why in rules)

"""Needs and options, whole: needs as the model sums them; that labels which few rows read say what they must."""

from itertools import product

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_recount import position
from placeplan.allocate.certificate_value import Labels
from placeplan.domain.arrays import Number, Whole
from placeplan.forecast.settings_of_need import SCHOOL_AGES

WORKS_UP = "pan_reduction"  # saves only as far as the smaller cohorts have come


GROUP = ["area", "need_group", "academic_year"]  # what tells one column of unmet need from another


def need_of_groups(labels: Labels) -> pd.DataFrame:
    """Return area, need_group, academic_year, children: needs and ages of one group together, one row a column of unmet need."""
    return labels.needs.groupby(GROUP, as_index=False, sort=False).agg({"children": "sum"})


def group_of_use(groups: pd.DataFrame, labels: Labels) -> Whole:
    """Return for each use of a specialist place the column of unmet need that it makes less. groups: of need_of_groups."""
    return position(groups, labels.uses, GROUP)


def uses_by_need(labels: Labels, used: Number) -> pd.DataFrame:
    """Return the labels of uses with need and children: those of a group in proportion to the children with each need."""
    of_need = labels.needs.groupby([*GROUP, "need"], as_index=False, sort=False).agg({"children": "sum"})
    groups = need_of_groups(labels)
    whole = groups["children"].to_numpy(dtype=float)[position(groups, of_need, GROUP)]
    mine = of_need["children"].to_numpy(dtype=float)
    shares = of_need[[*GROUP, "need"]].assign(share=np.divide(mine, whole, out=np.zeros_like(mine), where=whole > 0))
    told = labels.uses.assign(children=used).merge(shares[shares["share"] > 0], on=GROUP)
    return told.assign(children=told["children"] * told["share"])


def needs_astray(labels: Labels, years: tuple[int, ...]) -> float:
    """Return how many rows of needs are not those of every area, need, age and planned year, in that order.

    A need and age is of one group everywhere, and groups are numbered as they come.
    """
    table = labels.needs
    areas, needs = (list(dict.fromkeys(table[name])) for name in ("area", "need"))
    every = [(a, k, *age, year) for a, k, age, year in product(areas, needs, SCHOOL_AGES, years)]
    told = list(
        table[["area", "need", "from_nc_year", "to_nc_year", "academic_year"]].itertuples(index=False, name=None)
    )
    if len(told) != len(every):
        return float("inf")
    group = table["need_group"].to_numpy(dtype=int).reshape(len(areas), len(needs), len(SCHOOL_AGES), len(years))
    first = group[:1, :, :, :1] if group.size else group
    order = pd.factorize(first.ravel())[0].reshape(first.shape)
    return float(sum(one != other for one, other in zip(told, every, strict=True)) + (group != order).sum())


def year_groups_astray(labels: Labels) -> float:
    """Return how many options tell that revenue builds up over year groups where it comes at once: all but what a cut saves."""
    options = labels.options
    saves = (options["kind"] == WORKS_UP).to_numpy() & (options["revenue_pounds_a_year"].to_numpy(dtype=float) < 0)
    told = options["year_groups"].to_numpy(dtype=int)
    return float(np.where(saves, told < 1, told != 1).sum())

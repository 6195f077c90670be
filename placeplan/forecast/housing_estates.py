"""Estates: what an authority's own census of new estates says of the pupils that a home brings."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM

STAGES = (slice(0, 7), slice(7, 12), slice(12, 14))  # Reception to Year 6, Years 7 to 11, Years 12 and 13
ONE_COUNT = ["kind", "development", "completed", "academic_year"]  # homes of an estate on a census


def drawn_towards_estates(
    before: Number, kinds: tuple[str, ...], estates: pd.DataFrame, weight: float
) -> tuple[Number, Number]:
    """Return yields drawn towards what was counted, and the dwellings counted of each kind.

    before: kind × years since completion × NC year, pupils a dwelling, before anything was counted.
    estates: the table, a row an estate, kind, year of completion, census and NC year.
    weight: dwellings that `before` counts for.
    First a kind's level in each stage of education (Reception to Year 6, 7 to 11, 12 and 13), over all years since
    completion: 1 + homes / (homes + weight) × (pupils counted ÷ pupils expected − 1), a home counted once however many
    censuses saw it. Then each cell: (pupils + weight × level × before) / (homes + weight), homes of the censuses so long
    after completion. That is the mean of a yield with a gamma prior after Poisson counts (Gelman and others, Bayesian
    Data Analysis, section 2.6). Year groups that stand nowhere in the table keep `before`.
    """
    rows = _of_kinds(kinds, estates, before.shape[1])
    if rows.empty:
        return before, np.zeros(len(kinds))
    homes, pupils = _homes(rows, before.shape), _pupils(rows, before.shape)
    asked = np.isin(np.arange(len(MAINSTREAM)), rows["nc_year"].to_numpy())
    once = rows.drop_duplicates(ONE_COUNT[:3])
    counted: Number = np.zeros(len(kinds))
    np.add.at(counted, once["at"].to_numpy(dtype=int), once["dwellings"].to_numpy(dtype=float))
    level = _levels(before * homes[:, :, None] * asked, pupils, _share(counted, weight))
    expected = before * level[:, None, :]
    whole = homes[:, :, None] + weight
    drawn = np.divide(pupils + weight * expected, whole, out=expected.copy(), where=whole > 0)
    return np.where(asked, drawn, before), counted


def _of_kinds(kinds: tuple[str, ...], estates: pd.DataFrame, longest: int) -> pd.DataFrame:
    """Return the rows of the kinds asked for, in an order of their own, with their position among them and their age."""
    kind = estates["dwelling_type"].astype(str) + ", " + estates["tenure"].astype(str)
    rows = estates.assign(kind=kind, at=pd.Index(kinds).get_indexer(pd.Index(kind)))
    rows = rows[(rows["at"] >= 0) & rows["nc_year"].isin(MAINSTREAM)]
    rows = rows.assign(since=rows["academic_year"] - rows["completed"])
    rows = rows[rows["since"].between(0, longest - 1)]
    return rows.sort_values([*ONE_COUNT, "nc_year", "pupils"], kind="stable")


def _homes(rows: pd.DataFrame, shape: tuple[int, ...]) -> Number:
    """Return kind × years since completion, dwellings counted so long after completion."""
    homes = np.zeros(shape[:2])
    counts = rows.drop_duplicates(ONE_COUNT)
    at, since = (counts[name].to_numpy(dtype=int) for name in ("at", "since"))
    np.add.at(homes, (at, since), counts["dwellings"].to_numpy(dtype=float))
    return homes


def _pupils(rows: pd.DataFrame, shape: tuple[int, ...]) -> Number:
    """Return kind × years since completion × NC year, pupils counted."""
    pupils = np.zeros(shape)
    cell = tuple(rows[name].to_numpy(dtype=int) for name in ("at", "since", "nc_year"))
    np.add.at(pupils, cell, rows["pupils"].to_numpy(dtype=float))
    return pupils


def _levels(expected: Number, seen: Number, share: Number) -> Number:
    """Return kind × NC year: how the pupils counted of a stage stand to those expected, drawn towards 1."""
    levels = np.ones(expected.shape[::2])
    for stage in STAGES:
        told, there = (cells[:, :, stage].sum(axis=(1, 2)) for cells in (expected, seen))
        own = np.divide(there, told, out=np.ones_like(told), where=told > 0)
        levels[:, stage] = (1 + share * (own - 1))[:, None]
    return levels


def _share(homes: Number, weight: float) -> Number:
    """Return how much the homes counted weigh against what was known before."""
    return np.divide(homes, homes + weight, out=np.zeros_like(homes), where=homes > 0)

"""Schools for one sex, stated a second time from labels: no more than half of a cohort, or those who were there already."""

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_recount import NODE, Journeys, position
from placeplan.allocate.certificate_rows import Rows, at_most, entries
from placeplan.allocate.certificate_value import Labels
from placeplan.domain.arrays import Number
from placeplan.options.option import GROUPS

HALF = 0.5
COHORT = ["area", "cohort", "nc_year"]


def one_sex(journeys: Journeys, sex: Number) -> Rows:
    """Return one row a sex and node at which somebody could join one of its schools. sex: of each stay's school, or ""."""
    labels = journeys.labels
    rows, sides = [], []
    for name in ("girls", "boys"):
        there, year = np.nonzero((journeys.on_roll > 0) & (sex == name)[:, None])
        stays = labels.stays.iloc[there].reset_index(drop=True)
        nc = journeys.years[0] + year - stays["cohort"].to_numpy(dtype=int)
        kind = np.where(nc > 0, "area", stays["origin_kind"])
        origin = np.where(nc > 0, stays["area"], stays["origin"])
        node = position(labels.nodes, stays.assign(origin_kind=kind, origin=origin, nc_year=nc)[NODE], NODE)
        joined = np.unique(journeys.begins[(journeys.begins >= 0) & (sex == name)])
        row = np.searchsorted(joined, node).clip(max=max(len(joined) - 1, 0))
        row = np.where(joined[row] == node, row, -1) if len(joined) else np.full(len(node), -1)
        rows.append(entries(row, there, journeys.on_roll[there, year], len(joined), len(labels.stays)))
        sides.append(_most(labels, np.unique(labels.stays["urn"][sex == name]))[joined])
    first = rows[0].shape[0]
    lifted = np.arange(first + rows[1].shape[0])
    both = [entries(lifted[part], np.arange(table.shape[0]), np.ones(table.shape[0]), len(lifted), table.shape[0]) @ table
            for part, table in zip((slice(first), slice(first, None)), rows, strict=True)]  # fmt: skip
    return at_most({"stays": (both[0] + both[1]).tocsr()}, np.concatenate(sides))


def _most(labels: Labels, urns: np.ndarray) -> Number:
    """Return for each node half of its children, or those still there of who were in these schools in the base year."""
    half = labels.nodes.assign(most=HALF * labels.nodes["most"].astype(float))
    of_area = half.groupby(COHORT, as_index=False).agg({"most": "sum"})
    before = labels.on_roll[labels.on_roll["urn"].isin(urns)].rename(columns={"children": "most"})
    found = pd.concat([of_area, before[[*COHORT, "most"]]], ignore_index=True)
    kept = labels.retention.set_index(["cohort", "nc_year"])["retention"]
    table = found.pivot_table(index=["area", "cohort"], columns="nc_year", values="most", aggfunc="sum")
    table = table.reindex(columns=range(GROUPS)).fillna(0.0)
    for nc in range(1, GROUPS):
        share = kept.reindex(pd.MultiIndex.from_product([table.index.get_level_values("cohort"), [nc]])).fillna(0.0)
        table[nc] = np.maximum(table[nc], table[nc - 1] * share.to_numpy(dtype=float))
    carried = table.reset_index().melt(["area", "cohort"], var_name="nc_year", value_name="most")
    carried = carried.astype({"nc_year": "int64"})
    at = position(carried, labels.nodes[COHORT], COHORT)
    later = labels.nodes["nc_year"].to_numpy(dtype=int) > 0
    most: Number = np.where(later, carried["most"].to_numpy(dtype=float)[at], half["most"].to_numpy(dtype=float))
    return most

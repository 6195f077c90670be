"""Recount: children in and out of every node, and rolls, from labels alone.

Nothing here reads the rows of the model: a stay is its label (who, from where, which school, from which year group to
which), and years, shares and nodes follow from that.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_value import Labels
from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.errors import CertificateRefused
from placeplan.options.option import GROUPS

NODE = ["origin_kind", "origin", "cohort", "nc_year"]
AT_SCHOOL = ["urn", "academic_year", "nc_year"]
LAST_COMPULSORY = 11


@dataclass(frozen=True)
class Retention:
    """Share of a cohort that goes on into an NC year: cohort × NC year, NaN where the table has no row."""

    first_cohort: int
    share: Number

    def into(self, cohort: Whole, nc: Whole) -> Number:
        """Return the share that goes on into the NC year."""
        row = np.clip(cohort - self.first_cohort, 0, len(self.share) - 1)
        share: Number = np.where(row == cohort - self.first_cohort, self.share[row, np.clip(nc, 0, GROUPS - 1)], np.nan)
        return share


def retention_of(table: pd.DataFrame) -> Retention:
    """Return the retention of a table with columns cohort, nc_year, retention."""
    cohort, nc = (table[name].to_numpy(dtype=int) for name in ("cohort", "nc_year"))
    first = int(cohort.min())
    share = np.full((int(cohort.max()) - first + 1, GROUPS), np.nan)
    share[cohort - first, nc] = table["retention"].to_numpy(dtype=float)
    return Retention(first, share)


def compulsory(labels: Labels) -> YesNo:
    """Return which of the children who may be without a place are of Reception to Year 11."""
    found: YesNo = labels.nodes["nc_year"].to_numpy(dtype=int) <= LAST_COMPULSORY
    return found


@dataclass(frozen=True)
class Journeys:
    """What follows from the labels of the stays. on_roll: stay × planned year, share of its joiners on roll then.

    begins: node at which a stay begins, −1 where its children are on roll in the base year.  goes_to: node to which
    they go on, −1 where the stay lasts to the horizon or Year 13.  goes_on: share of its joiners who come there.
    waits_at, waits: the same for children without a place, one a node.
    """

    labels: Labels
    years: tuple[int, ...]
    on_roll: Number
    begins: Whole
    goes_to: Whole
    goes_on: Number
    waits_at: Whole
    waits: Number

    def balance(self, children: Number, unplaced: Number) -> tuple[Number, Number]:
        """Return for each node what leaves it less what comes to it, and how many children are there."""
        count = len(self.labels.nodes)
        starts = summed(self.begins, children, count)
        arrives = self.labels.nodes["enters"].to_numpy(dtype=float) + self.arrivals(children)
        arrives += summed(self.waits_at, unplaced * self.waits, count)
        leaves = starts + unplaced
        return leaves - arrives, np.maximum(arrives, leaves)

    def arrivals(self, children: Number) -> Number:
        """Return for each node the children who come there after a stay."""
        return summed(self.goes_to, children * self.goes_on, len(self.labels.nodes))

    def last_share(self) -> Number:
        """Return for each stay the share of its joiners who are on roll in its last year (1 where that is the base year)."""
        stays = self.labels.stays
        last = stays["cohort"].to_numpy(dtype=int) + stays["to_nc_year"].to_numpy(dtype=int) - self.years[0]
        at = np.clip(last, 0, self.on_roll.shape[1] - 1)
        return np.where(last >= 0, self.on_roll[np.arange(len(at)), at], 1.0)

    def base_year(self, children: Number) -> Number:
        """Return for each group on roll in the base year its children in the stays less those in the census."""
        stays, groups = self.labels.stays, self.labels.on_roll
        rolling = np.flatnonzero(self.begins < 0)
        keys = ["area", "cohort", "nc_year", "urn"]
        mine = stays.iloc[rolling].rename(columns={"from_nc_year": "nc_year"})
        group = position(groups, mine, keys)
        off: Number = summed(group, children[rolling], len(groups)) - groups["children"].to_numpy(dtype=float)
        return off

    def rolls(self, children: Number) -> pd.DataFrame:
        """Return urn, academic_year, nc_year, pupils: every roll above 0."""
        stays, first = self.labels.stays, self.years[0]
        some = np.flatnonzero(children > 0)
        stay, year = np.nonzero(self.on_roll[some] > 0)
        stay = some[stay]
        frame = {
            "urn": stays["urn"].to_numpy(dtype=object)[stay],
            "academic_year": first + year,
            "nc_year": first + year - stays["cohort"].to_numpy(dtype=int)[stay],
            "pupils": children[stay] * self.on_roll[stay, year],
        }
        return pd.DataFrame(frame).groupby(AT_SCHOOL, as_index=False, sort=True).sum()

    def bands(self, rolls: pd.DataFrame) -> Number:
        """Return the rolls by school, planned year and band of year groups, one a column of the model."""
        bands = self.labels.rolls
        first_of = np.zeros(GROUPS, dtype=int)
        for first, last in bands[["from_nc_year", "to_nc_year"]].drop_duplicates().to_numpy(dtype=int):
            first_of[first : last + 1] = first
        asked = rolls.assign(from_nc_year=first_of[rolls["nc_year"].to_numpy(dtype=int)])
        at = position(bands, asked, ["urn", "academic_year", "from_nc_year"])
        return summed(at, rolls["pupils"].to_numpy(dtype=float), len(bands))

    def node_of_area(self, table: pd.DataFrame) -> Whole:
        """Return the nodes of a table with area, cohort and nc_year, none of them Reception."""
        at = table.assign(origin_kind="area", origin=table["area"])
        return position(self.labels.nodes, at, NODE)


def journeys_of(labels: Labels, years: tuple[int, ...], retention: Retention) -> Journeys:
    """Return what follows from the labels of the stays, with the retention that is published."""
    stays, nodes = labels.stays, labels.nodes
    cohort, first, last = (stays[n].to_numpy(dtype=int) for n in ("cohort", "from_nc_year", "to_nc_year"))
    share = np.ones(len(stays))
    on_roll = np.zeros((len(stays), len(years)))
    for t, year in enumerate(years):
        nc = year - cohort
        share = np.where((nc > first) & (nc <= last), share * retention.into(cohort, nc), share)
        on_roll[:, t] = np.where((nc >= first) & (nc <= last), share, 0.0)
    begins = np.where(cohort + first >= years[0], position(nodes, _beginnings(stays), NODE), -1)
    on = (cohort + last < years[-1]) & (last < GROUPS - 1)
    waiting = nodes["cohort"].to_numpy(dtype=int), nodes["nc_year"].to_numpy(dtype=int)
    waits = (sum(waiting) < years[-1]) & (waiting[1] < GROUPS - 1)
    return Journeys(
        labels, years, on_roll, begins,
        np.where(on, position(nodes, _next(stays, last), NODE), -1), share * retention.into(cohort, last + 1),
        np.where(waits, position(nodes, _next(nodes, waiting[1]), NODE), -1), retention.into(waiting[0], waiting[1] + 1),
    )  # fmt: skip


def _beginnings(stays: pd.DataFrame) -> pd.DataFrame:
    """Return the labels of the nodes at which stays begin."""
    return stays.rename(columns={"from_nc_year": "nc_year"})


def _next(table: pd.DataFrame, nc: Whole) -> pd.DataFrame:
    """Return the labels of the nodes a year later: in the area, whatever the zone."""
    return table[["cohort"]].assign(origin_kind="area", origin=table["area"], nc_year=nc + 1)


def summed(group: Whole, values: Number, count: int) -> Number:
    """Return the sum of values by group; those of group −1 are left out."""
    some = group >= 0
    total: Number = np.bincount(group[some], weights=values[some], minlength=count).astype(float)
    return total


def position(table: pd.DataFrame, asked: pd.DataFrame, keys: list[str]) -> Whole:
    """Return for each row asked the row of the table that has the same keys, −1 where there is none.

    Raises CertificateRefused when the table has a key twice.
    """
    index = pd.MultiIndex.from_frame(table[keys])
    if not index.is_unique:
        row = int(np.flatnonzero(index.duplicated())[0])
        twice = ", ".join(str(v) for v in table[keys].iloc[row])
        raise CertificateRefused(f"two rows say the same thing: {twice}")
    found: Whole = index.get_indexer(pd.MultiIndex.from_frame(asked[keys])).astype(np.int64)
    return found

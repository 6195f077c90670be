"""Schools for one sex: of a community's cohort no more than half are in girls' schools, and no more than half in boys' schools."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import Network
from placeplan.options.option import GROUPS

SEXES = ("girls", "boys")
ROUNDING = 1e-6  # children
OF_ONE_SEX = 0.5  # of any cohort: 105 boys are born for 100 girls, and no table tells more of a community


@dataclass(frozen=True)
class OneSex:
    """Rows `stays · x ≤ most`, one a sex and node at which somebody could join one of its schools.

    node: of each row.  stays: row × stay, the share of its joiners who are in such a school then: those who join, and who joined before.
    most: half of the cohort; where more were on roll in the base year, those of them who are still there.
    """

    node: Whole
    stays: sparse.csr_matrix
    most: Number

    def full(self, stays: Number, nodes: int) -> YesNo:
        """Return for each node whether no more of one sex may join in a finished plan. stays: its children."""
        full = np.zeros(nodes, dtype=bool)
        full[self.node[self.stays @ stays >= self.most - ROUNDING]] = True
        return full


def sex_of_school(network: Network) -> np.ndarray:
    """Return "girls", "boys" or "" (anybody) for each school.

    A school into which another closes takes its pupils whoever they are: it counts as one for anybody.
    """
    sex = network.estate.table["sex"].to_numpy(dtype=object)
    told = np.where(np.isin(sex, SEXES), sex, "").astype(object)
    successors = network.states.successor
    told[successors[successors >= 0]] = ""
    return told


def one_sex(network: Network) -> OneSex:
    """Return the rows of both sexes; none where no school is for one sex."""
    of_school = sex_of_school(network)
    sex = of_school[network.school_of_stay()]
    of_sex = [_cells(network, np.flatnonzero(sex == name)) for name in SEXES if (sex == name).any()]
    most = [_most(network, of_school == name) for name in SEXES if (sex == name).any()]
    kept = [np.flatnonzero(asked) for _, asked in of_sex]
    if not kept:
        return OneSex(np.zeros(0, dtype=np.int64), sparse.csr_matrix((0, len(sex))), np.zeros(0))
    table = sparse.vstack([cells[rows] for (cells, _), rows in zip(of_sex, kept, strict=True)]).tocsr()
    return OneSex(np.concatenate(kept), table, np.concatenate([m[rows] for m, rows in zip(most, kept, strict=True)]))


def _cells(network: Network, which: Whole) -> tuple[sparse.csr_matrix, YesNo]:
    """Return node × stay, the share of some stays' joiners who are there then; and whether one of them begins there."""
    stays, nodes = network.stays, network.nodes
    bundle = stays.bundle[which]
    at, year = np.nonzero(network.bundles.on_roll[bundle] > 0)
    nc = network.nc_of()[bundle[at], year]
    cell = np.where(nc > 0, nodes.at(stays.area[which[at]], year, np.maximum(nc, 1)), stays.node[which[at]])
    share = network.bundles.on_roll[bundle[at], year]
    shape = (len(nodes.origin), len(stays.node))
    begins = stays.node[which]
    asked = np.bincount(begins[begins >= 0], minlength=shape[0]) > 0
    return sparse.csr_matrix((share, (cell, which[at])), shape=shape), asked


def _most(network: Network, schools: YesNo) -> Number:
    """Return for each node how many of the cohort may be in schools of one sex. schools: which are."""
    stays, nodes = network.stays, network.nodes
    half = OF_ONE_SEX * nodes.children
    areas, years = len(network.areas), len(network.years)
    held = np.zeros((areas, years + 1, GROUPS))  # the base year first
    groups, first = np.unique(stays.group, return_index=True)
    rolling = first[(groups >= 0) & schools[network.school_of_stay()[first]]]
    began = (stays.area[rolling], np.zeros_like(rolling), network.bundles.first_nc[stays.bundle[rolling]])
    np.add.at(held, began, stays.fixed[stays.group[rolling]])
    np.add.at(held, (network.area_of_origin()[nodes.origin], nodes.year + 1, nodes.nc), half)
    for year in range(years):
        still = network.demand.retention[year, 1:] * held[:, year, :-1]
        held[:, year + 1, 1:] = np.maximum(held[:, year + 1, 1:], still)
    area: Number = held[network.area_of_origin()[nodes.origin], nodes.year + 1, nodes.nc]
    return np.where(nodes.nc > 0, area, half)

"""Zone kept: the same openings priced with each child's own zone along its journey, held against sums by hand."""

import numpy as np
import pytest
from hypothesis import given

from authorities import plan_for
from cases import cases
from placeplan.appraise.zone_kept import zone_kept
from towns import NO_SIXTH_FORM, authority, school, towns

NEAR, FAR = 1.75, 8.0  # miles to the secondary of the child's own zone, and to the other's: so far that few begin there
E_NEAR, E_FAR = (NEAR - 0.5) / (3 - 0.5), 2.0
CHILD_YEARS = 60 * 12 * 3


def mirrored(pans, communities):
    """Two zones of 30 children a year group; one primary beside both, a secondary in each; nobody joins or leaves."""
    children = np.where(np.arange(14) <= 11, 30.0, 0.0)[None, :].repeat(2, axis=0)
    schools = [
        school("P", "primary", pan=60),
        *(school(f"S{k}", "secondary", zone=k, pan=pan, community=communities[k]) for k, pan in enumerate(pans)),
    ]
    miles = {("Z0", "P"): 0.5, ("Z1", "P"): 0.5} | {
        (f"Z{z}", f"S{s}"): NEAR if z == s else FAR for z in range(2) for s in range(2)
    }
    travel = [{"zone": z, "urn": u, "mode": "walk", "miles": m, "minutes": 1.0} for (z, u), m in miles.items()]
    return authority(
        schools, children, years=3, travel=travel, assumptions=NO_SIXTH_FORM, communities=communities,
        weights=dict.fromkeys(("viable", "choice"), 0.0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pans", "to_the_other"),
    [((30, 30), 0), ((40, 20), 10)],  # of each year group of 60, who has no place in the secondary of the own zone
)
def test_local_falls_by_what_a_community_hides_of_its_zones(pans, to_the_other):
    planned = plan_for(mirrored(pans, ("Town", "Town")))
    told = zone_kept(planned.allocation, planned.scenario)
    local = told.table.set_index("principle").loc["local"]
    pooled = 60 * 5 * 3 * (E_NEAR + E_FAR) / 2
    kept = 5 * 3 * ((60 - to_the_other) * E_NEAR + to_the_other * E_FAR)
    assert local["pooled"] == pytest.approx(pooled / CHILD_YEARS)
    assert local["kept"] == pytest.approx(kept / CHILD_YEARS, abs=1e-6)
    assert local["change"] == pytest.approx((kept - pooled) / CHILD_YEARS, abs=1e-6)
    others = told.table[told.table["principle"] != "local"]
    assert others["kept"].to_numpy() == pytest.approx(others["pooled"].to_numpy(), abs=1e-6)
    assert told.pooled - told.kept == pytest.approx((pooled - kept) / CHILD_YEARS, abs=1e-6)


@given(town=towns())
@cases(5)
def test_the_zones_children_are_those_of_their_community_and_no_more_of_them_are_without_a_place(town):
    planned = plan_for(town)
    told = zone_kept(planned.allocation, planned.scenario)
    pooled, kept = planned.network, told.network
    for one, other in ((kept.demand.children, pooled.demand.children), (kept.demand.joiners, pooled.demand.joiners)):
        together = np.zeros_like(other)
        np.add.at(together, pooled.area_of_zone, one)
        later = np.s_[:, :, 1:]
        assert together[later] == pytest.approx(other[later], abs=1e-4)
    on_roll = [np.zeros((len(pooled.estate.table), 14)) for _ in range(2)]
    for network, total in zip((pooled, kept), on_roll, strict=True):
        _, first = np.unique(network.stays.group, return_index=True)
        first = first[network.stays.group[first] >= 0]
        bundle = network.stays.bundle[first]
        cell = (network.bundles.school[bundle], network.bundles.first_nc[bundle])
        np.add.at(total, cell, network.stays.fixed[network.stays.group[first]])
    assert on_roll[1] == pytest.approx(on_roll[0], abs=1e-6)
    assert told.shortfall[1] <= planned.allocation.limit_on_shortfall + 1e-3


def test_where_every_zone_is_a_community_nothing_changes():
    planned = plan_for(mirrored((40, 20), ("East", "West")))
    told = zone_kept(planned.allocation, planned.scenario)
    assert told.columns[0] == told.columns[1]
    assert told.kept == pytest.approx(told.pooled, rel=1e-9)
    assert told.table["change"].to_numpy() == pytest.approx(0, abs=1e-9)

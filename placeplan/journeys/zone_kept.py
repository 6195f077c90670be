"""Zone kept: the network in which a child is known by its own zone along all its journey, not by its community after Reception.

The plan is sought with later origins pooled into communities, which quarters its columns; here it can be priced without.
The children are the same: what a community's table doesn't tell of its zones is shared out, so that zones add up to it.
"""

from dataclasses import replace

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.journeys import stays as make
from placeplan.journeys.demand import DUST, Demand
from placeplan.journeys.network import Network, nearest
from placeplan.journeys.present import present_pattern
from placeplan.journeys.reach import reach
from placeplan.journeys.specialist import specialist
from placeplan.options.option import GROUPS
from placeplan.scenario.scenario import Scenario


def with_zones_kept(pooled: Network, scenario: Scenario) -> Network:
    """Return the network with every zone an area of its own: the same schools, options, places, and children in all.

    A child may join what is within reach of its zone, and what is within reach of its community in the pooled network:
    so each plan of that network stands here too. Openings are the same columns in both.
    """
    zones, of_zone = len(pooled.zones), pooled.area_of_zone
    alone = np.arange(zones)
    base = pooled.forecast.base
    distances = reach(scenario, pooled.estate, alone, base.sum(axis=1))
    pattern = _pattern(pooled)
    need = _demand(pooled, pattern.sum(axis=1))
    nodes = make.nodes(need)
    within, before = (
        make.reachable(pooled.estate, pooled.states, one, nearest(scenario)) for one in (distances, pooled.reach)
    )
    for own, common in zip(within, before, strict=True):
        own[zones:] |= common[zones:][of_zone]
    stays, bundles = make.stays(nodes, need, pooled.states, within, alone, pattern)
    kept_node, kept_partnership = make.kept_pairs(stays, bundles, nodes, pooled.partnerships.of_school)
    return replace(
        pooled,
        areas=pooled.zones,
        communities=tuple(pooled.communities[area] for area in of_zone),
        area_of_zone=alone,
        demand=need,
        reach=distances,
        nodes=nodes,
        stays=stays,
        bundles=bundles,
        kept_node=kept_node,
        kept_partnership=kept_partnership,
        specialist=specialist(scenario, pooled.forecast, pooled.options, alone, np.eye(zones)),
    )


def _pattern(pooled: Network) -> Number:
    """Return zone × school × NC year: pupils on roll, those of each community shared among its zones. Fitted, not known.

    Each cell of a community's table is met exactly, each zone's number of children as nearly as the rest allows.
    """
    stays, bundles = pooled.stays, pooled.bundles
    _, first = np.unique(stays.group, return_index=True)
    first = first[stays.group[first] >= 0]
    bundle = stays.bundle[first]
    of_area = np.zeros((len(pooled.areas), len(pooled.estate.table), GROUPS))
    of_area[stays.area[first], bundles.school[bundle], bundles.first_nc[bundle]] = stays.fixed[stays.group[first]]
    pattern = np.zeros((len(pooled.zones), *of_area.shape[1:]))
    for area, table in enumerate(of_area):
        mine = np.flatnonzero(pooled.area_of_zone == area)
        miles = pooled.reach.zone_miles[mine]
        pattern[mine] = present_pattern(pooled.forecast.base[mine], table, miles, np.zeros_like(miles))
    return pattern


def _demand(pooled: Network, on_roll: Number) -> Demand:
    """Return what zones must place; together as much as their community. on_roll: zone × NC year, pupils in the base year.

    Retention is the same. A community's joiners are shared out among those of its zones that its stayers leave below
    their forecast, in proportion to what they lack.
    """
    need, wanted = pooled.demand, pooled.forecast.central
    belongs = (np.arange(len(pooled.areas))[:, None] == pooled.area_of_zone[None, :]).astype(float)
    joiners, children, before = np.zeros_like(wanted), wanted.copy(), on_roll
    for t in range(wanted.shape[1]):
        stayed = before[:, :-1] * need.retention[t, 1:]
        lacks = np.maximum(wanted[:, t, 1:] - stayed, 0.0)
        whole = (belongs @ lacks)[pooled.area_of_zone]
        part = np.divide(lacks, whole, out=np.zeros_like(lacks), where=whole > 0)
        new = part * need.joiners[pooled.area_of_zone, t, 1:]
        joiners[:, t, 1:] = np.where(new > DUST, new, 0.0)
        children[:, t, 1:] = stayed + joiners[:, t, 1:]
        before = children[:, t]
    return Demand(need.entry, need.retention, joiners, children, wanted.copy())

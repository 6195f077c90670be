"""The plan's tables: journeys, schools, shortfall, transfers, specialist places, as they are published."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.journeys.infants import INFANTS
from placeplan.journeys.one_sex import one_sex
from placeplan.journeys.plan import Plan
from placeplan.options.option import GROUPS

A_PLACE = 0.5  # less is left: none
DUST = 1e-8  # children; smaller flows are the solver's rounding: left out by ten thousands they still add up to less than verify allows


def plan_tables(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return path in the run folder → table, for everything under plan/ but the options."""
    return {
        "plan/schools.csv": schools(plan),
        "plan/journeys.csv": journeys(plan),
        "plan/retention.csv": retention(plan),
        "plan/shortfall.csv": shortfall(plan),
        "plan/specialist.csv": specialist(plan),
        "plan/transfers.csv": transfers(plan),
    }


def schools(plan: Plan) -> pd.DataFrame:
    """Return urn, academic_year, nc_year, pupils, places, over_capacity: places as the model holds, never below pupils."""
    network = plan.network
    rolls = plan.rolls()
    places = np.maximum(network.places.by_year_group.at(plan.openings).reshape(rolls.shape), 0)
    states = plan.states()
    taught, allowance = network.states.taught[states], network.places.allowance[states]
    school, year, nc = np.nonzero((taught & (places > 0)) | (rolls > DUST))
    over = np.minimum(allowance, places)[school, year, nc]
    frame = {
        "urn": network.estate.table["urn"].to_numpy(dtype=object)[school],
        "academic_year": _names(network.years)[year],
        "nc_year": _groups()[nc],
        "pupils": rolls[school, year, nc],
        "places": np.maximum(places[school, year, nc], rolls[school, year, nc]),
        "over_capacity": over,
    }
    return pd.DataFrame(frame)


def journeys(plan: Plan) -> pd.DataFrame:
    """Return one row a stay with children: origin, origin_kind, cohort, urn, from_nc_year, to_nc_year, children at joining."""
    network = plan.network
    some = np.flatnonzero(plan.stays > DUST)
    stays, bundles = network.stays, network.bundles
    bundle = stays.bundle[some]
    first = bundles.first_nc[bundle]
    frame = _origins(plan, stays.origin[some]) | {
        "cohort": _cohort(plan, bundles.joins[bundle], first),
        "urn": network.estate.table["urn"].to_numpy(dtype=object)[bundles.school[bundle]],
        "from_nc_year": _groups()[first],
        "to_nc_year": _groups()[bundles.last_nc[bundle]],
        "children": plan.stays[some],
    }
    return pd.DataFrame(frame)


def retention(plan: Plan) -> pd.DataFrame:
    """Return cohort, nc_year, retention: the share of the cohort that goes on into the year group."""
    share = plan.network.demand.retention
    year, nc = np.indices(share.shape).reshape(2, -1)
    keep = nc > 0
    year, nc = year[keep], nc[keep]
    return pd.DataFrame({"cohort": _cohort(plan, year, nc), "nc_year": _groups()[nc], "retention": share[year, nc]})


def shortfall(plan: Plan) -> pd.DataFrame:
    """Return origin, origin_kind, cohort, nc_year, children, cause: one row for each year in which children wait."""
    network = plan.network
    nodes = network.nodes
    some = np.flatnonzero(plan.unplaced > DUST)
    in_reach = np.bincount(network.stays.node[network.stays.node >= 0], minlength=len(nodes.origin))
    one_sex_full = one_sex(network).full(plan.stays, len(nodes.origin))
    cause = np.select(
        [in_reach[some] == 0, one_sex_full[some], _room_but_no_class(plan)[some]],
        [
            "no school within reach teaches it",
            "every school within reach is full in this year group or takes the other sex",
            "places are free within reach, but infant classes are full",
        ],
        "every school within reach is full in this year group",
    )
    frame = _origins(plan, nodes.origin[some]) | {
        "cohort": _cohort(plan, nodes.year[some], nodes.nc[some]),
        "nc_year": _groups()[nodes.nc[some]],
        "children": plan.unplaced[some],
        "cause": cause,
    }
    table = pd.DataFrame(frame)
    texts = [c for c in table.columns if c != "children"]
    return table.astype(dict.fromkeys(texts, object))  # an empty table keeps its columns of text


def _room_but_no_class(plan: Plan) -> YesNo:
    """Return at which nodes a school within reach has a place in the year group and the building, but not in its classes."""
    network, rolls = plan.network, plan.rolls()
    held = network.places
    free = held.by_year_group.at(plan.openings).reshape(rolls.shape) - rolls
    whole = held.net.at(plan.openings).reshape(rolls.shape[:2]) - rolls.sum(axis=2)
    infants = held.infants.at(plan.openings).reshape(rolls.shape[:2]) - rolls[:, :, :INFANTS].sum(axis=2)
    nodes, joins = network.nodes, np.flatnonzero(network.stays.node >= 0)
    node, school = network.stays.node[joins], network.school_of_stay()[joins]
    year, nc = nodes.year[node], nodes.nc[node]
    full = (nc < INFANTS) & (infants[school, year] < A_PLACE)
    only_classes = full & (free[school, year, nc] >= A_PLACE) & (whole[school, year] >= A_PLACE)
    found: YesNo = np.bincount(node[only_classes], minlength=len(nodes.origin)) > 0
    return found


def specialist(plan: Plan) -> pd.DataFrame:
    """Return site, need, academic_year, children, places: unsuppressed; publishing hides small counts."""
    special = plan.network.specialist
    shares = special.shares()
    use, need = np.nonzero(shares)
    places = special.places.at(plan.openings)[special.site_rows()]
    frame = pd.DataFrame(
        {
            "site": special.pools["site"].to_numpy(dtype=object)[special.pool[use]],
            "need": np.array(special.needs, dtype=object)[need],
            "year": special.year[use],
            "pool": special.pool[use],
            "children": plan.used[use] * shares[use, need],
            "places": places[use],
        }
    )
    told = frame.groupby(["site", "need", "year", "pool"], as_index=False).agg(
        children=("children", "sum"), places=("places", "first")
    )
    told = told.groupby(["site", "need", "year"], as_index=False)[["children", "places"]].sum()
    told = told[told["places"] > 0]
    told.insert(2, "academic_year", _names(plan.network.years)[told["year"].to_numpy(dtype=int)])
    return told.drop(columns="year").reset_index(drop=True)


def transfers(plan: Plan) -> pd.DataFrame:
    """Return community, cohort, transfers, linked_transfers (at most), displaced: one row a community and cohort."""
    network = plan.network
    nodes = network.nodes
    later = nodes.nc > 0
    area = network.area_of_origin()[nodes.origin]
    entry = nodes.year - nodes.nc
    table = pd.DataFrame(
        {
            "area": area,
            "entry": entry,
            "transfers": network.joining() @ plan.stays - nodes.enters,
            "linked_transfers": 0.0,
        }
    )
    kept = (
        np.bincount(network.kept_node, weights=plan.kept(), minlength=len(nodes.origin))
        if len(network.kept_node)
        else 0.0
    )
    table["linked_transfers"] = kept
    table = table[later]
    displaced = _displaced(plan)
    told = pd.concat([table, displaced]).fillna(0.0).groupby(["area", "entry"], as_index=False).sum()
    first = network.years[0]
    return pd.DataFrame(
        {
            "community": np.array(network.areas, dtype=object)[told["area"].to_numpy(dtype=int)],
            "cohort": [name_of_year(first + int(e)) for e in told["entry"]],
            "transfers": told["transfers"],
            "linked_transfers": told["linked_transfers"],
            "displaced": told["displaced"],
        }
    )


def _displaced(plan: Plan) -> pd.DataFrame:
    """Return area, entry, displaced: children whose stay an option ends before it would end by itself today."""
    network = plan.network
    ended = network.bundles.ended_early(network.states)
    bundle = network.stays.bundle
    entry = network.bundles.joins[bundle] - network.bundles.first_nc[bundle]
    frame = {"area": network.stays.area, "entry": entry, "displaced": plan.stays * ended[bundle]}
    return pd.DataFrame(frame).query("displaced > 0")


def _origins(plan: Plan, origin: Whole) -> dict[str, Number]:
    """Return the labels of origins and their kind."""
    network = plan.network
    kind = np.where(origin < len(network.zones), "zone", "area")
    return {"origin": np.array(network.origins, dtype=object)[origin], "origin_kind": kind}


def _cohort(plan: Plan, year: Whole, nc: Whole) -> list[str]:
    """Return the academic year in which a cohort reached Reception."""
    first = plan.network.years[0]
    return [name_of_year(first + int(y) - int(n)) for y, n in zip(year, nc, strict=True)]


def _names(years: tuple[int, ...]) -> Number:
    return np.array([name_of_year(y) for y in years], dtype=object)


def _groups() -> Number:
    return np.array([name_of_nc_year(n) for n in range(GROUPS)], dtype=object)

"""Labels: what every column of the model stands for, in the words of the published tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_exact import to_publish
from placeplan.allocate.certificate_row_labels import changes, gates_of, infants_of, nets_of, rules_of, together_of
from placeplan.allocate.certificate_shapes import ShapeOfBlock, ShapeOfMatrix, Solved
from placeplan.allocate.certificate_value import KeptRows, Labels, Proof, Solution, Told
from placeplan.allocate.rules import Rule, committed_openings
from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.estate import Estate
from placeplan.journeys.network import BANDS, Network
from placeplan.journeys.one_sex import sex_of_school
from placeplan.journeys.openings import by_state
from placeplan.journeys.plan import Plan
from placeplan.options.money import revenue_of
from placeplan.options.option import GROUPS, Option


def proof_of(solved: Solved) -> Proof:
    """Return all that a certificate keeps of an allocation."""
    network, told = solved.plan.network, solved
    model = kept_rows(solved.matrix, solved.model.problem.blocks)
    return Proof(
        network.years, labels_of(solved.plan, model, solved.model.rules), model, solved.model.prices, solved.model.scales, solved.model.cost,
        _solution(solved.do_minimum), _duals(solved, model),
        Told(
            told.objective, told.bound, told.do_minimum_objective, told.least_shortfall, told.least_shortfall_bound,
            told.limit_on_shortfall, told.status,
        ),
        told.leaves, told.least, told.cuts,
    )  # fmt: skip


def labels_of(plan: Plan, model: KeptRows, rules: Sequence[Rule]) -> Labels:
    """Return the label of every column of a plan's network and of every row, and its unsuppressed specialist counts.

    rules: those between openings alone.
    """
    network = plan.network
    name = _Names.of(network)
    bundles = _bundles(network, name)
    places, place_changes = _places(plan, name, model)
    pools, pool_changes = _pools(network)
    return Labels(
        _stays(network, name), bundles, _rolls(network, name), _nodes(network, name), _openings(network), _kept(network, name),
        _uses(plan, name), _needs(network, name), _on_roll(network, name), _options(network), _spending(network),
        _members(network, name),
        _retention(network), places, place_changes, pools, pool_changes, *nets_of(network, name.urns, model),
        *infants_of(network, name.urns, model), *gates_of(network, bundles), *rules_of(rules, network.options),
        together_of(network),
    )  # fmt: skip


@dataclass(frozen=True)
class _Names:
    """Names of areas and schools by position."""

    areas: Number
    urns: Number

    @classmethod
    def of(cls, network: Network) -> "_Names":
        """Return the names that a network uses."""
        areas = np.array(network.areas, dtype=object)
        return cls(areas, network.estate.table["urn"].astype(str).to_numpy(dtype=object))


def kept_rows(m: ShapeOfMatrix, blocks: Mapping[str, ShapeOfBlock]) -> KeptRows:
    """Return a matrix with its blocks, as the certificate keeps it."""
    rows = m.rows.copy()
    rows.eliminate_zeros()
    at = {name: (b.first, b.count) for name, b in blocks.items()}
    return KeptRows(m.cost, m.lower, m.upper, m.integer, rows, m.row_lower, m.row_upper, m.row_kind, m.row_names, at)


def _duals(solved: Solved, model: KeptRows) -> Number | None:
    """Return the duals as they are published, of the model that was solved last.

    The relaxation may have had a price P on each child without a place instead of the row that limits them; the same
    bound follows with −P as the dual of that row.
    """
    duals = solved.row_duals
    if duals is None:
        return None
    if len(duals) < len(model.row_lower):
        duals = np.append(duals, -float((solved.proof.cost - solved.matrix.cost).max()))
    return to_publish(model, duals)


def _solution(plan: Plan) -> Solution:
    """Return a plan without its network."""
    return Solution(plan.stays, plan.unplaced, plan.openings, plan.used)


def _origins(network: Network, name: _Names, origin: Whole) -> dict[str, Number]:
    """Return origin, origin_kind and area."""
    kind = np.where(origin < len(network.zones), "zone", "area").astype(object)
    area = name.areas[network.area_of_origin()[origin]]
    return {"origin": np.array(network.origins, dtype=object)[origin], "origin_kind": kind, "area": area}


def _stays(network: Network, name: _Names) -> pd.DataFrame:
    bundles = _bundles(network, name).drop(columns=["displaced", "sex"])
    stays = pd.DataFrame(_origins(network, name, network.stays.origin))
    return pd.concat([stays, bundles.iloc[network.stays.bundle].reset_index(drop=True)], axis=1)


def _bundles(network: Network, name: _Names) -> pd.DataFrame:
    bundles = network.bundles
    cohort = network.years[0] + bundles.joins - bundles.first_nc
    frame = {"urn": name.urns[bundles.school], "cohort": cohort, "from_nc_year": bundles.first_nc}
    ended = bundles.ended_early(network.states)
    return pd.DataFrame(
        frame | {"to_nc_year": bundles.last_nc, "displaced": ended, "sex": sex_of_school(network)[bundles.school]}
    )


def _rolls(network: Network, name: _Names) -> pd.DataFrame:
    school, year, band = np.indices((len(name.urns), len(network.years), len(BANDS))).reshape(3, -1)
    first, last = np.array(BANDS).T
    times = {"academic_year": network.years[0] + year, "from_nc_year": first[band], "to_nc_year": last[band]}
    return pd.DataFrame({"urn": name.urns[school]} | times)


def _nodes(network: Network, name: _Names) -> pd.DataFrame:
    nodes = network.nodes
    times = {
        "cohort": network.years[0] + nodes.year - nodes.nc,
        "nc_year": nodes.nc,
        "enters": nodes.enters,
        "most": nodes.children,
    }
    return pd.DataFrame(_origins(network, name, nodes.origin) | times)


def _openings(network: Network) -> pd.DataFrame:
    options = network.options
    decision = np.array([d.name for d in options.decisions], dtype=object)
    first = network.years[0]
    committed = np.zeros(len(options.opening_year), dtype=int)
    committed[committed_openings(options)] = 1
    frame = {"decision": decision[options.opening_decision], "academic_year": first + options.opening_year}
    return pd.DataFrame(frame | {"committed": committed})


def _kept(network: Network, name: _Names) -> pd.DataFrame:
    at = _nodes(network, name).iloc[network.kept_node][["area", "cohort", "nc_year"]].reset_index(drop=True)
    return at.assign(partnership=np.array(network.partnerships.names, dtype=object)[network.kept_partnership])


def _uses(plan: Plan, name: _Names) -> pd.DataFrame:
    special = plan.network.specialist
    return pd.DataFrame(
        {
            "area": name.areas[special.area],
            "need_group": special.group_of,
            "academic_year": plan.network.years[0] + special.year,
            "site": special.pools["site"].astype(str).to_numpy(dtype=object)[special.pool],
            "pool": special.pool,
            "children": plan.used,
        }
    )


def _needs(network: Network, name: _Names) -> pd.DataFrame:
    special = network.specialist
    area, need, age, year = np.indices(special.children.shape).reshape(4, -1)
    first, last = special.ages[age].T
    needs = np.array(special.needs, dtype=object)
    frame = {"area": name.areas[area], "need": needs[need], "from_nc_year": first, "to_nc_year": last}
    frame |= {"academic_year": network.years[0] + year, "need_group": special.group[need, age]}
    return pd.DataFrame(frame | {"children": special.children.ravel()})


def _on_roll(network: Network, name: _Names) -> pd.DataFrame:
    """Return the children of each group on roll in the base year, with the labels of its stays."""
    stays = network.stays
    groups, first = np.unique(stays.group, return_index=True)
    first = first[groups >= 0]
    bundle = stays.bundle[first]
    nc = network.bundles.first_nc[bundle]
    return pd.DataFrame(
        {
            "area": name.areas[stays.area[first]],
            "cohort": network.years[0] - 1 - nc,
            "nc_year": nc,
            "urn": name.urns[network.bundles.school[bundle]],
            "children": stays.fixed[stays.group[first]],
        }
    )


def _options(network: Network) -> pd.DataFrame:
    options = network.options
    rows = [
        (
            o.name, o.kind, options.decisions[o.decision].name, float(o.row["capital_pounds"]),
            float(o.particulars.revenue_pounds_a_year), revenue_of(o).builds_up,
        )
        for o in options.options
    ]  # fmt: skip
    columns = ["option", "kind", "decision", "capital_pounds", "revenue_pounds_a_year", "year_groups"]
    return pd.DataFrame(rows, columns=columns).assign(places=[places_of(o, network.estate) for o in options.options])


def _spending(network: Network) -> pd.DataFrame:
    rows = [(o.name, s.years_before, float(s.pounds)) for o in network.options.options for s in o.spending]
    return pd.DataFrame(rows, columns=["option", "years_before", "pounds"])


def places_of(option: Option, estate: Estate) -> float:
    """Return the places that an option brings or takes, all its year groups together, once it is wholly open.

    A new school counts with all year groups that it comes to teach, a change of age range with those that it adds less
    those that it gives up, a closure with today's places below 0. Of a nursery those before Reception.
    """
    effects, index = option.effects, estate.index()
    if effects.specialist:
        return float(sum(s.places for s in effects.specialist))
    if effects.nursery_places:
        return float(effects.nursery_places)
    changes = float(sum(c.places * (c.last - c.first + 1) for c in effects.places))
    if effects.year_groups is None:
        return changes
    today, places = estate.taught[index[option.school]], estate.places[index[option.school]]
    _, last = max(effects.year_groups.ranges)
    group = np.arange(len(today))
    taught = np.zeros(len(today), dtype=bool) if last is None else (group >= last[0]) & (group <= last[1])
    named = effects.year_groups.places
    for closing in (index[urn] for urn in effects.closes):  # its pupils go on here, in as many places as are named
        changes += float(named * (estate.taught[closing] & today).sum() - estate.places[closing].sum())
    return changes + float(named * (taught & ~today).sum() - places[today & ~taught].sum())


def _members(network: Network, name: _Names) -> pd.DataFrame:
    partnership, school = np.nonzero(network.partnerships.of_school.T)
    names = np.array(network.partnerships.names, dtype=object)
    return pd.DataFrame({"partnership": names[partnership], "urn": name.urns[school]})


def _retention(network: Network) -> pd.DataFrame:
    share = network.demand.retention
    year, nc = np.indices(share.shape).reshape(2, -1)
    frame = pd.DataFrame({"cohort": network.years[0] + year - nc, "nc_year": nc, "retention": share.ravel()})
    return frame[nc > 0].reset_index(drop=True)


def _places(plan: Plan, name: _Names, model: KeptRows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return places, year groups taught and the allowance for cohorts on roll, and what openings change of the places.

    Only rows that a child can come to in some plan, or that are taught in this one.
    """
    network = plan.network
    school, year, nc = np.indices((len(name.urns), len(network.years), GROUPS)).reshape(3, -1)
    states, held = network.states, network.places
    taught = by_state(states, network.options, states.taught.reshape(len(states.school), -1).astype(float))
    allowance = held.allowance[plan.states()]
    could = np.asarray(network.roll_matrix() @ model.upper[model.columns("bundles")]) > 0
    places = held.by_year_group
    now = np.maximum(places.at(plan.openings), 0)
    told = np.round(taught.at(plan.openings)) * (now > 0)
    rows = np.flatnonzero(could | (told > 0))
    today = pd.DataFrame(
        {
            "urn": name.urns[school],
            "academic_year": network.years[0] + year,
            "nc_year": nc,
            "places": places.constant,
            "taught": told.astype(int),
            "allowance": np.minimum(allowance.ravel(), now) * told,
        }
    )
    there = could | (told > 0)
    matters = sparse.csr_matrix(places.matrix[rows])
    asked = sparse.diags_array(could[rows].astype(float)) @ matters
    of_plan = matters @ sparse.diags_array(plan.openings)
    kept = changes((matters.multiply((abs(asked) + abs(of_plan)) > 0)).tocsr(), "places")
    return today.loc[there].reset_index(drop=True), kept


def _pools(network: Network) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the places of each specialist pool that a child could use, and what openings change of them."""
    special = network.specialist
    pool, year = np.indices((len(special.pools), len(network.years))).reshape(2, -1)
    rows = np.flatnonzero(np.bincount(special.site_rows(), minlength=len(pool)) > 0)
    site = special.pools["site"].astype(str).to_numpy(dtype=object)
    frame = {"site": site[pool], "pool": pool, "academic_year": network.years[0] + year}
    today = pd.DataFrame(frame | {"places": special.places.constant}).iloc[rows].reset_index(drop=True)
    return today, changes(special.places.matrix[rows], "places")

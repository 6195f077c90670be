"""Families: what comes of a plan's places when families choose, beside the plan's own journeys, which take them as obedient."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.journeys.deferred import deferred_acceptance
from placeplan.journeys.plan import Plan
from placeplan.journeys.segments import first_choices, wishes
from placeplan.journeys.taste import Tastes, tastes
from placeplan.scenario.scenario import Scenario

WHOLE = "authority"
NOBODY = 1e-6  # children: fewer are rounding, which is other on each machine, and in verify
LEAST_TOLD = 0.5  # children: a community with fewer at an entry has no row
RANKED = 12  # choices that a family names; whoever gets none of them is told to be without a choice
NO_COMMUNITY = 1000.0  # miles: a school takes the children of its own community before any other, then the nearest
COLUMNS = ["community", "academic_year", "nc_year", "children", "first_choice_plan", "first_choice_choosing", "none_of_choices",
           "miles_plan", "miles_choosing", "elsewhere"]  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """What comes of one entry year group in one planned year, by zone or area of the plan's origins.

    taste: the NC year's.  year: planned year.  children: who begin, by area.  plan, choosing: area × school, who begin
    where.  first_plan (at most), first_choosing, none, miles_plan, miles_choosing: sums over children, by area.
    """

    nc: int
    year: int
    children: Number
    plan: Number
    choosing: Number
    first_plan: Number
    first_choosing: Number
    none: Number
    miles_plan: Number
    miles_choosing: Number


def families_tables(plan: Plan, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return the tables of what families would choose: by community, by school, and the coefficients that tell it.

    Families rank the schools that teach the year group under the plan, by tastes simulated from the logit; schools take
    their own community first, then the nearest, within the places that pupils already there leave free.
    """
    told = tastes(plan.network, scenario)
    found = [one for taste in told for one in _chosen(plan, scenario, taste)]
    return {
        "appraisal/families.csv": _by_community(plan, found),
        "appraisal/families_schools.csv": _by_school(plan, found),
        "appraisal/families_fit.csv": coefficients(told),
    }


def finding(tables: dict[str, pd.DataFrame]) -> str:
    """Return one sentence: how many get their first choice at Reception, and how far the choosing public is from the plan."""
    table = tables["appraisal/families.csv"]
    rows = table[(table["community"] == WHOLE) & (table["nc_year"] == "R")]
    total = float(rows["children"].sum())
    if not total:
        return "No child enters Reception in the planned years, so there is no first choice to tell of."

    def share(name: str) -> float:
        return float((rows[name] * rows["children"]).sum() / total)

    return (
        f"If families choose within the plan's places, {share('first_choice_choosing'):.0f} % begin Reception at their first choice "
        f"(in the plan's own journeys at most {share('first_choice_plan'):.0f} %) and travel {share('miles_choosing'):.1f} miles "
        f"instead of {share('miles_plan'):.1f}; {100 * float(rows['elsewhere'].sum()) / total:.0f} % would be at another school than "
        "planned. Tastes are simulated from rolls and distances."
    )


def coefficients(told: tuple[Tastes, ...]) -> pd.DataFrame:
    """Return one row an entry year group and feature: coefficient, standard error, prior, and whether the rolls tell it."""
    rows = [
        (
            name_of_nc_year(t.nc), name, float(b), float(e), float(m), float(s), "no" if name in t.fitted.not_identified else "yes",
            t.fitted.schools, t.fitted.pupils, t.fitted.pseudo_r2, 100 * t.fitted.misplaced,
        )
        for t in told
        for name, b, e, m, s in zip(
            t.fitted.names, t.fitted.coefficients, t.fitted.errors, t.fitted.prior_means, t.fitted.prior_spreads, strict=True
        )
    ]  # fmt: skip
    names = ["nc_year", "feature", "coefficient", "standard_error", "prior", "prior_spread", "told_by_rolls", "schools", "pupils",
             "pseudo_r2", "misplaced"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _chosen(plan: Plan, scenario: Scenario, taste: Tastes) -> Iterator[Chosen]:
    """Yield what comes of one entry year group, year by year."""
    network, settings = plan.network, scenario.settings
    wish = wishes(network, taste, settings.families.segments, settings.solve.seed)
    begin, waiting = _beginning(plan, taste.nc)
    rolls = plan.rolls()[:, :, taste.nc]
    places = network.places.by_year_group.at(plan.openings).reshape(*rolls.shape, -1)[:, :, taste.nc]
    taught = network.states.taught[plan.states()][:, :, taste.nc]
    share = _share_of_zones(plan, taste)
    for year in range(len(network.years)):
        here = begin[:, :, year]
        free = np.maximum(places[:, year] - (rolls[:, year] - here.sum(axis=0)), here.sum(axis=0)) * taught[:, year]
        yield _one_year(plan, taste, wish, here, waiting[:, year], free, taught[:, year], share, year)


def _one_year(
    plan: Plan,
    taste: Tastes,
    wish: Number,
    begin: Number,
    waiting: Number,
    free: Number,
    taught: YesNo,
    share: Number,
    year: int,
) -> Chosen:
    """Return what comes of one year: begin is origin × school, waiting one an origin, free one a school."""
    network = plan.network
    zones, schools, areas = len(network.zones), np.flatnonzero(taught), len(network.areas)
    of_area = network.area_of_origin()
    children = begin.sum(axis=1) + waiting
    by_zone = children[:zones] + share * children[zones:][network.area_of_zone]
    table = wish[:, :, schools]
    held, ranking = _assigned(
        network.reach.zone_miles[:, schools], _outside(plan)[:, schools], table, by_zone, free[schools]
    )
    first, _ = first_choices(table, np.ones((zones, len(schools)), dtype=bool))
    wanted = np.zeros_like(begin)
    wanted[:zones, schools] = by_zone[:, None] * first
    pooled = _sum(wanted[:zones], network.area_of_zone, areas)
    origin_wants = wanted if taste.nc == 0 else np.vstack([np.zeros_like(wanted[:zones]), pooled])
    placed = np.zeros((zones, len(free)))
    segments = wish.shape[1]
    zone = np.repeat(np.arange(zones), segments)
    np.add.at(placed, (zone[:, None], schools[ranking]), held)
    by_family = held.sum(axis=1)
    miles = network.reach.miles
    return Chosen(
        taste.nc, year, _sum(children, of_area, areas), _sum(begin, of_area, areas), _sum(placed, network.area_of_zone, areas),
        _sum(np.minimum(origin_wants, begin).sum(axis=1), of_area, areas), _sum(held[:, 0], network.area_of_zone[zone], areas),
        _sum(by_zone, network.area_of_zone, areas) - _sum(by_family, network.area_of_zone[zone], areas),
        _sum((begin * miles).sum(axis=1), of_area, areas),
        _sum((placed * network.reach.zone_miles).sum(axis=1), network.area_of_zone, areas),
    )  # fmt: skip


def _assigned(miles: Number, outside: Number, wish: Number, by_zone: Number, free: Number) -> tuple[Number, Whole]:
    """Return family type × rank of children held, and the ranking: positions among the schools given."""
    zones, segments, schools = wish.shape
    ranking = np.argsort(-wish, axis=2, kind="stable")[:, :, : min(RANKED, schools)].reshape(zones * segments, -1)
    family = np.repeat(np.arange(zones), segments)
    priority = (miles + NO_COMMUNITY * outside)[family]
    return deferred_acceptance(ranking, by_zone[family] / segments, priority, free), ranking


def _beginning(plan: Plan, nc: int) -> tuple[Number, Number]:
    """Return origin × school × planned year of children who begin at an NC year, and origin × year of those who wait."""
    network, stays, nodes = plan.network, plan.network.stays, plan.network.nodes
    shape = (len(network.origins), len(network.estate.table), len(network.years))
    begin, waiting = np.zeros(shape), np.zeros((shape[0], shape[2]))
    mine = np.flatnonzero((stays.node >= 0) & (nodes.nc[stays.node] == nc))
    np.add.at(
        begin, (stays.origin[mine], network.school_of_stay()[mine], nodes.year[stays.node[mine]]), plan.stays[mine]
    )
    here = np.flatnonzero(nodes.nc == nc)
    waiting[nodes.origin[here], nodes.year[here]] = plan.unplaced[here]
    return begin, waiting


def _share_of_zones(plan: Plan, taste: Tastes) -> Number:
    """Return each zone's share of its area's children at the entry, in the base year."""
    area = plan.network.area_of_zone
    weight = taste.children + 1e-9
    share: Number = weight / np.bincount(area, weights=weight)[area]
    return share


def _outside(plan: Plan) -> Number:
    """Return zone × school: 1 where the school serves another community than the zone's."""
    network = plan.network
    own = np.array(network.areas, dtype=object)[network.area_of_zone]
    other: Number = (own[:, None] != network.estate.table["community"].to_numpy(dtype=object)).astype(float)
    return other


def _sum(values: Number, group: Whole, count: int) -> Number:
    """Return values (rows) added up by group."""
    total = np.zeros((count, *values.shape[1:]))
    np.add.at(total, group, values)
    return total


def _by_community(plan: Plan, found: list[Chosen]) -> pd.DataFrame:
    """Return one row a community, year and entry year group, the authority first; shares in %, miles a child."""
    names = [WHOLE, *plan.network.areas]
    frames = []
    for one in found:
        elsewhere = np.maximum(one.plan - one.choosing, 0)
        sums = [one.children, one.first_plan, one.first_choosing, one.none, one.miles_plan, one.miles_choosing]
        children, first, choosing, none, miles, travelled = (np.append(s.sum(), s) for s in sums)
        moved = np.append(elsewhere.sum(), elsewhere.sum(axis=1))
        placed = [np.append(t.sum(), t.sum(axis=1)) for t in (one.plan, one.choosing)]
        frame = {
            "community": names, "academic_year": name_of_year(plan.network.years[one.year]), "nc_year": name_of_nc_year(one.nc),
            "children": children, "first_choice_plan": 100 * first / np.maximum(children, 1e-9),
            "first_choice_choosing": 100 * choosing / np.maximum(children, 1e-9), "none_of_choices": np.maximum(none, 0.0),
            "miles_plan": miles / np.maximum(placed[0], 1e-9), "miles_choosing": travelled / np.maximum(placed[1], 1e-9),
            "elsewhere": moved,
        }  # fmt: skip
        frames.append(pd.DataFrame(frame)[children >= LEAST_TOLD])
    table: pd.DataFrame = pd.concat(frames, ignore_index=True)[COLUMNS]
    return table


def _by_school(plan: Plan, found: list[Chosen]) -> pd.DataFrame:
    """Return one row a school, year and entry year group: who begin there by the plan, and if families choose."""
    urns = plan.network.estate.table["urn"].to_numpy(dtype=object)
    frames = []
    for one in found:
        planned, choosing = one.plan.sum(axis=0), one.choosing.sum(axis=0)
        frame = {
            "urn": urns, "academic_year": name_of_year(plan.network.years[one.year]), "nc_year": name_of_nc_year(one.nc),
            "begin_plan": planned, "begin_choosing": choosing,
        }  # fmt: skip
        frames.append(pd.DataFrame(frame)[np.maximum(planned, choosing) > NOBODY])
    table: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return table

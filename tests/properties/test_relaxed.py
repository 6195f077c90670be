"""Rules dropped from the tables, options forced as explain forces them, and zones that are alike: planned anew each time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import KEYS, with_table
from cases import cases
from placeplan.allocate.again import begin_again, forced
from properties.case import Case
from properties.compared import NEAR, SAME, best, budgeted, no_worse, settled
from properties.disguises import with_a_zone_told_as_two_halves
from towns import BASE, CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school, towns

SEEDS = st.integers(0, 10**6)


def without_exclusions(town):
    return with_table(town, "options", lambda t: t.assign(excludes=""))


def without_needs(town):
    return with_table(town, "options", lambda t: t.assign(needs="", follows=""))


def without_caps_a_year(town):
    """The money of the whole plan stays: it is the scale of cost too."""
    return settled(
        town, budget=town.settings.budget.model_copy(update={"a_year_pounds": None, "projects_a_year": None})
    )


def without_musts(town):
    return settled(town, must={})


def with_a_shorter_lead_time(town):
    """Every option may open from the first planned year on, and as late as before."""
    return with_table(town, "options", lambda t: t.assign(earliest_opening=BASE + 1))


DROPPED = (
    without_exclusions,
    without_needs,
    without_caps_a_year,
    without_musts,
    with_a_shorter_lead_time,
)


def bound_by_all(town, key):
    """With a must that asks for more than the plan reaches, few projects a year, and little money in each."""
    town = budgeted(town)
    planned = plan_for(town)
    scale = planned.allocation.model.scales[KEYS.index(key)]
    reached = scale.u(planned.measure(key).loss)
    few = town.settings.budget.model_copy(update={"projects_a_year": 1, "a_year_pounds": 2e6})
    return settled(town, must={key: reached - 0.05}, budget=few)


@given(town=towns(most_zones=2, most_options=4, most_years=4), key=st.sampled_from(KEYS))
@cases(4, night=200)
def test_what_is_dropped_never_worsens_the_plan(town, key):
    town = bound_by_all(town, key)
    held = best(town)
    worse = [drop.__name__ for drop in DROPPED if not no_worse(best(drop(town)), held)]
    assert worse == []
    free = town
    for drop in DROPPED:
        free = drop(free)
    assert no_worse(best(free), held)


def tied():
    """Two expansions of which the worse is needed before the better one, late, when a year's money is gone; a hall excluded."""
    schools = [school("A", "primary", pan=20, condition="d"), school("S", "secondary", pan=60)]
    rows = [
        option("BAD", "expansion", "S", 0, 3, places_per_year=30, nc_years=(7, 11), capital_pounds=3e6),
        option("GOOD", "expansion", "A", 2, 3, places_per_year=20, nc_years=(0, 6), needs="BAD", capital_pounds=1e6),
        option("HALL", "community_facility", "A", 2, 3, community_use="hall", excludes="GOOD", capital_pounds=1e5),
    ]  # fmt: skip
    return authority(
        schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=4,
        budget={"total_pounds": 6e6, "a_year_pounds": 3e6}, weights={"cost": 1.0},
    )  # fmt: skip


def test_each_rule_costs_something_where_it_binds():
    """So that the property above could fail: in this town every rule that is dropped betters the plan."""
    town = tied()
    reached = plan_for(town).allocation.model.scales[KEYS.index("viable")].u(plan_for(town).measure("viable").loss)
    town = settled(town, must={"viable": reached - 0.05})
    held = best(town)
    for drop in (without_exclusions, without_needs, without_musts, with_a_shorter_lead_time):
        found = best(drop(town))
        assert found[0] < held[0] - NEAR or found[1] < held[1] - 1e-6, drop.__name__


@given(town=towns(most_zones=2, most_options=3, most_years=4), seed=SEEDS)
@cases(4, night=200)
def test_what_explain_says_of_forcing_is_the_least_of_all_ways_to_open(town, seed):
    """By plain enumeration, each way a linear program of its own: no search and no branching behind the figure."""
    case = Case(budgeted(town), seed)
    told, opens = case.told, case.opens()
    again = begin_again(
        case.net, case.planned.prices, case.model.scales, case.town, case.plan.openings, told.limit_on_shortfall
    )  # fmt: skip
    assert again.objective == pytest.approx(told.objective, **SAME)
    for k, decision in enumerate(case.decisions):
        if decision.refused:
            continue
        open_ = opens[decision.name] is None
        said = forced(again, k, opened=open_, seconds=60)
        truth = case.truth(case.forced(k, open_=open_)) + case.model.constant
        if not np.isfinite(truth):  # at the run's limit nothing can stand: a rule forbids it, or children go short
            assert said.broken or said.fewest > told.limit_on_shortfall - NEAR
            continue
        assert said.proven
        assert said.objective == pytest.approx(truth, **SAME)
        assert said.bound <= truth + case.room(truth)
        assert said.objective >= told.objective - case.room(told.objective)


def with_names_swapped(town, one, other):
    """Two zones that bear each other's names; every row stays where it stands."""
    swap = {one: other, other: one}
    for table, column in (("children", "zone"), ("births", "area")):
        town = with_table(town, table, lambda t, c=column: t.assign(**{c: t[c].replace(swap)}))
    zones = town.zones.assign(zone=town.zones["zone"].replace(swap), name=town.zones["name"].replace(swap))
    return replace(town, zones=zones)


def begun_by_zone(planned):
    """Zone → children who begin Reception, by school and year."""
    net, plan = planned.network, planned.allocation.plan
    first = np.flatnonzero((net.stays.node >= 0) & (net.stays.origin < len(net.zones)))
    found = np.zeros((len(net.zones), len(net.estate.table), len(net.years)))
    at = (net.stays.origin[first], net.school_of_stay()[first], net.nodes.year[net.stays.node[first]])
    np.add.at(found, at, plan.stays[first])
    return dict(zip(net.zones, found, strict=True))


@given(town=towns(most_zones=2, most_options=3, most_years=4), seed=SEEDS)
@cases(4, night=200)
def test_two_zones_that_are_alike_swap_their_children_s_schools_and_nothing_else(town, seed):
    """One zone is told as two halves, equal in number and place; then each half bears the other's name."""
    town = with_a_zone_told_as_two_halves(budgeted(town), None, np.random.default_rng(seed))
    twin = next(
        z
        for z, g in zip(town.zones["zone"], town.zones.geometry, strict=True)
        if z != "Half" and g.equals(town.zones.geometry.iloc[-1])
    )
    first, second = plan_for(town), plan_for(with_names_swapped(town, twin, "Half"))
    assert second.opens == first.opens
    assert second.allocation.objective == pytest.approx(first.allocation.objective, **SAME)
    assert second.allocation.least_shortfall == pytest.approx(first.allocation.least_shortfall, abs=NEAR)
    assert second.allocation.plan.rolls() == pytest.approx(first.allocation.plan.rolls(), abs=NEAR)
    before, after = begun_by_zone(first), begun_by_zone(second)
    for zone in set(before) - {twin, "Half"}:
        assert after[zone] == pytest.approx(before[zone], abs=NEAR)
    kept, swapped = (
        all(np.allclose(after[a], before[b], atol=NEAR) for a, b in pairs)
        for pairs in (((twin, twin), ("Half", "Half")), ((twin, "Half"), ("Half", twin)))
    )
    assert kept or swapped

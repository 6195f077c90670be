"""Who could go where: children kept, places by year and year group, where a stay ends, which schools are in reach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import with_table
from cases import cases
from placeplan.forecast.forecast import forecast
from placeplan.journeys.demand import DUST
from placeplan.journeys.network import network
from placeplan.journeys.reach import within_reach
from placeplan.options.read import options
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, conversion, option, school, three_tier_town, towns

UP_TO_11 = np.where(np.arange(14) <= 11, 30, 0)[None, :]


def journeys(given):
    return network(given, forecast(given), options(given))


def opened(net, **years):
    """Openings in which each decision named is open from a planned year on."""
    found = net.options
    y = np.zeros(len(found.opening_year))
    for name, year in years.items():
        k = next(i for i, d in enumerate(found.decisions) if d.name == name)
        y[(found.opening_decision == k) & (found.opening_year >= year)] = 1
    return y


def places(net, urn, y):
    """Places of one school, planned year × NC year."""
    shape = (len(net.estate.table), len(net.years), 14)
    return net.places.by_year_group.at(y).reshape(shape)[net.estate.index()[urn]]


def net_capacity(net, urn, y):
    return net.places.net.at(y).reshape(len(net.estate.table), -1)[net.estate.index()[urn]]


def pair(**more):
    """A primary and a secondary of 30 a year with some options."""
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30)]
    return authority(schools, UP_TO_11, assumptions=NO_SIXTH_FORM, **{"years": 8} | more)


@given(town=towns())
@cases(10)
def test_the_forecast_is_carried_by_retention_and_joiners(town):
    need = journeys(town).demand
    assert (need.retention <= 1).all()
    assert (need.joiners >= 0).all()
    moved_up = need.children[:, :-1, :-1] * need.retention[1:, 1:] + need.joiners[:, 1:, 1:]
    assert moved_up == pytest.approx(need.children[:, 1:, 1:], abs=1e-9)
    assert (need.children >= need.wanted - DUST).all()  # an area may exceed its forecast, never fall short


@given(town=towns())
@cases(10)
def test_everybody_on_roll_today_has_a_stay_to_go_on_with(town):
    net = journeys(town)
    rolling = np.zeros_like(net.estate.rolls)
    group, stay = np.unique(net.stays.group, return_index=True)
    group, stay = group[group >= 0], stay[group >= 0]
    assert group.tolist() == list(range(len(net.stays.fixed)))
    bundle = net.stays.bundle[stay]
    np.add.at(rolling, (net.bundles.school[bundle], net.bundles.first_nc[bundle]), net.stays.fixed)
    assert rolling == pytest.approx(net.estate.rolls * net.estate.taught, abs=1e-9)


@given(town=towns())
@cases(10)
def test_a_stay_is_in_year_groups_that_its_lawful_states_teach_and_ends_where_they_stop(town):
    net = journeys(town)
    states, years = net.states, len(net.years)
    bundle, state = net.bundles.lawful.nonzero()
    for b, s in zip(bundle.tolist(), state.tolist(), strict=True):
        joins, first, ends = (int(x[b]) for x in (net.bundles.joins, net.bundles.first_nc, net.bundles.ends))
        assert states.school[s] == net.bundles.school[b]
        for t in range(max(joins, 0), ends + 1):
            assert states.taught[s, t, first + t - joins]
        last = first + ends - joins
        goes_on = ends + 1 < years and last < 13 and states.taught[s, ends + 1, last + 1]
        assert not goes_on or last == 11


def test_a_stay_lasts_as_long_as_the_school_teaches_and_longer_where_it_grows():
    rows = conversion("T", "L", "M", "U", pan=(30, 30), first=1, last=1)
    net = journeys(three_tier_town(options=rows, years=10))
    lower = net.estate.index()["L"]
    mine = (net.bundles.school == lower) & (net.bundles.joins == 0) & (net.bundles.first_nc == 0)
    assert sorted(net.bundles.last_nc[mine].tolist()) == [4, 6]
    middle = net.estate.index()["M"]
    young = (net.bundles.school == middle) & (net.bundles.joins == -1) & (net.bundles.first_nc == 5)
    assert sorted(net.bundles.ends[young].tolist()) == [0, 2]  # ended by the closure, or by itself after Year 8
    assert sorted(net.bundles.ended_early(net.states)[young].tolist()) == [0, 1]


def test_children_may_leave_after_year_11_where_the_school_goes_on_to_a_sixth_form():
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30, highest=13)]
    net = journeys(authority(schools, np.full((1, 14), 30), years=8))
    mine = (net.bundles.school == 1) & (net.bundles.joins == 0) & (net.bundles.first_nc == 7)
    assert sorted(net.bundles.last_nc[mine].tolist()) == [11, 13]


def test_an_expansion_counts_from_its_opening_year_on():
    net = journeys(pair(options=[option("X", "expansion", "P", 2, 4, nc_years=(0, 6), places_per_year=15)]))
    assert (places(net, "P", opened(net))[:, :7] == 30).all()
    table = places(net, "P", opened(net, X=3))
    assert (table[:3, :7] == 30).all()
    assert (table[3:, :7] == 45).all()
    assert net_capacity(net, "P", opened(net, X=3)).tolist() == [210] * 3 + [315] * 5


def test_a_bulge_is_gone_with_its_cohort_and_so_is_its_room():
    net = journeys(pair(options=[option("B", "bulge", "P", 1, 1, nc_years=(0, 4), places_per_year=30)]))
    extra = places(net, "P", opened(net, B=1)) - places(net, "P", opened(net))
    assert [tuple(cell) for cell in np.argwhere(extra)] == [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]
    assert extra.max() == 30
    assert net_capacity(net, "P", opened(net, B=1)).tolist() == [210] + [240] * 5 + [210] * 2


def test_a_cut_takes_the_places_of_new_cohorts_only():
    net = journeys(pair(options=[option("C", "pan_reduction", "P", 1, 1, nc_years=(0, 6), places_per_year=-15)]))
    table = places(net, "P", opened(net, C=1))[:, :7]
    for year in range(8):
        assert table[year].tolist() == [15 if nc < year else 30 for nc in range(7)]


def test_a_cut_never_leaves_fewer_than_no_places():
    net = journeys(pair(options=[option("C", "pan_reduction", "P", 0, 0, nc_years=(0, 6), places_per_year=-90)]))
    assert places(net, "P", opened(net, C=0)).min() == 0


def test_resourced_provision_takes_thirty_of_net_capacity_and_leaves_the_admission_number():
    row = option("R", "resourced_provision", "P", 2, 2, places_per_year=10, net_capacity_change=-30)
    net = journeys(pair(options=[row]))
    assert net_capacity(net, "P", opened(net, R=2)).tolist() == [210] * 2 + [180] * 6
    assert (places(net, "P", opened(net, R=2)) == places(net, "P", opened(net))).all()
    pools = net.specialist.places
    assert pools.at(opened(net)).sum() == 0
    assert pools.at(opened(net, R=2)).tolist() == [0] * 2 + [10] * 6


def test_a_cohort_on_roll_above_the_places_keeps_them_until_it_leaves():
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30)]
    rolls = np.zeros((2, 14))
    rolls[0, :7], rolls[1, 7:12] = 30, 30
    rolls[0, 3] = 36
    net = journeys(authority(schools, UP_TO_11, rolls=rolls, assumptions=NO_SIXTH_FORM, years=6))
    table = places(net, "P", opened(net))
    full = net.demand.survival()[0]
    for year in range(3):
        assert table[year, 4 + year] == pytest.approx(max(30, 36 * full[3, year]))
    assert (np.delete(table.ravel(), [4, 19, 34])[: 3 * 14] <= 30).all()
    assert (table[3:] <= 30).all()


def test_a_new_school_has_places_in_the_year_groups_it_has_reached():
    row = option("N", "new_school", first=1, last=1, nc_years=(0, 6), places_per_year=20, easting=500.0, northing=500.0)
    net = journeys(pair(options=[row]))
    table = places(net, "S-N", opened(net, N=1))
    assert table.sum(axis=1).tolist() == [0, 20, 40, 60, 80, 100, 120, 140]
    assert not places(net, "S-N", opened(net)).any()
    assert net_capacity(net, "S-N", opened(net, N=1)).tolist() == table.sum(axis=1).tolist()


def test_a_closed_school_has_no_places_even_for_those_on_roll():
    net = journeys(pair(options=[option("C", "closure", "P", 2, 2)]))
    table = places(net, "P", opened(net, C=2))
    assert (table[:2, :7] == 30).all()
    assert not table[2:].any()


@given(
    miles=st.lists(st.integers(0, 6), min_size=3, max_size=9),
    optional=st.lists(st.booleans(), min_size=9, max_size=9),
    count=st.integers(1, 4),
)
@cases(60)
def test_reach_is_the_nearest_schools_of_today_ties_in_and_nearer_options_on_top(miles, optional, count):
    table = np.array([miles], dtype=float)
    only_options = np.array(optional[: len(miles)])
    ever = np.ones((len(miles), 14), dtype=bool)
    today = ever & ~only_options[:, None]
    found = within_reach(table, today, today, ever, ever, (count, count))[0][0]
    of_today = sorted(m for m, o in zip(miles, only_options, strict=True) if not o)
    farthest = of_today[count - 1] if len(of_today) >= count else np.inf
    assert found.tolist() == [m <= farthest for m in miles]


def test_an_option_that_nobody_chose_leaves_the_reach_of_the_schools_of_today_alone():
    schools = [school(f"P{k}", "primary", zone=k % 3, pan=30) for k in range(3)] + [school("S", "secondary", pan=90)]
    children = np.repeat(UP_TO_11, 3, axis=0)
    new = option("N", "new_school", nc_years=(0, 6), places_per_year=20, easting=2500.0, northing=900.0)
    pairs = []
    for rows in ((), (new,)):
        net = journeys(authority(schools, children, options=rows, assumptions=NO_SIXTH_FORM))
        of_today = ~net.estate.table["is_new"].to_numpy()[net.school_of_stay()]
        pairs.append({tuple(p) for p in zip(net.stays.origin[of_today], net.school_of_stay()[of_today], strict=True)})
    assert pairs[0] == pairs[1]


def test_distances_are_those_of_the_travel_table_where_it_has_the_pair():
    row = {"zone": "Z0", "urn": "P", "mode": "walk", "miles": 7.5, "minutes": 30.0}
    net = journeys(pair(travel=[row]))
    assert net.reach.zone_miles[0, net.estate.index()["P"]] == 7.5
    assert net.reach.zone_miles[0, net.estate.index()["S"]] == 0


def test_unsafe_routes_count_as_beyond_the_walking_limit():
    unsafe = with_table(pair(), "schools", lambda t: t.assign(unsafe_routes=t["urn"] == "P"))
    net = journeys(unsafe)
    assert net.reach.excess_under_8[0].tolist() == [1.0, 0.0]


def test_a_new_school_takes_nothing_from_the_first_school_of_the_table():
    first = school("A", "primary", site_area=9.0, college_share=0.5, opened="1999-09-01", laestab="8234001")
    site = option("N", "new_school", nc_years=(0, 6), places_per_year=30)
    given = authority([first], CHILDREN_TO_11, options=[site], assumptions=NO_SIXTH_FORM)
    table = network(given, forecast(given), options(given)).estate.table.set_index("urn")
    assert {*table.columns, "urn"} >= set(given.schools.columns)
    new = table.loc["S-N"]
    assert new[["site_area", "college_share", "infant_classes"]].isna().all()
    assert new["opened"] == new["laestab"] == ""

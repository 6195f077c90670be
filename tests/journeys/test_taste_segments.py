"""Segments of taste and deferred acceptance: the same families every time, stable assignments, nobody over the places."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import scenario
from cases import cases
from placeplan.forecast.forecast import forecast
from placeplan.journeys.deferred import deferred_acceptance
from placeplan.journeys.network import network
from placeplan.journeys.segments import MOST_LOST, favourites, first_choices, gumbel, wishes
from placeplan.journeys.taste import entries, popularity, taste_at, tastes
from placeplan.options.read import options
from towns import authority, option, school

ZONES, SCHOOLS = ["Z1", "Z2", "Z3"], ["100", "101", "102", "103"]


def test_a_taste_follows_from_its_names_alone():
    all_ = gumbel(ZONES, SCHOOLS, 50, 1, 0)
    assert (gumbel(ZONES[1:], SCHOOLS[::-1], 50, 1, 0) == all_[1:, :, ::-1]).all()
    assert (gumbel(ZONES, SCHOOLS, 20, 1, 0) == all_[:, :20]).all()
    for other in (gumbel(ZONES, SCHOOLS, 50, 2, 0), gumbel(ZONES, SCHOOLS, 50, 1, 5)):
        assert not np.isclose(all_, other).any()


def test_tastes_follow_the_gumbel_law_and_are_strangers_to_each_other():
    drawn = gumbel([f"Z{k}" for k in range(60)], [str(k) for k in range(20)], 40, 1, 0)
    assert drawn.mean() == pytest.approx(np.euler_gamma, abs=0.03)
    assert drawn.var() == pytest.approx(np.pi**2 / 6, abs=0.05)
    columns = drawn.reshape(-1, 20)
    assert np.abs(np.corrcoef(columns.T) - np.eye(20)).max() < 0.1
    assert np.abs(np.corrcoef(drawn[:, :, 0]) - np.eye(60)).max() < 0.7


def test_many_segments_choose_as_the_logit_says():
    utility = np.array([[0.0, 1.0, -1.0, 0.5]])
    wish = utility[:, None, :] + gumbel(["Z1"], SCHOOLS, 20_000, 1, 0)
    share, lost = first_choices(wish, np.ones((1, 4), dtype=bool))
    logit = np.exp(utility) / np.exp(utility).sum()
    assert share == pytest.approx(logit, abs=0.01)
    assert share.sum() == pytest.approx(1)
    assert ((lost > 0) & (lost <= MOST_LOST)).all()


def test_the_first_choice_among_all_but_some_is_a_school_that_is_there():
    wish = np.zeros((2, 10, 4)) + gumbel(["Z1", "Z2"], SCHOOLS, 10, 1, 0)
    there = np.array([[True, False, True, False], [False, False, False, False]])
    share, lost = first_choices(wish, there)
    assert share[0].sum() == pytest.approx(1)
    assert share[~there].sum() == 0
    assert lost[1].sum() == 0
    alone, worth = first_choices(wish[:1], np.array([[False, True, False, False]]))
    assert alone == pytest.approx(np.array([[0.0, 1.0, 0.0, 0.0]]))
    assert worth[0, 1] == MOST_LOST


@st.composite
def queues(draw):
    families, schools = draw(st.integers(1, 9)), draw(st.integers(1, 5))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    ranks = draw(st.integers(1, schools))
    ranking = np.array([chance.permutation(schools)[:ranks] for _ in range(families)])
    if draw(st.booleans()):
        ranking[0, -1] = -1
    children = chance.integers(1, 9, families) * draw(st.sampled_from([1.0, 0.5, 1 / 3]))
    priority = chance.integers(0, 3, (families, schools)).astype(float)
    return ranking, children, priority, chance.integers(0, 15, schools).astype(float)


@given(queue=queues())
@cases(150)
def test_deferred_acceptance_is_stable_and_never_over_the_places(queue):
    ranking, children, priority, places = queue
    held = deferred_acceptance(ranking, children, priority, places)
    assert (held >= 0).all()
    assert (held.sum(axis=1) <= children + 1e-6).all()
    assert held[ranking < 0].sum() == 0
    rolls = np.array([held[ranking == s].sum() for s in range(len(places))])
    assert (rolls <= places + 1e-6).all()
    for f, ranks in enumerate(ranking):
        for r, s in enumerate(ranks):
            if s < 0 or children[f] - held[f, : r + 1].sum() < 1e-4:
                continue  # none of its children would rather be here than where they are
            assert rolls[s] == pytest.approx(places[s], abs=1e-4)  # it is full …
            at = [
                (priority[g, s], g)
                for g in range(len(ranking))
                for k in range(ranking.shape[1])
                if ranking[g, k] == s and held[g, k] > 1e-4
            ]
            assert all(who <= (priority[f, s], f) for who in at)  # … and nobody there comes after them


def test_with_room_for_all_every_family_has_its_first_choice():
    ranking = np.array([[1, 0], [0, 1], [0, 1]])
    held = deferred_acceptance(ranking, np.array([3.0, 4.0, 5.0]), np.zeros((3, 2)), np.array([9.0, 3.0]))
    assert held.tolist() == [[3, 0], [4, 0], [5, 0]]


def test_a_full_school_turns_the_last_by_its_criteria_to_their_second_choice():
    ranking = np.array([[0, 1], [0, 1]])
    far_first = deferred_acceptance(ranking, np.array([6.0, 6.0]), np.array([[2.0, 0], [1.0, 0]]), np.array([8.0, 3.0]))
    assert far_first.tolist() == [[2, 3], [6, 0]]  # one child has none of its choices


def test_families_prefer_no_other_stable_assignment():
    ranking = np.array([[0, 1], [1, 0]])  # each school prefers the other's family; both keep their first choice
    priority = np.array([[1.0, 0.0], [0.0, 1.0]])
    held = deferred_acceptance(ranking, np.array([1.0, 1.0]), priority, np.array([1.0, 1.0]))
    assert held.tolist() == [[1, 0], [1, 0]]


def new_school_town():
    schools = [school("P", "primary", 0, 60), school("Q", "primary", 3, 60), school("S", "secondary", 0, 120)]
    children = np.where(np.arange(14) <= 11, 30, 0) * np.ones((4, 1))
    rows = [
        option(
            "N",
            "new_school",
            first=1,
            last=2,
            nc_years=(0, 6),
            places_per_year=60,
            easting=5000,
            northing=1000,
            community="Town",
        ),
        option("C", "closure", "Q", 1, 1, nc_years=(0, 6)),
    ]
    return authority(
        schools, children, options=rows, years=5, assumptions={"participation.college_share": 1, "specialist.rate": 0}
    )


@pytest.fixture(scope="module")
def town():
    made = new_school_town()
    return made, network(made, forecast(made), options(made))


def opened(net, **years):
    y = np.zeros(len(net.options.opening_year))
    for name, year in years.items():
        k = next(i for i, d in enumerate(net.options.decisions) if d.name == name)
        y[(net.options.opening_decision == k) & (net.options.opening_year >= year)] = 1
    return y


@pytest.mark.parametrize(("opens", "teach"), [({}, "PQ"), ({"N": 1}, "PQN"), ({"N": 2}, "PQN"), ({"C": 1}, "P")])
def test_favourites_move_with_what_opens_as_if_the_schools_were_chosen_among_anew(town, opens, teach):
    made, net = town
    taste = taste_at(net, made, 0)
    found = favourites(net, taste, 40, 7)
    figures = found.children.at(opened(net, **opens))
    wish = wishes(net, taste, 40, 7)
    urns = net.estate.table["urn"].tolist()
    open_ = np.array([urn.removeprefix("S-") in teach and urn != "S" for urn in urns])
    for year in range(5):
        there = open_ if year >= max(opens.values(), default=0) else np.array([urn in "PQ" for urn in urns])
        share, _ = first_choices(wish, np.broadcast_to(there, (4, len(urns))))
        table = np.zeros_like(share)
        mine = found.year == year
        table[found.zone[mine], found.school[mine]] = figures[mine]
        assert table == pytest.approx(share * net.demand.entry[:, year : year + 1], abs=1e-9)
    assert ((found.lost > 0) & (found.lost <= MOST_LOST)).all()


def test_the_entries_are_the_year_groups_with_which_schools_begin():
    three_tier = scenario("town")
    net = network(three_tier, forecast(three_tier), options(three_tier))
    assert entries(net.estate.taught, net.estate.places) == [0, 5, 9]
    told = tastes(net, three_tier)
    assert [t.nc for t in told] == [0, 5, 9]
    assert "continuity" not in told[0].fitted.names
    assert "continuity" in told[1].fitted.names
    assert all(t.utility.shape == (len(net.zones), len(net.estate.table)) for t in told)


def test_first_preferences_for_a_place_tell_popularity_where_they_are_given(town):
    made, net = town
    rows = made.table("preferences").reindex(range(4))
    rows = rows.assign(
        urn=["P", "P", "Q", "Q"], academic_year=[2018, 2010, 2018, 2017], first_preferences=[120, 1, 40, 20]
    )
    liked = replace(made, tables={**made.tables, "preferences": rows})
    assert popularity(liked, np.array(["P", "Q", "X"])) == pytest.approx(np.log([2, 0.5, 1]))
    assert popularity(made, np.array(["P", "Q"])) is None
    assert "popularity" in taste_at(net, liked, 0).fitted.names
    assert "grade" in taste_at(net, made, 0).fitted.names

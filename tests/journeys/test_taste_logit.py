"""The logit of school choice: shares, what moves them, and coefficients found again in an authority made from known ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import cases
from placeplan.journeys.logit import FULL, Market, Prior, fit, misplaced, shares, within_places

NAMES = ("miles", "same community", "size", "grade")
TRUE = np.array([-0.8, 1.2, 1.0, 0.9])
VAGUE = {name: Prior(0.0, 5.0, "nothing is believed") for name in NAMES}


def market(seed=1, zones=60, schools=40, places=1e9):
    chance = np.random.default_rng(seed)
    homes, sites = chance.uniform(0, 12, (zones, 2)), chance.uniform(0, 12, (schools, 2))
    miles = np.hypot(*(homes[:, None] - sites[None, :]).transpose(2, 0, 1))
    same = (homes[:, None, 0] > 6) == (sites[None, :, 0] > 6)
    size, grade = np.log(chance.choice([15, 30, 45, 60, 90], schools)), chance.choice([0, 0.3, 0.8, 1.0], schools)
    columns = [miles, same, *(np.broadcast_to(v, miles.shape) for v in (size, grade))]
    room = np.broadcast_to(np.asarray(places, dtype=float), (schools,))
    return Market(NAMES, np.stack(columns, axis=-1).astype(float), chance.integers(20, 400, zones).astype(float), room)


utilities = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.floats(-20, 20), min_size=n, max_size=n), min_size=1, max_size=5).map(np.array)
)


@given(utility=utilities, shift=st.floats(-50, 50))
@cases(30)
def test_shares_add_up_to_one_and_only_differences_of_utility_count(utility, shift):
    assert shares(utility).sum(axis=1) == pytest.approx(1)
    assert shares(utility + shift) == pytest.approx(shares(utility), abs=1e-9)


@given(utility=utilities)
@cases(30)
def test_another_order_of_the_schools_is_another_order_of_the_shares(utility):
    order = np.random.default_rng(0).permutation(utility.shape[1])
    assert shares(utility[:, order]) == pytest.approx(shares(utility)[:, order])


@given(utility=utilities, gap=st.floats(5, 30))
@cases(30)
def test_a_school_that_nobody_likes_takes_next_to_nothing_and_from_all_alike(utility, gap):
    before = shares(utility)
    worst = utility.min(axis=1, keepdims=True) - gap
    after = shares(np.hstack([utility, worst]))
    assert (after[:, -1] <= np.exp(-gap)).all()
    assert after[:, :-1] / (1 - after[:, -1:]) == pytest.approx(before)  # independence of what else there is


def test_miles_in_half_miles_halve_their_coefficient_and_change_no_roll():
    here = market()
    half = Market(NAMES, here.features * np.array([2.0, 1, 1, 1]), here.children, here.places)
    assert half.wanted(TRUE * np.array([0.5, 1, 1, 1])) == pytest.approx(here.wanted(TRUE))


def test_the_coefficients_of_a_simulated_authority_are_found_again_within_their_errors():
    told = []
    for seed in range(12):
        here = market(seed)
        rolls = np.random.default_rng(seed).poisson(here.wanted(TRUE)).astype(float)
        found = fit(here, rolls, VAGUE)
        told.append((found.coefficients - TRUE) / found.errors)
        assert found.dispersion < 2.5
        assert found.pseudo_r2 > 0.9
        assert found.not_identified == ()
    assert np.abs(np.mean(told, axis=0)).max() < 1.0
    assert 0.5 < np.std(told) < 1.6  # errors are neither half nor double what they should be


def test_rolls_without_noise_give_the_coefficients_exactly():
    here = market()
    found = fit(here, here.wanted(TRUE), VAGUE)
    assert found.coefficients == pytest.approx(TRUE, abs=0.02)
    assert found.misplaced < 0.002


def test_the_gradient_is_the_slope_of_the_loss():
    from placeplan.journeys.logit import _Seen

    here = market(places=200.0)
    rolls = np.random.default_rng(5).poisson(here.wanted(TRUE) * 1.1).astype(float) + 1
    seen = _Seen(here, rolls, np.arange(40) % 2 == 0, [Prior(0.1, 1.0, "")] * 4)
    at = TRUE * 0.7
    step = 1e-6
    slope = [(seen._loss(at + step * e, 2.0)[0] - seen._loss(at - step * e, 2.0)[0]) / (2 * step) for e in np.eye(4)]
    assert seen._loss(at, 2.0)[1] == pytest.approx(np.array(slope), rel=1e-4, abs=1e-4)


def test_rolls_that_may_not_be_looked_at_change_nothing():
    here = market()
    rolls = here.wanted(TRUE)
    known = np.arange(len(rolls)) % 2 == 0
    other = np.where(known, rolls, 7.0)
    assert fit(here, rolls, VAGUE, known).coefficients == pytest.approx(fit(here, other, VAGUE, known).coefficients)


def test_what_no_roll_tells_keeps_its_prior_and_is_named():
    here = market()
    flat = here.features.copy()
    flat[:, :, 3] = 0.5  # every school has the same grade
    found = fit(
        Market(NAMES, flat, here.children, here.places), here.wanted(TRUE), VAGUE | {"grade": Prior(0.4, 0.6, "")}
    )
    assert found.not_identified == ("grade",)
    assert found.of("grade") == pytest.approx(0.4, abs=1e-3)
    assert found.errors[3] == pytest.approx(0.6, rel=1e-3)


def test_a_full_school_tells_only_that_at_least_so_many_wanted_it():
    here = market()
    wanted = here.wanted(TRUE)
    places = np.where(np.arange(40) % 4 == 0, 0.6 * wanted, 1e9)  # ten schools could take six of ten who wanted them
    tight = Market(NAMES, here.features, here.children, places)
    rolls = np.minimum(wanted, places)
    found = fit(tight, rolls, VAGUE)
    taken_literally = fit(Market(NAMES, here.features, here.children, here.places), rolls, VAGUE)
    assert found.censored == 10
    assert found.coefficients == pytest.approx(TRUE, abs=0.05)
    assert np.abs(taken_literally.coefficients - TRUE).max() > 0.1


@given(utility=utilities, free=st.floats(1.0, 2.0), seed=st.integers(0, 99))
@cases(30)
def test_within_places_no_school_is_over_them_and_a_school_with_room_turns_nobody_away(utility, free, seed):
    chance = np.random.default_rng(seed)
    utility = utility / 4
    children = chance.uniform(1, 50, utility.shape[0])
    places = chance.dirichlet(np.ones(utility.shape[1])) * children.sum() * free + 1.0
    chosen = within_places(utility, children, places)
    rolls = children @ chosen
    assert chosen.sum(axis=1) == pytest.approx(1)
    assert (rolls <= places * 1.01 + 1e-6).all()
    room = rolls < places * 0.98
    if room.sum() > 1:  # among schools with room nobody's odds are bent
        odds = shares(utility)[:, room]
        assert chosen[:, room] / chosen[:, room].sum(axis=1, keepdims=True) == pytest.approx(
            odds / odds.sum(axis=1, keepdims=True), rel=1e-3, abs=1e-6
        )


def test_places_in_plenty_change_no_choice_and_too_few_fill_alike():
    here = market()
    utility = here.utility(TRUE)
    assert within_places(utility, here.children, np.full(40, 1e6)) == pytest.approx(shares(utility))
    few = np.full(40, 0.5 * here.children.sum() / 40)
    rolls = here.children @ within_places(utility, here.children, few)
    assert rolls == pytest.approx(2 * few, rel=0.02)
    assert 0.9 < FULL < 1


def test_misplaced_is_the_share_of_pupils_told_at_the_wrong_school():
    assert misplaced(np.array([10.0, 0.0, 20.0]), np.array([0.0, 10.0, 20.0])) == pytest.approx(10 / 30)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from placeplan.forecast.survival import moved_up, of_areas, survival_ratios

numbers = st.integers(0, 300).map(float)


@given(st.integers(1, 7).flatmap(lambda years: arrays(float, (years, 14), elements=numbers)))
def test_a_survival_ratio_is_weighted_pupils_above_by_weighted_pupils_below(rolls):
    ratios = survival_ratios(rolls, (1, 2, 3))
    moves = list(range(len(rolls) - 1))[-3:]
    for nc in range(13):
        weights = [3 - (len(rolls) - 2 - move) for move in moves]
        below = sum(w * rolls[m, nc] for w, m in zip(weights, moves, strict=True))
        above = sum(w * rolls[m + 1, nc + 1] for w, m in zip(weights, moves, strict=True))
        np.testing.assert_allclose(ratios[nc], above / below if below else 1.0)


def test_a_cohort_is_moved_up_by_the_product_of_its_ratios():
    ratios = np.linspace(0.9, 1.1, 13)
    base, entering = np.arange(10.0, 24.0), np.array([5.0, 6.0, 7.0])
    groups = moved_up(base, entering, np.tile(ratios, (3, 1)))
    np.testing.assert_allclose(groups[2, 6], base[3] * ratios[3] * ratios[4] * ratios[5])
    np.testing.assert_allclose(groups[2, 2], 5.0 * ratios[0] * ratios[1])
    assert groups[:, 0].tolist() == [5.0, 6.0, 7.0]


@given(arrays(float, (3, 4, 14), elements=numbers))
def test_an_areas_factor_lies_between_its_own_ratio_and_the_authoritys_and_does_not_know_the_size_of_the_authority(
    children,
):
    factors = of_areas(children)
    assert np.isfinite(factors).all()
    assert (factors >= 0).all()
    np.testing.assert_allclose(of_areas(2 * children), factors)


def test_a_large_area_is_believed_more_than_a_small_one():
    growing = np.array([[1.1**t * 100.0] * 14 for t in range(4)])
    steady = np.full((4, 14), 100.0)
    alike = of_areas(np.stack([growing, steady]))[:, 0]
    small = of_areas(np.stack([growing * 0.01, steady]))[:, 0]
    assert alike[0] > 1 > alike[1]
    assert 1 < small[0] < 1.1**1 * 0.95


def test_an_area_without_children_takes_the_authoritys_ratios():
    children = np.stack([np.zeros((4, 14)), np.full((4, 14), 50.0)])
    assert of_areas(children)[0].tolist() == [1.0] * 11

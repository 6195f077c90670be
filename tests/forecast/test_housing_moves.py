import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecast.build import BASE, assumption, homes, steady
from placeplan.forecast.housing import homes_of, housing
from placeplan.forecast.housing_moves import left_behind

children = arrays(float, (3, 2, 4), elements=st.floats(0, 200).map(lambda n: round(n, 3)))
movers = arrays(float, (2, 4), elements=st.floats(0, 300).map(lambda n: round(n, 3)))
shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def of(rows, **tables):
    return homes_of(steady(tables={"housing": rows} | tables))


@given(shares, st.integers(0, 400))
def test_who_moves_within_the_authority_lives_in_the_new_home_and_is_no_more_pupils(share, dwellings):
    row = homes("D", "Z1", BASE + 1, dwellings)
    plain, some = of([row]), of([row | {"moved_within": share}])
    assert (some.pupils == plain.pupils).all()
    np.testing.assert_allclose(some.moved, share * plain.pupils)
    net, _ = housing(steady(tables={"housing": [row | {"moved_within": share}]}))
    np.testing.assert_allclose(net, (1 - share) * plain.pupils)


@given(shares)
def test_the_share_of_a_row_goes_before_the_assumed_one(share):
    row = homes("D", "Z1", BASE + 1, 100)
    assumed = of([row], assumptions=[assumption("housing.moved_within", share)])
    own = of([row | {"moved_within": share}], assumptions=[assumption("housing.moved_within", 0.9)])
    assert (assumed.moved == own.moved).all()


@given(movers, children)
def test_as_many_leave_the_zones_as_move_within_and_none_turns_negative(moved, organic):
    left = left_behind(moved, organic)
    np.testing.assert_allclose(left.sum(axis=0), np.minimum(moved, organic.sum(axis=0)), atol=1e-9)
    assert (left >= 0).all()
    assert (left <= organic + 1e-9).all()


@given(movers, children)
def test_zones_give_in_proportion_to_their_children(moved, organic):
    share = np.divide(left_behind(moved, organic), organic, out=np.zeros_like(organic), where=organic > 0)
    for zone in range(3):
        seen = organic[zone] > 0
        np.testing.assert_allclose(share[zone][seen], share.max(axis=0)[seen], rtol=1e-9)


@given(movers, children, children)
def test_futures_are_reckoned_like_the_forecast_each_by_itself(moved, one, other):
    both = left_behind(np.stack([moved, moved / 2]), np.stack([one, other]))
    np.testing.assert_array_equal(both[0], left_behind(moved, one))
    np.testing.assert_array_equal(both[1], left_behind(moved / 2, other))


def test_movers_are_told():
    row = homes("D", "Z1", BASE + 1, 100, moved_within=0.4)
    assert any("only move within" in note for note in of([row]).notes)
    assert not any("only move within" in note for note in of([row | {"moved_within": 0.0}]).notes)

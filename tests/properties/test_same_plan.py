"""What makes no difference to a plan: a principle that nobody weighs, which of two twins is named first, a worse twin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import with_table
from cases import cases
from properties.compared import NEAR, SAME
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school, towns


@given(town=towns(most_options=3))
@cases(3)
def test_a_principle_of_weight_0_has_no_influence(town):
    muted = plan_for(town, community=0.0, choice=0.0).allocation
    poorer = with_table(town, "schools", lambda t: t.assign(condition="d", temporary_places=50, faith="Church"))
    assert plan_for(poorer, community=0.0, choice=0.0).allocation.objective == pytest.approx(muted.objective, **SAME)


def twins(*, pan=10, places=10, years=4, size=1, **second):
    """Two identical primaries at one spot, with the same expansion offered at both; one may differ."""
    schools = [school("A", "primary", pan=pan), school("B", "primary", pan=pan), school("S", "secondary", pan=60)]
    rows = [option(f"X{u}", "expansion", u, 0, 1, places_per_year=places, nc_years=(0, 6)) for u in "AB"]
    rows[1] |= second
    rows[1]["excludes"] = "XA"
    return authority(
        schools, size * CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, budget={"total_pounds": 5e6}, years=years
    )  # fmt: skip


@given(
    pan=st.sampled_from([5, 10, 15]),
    places=st.sampled_from([5, 10]),
    years=st.integers(2, 4),
    size=st.sampled_from([0.6, 1.0]),
)
@cases(5)
def test_twins_can_swap_and_nothing_changes(pan, places, years, size):
    """Their rows change places and names; the plan opens as much in the same year, and every loss is the same."""
    given_ = {"pan": pan, "places": places, "years": years, "size": size}
    first, other = plan_for(twins(**given_)), twins(**given_)
    swap = {"A": "B", "B": "A"}
    for name in ("schools", "pupils", "options"):
        other = with_table(other, name, lambda t: t.assign(urn=t["urn"].replace(swap)))
    second = plan_for(other)
    assert second.allocation.objective == pytest.approx(first.allocation.objective, **SAME)
    assert second.allocation.least_shortfall == pytest.approx(first.allocation.least_shortfall, abs=NEAR)
    assert sorted(second.opens.values()) == sorted(first.opens.values())
    losses = [[price.loss(one.allocation.plan) for price in one.prices] for one in (first, second)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5, abs=3e-3)


def test_one_of_two_twins_grows():
    assert len(plan_for(twins()).opens) == 1


@pytest.mark.parametrize("worse", [{"capital_pounds": 1.1e6}, {"earliest_opening": 2020}, {"places_per_year": 9}])
def test_an_option_that_is_like_another_but_worse_is_never_chosen(worse):
    assert set(plan_for(twins(**worse)).opens) == {"XA"}

"""What makes no difference to a plan: a principle that nobody weighs, which of two twins is named first, a worse twin."""

import pytest
from hypothesis import given

from authorities import with_table
from cases import cases
from properties.compared import SAME
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school, towns


@given(town=towns(most_options=3))
@cases(3)
def test_a_principle_of_weight_0_has_no_influence(town):
    muted = plan_for(town, community=0.0, choice=0.0).allocation
    poorer = with_table(town, "schools", lambda t: t.assign(condition="d", temporary_places=50, sex="girls"))
    assert plan_for(poorer, community=0.0, choice=0.0).allocation.objective == pytest.approx(muted.objective, **SAME)


def twins(**second):
    """Two identical primaries at one spot, with the same expansion offered at both; one may differ."""
    schools = [school("A", "primary", pan=10), school("B", "primary", pan=10), school("S", "secondary", pan=60)]
    rows = [option(f"X{u}", "expansion", u, 0, 1, places_per_year=10, nc_years=(0, 6)) for u in "AB"]
    rows[1] |= second
    rows[1]["excludes"] = "XA"
    return authority(schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, budget={"total_pounds": 5e6})


def test_twins_can_swap_and_nothing_changes():
    first = plan_for(twins())
    swap = {"A": "B", "B": "A"}
    other = twins()
    for name in ("schools", "pupils"):
        other = with_table(other, name, lambda t: t.assign(urn=t["urn"].replace(swap)))
    assert plan_for(other).allocation.objective == pytest.approx(first.allocation.objective, **SAME)
    assert len(first.opens) == 1


@pytest.mark.parametrize("worse", [{"capital_pounds": 1.1e6}, {"earliest_opening": 2020}, {"places_per_year": 9}])
def test_an_option_that_is_like_another_but_worse_is_never_chosen(worse):
    assert set(plan_for(twins(**worse)).opens) == {"XA"}

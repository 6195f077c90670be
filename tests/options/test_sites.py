"""Sites: a measure of the scenario's own refuses pupils beyond it, an unknown area refuses nothing, a confined site has its own."""

import numpy as np
import pytest

from placeplan.options.read import options
from placeplan.scenario.sites import MEASURE
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school

NEW = {"easting": 1000.0, "northing": 1000.0, "ofsted": "good"}


def town(row, hectares=1.5, measures=None, **more):
    """Two schools of two tiers: a primary of 210 on a site of some hectares, and one option."""
    schools = [school("P", "primary", pan=30, site_area=hectares), school("S", "secondary", pan=30)]
    given = {MEASURE + name: value for name, value in (measures or {}).items()}
    return authority(schools, CHILDREN_TO_11, options=[row], assumptions=NO_SIXTH_FORM | given, years=4, **more)


def refused(row, hectares=1.5, measures=None):
    (decision,) = options(town(row, hectares, measures)).decisions
    return decision.refused


def grows(places, **more):
    return option("X", "expansion", "P", nc_years=(0, 6), places_per_year=places, **more)


def test_an_expansion_beyond_what_the_site_holds_is_refused_with_both_figures():
    """1.5 ha hold 300 pupils at 50 m² each; 10 more in each of seven year groups make 280, 15 make 315."""
    measure = {"primary": 50}
    assert not refused(grows(10), measures=measure)
    why = refused(grows(15), measures=measure)
    assert "1.5 ha holds 300 pupils at 50 m²" in why
    assert "315" in why


def test_nothing_is_refused_where_no_measure_or_no_area_is_given():
    assert not refused(grows(200))
    assert not refused(grows(200), measures={"secondary": 50})
    assert not refused(grows(200), hectares=None, measures={"primary": 50})


def test_a_confined_site_has_a_measure_of_its_own():
    assert not refused(grows(15), measures={"primary": 50, "P": 45})
    assert not refused(grows(15), measures={"primary": 50, "P": 0})
    assert refused(grows(15), measures={"P": 50})


def test_what_adds_no_pupil_is_not_held_to_the_measure_however_small_the_site():
    tight = {"primary": 500, "lower": 500}
    assert refused(grows(1), measures=tight)
    fewer = option("X", "age_range", "P", nc_years=(0, 4), places_per_year=30)
    assert not refused(fewer, measures=tight)
    assert not refused(option("X", "pan_reduction", "P", nc_years=(0, 6), places_per_year=-5), measures=tight)
    assert not refused(option("X", "resourced_provision", "P", nc_years=(0, 6), places_per_year=12), measures=tight)


@pytest.mark.parametrize(("groups", "phase", "pupils"), [((0, 8), "middle", 270), ((0, 11), "all_through", 360)])
def test_a_conversion_is_held_to_the_measure_of_what_the_school_comes_to_be(groups, phase, pupils):
    """A primary of 210 with 30 in each year group that it gains."""
    row = option(
        "X", "all_through" if phase == "all_through" else "age_range", "P", nc_years=groups, places_per_year=30
    )
    holds = 15_000 / pupils
    assert not refused(row, measures={phase: holds, "primary": 500})
    assert f"places for {pupils}" in refused(row, measures={phase: holds + 0.5})


def test_a_new_school_stands_on_the_site_that_it_names():
    row = option("N", "new_school", nc_years=(0, 6), places_per_year=60, sites_hectares=2.3, **NEW)
    assert not refused(row, measures={"primary": 54})
    assert "2.3 ha" in refused(row, measures={"primary": 55})
    assert not refused(row, measures={"primary": 55, "S-N": 40})
    assert not refused(row | {"sites_hectares": None}, measures={"primary": 55})


def test_an_option_that_says_it_needs_more_land_than_its_school_has_is_refused_without_any_measure():
    assert "needs a site of 1.6 ha, and that of P has 1.5 ha" in refused(grows(5, sites_hectares=1.6))
    assert not refused(grows(5, sites_hectares=1.5))
    assert not refused(grows(5, sites_hectares=1.6), hectares=None)


def test_what_is_committed_opens_on_its_site_all_the_same():
    planned = plan_for(town(grows(15, committed=True), measures={"primary": 50}))
    assert planned.opens == {"X": 1}
    assert plan_for(town(grows(15), measures={"primary": 50})).opens == {}


def test_places_on_a_roll_never_exceed_what_the_site_holds_because_of_an_option():
    crowded = CHILDREN_TO_11 + np.where(np.arange(14) <= 6, 15, 0)[None, :]
    schools = [school("P", "primary", pan=30, site_area=1.5), school("S", "secondary", pan=30)]

    def rolls(**measures):
        given = authority(
            schools, crowded, options=[grows(15)], years=4,
            assumptions=NO_SIXTH_FORM | {MEASURE + name: value for name, value in measures.items()},
        )  # fmt: skip
        return plan_for(given).allocation.plan.rolls().reshape(2, 4, 14)[0, 1:].sum(axis=1)

    assert rolls().max() > 300
    assert rolls(primary=50).max() <= 300

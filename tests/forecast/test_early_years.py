import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cases import cases
from forecast.build import assumption, authority, frame
from placeplan.forecast.early_years import AGES, ENTITLEMENTS, early_years, funded_places
from placeplan.scenario.assumptions import DEFAULTS

CHILDREN = st.floats(0, 300).map(lambda n: round(n, 2))


def place_in(base, *, zones=("Z1",), years=3, **assumed):
    rows = [assumption(f"early_years.{name.replace('__', '.')}", value) for name, value in assumed.items()]
    return authority({"assumptions": rows}, zones=zones, base=base, years=years)


def reception(size=60.0, *, zones=1, years=3, beyond=3):
    return np.full((zones, years + beyond), size)


@pytest.mark.parametrize(
    ("base", "hours_at_three_and_four"),
    [(2008, 0.0), (2013, 0.93 * 15), (2018, 0.93 * 15 + 0.46 * 15)],
)
def test_the_base_year_decides_which_hours_three_and_four_year_olds_have(base, hours_at_three_and_four):
    told = funded_places(place_in(base, years=1), reception(years=1))
    assert told.hours[0, 0, 0] == pytest.approx(60 * (1 + 4 / 12) * hours_at_three_and_four)


def test_a_plan_of_2018_does_not_know_what_was_promised_in_2023_and_one_of_2023_does():
    old, new = (funded_places(place_in(base, years=8), reception(years=8)) for base in (2018, 2023))
    assert (old.children[0, 2] == 0).all()
    assert any("doesn't know" in note for note in old.notes)
    assert not any("doesn't know" in note for note in new.notes)
    assert new.years[:2] == (2024, 2025)
    assert new.hours[0, 2, 1] == pytest.approx(2 * new.hours[0, 2, 0])  # 15 hours from September 2024, 30 a year later
    assert new.hours[0, 2, 0] == pytest.approx(60 * 15 / 12 * 0.32 * 15)


def test_an_entitlement_begins_with_the_first_january_of_its_own():
    told = funded_places(place_in(2022, years=3), reception(years=3))
    assert told.children[0, 2].tolist() == [0, pytest.approx(0.32 * 60 * 15 / 12), pytest.approx(0.32 * 60 * 15 / 12)]


@given(arrays(float, (2, 6), elements=CHILDREN), st.floats(0, 1), st.integers(2005, 2026))
def test_three_and_four_year_olds_are_those_of_the_older_count(later, take_up, base):
    scenario = place_in(base, zones=("Z1", "Z2"), funded_take_up=take_up, universal__known=1990, universal__from=1990)
    told = funded_places(scenario, later)
    np.testing.assert_allclose(told.children[:, 0], early_years(later[:, :4], take_up), atol=1e-9)


@given(arrays(float, (2, 6), elements=CHILDREN), st.integers(2005, 2026), st.floats(0.1, 9))
def test_no_age_has_more_funded_children_than_children_and_twice_the_children_twice_the_places(later, base, times):
    scenario = place_in(base, zones=("Z1", "Z2"), twos__take_up=0.8, working_twos__take_up=0.9)
    told, often = funded_places(scenario, later), funded_places(scenario, times * later)
    living = np.stack(
        [sum(part * later[:, k : k + 3] for k, part in enumerate(parts)) for parts in AGES.values()], axis=1
    )
    assert (told.children <= living + 1e-9).all()
    np.testing.assert_allclose(often.full_time, times * told.full_time, rtol=1e-9, atol=1e-9)


@given(st.integers(2000, 2026), st.sampled_from(ENTITLEMENTS), st.floats(0, 1))
def test_a_later_base_year_and_a_larger_take_up_never_take_hours_away(base, one, take_up):
    name = one.take_up or f"early_years.{one.name}.take_up"
    own = {name.removeprefix("early_years.").replace(".", "__"): take_up * DEFAULTS[name].value}
    less, now = (funded_places(place_in(base, **more), reception()) for more in (own, {}))
    later = funded_places(place_in(base + 1), reception())
    assert (less.hours <= now.hours + 1e-9).all()
    assert (now.hours[:, :, 1:] <= later.hours[:, :, :2] + 1e-9).all()


@cases(10)
@given(arrays(float, (3, 4), elements=CHILDREN))
def test_areas_add_up_and_a_full_time_place_is_thirty_hours(later):
    told = funded_places(place_in(2018, zones=("Z1", "Z2", "Z3"), years=3), np.hstack([later, later[:, :1]]))
    table = told.frame(("A", "B", "A"))
    assert table["children"].sum() == pytest.approx(told.children.sum())
    np.testing.assert_allclose(table["funded_hours"], 30 * table["full_time_places"], atol=1e-9)
    assert len(table) == 2 * 3 * 2


def test_ages_of_whom_no_births_are_known_are_left_out_and_said():
    told = funded_places(place_in(2024), reception(beyond=1))
    assert told.ages == ("3 and 4",)
    assert any("2 and under 2 are not told" in note for note in told.notes)
    with pytest.raises(ValueError, match="two years after"):
        funded_places(place_in(2024), reception(beyond=0))


def test_the_scenario_may_change_every_hour_date_and_share():
    keys = {f"early_years.{one.name}.{what}" for one in ENTITLEMENTS for what in ("hours", "from", "known")}
    keys |= {one.take_up or f"early_years.{one.name}.take_up" for one in ENTITLEMENTS}
    assert keys <= set(DEFAULTS)
    assert all(DEFAULTS[key].source != "placeplan" for key in keys)
    own = frame("assumptions", [assumption("early_years.working_babies.hours", 10)])
    told = funded_places(authority({"assumptions": own}, zones=("Z1",), base=2024, years=1), reception(years=1))
    assert told.hours[0, 2, 0] == pytest.approx(60 * 15 / 12 * 0.32 * (10 + 15))

"""What each kind of option does, year by year, and what keeps one shut."""

import numpy as np
import pytest

from authorities import with_table
from placeplan.options.read import options
from placeplan.scenario.settings import Budget
from towns import BASE, authority, conversion, frame, option, school, three_tier_town

CHILDREN = np.where(np.arange(14) <= 11, 30, 0)[None, :]


def town(*rows, schools=None, years=10, **more):
    schools = schools or [
        school("P", "primary", pan=30),
        school("S", "secondary", pan=30),
        school("WEAK", "primary", pan=30, ofsted="inadequate"),
    ]
    return authority(schools, CHILDREN, options=rows, years=years, **more)


def effects_of(*rows, **more):
    return options(town(*rows, **more)).options[0].effects


def decision(name, *rows, **more):
    return next(d for d in options(town(*rows, **more)).decisions if d.name == name)


def test_an_expansion_adds_to_every_year_group_named_from_its_opening_on():
    (change,) = effects_of(option("X", "expansion", "P", nc_years=(0, 6), places_per_year=15)).places
    table = change.by_year(opening=2, years=5)
    assert not table[:2].any()
    assert table[2:, :7].all()
    assert not table[:, 7:].any()


def test_an_expansion_raises_net_capacity_by_all_its_year_groups():
    effects = effects_of(option("X", "expansion", "P", nc_years=(0, 6), places_per_year=15, net_capacity_change=-5))
    assert effects.net_capacity == 15 * 7 - 5


def test_a_bulge_runs_along_the_diagonal_and_leaves_with_its_cohort():
    (change,) = effects_of(option("B", "bulge", "P", nc_years=(0, 4), places_per_year=30)).places
    table = change.by_year(opening=1, years=8)
    assert [tuple(cell) for cell in np.argwhere(table)] == [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]


def test_a_cut_of_the_admission_number_works_up_from_the_bottom_a_year_at_a_time():
    (change,) = effects_of(option("C", "pan_reduction", "P", nc_years=(0, 6), places_per_year=15)).places
    table = change.by_year(opening=1, years=9)
    assert change.places == -15
    assert table.sum(axis=1).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 7]
    assert all(table[1 + step, : step + 1].all() for step in range(7))


@pytest.mark.parametrize("places", [15, -15])
def test_a_cut_takes_places_whatever_the_sign_in_the_table(places):
    assert effects_of(option("C", "pan_reduction", "P", places_per_year=places)).places[0].places == -15


@pytest.mark.parametrize("groups", [(0, 6), (0, 13), (7, 11)])
def test_a_new_school_fills_a_year_at_a_time_from_its_youngest(groups):
    row = option("N", "new_school", nc_years=groups, places_per_year=60, easting=0.0, northing=0.0)
    taught = effects_of(row).year_groups.by_year(1, 18, np.zeros(14, dtype=bool))
    first, last = groups
    for year, groups_taught in enumerate(taught):
        oldest = min(first + year - 1, last)
        assert np.flatnonzero(groups_taught).tolist() == list(range(first, oldest + 1))


def test_a_closure_teaches_nobody_from_its_opening_on_and_as_today_before():
    today = np.arange(14) <= 6
    taught = effects_of(option("C", "closure", "P")).year_groups.by_year(2, 5, today)
    assert (taught[:2] == today).all()
    assert not taught[2:].any()


def test_a_phase_plan_holds_instead_and_its_last_row_stands_for_good():
    rows = conversion("T", "L", "M", "U", pan=(30, 30), first=1, last=3)
    plan = [
        {"option": "TM", "urn": "M", "academic_year": BASE + 2 + after, "first_nc_year": low, "last_nc_year": high}
        for after, low, high in ((0, "6", "8"), (1, "7", "8"), (2, "8", "8"), (3, "", ""))
    ]
    given = with_table(three_tier_town(options=rows, years=8), "phase_plan", lambda _: frame("phase_plan", plan))
    middle = next(o for o in options(given).options if o.name == "TM")
    today = (np.arange(14) >= 5) & (np.arange(14) <= 8)
    for opening in (1, 3):  # a later opening moves the whole plan
        taught = middle.effects.year_groups.by_year(opening, 8, today)
        assert taught.sum(axis=1).tolist() == [4] * opening + [3, 2, 1] + [0] * (5 - opening)


def test_a_sixth_form_opens_year_12_and_a_year_later_year_13():
    today = (np.arange(14) >= 7) & (np.arange(14) <= 11)
    effects = effects_of(option("SF", "sixth_form", "S", nc_years=(12, 13), places_per_year=90))
    taught = effects.year_groups.by_year(1, 4, today)
    assert [int(np.flatnonzero(groups).max()) for groups in taught] == [11, 12, 13, 13]
    assert taught[:, 7:12].all()
    assert effects.opens_sixth_form


def test_resourced_provision_gives_ten_specialist_places_and_takes_thirty_of_net_capacity():
    effects = effects_of(
        option("R", "resourced_provision", "P", places_per_year=10, net_capacity_change=-30, need="ASD")
    )
    assert effects.net_capacity == -30
    assert [(s.places, s.need, s.resourced) for s in effects.specialist] == [(10, "ASD", True)]
    assert not effects.places
    assert not effects.gated


def test_a_package_opens_as_one_in_the_years_that_its_members_share():
    rows = [
        option("A", "expansion", "P", first=1, last=4, package="PK", capital_pounds=1e6),
        option("B", "expansion", "S", first=3, last=6, package="PK", capital_pounds=2e6),
    ]
    package = decision("PK", *rows)
    assert (package.first, package.last, package.capital_pounds) == (3, 4, 3e6)
    assert package.options == ("A", "B")


def test_a_package_whose_years_do_not_meet_is_refused():
    rows = [option("A", "expansion", "P", 1, 2, package="PK"), option("B", "expansion", "S", 3, 4, package="PK")]
    assert decision("PK", *rows).refused
    assert not len(options(town(*rows)).opening_year)


@pytest.mark.parametrize("budget", [Budget(total_pounds=9e5), Budget(a_year_pounds=9e5)])
def test_what_costs_more_than_the_budget_is_refused_unless_it_is_committed(budget):
    row = option("X", "expansion", "P", capital_pounds=1e6)
    assert decision("X", row, budget=budget.model_dump()).refused
    assert not decision("X", row | {"committed": True}, budget=budget.model_dump()).refused


@pytest.mark.parametrize(
    ("grade", "refused"),
    [("outstanding", False), ("good", False), ("none", True), ("requires_improvement", True), ("inadequate", True)],
)
def test_only_a_good_or_outstanding_provider_gets_new_places(grade, refused):
    schools = [school("P", "primary", ofsted=grade), school("S", "secondary")]
    for kind in ("expansion", "bulge"):
        assert bool(decision("X", option("X", kind, "P", places_per_year=5), schools=schools).refused) == refused
    for kind in ("pan_reduction", "closure", "resourced_provision", "community_facility"):
        assert not decision("X", option("X", kind, "P", places_per_year=5), schools=schools).refused


def test_a_weak_provider_may_ask_for_places_where_a_link_with_a_good_one_is_offered():
    grow = option("X", "expansion", "WEAK", places_per_year=5)
    assert decision("X", grow).refused
    assert not decision("X", grow, option("L", "link", "WEAK", partner_urn="P")).refused
    assert decision("X", grow, option("L", "link", "WEAK", partner_urn="WEAK")).refused
    assert decision("X", grow, option("L", "link", "P", partner_urn="S")).refused


def test_a_dated_rule_may_widen_the_gate():
    rule = frame("rules", [{"key_": "gate.good", "value": "good;requires_improvement"}])
    schools = [school("P", "primary", ofsted="requires_improvement"), school("S", "secondary")]
    given = town(option("X", "expansion", "P", places_per_year=5), schools=schools)
    assert options(given).decisions[0].refused
    assert not options(with_table(given, "rules", lambda _: rule)).decisions[0].refused


def refused_under(first=1, **rule):
    """Is a school that requires improvement kept from expanding; first: the planned year from which it may open."""
    schools = [school("P", "primary", ofsted="requires_improvement"), school("S", "secondary")]
    given = town(option("X", "expansion", "P", first, first, places_per_year=5), schools=schools)
    book = frame("rules", [{"key_": "gate.good", "value": "good;requires_improvement"} | rule])
    return bool(options(with_table(given, "rules", lambda _: book)).decisions[0].refused)


def test_a_rule_of_the_gate_that_ended_in_2005_does_not_lift_the_bar_in_2020_and_one_in_force_does():
    assert refused_under(valid_from="2001-09-01", valid_to="2005-08-31")
    assert refused_under(valid_from="01/09/2001", valid_to="31/08/2005")
    assert not refused_under(valid_from="2001-09-01", valid_to="2030-08-31")
    assert not refused_under(valid_from="01/09/2001")


def test_a_rule_of_the_gate_that_ends_within_the_plan_lets_through_what_is_begun_before():
    """What may open in September 2023 must be begun by January 2022, what opens a year later by January 2023."""
    rule = {"valid_to": "2022-12-31"}
    assert [refused_under(first, **rule) for first in (0, 4, 5, 8)] == [False, False, True, True]
    assert [refused_under(first, valid_from="2022-12-31") for first in (0, 4, 5, 8)] == [True, True, False, False]


def test_a_routes_own_months_count_only_while_their_rule_is_in_force():
    def lead(**rule):
        given = town(option("X", "expansion", "P", places_per_year=2))
        book = frame("rules", [{"key_": "route.governors.lead_months", "value": "14"} | rule])
        return options(with_table(given, "rules", lambda _: book)).options[0].particulars.lead_months

    assert [lead(), lead(valid_to="2005-08-31"), lead(valid_from="2018-09-01")] == [14, 8, 14]


def test_opening_columns_are_told_by_year_and_a_later_year_keeps_the_last():
    found = options(town(option("X", "expansion", "P", 2, 4), option("Y", "expansion", "S", 0, 0)))
    assert [found.column(0, t) for t in range(7)] == [-1, -1, 0, 1, 2, 2, 2]
    assert [found.column(1, t) for t in range(3)] == [3, 3, 3]
    opened_by = np.array([0.0, 1.0, 1.0, 1.0])
    assert (found.opening() @ opened_by).tolist() == [0.0, 1.0, 0.0, 1.0]

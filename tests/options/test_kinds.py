"""One sentence a kind: what an option does in the plan is what the policy says that it does."""

import numpy as np
import pytest
from hypothesis import given

from authorities import with_table
from cases import cases
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.particulars import particulars_table
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from towns import (
    BASE,
    CHILDREN_TO_11,
    NO_SIXTH_FORM,
    SIDE,
    authority,
    conversion,
    frame,
    option,
    plan_for,
    school,
    three_tier_town,
    towns,
)

DONE = {"committed": True, "capital_pounds": 0.0}
TWO_TIER = [school("P", "primary"), school("S", "secondary")]
PAIR = [school("I", "primary", highest=2), school("J", "primary", lowest=3), school("S", "secondary")]
STAYERS = np.array([[30] * 12 + [80] * 2])


def town(*rows, schools=TWO_TIER, children=CHILDREN_TO_11, years=6, **more):
    return authority(schools, children, options=rows, years=years, **{"assumptions": NO_SIXTH_FORM} | more)


def joined(**more):
    given = {"members": "I", "nc_years": (0, 6), "places_per_year": 30} | DONE | more
    return option("AM", "amalgamation", "J", 1, 1, **given)


def moves(planned):
    return planned.measure("single_phase").parts["moves a child, Reception to Year 11"][0]


def total_roll(planned, urn):
    k = planned.network.estate.index()[urn]
    return planned.allocation.plan.rolls()[k].sum(axis=1).round(6).tolist()


# amalgamation


def test_an_infant_and_a_junior_school_apart_give_two_moves_and_amalgamated_one():
    assert moves(plan_for(town(schools=PAIR))) == pytest.approx(2)
    years = 6
    cohorts = (
        2 + 2 + (years - 2)
    )  # the year before it, those who leave the infant school as it closes, then Year 7 alone
    assert moves(plan_for(town(joined(), schools=PAIR, years=years))) == pytest.approx(cohorts / years)


def test_pupils_of_a_school_that_closes_into_another_move_together_and_count_as_no_move():
    planned = plan_for(town(joined(), schools=PAIR))
    parts = planned.measure("single_phase").parts
    assert parts["children who move together into the school that theirs closes into"][0] == pytest.approx(60)
    assert parts["children whose stay an option ends"][0] == 0
    assert total_roll(planned, "I") == [90, 0, 0, 0, 0, 0]
    assert total_roll(planned, "J") == [120] + [210] * 5


def test_pupils_of_a_school_that_closes_into_another_never_go_elsewhere():
    schools = [school("A", "primary", 3, pan=15), school("B", "primary", 0), school("N", "primary", 0), TWO_TIER[1]]
    children = np.concatenate([CHILDREN_TO_11, 0 * CHILDREN_TO_11, 0 * CHILDREN_TO_11, CHILDREN_TO_11 / 2])
    rolls = np.zeros((4, 14))
    rolls[0, :7], rolls[1, :7], rolls[3, 7:12] = 15, 30, 45
    schools[3]["pan"] = 45
    row = option("AM", "amalgamation", "A", 1, 1, members="B", nc_years=(0, 6), places_per_year=0, **DONE)
    given = town(row, schools=schools, children=children, rolls=rolls)
    planned = plan_for(given, single_phase=0.0, local=10.0)
    at_the_time = planned.allocation.plan.rolls()[0, 1]
    assert at_the_time[2:7] == pytest.approx(45), "those of B are all at A, though N is next door"


def test_a_smaller_admission_number_after_an_amalgamation_works_its_way_up_and_nobody_loses_a_place():
    schools = [school("A", "primary"), school("B", "primary"), school("S", "secondary", pan=60)]
    row = option("AM", "amalgamation", "A", 1, 1, members="B", nc_years=(0, 6), places_per_year=10, **DONE)
    given = town(row, schools=schools, years=9)
    net = network(given, forecast(given), options(given))
    places = net.places.by_year_group.at(np.ones(1)).reshape(3, 9, 14)[0, :, :7]
    assert places[0].tolist() == [30] * 7
    assert places[1].tolist() == [40] + [60] * 6
    assert places[3].tolist() == [40] * 3 + [60] * 4
    assert places[8].tolist() == [40] * 7


def test_an_amalgamation_saves_one_school_s_lump_sum_and_a_dearer_one_is_not_chosen():
    saving = joined(committed=False, revenue_pounds_a_year=None)
    chosen = plan_for(town(saving, schools=PAIR, budget={"total_pounds": 1e6}), cost=1.0)
    assert "AM" in chosen.opens
    assert options(chosen.scenario).decisions[0].revenue_pounds_a_year == -110_000
    costly = joined(committed=False, revenue_pounds_a_year=9e6)
    assert "AM" not in plan_for(town(costly, schools=PAIR, budget={"total_pounds": 1e6}), cost=1.0).opens


def test_a_school_that_closes_into_another_has_no_other_option_of_its_year_groups_beside_it():
    closing = option("CL", "closure", "I", 1, 1, capital_pounds=0.0)
    assert "CL" not in plan_for(town(joined(), closing, schools=PAIR)).opens


# federation


def test_with_a_federation_a_weak_school_grows_a_year_later_and_keeps_its_own_grade():
    schools = [school("W", "primary", ofsted="inadequate"), *TWO_TIER]
    grow = option("X", "expansion", "W", 1, 2, nc_years=(0, 6), places_per_year=30)
    assert options(town(grow, schools=schools)).decisions[0].refused
    join = option("F", "federation", "W", 1, 1, partner_urn="P", **DONE)
    planned = plan_for(town(grow | {"committed": True}, join, schools=schools))
    assert (planned.opens["F"], planned.opens["X"]) == (1, 2)
    assert planned.measure("popular").parts["child-years in schools linked with a stronger partner"][0] == 0


def test_a_federated_school_may_be_a_fifth_smaller_before_it_counts_as_too_small():
    schools = [school("P", "primary", pan=10), school("S", "secondary", pan=10)]
    sizes = NO_SIXTH_FORM | {"size.secondary.floor": 50}
    children = CHILDREN_TO_11 / 3
    join = option("F", "federation", "P", 2, 2, partner_urn="S", **DONE)

    def missing(*rows):
        planned = plan_for(town(*rows, schools=schools, children=children, assumptions=sizes))
        return planned.measure("viable").parts["pupils missing below the floor"][0]

    assert missing() == pytest.approx(6 * (85 - 70))
    assert missing(join) == pytest.approx(2 * (85 - 70))  # from the third year on 0.8 × 85 = 68 are enough


# sixth-form consortium


def sixth_forms(*rows, students=80, number=3):
    schools = [school("P", "primary", pan=number * 100)]
    schools += [school(f"S{k}", "secondary", pan=100, highest=13 if k else 11) for k in range(number)]
    children = np.where(np.arange(14) <= 11, number * 100, students * number / 2)[None, :]
    more = {"participation.college_share": 1 - students / 200 / 0.95, "specialist.rate": 0}
    return town(*rows, schools=schools, children=children, assumptions=more, years=4)


def opens_sixth_form(**more):
    return option("SF", "sixth_form", "S0", 0, 0, nc_years=(7, 13), places_per_year=60, net_capacity_change=120) | more


def test_three_sixth_forms_of_eighty_pass_together_and_each_alone_is_too_small():
    part = "students missing in sixth forms that options open, change or pool"
    pool = option("K", "sixth_form_consortium", "S0", 0, 0, members="S1;S2", nc_years=(12, 13), **DONE)
    two = pool | {"members": "S1"}

    def short(*rows):
        planned = plan_for(sixth_forms(*rows))
        rolls = planned.allocation.plan.rolls()[:, -1, 12:].sum()
        return planned.measure("participation").parts[part][0], rolls

    opened = opens_sixth_form(**DONE)
    alone, rolls = short(opened)
    assert rolls == pytest.approx(240, abs=1)
    assert alone > 100
    assert short(opened, pool)[0] < 1e-6
    assert short(opened, two)[0] > 0 or short(opened, two)[1] < 200


def test_a_consortium_that_is_too_small_together_is_told_and_priced():
    pool = option("K", "sixth_form_consortium", "S1", 0, 0, members="S2", nc_years=(12, 13), **DONE)
    planned = plan_for(sixth_forms(pool, students=40))
    parts = planned.measure("participation").parts
    rolls = planned.allocation.plan.rolls()[2:, :, 12:].sum(axis=(0, 2))
    missing = np.maximum(200 - rolls, 0).sum()
    assert parts["students missing in sixth forms that options open, change or pool"][0] == pytest.approx(missing)


# places


def test_a_temporary_expansion_takes_in_its_years_and_goes_when_the_last_of_them_has_left():
    row = option("T", "temporary_expansion", "P", 1, 1, nc_years=(0, 6), places_per_year=15, cohorts=2, **DONE)
    given = town(row, years=12)
    net = network(given, forecast(given), options(given))
    extra = net.places.by_year_group.at(np.ones(1)).reshape(2, 12, 14)[0, :, :7] - 30
    room = net.places.net.at(np.ones(1)).reshape(2, 12)[0] - 210
    assert [tuple(np.flatnonzero(year)) for year in extra[:4]] == [(), (0,), (0, 1), (1, 2)]
    assert extra.sum(axis=1).tolist() == room.tolist() == [0, 15, *[30] * 6, 15, 0, 0, 0]


def test_a_permanent_expansion_stays_where_a_temporary_one_has_gone():
    born = np.array([[30] * 12 + [0, 0]])
    rows = [
        option(
            "T", "temporary_expansion", "P", 0, 0, nc_years=(0, 6), places_per_year=30, cohorts=1, capital_pounds=5e5
        ),
        option("X", "expansion", "P", 0, 0, nc_years=(0, 6), places_per_year=30, capital_pounds=1e6),
    ]
    schools = [school("P", "primary"), school("S", "secondary", pan=90)]
    more = {"schools": schools, "children": born, "years": 4}
    bulge = town(*rows, births=[30], **more)
    first = with_table(
        bulge, "births", lambda t: t.assign(births=np.where(t["twelve_months_to"] == "2015-08-31", 60, 30))
    )
    assert set(plan_for(first).opens) == {"T"}
    for_good = with_table(bulge, "births", lambda t: t.assign(births=np.where(t["twelve_months_to"] < "2015", 30, 60)))
    assert "X" in plan_for(for_good).opens


def test_places_of_a_satellite_are_measured_from_the_satellite():
    special = school("SP", "special", 0, specialist_places=5, pan=0, lowest=0, highest=13)
    children = np.concatenate([CHILDREN_TO_11] + [0 * CHILDREN_TO_11] * 8 + [CHILDREN_TO_11])
    schools = [school("P", "primary", pan=60), school("S", "secondary", pan=60), special]
    row = option("SAT", "satellite", "SP", 1, 1, places_per_year=10, easting=SIDE * 9.5, northing=SIDE / 2, **DONE)
    more = {"specialist.rate": 0.1, "specialist.growth": 0, "participation.college_share": 1}
    communities = ["Town"] * 9 + ["Far"]
    planned = plan_for(town(row, schools=schools, children=children, assumptions=more, communities=communities))
    special_ = planned.network.specialist
    pools = special_.pools
    satellite = int(np.flatnonzero(pools["decision"] >= 0)[0])
    assert pools["site"][satellite] == "SP"
    far = planned.network.areas.index("Far")
    nearest = special_.miles[(special_.area == far) & (special_.pool == satellite)]
    assert len(nearest)
    assert nearest.max() == pytest.approx(0)
    used = planned.allocation.plan.used[(special_.pool == satellite)].sum()
    assert used > 0


def test_a_nursery_changes_no_place_from_reception_on_and_covers_residents_once():
    row = option("N", "nursery", "P", 1, 1, nc_years=(-2, -1), places_per_year=26, community_use="nursery", **DONE)
    with_it, without = plan_for(town(row)), plan_for(town())
    rolls = [p.allocation.plan.rolls() for p in (with_it, without)]
    assert rolls[0] == pytest.approx(rolls[1])
    for key in ("local", "viable", "popular", "single_phase", "partnership", "choice", "vulnerable", "participation"):
        assert with_it.measure(key).loss == pytest.approx(without.measure(key).loss)
    part = "residents without a community facility within reach"
    assert without.measure("community").parts[part][0] == pytest.approx(100)
    assert with_it.measure("community").parts[part][0] < 100
    assert options(with_it.scenario).options[0].effects.nursery_places == 26


def test_a_new_school_s_hall_is_open_to_the_community_from_its_opening_on():
    def row(use):
        return option(
            "N", "new_school", first=2, last=2, nc_years=(0, 6), places_per_year=30, easting=SIDE / 2, northing=SIDE / 2,
            community="Town", community_use=use, **DONE,
        )  # fmt: skip

    part = "residents without a community facility within reach"
    told = [plan_for(town(row(use))).measure("community").parts[part][0] for use in ("hall", "none")]
    assert told == pytest.approx([100 * 2 / 6, 100])


def test_land_is_part_of_what_a_new_school_costs():
    row = option(
        "N",
        "new_school",
        first=2,
        last=2,
        nc_years=(0, 6),
        easting=0.0,
        northing=0.0,
        land_pounds=5e5,
        route="section_106",
    )
    (decision,) = options(town(row)).decisions
    assert decision.capital_pounds == 1.5e6
    assert sum(s.pounds for s in decision.spending) == 1.5e6


# reorganisation of a whole town


def middle_to_secondary(prefix, *, first, last):
    """Two lowers become primaries, the middle a secondary a year group at a time, the upper runs out."""
    lowers = [
        option(f"{prefix}{u}", "age_range", u, first, last, nc_years=(0, 6), places_per_year=15, net_capacity_change=30)
        for u in ("L1", "L2")
    ]
    middle = option(
        f"{prefix}M", "age_range", "M", first, last, nc_years=(7, 11), places_per_year=30, net_capacity_change=30
    )
    upper = option(f"{prefix}U", "closure", "U", first, last)
    steps = [
        ("M", f"{prefix}M", [("6", "8"), ("7", "9"), ("7", "10"), ("7", "11")]),
        ("U", f"{prefix}U", [("9", "11"), ("10", "11"), ("11", "11"), ("", "")]),
        *((u, f"{prefix}{u}", [("R", "5"), ("R", "6"), ("R", "6"), ("R", "6")]) for u in ("L1", "L2")),
    ]
    plan = [
        {"option": name, "urn": urn, "academic_year": BASE + 1 + first + k, "first_nc_year": low, "last_nc_year": high}
        for urn, name, years in steps
        for k, (low, high) in enumerate(years)
    ]
    return [row | {"package": prefix, **DONE} for row in (*lowers, middle, upper)], plan


def test_a_whole_town_goes_from_first_and_middle_schools_to_primary_and_secondary_without_moving_anyone_in_mid_phase():
    schools = [
        school("L1", "lower", pan=15), school("L2", "lower", pan=15), school("M", "middle"), school("U", "upper"),
    ]  # fmt: skip
    rows, plan = middle_to_secondary("T", first=1, last=1)
    given = with_table(town(*rows, schools=schools, years=9), "phase_plan", lambda _: frame("phase_plan", plan))
    planned = plan_for(given)
    assert planned.opens == {"T": 1}
    assert planned.allocation.least_shortfall == pytest.approx(0)
    assert planned.measure("single_phase").parts["children whose stay an option ends"][0] == pytest.approx(0)
    rolls = planned.allocation.plan.rolls()
    last = {urn: np.flatnonzero(rolls[k, -1] > 1e-6) for urn, k in planned.network.estate.index().items()}
    assert {u: (g.min(), g.max()) for u, g in last.items() if len(g)} == {"L1": (0, 6), "L2": (0, 6), "M": (7, 11)}
    by_year = [2.0, 1.0, 1.0, 2.0]  # moves of that year's children, in cohorts: then one each, at Year 7
    assert moves(planned) <= sum([*by_year, *[1.0] * 5, 1.0]) / 9


# what people ask beside places


@pytest.mark.parametrize(
    ("kind", "provider", "more", "route", "decides"),
    [
        ("expansion", "community", {"nc_years": (0, 6), "places_per_year": 5}, "governors", "authority"),
        ("expansion", "community", {"nc_years": (0, 6), "places_per_year": 15}, "prescribed_alteration", "authority"),
        ("expansion", "academy", {"nc_years": (0, 6), "places_per_year": 15}, "significant_change", "regional_commissioner"),
        ("closure", "voluntary_aided", {}, "discontinuance", "authority"),
        ("closure", "academy", {}, "academy_closure", "regional_commissioner"),
        ("pan_reduction", "voluntary_aided", {}, "admission_arrangements", "governing_body"),
        ("pan_reduction", "academy", {}, "admission_arrangements", "trust"),
        ("age_range", "community", {"nc_years": (0, 8)}, "governors", "authority"),
        ("age_range", "community", {"nc_years": (0, 11)}, "prescribed_alteration", "authority"),
        ("federation", "community", {"partner_urn": "S"}, "federation_regulations", "authority"),
    ],
)  # fmt: skip
def test_route_and_who_decides_follow_from_kind_size_and_provider(kind, provider, more, route, decides):
    schools = [school("P", "primary", provider=provider), school("S", "secondary")]
    (row,) = particulars_table(options(town(option("X", kind, "P", **more), schools=schools))).to_dict("records")
    assert (row["route"], row["who_decides"]) == (route, decides)


def test_two_small_expansions_in_five_years_are_together_an_enlargement():
    rows = [option(f"X{k}", "expansion", "P", k, k, nc_years=(0, 6), places_per_year=4) for k in (0, 3)]
    routes = [o.particulars.route for o in options(town(*rows)).options]
    assert routes == ["governors", "prescribed_alteration"]


@pytest.mark.parametrize(("base", "route"), [(2018, "presumption"), (2026, "invitation")])
def test_a_new_school_is_sought_as_the_law_of_the_day_says(base, route):
    row = option("N", "new_school", nc_years=(0, 6), easting=0.0, northing=0.0)
    row |= {"earliest_opening": base + 3, "latest_opening": base + 3}
    given = town(row)
    moved = given.settings.model_copy(update={"base_year": base})
    given = type(given)(given.folder, moved, given.tables, given.zones)
    assert options(given).options[0].particulars.route == route


def test_the_tables_of_controls_and_rules_come_before_what_is_usual():
    own = {
        "controls": [{"option": "C", "who_decides": "diocese"}],
        "rules": [{"key_": "route.closure", "value": "our own words", "valid_from": "2014-01-28", "source": "a book"}],
    }
    (told,) = [o.particulars for o in options(town(option("C", "closure", "P"), **own)).options]
    assert (told.who_decides, told.legal_route, told.source) == ("diocese", "our own words", "a book")
    assert told.needs_consent


def test_children_directly_affected_are_those_whose_stay_ends_before_its_time():
    def affected(given):
        return sum(o.particulars.children_affected for o in options(given).options)

    rows = conversion("D", "L", "M", "U", pan=(30, 30))
    assert affected(three_tier_town(options=rows)) == 90  # Years 5 to 7; Year 8 leaves by itself
    assert affected(town(option("C", "closure", "P"))) == 180
    assert affected(town(option("X", "expansion", "P", places_per_year=9))) == 0


@given(town=towns(most_zones=2))
@cases(4)
def test_for_every_kind_what_the_optimiser_pays_is_what_people_are_told(town):
    planned = plan_for(town)
    plan = planned.allocation.plan
    for principle, price in zip(NINE, planned.prices, strict=True):
        assert price.loss(plan) == pytest.approx(principle.measure(plan, town).loss, rel=1e-7, abs=1e-6)

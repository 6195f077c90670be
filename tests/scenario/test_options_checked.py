"""What an option asks must be possible: pots, routes, lead times, members, and all that is committed together."""

import pytest

OPTIONS = "options.csv"
SCHOOL_OF = {"L": "109444", "M": "109445", "U": "109446"}


def with_columns(tiny, **cells):
    """The three options with more columns, a list a column."""
    for column, values in cells.items():
        tiny.with_column("options", column, values)


def option(tiny, name, kind, urn, **cells):
    """One more option, its columns added where the table has none of them."""
    header, *rows = tiny.records("options")
    for column in cells:
        if column not in header:
            tiny.with_column("options", column, [""] * len(rows))
    blank = {"needs": "", "excludes": "", "site": "", "easting": "", "northing": ""}
    years = {"earliest_opening": "2020/21", "latest_opening": "2022/23"}
    return tiny.add("options", option=name, kind=kind, urn=SCHOOL_OF.get(urn, urn), **blank | years | cells)


def faults(tiny, grave=True):
    return [(p.file, p.row, p.column) for p in tiny.problems() if p.grave == grave]


def told(tiny):
    return " ".join(str(problem) for problem in tiny.problems())


NEW_KINDS = [
    ("amalgamation", "L", {"members": "109445", "nc_years": "R-8", "places_per_year": "60"}),
    ("federation", "L", {"partner_urn": "109446"}),
    ("sixth_form_consortium", "U", {"members": "109445", "nc_years": "12-13"}),
    ("satellite", "L", {"easting": "500700", "northing": "230200", "places_per_year": "12"}),
    ("nursery", "L", {"nc_years": "N1-N2", "places_per_year": "26", "capital_pounds": "300000"}),
    ("temporary_expansion", "L", {"cohorts": "2", "capital_pounds": "250000"}),
]


@pytest.mark.parametrize(("kind", "urn", "cells"), NEW_KINDS)
def test_each_new_kind_can_be_planned_with(tiny, kind, urn, cells):
    option(tiny, "N-1", kind, urn, **cells)
    assert tiny.grave() == []


REFUSED = [
    ("amalgamation", "L", {"members": "109445", "nc_years": "R-6"}, "nc_years"),
    ("amalgamation", "L", {"members": "", "nc_years": "R-8"}, "members"),
    ("amalgamation", "L", {"members": "109445;109446", "nc_years": "R-13"}, "members"),
    ("amalgamation", "L", {"members": "109999", "nc_years": "R-8"}, "members"),
    ("sixth_form_consortium", "U", {"members": "109446", "nc_years": "12-13"}, "members"),
    ("expansion", "L", {"members": "109446"}, "members"),
    ("federation", "L", {"partner_urn": ""}, "partner_urn"),
    ("federation", "L", {"partner_urn": "109444"}, "partner_urn"),
    ("satellite", "L", {}, "easting"),
    ("nursery", "L", {"nc_years": "R-4", "places_per_year": "26"}, "nc_years"),
    ("nursery", "L", {"nc_years": "N1-N2", "net_capacity_change": "-30"}, "net_capacity_change"),
    ("expansion", "L", {"route": "presumption"}, "route"),
    ("expansion", "L", {"route": "by_magic"}, "route"),
    ("expansion", "L", {"lead_months": "36"}, "earliest_opening"),
    ("expansion", "L", {"route": "prescribed_alteration", "earliest_opening": "2019/20"}, "earliest_opening"),
    ("expansion", "L", {"maturity": "nearly"}, "maturity"),
    ("expansion", "L", {"fund": "S106-Nowhere"}, "fund"),
]


@pytest.mark.parametrize(("kind", "urn", "cells", "column"), REFUSED)
def test_what_a_kind_must_say_is_asked_for_at_its_cell(tiny, kind, urn, cells, column):
    row = option(tiny, "N-1", kind, urn, **cells)
    assert faults(tiny) == [(OPTIONS, row, column)]


def test_what_is_under_way_is_not_held_to_a_lead_time(tiny):
    option(tiny, "N-1", "expansion", "L", lead_months="36", maturity="on_site")
    assert tiny.grave() == []


def test_a_route_that_is_not_open_by_then_is_told_with_its_dates(tiny):
    with_columns(tiny, route=["", "", "invitation"], maturity=["", "", ""])
    tiny.spoil("options", 4, "earliest_opening", "2021/22")
    assert faults(tiny) == [(OPTIONS, 4, "route")]
    assert "2026-09-01" in told(tiny)


def pot(tiny, **cells):
    row = {"pot": "S106", "site": "", "phase": "", "amount": "5000000", "from": "2019/20", "expiry": "2025/26"} | cells
    return tiny.add("funds", **row)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"site": "109446"}, "fund"),
        ({"phase": "secondary"}, "fund"),
        ({"phase": "special"}, "fund"),
        ({"expiry": "2019/20"}, "fund"),
        ({"from": "2024/25"}, "fund"),
    ],
)
def test_a_pot_of_another_site_phase_or_time_is_told_at_the_option(tiny, cells, column):
    pot(tiny, **cells)
    with_columns(tiny, fund=["S106", "", ""])
    assert faults(tiny) == [(OPTIONS, 2, column)]


@pytest.mark.parametrize(
    "cells", [{"site": "109444"}, {"site": "Oakley"}, {"phase": "lower"}, {"phase": "primary"}, {}]
)
def test_a_pot_of_the_site_and_phase_pays(tiny, cells):
    pot(tiny, **cells)
    with_columns(tiny, fund=["S106", "", ""])
    assert tiny.grave() == []


def test_a_pot_tied_to_a_development_pays_in_its_community_alone(tiny):
    pot(tiny, site="Saxon Fields")
    with_columns(tiny, fund=["S106", "", ""])
    assert tiny.grave() == []
    tiny.spoil("schools", 2, "community", "Elsewhere")
    assert (OPTIONS, 2, "fund") in faults(tiny)


def test_a_phase_that_nobody_knows_is_told_at_the_pot(tiny):
    row = pot(tiny, phase="kindergarten")
    assert faults(tiny) == [("funds.csv", row, "phase")]


def test_pots_without_a_table_of_funds_are_a_warning(tiny):
    with_columns(tiny, fund=["S106", "", ""])
    tiny.write("funds.csv", tiny.text("funds.csv").splitlines()[0] + "\n")
    assert (OPTIONS, 2, "fund") in faults(tiny, grave=False)


def test_spending_must_add_up_to_what_the_option_costs(tiny):
    steps = "option,years_before_opening,fund,pounds\nEXP-1,1,,500000\nEXP-1,0,,{}\n"
    tiny.name_table("spending", steps.format(700000))
    assert tiny.grave() == []
    tiny.write("spending.csv", steps.format(600000))
    assert faults(tiny) == [("spending.csv", 2, "pounds")]


def committed(tiny, *names):
    with_columns(tiny, committed=["yes" if name in names else "no" for name in ("EXP-1", "LINK-1", "NEW-1")])


def test_two_committed_options_that_exclude_each_other_are_told_once(tiny):
    committed(tiny, "EXP-1", "LINK-1", "NEW-1")
    assert faults(tiny) == [(OPTIONS, 4, "committed")]


def test_what_is_committed_must_fit_the_budget_and_its_pot(tiny):
    committed(tiny, "EXP-1")
    text = tiny.text("scenario.toml")
    assert "[budget]" in text
    tiny.write("scenario.toml", text.replace("[budget]", "[budget]\ntotal_pounds = 1000000.0"))
    assert faults(tiny) == [(OPTIONS, 2, "capital_pounds")]


def decided(tiny, name, kind, urn, **cells):
    """One more option, committed."""
    return option(tiny, name, kind, urn, committed="yes", **cells)


def only_fault(tiny):
    """The one fault: its row, its column and its words."""
    (problem,) = tiny.grave()
    assert problem.file == OPTIONS
    assert problem.remedy
    return problem.row, problem.column, problem.wrong


def test_committed_places_at_a_weak_school_without_a_link_are_refused(tiny):
    tiny.spoil("schools", 2, "ofsted", "requires_improvement")
    assert tiny.grave() == []  # as a wish it is only left out
    committed(tiny, "EXP-1")
    row, column, wrong = only_fault(tiny)
    assert (row, column) == (2, "committed")
    assert "EXP-1" in wrong
    assert "requires improvement" in wrong


@pytest.mark.parametrize(
    ("cells", "stands"),
    [
        ({"committed": "yes", "earliest_opening": "2019/20"}, True),
        ({"committed": "no", "earliest_opening": "2019/20"}, False),
        ({"committed": "yes", "earliest_opening": "2021/22"}, True),
        ({"committed": "yes", "earliest_opening": "2022/23"}, False),
        ({"committed": "yes", "earliest_opening": "2019/20", "partner_urn": "109444"}, False),
    ],
)
def test_a_committed_link_with_a_good_partner_that_opens_a_year_before_lifts_the_bar(tiny, cells, stands):
    tiny.spoil("schools", 2, "ofsted", "inadequate")
    committed(tiny, "EXP-1")
    option(tiny, "JOIN", "link", "L", **({"partner_urn": "109446", "places_per_year": "0"} | cells))
    assert (tiny.grave() == []) == stands
    if not stands:
        assert only_fault(tiny)[:2] == (2, "committed")


def test_a_dated_rule_of_the_gate_lets_a_committed_option_stand_while_it_is_in_force(tiny):
    tiny.spoil("schools", 2, "ofsted", "requires_improvement")
    committed(tiny, "EXP-1")
    book = "key,value,from,to,source\ngate.good,good;requires_improvement,2001-09-01,{},\n"
    tiny.name_table("rules", book.format("2025-08-31"))
    assert tiny.grave() == []
    tiny.write("rules.csv", book.format("2005-08-31"))
    assert only_fault(tiny)[:2] == (2, "committed")


def test_a_package_committed_in_part_is_told_at_the_option_without_the_mark(tiny):
    with_columns(tiny, package=["PK", "PK", ""], committed=["yes", "no", "no"])
    row, column, wrong = only_fault(tiny)
    assert (row, column) == (3, "committed")
    assert "PK" in wrong


def test_a_committed_package_whose_years_do_not_meet_is_told(tiny):
    with_columns(tiny, package=["PK", "PK", ""], committed=["yes", "yes", "no"])
    tiny.spoil("options", 2, "earliest_opening", "2022/23")
    assert only_fault(tiny)[:2] == (2, "earliest_opening")


def test_a_committed_closure_and_committed_places_at_the_same_school_in_overlapping_years_are_told(tiny):
    committed(tiny, "EXP-1")
    option(tiny, "CUT", "pan_reduction", "L", nc_years="R-4", places_per_year="-5", committed="no")
    decided(tiny, "SHUT", "closure", "L", nc_years="R-4", earliest_opening="2021/22", latest_opening="2023/24")
    row, column, wrong = only_fault(tiny)
    assert (row, column) == (2, "committed")
    assert "SHUT" in wrong
    tiny.spoil("options", 2, "latest_opening", "2020/21")
    assert tiny.grave() == []


def test_committed_places_at_a_school_that_a_committed_amalgamation_closes_are_told(tiny):
    committed(tiny, "EXP-1")
    decided(tiny, "ONE", "amalgamation", "M", members="109444", nc_years="R-8", places_per_year="30")
    assert only_fault(tiny)[:2] == (2, "committed")


@pytest.mark.parametrize("word", ["needs", "follows"])
def test_what_is_committed_and_hangs_on_what_is_not_is_told_with_both_names(tiny, word):
    if word == "follows":
        with_columns(tiny, follows=["", "", "LINK-1"])
        tiny.spoil("options", 4, "needs", "")
    committed(tiny, "NEW-1")
    row, column, wrong = only_fault(tiny)
    assert (row, column) == (4, word)
    assert "NEW-1" in wrong
    assert "LINK-1" in wrong


@pytest.mark.parametrize(("word", "first", "stands"), [
    ("follows", "2023/24", False), ("follows", "2022/23", True), ("needs", "2023/24", True), ("needs", "2024/25", False),
])  # fmt: skip
def test_what_is_committed_must_open_no_sooner_than_what_it_hangs_on(tiny, word, first, stands):
    """NEW-1 opens in 2023/24 at the latest; what it follows must be open a year before."""
    tiny.spoil("options", 4, "needs", "")
    if word == "follows":
        with_columns(tiny, follows=["", "", "LINK-1"])
    else:
        tiny.spoil("options", 4, "needs", "LINK-1")
    committed(tiny, "LINK-1", "NEW-1")
    tiny.spoil("options", 3, "earliest_opening", first)
    tiny.spoil("options", 3, "latest_opening", first)
    if first == "2024/25":  # in the last five years of the plan only what is decided may open
        tiny.spoil("options", 4, "earliest_opening", "2023/24")
    assert (tiny.grave() == []) == stands
    if not stands:
        row, column, wrong = only_fault(tiny)
        assert (row, column) == (4, word)
        assert "LINK-1" in wrong


def test_a_chain_of_committed_options_too_long_for_its_years_is_told_where_it_breaks(tiny):
    with_columns(tiny, follows=["LINK-1", "", "EXP-1"])
    tiny.spoil("options", 4, "needs", "")
    tiny.spoil("options", 4, "excludes", "")
    tiny.spoil("options", 4, "latest_opening", "2021/22")
    committed(tiny, "EXP-1", "LINK-1", "NEW-1")
    assert tiny.grave() == []  # 2019/20, 2020/21, 2021/22
    tiny.spoil("options", 3, "earliest_opening", "2020/21")
    row, column, wrong = only_fault(tiny)
    assert (row, column) == (4, "follows")
    assert "EXP-1" in wrong


def test_a_second_committed_partner_of_one_school_is_told(tiny):
    committed(tiny)
    decided(tiny, "J-1", "link", "L", partner_urn="109445")
    second = decided(tiny, "J-2", "federation", "L", partner_urn="109446")
    assert only_fault(tiny)[:2] == (second, "urn")


@pytest.mark.parametrize("limit", ["projects_a_year = 1", "a_year_pounds = 1900000.0"])
def test_more_committed_in_the_years_it_can_open_than_a_year_allows_is_told(tiny, limit):
    committed(tiny)
    for name in ("A", "B", "C", "D"):
        last = decided(tiny, name, "expansion", "L", capital_pounds="1500000", latest_opening="2022/23")
    text = tiny.text("scenario.toml")
    tiny.write("scenario.toml", text.replace("[budget]", f"[budget]\n{limit}"))
    row, column, wrong = only_fault(tiny)
    assert (row, column) == (last, "committed")
    assert "2020/21 to 2022/23" in wrong
    assert ("4 projects where 3 may" if "projects" in limit else "£6,000,000 where £5,700,000 may") in wrong


def test_as_much_committed_as_the_years_allow_is_let_through(tiny):
    committed(tiny)
    for name in ("A", "B", "C"):
        decided(tiny, name, "expansion", "L", capital_pounds="1500000", latest_opening="2022/23")
    text = tiny.text("scenario.toml")
    tiny.write("scenario.toml", text.replace("[budget]", "[budget]\nprojects_a_year = 1\na_year_pounds = 1500000.0"))
    assert tiny.grave() == []


def measured(tiny, **measures):
    """Site areas of the three schools (1 ha each), and measures of a site, by phase, school or site."""
    tiny.with_column("schools", "site_area", ["1", "1", "1"])
    for name, value in measures.items():
        row = tiny.add("assumptions", assumption=f"site.square_metres_a_pupil.{name.lstrip('_')}", value=str(value))
    return row


def test_an_option_that_its_site_cannot_hold_is_a_warning_with_its_row_and_a_remedy(tiny):
    """EXP-1 makes 225 places of 150 on a hectare: 44.4 m² each."""
    measured(tiny, lower=45)
    (problem,) = tiny.warnings()
    assert (problem.file, problem.row, problem.column) == (OPTIONS, 2, "places_per_year")
    assert "225" in problem.wrong
    assert "site.square_metres_a_pupil.109444" in problem.remedy
    assert tiny.grave() == []


@pytest.mark.parametrize(
    "measures", [{"lower": 44}, {"middle": 45}, {"lower": 45, "_109444": 44}, {"lower": 45, "_109444": 0}]
)
def test_a_site_that_holds_them_is_no_warning(tiny, measures):
    measured(tiny, **measures)
    assert tiny.warnings() == []


@pytest.mark.parametrize(("name", "value", "grave", "column"), [
    ("lower", "small", True, "value"), ("lower", -1, True, "value"), ("_109444", "tight", True, "value"),
    ("_109449", 45, False, "assumption"), ("SITE-1", 45, False, None),
])  # fmt: skip
def test_a_measure_must_be_a_number_and_of_something_that_is_there(tiny, name, value, grave, column):
    row = measured(tiny, **{name: value})
    told = [(p.file, p.row, p.column) for p in (tiny.grave() if grave else tiny.warnings())]
    assert set(told) == ({("assumptions.csv", row, column)} if column else set())


def test_a_ring_of_needs_through_a_package_is_told_whole(tiny):
    with_columns(tiny, package=["", "", "PK"])
    tiny.spoil("options", 3, "needs", "PK")
    assert faults(tiny) == [(OPTIONS, 3, "needs")]
    assert "LINK-1 → PK → LINK-1" in told(tiny)


def test_a_closure_in_a_package_that_changes_age_ranges_asks_for_no_cut_beside_it(tiny):
    with_columns(tiny, package=["", "", ""])
    option(tiny, "SHUT", "closure", "M", nc_years="5-8", package="PK")
    assert (OPTIONS, 5, "kind") in faults(tiny, grave=False)
    option(tiny, "AGE", "age_range", "L", nc_years="R-6", package="PK")
    assert (OPTIONS, 5, "kind") not in faults(tiny, grave=False)


def test_a_phase_plan_for_a_school_that_its_option_does_not_change_is_told(tiny):
    plan = "option,urn,academic_year,first_nc_year,last_nc_year\nEXP-1,109446,2020/21,9,13\n"
    tiny.name_table("phase_plan", plan)
    assert ("phase_plan.csv", 2, "urn") in faults(tiny)

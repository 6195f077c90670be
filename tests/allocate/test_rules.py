"""The rules that are never weighted admit just what a plain reading of the tables admits."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from authorities import with_table
from cases import cases
from placeplan.allocate.model import add_rules
from placeplan.allocate.problem import TableProblem
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from properties.officer import outside_its_terms, overdrawn, steps_paid
from towns import CHILDREN_TO_11, authority, option, plan_for, school, towns

RESHAPES = {"new_school", "age_range", "all_through", "sixth_form", "closure", "amalgamation"}
NEW_PLACES = {"expansion", "temporary_expansion", "bulge", "new_school", "sixth_form"}
JOINS = {"link", "federation"}
PASSING = {"good", "outstanding"}


def every_opening(decisions):
    """Each way to open the decisions: name → planned year, None where it stays shut; refused ones always do."""
    ways = [[None, *([] if d.refused else range(d.first, d.last + 1))] for d in decisions]
    names = [d.name for d in decisions]
    return [dict(zip(names, way, strict=True)) for way in product(*ways)]


def openings_of(found, opens):
    """The opening columns (1: open by that year) of a way to open the decisions."""
    year = [opens[found.decisions[d].name] for d in found.opening_decision]
    return np.array([y is not None and t >= y for y, t in zip(year, found.opening_year, strict=True)], dtype=float)


def allowed_by_the_model(given, opens):
    """Whether the rows over openings written by add_rules hold."""
    net = network(given, forecast(given), options(given))
    problem = TableProblem("rules")
    problem.add_columns("openings", len(net.options.opening_year), upper=1.0, integer=True)
    problem.add_columns("stays", len(net.stays.origin), upper=0.0)
    add_rules(problem, net, given)
    matrix = problem.matrix()
    found = []
    nobody = np.zeros(len(net.stays.origin))
    for way in opens:
        y = openings_of(net.options, way)
        value = matrix.rows @ np.concatenate([y, nobody])
        rows = (value >= matrix.row_lower - 1e-9) & (value <= matrix.row_upper + 1e-9)
        found.append(bool(rows.all() and (y >= problem.lower[: len(y)]).all()))
    return found


class Reading:
    """The tables as an officer reads them, without the program's own words."""

    def __init__(self, given):
        self.given = given
        self.rows = given.table("options").to_dict("records")
        for row in self.rows:
            row["decision"] = row["package"] or row["option"]
        self.grade = dict(zip(given.schools["urn"], given.schools["ofsted"], strict=True))
        self.budget = given.settings.budget
        self.years = range(given.settings.horizon_years)

    def allows(self, opens):
        open_rows = [r | {"opens": opens[r["decision"]]} for r in self.rows if opens[r["decision"]] is not None]
        return (
            self.affordable(open_rows)
            and outside_its_terms(self.given, opens) == []
            and overdrawn(self.given, opens) == []
            and all(self.together(r, opens) for r in open_rows)
            and self.one_a_school(open_rows)
            and all(self.good_enough(r, open_rows) for r in open_rows)
        )

    def affordable(self, open_rows):
        spent = Counter()
        for r in open_rows:
            for step in steps_paid(self.given, r):  # what falls before the plan counts in its first year
                spent[max(r["opens"] - step["years_before_opening"], 0)] += step["pounds"]
        started = Counter(t for _, t in {(r["decision"], r["opens"]) for r in open_rows})
        b = self.budget
        return (
            (b.total_pounds is None or sum(spent.values()) <= b.total_pounds + 1e-3)
            and (b.a_year_pounds is None or all(s <= b.a_year_pounds + 1e-3 for s in spent.values()))
            and (b.projects_a_year is None or all(n <= b.projects_a_year for n in started.values()))
        )

    def together(self, row, opens):
        def when(name):
            return opens[next(r["decision"] for r in self.rows if name in {r["option"], r["package"]})]

        def named(column):
            return [w for w in row[column].split(";") if w]

        return (
            all(when(w) is not None and when(w) <= row["opens"] for w in named("needs"))
            and all(when(w) is not None and when(w) < row["opens"] for w in named("follows"))
            and all(when(w) is None for w in named("excludes"))
        )

    def one_a_school(self, open_rows):
        shapes = Counter(
            s
            for s, _ in {
                (s, r["decision"])
                for r in open_rows
                if r["kind"] in RESHAPES
                for s in (r["urn"] or r["site"], *[r["members"]] * (r["kind"] == "amalgamation"))
            }
        )
        partners = Counter(r["urn"] for r in open_rows if r["kind"] in JOINS)
        loads = Counter(r["partner_urn"] for r in open_rows if r["kind"] in JOINS)
        return all(n <= most for c, most in ((shapes, 1), (partners, 1), (loads, 2)) for n in c.values())

    def good_enough(self, row, open_rows):
        if row["kind"] not in NEW_PLACES and not (row["kind"] == "age_range" and row["places_per_year"] > 0):
            return True
        own = self.grade.get(row["urn"], row["ofsted"])
        linked = [
            r for r in open_rows
            if r["kind"] in JOINS and r["urn"] == row["urn"] and self.grade[r["partner_urn"]] in PASSING
        ]  # fmt: skip
        newcomer = row["urn"] == "" and own == "none"
        return own in PASSING or newcomer or any(r["opens"] < row["opens"] for r in linked)


@given(town=towns(most_zones=1))
@cases(15)
def test_the_rules_admit_what_a_plain_reading_of_the_tables_admits(town):
    ways = every_opening(options(town).decisions)
    reading = Reading(town)
    assert allowed_by_the_model(town, ways) == [reading.allows(way) for way in ways]


def schools(*weak):
    named = [school(u, "primary", ofsted="inadequate" if u in weak else "good") for u in ("A", "B", "C", "D")]
    return [*named, school("S", "secondary", pan=120)]


def possible(*rows, weak=(), budget=None, **more):
    given = authority(schools(*weak), CHILDREN_TO_11, options=rows, budget=budget, **more)
    ways = every_opening(options(given).decisions)
    return [w for w, ok in zip(ways, allowed_by_the_model(given, ways), strict=True) if ok]


def test_a_weak_school_grows_the_year_after_its_link_never_the_same_day():
    grow = option("X", "expansion", "A", 1, 3, places_per_year=15)
    link = option("L", "link", "A", 1, 2, partner_urn="B")
    found = possible(grow, link, weak=("A",))
    assert {(w["X"], w["L"]) for w in found if w["X"] is not None} == {(2, 1), (3, 1), (3, 2)}


def test_a_partner_carries_two_links_at_most():
    links = [option(f"L{u}", "link", u, 1, 1, partner_urn="D") for u in ("A", "B", "C")]
    assert max(sum(year is not None for year in w.values()) for w in possible(*links)) == 2


def test_a_school_has_one_partner_at_most():
    links = [option(f"L{u}", "link", "A", 1, 1, partner_urn=u) for u in ("B", "C")]
    assert max(sum(year is not None for year in w.values()) for w in possible(*links)) == 1


def test_what_follows_opens_a_year_later_and_what_needs_may_open_the_same_day():
    base = option("O1", "expansion", "A", 1, 2)
    for word, pairs in (("needs", {(1, 1), (2, 1), (2, 2)}), ("follows", {(2, 1)})):
        other = option("O2", "expansion", "B", 1, 2, **{word: "O1"})
        assert {(w["O2"], w["O1"]) for w in possible(base, other) if w["O2"] is not None} == pairs


def test_excluded_options_never_stand_together():
    rows = option("O1", "expansion", "A"), option("O2", "expansion", "B", excludes="O1")
    assert not any(w["O1"] is not None and w["O2"] is not None for w in possible(*rows))


def test_money_of_a_year_lets_two_projects_open_one_after_the_other():
    rows = option("O1", "expansion", "A", 1, 2), option("O2", "expansion", "B", 1, 2)
    both = [w for w in possible(*rows, budget={"a_year_pounds": 1e6}) if None not in w.values()]
    assert {tuple(w.values()) for w in both} == {(1, 2), (2, 1)}


def test_a_pot_pays_no_more_than_it_holds():
    rows = option("O1", "expansion", "A", fund="S106"), option("O2", "expansion", "B", fund="S106")
    pot = [{"pot": "S106", "amount": 1.5e6}]
    assert not any(None not in w.values() for w in possible(*rows, funds=pot))
    assert any(None not in w.values() for w in possible(*rows, funds=[{"pot": "S106", "amount": 2e6}]))


def test_a_pot_opens_nothing_before_it_may_be_spent_nor_after_it_expires():
    row = option("O1", "expansion", "A", 0, 3, fund="S106")
    pot = [{"pot": "S106", "amount": 2e6, "valid_from": "2020/21", "expiry": "2021/22"}]
    assert {w["O1"] for w in possible(row, funds=pot)} == {None, 1, 2}
    assert {w["O1"] for w in possible(row)} == {None, 0, 1, 2, 3}


def test_a_pot_that_is_paid_out_the_year_before_the_opening_must_be_open_by_then():
    row = option("O1", "expansion", "A", 0, 3, fund="S106")
    steps = [{"option": "O1", "years_before_opening": 1, "fund": "S106", "pounds": 1e6}]
    pot = [{"pot": "S106", "amount": 2e6, "valid_from": "2020/21", "expiry": "2021/22"}]
    assert {w["O1"] for w in possible(row, funds=pot, spending=steps)} == {None, 2, 3}


def test_a_pot_of_another_site_or_phase_pays_nothing():
    row = option("O1", "expansion", "A", fund="S106", nc_years=(0, 6))
    for tie, fits in (({"site": "B"}, 0), ({"site": "A"}, 1), ({"phase": "secondary"}, 0), ({"phase": "primary"}, 1)):
        ways = {w["O1"] for w in possible(row, funds=[{"pot": "S106", "amount": 2e6, **tie}])}
        assert ways == ({None, 1} if fits else {None})


def test_two_projects_paid_in_different_years_fit_into_the_money_of_a_year():
    rows = option("O1", "expansion", "A"), option("O2", "expansion", "B")
    early = [
        {"option": "O1", "years_before_opening": 1, "fund": "", "pounds": 6e5},
        {"option": "O1", "years_before_opening": 0, "fund": "", "pounds": 4e5},
    ]
    money = {"a_year_pounds": 1.5e6}
    assert not any(None not in w.values() for w in possible(*rows, budget=money))
    assert any(None not in w.values() for w in possible(*rows, budget=money, spending=early))


def test_what_is_committed_opens_by_its_last_year():
    row = option("O1", "expansion", "A", 1, 2, committed=True)
    assert {w["O1"] for w in possible(row)} == {1, 2}


@pytest.mark.parametrize("weight", [0.0, 1.0, 1e4])
def test_no_weight_opens_places_at_a_provider_that_fails_the_gate(weight):
    rows = [option("X", "expansion", "A", places_per_year=90, capital_pounds=0.0)]
    town = authority(schools("A"), 5 * CHILDREN_TO_11, options=rows, tolerance=1.0)
    assert "X" not in plan_for(town, local=weight, popular=0.0).opens
    good = with_table(town, "schools", lambda t: t.assign(ofsted="good"))
    assert "X" in plan_for(good, local=weight).opens

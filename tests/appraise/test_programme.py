"""The delivery programme: who decides, how long people are asked and how long all of it takes are the particulars'."""

from types import SimpleNamespace

import numpy as np
import pytest
from explained import planned_town
from hypothesis import given
from hypothesis import strategies as st

from authorities import scenario, with_table
from placeplan.appraise.programme import programme
from placeplan.options.particulars import particulars_table
from placeplan.options.read import options
from towns import BASE, authority, option, school, towns

CHILDREN = np.where(np.arange(14) <= 11, 30, 0)[None, :]


def opened(given):
    """Everything that can open, opened as soon as it can: all that a programme asks of a plan."""
    made = options(given)
    first = np.array([-1 if d.refused or d.last < d.first else d.first for d in made.decisions])
    return SimpleNamespace(opens=lambda: first, network=SimpleNamespace(options=made, years=given.planned_years))


def tasks_of(plan):
    """Task by option: verb → row."""
    table = programme(plan)
    rows = [(str(task).split(" (")[0].removeprefix("Consult on ").split(" ")[-1], row) for task, row in
            zip(table["task"], table.to_dict("records"), strict=True)]  # fmt: skip
    return {
        o.name: {row["task"].split(" ")[0]: row for name, row in rows if name == o.name}
        for o in plan.network.options.options
    }


def month(text):
    year, number = text.split("-")
    return 12 * int(year) + int(number) - 1


def assert_told_alike(plan):
    """Particulars, as they are published, and programme: the same decider, consultation and lead time."""
    told = particulars_table(plan.network.options).set_index("option")
    opens, years, tasks = plan.opens(), plan.network.years, tasks_of(plan)
    for one in plan.network.options.options:
        mine, said = tasks[one.name], told.loc[one.name]
        if opens[one.decision] < 0:
            assert not mine
            continue
        decided = said["maturity"] in {"approved", "on_site"}
        assert ("Decide" in mine) == (not decided)
        assert ("Consult" in mine) == (
            said["consultation_weeks"] > 0 and not decided and said["maturity"] != "consulted"
        )
        if "Decide" in mine:
            assert mine["Decide"]["owner role"] == said["who_decides"].replace("_", " ")
        if "Consult" in mine:
            assert str(said["consultation_weeks"]) in mine["Consult"]["measure"]
        opening = 12 * int(years[opens[one.decision]]) + 8
        spans = [(month(row["start"]), month(row["end"])) for row in mine.values()]
        assert max(end for _, end in spans) == opening == month(mine["Open"]["end"])
        assert min(start for start, _ in spans) >= opening - said["lead_months"]
        if "Consult" in mine:
            assert month(mine["Consult"]["start"]) == opening - said["lead_months"]


@pytest.mark.parametrize("name", ["town", "pyramid", "demo"])
def test_programme_and_particulars_of_a_bundled_scenario_tell_the_same(name):
    assert_told_alike(opened(scenario(name)))


def test_programme_and_particulars_of_the_towns_own_plan_tell_the_same():
    assert_told_alike(planned_town().allocation.plan)


@given(towns(), st.data())
def test_programme_and_particulars_of_any_town_tell_the_same(town, data):
    weeks = st.sampled_from(["", "consulted", "approved", "feasibility"])
    lead = st.sampled_from([None, 0, 1, 2, 5, 8, 20, 44])

    def change(table):
        table["maturity"] = [data.draw(weeks) for _ in range(len(table))]
        table["lead_months"] = [data.draw(lead) for _ in range(len(table))]
        return table

    assert_told_alike(opened(with_table(town, "options", change)))


def one(kind="closure", provider="community", **more):
    schools = [school("P", "primary", pan=30, provider=provider)]
    return tasks_of(opened(authority(schools, CHILDREN, options=[option("X", kind, "P", first=2, last=2, **more)])))[
        "X"
    ]


def test_a_closure_is_consulted_on_for_ten_weeks_decided_in_three_months_and_ends_its_twenty_in_september():
    tasks = one()
    spans = [(tasks[verb]["start"], tasks[verb]["end"]) for verb in ("Consult", "Decide", "Build", "Open")]
    opening = f"{BASE + 3}-09"
    assert spans == [("2020-01", "2020-04"), ("2020-04", "2020-07"), ("2020-07", opening), (opening, opening)]
    assert [tasks[verb]["owner role"] for verb in ("Consult", "Decide")] == ["school organisation officer", "authority"]


def test_what_a_trust_decides_the_trust_consults_on_and_what_the_region_decides_the_region_decides():
    expands = one("expansion", "academy", places_per_year=2)
    assert {expands[verb]["owner role"] for verb in ("Consult", "Decide")} == {"trust"}
    closes = one("closure", "academy")
    assert [closes[verb]["owner role"] for verb in ("Consult", "Decide")] == ["trust", "regional commissioner"]


def test_the_table_of_controls_decides_in_the_programme_too():
    given = authority(
        [school("P", "primary", pan=30)], CHILDREN, options=[option("X", "expansion", "P", places_per_year=2)],
        controls=[{"option": "X", "who_decides": "diocese"}],
    )  # fmt: skip
    assert tasks_of(opened(given))["X"]["Decide"]["owner role"] == "diocese"


def test_an_agreement_between_schools_has_no_consultation_in_the_programme():
    assert "Consult" not in one("link", partner_urn="P")


def test_what_is_committed_is_neither_consulted_on_nor_decided_again():
    assert set(one(committed=True)) == {"Build", "Open"}


def test_a_lead_time_too_short_for_its_consultation_is_filled_by_it_and_said():
    tasks = one(lead_months=2)
    assert (tasks["Consult"]["start"], tasks["Consult"]["end"]) == ("2021-07", "2021-09")
    assert "10 weeks don't fit into a lead time of 2 months" in tasks["Consult"]["measure"]


def test_what_had_to_begin_before_the_base_years_census_says_so():
    late, early = one(lead_months=40), one(lead_months=32)
    assert "before the base year's census" in late["Consult"]["measure"]
    assert late["Consult"]["start"] == "2018-05"
    assert early["Consult"]["start"] == "2019-01"
    assert "census" not in early["Consult"]["measure"]

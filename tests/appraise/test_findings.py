"""Findings: the three sentences with which a run begins, also where nothing can be opened or nothing changes."""

from explained import planned_town

from authorities import plan_for, with_table
from placeplan.appraise.findings import findings
from placeplan.appraise.scorecard import scorecard
from placeplan.principles.nine import NINE
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, school


def said(planned):
    done = planned.allocation
    card = scorecard(NINE, done.model.scales, done.plan, done.do_minimum, planned.scenario)
    return findings(done, card, planned.scenario)


def roomy():
    """Room for all, and an expansion that nobody needs."""
    schools = [school("P", "primary", pan=30), school("S", "secondary", pan=30)]
    rows = [option("X", "expansion", "P", nc_years=(0, 6), places_per_year=30)]
    return authority(schools, CHILDREN_TO_11, options=rows, assumptions=NO_SIXTH_FORM, years=3)


def test_a_plan_is_told_by_its_places_its_options_and_the_principles_it_moves():
    places, options, principles = said(planned_town())
    assert places.startswith("Every child from Reception to Year 11 has a place in every planned year")
    assert "options are chosen, the first from" in options
    assert "gains most (" in principles


def test_where_nothing_is_worth_opening_no_principle_is_said_to_gain():
    _, options, principles = said(plan_for(roomy()))
    assert options == "None of the 1 options is worth opening at these weights."
    assert principles == "No principle gains; no principle loses."


def test_where_there_is_nothing_to_choose_from_that_is_said():
    none = with_table(roomy(), "options", lambda t: t.iloc[:0])
    assert said(plan_for(none))[1:] == (
        "There are no options to choose from.", "No principle gains; no principle loses.",
    )  # fmt: skip

"""Infant classes: Reception to Year 2 hold thirty a class, of mixed age if need be; what opens places brings classes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from appraise.explained import asked, told_of
from cases import cases
from journeys.test_journeys import journeys, opened, pair
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.certificate_model import model_checks
from placeplan.allocate.certificate_recount import journeys_of, retention_of
from placeplan.appraise.tables import shortfall
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school, towns

A_CLASS = 30
NEAR = 1e-5


def sixty(classes, *rows, **more):
    """A primary of 60 a year group, all 60 there, with some infant classes; and a secondary."""
    schools = [school("P", "primary", pan=60, infant_classes=classes), school("S", "secondary", pan=60)]
    given = {"years": 5, "assumptions": NO_SIXTH_FORM} | more
    return authority(schools, 2 * CHILDREN_TO_11, options=rows, **given)


def limit(town, **opens):
    """Infants whom the classes of P hold, by planned year."""
    net = network(town, forecast(town), options(town))
    return net.places.infants.at(opened(net, **opens)).reshape(len(net.estate.table), -1)[0].tolist()


def test_one_class_holds_thirty_infants_once_those_on_roll_have_left():
    planned = plan_for(sixty(1))
    infants = planned.allocation.plan.rolls()[0, :, :3].sum(axis=1)
    assert infants[:2] == pytest.approx([120, 60])  # Years 1 and 2 of today, then Year 2: nobody joins them
    assert (infants[2:] <= 30 + NEAR).all()
    assert infants[2:].max() == pytest.approx(30)


def test_as_many_classes_as_the_year_groups_need_or_none_told_are_no_limit():
    for classes in (6, None):
        planned = plan_for(sixty(classes))
        assert planned.allocation.least_shortfall == pytest.approx(0, abs=NEAR)
        assert (
            "infant classes" not in planned.allocation.matrix.row_names
            or not (
                planned.allocation.matrix.row_kind == planned.allocation.matrix.row_names.index("infant classes")
            ).any()
        )


def test_an_expansion_brings_classes_for_its_places_rounded_up():
    row = option("X", "expansion", "P", 2, 2, nc_years=(0, 6), places_per_year=15)
    assert limit(sixty(1, row)) == [120, 60, 30, 30, 30]
    assert limit(sixty(1, row), X=2) == [120, 60, 90, 90, 90]  # 45 places: two classes


def test_an_expansion_lifts_the_limit_and_is_chosen_for_it():
    row = option("X", "expansion", "P", 2, 2, nc_years=(0, 6), places_per_year=10)
    planned = plan_for(sixty(1, row))
    assert planned.opens == {"X": 2}
    assert planned.allocation.plan.rolls()[0, 2:, :3].sum(axis=1).max() == pytest.approx(60)


def test_a_bulge_has_its_class_until_year_2_is_over_and_a_cut_takes_none():
    bulge = option("B", "bulge", "P", 1, 1, nc_years=(0, 6), places_per_year=30)
    cut = option("C", "pan_reduction", "P", 1, 1, nc_years=(0, 6), places_per_year=-30)
    assert limit(sixty(1, bulge), B=1) == [120, 90, 60, 60, 30]
    assert limit(sixty(1, cut), C=1) == [120, 60, 30, 30, 30]


def test_two_schools_that_become_one_have_the_classes_of_both():
    schools = [school(u, "primary", pan=p, infant_classes=c) for u, p, c in (("P", 60, 3), ("Q", 30, 3))]
    row = option("A", "amalgamation", "P", 3, 3, members="Q", nc_years=(0, 6), places_per_year=30)
    town = authority(
        [*schools, school("S", "secondary", pan=90)],
        3 * CHILDREN_TO_11,
        options=[row],
        years=5,
        assumptions=NO_SIXTH_FORM,
    )
    assert limit(town) == [120, 90, 90, 90, 90]
    assert limit(town, A=3) == [120, 90, 90, 180, 180]


def test_the_size_of_a_class_is_an_assumption():
    assert limit(sixty(2, assumptions=NO_SIXTH_FORM | {"class_size.infant": 15})) == [120, 60, 30, 30, 30]


def test_a_shortfall_for_want_of_classes_is_told_as_one():
    causes = set(shortfall(plan_for(sixty(1)).allocation.plan).query("nc_year == 'R'")["cause"])
    assert causes == {"places are free within reach, but infant classes are full"}
    full = authority(
        [school("P", "primary", pan=20), school("S", "secondary", pan=60)], CHILDREN_TO_11, assumptions=NO_SIXTH_FORM
    )
    assert set(shortfall(plan_for(full).allocation.plan)["cause"]) == {
        "every school within reach is full in this year group"
    }


def test_a_school_whose_classes_are_full_says_so_when_asked():
    said = asked(told_of(plan_for(sixty(1))), "P").sentences
    assert any(
        sentence.startswith("Its infant classes (Reception to Year 2) are full in 2019/20, 2020/21, 2021/22")
        for sentence in said
    )
    assert not any("infant classes" in sentence for sentence in asked(told_of(plan_for(sixty(None))), "P").sentences)


def test_a_new_school_has_no_limit_but_its_places():
    row = option("N", "new_school", first=1, last=1, nc_years=(0, 6), places_per_year=20, easting=500.0, northing=500.0)
    net = journeys(pair(options=[row]))
    assert np.isinf(net.places.infants.constant).all()


def brought(row, opens, year):
    """Places that an option adds to Reception, Year 1 and Year 2 of its school in a planned year, as an officer reads it."""
    if row["kind"] == "expansion":
        return sum(row["places_per_year"] for n in range(3) if row["nc_years"][0] <= n <= row["nc_years"][1])
    cohorts = 1 if row["kind"] == "bulge" else int(row["cohorts"])
    first, last = row["nc_years"]
    return sum(
        row["places_per_year"] for n in range(first, min(last, 2) + 1) if opens <= year - (n - first) < opens + cohorts
    )


@given(town=towns(most_zones=2, most_options=4))
@cases(10, night=100)
def test_no_school_has_more_infants_than_its_classes_and_those_on_roll_in_the_base_year(town):
    planned = plan_for(town)
    net, table = planned.network, town.table("options")
    full = net.demand.survival()[0]
    for plan in (planned.allocation.plan, planned.allocation.do_minimum):
        opens = dict(zip([d.name for d in net.options.decisions], plan.opens().tolist(), strict=True))
        for s, (_, one) in enumerate(town.mainstream.iterrows()):
            others = {"age_range", "amalgamation"} & set(table.loc[table["urn"] == one["urn"], "kind"])
            if pd.isna(one["infant_classes"]) or others:
                continue
            mine = table[
                (table["urn"] == one["urn"]) & table["kind"].isin(["expansion", "bulge", "temporary_expansion"])
            ]
            for year in range(len(net.years)):
                rolling = net.estate.rolls[s] * net.estate.taught[s]
                there = sum(rolling[n] * full[n, year] for n in range(2) if n + year + 1 < 3)
                most = max(A_CLASS * one["infant_classes"], there)
                for _, row in mine.iterrows():
                    since = opens[row["package"] or row["option"]]
                    if 0 <= since <= year:
                        most += A_CLASS * np.ceil(brought(row, since, year) / A_CLASS)
                assert plan.rolls()[s, year, :3].sum() <= most + NEAR


def test_verify_writes_the_rows_again_and_refuses_one_child_more():
    proof = proof_of(plan_for(sixty(1, option("X", "expansion", "P", 2, 2, places_per_year=10))).allocation)
    walked = journeys_of(proof.labels, proof.years, retention_of(proof.labels.retention))
    rule = "rows “infant classes” follow from labels and prices"
    told = {check.rule: check for check in model_checks(proof, walked)}
    assert all(check.passed for check in told.values())
    assert len(proof.labels.infants) >= 3
    more = proof.labels.infants.assign(places=lambda t: t["places"] + 1)
    falsified = replace(proof, labels=replace(proof.labels, infants=more))
    assert not {check.rule: check for check in model_checks(falsified, walked)}[rule].passed

"""Families choose: the plan that weighs first choices, and what is told of a choosing public, recounted from what is published."""

import html
import json
import re
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from authorities import KEYS, SCENARIOS, Planned, scenario
from cases import cases
from placeplan import pipeline
from placeplan.allocate.allocate import allocate
from placeplan.appraise.families import WHOLE, families_tables, finding
from placeplan.appraise.robustness import DRAWS, draw_weights
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.families import Families
from placeplan.principles.nine import NINE, principles_of
from placeplan.scenario.read import check_scenario
from placeplan.scenario.settings import Families as FamiliesSettings
from towns import towns

WEIGHT = 2.0
TARGET, MUST, WORST = 0.005, 0.5, 2000.0
ON_ITS_SCALE = f"""
[anchors.families]
unacceptable = {WORST}

[targets]
families = {TARGET}

[must]
families = {MUST}
"""


def wanting(given_, weight, segments=8):
    settings = given_.settings.model_copy(update={"families": FamiliesSettings(weight=weight, segments=segments)})
    return replace(given_, settings=settings)


def planned(given_):
    could_go = network(given_, forecast(given_), options(given_))
    principles = principles_of(given_.settings)
    prices = tuple(p.prices(could_go, given_) for p in principles)
    return Planned(given_, could_go, prices, allocate(could_go, prices, [p.key for p in principles], given_))


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("families")
    shutil.copytree(SCENARIOS / "town", folder / "town")
    settings = folder / "town" / "scenario.toml"
    text = settings.read_text(encoding="utf-8")
    assert text.count("\nweight = 0.0\n") == 1
    settings.write_text(text.replace("\nweight = 0.0\n", f"\nweight = {WEIGHT}\n") + ON_ITS_SCALE, encoding="utf-8")
    return pipeline.run(folder / "town", folder / "run").folder


def table(folder, path):
    return pd.read_csv(folder / path, dtype={"urn": str, "nc_year": str, "from_nc_year": str})


def test_without_a_weight_the_objective_is_that_of_the_nine_alone():
    assert principles_of(scenario("town").settings) is NINE
    assert [p.key for p in principles_of(wanting(scenario("town"), 0.1).settings)] == [*KEYS, "families"]


@given(town=towns())
@cases(5)
def test_what_first_choices_cost_the_plan_is_what_is_recounted_from_its_journeys(town):
    found = planned(wanting(town, WEIGHT))
    plan, told = found.allocation.plan, Families()
    loss = told.measure(plan, found.scenario).loss
    assert found.prices[-1].loss(plan) == pytest.approx(loss, abs=1e-6)
    parts = [
        s.weight * s.deviation(p.loss(plan)) for s, p in zip(found.allocation.model.scales, found.prices, strict=True)
    ]
    assert found.allocation.objective == pytest.approx(
        sum(parts) + found.allocation.model.cost @ plan.openings, abs=1e-6
    )


@given(town=towns())
@cases(3)
def test_the_more_first_choices_weigh_the_fewer_are_lost(town):
    losses = [Families().measure(planned(wanting(town, w)).allocation.plan, wanting(town, w)).loss for w in (0.0, 20.0)]
    assert losses[1] <= losses[0] + 1e-6


@given(town=towns())
@cases(5)
def test_a_choosing_public_fills_no_school_over_its_places_and_nobody_is_counted_twice(town):
    given_ = wanting(town, 0.0)
    found = planned(given_)
    plan, net = found.allocation.plan, found.network
    tables = families_tables(plan, given_)
    rows, schools = tables["appraisal/families.csv"], tables["appraisal/families_schools.csv"]
    places = net.places.by_year_group.at(plan.openings).reshape(len(net.estate.table), -1, 14)
    index, first = net.estate.index(), net.years[0]
    groups = {"R": 0} | {str(n): n for n in range(1, 14)}
    for one in schools.itertuples():
        cell = places[index[one.urn], int(one.academic_year[:4]) - first, groups[one.nc_year]]
        assert one.begin_choosing <= max(cell, one.begin_plan) + 1e-4
    whole = rows[rows["community"] == WHOLE]
    for one in whole.itertuples():
        here = schools[(schools["academic_year"] == one.academic_year) & (schools["nc_year"] == one.nc_year)]
        assert here["begin_choosing"].sum() + one.none_of_choices == pytest.approx(one.children, abs=1e-3)
    shares = rows[["first_choice_plan", "first_choice_choosing"]]
    assert (shares >= -1e-6).all(axis=None)
    assert (shares <= 100 + 1e-6).all(axis=None)
    parts = rows[rows["community"] != WHOLE].groupby(["academic_year", "nc_year"])
    sums = parts["children"].sum()
    for key, total in whole.set_index(["academic_year", "nc_year"])["children"].items():
        assert sums.get(key, 0.0) == pytest.approx(
            total, abs=2.0
        )  # communities with less than half a child have no row


def test_a_run_that_weighs_first_choices_is_verified_from_its_files(run_folder):
    pipeline.verify(run_folder)
    run = json.loads((run_folder / "run.json").read_text("utf-8"))
    assert run["weights"]["families"] == WEIGHT
    principles = table(run_folder, "appraisal/principles.csv").set_index("principle")
    assert list(principles.index) == [*KEYS, "families"]
    assert principles.loc["families", "weight"] == WEIGHT
    score = principles.loc["families", "score"]
    assert principles.loc["families", "contribution"] == pytest.approx(WEIGHT * (1 - score / 100 - TARGET), abs=1e-6)
    assert principles.loc["families", "contribution"] > 0
    assert run["scales"]["families"]["unacceptable"] == WORST


@pytest.fixture(scope="module")
def told(run_folder):
    return {s: pipeline.explain(run_folder, s, scenario=run_folder.parent / "town") for s in ("families", "EXP-01")}


def test_first_choices_are_explained_like_a_principle(run_folder, told):
    said = told["families"]
    measures = table(run_folder, "appraisal/principles.csv").set_index("principle")
    loss = WORST * (1 - measures.loc["families", "score"] / 100)
    assert said.figures["loss"] == pytest.approx(loss, abs=1e-3)
    assert said.table["loss"].sum() == pytest.approx(loss, abs=1e-3)
    assert set(said.table["part"]) == {"first choices lost"}
    assert "St Mary’s Lower School" in set(said.table["where"])
    assert said.figures["price"] > 0
    assert (
        pipeline.explain(run_folder, "Families' first choices", scenario=run_folder.parent / "town").subject
        == "families"
    )


def test_what_an_option_costs_is_told_of_first_choices_too(told):
    parts = told["EXP-01"].table.set_index("part of the objective")
    assert "Families' first choices" in parts.index
    assert parts["change"].drop("All").sum() == pytest.approx(parts.loc["All", "change"], abs=1e-5)


def test_first_choices_take_their_share_of_the_weights_drawn(run_folder):
    run = json.loads((run_folder / "run.json").read_text("utf-8"))
    weights = [scale["weight"] for scale in run["scales"].values()]
    drawn = draw_weights(np.array(weights), DRAWS, run["seed"])
    assert len(weights) == len(KEYS) + 1
    assert drawn.sum(axis=1) == pytest.approx(sum(weights))
    assert drawn[:, -1].mean() == pytest.approx(WEIGHT, rel=0.15)


def test_paper_and_report_name_what_is_weighed_beside_the_nine(run_folder):
    page = (run_folder / "report.html").read_text("utf-8")
    assert "Families&#39; first choices" in page or "Families' first choices" in page
    with zipfile.ZipFile(run_folder / "paper.docx") as paper:
        words = re.sub(r"<[^>]+>", "", paper.read("word/document.xml").decode("utf-8"))
    assert "The nine principles and families' first choices under the do-minimum and the plan" in html.unescape(words)
    assert "Families' first choices is none of the nine" in html.unescape(words)


def problems_of(folder, text):
    shutil.copytree(SCENARIOS / "town", folder)
    file = folder / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    return {p.column: p for p in check_scenario(folder)}


def test_an_unknown_principle_is_named_with_the_known_ones(tmp_path):
    found = problems_of(
        tmp_path / "town", "\n[targets]\nfamilys = 0.5\n[must]\nlocall = 0.5\n[anchors]\nhousing = {ideal = 1.0}\n"
    )
    assert all(p.grave for p in found.values())
    assert "families" in found["targets.familys"].remedy
    assert "local" in found["must.locall"].remedy
    assert "vulnerable, families" in found["anchors.housing"].remedy


def test_a_must_of_what_is_not_weighed_is_refused_and_a_target_warned_of(tmp_path):
    found = problems_of(tmp_path / "town", "\n[targets]\nfamilies = 0.5\n[must]\nfamilies = 0.5\n")
    assert found["must.families"].grave
    assert not found["targets.families"].grave
    assert "[families]" in found["must.families"].remedy


def test_a_weight_of_families_among_those_of_the_nine_is_told_where_it_belongs(tmp_path):
    shutil.copytree(SCENARIOS / "town", tmp_path / "town")
    file = tmp_path / "town" / "scenario.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[weights]", "[weights]\nfamilies = 1.0"), encoding="utf-8")
    (problem,) = [p for p in check_scenario(tmp_path / "town") if p.grave]
    assert problem.row == text[: text.index("[weights]")].count("\n") + 2
    assert "write weight under [families]" in problem.remedy


def test_who_begins_where_by_the_plan_is_what_the_journeys_say(run_folder):
    journeys = table(run_folder, "plan/journeys.csv")
    begin = journeys[(journeys["from_nc_year"] == "R") & (journeys["cohort"] >= "2019/20")]
    begin = begin.groupby(["urn", "cohort"])["children"].sum()
    schools = table(run_folder, "appraisal/families_schools.csv")
    told = schools[schools["nc_year"] == "R"].set_index(["urn", "academic_year"])["begin_plan"]
    both = pd.concat([begin.rename_axis(["urn", "academic_year"]), told], axis=1).fillna(0.0)
    assert len(both) > 10
    assert both["children"].to_numpy() == pytest.approx(both["begin_plan"].to_numpy(), abs=1e-5)


def test_the_sentence_tells_the_figures_of_the_table(run_folder):
    run = json.loads((run_folder / "run.json").read_text("utf-8"))
    rows = table(run_folder, "appraisal/families.csv").query("community == @WHOLE and nc_year == 'R'")
    share = np.average(rows["first_choice_choosing"], weights=rows["children"])
    elsewhere = 100 * rows["elsewhere"].sum() / rows["children"].sum()
    said = " ".join(run["remarks"])
    assert f"{share:.0f} % begin Reception at their first choice" in said
    assert f"{elsewhere:.0f} % would be at another school" in said
    assert rows["first_choice_plan"].mean() > 85  # at this weight the plan follows what families want


def test_an_authority_without_children_in_reception_has_no_first_choice_to_tell_of():
    empty = pd.DataFrame({"community": [], "nc_year": [], "children": []})
    assert "no first choice" in finding({"appraisal/families.csv": empty})

"""Beyond the horizon: plans priced again over more years, who is first counted again in plain Python, the pyramid by hand."""

import json
import re
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from explained import planned_town
from hypothesis import given
from hypothesis import strategies as st

from authorities import only, plan_for, scenario, weighted, with_table
from placeplan import pipeline
from placeplan.allocate.problem import with_openings
from placeplan.allocate.rivals import rivals
from placeplan.allocate.solve import Solver
from placeplan.appraise.beyond import RIVALS, beyond, over_years
from placeplan.appraise.last_year import in_the_last_year
from placeplan.appraise.longer import horizons, longer
from placeplan.appraise.reasons import options_table
from placeplan.appraise.robustness import robustness
from placeplan.appraise.standing import CHOSEN, DO_MINIMUM
from placeplan.domain.errors import CertificateRefused
from placeplan.domain.progress import silent
from placeplan.publish.run_folder import read_run_folder
from placeplan.publish.verify import recounted_run
from placeplan.publish.verify_beyond import check_beyond
from placeplan.publish.verify_files import certificate_of, read_for_verifying
from placeplan.scenario.read import read_scenario
from placeplan.scenario.settings import Anchor, Solve

CLOSE = 1e-6
TWO_TIER = "with TWO-TIER in 2020/21"
CAPITAL, DISCOUNT = 0.5, 1.035**-2  # one of two packages of the same cost, opened in the third planned September


def counted(planned):
    settings = planned.scenario.settings
    pool = rivals(planned.allocation, planned.scenario)
    sure = robustness(planned.allocation, pool, settings.weights.cost, settings.solve.seed)
    found = beyond(planned.allocation, sure, planned.scenario)
    return SimpleNamespace(allocation=planned.allocation, scenario=planned.scenario, sure=sure, found=found)


@pytest.fixture(scope="module")
def town():
    return counted(planned_town())


@pytest.fixture(scope="module")
def table(town):
    return town.found.counted.table


def over(table, years):
    return table[table["horizon_years"] == years].set_index("plan")


def test_the_town_counts_the_plan_the_do_minimum_the_nearest_and_what_opens_more_or_sooner(town, table):
    names = town.sure.table["plan"].tolist()
    plans = table["plan"].iloc[: table["plan"].nunique()].tolist()
    assert table["plan"].tolist() == plans * 4
    assert plans[0] == CHOSEN
    assert plans[1] == DO_MINIMUM
    assert plans[2:6] == [name for name in names[1:] if name != DO_MINIMUM][:4]
    assert TWO_TIER in plans[6:]
    assert len(plans) <= RIVALS + 2
    decision = town.allocation.plan.network.options
    two = [d.name for d in decision.decisions].index("TWO-TIER")
    assert town.found.openings[TWO_TIER][decision.opening_decision == two].tolist() == [1, 1]


def test_over_the_planned_years_the_plan_and_its_rivals_are_as_the_run_tells_them(town, table):
    own, pool = over(table, 8), town.sure.table.set_index("plan")
    assert own.loc[CHOSEN, "objective"] == pytest.approx(town.allocation.objective, abs=CLOSE)
    assert own.loc[DO_MINIMUM, "objective"] == pytest.approx(town.allocation.do_minimum_objective, abs=CLOSE)
    known = [name for name in own.index if name in pool.index]
    assert len(known) >= 6
    assert own.loc[known, "objective"].tolist() == pytest.approx(pool.loc[known, "objective"].tolist(), abs=CLOSE)


def test_a_longer_horizon_prices_a_plan_as_a_scenario_of_that_many_years_does(town, table, repository, tmp_path):
    folder = shutil.copytree(repository / "scenarios" / "town", tmp_path / "longer")
    told = folder / "scenario.toml"
    told.write_text(told.read_text("utf-8").replace("horizon_years = 8", "horizon_years = 13"), "utf-8")
    there = plan_for(read_scenario(folder)).allocation
    for name in (CHOSEN, DO_MINIMUM, TWO_TIER):
        fixed = with_openings(there.matrix, np.round(town.found.openings[name]), there.matrix.integer)
        answer = Solver(1, 1, silent).lp(fixed, seconds=60.0)
        assert over(table, 13).loc[name, "objective"] == pytest.approx(
            answer.objective + there.model.constant, abs=1e-5
        )


def test_the_town_is_told_that_two_tiers_would_be_first_over_18_years_and_a_plan_made_for_25_opens_them(town, table):
    assert [name for name in (13, 18, 25) if over(table, name).loc[CHOSEN, "first"]] == [13]
    assert over(table, 25).loc[TWO_TIER, "first"] == 1
    behind = [over(table, years).loc[TWO_TIER, "points_behind"] for years in (8, 13, 18, 25)]
    assert behind == sorted(behind, reverse=True)
    said = town.found.counted.told()
    assert said["stays_first"] == 1
    assert said["sentence"].startswith(
        "Counted over 5, 10 and 17 years more, what opens held, it stays first in 1 of 3"
    )
    assert (
        f"Over 18 and 25 years in all the plan {TWO_TIER} would be first, by {-behind[-1]:.4f} points: benefits after the planned years decide."
        in said["sentence"]
    )
    (remark,) = town.found.counted.remarks()
    assert TWO_TIER in remark
    assert "TWO-TIER" not in planned_town().opens
    assert plan_for(over_years(planned_town().scenario, 25)).opens["TWO-TIER"] == 1


def saved(years):
    """Cohorts' moves that a phased conversion in the third planned year saves: 1, 1, 2, 2, 1, 1 … a year against 2."""
    moves = [2, 2, 1, 1, 2, 2, *[1] * 30]
    return 2 * years - sum(moves[:years])


@pytest.fixture(scope="module")
def pyramid():
    """The pyramid over six years, in which moves alone and money count: T + 3 is the last."""
    given = weighted(only(scenario("pyramid"), "single_phase"), cost=0.75)
    return counted(plan_for(over_years(given, 6)))


def test_a_conversion_that_pays_only_over_a_longer_horizon_is_told_so_with_figures_made_by_hand(pyramid):
    """Saved of 2 moves a cohort and year; the weight of cost is 0.75 of half the capital, discounted over two years."""
    table = pyramid.found.counted.table
    assert table["plan"].iloc[0] == CHOSEN
    assert DO_MINIMUM not in set(table["plan"])  # the plan is the do-minimum: over six years nothing pays
    assert (pyramid.allocation.plan.opens() < 0).all()
    assert [saved(years) for years in (6, 11, 16, 25)] == [2, 7, 12, 21]
    money = 0.75 * CAPITAL * DISCOUNT
    for years in (6, 11, 16, 25):
        row = over(table, years).loc["with PHASED in 2021/22"]
        assert row["change"] == pytest.approx(money - saved(years) / (2 * years), abs=1e-5)
        assert row["points_behind"] == row["change"]
        assert row["change_share"] == pytest.approx(row["change"] / over(table, years).loc[CHOSEN, "objective"])
        assert row["first"] == (years > 11)
    assert money - 7 / 22 > 0 > money - 12 / 32
    told = pyramid.found.counted.told()
    assert told["first"] == [CHOSEN, "with PHASED in 2021/22", "with PHASED in 2021/22"]
    assert "it stays first in 1 of 3" in told["sentence"]
    assert (
        "Over 16 and 25 years in all the plan with PHASED in 2021/22 would be first, by 0.0699 points"
        in told["sentence"]
    )
    assert 21 / 50 - money == pytest.approx(0.0699, abs=5e-5)


@given(
    rows=st.lists(
        st.lists(st.tuples(st.sampled_from([0.0, 0.4, 1.5, 7.0]), st.integers(1, 4)), min_size=3, max_size=3),
        min_size=2,
        max_size=4,
    )
)
def test_who_is_first_and_every_change_are_counted_again(rows):
    years = [5, 10, 15, 20][: len(rows)]
    short, value = (np.array([[float(cell[k]) for cell in row] for row in rows]) for k in (0, 1))
    found = longer([CHOSEN, "other", DO_MINIMUM], ["", "+X", "−Y"], years, (short, value), 1.0)
    stays = 0
    for row, of in zip(rows, years, strict=True):
        told = over(found.table, of)
        able = [(v, k) for k, (s, v) in enumerate(row) if s <= min(s for s, _ in row) + 1.0]
        assert told["first"].tolist() == [int(k == min(able)[1]) for k in range(3)]
        stays += of > 5 and min(able)[1] == 0
        for k, name in enumerate(told.index):
            assert told.loc[name, "change"] == pytest.approx(row[k][1] - row[2][1])
            assert told.loc[name, "change_share"] == pytest.approx((row[k][1] - row[2][1]) / row[2][1], abs=CLOSE)
            assert told.loc[name, "shortfall_change"] == pytest.approx(row[k][0] - row[2][0])
            assert told.loc[name, "points_behind"] == pytest.approx(row[k][1] - row[0][1])
    said = found.told()
    assert said["stays_first"] == stays
    assert f"it stays first in {stays} of {len(rows) - 1}" in said["sentence"]
    assert bool(found.remarks()) == (stays < len(rows) - 1)


def test_a_plan_that_leaves_more_children_without_a_place_is_not_first_however_little_it_costs():
    short, value = np.array([[0.0, 9.0], [5.0, 0.0]]), np.array([[1.0, 0.5], [1.0, 2.0]])
    found = longer([CHOSEN, "other"], ["", ""], [5, 10], (short, value), 1.0)
    assert found.table["first"].tolist() == [1, 0, 0, 1]
    assert "would be first: it leaves fewer children without a place" in found.told()["sentence"]


def test_a_plan_that_was_better_over_the_planned_years_already_is_told_as_missed():
    value = np.array([[1.0, 0.9], [1.0, 0.8]])
    sentence = longer([CHOSEN, "other"], ["", ""], [5, 10], (np.zeros((2, 2)), value), 1.0).told()["sentence"]
    assert "It is first over the planned years too" in sentence


def test_where_the_plan_stays_first_the_plan_that_gains_most_on_it_is_told_or_that_none_does():
    names, zeros = [CHOSEN, "near", "gaining"], np.zeros((2, 3))
    value = np.array([[1.0, 1.1, 1.9], [1.0, 1.2, 1.5]])
    sentence = longer(names, ["", "", ""], [5, 10], (zeros, value), 1.0).told()["sentence"]
    assert sentence.endswith(
        "the plan gaining comes nearer: 0.9000 points behind over the planned 5 years, 0.5000 over 10 in all."
    )
    sentence = longer(names, ["", "", ""], [5, 10], (zeros, value[[1, 0]] * [1, 1, 3]), 1.0).told()["sentence"]
    assert "the plan near comes nearer" in sentence
    assert (
        "No other comes nearer." in longer(names, ["", "", ""], [5, 10], (zeros, value[[0, 0]]), 1.0).told()["sentence"]
    )


def test_horizons_are_longer_than_the_plan_and_25_years_at_most():
    assert horizons(8, (5, 10, 20)) == [13, 18, 25]
    assert horizons(10, (10, 15, 20)) == [20, 25]
    assert horizons(25, (5, 10)) == []
    assert horizons(8, ()) == []


def test_the_setting_takes_a_list_one_number_or_none():
    for given_, read in (([5, 10], (5, 10)), ([5.0, 10.0], (5, 10)), (7, (7,)), (0, ()), ([], ())):
        assert Solve.model_validate({"horizons_beyond": given_}).horizons_beyond == read
    for wrong in ([0], [25], "five", [2.5], True):
        with pytest.raises(ValueError, match="horizons_beyond"):
            Solve.model_validate({"horizons_beyond": wrong})


def test_anchors_that_a_scenario_gives_are_sums_over_its_years_and_go_along():
    given_ = scenario("town")
    anchors = {"local": Anchor(ideal=4.0, unacceptable=80.0), "choice": Anchor()}
    there = over_years(replace(given_, settings=given_.settings.model_copy(update={"anchors": anchors})), 16)
    assert there.settings.anchors["local"] == Anchor(ideal=8.0, unacceptable=160.0)
    assert there.settings.anchors["choice"].unacceptable is None


def test_an_option_in_the_last_year_in_which_it_may_open_is_marked_with_what_a_longer_horizon_does(town):
    marked = in_the_last_year(town.allocation.plan, town.found)
    decisions = {d.name: d for d in town.allocation.plan.network.options.decisions}
    assert {name for name, opens in planned_town().opens.items() if opens == decisions[name].last} == set(marked)
    assert marked == {
        "EXP-01": "in the last year in which it may open; the plan that is first over 13, 18 and 25 years in all opens it then too"
    }
    reasons = options_table(town.allocation.plan, np.zeros(99), marked).set_index("option")["reason"]
    assert reasons["EXP-01"].endswith("opens it then too")
    assert "last year" not in reasons["COM-01"]


def test_a_mark_says_what_the_plan_that_is_first_over_more_years_does_otherwise(town):
    columns = town.allocation.plan.network.options.opening_decision
    names = [d.name for d in town.allocation.plan.network.options.decisions]
    first = town.found.openings[TWO_TIER]
    for opened, words in ((2, "sooner"), (0, "not at all")):
        other = np.where(columns == names.index("EXP-01"), float(opened > 1), first)
        changed = replace(town.found, openings=town.found.openings | {TWO_TIER: other})
        told = in_the_last_year(town.allocation.plan, changed)["EXP-01"]
        assert told.endswith(f"the plan that is first over 18 and 25 years in all opens it {words}")


def test_what_may_open_in_one_year_alone_or_is_decided_already_is_not_marked():
    def one_year(options):
        only_one = options["option"] == "EXP-01"
        return options.assign(earliest_opening=options["latest_opening"].where(only_one, options["earliest_opening"]))

    given_ = scenario("town")
    for change in (one_year, lambda options: options.assign(committed=options["option"] == "EXP-01")):
        planned = plan_for(with_table(given_, "options", change))
        assert "EXP-01" in planned.opens
        assert "EXP-01" not in in_the_last_year(planned.allocation.plan, counted_nothing(planned))


def counted_nothing(planned):
    settings = planned.scenario.settings
    solve = settings.solve.model_copy(update={"horizons_beyond": ()})
    there = replace(planned.scenario, settings=settings.model_copy(update={"solve": solve}))
    sure = robustness(planned.allocation, [], settings.weights.cost, settings.solve.seed)
    return beyond(planned.allocation, sure, there)


def test_a_large_authority_is_counted_only_where_there_is_time_and_that_is_said(town, monkeypatch):
    monkeypatch.setattr("placeplan.appraise.time_for.is_small", lambda _: False)
    found = beyond(town.allocation, town.sure, town.scenario)
    assert found.counted.table.empty
    assert found.counted.remarks() == ()
    assert found.counted.told() == {
        "horizons": [], "plans": 0, "stays_first": 0, "first": [],
        "sentence": "Whether it stays first where years after the planned ones count too has not been tried.",
    }  # fmt: skip
    assert "has not been tried" in in_the_last_year(town.allocation.plan, found)["EXP-01"]


def test_a_horizon_that_ends_no_more_in_time_is_left_out_whole(town, monkeypatch):
    from placeplan.appraise import beyond as room

    priced, calls = room.outcomes, []

    def two_horizons(model, openings, solver, seconds):
        calls.append(len(model.network.years))
        return None if len(model.network.years) > 13 else priced(model, openings, solver, seconds)

    monkeypatch.setattr(room, "outcomes", two_horizons)
    found = beyond(town.allocation, town.sure, town.scenario).counted
    assert found.horizons == [13]
    assert calls[-1] == 18
    assert "it stays first in 1 of 1" in found.told()["sentence"]
    own, last = (over(found.table, years).loc[TWO_TIER, "points_behind"] for years in (8, 13))
    nearer = f"the plan {TWO_TIER} comes nearer: {own:.4f} points behind over the planned 8 years, {last:.4f} over 13 in all."
    assert nearer in found.told()["sentence"]


def refused(folder, table):
    """Whether verify's own room refuses a run with another beyond.csv."""
    changed = replace(folder, tables={**folder.tables, "appraisal/beyond.csv": table})
    try:
        return any(not check.passed for check in check_beyond(changed))
    except CertificateRefused:
        return True


def test_a_figure_a_plan_or_a_horizon_changed_in_beyond_csv_is_refused(bundled_run):
    folder = read_run_folder(bundled_run("town"))
    table = folder.tables["appraisal/beyond.csv"]
    assert not refused(folder, table)
    rows = sorted({0, 1, len(table) // 2, len(table) - 1})
    for column in (
        "horizon_years",
        "shortfall",
        "objective",
        "points_behind",
        "change",
        "change_share",
        "shortfall_change",
        "first",
    ):
        for row in rows:
            changed = table.copy()
            changed[column] = changed[column].astype(float)
            changed.loc[row, column] += 0.001
            assert refused(folder, changed), (column, row)
    assert refused(folder, table.iloc[:-1])
    assert refused(folder, table[table["plan"] != DO_MINIMUM].reset_index(drop=True))
    assert refused(folder, table[table["horizon_years"] < 25].reset_index(drop=True))
    assert refused(
        folder,
        table.assign(
            plan=table["plan"].replace({"without EXP-01": "without ADO"}), opens=table["opens"].replace({"": "+X"})
        ),
    )
    flattered = table.copy()  # told consistently, but better than is certified over the planned years
    flattered.loc[(table["plan"] == TWO_TIER) & (table["horizon_years"] == 8), "objective"] = 3.0
    assert refused(*told_again(folder, flattered, [8, 13, 18, 25]))
    assert not refused(*told_again(folder, table, [8, 13, 18, 25]))


def told_again(folder, table, years):
    """A run and its beyond.csv in which all that is told follows from the outcomes of a table, over the years named."""
    names, shape = table["plan"].unique().tolist(), (len(years), table["plan"].nunique())
    outcomes = tuple(table[name].to_numpy(dtype=float).reshape(shape) for name in ("shortfall", "objective"))
    again = longer(names, table["opens"].tolist()[: len(names)], years, outcomes, 1.0)
    tables = {**folder.tables, "appraisal/beyond.csv": again.table}
    return replace(folder, run={**folder.run, "beyond": again.told()}, tables=tables), again.table


def test_other_horizons_than_the_scenario_asks_for_are_refused_beside_it(bundled_run, repository):
    read, kept = read_for_verifying(bundled_run("town")), certificate_of(bundled_run("town"))
    changed, table = told_again(read, read.tables["appraisal/beyond.csv"], [8, 13, 18, 24])
    assert not refused(changed, table)
    with pytest.raises(CertificateRefused, match="longer horizons are the first of those that the scenario asks for"):
        recounted_run(changed, kept, scenario=repository / "scenarios" / "town")


def test_a_run_tells_it_in_the_report_the_paper_run_json_and_the_figures(bundled_run):
    folder = bundled_run("town")
    run = json.loads((folder / "run.json").read_text("utf-8"))
    sentence = run["beyond"]["sentence"]
    assert "it stays first in 1 of 3" in sentence
    assert sentence in (folder / "report.html").read_text("utf-8")
    assert any(TWO_TIER in remark for remark in run["remarks"])
    figures = read_run_folder(folder).tables["appraisal/figures.csv"].set_index("figure")["value"]
    assert figures[["beyond", "beyond_first"]].tolist() == [3, 1]


def test_a_run_in_which_no_longer_horizon_is_counted_is_verified_and_says_so(tmp_path, repository):
    folder = shutil.copytree(repository / "scenarios" / "pyramid", tmp_path / "pyramid")
    settings = folder / "scenario.toml"
    settings.write_text(
        re.sub(r"horizons_beyond = .*|futures = .*", "", settings.read_text("utf-8")).replace(
            "[solve]", "[solve]\nfutures = 0\nhorizons_beyond = 0"
        ),
        "utf-8",
    )
    done = pipeline.run(folder, tmp_path / "run").folder
    assert pipeline.verify(done).objective > 0
    assert (done / "appraisal" / "beyond.csv").read_text("utf-8").count("\n") == 1
    said = json.loads((done / "run.json").read_text("utf-8"))["beyond"]
    assert said["horizons"] == []
    assert said["sentence"] in (done / "report.html").read_text("utf-8")

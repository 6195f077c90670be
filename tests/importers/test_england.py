"""Real authorities from the national extracts: what the importer says must be what the extracts hold."""

import time

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from placeplan.domain.errors import RunFolderInTheWay, ScenarioProblems
from placeplan.importers.england import import_england
from placeplan.importers.england_extracts import (
    BIRTHS,
    CAPACITY,
    DISTRICTS,
    LSOAS,
    OFFERS,
    POSITIONS,
    PUPILS,
    SCHOOLS,
)
from placeplan.importers.england_people import to_august
from placeplan.importers.england_zones import by_nc_year
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.read import read_scenario
from placeplan.scenario.tables.schools import MAINSTREAM_PHASES

pytestmark = pytest.mark.real_data
ROLLS = ["nc_R", *(f"nc_{n}" for n in range(1, 14))]
COUNTED = ("State-funded primary", "State-funded secondary", "State-funded AP school")


@pytest.fixture(scope="module")
def central_bedfordshire(shared_data):
    return import_england(shared_data, "823")


@pytest.fixture(scope="module")
def census(shared_data):
    rows = pd.read_csv(shared_data / SCHOOLS, dtype={"urn": str, "la_code": str})
    return rows[rows["la_code"] == "823"].set_index("urn")


def mainstream(imported):
    schools = imported.tables["schools"]
    return schools[schools["phase"].isin(MAINSTREAM_PHASES)]


def assumed(imported, name):
    table = imported.tables["assumptions"].set_index("assumption")["value"]
    return float(table[name])


def only(folder, data, *files):
    """A folder with some of the extracts."""
    folder.mkdir(exist_ok=True)
    for file in files:
        (folder / file).symlink_to(data / file)
    return folder


def test_every_school_is_there_and_the_independent_ones_are_never_planned(central_bedfordshire):
    schools = central_bedfordshire.tables["schools"]
    assert len(schools) == 135
    assert (schools["phase"] == "independent").sum() == 3
    assert len(central_bedfordshire.zones) == 157
    planned_changes = central_bedfordshire.tables["options"]["urn"]
    assert not set(planned_changes) & set(schools.loc[schools["phase"] == "independent", "urn"])


def test_pupils_equal_the_census_to_the_pupil(central_bedfordshire, census):
    pupils = central_bedfordshire.tables["pupils"]
    there = pupils.pivot_table(index="urn", columns="nc_year", values="pupils", aggfunc="sum", fill_value=0)
    for nc, column in enumerate(ROLLS):
        ours = there[nc].reindex(census.index, fill_value=0)
        assert (ours == census[column]).all(), column
    assert pupils["pupils"].sum() == census[["nc_N1", "nc_N2", *ROLLS, "nc_14"]].to_numpy().sum()


def test_the_difference_from_the_authoritys_table_is_told(central_bedfordshire, census):
    history = central_bedfordshire.tables["authority_pupils"]
    base = history[history["academic_year"] == 2022].set_index("nc_year")["pupils"]
    counted = census[census["phase"].isin(COUNTED)]
    assert [base[nc] for nc in range(14)] == [counted[name].sum() for name in ROLLS]
    outside = census.loc[~census["phase"].isin(COUNTED), ROLLS].to_numpy().sum()
    said = " ".join(central_bedfordshire.notes)
    assert "agree to the pupil" in said
    assert f"{outside:,} pupils more" in said


def test_history_goes_back_to_the_first_census(central_bedfordshire):
    history = central_bedfordshire.tables["authority_pupils"]
    assert sorted(set(history["academic_year"])) == list(range(2011, 2023))


def test_every_year_group_with_pupils_is_taught(central_bedfordshire):
    schools = central_bedfordshire.tables["schools"].set_index("urn")
    pupils = central_bedfordshire.tables["pupils"]
    pupils = pupils[(pupils["pupils"] > 0) & pupils["nc_year"].between(0, 13)]
    assert (pupils["nc_year"] >= pupils["urn"].map(schools["lowest_nc_year"])).all()
    assert (pupils["nc_year"] <= pupils["urn"].map(schools["highest_nc_year"])).all()


def test_three_tiers_stand_beside_two(central_bedfordshire):
    phases = mainstream(central_bedfordshire)["phase"].value_counts()
    three_tiers = phases["lower"] + phases["middle"] + phases["upper"]
    assert 75 <= three_tiers <= 85  # the council told 82 schools of three tiers in December 2022
    assert phases["primary"] > 25
    assert phases["secondary"] > 5


@pytest.mark.parametrize(
    ("name", "first", "last", "phase"),
    [
        ("Redborne Upper School and Community College", 9, 13, "upper"),
        ("Alameda Middle School", 5, 8, "middle"),
        ("Meppershall Church of England Academy", 0, 6, "primary"),  # R-4 by statute, Years 5 and 6 on roll
        ("Fulbrook", 5, 11, "secondary"),  # 5-8 by statute, Year 9 on roll
        ("Biggleswade Academy", 0, 8, "all_through"),
        ("Houstone School", 7, 11, "secondary"),  # new: Years 7 to 10 on roll
    ],
)
def test_an_age_range_is_what_the_school_teaches(central_bedfordshire, name, first, last, phase):
    schools = central_bedfordshire.tables["schools"].set_index("name")
    assert tuple(schools.loc[name, ["lowest_nc_year", "highest_nc_year", "phase"]]) == (first, last, phase)


def test_schools_over_their_capacity_are_counted_as_the_extracts_count_them(central_bedfordshire, census, shared_data):
    capacity = pd.read_csv(shared_data / CAPACITY, dtype={"urn_january_2023": str}).dropna(subset=["urn_january_2023"])
    known = capacity.set_index("urn_january_2023")["capacity"].reindex(census.index)
    over = (census[ROLLS].sum(axis=1) > known).sum()
    assert over == 25
    assert assumed(central_bedfordshire, "capacity.exceeded") == over
    net = central_bedfordshire.tables["schools"].set_index("urn")["net_capacity"]
    changed = (net[known.dropna().index] != known.dropna()).sum()
    assert changed <= assumed(central_bedfordshire, "capacity.longer_range")


def test_a_school_within_its_capacity_has_a_place_for_its_youngest_cohort(central_bedfordshire):
    schools = mainstream(central_bedfordshire).reset_index(drop=True)
    pupils = central_bedfordshire.tables["pupils"]
    rolls = pupils.pivot_table(index="urn", columns="nc_year", values="pupils", fill_value=0).reindex(schools["urn"])
    rolls = rolls[list(range(14))].fillna(0).to_numpy()
    within = rolls.sum(axis=1) <= schools["net_capacity"].to_numpy()
    youngest = rolls[np.arange(len(schools)), schools["lowest_nc_year"]]
    split = schools["places_by_nc_year"].str.contains("5-|7-").to_numpy()  # two entries: shared by the mean, told so
    assert within.sum() > 90
    assert (schools["pan"].to_numpy() >= youngest)[within & ~split].all()


@pytest.mark.parametrize("la", ["823", "886", "203", "919"])
def test_admission_numbers_by_rule_come_near_the_authoritys_own(shared_data, la):
    imported = import_england(shared_data, la)
    offers = imported.tables["offers"]
    own = offers[(offers["entry_nc_year"] == 0) & (offers["entry_year"] == 2021)]["admission_numbers"].iloc[0]
    schools = mainstream(imported)
    taken = schools.loc[schools["lowest_nc_year"] == 0, "pan"].sum()
    assert taken == pytest.approx(own, rel=0.1)


def test_students_of_the_sixth_form_are_taken_out_of_the_capacity_first(central_bedfordshire):
    schools = mainstream(central_bedfordshire)
    stratton = schools[schools["name"] == "Stratton Upper School"]
    pupils = central_bedfordshire.tables["pupils"].set_index(["urn", "nc_year"])["pupils"]
    urn = stratton["urn"].iloc[0]
    sixth = pupils[urn, 12] + pupils[urn, 13]
    assert stratton["pan"].iloc[0] == (stratton["net_capacity"].iloc[0] - sixth) // 3
    places = places_by_nc_year(stratton)[0]
    assert places[12] == places[13] == max(pupils[urn, 12], pupils[urn, 13])


def test_children_of_a_year_group_add_up_to_the_mainstream_pupils(central_bedfordshire):
    children = central_bedfordshire.tables["children"]
    pupils = central_bedfordshire.tables["pupils"]
    here = pupils[pupils["urn"].isin(mainstream(central_bedfordshire)["urn"])]
    want = here.groupby("nc_year")["pupils"].sum().reindex(range(14))
    assert children.groupby("nc_year")["pupils"].sum().to_numpy() == pytest.approx(want.to_numpy(), abs=0.1)
    assert len(children) == 157 * 14
    assert (children["pupils"] >= 0).all()


def test_reception_of_2022_is_the_two_year_olds_of_mid_2020_and_some_of_one():
    ages = np.arange(19.0)[None, :] * 12  # twelve times its age lives at each age
    living = by_nc_year(ages, base_year=2022)
    assert living[0, 0] == 10 * 2 + 2 * 1
    assert living[0, 13] == 10 * 15 + 2 * 14


def test_births_are_those_of_the_districts_to_31_august(central_bedfordshire, shared_data):
    births = central_bedfordshire.tables["births"].set_index("twelve_months_to")
    source = pd.read_csv(shared_data / BIRTHS)
    own = source[source["gss"] == "E06000056"].set_index("year_ending")["births"]
    assert births.loc["2019-08-31", "births"] == pytest.approx(own["2019-09-01"], abs=0.06)
    between = own["2014-07-01"] + (own["2015-01-01"] - own["2014-07-01"]) * 62 / 184
    assert births.loc["2014-08-31", "births"] == pytest.approx(between, abs=0.06)
    assert births.loc["2023-08-31", "status"] == "predicted"


def test_births_of_a_county_are_the_sum_of_its_districts():
    rows = pd.DataFrame(
        {
            "gss": ["E1", "E2", "E1", "E2", "E1"],
            "year_ending": ["2018-09-01", "2018-09-01", "2019-09-01", "2019-09-01", "2020-09-01"],
            "births": [100.0, 50.0, 110.0, 40.0, 90.0],
            "status": ["actual", "actual", "actual", "predicted", "actual"],
        }
    )
    yearly = to_august(rows).set_index("year")
    assert yearly["births"].to_dict() == {2018: 150.0, 2019: 150.0}  # 2020 lacks a district
    assert yearly["status"].to_dict() == {2018: "actual", 2019: "predicted"}


def test_transfer_at_year_9_is_kept(central_bedfordshire):
    offers = central_bedfordshire.tables["offers"]
    assert set(offers["entry_nc_year"]) == {0, 9}


def test_options_are_some_hundred_and_open_early_enough(central_bedfordshire):
    options = central_bedfordshire.tables["options"]
    assert 80 <= len(options) <= 150
    assert options["option"].is_unique
    assert options["earliest_opening"].min() >= 2023
    assert options["latest_opening"].max() <= 2027
    assert (options["earliest_opening"] <= options["latest_opening"]).all()


def test_no_school_has_two_options_that_change_its_year_groups(central_bedfordshire):
    options = central_bedfordshire.tables["options"]
    structural = options[options["kind"].isin(["new_school", "all_through", "age_range", "sixth_form", "closure"])]
    assert not structural.loc[structural["urn"] != "", "urn"].duplicated().any()
    package = structural.set_index("urn")["package"]
    beside = options[
        options["kind"].isin(["expansion", "pan_reduction"]) & options["urn"].isin(package[package != ""].index)
    ]
    assert len(beside) > 0
    assert (beside["excludes"] == beside["urn"].map(package)).all()


def test_a_pyramid_that_converts_teaches_every_year_group_in_every_year(central_bedfordshire):
    options, plan = central_bedfordshire.tables["options"], central_bedfordshire.tables["phase_plan"]
    schools = central_bedfordshire.tables["schools"].set_index("urn")
    assert options["package"].replace("", np.nan).nunique() >= 5
    number = {"R": 0} | {str(n): n for n in range(1, 14)}
    for _, members in options[options["package"] != ""].groupby("package"):
        today = {u: (schools.loc[u, "lowest_nc_year"], schools.loc[u, "highest_nc_year"]) for u in members["urn"]}
        for year in range(2025, 2030):
            for row in plan[plan["option"].isin(members["option"]) & (plan["academic_year"] == year)].itertuples():
                today[row.urn] = (number[row.first_nc_year], number[row.last_nc_year]) if row.first_nc_year else (1, 0)
            taught = {n for first, last in today.values() for n in range(first, last + 1)}
            assert taught >= set(range(14))
        closed = members.loc[members["kind"] == "closure", "urn"]
        assert all(today[urn] == (1, 0) for urn in closed)


def test_a_conversion_costs_the_national_price_of_the_places_it_builds(central_bedfordshire):
    options = central_bedfordshire.tables["options"]
    upper = options[(options["kind"] == "age_range") & (options["nc_years"] == (7, 13))].iloc[0]
    assert upper["capital_pounds"] == pytest.approx(2 * upper["places_per_year"] * 28_902, abs=500)
    lower = options[(options["kind"] == "age_range") & (options["nc_years"] == (0, 6))].iloc[0]
    assert lower["capital_pounds"] == pytest.approx(2 * lower["places_per_year"] * 21_014, abs=500)
    assert options.groupby("package")["capital_pounds"].sum().drop("").max() <= (
        central_bedfordshire.settings.budget.total_pounds
    )


def test_each_school_is_in_one_pyramid_at_most(central_bedfordshire):
    links = central_bedfordshire.tables["links"]
    assert not links["urn"].duplicated().any()
    assert links.groupby("partnership").size().min() >= 2


def test_homes_of_the_trend_are_not_counted_twice(central_bedfordshire):
    housing = central_bedfordshire.tables["housing"]
    expected = (housing["dwellings"] * housing["probability"]).groupby(housing["academic_year"]).sum()
    held = central_bedfordshire.settings.forecast.housing_in_trend
    assert expected.to_numpy() == pytest.approx(held, abs=0.02)
    assert held == pytest.approx(294_096 / 2.4 * 0.006 * 0.8, rel=0.01)


def test_what_is_taken_stands_in_the_assumptions(central_bedfordshire):
    table = central_bedfordshire.tables["assumptions"]
    assert table["assumption"].is_unique
    assert (table[["value", "reason", "who_may_change", "source"]] != "").all().all()
    assert {"pan.even", "pan.sixth_form", "housing.a_year", "specialist.rate", "condition"} <= set(table["assumption"])
    special = 798 / central_bedfordshire.tables["children"]["pupils"].sum()
    assert assumed(central_bedfordshire, "specialist.rate") == pytest.approx(special, abs=5e-4)


@pytest.mark.parametrize("la", ["823", "886", "203"])
def test_a_written_folder_is_read_without_a_grave_problem(shared_data, tmp_path, la):
    start = time.perf_counter()
    imported = import_england(shared_data, la, tmp_path / la)
    took = time.perf_counter() - start
    scenario = read_scenario(tmp_path / la)
    assert took < 20
    assert len(scenario.schools) == len(imported.tables["schools"])
    assert len(scenario.table("options")) == len(imported.tables["options"])
    assert scenario.settings.base_year == 2022
    zones = scenario.zones
    assert zones["planning_area"].nunique() == imported.zones["planning_area"].nunique()
    assert zones.geometry.is_valid.all()


def test_zones_of_a_county_cover_its_points_without_overlap(shared_data):
    kent = import_england(shared_data, "886")
    zones = kent.zones
    assert len(zones) == 902
    assert zones.geometry.area.sum() == pytest.approx(zones.geometry.union_all().area, rel=1e-6)
    assert 0.5 < len(zones) / zones["community"].nunique() / 5 < 2
    pupils = kent.tables["children"]["pupils"].sum()
    assert 2_500 < pupils / zones["planning_area"].nunique() < 6_000
    assert set(kent.tables["options"]["package"]) == {""}  # two tiers: nothing to convert


def test_only_the_schools_file_must_be_there(shared_data, tmp_path):
    imported = import_england(only(tmp_path / "data", shared_data, SCHOOLS), "203", tmp_path / "out")
    said = " ".join(imported.notes)
    missing = [CAPACITY, POSITIONS, PUPILS, DISTRICTS, LSOAS, OFFERS]
    assert all(file in said for file in missing)
    names = set(imported.tables["assumptions"]["assumption"])
    assert {f"missing.{file}" for file in missing} <= names
    assert len(imported.tables["schools"]) == 102
    scenario = read_scenario(tmp_path / "out")
    assert scenario.table("children")["pupils"].sum() > 40_000


@pytest.mark.parametrize("absent", [CAPACITY, POSITIONS, PUPILS, BIRTHS, DISTRICTS, LSOAS, OFFERS])
def test_without_any_one_extract_it_goes_on_and_says_so(shared_data, tmp_path, absent):
    files = [f for f in (SCHOOLS, CAPACITY, POSITIONS, PUPILS, BIRTHS, DISTRICTS, LSOAS, OFFERS) if f != absent]
    imported = import_england(only(tmp_path / "data", shared_data, *files), "203", tmp_path / "out")
    assert any(note.startswith(f"{absent} is not in the folder") for note in imported.notes)
    read_scenario(tmp_path / "out")


def test_without_its_own_boundaries_an_authority_gets_the_land_round_its_points(shared_data, tmp_path):
    files = (SCHOOLS, CAPACITY, POSITIONS, PUPILS, BIRTHS, DISTRICTS, LSOAS, OFFERS)
    imported = import_england(only(tmp_path / "data", shared_data, *files), "823")
    assert len(imported.zones) == 157
    reason = imported.tables["assumptions"].set_index("assumption").loc["zones", "reason"]
    assert "nearest to each zone's point" in reason


def test_an_unknown_authority_is_refused_with_the_nearest_codes(shared_data):
    with pytest.raises(ScenarioProblems) as refused:
        import_england(shared_data, "824")
    (problem,) = refused.value.problems
    assert (problem.file, problem.column) == (SCHOOLS, "la_code")
    assert "823 Central Bedfordshire" in problem.remedy
    assert "825 Buckinghamshire" in problem.remedy


def test_a_name_in_place_of_a_code_is_answered_with_the_code(shared_data):
    with pytest.raises(ScenarioProblems) as refused:
        import_england(shared_data, "Central Bedforshire")
    assert "823 Central Bedfordshire" in refused.value.problems[0].remedy


def test_a_missing_folder_and_a_missing_schools_file_are_refused(shared_data, tmp_path):
    with pytest.raises(ScenarioProblems) as nowhere:
        import_england(tmp_path / "nowhere", "823")
    assert "nowhere" in nowhere.value.problems[0].file
    with pytest.raises(ScenarioProblems) as empty:
        import_england(only(tmp_path / "data", shared_data, PUPILS), "823")
    assert empty.value.problems[0].file == SCHOOLS


def test_an_extract_without_a_column_is_refused_by_its_name(shared_data, tmp_path):
    data = only(tmp_path / "data", shared_data, SCHOOLS)
    pd.DataFrame({"la_code": ["823"], "nc_year": ["R"]}).to_csv(data / PUPILS, index=False)
    with pytest.raises(ScenarioProblems) as refused:
        import_england(data, "823")
    assert {(p.file, p.column) for p in refused.value.problems} == {(PUPILS, "academic_year"), (PUPILS, "headcount")}


def test_a_folder_that_holds_something_is_never_written_over_unasked(shared_data, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunFolderInTheWay):
        import_england(shared_data, "203", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_the_same_extracts_give_the_same_bytes(shared_data, tmp_path):
    for name in ("one", "two"):
        import_england(shared_data, "203", tmp_path / name)
    one, two = ({f.name: f.read_bytes() for f in sorted((tmp_path / n).iterdir())} for n in ("one", "two"))
    assert one == two


def test_the_verb_tells_what_it_made(shared_data, tmp_path):
    from placeplan.cli.import_england import import_app

    asked = ["england", "--data", str(shared_data), "--la", "203", "--out", str(tmp_path / "out"), "--json"]
    answer = CliRunner().invoke(import_app, asked)
    assert answer.exit_code == 0, answer.output
    assert '"schools": 102' in answer.stdout
    assert (tmp_path / "out" / "scenario.toml").is_file()

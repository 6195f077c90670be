"""The demo is what it says: a synthetic authority of 136 schools whose tables fit together, the same each time."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from placeplan.domain.years import nc_year
from placeplan.importers.demo import demo, write_all
from placeplan.importers.demo_homes import SETTLEMENT, SETTLEMENT_HOMES
from placeplan.importers.demo_packages import CONVERTING
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.read import read_scenario
from placeplan.scenario.settings import Settings
from placeplan.scenario.tables import TABLES
from placeplan.scenario.tables.choices import KINDS
from placeplan.scenario.tables.schools import MAINSTREAM_PHASES

ACADEMIES = {
    "lower": 16,
    "primary": 8,
    "middle": 12,
    "secondary": 5,
    "upper": 6,
    "special": 2,
    "alternative_provision": 1,
}
MAINTAINED = {"lower": 62, "primary": 11, "middle": 5, "secondary": 1, "upper": 1, "special": 2, "nursery": 4}
STRUCTURAL = {"new_school", "all_through", "age_range", "sixth_form", "closure"}
BASE = 2018


@pytest.fixture(scope="module")
def made():
    return demo()


@pytest.fixture(scope="module")
def tables(made):
    return made[1]


@pytest.fixture(scope="module")
def zones(made):
    return made[2]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    write_all(folder)
    return folder


@pytest.fixture(scope="module")
def mainstream(tables):
    schools = tables["schools"]
    return schools[schools["phase"].isin(MAINSTREAM_PHASES)].reset_index(drop=True)


@pytest.fixture(scope="module")
def rolls(tables, mainstream):
    base = tables["pupils"].query("academic_year == @BASE and nc_year >= 0")
    return (
        base.pivot_table(index="urn", columns="nc_year", values="pupils")
        .reindex(mainstream["urn"])
        .fillna(0)
        .to_numpy()
    )


def test_the_schools_are_so_many_of_each_phase_and_governance(tables):
    schools = tables["schools"]
    academy = schools["provider"] == "academy"
    assert schools[academy].groupby("phase").size().to_dict() == ACADEMIES
    assert schools[~academy].groupby("phase").size().to_dict() == MAINTAINED
    assert (academy.sum(), (~academy).sum()) == (50, 86)


def test_114_of_136_schools_are_good_or_outstanding(tables):
    assert tables["schools"]["ofsted"].isin(["good", "outstanding"]).sum() == 114


def test_three_of_the_six_secondary_schools_and_all_uppers_have_a_sixth_form(mainstream):
    assert mainstream.groupby("phase")["sixth_form"].sum().loc[["secondary", "upper"]].tolist() == [3, 7]
    assert mainstream.loc[mainstream["sixth_form"], "highest_nc_year"].eq(13).all()


def test_it_says_that_it_is_synthetic(made, written):
    settings = Settings.model_validate(made[0])
    assert settings.synthetic
    assert "(synthetic)" in settings.title
    assert "synthetic" in (written / "scenarios" / "demo" / "scenario.toml").read_text("utf-8").splitlines()[0]
    assert "synthetic" in (written / "geodata" / "README.md").read_text("utf-8")


def test_the_zones_tile_the_authority_without_gap_or_overlap(zones):
    assert len(zones) == 160
    assert zones.crs.to_epsg() == 27700
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())
    whole = zones.geometry.union_all()
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0
    assert zones.area.sum() == pytest.approx(whole.area, rel=1e-12)
    corners = shapely.get_coordinates(zones.geometry.to_numpy())
    assert (corners == np.round(corners)).all()


def test_the_zones_have_communities_areas_and_classes(zones):
    assert 30 <= zones["community"].nunique() <= 35
    assert zones["planning_area"].nunique() == 12
    assert zones.groupby("deprivation_quintile").size().tolist() == [32] * 5
    assert set(zones["rural_class"]) == {"village", "town", "city"}


def test_each_school_stands_in_a_zone_of_its_community(tables, zones):
    schools = tables["schools"]
    points = gpd.GeoDataFrame(
        schools, geometry=gpd.points_from_xy(schools["easting"], schools["northing"]), crs=zones.crs
    )
    joined = points.sjoin(zones[["zone", "community", "geometry"]], predicate="within")
    assert len(joined) == len(schools)
    assert (joined["community_left"] == joined["community_right"]).all()


def test_every_row_of_every_table_is_lawful(tables):
    for name, frame in tables.items():
        rows = TABLES[name]
        columns = {field: rows.model_fields[field].alias or field for field in frame.columns}
        known = frame.astype(object).where(frame.notna(), None).rename(columns=columns)
        for row in known.sample(min(len(known), 300), random_state=1).to_dict("records"):
            rows.model_validate(row)
        assert not frame.duplicated(list(rows.key)).any(), name


def test_making_it_again_gives_the_same_tables(made):
    settings, tables, zones = demo()
    assert settings == made[0]
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, made[1][name])
    assert zones.geometry.equals(made[2].geometry)


def test_another_seed_gives_another_authority_of_the_same_shape(tables):
    other = demo(seed=2016)[1]
    phases = other["schools"].groupby("phase").size()
    assert phases.equals(tables["schools"].groupby("phase").size())
    assert not other["pupils"]["pupils"].equals(tables["pupils"]["pupils"])


def test_what_stands_in_the_repository_is_what_the_command_writes(repository, written):
    files = sorted(file.relative_to(written) for file in written.rglob("*") if file.is_file())
    assert len(files) > 40
    different = [str(file) for file in files if (repository / file).read_bytes() != (written / file).read_bytes()]
    assert different == []
    for folder in (written / "scenarios").iterdir():
        there = {file.name for file in (repository / "scenarios" / folder.name).iterdir()}
        assert there == {file.name for file in folder.iterdir()}


def test_it_reads_back_without_a_warning(written, tables):
    scenario = read_scenario(written / "scenarios" / "demo")
    assert scenario.warnings == ()
    for name in ("schools", "pupils", "children", "births", "needs", "housing", "options", "phase_plan"):
        key = list(TABLES[name].key)
        given = tables[name].sort_values(key, ignore_index=True)[key].astype(str)
        read = scenario.table(name)[key].astype(str)
        pd.testing.assert_frame_equal(read, given, check_dtype=False)
    assert scenario.table("pupils")["pupils"].sum() == tables["pupils"]["pupils"].sum()
    assert scenario.table("options")["capital_pounds"].sum() == tables["options"]["capital_pounds"].sum()


def test_each_variant_differs_from_the_demo_in_what_its_name_says(written):
    demo_, high, tight, local, single = (
        read_scenario(written / "scenarios" / name)
        for name in ("demo", "high_growth", "tight_budget", "local_first", "single_phase_first")
    )
    homes = [scenario.table("housing")["dwellings"].sum() for scenario in (demo_, high)]
    assert homes[1] == pytest.approx(1.5 * homes[0], rel=1e-3)
    assert tight.settings.budget.total_pounds < demo_.settings.budget.total_pounds
    assert (local.settings.weights.local, local.settings.weights.single_phase) == (5.0, 1.0)
    assert (single.settings.weights.local, single.settings.weights.single_phase) == (1.0, 5.0)
    assert all(scenario.settings.synthetic for scenario in (high, tight, local, single))


def test_the_geodata_hold_the_scenario_s_zones_and_schools(repository, tables):
    file = repository / "geodata" / "demo.gpkg"
    given = gpd.read_file(repository / "scenarios" / "demo" / "zones.gpkg")
    shown = gpd.read_file(file, layer="zones")
    assert shown.drop(columns="geometry").equals(given.drop(columns="geometry"))
    assert shown.geometry.equals(given.geometry)
    schools = gpd.read_file(file, layer="schools")
    assert schools["urn"].tolist() == tables["schools"]["urn"].tolist()
    assert schools.geometry.x.tolist() == tables["schools"]["easting"].tolist()


def test_the_catchments_of_each_tier_tile_the_authority(repository, zones):
    catchments = gpd.read_file(repository / "geodata" / "demo.gpkg", layer="catchments")
    assert catchments.crs.to_epsg() == 27700
    for _, tier in catchments.groupby("tier"):
        assert tier.area.sum() == pytest.approx(zones.area.sum(), rel=1e-9)


def test_the_demo_is_small_enough_to_carry(written):
    assert sum(file.stat().st_size for file in (written / "scenarios" / "demo").iterdir()) < 4e6


def test_no_school_has_a_pan_without_capacity(mainstream):
    places = places_by_nc_year(mainstream)
    assert (mainstream["pan"] >= 10).all()
    assert (places.sum(axis=1) == mainstream["net_capacity"]).all()


def test_rolls_fill_seven_eighths_of_the_places_and_a_few_schools_are_over(mainstream, rolls):
    filled = rolls.sum(axis=1) / mainstream["net_capacity"].to_numpy()
    assert 38_000 <= rolls.sum() <= 42_000
    assert 0.85 <= rolls.sum() / mainstream["net_capacity"].sum() <= 0.90
    assert 0.02 <= (filled > 1).mean() <= 0.09
    assert (filled < 0.75).mean() >= 0.05


def test_children_by_zone_and_pupils_by_school_are_the_same_children(tables, mainstream):
    pupils = tables["pupils"]
    pupils = pupils[pupils["urn"].isin(mainstream["urn"])]
    by_school = pupils.groupby(["academic_year", "nc_year"])["pupils"].sum()
    by_zone = tables["children"].groupby(["academic_year", "nc_year"])["pupils"].sum()
    assert by_zone.loc[by_school.index].equals(by_school)
    assert len(by_zone) == 12 * 14
    assert (tables["children"]["pupils"] % 1 == 0).all()


def test_births_come_to_reception_four_years_later(tables):
    born = (
        tables["births"]
        .assign(year=tables["births"]["twelve_months_to"].str[:4].astype(int))
        .groupby("year")["births"]
        .sum()
    )
    reception = tables["children"].query("nc_year == 0").groupby("academic_year")["pupils"].sum()
    ratio = reception.to_numpy() / born.loc[[year - 4 for year in reception.index]].to_numpy()
    assert born.index.tolist() == list(range(2003, 2019))
    assert ((ratio > 0.93) & (ratio < 1.01)).all()
    assert born.loc[2016:].mean() < born.loc[2011:2013].mean()


def test_half_of_year_11_stays_on_and_the_colleges_share_fits(tables):
    by = tables["children"].pivot_table(index="academic_year", columns="nc_year", values="pupils", aggfunc="sum")
    stayed = by.loc[2008:, 12].sum() / by.loc[:2017, 11].sum()
    assumed = tables["assumptions"].set_index("assumption")["value"].astype(float)
    assert 0.45 < stayed < 0.55
    wanted = assumed["participation.target"] * (1 - assumed["participation.college_share"])
    assert wanted == pytest.approx(stayed, abs=0.005)


def test_some_leave_for_other_authorities_at_year_7(tables):
    by = tables["children"].pivot_table(index="academic_year", columns="nc_year", values="pupils", aggfunc="sum")
    kept = by.loc[2008:, 7].sum() / by.loc[:2017, 6].sum()
    assert 0.95 < kept < 0.99


def test_each_school_is_in_exactly_one_pyramid_with_the_school_where_it_ends(tables, mainstream):
    links = tables["links"]
    assert links["urn"].is_unique
    assert set(mainstream["urn"]) <= set(links["urn"])
    ends = links.merge(mainstream[["urn", "phase"]], on="urn").query("phase in ['upper', 'secondary']")
    assert ends.groupby("partnership").size().eq(1).all()
    assert len(ends) == links["partnership"].nunique() == 13
    assert links["strength"].between(0.6, 0.9).all()


def test_needs_are_some_sixteen_in_a_thousand_and_grow_by_three_per_cent(tables, rolls):
    by_year = tables["needs"].groupby("academic_year")["pupils"].sum()
    assert by_year.iloc[0] / rolls.sum() == pytest.approx(0.016, abs=0.002)
    assert (by_year / by_year.shift()).dropna().to_numpy() == pytest.approx(1.03, abs=0.002)
    assert by_year.index.tolist() == list(range(BASE, BASE + 11))


def test_a_home_brings_what_the_county_s_rule_says_at_its_peak(tables):
    homes = tables["housing"].groupby(["dwelling_type", "tenure"])["dwellings"].sum()
    peak = tables["yields"].pivot_table(
        index=["dwelling_type", "tenure"], columns="nc_year", values="pupils_per_dwelling", aggfunc="max"
    )
    average = peak.mul(homes / homes.sum(), axis=0).sum()
    assert average.loc[:6].sum() == pytest.approx(0.20, rel=0.02)
    assert average.loc[7:11].sum() == pytest.approx(0.15, rel=0.02)
    assert average.loc[12:].sum() == pytest.approx(0.06, rel=0.02)


def test_the_settlement_is_of_5000_homes_and_sites_are_twenty(tables):
    housing = tables["housing"]
    assert housing["development"].nunique() == 20
    assert housing.loc[housing["development"] == SETTLEMENT, "dwellings"].sum() == pytest.approx(SETTLEMENT_HOMES)
    assert (housing["academic_year"] > BASE).all()


def test_there_are_options_of_every_kind(tables):
    options = tables["options"]
    assert len(options) >= 150
    assert set(options["kind"]) == set(KINDS)
    assert options["latest_opening"].max() <= BASE + 10 - 5
    assert (options["earliest_opening"] <= options["latest_opening"]).all()
    budget = 140e6
    assert 2 * budget < options["capital_pounds"].sum() < 5 * budget


def test_every_option_that_another_names_is_there(tables):
    options = tables["options"]
    named = pd.concat([options["needs"], options["follows"], options["excludes"]]).str.split(";").explode()
    assert set(named[named != ""]) <= set(options["option"])
    assert (options["follows"] != "").any()
    assert set(options.loc[options["fund"] != "", "fund"]) <= set(tables["funds"]["pot"])


def test_structural_options_of_a_school_exclude_each_other(tables):
    structural = tables["options"].query("kind in @STRUCTURAL and urn != ''")
    for _, beside in structural.groupby("urn"):
        for _, one in beside.iterrows():
            assert set(beside["option"]) - {one["option"]} <= set(one["excludes"].split(";"))


def test_places_are_added_only_at_good_providers_or_through_a_link(tables):
    options, schools = tables["options"], tables["schools"].set_index("urn")
    adding = options[options["kind"].isin(["expansion", "bulge", "all_through", "sixth_form"])]
    weak = ~adding["urn"].map(schools["ofsted"]).isin(["good", "outstanding"])
    linked = set(options.loc[options["kind"] == "link", "urn"])
    assert set(adding.loc[weak, "urn"]) <= linked
    assert adding.loc[weak, "follows"].str.startswith("LINK").sum() >= 3
    partners = options.loc[options["kind"] == "link", "partner_urn"]
    assert partners.map(schools["ofsted"]).isin(["good", "outstanding"]).all()
    assert partners.value_counts().max() <= 2


def test_each_pyramid_that_converts_may_do_so_in_phases_or_in_one_day(tables):
    packages = tables["options"].query("package != ''").groupby("package")
    assert packages.ngroups == 2 * len(CONVERTING)
    capital = packages["capital_pounds"].sum()
    assert (capital < 45e6).all()


def test_in_every_package_every_cohort_always_has_a_school(tables, mainstream):
    taught = {
        urn: (low, high) for urn, low, high in mainstream[["urn", "lowest_nc_year", "highest_nc_year"]].to_numpy()
    }
    members = tables["options"].query("package != ''")
    for package, rows in members.groupby("package"):
        for year in range(BASE, 2030):
            here = set().union(
                *(
                    groups(tables["phase_plan"], option, taught[urn], year)
                    for option, urn in rows[["option", "urn"]].to_numpy()
                )
            )
            assert set(range(14)) <= here, (package, year)


def test_phased_conversion_moves_no_child_in_mid_phase(tables, mainstream):
    taught = {
        urn: (low, high) for urn, low, high in mainstream[["urn", "lowest_nc_year", "highest_nc_year"]].to_numpy()
    }
    members = tables["options"].query("package.str.endswith('PHASED') and kind == 'closure'")
    for option, urn in members[["option", "urn"]].to_numpy():
        for year in range(BASE, 2030):
            now, then = (groups(tables["phase_plan"], option, taught[urn], y) for y in (year, year + 1))
            assert {nc + 1 for nc in now if nc < 8} - then == set(), (option, year)


def groups(phase_plan, option, today, year):
    """Year groups that a school teaches in a year under an option that opens at its earliest."""
    plan = phase_plan[(phase_plan["option"] == option) & (phase_plan["academic_year"] <= year)]
    if plan.empty:
        return set(range(today[0], today[1] + 1))
    last = plan.sort_values("academic_year").iloc[-1]
    if last["first_nc_year"] == "":
        return set()
    return set(range(nc_year(last["first_nc_year"]), nc_year(last["last_nc_year"]) + 1))

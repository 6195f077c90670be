"""The small scenarios are of the size that they say, and their children fit their schools."""

import pytest

from placeplan.importers.small import pyramid, town, write_small
from placeplan.scenario.places import places_by_nc_year
from placeplan.scenario.read import read_scenario
from placeplan.scenario.settings import Settings
from placeplan.scenario.tables import TABLES


@pytest.fixture(params=[town, pyramid])
def small(request):
    return request.param()


def test_the_town_has_six_zones_nine_schools_and_seven_decisions_of_different_kinds():
    settings, tables, zones = town()
    assert len(zones) == 6
    assert tables["schools"].groupby("phase").size().to_dict() == {
        "lower": 4,
        "middle": 2,
        "primary": 1,
        "special": 1,
        "upper": 1,
    }
    options = tables["options"]
    decisions = options["package"].where(options["package"] != "", options["option"])
    assert decisions.nunique() == 7
    assert options[options["package"] == ""]["kind"].nunique() == 6
    assert 6 <= settings["horizon_years"] <= 8


def test_the_pyramid_is_180_a_year_through_six_lowers_two_middles_and_an_upper():
    settings, tables, zones = pyramid()
    places = tables["schools"].groupby("phase")[["pan", "net_capacity"]].sum()
    assert places["pan"].to_dict() == {"lower": 180, "middle": 180, "upper": 180}
    assert places["net_capacity"].to_dict() == {"lower": 900, "middle": 720, "upper": 540}
    assert len(zones) == 1
    assert settings["horizon_years"] == 10
    assert tables["births"]["births"].eq(180).all()


def test_the_pyramid_may_convert_in_the_third_to_the_sixth_year_in_two_ways():
    settings, tables, _ = pyramid()
    options = tables["options"]
    first = settings["base_year"] + 1
    assert set(options["earliest_opening"] - first) == {2}
    assert set(options["latest_opening"] - first) == {5}
    assert settings["late_openings"]
    assert options.groupby("package").size().to_dict() == {"ONE-DAY": 9, "PHASED": 9}


def test_the_pyramid_builds_360_places_of_either_kind_in_both_packages():
    options = pyramid()[1]["options"].query("kind == 'age_range'")
    new_groups = 2  # Years 5 and 6 of a lower, Years 7 and 8 of an upper
    built = options.assign(
        secondary=options["nc_years"].map(lambda span: span[0] > 4), places=new_groups * options["places_per_year"]
    )
    assert built.groupby(["package", "secondary"])["places"].sum().tolist() == [360] * 4
    assert built.groupby("package")["capital_pounds"].sum().nunique() == 1


def test_cohorts_are_constant_and_each_child_has_a_place(small):
    settings, tables, _ = small
    mainstream = tables["schools"].query("phase != 'special'").reset_index(drop=True)
    pupils = tables["pupils"][tables["pupils"]["urn"].isin(mainstream["urn"])]
    by_school = pupils.groupby(["academic_year", "nc_year"])["pupils"].sum()
    assert tables["children"].groupby(["academic_year", "nc_year"])["pupils"].sum().equals(by_school)
    assert by_school.unstack().nunique().eq(1).all()
    base = pupils.query(f"academic_year == {settings['base_year']}")
    rolls = base.pivot_table(index="urn", columns="nc_year", values="pupils").reindex(mainstream["urn"]).fillna(0)
    assert (rolls.to_numpy() <= places_by_nc_year(mainstream)[:, : rolls.shape[1]]).all()
    assert (rolls.sum(axis=1).to_numpy() <= mainstream["net_capacity"].to_numpy()).all()


def test_small_scenarios_are_synthetic_and_solved_to_proof(small):
    settings = Settings.model_validate(small[0])
    assert settings.synthetic
    assert settings.solve.gap == 0
    assert all(weight == 1.0 for name, weight in settings.weights.model_dump().items() if name != "cost")


def test_small_scenarios_read_back_as_they_were_made(tmp_path, small):
    settings, tables, zones = small
    write_small(tmp_path)
    scenario = read_scenario(tmp_path / settings["name"])
    assert scenario.settings == Settings.model_validate(settings)
    assert scenario.zones["zone"].tolist() == zones["zone"].tolist()
    for name in ("options", "phase_plan"):
        key = list(TABLES[name].key)
        given = tables[name].sort_values(key)[key].to_numpy().tolist()
        assert scenario.table(name)[key].to_numpy().tolist() == given


def test_every_principle_of_the_town_has_an_option_of_its_own():
    kinds = set(town()[1]["options"]["kind"])
    assert kinds == {
        "new_school", "link", "expansion", "resourced_provision", "pan_reduction", "community_facility", "age_range", "closure",
    }  # fmt: skip

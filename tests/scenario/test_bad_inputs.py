"""Every row of the catalogue of bad inputs that concerns reading: a small valid scenario is spoiled, and `check` points at it.

A case is (id, what spoils it, where the fault is told). A grave fault is the only one told; a warning stops nothing.
"""

import shutil
import struct
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from placeplan.domain.errors import ScenarioProblems
from placeplan.scenario.read import check_scenario, read_scenario
from tiny import tiny_zones

TOML, SCHOOLS, OPTIONS, ZONES = "scenario.toml", "schools.csv", "options.csv", "zones.gpkg"


def cell(table, row, column, text):
    return lambda tiny: tiny.spoil(table, row, column, text)


def setting(old, new):
    return lambda tiny: tiny.replace(TOML, old, new)


def added(table, **cells):
    return lambda tiny: tiny.add(table, **cells)


def zones(change, file=ZONES, **how):
    def spoil(tiny):
        layer = tiny_zones()
        tiny.zones(change(layer) if change else layer, file, **how)

    return spoil


def with_shape(shape):
    return lambda layer: layer.set_geometry([layer.geometry[0], shape], crs=27700)


def head(text):  # line 6 of scenario.toml is the title
    return setting('title = "A tiny authority"', text)


TITLE, BASE = 'title = "A tiny authority"', 'base_year = "2018/19"'


def line_of(tiny, start):
    lines = tiny.text(TOML).splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(start)), None)


# id, what spoils it, (file, the line's beginning or the row, column)
GRAVE_SETTINGS = [
    ("B03", setting("[weights]", "[wieghts]"), "[wieghts]", "wieghts"),
    ("B03", setting("horizon_years", "horizon_year"), "horizon_year", "scenario.horizon_year"),
    ("B05", setting(BASE, 'base_year = "2018/20"'), "base_year", "scenario.base_year"),
    ("B06", setting("horizon_years = 10", "horizon_years = 0"), "horizon", "scenario.horizon_years"),
    ("B06", setting("horizon_years = 10", "horizon_years = -3"), "horizon", "scenario.horizon_years"),
    ("B06", setting("horizon_years = 10", "horizon_years = 500"), "horizon", "scenario.horizon_years"),
    ("B09", setting("local = 2.0", "localness = 2.0"), "localness", "weights.localness"),
    ("B10", setting("local = 2.0", "local = -1"), "local", "weights.local"),
    ("B11", setting("local = 2.0", "local = nan"), "local", "weights.local"),
    ("B11", setting("local = 2.0", "local = inf"), "local", "weights.local"),
    ("B11", setting("local = 2.0", 'local = "high"'), "local", "weights.local"),
    ("B13", setting("gap = 0.01", "gap = 5"), "gap", "solve.gap"),
    ("B14", setting("time_limit_seconds = 120.0", "time_limit_seconds = 0"), "time_limit", "solve.time_limit_seconds"),
    ("B79", setting("local = 2.0", "local = true"), "local", "weights.local"),
    ("B79", setting("local = 2.0", 'local = "1,5"'), "local", "weights.local"),
    ("B81", setting("[weights]", "[Weights]"), "[Weights]", "Weights"),
    ("B81", setting("local = 2.0", "Local = 2.0"), "Local", "weights.Local"),
    ("B82", setting(BASE, "base_year = 2018-09-01"), "base_year", "scenario.base_year"),
    ("B84", setting("local = 0.1", "local = 95"), "local = 95", "targets.local"),
    ("anchors", setting("unacceptable = 900.0", "unacceptable = -1.0"), "viable = {", "anchors.viable"),
    ("B08", setting(BASE, BASE + '\nextends = "../../elsewhere"'), "extends", "scenario.extends"),
    ("B08", setting(BASE, BASE + '\nextends = "/srv/demo"'), "extends", "scenario.extends"),
    ("B01", setting('"schools.csv"', '"scools.csv"'), "schools = ", "tables.schools"),
    ("B131", setting('"schools.csv"', '"schools.pkl"'), "schools = ", "tables.schools"),
    ("path", setting('"schools.csv"', '"../schools.csv"'), "schools = ", "tables.schools"),
    ("path", setting('"schools.csv"', '"/srv/schools.csv"'), "schools = ", "tables.schools"),
    ("B115", setting('"zones.gpkg"', '"/vsicurl/http://example.org/z.gpkg"'), "zones = ", "geodata.zones"),
    ("B115", setting('"zones.gpkg"', '"http://example.org/z.gpkg"'), "zones = ", "geodata.zones"),
    ("B115", setting('"zones.gpkg"', '"s3://bucket/z.gpkg"'), "zones = ", "geodata.zones"),
    ("B116", setting('"zones.gpkg"', '"zones.vrt"'), "zones = ", "geodata.zones"),
]  # fmt: skip

UNREADABLE_SETTINGS = [
    ("B02", head('title = "A tiny authority'), "Close the quotes"),
    ("B04", setting(BASE, "base_year = 2018/19"), "2018/19"),
    ("B77", setting('"schools.csv"', '"C:\\Users\\new\\schools.csv"'), "forward slashes"),
    ("B78", head("title = “A tiny authority”"), "straight"),
    ("B79", setting("local = 2.0", "local = 1,5"), "point"),
    ("B79", setting("local = 2.0", "local = 5%"), "0.05"),
]

GRAVE_CELLS = [
    ("B25", cell("schools", 3, "pan", "thirty"), SCHOOLS, 3, "pan"),
    ("B25", cell("schools", 3, "pan", "-30"), SCHOOLS, 3, "pan"),
    ("B25", cell("schools", 3, "pan", ""), SCHOOLS, 3, "pan"),
    ("B25", cell("schools", 3, "pan", "n/a"), SCHOOLS, 3, "pan"),
    ("B90", cell("schools", 3, "pan", "inf"), SCHOOLS, 3, "pan"),
    ("B90", cell("schools", 3, "pan", "nan"), SCHOOLS, 3, "pan"),
    ("B90", cell("schools", 3, "pan", "1e2"), SCHOOLS, 3, "pan"),
    ("B90", cell("schools", 3, "pan", "1_000"), SCHOOLS, 3, "pan"),
    ("B90", cell("schools", 3, "pan", "\uff13\uff10"), SCHOOLS, 3, "pan"),
    ("B90", cell("schools", 3, "pan", "\u0663\u0660"), SCHOOLS, 3, "pan"),
    ("B93", cell("schools", 3, "pan", "30.5"), SCHOOLS, 3, "pan"),
    ("B94", cell("schools", 3, "net_capacity", ""), SCHOOLS, 3, "net_capacity"),
    ("B27", cell("schools", 3, "lowest_nc_year", "9"), SCHOOLS, 3, "lowest_nc_year"),
    ("B28", cell("schools", 3, "highest_nc_year", "Year 15"), SCHOOLS, 3, "highest_nc_year"),
    ("B31", cell("schools", 3, "easting", ""), SCHOOLS, 3, "easting"),
    ("B34", cell("schools", 3, "ofsted", "splendid"), SCHOOLS, 3, "ofsted"),
    ("B91", cell("schools", 3, "urn", "1.09E+05"), SCHOOLS, 3, "urn"),
    ("B35", cell("pupils", 6, "pupils", "-1"), "pupils.csv", 6, "pupils"),
    ("B36", cell("pupils", 6, "pupils", "12.5"), "pupils.csv", 6, "pupils"),
    ("B38", cell("pupils", 6, "urn", "999999"), "pupils.csv", 6, "urn"),
    ("B43", cell("pupils", 6, "academic_year", "Sep-18"), "pupils.csv", 6, "academic_year"),
    ("B44", cell("children", 4, "zone", "Z999"), "children.csv", 4, "zone"),
    ("B118", cell("children", 4, "zone", "Z01"), "children.csv", 4, "zone"),
    ("B46", cell("births", 8, "twelve_months_to", "2020-08-31"), "births.csv", 8, "twelve_months_to"),
    ("B47", cell("births", 8, "births", "0.012"), "births.csv", 8, "births"),
    ("B95", cell("births", 8, "twelve_months_to", "31/02/2018"), "births.csv", 8, "twelve_months_to"),
    ("B107", cell("births", 8, "area", "E07000099"), "births.csv", 8, "area"),
    ("B48", cell("housing", 2, "dwellings", "-5"), "housing.csv", 2, "dwellings"),
    ("B50", cell("housing", 2, "probability", "80"), "housing.csv", 2, "probability"),
    ("B51", cell("housing", 2, "zone", ""), "housing.csv", 2, "zone"),
    ("B51", cell("housing", 2, "zone", "Z777"), "housing.csv", 2, "zone"),
    ("B53", cell("yields", 3, "pupils_per_dwelling", "38"), "yields.csv", 3, "pupils_per_dwelling"),
    ("B54", cell("housing", 2, "dwelling_type", "houseboat"), "housing.csv", 2, "dwelling_type"),
    ("B55", cell("options", 2, "earliest_opening", "2016/17"), OPTIONS, 2, "earliest_opening"),
    ("B55", cell("options", 2, "latest_opening", "2040/41"), OPTIONS, 2, "latest_opening"),
    ("late", cell("options", 2, "latest_opening", "2024/25"), OPTIONS, 2, "latest_opening"),
    ("B56", cell("options", 2, "urn", "109449"), OPTIONS, 2, "urn"),
    ("B57", cell("options", 2, "capital_pounds", ""), OPTIONS, 2, "capital_pounds"),
    ("B57", cell("options", 2, "capital_pounds", "-1"), OPTIONS, 2, "capital_pounds"),
    ("B59", cell("options", 2, "needs", "EXP-1"), OPTIONS, 2, "needs"),
    ("B60", cell("options", 3, "excludes", "LINK-1"), OPTIONS, 3, "excludes"),
    ("B112", cell("options", 3, "excludes", "EXP-9"), OPTIONS, 3, "excludes"),
    ("strength", cell("links", 2, "strength", "1.5"), "links.csv", 2, "strength"),
    ("fund", cell("funds", 2, "from", "soon"), "funds.csv", 2, "from"),
    ("floor", added("assumptions", assumption="size.lower.floor", value="900"), "assumptions.csv", 3, "value"),
    ("choice", added("assumptions", assumption="choice.city", value="40"), "assumptions.csv", 3, "value"),
    ("class", added("assumptions", assumption="class_size.infant", value="0"), "assumptions.csv", 3, "value"),
]  # fmt: skip


def swap(tiny):
    tiny.spoil("schools", 3, "easting", "230500")
    tiny.spoil("schools", 3, "northing", "501500")


def degrees(tiny):
    tiny.spoil("schools", 3, "easting", "-0.52")
    tiny.spoil("schools", 3, "northing", "51.9")


def ring_of_needs(tiny):
    tiny.spoil("options", 3, "needs", "NEW-1")


def closed_before(tiny):
    tiny.add("options", option="CLOSE-1", kind="closure", earliest_opening="2019/20", latest_opening="2020/21")
    tiny.add("options", option="CUT-1", kind="pan_reduction", places_per_year="-5", earliest_opening="2019/20")


def drop_rows(table, keep):
    def spoil(tiny):
        first, *rest = tiny.records(table)
        tiny.write_records(table, [first, *(row for row in rest if keep(dict(zip(first, row, strict=True))))])

    return spoil


def other_months(tiny):
    tiny.add("births", area="Z001", twelve_months_to="2018-01-31")


def records(table, change):
    return lambda tiny: tiny.write_records(table, change(tiny.records(table)))


def bytes_of(file, change):
    return lambda tiny: tiny.write(file, change(tiny.text(file)))


def untaught(tiny):
    tiny.add("options", option="AGE-1", kind="age_range", urn="109445", nc_years="7-8", earliest_opening="2020/21")
    steps = "option,urn,academic_year,first_nc_year,last_nc_year\nAGE-1,109445,2020/21,6,8\nAGE-1,109445,2021/22,7,8\n"
    tiny.name_table("phase_plan", steps)


GRAVE_TABLES = [
    ("B15", bytes_of(SCHOOLS, lambda _: ""), SCHOOLS, None, None),
    ("B16", records("schools", lambda r: r[:1]), SCHOOLS, 1, None),
    ("B17", bytes_of(SCHOOLS, lambda t: t.replace(",pan,", ",pann,", 1)), SCHOOLS, 1, "pan"),
    ("B18", bytes_of(SCHOOLS, lambda t: t.replace(",net_capacity,", ",pan,", 1)), SCHOOLS, 1, "pan"),
    ("B23", added("schools", name="Twin of Oak", easting="500900"), SCHOOLS, 5, "urn"),
    ("B29", swap, SCHOOLS, 3, "easting"),
    ("B30", degrees, SCHOOLS, 3, "easting"),
    ("B40", drop_rows("pupils", lambda r: r["academic_year"] != "2016/17"), "pupils.csv", None, "academic_year"),
    ("base", drop_rows("children", lambda r: r["academic_year"] != "2018/19"), "children.csv", None, "academic_year"),
    ("B42", lambda tiny: tiny.add("pupils"), "pupils.csv", 58, None),
    ("B52", lambda tiny: tiny.add("housing"), "housing.csv", 3, None),
    ("B59", ring_of_needs, OPTIONS, 3, "needs"),
    ("classes", lambda tiny: tiny.with_column("schools", "infant_classes", "0  "), SCHOOLS, 2, "infant_classes"),
    ("B106", other_months, "births.csv", 16, "twelve_months_to"),
    ("B111", closed_before, OPTIONS, 2, "earliest_opening"),
    ("untaught", untaught, "phase_plan.csv", 2, "first_nc_year"),
    ("B86", records("schools", lambda r: [*r[:2], [*r[2], "x"], *r[3:]]), SCHOOLS, 3, None),
    ("B88", records("schools", lambda r: [*r[:2], r[2][:-1], *r[3:]]), SCHOOLS, 3, None),
    ("B89", lambda tiny: tiny.write(SCHOOLS, tiny.text(SCHOOLS).encode("utf-16")), SCHOOLS, None, None),
    ("NUL", bytes_of(SCHOOLS, lambda t: t.replace("Ash Middle", "Ash\0Middle")), SCHOOLS, 3, None),
    ("quotes", bytes_of(SCHOOLS, lambda t: t.replace("Ash Middle School", '"Ash Middle School')), SCHOOLS, 3, None),
    ("B62", zones(lambda layer: layer.set_crs(None, allow_override=True)), ZONES, None, None),
    ("B65", zones(with_shape(None)), ZONES, 3, "geometry"),
    ("B65", zones(with_shape(Point(501500, 230500))), ZONES, 3, "geometry"),
    ("B65", zones(with_shape(LineString([(501000, 230000), (502000, 231000)]))), ZONES, 3, "geometry"),
    ("B67", zones(lambda layer: layer.assign(zone="Z001")), ZONES, 3, "zone"),
    ("zones", zones(lambda layer: layer.drop(columns="community")), ZONES, 1, "community"),
    ("zones", zones(lambda layer: layer.translate(2e6).to_frame("geometry").join(layer.drop(columns="geometry"))), ZONES, None, None),
    ("zones", zones(lambda layer: layer.assign(rural_class=["hamlet", ""])), ZONES, 2, "rural_class"),
    ("zones", zones(lambda layer: layer.assign(fsm_share=[0.1, 23.0])), ZONES, 3, "fsm_share"),
    ("zones", zones(lambda layer: layer.assign(fsm_share=["few", "0.2"])), ZONES, 2, "fsm_share"),
    ("zones", zones(lambda layer: layer.assign(fsm_share=[0.1, None])), ZONES, 3, "fsm_share"),
]  # fmt: skip


def no_weights(tiny):
    text = tiny.text(TOML)
    first, weights, rest = text.partition("[weights]\n")
    lines, blank, others = rest.partition("\n\n")
    zero = "\n".join(line if line.startswith("cost") else line.split(" = ")[0] + " = 0" for line in lines.splitlines())
    tiny.write(TOML, first + weights + zero + blank + others)


WARNINGS = [
    ("B12", no_weights, TOML, "[weights]", "weights"),
    ("B19", lambda tiny: tiny.with_column("schools", "head_teacher", "abc"), SCHOOLS, 1, "head_teacher"),
    ("B21", lambda tiny: tiny.write(SCHOOLS, tiny.text(SCHOOLS).replace("Ash M", "Château d’Ash M").encode("cp1252")), SCHOOLS, 3, None),
    ("B22", bytes_of(SCHOOLS, lambda t: t.replace(",", ";")), SCHOOLS, None, None),
    ("B22", bytes_of(SCHOOLS, lambda t: t.replace(",", "\t")), SCHOOLS, None, None),
    ("B26", cell("schools", 2, "pan", "300"), SCHOOLS, 2, "pan"),
    ("classes", lambda tiny: tiny.with_column("schools", "infant_classes", "2  "), SCHOOLS, 2, "infant_classes"),
    ("B32", cell("schools", 2, "easting", "460000"), SCHOOLS, 2, "easting"),
    ("B34", cell("schools", 2, "ofsted", ""), SCHOOLS, 2, "ofsted"),
    ("B37", cell("pupils", 6, "pupils", "c"), "pupils.csv", 6, "pupils"),
    ("B37", cell("pupils", 6, "pupils", "<5"), "pupils.csv", 6, "pupils"),
    ("B37", cell("children", 6, "pupils", "z"), "children.csv", 6, "pupils"),
    ("B39", cell("pupils", 6, "nc_year", "9"), "pupils.csv", 6, "nc_year"),
    ("B41", cell("pupils", 7, "pupils", "200"), "pupils.csv", 7, "pupils"),
    ("B45", drop_rows("children", lambda r: r["zone"] != "Z002"), ZONES, 3, "zone"),
    ("B49", cell("housing", 2, "academic_year", "2016/17"), "housing.csv", 2, "academic_year"),
    ("B58", added("options", option="SIX-1", kind="sixth_form", urn="109446", nc_years="12-13", places_per_year="210"), OPTIONS, 5, "places_per_year"),
    ("B87", bytes_of(SCHOOLS, lambda t: t.replace("\n", ",\n").replace(",\n", "\n", 1)), SCHOOLS, 2, None),
    ("B96", added("schools", urn="200001"), SCHOOLS, 5, "name"),
    ("B97", cell("schools", 3, "name", "Ash\x0b Middle\u200b School"), SCHOOLS, 3, "name"),
    ("B98", cell("schools", 3, "name", "Ash " + "é\u0301🎒" * 75), SCHOOLS, 3, "name"),
    ("B108", lambda tiny: tiny.with_column("housing", "site_total", ["500"]), "housing.csv", 2, "site_total"),
    ("B109", cell("options", 2, "capital_pounds", "35"), OPTIONS, 2, "capital_pounds"),
    ("B109", cell("options", 2, "capital_pounds", "3500"), OPTIONS, 2, "capital_pounds"),
    ("closure", added("options", option="CLOSE-1", kind="closure", excludes="EXP-1"), OPTIONS, 5, "kind"),
    ("title", bytes_of(SCHOOLS, lambda t: "School list 2018\n\n" + t), SCHOOLS, 3, None),
    ("B61", zones(lambda layer: layer.to_crs(4326)), ZONES, None, "geometry"),
    ("B63", zones(with_shape(Polygon([(501000, 230000), (502000, 231000), (502000, 230000), (501000, 231000)]))), ZONES, 3, "geometry"),
    ("B64", zones(with_shape(box(500950, 230000, 502000, 231000))), ZONES, 3, "geometry"),
    ("B117", zones(with_shape(box(501000, 230000, 502000, 231000) - box(501300, 230300, 501550, 230550))), ZONES, None, "geometry"),
    ("B117", cell("schools", 2, "easting", "499000"), SCHOOLS, 2, "easting"),
]  # fmt: skip

UNDERSTOOD = [
    ("B04", setting(BASE, "base_year = 2018")),
    ("B04", setting(BASE, 'base_year = "2018-19"')),
    ("B04", setting(BASE, 'base_year = "2018-2019"')),
    ("B20", lambda tiny: tiny.write(SCHOOLS, b"\xef\xbb\xbf" + tiny.text(SCHOOLS).encode())),
    ("B24", cell("schools", 3, "urn", " 109445.0 ")),
    ("B25", cell("schools", 3, "pan", " 60 ")),
    ("B28", cell("schools", 2, "lowest_nc_year", "Reception")),
    ("B28", cell("schools", 2, "lowest_nc_year", "Year 0")),
    ("B28", cell("schools", 2, "highest_nc_year", "Y4")),
    ("B34", cell("schools", 2, "ofsted", "Good ")),
    ("B34", cell("schools", 2, "ofsted", "2")),
    ("B76", lambda tiny: tiny.write(TOML, b"\xef\xbb\xbf" + tiny.text(TOML).encode())),
    ("B105", cell("pupils", 6, "urn", "109444.0")),
    ("B110", cell("options", 2, "capital_pounds", "£1,200,000")),
]


def names(cases):
    return [f"{case[0]}-{n}" for n, case in enumerate(cases)]


def places(problems):
    return {(problem.file, problem.row, problem.column) for problem in problems}


def test_the_scenario_that_is_spoiled_has_no_problem_of_its_own(tiny):
    assert tiny.problems() == ()
    assert read_scenario(tiny.folder).warnings == ()


@pytest.mark.parametrize(("_id", "spoil", "line", "column"), GRAVE_SETTINGS, ids=names(GRAVE_SETTINGS))
def test_a_faulty_setting_is_pointed_at(tiny, _id, spoil, line, column):
    spoil(tiny)
    assert places(tiny.grave()) == {(TOML, line_of(tiny, line), column)}


@pytest.mark.parametrize(("_id", "spoil", "remedy"), UNREADABLE_SETTINGS, ids=names(UNREADABLE_SETTINGS))
def test_what_is_not_toml_is_told_by_line_with_a_remedy(tiny, _id, spoil, remedy):
    before = tiny.text(TOML).splitlines()
    spoil(tiny)
    changed = next(
        n for n, (old, new) in enumerate(zip(before, tiny.text(TOML).splitlines(), strict=True), 1) if old != new
    )
    (problem,) = tiny.grave()
    assert (problem.file, problem.row) == (TOML, changed)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("_id", "spoil", "file", "row", "column"), GRAVE_CELLS + GRAVE_TABLES, ids=names(GRAVE_CELLS + GRAVE_TABLES)
)
def test_a_grave_fault_is_pointed_at_and_nothing_else_is_told(tiny, _id, spoil, file, row, column):
    spoil(tiny)
    assert places(tiny.grave()) == {(file, row, column)}
    with pytest.raises(ScenarioProblems):
        read_scenario(tiny.folder)


@pytest.mark.parametrize(("_id", "spoil", "file", "row", "column"), WARNINGS, ids=names(WARNINGS))
def test_a_warning_is_told_and_stops_nothing(tiny, _id, spoil, file, row, column):
    spoil(tiny)
    assert tiny.grave() == []
    row = line_of(tiny, row) if isinstance(row, str) else row
    assert (file, row, column) in places(tiny.warnings())
    assert set(tiny.problems()) == set(read_scenario(tiny.folder).warnings)


@pytest.mark.parametrize(("_id", "dress"), UNDERSTOOD, ids=names(UNDERSTOOD))
def test_another_way_of_writing_it_is_the_same_scenario(tiny, _id, dress):
    before = read_scenario(tiny.folder)
    dress(tiny)
    after = read_scenario(tiny.folder)
    assert after.settings == before.settings
    for name, table in before.tables.items():
        pd.testing.assert_frame_equal(after.tables[name], table)
    assert after.warnings == ()


def test_b01_a_missing_scenario_names_the_nearest(tiny):
    (problem,) = check_scenario(tiny.folder.parent / "tinny")
    assert "tiny" in problem.remedy
    assert "tinny" in problem.wrong


def test_b07_a_ring_of_scenarios_is_shown(tiny):
    other = tiny.folder.parent / "other"
    shutil.copytree(tiny.folder, other)
    tiny.replace(TOML, BASE, BASE + '\nextends = "../other"')
    file = other / TOML
    file.write_text(file.read_text("utf-8").replace(BASE, BASE + '\nextends = "../tiny"'), "utf-8")
    (problem,) = tiny.grave()
    assert problem.column == "scenario.extends"
    assert "tiny → other → tiny" in problem.wrong


def test_b33_names_that_look_like_nothing_stay_names(tiny):
    for name in ("NA", "None", "NULL", "1/2", "=SUM(A1)", "nan", "TRUE"):
        tiny.spoil("schools", 3, "name", name)
        assert read_scenario(tiny.folder).schools["name"].tolist()[1] == name


def test_b37_a_hidden_count_is_the_assumed_one(tiny):
    tiny.spoil("pupils", 6, "pupils", "<5")
    assert read_scenario(tiny.folder).table("pupils")["pupils"][4] == 2.5
    tiny.add("assumptions", assumption="suppressed.count", value="3")
    assert read_scenario(tiny.folder).table("pupils")["pupils"][4] == 3


def test_b38_ten_unknown_schools_are_listed_and_the_rest_counted(tiny):
    first, *rest = tiny.records("pupils")
    for n, row in enumerate(rest[:12]):
        row[first.index("urn")] = str(900000 + n)
    tiny.write_records("pupils", [first, *rest])
    told = tiny.grave()
    assert [problem.row for problem in told] == list(range(2, 13))
    assert "12 codes in all" in told[-1].wrong


def test_b80_monsters_are_refused_soon(tiny):
    for monster in ("[" * 2000 + "]" * 2000, "9" * 5000, "9" * 4000, "{a=" * 300 + "1" + "}" * 300):
        tiny.replace(TOML, TITLE, f"title = {monster}")
        assert [problem.file for problem in tiny.grave()] != []
        tiny.replace(TOML, f"title = {monster}", TITLE)
    tiny.replace(TOML, TITLE, TITLE + "\n" + ".".join("a" * 2000) + " = 1")
    assert [problem.file for problem in tiny.grave()] != []


def test_b83_an_accented_title_in_windows_1252_stays_whole(tiny):
    tiny.write(TOML, tiny.text(TOML).replace('A tiny authority"', 'Château d’Oak"').encode("cp1252"))
    assert read_scenario(tiny.folder).settings.title == "Château d’Oak"
    assert [problem.file for problem in tiny.warnings()] == [TOML]


def test_b92_leading_zeros_are_kept(tiny):
    tiny.with_column("schools", "laestab", ["0231234", "8230001", "8230002"])
    tiny.zones(tiny_zones().assign(planning_area="007"))
    scenario = read_scenario(tiny.folder)
    assert scenario.schools["laestab"][0] == "0231234"
    assert scenario.zones["planning_area"].tolist() == ["007", "007"]


def test_two_cells_spoiled_are_both_named(tiny):
    tiny.spoil("schools", 3, "pan", "thirty")
    tiny.spoil("pupils", 6, "urn", "999999")
    assert places(tiny.grave()) == {(SCHOOLS, 3, "pan"), ("pupils.csv", 6, "urn")}


def test_late_openings_are_allowed_where_the_scenario_says_so(tiny):
    tiny.spoil("options", 2, "latest_opening", "2024/25")
    tiny.replace(TOML, "late_openings = false", "late_openings = true")
    assert tiny.grave() == []


def as_shapefile(tiny, **how):
    tiny.zones(tiny_zones().assign(name=["Oakley", "Château"]), "zones.shp", **how)


def test_a_shapefile_is_read_with_its_short_names(tiny):
    as_shapefile(tiny, encoding="UTF-8")
    scenario = read_scenario(tiny.folder)
    assert scenario.zones["planning_area"].tolist() == ["PA01", "PA01"]
    assert scenario.zones["name"].tolist() == ["Oakley", "Château"]


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_b66_a_missing_part_of_a_shapefile_is_named(tiny, part):
    as_shapefile(tiny)
    tiny.file("zones" + part).unlink()
    (problem,) = tiny.grave()
    assert problem.file == "zones.shp"
    assert "zones" + part in problem.wrong


@pytest.mark.parametrize("encoding", ["UTF-8", "CP1252"])
def test_b113_names_survive_a_missing_cpg(tiny, encoding):
    as_shapefile(tiny, encoding=encoding)
    tiny.file("zones.cpg").unlink()
    assert read_scenario(tiny.folder).zones["name"].tolist() == ["Oakley", "Château"]
    assert encoding in tiny.warnings()[0].wrong


def test_b114_a_cut_shapefile_counts_what_is_lost(tiny):
    as_shapefile(tiny)
    whole = tiny.file("zones.shp").read_bytes()
    assert struct.unpack(">i", whole[24:28])[0] * 2 == len(whole)
    tiny.write("zones.shp", whole[:-40])
    (problem,) = tiny.grave()
    assert "1 of 2 zones" in problem.wrong


def test_b116_a_vrt_in_disguise_is_not_followed(tiny):
    layer = '<OGRVRTDataSource><OGRVRTLayer name="zones"><SrcDataSource>zones.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    tiny.write("zones.json", layer)
    tiny.replace(TOML, '"zones.gpkg"', '"zones.json"')
    (problem,) = tiny.grave()
    assert problem.file == "zones.json"


def test_zones_as_geojson_are_moved_to_the_grid(tiny):
    tiny.zones(tiny_zones().to_crs(4326), "zones.geojson", driver="GeoJSON")
    scenario = read_scenario(tiny.folder)
    assert scenario.zones.crs.to_epsg() == 27700
    assert isinstance(scenario.zones, gpd.GeoDataFrame)
    assert abs(scenario.zones.geometry.area - 1e6).max() < 1000


def program(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "placeplan", *words], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.end_to_end
@pytest.mark.parametrize("fault", ["B25", "B02", "B62"])
def test_bad_input_ends_with_code_2_and_never_a_traceback(tiny, fault):
    {
        "B25": cell("schools", 3, "pan", "thirty"),
        "B02": head('title = "A tiny authority'),
        "B62": zones(lambda layer: layer.set_crs(None, allow_override=True)),
    }[fault](tiny)
    done = program("check", str(tiny.folder), cwd=tiny.folder.parent)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert "1 problem" in done.stdout

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import build
import pytest

from placeplan.publish.gis_fields import LAYERS, fields_table, names_of
from placeplan.publish.run_folder import read_run_folder

RENDERERS = {
    "zones": "graduatedSymbol", "plan_areas": "singleSymbol", "walking": "singleSymbol", "nearest": "categorizedSymbol",
    "journeys": "graduatedSymbol", "schools": "graduatedSymbol", "options": "categorizedSymbol",
}  # fmt: skip
LABELLED = {"plan_areas", "nearest", "schools"}
pytestmark = pytest.mark.gis
SYSTEM_PYTHON = Path("/usr/bin/python3")  # where Debian keeps PyQGIS


@pytest.fixture(scope="module")
def seen(run_folder, tmp_path_factory):
    if (
        not SYSTEM_PYTHON.exists()
        or subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode
    ):
        pytest.skip("QGIS is not installed: apt-get install python3-qgis qgis-providers")
    room = tmp_path_factory.mktemp("qgis")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(room), "HOME": str(room)}
    ran = subprocess.run(
        [SYSTEM_PYTHON, Path(__file__).with_name("open_in_qgis.py"), run_folder / "gis", room / "map.png"],
        capture_output=True, text=True, env=environment, check=False, timeout=180,
    )  # fmt: skip
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["gpkg", "shp"])
@pytest.mark.parametrize("layer", LAYERS)
def test_qgis_opens_a_layer_styled_and_in_its_place(seen, kind, layer):
    told = seen[f"{kind} {layer}"]
    assert told["valid"]
    assert told["crs"] == "EPSG:27700"
    assert [name for name in told["fields"] if name != "fid"] == names_of(layer, build.YEARS)
    assert told["renderer"] == RENDERERS[layer]
    assert told["classes"] >= 2 or told["renderer"] == "singleSymbol"
    assert told["labels"] == (layer in LABELLED)
    assert told["features"] > 0
    full = fields_table(build.YEARS).query(f"layer == '{layer}'")["full_name"].tolist()
    assert [alias for alias, name in zip(told["aliases"], told["fields"], strict=True) if name != "fid"] == full


@pytest.mark.parametrize("kind", ["gpkg", "shp"])
def test_qgis_draws_every_layer_and_all_together(seen, kind):
    assert {layer: seen[f"{kind} {layer}"]["colours"] > 2 for layer in LAYERS} == dict.fromkeys(LAYERS, True)
    assert seen[f"{kind} colours"] > 20


def test_the_project_opens_with_every_layer_valid_styled_and_in_its_place(seen, run_folder):
    project = seen["project"]
    assert project["opened"]
    assert project["crs"] == "EPSG:27700"
    assert project["absolute paths"] == "false"
    assert project["tree"] == [
        "Options", "Schools: spare places", "Journeys", "Within the walking limit, under 8",
        "Within the walking limit, from 8", "Nearest school, Reception", "Nearest school, Year 7", "Planning areas",
        "Zones: children without a place", "Zones: change in demand",
    ]  # fmt: skip
    assert project["shown"] == [
        "Options",
        "Schools: spare places",
        "Planning areas",
        "Zones: change in demand",
    ]
    assert list(project["layers"]) == project["tree"]
    for name, layer in project["layers"].items():
        assert layer["valid"], name
        assert layer["crs"] == "EPSG:27700"
        assert layer["features"] > 0, name
        assert layer["source"].startswith(str(run_folder / "gis" / "placeplan.gpkg"))
        of = layer["source"].split("layername=")[1].split("|")[0]
        assert layer["renderer"] == RENDERERS[of]
        assert layer["labels"] == (of in LABELLED)
    assert project["layers"]["Zones: children without a place"]["classes"] == 5
    assert project["layers"]["Zones: change in demand"]["classes"] == 7


def test_the_project_draws_its_map_and_every_theme(seen):
    assert seen["project"]["colours"] > 20
    themes = seen["project"]["themes"]
    assert set(themes) == {
        "The plan", "Children without a place", "Journeys", "Walking", "Nearest school, Reception", "Nearest school, Year 7",
    }  # fmt: skip
    assert all(colours > 5 for colours in themes.values())


def test_the_project_lies_in_the_run_folder_by_relative_paths_alone(run_folder):
    with zipfile.ZipFile(run_folder / "gis" / "placeplan.qgz") as archive:
        assert archive.namelist() == ["placeplan.qgs"]
        text = archive.read("placeplan.qgs").decode("utf-8")
    sources = [source.text for source in ET.fromstring(text.split("\n", 1)[1]).iter("datasource")]
    assert all(source.startswith("./placeplan.gpkg|layername=") for source in sources)
    assert str(run_folder.parent) not in text


def test_opening_it_in_qgis_leaves_the_run_folder_as_it_was(seen, run_folder):
    assert read_run_folder(run_folder).run["files"]  # every SHA-256 compared


@pytest.mark.parametrize("layer", LAYERS)
def test_metadata_stand_beside_the_shapefiles_and_in_the_project(seen, layer):
    of = [
        seen[f"shp {layer}"],
        *(one for one in seen["project"]["layers"].values() if f"layername={layer}" in one["source"]),
    ]
    assert len(of) >= 2
    for told in of:
        assert told["title"] == f"{LAYERS[layer].title}: Small town {build.SCRIPT}"
        assert LAYERS[layer].about in told["abstract"]
        assert told["rights"] == ["Synthetic data: every zone, school and figure is made up."]
        assert told["licences"] == ["None told; the data are synthetic."]
        assert told["parent"] == "r-20181101"
        assert "2019-01-01" in told["history"][0]


def test_qgis_reads_the_names_as_they_are(seen):
    assert build.ACCENTS in seen["shp zones"]["names"]
    assert build.RIGHT_TO_LEFT in seen["gpkg zones"]["names"]


@pytest.mark.parametrize("file", ["placeplan.gpkg", *(f"{name}.shp" for name in LAYERS)])
def test_gdal_has_nothing_to_warn_about(run_folder, file):
    if not shutil.which("ogrinfo"):
        pytest.skip("GDAL's programs are not installed: apt-get install gdal-bin")
    ran = subprocess.run(
        ["ogrinfo", "-so", "-al", run_folder / "gis" / file], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    assert "27700" in ran.stdout or "British National Grid" in ran.stdout

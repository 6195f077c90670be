import json
import os
import shutil
import subprocess
from pathlib import Path

import build
import pytest

from placeplan.publish.gis_fields import LAYERS, fields_table, names_of

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
    assert [name for name in told["fields"] if name != "fid"] == names_of(layer)
    assert told["renderer"] == ("categorizedSymbol" if layer == "options" else "graduatedSymbol")
    assert told["classes"] >= 2
    assert told["features"] > 0
    full = fields_table("2019/20", "2021/22").query(f"layer == '{layer}'")["full_name"].tolist()
    assert [alias for alias, name in zip(told["aliases"], told["fields"], strict=True) if name != "fid"] == full


def test_qgis_draws_more_than_a_blank_sheet(seen):
    assert seen["gpkg colours"] > 10
    assert seen["shp colours"] > 10


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

"""The GDAL of a council's desktop reads every field, shape and word of every layer, as they were made."""

import json
import os
import subprocess
from pathlib import Path

import build
import numpy as np
import pytest
import shapely

from placeplan.publish.gis import cut
from placeplan.publish.gis_fields import LAYERS
from placeplan.publish.gis_layers import layers_of, whole_shape

pytestmark = pytest.mark.gis
SYSTEM_PYTHON = Path("/usr/bin/python3")
FILES = ["placeplan.gpkg", *(f"{name}.shp" for name in LAYERS)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return layers_of(build.results(folder=tmp_path_factory.mktemp("again")))


@pytest.fixture(scope="module")
def told(run_folder):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    script, paths = Path(__file__).with_name("read_with_gdal.py"), [run_folder / "gis" / file for file in FILES]
    if subprocess.run([SYSTEM_PYTHON, "-c", "from osgeo import ogr"], capture_output=True, check=False).returncode:
        pytest.skip("GDAL is not installed for the system's Python: apt-get install python3-gdal")
    ran = subprocess.run([SYSTEM_PYTHON, script, *paths], capture_output=True, text=True, check=True, env=environment)
    assert ran.stderr == ""
    found = json.loads(ran.stdout)
    return {"warned": found["warned"]} | {Path(file).name: layers for file, layers in found["files"].items()}


@pytest.mark.parametrize("kind", ["gpkg", "shp"])
@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_reads_every_field_back(told, made, layer, kind):
    found = told["placeplan.gpkg" if kind == "gpkg" else f"{layer}.shp"][layer]
    expected = made[layer]
    assert found["crs"] == "27700"
    assert list(found["types"]) == list(expected.columns.drop("geometry"))
    for name, kind_of_field in found["types"].items():
        column = [row[name] for row in found["rows"]]
        if expected[name].dtype.kind == "f":
            assert kind_of_field == "Real", name
            read = np.array([np.nan if value is None else value for value in column], dtype=float)
            np.testing.assert_allclose(read, expected[name].to_numpy(), atol=1e-6, equal_nan=True, err_msg=name)
        else:
            assert kind_of_field == "String", name
            whole = expected[name].tolist()
            assert [text or "" for text in column] == (whole if kind == "gpkg" else [cut(text) for text in whole]), name


@pytest.mark.parametrize("kind", ["gpkg", "shp"])
@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_reads_every_shape_back_to_the_millimetre(told, made, layer, kind):
    found = told["placeplan.gpkg" if kind == "gpkg" else f"{layer}.shp"][layer]
    read = [whole_shape(shapely.from_wkb(bytes.fromhex(shape))) for shape in found["shapes"]]
    for one, other in zip(read, made[layer].geometry, strict=True):
        assert shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0.001)


def test_gdal_has_no_word_of_warning(told):
    assert told["warned"] == []


def test_title_date_source_licence_and_run_stand_inside_the_geopackage(told):
    layers = told["placeplan.gpkg"]
    for name in LAYERS:
        metadata = layers[name]["metadata"]
        assert metadata["TITLE"] == f"{LAYERS[name].title}: Small town {build.SCRIPT}"
        assert metadata["DATE"] == "2019-01-01"
        assert metadata["SOURCE"].startswith("Synthetic data")
        assert metadata["LICENCE"] == "None told; the data are synthetic."
        assert metadata["RUN_ID"] == "r-20181101"
    assert "shared among its zones by their forecast children" in layers["zones"]["metadata"]["ABSTRACT"]


def test_codes_with_leading_noughts_are_text(told):
    for schools in (told["placeplan.gpkg"]["schools"], told["schools.shp"]["schools"]):
        assert "009999" in [row["urn"] for row in schools["rows"]]
        assert "0019999" in [row["laestab"] for row in schools["rows"]]

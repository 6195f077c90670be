"""What a disk or a driver loses in silence is found before the run folder gets its name, whatever kind of file it is."""

import dataclasses
from pathlib import Path

import build
import pyogrio
import pytest

from placeplan.domain.errors import CannotWrite
from placeplan.publish import gis
from placeplan.publish.gis_layers import layers_of
from placeplan.publish.gis_metadata import about_of
from placeplan.publish.gis_styles import styles_of
from placeplan.publish.run_folder import write_run_folder

SHARES = (0.01, 0.5, 0.9, 0.999)  # and one byte less than the whole
LOST = (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)
write = pyogrio.write_dataframe


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    results = build.results(folder=tmp_path_factory.mktemp("read-back"))
    layers = layers_of(results)
    return results, layers, styles_of(layers, gis.fields_table(results.year_names)), about_of(results)


def sizes(size):
    return sorted({*(int(size * share) for share in SHARES), size - 1})


def cut_short(file, size):
    file.write_bytes(file.read_bytes()[:size])


def cutting(monkeypatch, suffix, size, *, after="layer_styles"):
    """Let the driver lose the end of one file, once it has written all of it."""

    def lossy(frame, path, **how):
        write(frame, path, **how)
        if how["driver"] != "GPKG" or how["layer"] == after:
            cut_short(Path(path).with_suffix(suffix), size)

    monkeypatch.setattr(gis.pyogrio, "write_dataframe", lossy)


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf", ".cpg", ".prj"])
@pytest.mark.parametrize("layer", ["zones", "schools"])
def test_a_shapefile_of_which_a_part_is_cut_is_refused(made, tmp_path, monkeypatch, layer, suffix):
    _, layers, _, about = made
    gis._write_shapefile(tmp_path / f"{layer}.shp", layers[layer], about.day)
    for size in sizes((tmp_path / f"{layer}{suffix}").stat().st_size):
        cutting(monkeypatch, suffix, size)
        with pytest.raises(LOST):
            gis._write_shapefile(tmp_path / f"{layer}.shp", layers[layer], about.day)


def test_a_geopackage_that_is_cut_is_refused(made, tmp_path, monkeypatch):
    _, layers, styles, about = made
    gis._write_geopackage(tmp_path / "whole.gpkg", layers, styles, about)
    for size in sizes((tmp_path / "whole.gpkg").stat().st_size):
        cutting(monkeypatch, ".gpkg", size)
        with pytest.raises(LOST):
            gis._write_geopackage(tmp_path / f"cut-{size}.gpkg", layers, styles, about)


@pytest.mark.parametrize("lost", ["a feature", "a style", "a value", "the grid"])
def test_a_layer_that_came_back_otherwise_is_refused(made, tmp_path, monkeypatch, lost):
    _, layers, styles, about = made

    def forgetful(frame, path, **how):
        if how["layer"] == "zones":
            frame = {
                "a feature": lambda: frame.iloc[1:],
                "a value": lambda: frame.assign(demand2020=frame["demand2020"] + 0.01),
                "the grid": lambda: frame.to_crs(4326).set_crs(4326),
            }.get(lost, lambda: frame)()
        if how["layer"] == "layer_styles" and lost == "a style":
            frame = frame.assign(styleQML="")
        write(frame, path, **how)

    monkeypatch.setattr(gis.pyogrio, "write_dataframe", forgetful)
    with pytest.raises(OSError, match="read back"):
        gis._write_geopackage(tmp_path / "one.gpkg", layers, styles, about)


@pytest.mark.parametrize("suffix", [".csv", ".docx", ".xlsx", ".json", ".qgz"])
def test_no_run_folder_is_left_where_a_file_lost_its_end(made, tmp_path, monkeypatch, suffix):
    results, *_ = made
    whole = Path.write_bytes

    def lossy(path, content):
        return whole(path, content[:-1] if path.suffix == suffix else content)

    monkeypatch.setattr(Path, "write_bytes", lossy)
    with pytest.raises(CannotWrite, match="read back"):
        write_run_folder(tmp_path / "out", results)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("suffix", [".qml", ".qmd"])
def test_no_style_or_metadata_beside_a_shapefile_counts_unless_it_is_whole(made, tmp_path, monkeypatch, suffix):
    whole = Path.write_text

    def lossy(path, text, **how):
        return whole(path, text[:-1] if path.suffix == suffix else text, **how)

    monkeypatch.setattr(Path, "write_text", lossy)
    with pytest.raises(OSError, match="read back"):
        gis.write_gis(tmp_path / "gis", made[0])


def test_nothing_stands_beside_the_layers_but_what_was_written(made, tmp_path):
    results = dataclasses.replace(made[0])
    gis.write_gis(tmp_path / "gis", results)
    pyogrio.read_dataframe(tmp_path / "gis" / "placeplan.gpkg", layer="zones")
    suffixes = {path.suffix for path in (tmp_path / "gis").iterdir()}
    assert suffixes == {".gpkg", ".qgz", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".qml", ".qmd"}

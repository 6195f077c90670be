"""Open a run's layers as a GIS officer does, in QGIS without a screen; print what it found as JSON.

Run by the system's own Python, which has PyQGIS:   /usr/bin/python3 open_in_qgis.py RUN/gis PICTURE.png
"""

import json
import os
import sys
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsVectorLayer

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))
from picture_in_qgis import drawn

LAYERS = ("options", "schools", "journeys", "nearest", "walking", "plan_areas", "zones")
WIDTH, HEIGHT = 900, 700


def main(folder: Path, picture: Path) -> None:
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    told = {"project": about_project(folder / "placeplan.qgz", picture)}
    for kind, source in (("gpkg", "{0}/placeplan.gpkg|layername={1}"), ("shp", "{0}/{1}.shp")):
        layers = [QgsVectorLayer(source.format(folder, name), name, "ogr") for name in LAYERS]
        for name, layer in zip(LAYERS, layers, strict=True):
            told[f"{kind} {name}"] = about(layer) | {"colours": draw([layer], layers[-1].extent(), None)}
        told[f"{kind} colours"] = draw(layers, layers[-1].extent(), picture.with_suffix(f".{kind}.png"))
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)  # QGIS crashes in its own leave-taking when a layer outlives it


def about_project(file: Path, picture: Path) -> dict:
    project = QgsProject.instance()
    told = {
        "opened": project.read(str(file)),
        "crs": project.crs().authid(),
        "title": project.metadata().title(),
        "abstract": project.metadata().abstract(),
        "absolute paths": project.readEntry("Paths", "Absolute")[0],
        "layers": {},
        "themes": {},
    }
    tree = project.layerTreeRoot()
    told["tree"] = [node.name() for node in tree.findLayers()]
    told["order"] = [layer.id() for layer in tree.layerOrder()]
    told["shown"] = [node.name() for node in tree.findLayers() if node.isVisible()]
    extent = project.viewSettings().defaultViewExtent()
    for node in tree.findLayers():
        layer = node.layer()
        told["layers"][node.name()] = {"valid": False} if layer is None else about(layer)
    told["colours"] = draw(tree.checkedLayers(), extent, picture.with_suffix(".project.png"))
    for name in project.mapThemeCollection().mapThemes():
        layers = project.mapThemeCollection().mapThemeVisibleLayers(name)
        slug = "".join(sign if sign.isalnum() else "-" for sign in name)
        told["themes"][name] = draw(layers, extent, picture.with_suffix(f".{slug}.png"))
    return told


def about(layer) -> dict:
    if layer.source().endswith(".shp"):
        layer.loadDefaultMetadata()  # what the program does when a layer is added by hand
    renderer, metadata = layer.renderer(), layer.metadata()
    classes = (
        renderer.ranges()
        if hasattr(renderer, "ranges")
        else renderer.categories()
        if hasattr(renderer, "categories")
        else []
    )
    fields = layer.fields()
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "source": layer.source(),
        "features": layer.featureCount(),
        "fields": [field.name() for field in fields],
        "aliases": [field.alias() for field in fields],
        "types": {field.name(): field.typeName() for field in fields},
        "renderer": renderer.type(),
        "classes": len(classes),
        "labels": layer.labelsEnabled(),
        "names": [feature["name"] for feature in layer.getFeatures()] if fields.indexOf("name") >= 0 else [],
        "title": metadata.title(),
        "abstract": metadata.abstract(),
        "licences": metadata.licenses(),
        "rights": metadata.rights(),
        "history": metadata.history(),
        "parent": metadata.parentIdentifier(),
    }


def draw(layers, extent, picture: Path | None) -> int:
    """Draw layers, the first on top; return how many colours the picture has."""
    image = drawn(layers, layers[-1].crs(), extent, 1.1, (WIDTH, HEIGHT))
    if picture is not None:
        image.save(str(picture))
    return len({image.pixel(x, y) for x in range(0, WIDTH, 3) for y in range(0, HEIGHT, 3)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Open a run's layers as a GIS officer does, in QGIS without a screen; print what it found as JSON.

Run by the system's own Python, which has PyQGIS:   /usr/bin/python3 open_in_qgis.py RUN/gis PICTURE.png
"""

import json
import sys
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

LAYERS = ("journeys", "options", "schools", "zones")


def main(folder: Path, picture: Path) -> None:
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    told = {}
    for kind, source in (("gpkg", "{0}/placeplan.gpkg|layername={1}"), ("shp", "{0}/{1}.shp")):
        layers = [QgsVectorLayer(source.format(folder, name), name, "ogr") for name in LAYERS]
        for name, layer in zip(LAYERS, layers, strict=True):
            told[f"{kind} {name}"] = about(layer)
        told[f"{kind} colours"] = draw(layers, picture.with_suffix(f".{kind}.png"))
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    layers = None  # QGIS crashes when a layer outlives it
    application.exitQgis()


def about(layer) -> dict:
    renderer = layer.renderer()
    classes = (
        renderer.ranges()
        if hasattr(renderer, "ranges")
        else renderer.categories()
        if hasattr(renderer, "categories")
        else []
    )
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "features": layer.featureCount(),
        "fields": [field.name() for field in layer.fields()],
        "aliases": [field.alias() for field in layer.fields()],
        "renderer": renderer.type(),
        "classes": len(classes),
        "names": [feature["name"] for feature in layer.getFeatures()] if layer.fields().indexOf("name") >= 0 else [],
    }


def draw(layers, picture: Path) -> int:
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[-1].crs())
    extent = layers[-1].extent()
    extent.scale(1.1)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(600, 450))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(picture))
    return len({image.pixel(x, y) for x in range(0, 600, 3) for y in range(0, 450, 3)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

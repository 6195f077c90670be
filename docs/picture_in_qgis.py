"""Draw one theme of a run's QGIS project without a screen: /usr/bin/python3 docs/picture_in_qgis.py PROJECT.qgz THEME PICTURE.png.

Run by the system's own Python, which has PyQGIS (apt-get install python3-qgis qgis-providers); `docs/pictures.py` starts it.
"""
# ruff: noqa: INP001  (a command, no package)

import os
import sys

from qgis.core import QgsApplication, QgsMapRendererSequentialJob, QgsMapSettings, QgsProject
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

WIDTH, HEIGHT = 660, 510
AROUND = 1.05  # times the project's own extent


def main(project_file: str, theme: str, picture: str) -> int:
    """Draw the layers that the theme shows, in the project's order; return 1 where project or theme isn't there."""
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    if not project.read(project_file) or theme not in project.mapThemeCollection().mapThemes():
        return 1
    layers, extent = (
        project.mapThemeCollection().mapThemeVisibleLayers(theme),
        project.viewSettings().defaultViewExtent(),
    )
    return int(not drawn(layers, project.crs(), extent, AROUND, (WIDTH, HEIGHT)).save(picture))


def drawn(layers, crs, extent, around: float, size: tuple[int, int]):  # noqa: ANN001, ANN201  (the system's PyQGIS has no types)
    """Return the picture of layers, the first on top. around: times the extent that is shown.  size: pixels."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(crs)
    shown = type(extent)(extent)
    shown.scale(around)
    settings.setExtent(shown)
    settings.setOutputSize(QSize(*size))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


if __name__ == "__main__":
    ended = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(ended)  # QGIS crashes in its own leave-taking when a layer outlives it

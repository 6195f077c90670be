"""Metadata of the map layers: what they are, of when, from what, under which licence, of which run."""

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from placeplan.publish.gis_fields import LAYERS
from placeplan.publish.results import Results
from placeplan.publish.run_id import run_id_of

EPSG = 27700
SRS = f'<spatialrefsys nativeFormat="Wkt"><srsid>2437</srsid><srid>{EPSG}</srid><authid>EPSG:{EPSG}</authid></spatialrefsys>'
MADE_UP = "Synthetic data: every zone, school and figure is made up."
NO_RIGHTS = "None told; the data are synthetic."
NO_LICENCE = "Not told by the scenario ([publish] licence): ask whoever made it before passing it on."
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class About:
    """What is told of every layer of one run.

    day: ISO, that of the January census on which the plan rests.  first, last: planned academic years.
    bounds: west, south, east, north of the zones in metres of the grid.
    """

    title: str
    day: str
    first: str
    last: str
    source: str
    licence: str
    run_id: str
    bounds: tuple[float, float, float, float]

    @property
    def words(self) -> str:
        """Return a sentence on what was made of what and when."""
        return (
            f"School places planned for {self.first} to {self.last}; the plan rests on the census of January {self.day[:4]}. "
            f"Run {self.run_id} of placeplan. Forecasts and plans are a model's answer, not a decision."
        )


def about_of(results: Results) -> About:
    """Return what is told of the layers of a run."""
    settings, years = results.scenario.settings, results.year_names
    told = [MADE_UP if settings.synthetic else "", settings.publish.source]
    inputs = f"Scenario {settings.name}: {', '.join(results.scenario.inputs) or 'inputs in memory'}."
    return About(
        title=settings.title,
        day=f"{settings.base_year + 1}-01-01",
        first=years[0],
        last=years[-1],
        source=" ".join([part for part in told if part] or [inputs]),
        licence=settings.publish.licence or (NO_RIGHTS if settings.synthetic else NO_LICENCE),
        run_id=run_id_of(results.run),
        bounds=tuple(np.round(results.scenario.zones.total_bounds, 3).tolist()),
    )


def title_of(about: About, layer: str = "") -> str:
    """Return the title of a layer, or of all together."""
    return f"{LAYERS[layer].title}: {about.title}" if layer else about.title


def abstract_of(about: About, layer: str = "") -> str:
    """Return what a layer holds, or all together."""
    return f"{LAYERS[layer].about}. {about.words}" if layer else about.words


def as_pairs(about: About, layer: str = "") -> dict[str, str]:
    """Return metadata as GDAL keeps them in the tables gpkg_metadata of a GeoPackage."""
    pairs = {
        "TITLE": title_of(about, layer), "ABSTRACT": abstract_of(about, layer), "DATE": about.day, "SOURCE": about.source,
        "LICENCE": about.licence, "RUN_ID": about.run_id, "PLANNED_YEARS": f"{about.first} to {about.last}",
    }  # fmt: skip
    return {key: plain(text) for key, text in pairs.items()}


def as_qmd(about: About, layer: str) -> str:
    """Return metadata of a shapefile as the file that QGIS keeps beside it."""
    return f'<qgis version="3.22.0">\n{as_xml(about, layer)}</qgis>\n'


def as_xml(about: About, layer: str = "") -> str:
    """Return metadata of a layer in the words of QGIS, without the tag around them."""
    west, south, east, north = about.bounds
    plain = {
        "identifier": f"{about.run_id}:{layer}", "parentidentifier": about.run_id, "language": "en-GB", "type": "dataset",
        "title": title_of(about, layer), "abstract": abstract_of(about, layer),
    }  # fmt: skip
    after = {
        "rights": about.source, "license": about.licence, "encoding": "UTF-8", "crs": SRS,
        "history": f"{about.day}: census on which the plan rests. Made by placeplan, run {about.run_id}.",
    }  # fmt: skip
    told = "".join(f"<{tag}>{xml(text)}</{tag}>\n" for tag, text in plain.items())
    told += "".join(f"<{tag}>{text if tag == 'crs' else xml(text)}</{tag}>\n" for tag, text in after.items())
    extent = f'<spatial crs="EPSG:{EPSG}" minx="{west}" miny="{south}" maxx="{east}" maxy="{north}" minz="0" maxz="0" dimensions="2"/>'
    period = f"<start>{about.first[:4]}-09-01T00:00:00Z</start><end>{int(about.last[:4]) + 1}-08-31T00:00:00Z</end>"
    return f"{told}<extent>{extent}<temporal><period>{period}</period></temporal></extent>\n"


def xml(text: str) -> str:
    """Return a text as it may stand in XML, signs that no XML can hold left out."""
    return escape(plain(text), {'"': "&quot;"})


def plain(text: str) -> str:
    """Return a text without signs that no XML can hold."""
    return _NOT_IN_XML.sub(" ", text)

"""The project placeplan.qgz: the layers of the GeoPackage beside it in their order, styled, as QGIS 3.22 and newer open them.

Written from templates, since QGIS is no part of placeplan. What QGIS asks for and doesn't say: an id of more than ten
signs (else the tree of layers is empty), ProjectionsEnabled (else the project has no coordinate system), paths not absolute.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import geopandas as gpd

from placeplan.publish.gis_fields import LAYERS
from placeplan.publish.gis_metadata import SRS, About, abstract_of, as_xml, plain, title_of, xml
from placeplan.publish.gis_styles import QGIS, SHORTFALL, Style
from placeplan.publish.zipped import same_bytes

FILE, INSIDE = "placeplan.qgz", "placeplan.qgs"
GEOPACKAGE = "placeplan.gpkg"
ROUND_THE_MAP = 0.05  # of its width: the margin
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_CATCHMENTS = "Catchments"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the project's tree of layers. subset: "field = 'value'" of the features that it shows, or all."""

    key: str
    title: str
    style: Style
    shown: bool
    group: str = ""
    subset: str = ""

    @property
    def id(self) -> str:
        """Return the name by which QGIS knows the layer."""
        return f"placeplan_{self.key}"

    @property
    def source(self) -> str:
        """Return where the layer lies, seen from the project."""
        subset = f"|subset={self.subset}" if self.subset else ""
        return f"./{GEOPACKAGE}|layername={self.style.layer}{subset}"


def project_bytes(layers: Mapping[str, gpd.GeoDataFrame], styles: Sequence[Style], about: About) -> bytes:
    """Return the content of placeplan.qgz, the same for the same layers; its paths lead to the GeoPackage beside it."""
    entries = list(_entries(layers, styles))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(INSIDE, _document(entries, about))
    return same_bytes(held.getvalue())


def sources_of(layers: Mapping[str, gpd.GeoDataFrame], styles: Sequence[Style]) -> list[str]:
    """Return the sources of the project's layers, in their order."""
    return [entry.source for entry in _entries(layers, styles)]


def _entries(layers: Mapping[str, gpd.GeoDataFrame], styles: Sequence[Style]) -> Iterable[Entry]:
    """Yield the layers as the tree shows them, the topmost first."""
    style = {s.layer: s for s in styles if s.is_default}
    yield Entry("options", LAYERS["options"].title, style["options"], shown=True)
    yield Entry("schools", "Schools: spare places", style["schools"], shown=True)
    yield Entry("journeys", LAYERS["journeys"].title, style["journeys"], shown=False)
    for ages in dict.fromkeys(layers["walking"]["ages"]):
        yield Entry(
            f"walking_{ages.replace(' ', '_')}", f"Within the walking limit, {ages}", style["walking"], shown=False,
            group=_CATCHMENTS, subset=f"\"ages\" = '{ages}'",
        )  # fmt: skip
    for group in dict.fromkeys(layers["nearest"]["nc_year"]):
        words = "Reception" if group == "R" else f"Year {group}"
        yield Entry(
            f"nearest_{group}", f"Nearest school, {words}", style["nearest"], shown=False,
            group=_CATCHMENTS, subset=f"\"nc_year\" = '{group}'",
        )  # fmt: skip
    yield Entry("plan_areas", LAYERS["plan_areas"].title, style["plan_areas"], shown=True)
    short = next(s for s in styles if s.name == SHORTFALL)
    yield Entry("zones_short", f"Zones: {SHORTFALL.lower()}", short, shown=False)
    yield Entry("zones_change", "Zones: change in demand", style["zones"], shown=True)


def _document(entries: Sequence[Entry], about: About) -> str:
    """Return the project as QGIS keeps it."""
    west, south, east, north = _with_margin(about.bounds)
    extent = f"<xmin>{west}</xmin><ymin>{south}</ymin><xmax>{east}</xmax><ymax>{north}</ymax>"
    canvas = (
        f'<mapcanvas name="theMapCanvas" annotationsVisible="1"><units>meters</units><extent>{extent}</extent><rotation>0</rotation>'
        f"<destinationsrs>{SRS}</destinationsrs></mapcanvas>"
    )
    view = f'<ProjectViewSettings UseProjectScales="0"><DefaultViewExtent xmin="{west}" ymin="{south}" xmax="{east}" ymax="{north}">{SRS}</DefaultViewExtent></ProjectViewSettings>'
    properties = (
        '<properties><SpatialRefSys><ProjectionsEnabled type="int">1</ProjectionsEnabled></SpatialRefSys>'
        '<Paths><Absolute type="bool">false</Absolute></Paths></properties>'
    )
    parts = [
        f"<title>{xml(about.title)}</title>", f"<projectCrs>{SRS}</projectCrs>", _tree(entries), canvas,
        f"<projectlayers>\n{''.join(_layer(entry, about) for entry in entries)}</projectlayers>",
        _themes(entries), properties, _metadata(about), view,
    ]  # fmt: skip
    opening = f'<qgis version="{QGIS}" projectname={quoteattr(plain(about.title))}>\n'
    return _DOCTYPE + opening + "\n".join(parts) + "\n</qgis>\n"


def _with_margin(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the extent of the map: the zones and a little around them."""
    west, south, east, north = bounds
    margin = round(ROUND_THE_MAP * max(east - west, north - south), 3)
    return west - margin, south - margin, east + margin, north + margin


def _tree(entries: Sequence[Entry]) -> str:
    """Return the tree of layers, those of a group together."""
    lines, opened = [], ""
    for entry in entries:
        if entry.group != opened:
            lines.append("</layer-tree-group>" if opened else "")
            lines.append(_group(entry.group) if entry.group else "")
            opened = entry.group
        checked = "Qt::Checked" if entry.shown else "Qt::Unchecked"
        lines.append(
            f'<layer-tree-layer id="{entry.id}" name={quoteattr(entry.title)} checked="{checked}" expanded="{int(entry.shown)}" '
            f'providerKey="ogr" source={quoteattr(entry.source)}><customproperties/></layer-tree-layer>'
        )
    lines.append("</layer-tree-group>" if opened else "")
    inside = "\n".join(line for line in lines if line)
    return f"<layer-tree-group>\n<customproperties/>\n{inside}\n</layer-tree-group>"


def _group(name: str) -> str:
    return f'<layer-tree-group name={quoteattr(name)} checked="Qt::Checked" expanded="1"><customproperties/>'


def _layer(entry: Entry, about: About) -> str:
    """Return one layer with its style and metadata."""
    layer = entry.style.layer
    geometry = {"MultiPolygon": "Polygon", "Point": "Point", "LineString": "Line"}[LAYERS[layer].geometry]
    return (
        f'<maplayer type="vector" geometry="{geometry}" {entry.style.attributes} readOnly="1" autoRefreshEnabled="0" '
        f'maxScale="0" minScale="1e+08" hasScaleBasedVisibilityFlag="0">\n<id>{entry.id}</id>\n'
        f"<datasource>{xml(entry.source)}</datasource>\n<layername>{xml(entry.title)}</layername>\n"
        f"<abstract>{xml(abstract_of(about, layer))}</abstract>\n<srs>{SRS}</srs>\n"
        f"<resourceMetadata>\n{as_xml(about, layer)}</resourceMetadata>\n"
        f'<provider encoding="UTF-8">ogr</provider>\n{entry.style.content}</maplayer>\n'
    )


def _themes(entries: Sequence[Entry]) -> str:
    """Return map themes: what to look at together."""
    themes = {
        "The plan": {"options", "schools", "plan_areas", "zones_change"},
        SHORTFALL: {"options", "schools", "plan_areas", "zones_short"},
        LAYERS["journeys"].title: {"journeys", "schools", "plan_areas"},
        "Walking": {"schools", "plan_areas"} | {entry.key for entry in entries if entry.key.startswith("walking")},
    } | {entry.title: {entry.key, "schools"} for entry in entries if entry.key.startswith("nearest")}
    told = "".join(
        f"<visibility-preset name={quoteattr(name)}>"
        + "".join(f'<layer id="{e.id}" visible="1"/>' for e in entries if e.key in keys)
        + "</visibility-preset>"
        for name, keys in themes.items()
    )
    return f"<visibility-presets>{told}</visibility-presets>"


def _metadata(about: About) -> str:
    """Return metadata of the project itself."""
    told = {
        "identifier": about.run_id, "parentidentifier": "", "language": "en-GB", "type": "project", "title": title_of(about),
        "abstract": f"{abstract_of(about)} Source: {about.source} Licence: {about.licence}", "author": "placeplan",
        "creation": f"{about.day}T00:00:00",
    }  # fmt: skip
    return f"<projectMetadata>{''.join(f'<{tag}>{xml(text)}</{tag}>' for tag, text in told.items())}</projectMetadata>"

"""Styles of the map layers for QGIS, drawn from the same classes and colours as the page."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd

from placeplan.publish import legend
from placeplan.publish.legend import Band

_FAR = 1e9  # QGIS wants an end for every class
_JOURNEYS = (
    (0, 25, 0.15),
    (25, 100, 0.4),
    (100, 400, 0.9),
    (400, _FAR, 1.8),
)  # children from, to; width in millimetres


def styles_of(layers: Mapping[str, gpd.GeoDataFrame], fields: pd.DataFrame) -> dict[str, str]:
    """Return a style for each layer in the language of QGIS (QML): symbols, legend and the full names of the fields.

    fields: the data dictionary of fields_table.
    """
    renderers = {
        "zones": _graduated("change", legend.change_classes(layers["zones"]["change"].to_numpy()), _fill),
        "schools": _graduated("spare_pct", _per_cent(legend.SPARE), _circle),
        "options": _categorized(
            "chosen", (("yes", "chosen", _diamond(legend.PLUM)), ("no", "not chosen", _diamond("#ffffff")))
        ),
        "journeys": _widths(),
    }
    return {name: _document(renderer, fields[fields["layer"] == name]) for name, renderer in renderers.items()}


def _document(renderer: str, fields: pd.DataFrame) -> str:
    """Return the whole style of one layer."""
    aliases = "".join(
        f"<alias field={quoteattr(field)} index={quoteattr(str(place))} name={quoteattr(words)}/>"
        for place, (field, words) in enumerate(zip(fields["field"], fields["full_name"], strict=True))
    )
    return f'<qgis version="3.22.0" styleCategories="Symbology|Fields">\n{renderer}\n<aliases>{aliases}</aliases>\n</qgis>\n'


def _graduated(field: str, classes: Sequence[Band], symbol: object) -> str:
    """Return a renderer that colours by the class of a number."""
    draw = symbol if callable(symbol) else _fill
    ranges = "".join(
        f'<range symbol="{place}" lower="{max(band.lower, -_FAR):.6f}" upper="{min(band.upper, _FAR):.6f}" '
        f'label={quoteattr(band.words)} render="true"/>'
        for place, band in enumerate(classes)
    )
    symbols = "".join(draw(str(place), band.colour) for place, band in enumerate(classes))
    return (
        f'<renderer-v2 type="graduatedSymbol" attr="{field}" graduatedMethod="GraduatedColor" symbollevels="0" enableorderby="0" '
        f'forceraster="0"><ranges>{ranges}</ranges><symbols>{symbols}</symbols></renderer-v2>'
    )


def _widths() -> str:
    """Return a renderer that draws a line the wider the more children go along it."""
    ranges = "".join(
        f'<range symbol="{place}" lower="{low:.6f}" upper="{high:.6f}" render="true" '
        f"label={quoteattr(f'{low} to {high} children' if high < _FAR else f'{low} children or more')}/>"
        for place, (low, high, _) in enumerate(_JOURNEYS)
    )
    symbols = "".join(_line(str(place), width) for place, (_, _, width) in enumerate(_JOURNEYS))
    return (
        '<renderer-v2 type="graduatedSymbol" attr="children" graduatedMethod="GraduatedColor" symbollevels="0" enableorderby="0" '
        f'forceraster="0"><ranges>{ranges}</ranges><symbols>{symbols}</symbols></renderer-v2>'
    )


def _categorized(field: str, cases: Sequence[tuple[str, str, tuple[str, Mapping[str, str]]]]) -> str:
    """Return a renderer that draws by a word."""
    categories = "".join(
        f'<category value={quoteattr(word)} symbol="{place}" label={quoteattr(label)} render="true"/>'
        for place, (word, label, _) in enumerate(cases)
    )
    symbols = "".join(_symbol(str(place), "marker", kind, how) for place, (_, _, (kind, how)) in enumerate(cases))
    return (
        f'<renderer-v2 type="categorizedSymbol" attr="{field}" symbollevels="0" enableorderby="0" forceraster="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _fill(name: str, colour: str) -> str:
    how = {"color": rgba(colour, 215), "outline_color": "255,255,255,255", "outline_width": "0.2", "style": "solid"}
    return _symbol(name, "fill", "SimpleFill", how)


def _circle(name: str, colour: str) -> str:
    how = {
        "name": "circle",
        "color": rgba(colour),
        "outline_color": "255,255,255,255",
        "outline_width": "0.3",
        "size": "3",
    }
    return _symbol(name, "marker", "SimpleMarker", how)


def _diamond(colour: str) -> tuple[str, Mapping[str, str]]:
    how = {
        "name": "diamond",
        "color": rgba(colour),
        "outline_color": rgba(legend.PLUM),
        "outline_width": "0.5",
        "size": "4",
    }
    return "SimpleMarker", how


def _line(name: str, width: float) -> str:
    how = {"line_color": rgba(legend.BLUE, 130), "line_width": str(width), "line_style": "solid", "capstyle": "round"}
    return _symbol(name, "line", "SimpleLine", how)


def _symbol(name: str, kind: str, layer: str, how: Mapping[str, str]) -> str:
    """Return one symbol, its properties in both ways that versions of QGIS read."""
    options = "".join(f'<Option name="{key}" type="QString" value="{value}"/>' for key, value in how.items())
    older = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in how.items())
    return (
        f'<symbol type="{kind}" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="{layer}" enabled="1" locked="0" '
        f'pass="0"><Option type="Map">{options}</Option>{older}</layer></symbol>'
    )


def rgba(colour: str, alpha: int = 255) -> str:
    """Return a colour as QGIS writes it: "#12436d" → "18,67,109,255"."""
    return ",".join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5)) + f",{alpha}"


def _per_cent(bands: Sequence[Band]) -> list[Band]:
    """Return classes of a share as classes of per cent."""
    return [
        Band(
            100 * b.lower if np.isfinite(b.lower) else b.lower,
            100 * b.upper if np.isfinite(b.upper) else b.upper,
            b.colour,
            b.words,
        )
        for b in bands
    ]

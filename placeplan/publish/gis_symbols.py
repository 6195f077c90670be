"""Symbols and labels of the map layers in the language of QGIS: fills, outlines, circles, diamonds, lines."""

from collections.abc import Mapping

from placeplan.publish import legend

WHITE = "255,255,255,255"


def fill(name: str, colour: str, *, alpha: int = 215, edge: str = "") -> str:
    """Return a filled area with a thin edge, white where no other colour is given."""
    outline_colour = rgba(edge) if edge else WHITE
    how = {"color": rgba(colour, alpha), "outline_color": outline_colour, "outline_width": "0.2", "style": "solid"}
    return _symbol(name, "fill", "SimpleFill", how)


def outline(name: str, colour: str, width: float) -> str:
    """Return an area of which the edge alone is drawn."""
    how = {"color": WHITE, "outline_color": rgba(colour, 200), "outline_width": str(width), "style": "no"}
    return _symbol(name, "fill", "SimpleFill", how)


def circle(name: str, colour: str) -> str:
    """Return a circle with a white edge."""
    how = {"name": "circle", "color": rgba(colour), "outline_color": WHITE, "outline_width": "0.3", "size": "3"}
    return _symbol(name, "marker", "SimpleMarker", how)


def diamond(name: str, colour: str) -> str:
    """Return a diamond with a plum edge."""
    how = {"name": "diamond", "color": rgba(colour), "outline_color": rgba(legend.PLUM), "outline_width": "0.5", "size": "4"}  # fmt: skip
    return _symbol(name, "marker", "SimpleMarker", how)


def line(name: str, colour: str, width: float) -> str:
    """Return a line that others can be seen through."""
    how = {"line_color": rgba(colour, 130), "line_width": str(width), "line_style": "solid", "capstyle": "round"}
    return _symbol(name, "line", "SimpleLine", how)


def labels(field: str, points: int, *, bold: bool = False, below: int = 0) -> str:
    """Return labels of a field with a white seam, at every scale or only where the map is larger than 1 : below."""
    text = (
        f'<text-style fieldName="{field}" isExpression="0" fontFamily="Arial" namedStyle="{"Bold" if bold else "Regular"}" '
        f'fontSize="{points}" fontSizeUnit="Point" fontWeight="{75 if bold else 50}" textColor="{rgba(legend.INK)}" textOpacity="1">'
        f'<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="{WHITE}" bufferOpacity="1"/></text-style>'
    )
    scale = f'scaleVisibility="{1 if below else 0}" scaleMin="{below}" scaleMax="1"'
    return (
        f'<labeling type="simple"><settings calloutType="simple">{text}<rendering {scale} displayAll="0" obstacle="0"/>'
        "</settings></labeling>\n"
    )


def rgba(colour: str, alpha: int = 255) -> str:
    """Return a colour as QGIS writes it: "#12436d" → "18,67,109,255"."""
    return ",".join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5)) + f",{alpha}"


def _symbol(name: str, kind: str, layer: str, how: Mapping[str, str]) -> str:
    """Return one symbol, its properties in both ways that versions of QGIS read."""
    options = "".join(f'<Option name="{key}" type="QString" value="{value}"/>' for key, value in how.items())
    older = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in how.items())
    return (
        f'<symbol type="{kind}" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="{layer}" enabled="1" locked="0" '
        f'pass="0"><Option type="Map">{options}</Option>{older}</layer></symbol>'
    )

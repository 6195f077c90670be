"""Styles of the map layers for QGIS, drawn from the same classes and colours as the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd

from placeplan.publish import legend
from placeplan.publish.gis_symbols import circle, diamond, fill, labels, line, outline
from placeplan.publish.legend import Band

QGIS = "3.22.0"  # the oldest that must understand it
_FAR = 1e9  # QGIS wants an end for every class
_JOURNEYS = (
    (0, 25, 0.15),
    (25, 100, 0.4),
    (100, 400, 0.9),
    (400, _FAR, 1.8),
)  # children from, to; width in millimetres
SHORTFALL = "Children without a place"


@dataclass(frozen=True, slots=True)
class Style:
    """How one layer is drawn: symbols and labels in the language of QGIS, with the full names of its fields.

    is_default: the one that QGIS takes when the layer is opened by itself.
    """

    layer: str
    name: str
    renderer: str
    labels: str
    aliases: str
    is_default: bool = True

    @property
    def attributes(self) -> str:
        """Return what stands in the opening tag."""
        return f'labelsEnabled="{1 if self.labels else 0}" styleCategories="Symbology|Labeling|Fields"'

    @property
    def content(self) -> str:
        """Return symbols, labels and names of fields."""
        return f"{self.renderer}\n{self.labels}<aliases>{self.aliases}</aliases>\n"

    @property
    def qml(self) -> str:
        """Return the style as a file of its own."""
        return f'<qgis version="{QGIS}" {self.attributes}>\n{self.content}</qgis>\n'


def styles_of(layers: Mapping[str, gpd.GeoDataFrame], fields: pd.DataFrame) -> list[Style]:
    """Return the styles, of which each layer has one that is the default.

    fields: the data dictionary of fields_table.
    """
    change = legend.change_classes(layers["zones"]["change"].to_numpy())
    short = legend.short_classes(layers["zones"]["shortfall"].to_numpy())
    chosen = (("yes", "chosen", diamond("0", legend.PLUM)), ("no", "not chosen", diamond("1", "#ffffff")))
    made = [
        ("zones", "Change in demand", _graduated("change", change, fill), ""),
        ("plan_areas", "Planning areas", _single(outline("0", legend.INK, 0.7)), labels("plan_area", 9, bold=True)),
        ("walking", "Walking catchments", _single(fill("0", legend.BLUE, alpha=30, edge=legend.BLUE)), ""),
        ("nearest", "Nearest schools", _tints(layers["nearest"]["colour"]), labels("name", 7)),
        ("journeys", "Journeys", _widths(), ""),
        ("schools", "Spare places", _graduated("spare_pct", _per_cent(legend.SPARE), circle), labels("name", 7, below=60_000)),
        ("options", "Options", _categorized("chosen", chosen), ""),
    ]  # fmt: skip
    aliases = {layer: _aliases(fields[fields["layer"] == layer]) for layer in layers}
    styles = [Style(layer, name, drawn, told, aliases[layer]) for layer, name, drawn, told in made]
    return [*styles, Style("zones", SHORTFALL, _graduated("shortfall", short, fill), "", aliases["zones"], False)]


def _aliases(fields: pd.DataFrame) -> str:
    """Return the full names of a layer's fields."""
    return "".join(
        f"<alias field={quoteattr(field)} index={quoteattr(str(place))} name={quoteattr(words)}/>"
        for place, (field, words) in enumerate(zip(fields["field"], fields["full_name"], strict=True))
    )


def _renderer(kind: str, how: str, content: str) -> str:
    """Return a renderer of one kind."""
    return f'<renderer-v2 type="{kind}" {how}symbollevels="0" enableorderby="0" forceraster="0">{content}</renderer-v2>'


def _single(symbol: str) -> str:
    """Return a renderer that draws every feature alike."""
    return _renderer("singleSymbol", "", f"<symbols>{symbol}</symbols>")


def _graduated(field: str, classes: Sequence[Band], symbol: object) -> str:
    """Return a renderer that colours by the class of a number."""
    draw = symbol if callable(symbol) else fill
    ranges = "".join(
        f'<range symbol="{place}" lower="{max(band.lower, -_FAR):.6f}" upper="{min(band.upper, _FAR):.6f}" '
        f'label={quoteattr(band.words)} render="true"/>'
        for place, band in enumerate(classes)
    )
    symbols = "".join(draw(str(place), band.colour) for place, band in enumerate(classes))
    how = f'attr="{field}" graduatedMethod="GraduatedColor" '
    return _renderer("graduatedSymbol", how, f"<ranges>{ranges}</ranges><symbols>{symbols}</symbols>")


def _widths() -> str:
    """Return a renderer that draws a line the wider the more children go along it."""
    ranges = "".join(
        f'<range symbol="{place}" lower="{low:.6f}" upper="{high:.6f}" render="true" '
        f"label={quoteattr(f'{low} to {high} children' if high < _FAR else f'{low} children or more')}/>"
        for place, (low, high, _) in enumerate(_JOURNEYS)
    )
    symbols = "".join(line(str(place), legend.BLUE, width) for place, (_, _, width) in enumerate(_JOURNEYS))
    how = 'attr="children" graduatedMethod="GraduatedColor" '
    return _renderer("graduatedSymbol", how, f"<ranges>{ranges}</ranges><symbols>{symbols}</symbols>")


def _tints(colours: pd.Series) -> str:
    """Return a renderer that gives neighbours different tints, which mean nothing else."""
    numbers = range(1, max(2, int(colours.max()) if len(colours) else 0) + 1)
    tints = [legend.TINTS[(n - 1) % len(legend.TINTS)] for n in numbers]
    cases = [(str(n), "", fill(str(n - 1), tint, edge=legend.GREY)) for n, tint in zip(numbers, tints, strict=True)]
    return _categorized("colour", cases)


def _categorized(field: str, cases: Sequence[tuple[str, str, str]]) -> str:
    """Return a renderer that draws by a word. cases: word, label, symbol."""
    categories = "".join(
        f'<category value={quoteattr(word)} symbol="{place}" label={quoteattr(label)} render="true"/>'
        for place, (word, label, _) in enumerate(cases)
    )
    symbols = "".join(symbol for _, _, symbol in cases)
    content = f"<categories>{categories}</categories><symbols>{symbols}</symbols>"
    return _renderer("categorizedSymbol", f'attr="{field}" ', content)


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

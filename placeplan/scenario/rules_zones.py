"""Rules of zones: edge to edge, without overlaps."""

from collections.abc import Iterator

from placeplan.domain.errors import Problem
from placeplan.scenario.geodata import overlaps_and_gaps
from placeplan.scenario.rules import Material, Rule


def edge_to_edge(material: Material) -> Iterator[Problem]:
    """Yield a warning for zones that overlap, and for gaps between them."""
    if material.zones is not None:
        yield from overlaps_and_gaps(material.zones, material.zones_file)


RULES: tuple[Rule, ...] = (edge_to_edge,)

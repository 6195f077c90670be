"""All the rules between tables, in the order of the files."""

from collections.abc import Iterator

from placeplan.domain.errors import Problem
from placeplan.scenario.rules import Material, Rule, repeated
from placeplan.scenario.rules_homes import RULES as HOMES
from placeplan.scenario.rules_options import RULES as OPTIONS
from placeplan.scenario.rules_people import RULES as PEOPLE
from placeplan.scenario.rules_schools import RULES as SCHOOLS
from placeplan.scenario.rules_series import RULES as SERIES
from placeplan.scenario.rules_settings import RULES as SETTINGS
from placeplan.scenario.rules_zones import RULES as ZONES
from placeplan.scenario.tables import TABLES

ALL: tuple[Rule, ...] = (*SETTINGS, *SCHOOLS, *PEOPLE, *SERIES, *HOMES, *OPTIONS, *ZONES)


def check_between_tables(material: Material) -> Iterator[Problem]:
    """Yield what doesn't fit: rows that repeat another, then rule by rule."""
    for name, table in TABLES.items():
        yield from repeated(material, name, table.key)
    for rule in ALL:
        yield from rule(material)

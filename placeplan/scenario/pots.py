"""Pots: where, for what and until when a pot of money may be spent."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from placeplan.domain.years import academic_year, name_of_year

SPANS = {
    "early_years": (-2, -1), "nursery": (-2, -1), "lower": (0, 4), "primary": (0, 6), "middle": (5, 8),
    "secondary": (7, 13), "upper": (9, 13), "post_16": (12, 13), "all_through": (0, 13),
}  # fmt: skip
SPECIAL = "special"
FOR_SPECIAL = ("special_places", "satellite", "resourced_provision")
PHASES = (*SPANS, SPECIAL)


def phase_refuses(phase: str, option: Mapping[Any, Any]) -> bool:
    """Return whether a pot for a phase can't pay for an option: its year groups must lie within the phase's."""
    if not phase:
        return False
    if phase == SPECIAL:
        return option["kind"] not in FOR_SPECIAL
    first, last = SPANS[phase]
    low, high = option["nc_years"]
    return option["kind"] in FOR_SPECIAL or not first <= low <= high <= last


def site_refuses(site: str, option: Mapping[Any, Any], community: str, estates: Mapping[str, Collection[str]]) -> bool:
    """Return whether a pot tied to a site can't pay for an option.

    The site may be that of the option, its school, its community, or a development in whose community it lies.
    community: of the option or its school.  estates: development → communities of its zones.
    """
    names = {option["site"], option["urn"], community} - {""}
    return bool(site) and site not in names and community not in estates.get(site, ())


def estates(housing: Iterable[tuple[str, str]], communities: Mapping[str, str]) -> dict[str, set[str]]:
    """Return development → the communities of its zones.

    housing: development and zone, one a row.  communities: zone → community.
    """
    found: dict[str, set[str]] = {}
    for development, zone in housing:
        if communities.get(zone):
            found.setdefault(development, set()).add(communities[zone])
    return found


def spendable(pot: Mapping[Any, Any]) -> range:
    """Return the September years of the academic years in which a pot may be spent.

    Raises ValueError when a year can't be read.
    """
    first = academic_year(pot["valid_from"]) if pot["valid_from"] else 0
    last = academic_year(pot["expiry"]) if pot["expiry"] else 9998
    return range(first, last + 1)


def told(years: range) -> str:
    """Return a pot's years in words.

    >>> told(range(2019, 2024)), told(range(0, 2024))
    ('from 2019/20 to 2023/24', 'to 2023/24')
    """
    begins = f"from {name_of_year(years.start)}" if years.start else ""
    ends = f"to {name_of_year(years.stop - 1)}" if years.stop <= 9998 else ""
    return f"{begins} {ends}".strip() or "in any year"

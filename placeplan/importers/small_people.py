"""Small people: constant cohorts, so that every figure of a small scenario can be worked out by hand."""

from collections.abc import Iterable, Mapping

import pandas as pd

CENSUSES = range(2007, 2019)
BIRTHS = range(2003, 2019)


def constant_children(zones: Mapping[str, int], groups: Mapping[int, float]) -> pd.DataFrame:
    """Return children by zone, census and NC year.

    zones: children a year group.  groups: NC year → share of them who are still at school.
    """
    rows = [
        (z, year, nc, int(n * share)) for z, n in zones.items() for year in CENSUSES for nc, share in groups.items()
    ]
    return pd.DataFrame(rows, columns=["zone", "academic_year", "nc_year", "pupils"])


def constant_births(zones: Mapping[str, int]) -> pd.DataFrame:
    """Return births by zone in the twelve months to 31 August: as many as come to Reception."""
    rows = [(zone, f"{year}-08-31", n, "actual") for zone, n in zones.items() for year in BIRTHS]
    return pd.DataFrame(rows, columns=["area", "twelve_months_to", "births", "status"])


def constant_rolls(schools: Iterable[tuple[str, Mapping[int, int]]]) -> pd.DataFrame:
    """Return pupils by school, census and NC year; schools: urn and NC year → pupils."""
    rows = [(urn, year, nc, n) for urn, by_group in schools for year in CENSUSES for nc, n in by_group.items()]
    return pd.DataFrame(rows, columns=["urn", "academic_year", "nc_year", "pupils"])

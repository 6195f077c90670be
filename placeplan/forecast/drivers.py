"""Drivers: what the change since the base year comes from, in tenths of a pupil that add up exactly."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole
from placeplan.domain.years import academic_year, name_of_year
from placeplan.forecast.reconcile import GRAIN
from placeplan.forecast.summary import STAGES
from placeplan.forecast.value import Forecast

CAUSES = {
    "births": "births",
    "moving_up": "year groups moving up",
    "survival": "joiners less leavers",
    "migration": "own drift against England",
    "housing": "new homes",
    "post_16": "sixth form",
}
MEANING = {
    "births": "cohorts that enter Reception after the base year, against the year groups that they replace",
    "moving_up": "cohorts on roll in the base year, as large as they were then, against the year groups that they replace",
    "survival": "who joins less who leaves as year groups move up",
    "migration": "how joining and leaving here differ from England as a whole",
    "housing": "pupils of homes still to be completed, less those who only move within the authority",
    "post_16": "Years 12 and 13, from larger or smaller Years 11 and those who stay on",
}
STAGE_NAMES = {"R–6": "Reception to Year 6", "7–11": "Years 7 to 11", "12–13": "Years 12 and 13"}
AUTHORITY, AREA, ZONE = "authority", "planning area", "zone"
TENTHS = 10
_GRAINS = round(1 / GRAIN)


def drivers(forecast: Forecast) -> pd.DataFrame:
    """Return area, area_kind, academic_year, year_groups, base, the six causes, pupils: one row each.

    The authority first, then planning areas, then zones.  base: pupils in the base year.  pupils: those expected.
    All are in tenths of a pupil, and base + births + moving_up + survival + migration + housing + post_16 = pupils in
    every row, to the last digit; planning areas and zones add up to the authority in every column. They are rounded by
    largest remainders, the authority first: a cell moves by less than a tenth, so the pupils of an area or a zone may
    differ from the unrounded forecast by some tenths.
    """
    of_zones = _tenths([forecast.parts[cause] for cause in CAUSES])
    base = _tenths([np.repeat(forecast.base[:, None, :], len(forecast.years), axis=1)])
    cells = np.concatenate([base, of_zones])  # (base, causes …) × zone × year × stage, exact
    whole = cells.sum(axis=1)
    change = (whole[1:].sum(axis=0) + _GRAINS // 2) // _GRAINS
    authority = np.concatenate([(whole[:1] + _GRAINS // 2) // _GRAINS, rounded(whole[1:], change)])
    names, area_of_zone = np.unique(np.array(forecast.planning_areas, dtype=str), return_inverse=True)
    by_area = np.stack([cells[:, area_of_zone == area].sum(axis=1) for area in range(len(names))])
    areas = rounded(by_area, authority)
    zones = np.empty((len(area_of_zone), *authority.shape), dtype=np.int64)
    for area in range(len(names)):
        inside = area_of_zone == area
        zones[inside] = rounded(np.moveaxis(cells[:, inside], 1, 0), areas[area])
    tables = [
        _rows(AUTHORITY, [AUTHORITY], forecast.years, authority[None]),
        _rows(AREA, list(names), forecast.years, areas),
        _rows(ZONE, list(forecast.zones), forecast.years, zones),
    ]
    return pd.concat(tables, ignore_index=True)


def rounded(exact: Whole, totals: Whole) -> Whole:
    """Round to whole tenths so that the sum over the first axis is the total given (largest remainders).

    exact: in grains of a tenth.  totals: whole tenths, each next to the exact sum.  A cell that is whole stays as it is.

    >>> rounded(np.array([[_GRAINS // 2], [_GRAINS // 2], [_GRAINS]]), np.array([2])).ravel().tolist()
    [1, 0, 1]
    """
    floor, rest = exact // _GRAINS, exact % _GRAINS
    wanted = totals - floor.sum(axis=0)
    rank = np.argsort(np.argsort(-rest, axis=0, kind="stable"), axis=0, kind="stable")
    whole: Whole = floor + (rank < wanted)
    return whole


def told_of_drivers(table: pd.DataFrame) -> tuple[str, ...]:
    """Say what drives the authority's change to the last planned year, one sentence a stage, the weightiest cause first.

    table: as `drivers` returns it; every figure of a sentence stands in it.
    """
    rows = table[(table["area_kind"] == AUTHORITY) & (table["academic_year"] == table["academic_year"].iloc[-1])]
    return tuple(_sentence(row, base_year_of(table)) for row in rows.to_dict("records"))


def base_year_of(table: pd.DataFrame) -> str:
    """Return the academic year before the first planned one."""
    return name_of_year(min(academic_year(year) for year in set(table["academic_year"])) - 1)


def figure(pupils: float) -> str:
    """Return tenths of a pupil as people read them.

    >>> figure(1065.0), figure(-12.34)
    ('1,065', '−12.3')
    """
    return f"{pupils:,.1f}".removesuffix(".0").replace("-", "−")


def signed(pupils: float) -> str:
    """Return a change with its sign.

    >>> signed(12.0), signed(-0.5), signed(0.0)
    ('+12', '−0.5', '0')
    """
    return f"+{figure(pupils)}" if pupils > 0 else figure(pupils)


def _sentence(row: Mapping[Hashable, Any], base_year: str) -> str:
    """Say what one row tells."""
    causes = sorted((cause for cause in CAUSES if row[cause]), key=lambda cause: -abs(row[cause]))
    change = round(row["pupils"] - row["base"], 1)
    told = ", ".join(f"{CAUSES[cause]} {signed(row[cause])}" for cause in causes)
    return (
        f"{STAGE_NAMES[row['year_groups']]}: {figure(row['base'])} pupils in {base_year}, {figure(row['pupils'])} expected in"
        f" {row['academic_year']} ({signed(change)}){f': {told}' if told else ', no cause changes them'}."
    )


def _tenths(parts: list[Number]) -> Whole:
    """Return part × zone × year × stage in grains of a tenth, exactly: the numbers lie on the grid."""
    by_stage = [np.stack([part[..., groups].sum(axis=-1) for groups in STAGES.values()], axis=-1) for part in parts]
    return TENTHS * np.rint(np.stack(by_stage) / GRAIN).astype(np.int64)


def _rows(kind: str, names: list[str], years: tuple[int, ...], cells: Whole) -> pd.DataFrame:
    """Return one row an area, year and stage. cells: area × (base, causes …) × year × stage, tenths."""
    area, year, stage = (axis.ravel() for axis in np.indices((len(names), *cells.shape[2:])))
    columns = [cells[:, i].ravel() for i in range(cells.shape[1])]
    table = {
        "area": np.array(names, dtype=object)[area],
        "area_kind": kind,
        "academic_year": [name_of_year(years[y]) for y in year],
        "year_groups": np.array(list(STAGES), dtype=object)[stage],
        "base": columns[0] / TENTHS,
        **{cause: column / TENTHS for cause, column in zip(CAUSES, columns[1:], strict=True)},
        "pupils": np.sum(columns, axis=0) / TENTHS,
    }
    return pd.DataFrame(table)

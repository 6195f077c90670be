"""Packages: a pyramid of three tiers that goes to two, in phases, so that no cohort is ever without a school."""

import numpy as np
import pandas as pd

from placeplan.importers.england_costs import EXPANSION, Span, cost_of
from placeplan.scenario.tables.choices import PhasePlan

GOOD = ("good", "outstanding")
LAST_PRIMARY, LAST_MIDDLE, FIRST_SECONDARY, FIRST_UPPER = 6, 8, 7, 9


def packages(here: pd.DataFrame, span: Span) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the options and the phase plan of every pyramid that could go from three tiers to two.

    here: planned schools with pyramid, lowest_nc_year, highest_nc_year, pan, provider, ofsted, easting, northing.
    Lower schools keep their oldest year group from the opening T on, a year group more each year to Year 6; the middle
    schools lose one from below each year and then teach nobody; the upper takes Year 7 when the first cohort that was
    kept comes to it. New places are priced at the national average; rooms that fall vacant bring no money.
    """
    parts = {str(name): part for name, part in here.groupby("pyramid", sort=True) if name and _can_convert(part)}
    if not parts:
        nothing = pd.DataFrame(columns=["urn", "kind", "package", "option"], dtype=object)
        return nothing, pd.DataFrame()
    members = [_members(code, part) for code, part in zip(_codes(list(parts)), parts.values(), strict=True)]
    rows = pd.concat(members, ignore_index=True)
    rows["option"] = [f"AGE-{k + 1:03d}" for k in range(len(rows))]
    rows["earliest_opening"] = span.first + 2
    rows["latest_opening"] = span.until
    rows["partner_urn"] = _partners(rows, here)
    steps = rows.loc[rows.index.repeat(rows["steps"].map(len))].copy()
    steps["step"] = [step for plan in rows["steps"] for step in plan]
    plan = pd.DataFrame(
        {
            "option": steps["option"].to_numpy(),
            "urn": steps["urn"].to_numpy(),
            "academic_year": [span.first + 2 + offset for offset, _, _ in steps["step"]],
            "first_nc_year": [youngest for _, youngest, _ in steps["step"]],
            "last_nc_year": [oldest for _, _, oldest in steps["step"]],
        }
    )
    extra = ["steps", "phase", "easting", "northing", "ofsted", "pyramid"]
    return rows.drop(columns=extra), plan[list(PhasePlan.model_fields)]


def _codes(pyramids: list[str]) -> list[str]:
    """Return a code for each pyramid's package: its first word where that tells them apart, else all of them."""
    words = [name.removesuffix(" pyramid").upper().removeprefix("THE ").split() for name in pyramids]
    firsts = [each[0] for each in words]
    return ["TWO-TIER-" + (each[0] if firsts.count(each[0]) == 1 else "-".join(each)) for each in words]


def _can_convert(part: pd.DataFrame) -> bool:
    """Say whether a pyramid has all three tiers: lowers, middles to Year 8 and an upper from Year 9."""
    return bool(_lower(part).any() and _middle(part).any() and _upper(part).any())


def _lower(part: pd.DataFrame) -> "pd.Series[bool]":
    return (part["lowest_nc_year"] == 0) & part["highest_nc_year"].between(3, 5)


def _middle(part: pd.DataFrame) -> "pd.Series[bool]":
    return part["lowest_nc_year"].between(4, 6) & (part["highest_nc_year"] == LAST_MIDDLE)


def _upper(part: pd.DataFrame) -> "pd.Series[bool]":
    return (part["lowest_nc_year"] == FIRST_UPPER) & (part["highest_nc_year"] >= 11)


def _members(package: str, part: pd.DataFrame) -> pd.DataFrame:
    """Return what happens at each school of a pyramid, and its steps (years after T, youngest, oldest)."""
    lower, middle, upper = _lower(part), _middle(part), _upper(part)
    rows = part[lower | middle | upper]
    kind = np.where(middle[rows.index], "closure", "age_range")
    kept = int(rows.loc[lower[rows.index], "highest_nc_year"].max()) + 1
    first = rows["lowest_nc_year"].to_numpy()
    last = rows["highest_nc_year"].to_numpy()
    spans = [
        (int(low), int(high)) if shut else ((0, LAST_PRIMARY) if low == 0 else (FIRST_SECONDARY, int(high)))
        for low, high, shut in zip(first, last, kind == "closure", strict=True)
    ]
    places = np.where(kind == "closure", 0, np.minimum(rows["pan"], 400))
    new = [
        range(int(high) + 1, LAST_PRIMARY + 1) if low == 0 else range(FIRST_SECONDARY, int(low))
        for low, high in zip(first, last, strict=True)
    ]
    pounds = [
        0.0 if shut else cost_of(n, years.start, years.stop - 1, EXPANSION)
        for n, years, shut in zip(places, new, kind == "closure", strict=True)
    ]
    steps = [_steps(str(k), int(low), int(high), kept) for k, low, high in zip(kind, first, last, strict=True)]
    columns = ["urn", "phase", "easting", "northing", "ofsted", "provider", "pyramid"]
    given = {"kind": kind, "nc_years": spans, "places_per_year": places, "capital_pounds": pounds, "steps": steps}
    return pd.concat([rows[columns], pd.DataFrame(given, index=rows.index)], axis=1).assign(package=package)


def _steps(kind: str, first: int, last: int, kept: int) -> list[tuple[int, str, str]]:
    """Return the phase plan of one school: (years after T, youngest, oldest), blank where nobody is taught."""
    if kind == "closure":
        run_out = [(after, str(first + 1 + after), str(last)) for after in range(last - first)]
        return [*run_out, (last - first, "", "")]
    if first == 0:
        return [(after, "R", str(last + 1 + after)) for after in range(LAST_PRIMARY - last)]
    waits = FIRST_SECONDARY - kept
    return [(after, str(first), str(last)) for after in range(waits)] + [(waits, str(FIRST_SECONDARY), str(last))]


def _partners(rows: pd.DataFrame, here: pd.DataFrame) -> np.ndarray:
    """Return a good partner for each weak or ungraded school that gains places: in its pyramid, else the nearest."""
    good = here[here["ofsted"].isin(GOOD)]
    weak = (~rows["ofsted"].isin(GOOD) & (rows["kind"] == "age_range")).to_numpy()
    if good.empty:
        return np.full(len(rows), "", dtype=object)
    away = np.hypot(
        rows["easting"].to_numpy()[:, None] - good["easting"].to_numpy(),
        rows["northing"].to_numpy()[:, None] - good["northing"].to_numpy(),
    )
    stranger = rows["pyramid"].to_numpy()[:, None] != good["pyramid"].to_numpy()
    nearest = good["urn"].to_numpy()[(away + 1e6 * stranger).argmin(axis=1)]
    return np.where(weak, nearest, "")

"""Zones: where the pupils on the schools' rolls live."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.domain.years import MAINSTREAM, name_of_nc_year, name_of_year
from placeplan.forecast.reconcile import shared_out
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class Residents:
    """Who lives where.

    base: zone × NC year, pupils of mainstream schools in the base year; sums over zones are the rolls exactly.
    by_area: planning area × academic year × NC year, children of the census years without a gap, the latest last.
    areas: names of the planning areas, in order.  area_of_zone: position in `areas`, one a zone.
    """

    base: Number
    by_area: Number
    areas: tuple[str, ...]
    area_of_zone: np.ndarray
    notes: tuple[str, ...]


def residents(scenario: Scenario, rolls: Number) -> Residents:
    """Share the rolls of the base year among the zones, as the children of each year group live.

    rolls: NC year, pupils of mainstream schools in the base year.
    The shares come from the children table: the base year, or the last year before it, or the first that there is.
    A year group without children in the table takes the shares of all year groups together (a note says so).
    Raises ScenarioProblems for an unknown zone, for a planning area of which the table knows nothing, and where nobody
    lives anywhere.
    """
    zones = scenario.zones["zone"].astype(str).to_numpy()
    known = position(scenario, "children", "zone", zones)
    children = scenario.table("children").assign(position=known)
    areas, area_of_zone = np.unique(scenario.zones["planning_area"].astype(str).to_numpy(), return_inverse=True)
    _refuse_areas_without_history(areas, area_of_zone, children)
    year = _year_of_shares(children["academic_year"], scenario.settings.base_year)
    living = by_zone_and_group(children[children["academic_year"] == year], len(zones))
    if not living.any() and rolls.any():
        wrong = f"No child is given in any zone in {name_of_year(year)}, so nobody can say where the pupils live."
        raise ScenarioProblems([Problem("children", None, "pupils", wrong, "Give the children of that year by zone.")])
    nobody = (living.sum(axis=0) == 0) & (rolls > 0)
    shares = np.where(nobody, living.sum(axis=1, keepdims=True), living)
    notes = _told(year, scenario.settings.base_year, nobody, zones[np.bincount(known, minlength=len(zones)) == 0])
    by_area = _by_area(children, year, areas, area_of_zone)
    return Residents(shared_out(rolls, shares), by_area, tuple(areas), area_of_zone, notes)


def position(scenario: Scenario, table: str, column: str, names: np.ndarray) -> np.ndarray:
    """Return the position of each row's zone in the order of the zones.

    Raises ScenarioProblems for every name that is no zone of the scenario.
    """
    given = scenario.table(table)[column].astype(str)
    found = pd.Index(names).get_indexer(pd.Index(given))
    if (found < 0).any():
        unknown = sorted(set(given[found < 0]))
        raise ScenarioProblems(
            [
                Problem(table, None, column, f'"{name}" is not a zone.', "Use a code of the zones layer.")
                for name in unknown
            ]
        )
    return np.asarray(found)


def by_zone_and_group(rows: pd.DataFrame, zones: int) -> Number:
    """Sum pupils to zone × NC year, Reception to Year 13. rows: position (of the zone), nc_year, pupils."""
    inside = rows[rows["nc_year"].isin(MAINSTREAM)].sort_values(["position", "nc_year", "pupils"], kind="stable")
    cell = inside["position"].to_numpy() * len(MAINSTREAM) + inside["nc_year"].to_numpy(dtype=int)
    summed = np.bincount(cell, weights=inside["pupils"].to_numpy(dtype=float), minlength=zones * len(MAINSTREAM))
    return summed.reshape(zones, len(MAINSTREAM)).astype(float)


def _refuse_areas_without_history(areas: np.ndarray, area_of_zone: np.ndarray, children: pd.DataFrame) -> None:
    """Raise ScenarioProblems for a planning area none of whose zones has a row."""
    rows = np.bincount(area_of_zone[children["position"].to_numpy()], minlength=len(areas))
    if (rows == 0).any():
        wrong = "Planning area {} has no children in any year: nothing can be forecast from nothing."
        remedy = "Give its zones' children; write 0 where nobody lives."
        raise ScenarioProblems(
            [Problem("children", None, "zone", wrong.format(area), remedy) for area in areas[rows == 0]]
        )


def _year_of_shares(years: pd.Series, base_year: int) -> int:
    """Return the base year if it is given, else the last year before it, else the first after it."""
    before = years[years <= base_year]
    return int(before.max()) if len(before) else int(years.min())


def _by_area(children: pd.DataFrame, last: int, areas: np.ndarray, area_of_zone: np.ndarray) -> Number:
    """Sum children to planning area × academic year × NC year, for the years up to the last without a gap."""
    given = set(children["academic_year"])
    years = [last]
    while years[0] - 1 in given:
        years.insert(0, years[0] - 1)
    member = np.eye(len(areas))[area_of_zone].T
    of_year = [by_zone_and_group(children[children["academic_year"] == year], len(area_of_zone)) for year in years]
    return np.stack([member @ living for living in of_year], axis=1)


def _told(year: int, base_year: int, nobody: np.ndarray, silent_zones: np.ndarray) -> tuple[str, ...]:
    """Say where the shares of the zones come from and what was missing."""
    special = (
        "Rolls are of mainstream schools only: children with a place in a special school are outside the forecast of"
        " mainstream places and are counted under specialist places."
    )
    notes = [special]
    if year != base_year:
        notes.append(
            f"Where children live is known for {name_of_year(year)}; those shares are used for {name_of_year(base_year)}."
        )
    if nobody.any():
        groups = ", ".join(name_of_nc_year(int(nc)) for nc in np.flatnonzero(nobody))
        notes.append(
            f"Year groups {groups} have pupils but no children by zone: all year groups' shares are used for them."
        )
    if len(silent_zones):
        notes.append(f"Taken to have no children, for none are given: {', '.join(silent_zones)}.")
    return tuple(notes)

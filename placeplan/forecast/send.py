"""Specialist places: children with an EHCP who need one, by zone and primary need."""

import numpy as np

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM, name_of_year
from placeplan.forecast.zones import position
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.scenario import Scenario

MIX = "specialist.mix."


def specialist(scenario: Scenario, central: Number) -> tuple[tuple[str, ...], Number, tuple[str, ...]]:
    """Return the primary needs, zone × need × year of children who need a specialist place, and what to say.

    central: zone × year × NC year of the forecast.
    Where needs are given, their planned years are used as they stand; a year without any is the latest before it,
    growing by specialist.growth a year. Where none are given, specialist.rate of the children (growing alike) is spread
    over the usual mix of needs. Reception to Year 13.
    Raises ScenarioProblems for a zone that isn't known.
    """
    if scenario.table("needs").empty:
        return _from_rate(scenario, central)
    zones = scenario.zones["zone"].astype(str).to_numpy()
    rows = scenario.table("needs")
    rows = rows.assign(position=position(scenario, "needs", "zone", zones))
    rows = rows[rows["nc_year"].isin(MAINSTREAM)].sort_values(
        ["academic_year", "position", "need", "nc_year"], kind="stable"
    )
    given, year = np.unique(rows["academic_year"].to_numpy(dtype=int), return_inverse=True)
    needs, need = np.unique(rows["need"].to_numpy(dtype=str), return_inverse=True)
    table = np.zeros((len(zones), len(needs), len(given)))
    np.add.at(table, (rows["position"].to_numpy(), need, year), rows["pupils"].to_numpy(dtype=float))
    planned = np.array(scenario.planned_years)
    latest = np.maximum(np.searchsorted(given, planned, side="right") - 1, 0)
    growth = (1 + scenario.assume("specialist.growth")) ** (planned - given[latest])
    told = (
        f"Children who need a specialist place are given up to {name_of_year(int(given[-1]))}; in later years their number"
        f" grows by {scenario.assume('specialist.growth'):.1%} a year."
    )
    return tuple(needs.tolist()), table[:, :, latest] * growth, (told,)


def _from_rate(scenario: Scenario, central: Number) -> tuple[tuple[str, ...], Number, tuple[str, ...]]:
    """Spread a rate over the usual mix. At sixteen and over as many children are counted as there are in Year 11."""
    needs = tuple(name.removeprefix(MIX) for name in DEFAULTS if name.startswith(MIX))
    mix = np.array([scenario.assume(MIX + need) for need in needs])
    children = central[:, :, :12].sum(axis=2) + 2 * central[:, :, 11]
    years = np.arange(1, children.shape[1] + 1)
    rate = scenario.assume("specialist.rate") * (1 + scenario.assume("specialist.growth")) ** years
    told = (
        f"No needs are given: {scenario.assume('specialist.rate'):.1%} of children are taken to need a specialist place,"
        f" growing by {scenario.assume('specialist.growth'):.0%} a year, in the usual mix of primary needs."
    )
    return needs, mix[None, :, None] * (rate * children)[:, None, :], (told,)

"""Cross-border flow: pupils who come in from other authorities, less those who live here and learn elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.domain.years import MAINSTREAM, name_of_nc_year, name_of_year
from placeplan.forecast.value import Forecast
from placeplan.scenario.scenario import Scenario


@dataclass(frozen=True)
class CrossBorder:
    """Net flow into the authority's schools, by year group.

    rates: NC year, net flow for one pupil on roll, above 0 where more come in; NaN where no residents are given.
    net: planned year × NC year, pupils, the rates held; NaN likewise.  rolls: the same axes, the forecast.
    """

    years: tuple[int, ...]
    rates: Number
    net: Number
    rolls: Number
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return academic_year, nc_year, pupils_on_roll, net_flow, residents; year groups without a rate are left out."""
        year, nc = (axis.ravel() for axis in np.indices(self.net.shape))
        table = pd.DataFrame(
            {
                "academic_year": [name_of_year(self.years[y]) for y in year],
                "nc_year": [name_of_nc_year(int(n)) for n in nc],
                "pupils_on_roll": self.rolls.ravel(),
                "net_flow": self.net.ravel(),
                "residents": (self.rolls - self.net).ravel(),
            }
        )
        return table[table["net_flow"].notna()].reset_index(drop=True)


def cross_border(scenario: Scenario, forecast: Forecast) -> CrossBorder:
    """Return the net flow by planned year and year group, where authority_pupils gives residents beside pupils.

    The rate is pooled over the latest years that have both, none after the base year, with the weights of survival:
    Σ weight × (pupils − residents) ÷ Σ weight × pupils. It is held: neighbours' plans aren't known.
    The forecast itself isn't changed: it counts pupils on roll, and its ratios hold the flow already.
    """
    table = scenario.table("authority_pupils")
    rolls = forecast.central.sum(axis=0)
    if "residents" not in table.columns or not table["residents"].notna().any():
        unknown = np.full(rolls.shape, np.nan)
        told = (
            "Flows across the authority's border are not told: no residents stand beside the pupils (authority_pupils.csv,"
            " column residents). The ratios hold today's flow, and it is taken to go on."
        )
        return CrossBorder(forecast.years, unknown[0], unknown, rolls, (told,))
    weights = scenario.settings.forecast.survival_weights
    rates = _rates(table[table["academic_year"] <= scenario.settings.base_year], weights)
    return CrossBorder(forecast.years, rates, rates * rolls, rolls, _told(rates, rolls[0]))


def _rates(table: pd.DataFrame, weights: Sequence[float]) -> Number:
    """Return net flow for one pupil, NC year; NaN where nothing is given or nobody is on roll."""
    rows = table[table["residents"].notna() & table["nc_year"].isin(MAINSTREAM)].sort_values(
        ["nc_year", "academic_year"], kind="stable"
    )
    latest = rows.groupby("nc_year").cumcount(ascending=False).to_numpy()  # 0 is the latest year that has both
    used = rows[latest < len(weights)]
    weight = np.asarray(weights, dtype=float)[::-1][latest[latest < len(weights)]]
    net, pupils = np.zeros((2, len(MAINSTREAM)))
    nc = used["nc_year"].to_numpy(dtype=int)
    np.add.at(net, nc, weight * (used["pupils"] - used["residents"]).to_numpy(dtype=float))
    np.add.at(pupils, nc, weight * used["pupils"].to_numpy(dtype=float))
    rates: Number = np.divide(net, pupils, out=np.full(len(MAINSTREAM), np.nan), where=pupils > 0)
    return rates


def _told(rates: Number, rolls: Number) -> tuple[str, ...]:
    """Say what the flow is, by stage of education, and that it is held."""
    said = []
    for name, part in (
        ("Reception to Year 6", slice(7)),
        ("Years 7 to 11", slice(7, 12)),
        ("the sixth form", slice(12, 14)),
    ):
        known = ~np.isnan(rates[part])
        whole = rolls[part][known].sum()
        if whole > 0:
            said.append(f"{(rates[part][known] @ rolls[part][known]) / whole:+.1%} of the roll in {name}")
    if not said:
        return (
            "Residents are given for no year group with pupils up to the base year: flows across the border are not told.",
        )
    told = (
        f"Net flow across the authority's border: {'; '.join(said)} (+ comes in). Today's rates are held in every planned"
        " year; they stand in the forecast already and are not added to it."
    )
    return (told,)

"""Trained: what England's authorities teach, for an authority that is alone: dated by origin, small, with its source.

The three tables beside this file are made by `python -m placeplan.forecast.train DATA`. They are read by the rule of a
back-test: at an origin nothing dated after it counts.
"""

from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.forecast.pooled.drift import Drift, Lesson
from placeplan.forecast.pooled.intervals import PHASES, Widths
from placeplan.forecast.pooled.nation import Nation
from placeplan.forecast.pooled.panel import Panel
from placeplan.forecast.pooled.project import projected, ratios

NATION, DRIFT, WIDTHS = "england_nation.csv", "england_drift.csv", "england_widths.csv"
SLOPES = ("constant", "ln_roll", "ln_variability", "london")


@cache
def england() -> Nation:
    """Return pupils and births of England's authorities with complete series, by year."""
    rows = _table(NATION)
    pupils = rows[rows["what"] == "pupils"].pivot_table(index="year", columns="nc_year", values="number").sort_index()
    births = rows[rows["what"] == "births"].set_index("year")["number"].sort_index()
    london = float(rows.loc[rows["what"] == "london", "number"].iloc[0])
    return Nation(
        int(pupils.index[0]), pupils.to_numpy(dtype=float), int(births.index[0]), births.to_numpy(dtype=float), london
    )


def lessons(origin: int) -> Drift:
    """Return the drift as it could be learned by an origin; that of the last origin known for a later one, none before."""
    rows = _of_origin(_table(DRIFT), origin)
    return {
        (str(block), int(str(lead))): Lesson(
            tuple(part["feature"]),
            *(part[name].to_numpy(dtype=float) for name in ("coefficient", "scale", "centre")),
        )
        for (block, lead), part in rows.groupby(["block", "lead"], sort=False)
    }


def widths_of(origin: int) -> Widths | None:
    """Return the widths of intervals as they could be learned by an origin; None before the first."""
    rows = _of_origin(_table(WIDTHS), origin).set_index("phase").reindex(list(PHASES))
    if rows["constant"].isna().any():
        return None
    return Widths(rows[list(SLOPES)].to_numpy(dtype=float), rows[["score_80", "score_95"]].to_numpy(dtype=float))


def known_origins() -> tuple[int, int]:
    """Return the first and last origin that the tables know."""
    origins = _table(DRIFT)["origin"]
    return int(origins.min()), int(origins.max())


def from_england(target: Panel, horizon: int) -> Number:
    """Forecast authorities with what all of England taught by their last census: authority × year ahead × NC year."""
    return projected(target, ratios(target, england(), lessons(target.last), horizon))


def _of_origin(rows: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Return the rows of the latest origin that isn't after the one asked for."""
    known = rows[rows["origin"] <= origin]
    return known[known["origin"] == known["origin"].max()] if len(known) else known


@cache
def _table(name: str) -> pd.DataFrame:
    """Read one of the tables."""
    with resources.files("placeplan.forecast.pooled").joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file, comment="#")


def lone(rolls: Number, first: int, births: Number, first_birth: int, *, london: bool) -> Panel:
    """Return a panel of one authority. rolls: census year × NC year.  births: by year."""
    return Panel(("the authority",), first, rolls[None], first_birth, births[None], np.array([london]))

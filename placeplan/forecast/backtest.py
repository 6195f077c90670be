"""Back-test: forecasts made at earlier origins, with nothing known after them, against what came."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, YesNo
from placeplan.domain.progress import Progress, silent
from placeplan.domain.years import name_of_year
from placeplan.forecast.plain import plain_survival
from placeplan.forecast.pooled.intervals import PHASES, SHOCK_ALLOWANCE, Record, about, errors_of, widths
from placeplan.forecast.pooled.nation import nation_of
from placeplan.forecast.pooled.panel import Panel
from placeplan.forecast.pooled.parts import parts_of
from placeplan.forecast.pooled.project import from_others
from placeplan.forecast.pooled.read import read_panel, table, whole_years
from placeplan.forecast.pooled.trained import from_england, widths_of

FOLDS = 5  # an authority is forecast with what the other four fifths teach, so none has taught its own forecast
ENOUGH_OTHERS = 20  # authorities; fewer teach little, so England's published lessons are taken
FIRST_JUDGED = 3  # censuses before the first origin that is judged: plain survival needs three ratios
FARTHEST = 5  # years ahead
OWN_COLUMNS = ("la_code", "target_academic_year", "years_ahead", "phase", "signed_error")


@dataclass(frozen=True)
class Backtest:
    """What came of it. cases: one row an authority, origin, horizon and phase, errors in per cent (+ is too high).

    rows: one a phase and horizon.  own: one a target year, phase and horizon for which authorities' own errors are known.
    """

    cases: pd.DataFrame
    rows: pd.DataFrame
    own: pd.DataFrame
    notes: tuple[str, ...]


def backtest(pupils: Path, births: Path, own_errors: Path | None = None, *, progress: Progress = silent) -> Backtest:
    """Forecast from every origin and compare with what came, with plain survival and with authorities' own forecasts.

    Authorities are cut into five folds: each is forecast with the nation, the drift and the widths that the other folds
    teach. Of fewer than 20 authorities England's published lessons are taken, dated by origin like everything else.
    Raises ScenarioProblems for files that can't be used.
    """
    read = read_panel(pupils, births)
    cases = _cases(read.panel, progress)
    notes = read.notes
    if len(read.panel.names) < ENOUGH_OTHERS:
        notes = (*notes, f"Fewer than {ENOUGH_OTHERS} authorities: the lessons of England as a whole are taken.")
    own = _own(own_errors)
    keys = ["authority", "target", "horizon", "phase"]
    rows = summed(cases.merge(own, on=keys, how="left"), ["phase", "horizon"])
    return Backtest(cases, rows, summed(cases.merge(own, on=keys), ["target", "phase", "horizon"]), notes)


def all_errors(panel: Panel, farthest: int, progress: Progress = silent) -> list[Record]:
    """Return the errors of every origin and lead of which the truth is known, each authority forecast unseen."""
    return [record for one in _origins(panel, farthest, progress) for record in one.records]


@dataclass(frozen=True)
class _Origin:
    """One origin: what was known, what was forecast (authority × year ahead × NC year) and how wrong it turned out."""

    year: int
    known: Panel
    told: Number
    usual: Number
    records: list[Record]


def _origins(panel: Panel, farthest: int, progress: Progress) -> list[_Origin]:
    """Forecast from every origin; from the first there is no change to learn from."""
    found = []
    origins = range(panel.first + 1, panel.last)
    for done, origin in enumerate(origins):
        progress(f"Forecasting from {name_of_year(origin)}", done / len(origins))
        known = panel.until(origin)
        told, usual = _unseen(known), about(parts_of(known, nation_of(known)))
        leads = range(1, min(farthest, panel.last - origin) + 1)
        records = [Record(origin, lead, errors_of(told, panel, origin, lead), usual) for lead in leads]
        found.append(_Origin(origin, known, told, usual, records))
    return found


def _cases(panel: Panel, progress: Progress) -> pd.DataFrame:
    """Return one row an authority, origin, horizon and phase."""
    origins = _origins(panel, FARTHEST, progress)
    records = [record for origin in origins for record in origin.records]
    judged = []
    for origin in origins[FIRST_JUDGED - 1 :]:
        plain = plain_survival(origin.known, FARTHEST)
        halves = _halves(origin.known, records, origin.usual, origin.year)
        for record in origin.records:
            half = halves[:, :, :, record.lead - 1]
            judged.append(_judged(panel, record, errors_of(plain, panel, origin.year, record.lead), half))
    return pd.concat(judged, ignore_index=True)


def _folds(panel: Panel) -> list[YesNo]:
    """Return for each fold which authorities are in it; one fold with everybody where there are few."""
    count = len(panel.names)
    if count < ENOUGH_OTHERS:
        return [np.ones(count, dtype=bool)]
    return [np.arange(count) % FOLDS == fold for fold in range(FOLDS)]


def _unseen(panel: Panel) -> Number:
    """Return forecasts of every authority, authority × year ahead × NC year, learned from others alone."""
    told = np.empty((len(panel.names), FARTHEST, panel.rolls.shape[2]))
    for fold in _folds(panel):
        target = panel.only(fold)
        told[fold] = from_england(target, FARTHEST) if fold.all() else from_others(target, panel.only(~fold), FARTHEST)
    return told


def _halves(panel: Panel, records: list[Record], usual: Number, origin: int) -> Number:
    """Return authority × phase × level × lead, half the width of an interval in logarithms; NaN where nothing is known.

    The errors are those of other folds that had come to light by the origin; of few authorities those of England.
    """
    halves = np.full((len(panel.names), len(PHASES), 2, FARTHEST), np.nan)
    for fold in _folds(panel):
        taught = [Record(r.origin, r.lead, r.errors[~fold], r.about[~fold]) for r in records]
        learned = widths_of(origin) if fold.all() else widths(taught, origin)
        if learned is not None:
            halves[fold] = np.stack([learned.half(usual[fold], lead) for lead in range(1, FARTHEST + 1)], axis=-1)
    return halves


def _judged(panel: Panel, record: Record, baseline: Number, half: Number) -> pd.DataFrame:
    """Return the cases of one origin and lead. baseline: authority × phase, errors of plain survival.

    half: authority × phase × level.
    """
    rows = []
    for i, (phase, groups) in enumerate(PHASES.items()):
        error = record.errors[:, i]
        rows.append(
            pd.DataFrame(
                {
                    "authority": panel.names,
                    "origin": record.origin,
                    "target": record.came,
                    "horizon": record.lead,
                    "phase": phase,
                    "roll": panel.rolls[:, record.came - panel.first, groups].sum(axis=1),
                    "error": 100 * np.expm1(error),
                    "baseline_error": 100 * np.expm1(baseline[:, i]),
                    "inside_80": _inside(error, half[:, i, 0]),
                    "inside_95": _inside(error, half[:, i, 1]),
                    "allowing_80": _inside(error, half[:, i, 0] * SHOCK_ALLOWANCE[0]),
                    "allowing_95": _inside(error, half[:, i, 1] * SHOCK_ALLOWANCE[1]),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _inside(error: Number, half: Number) -> Number:
    """Return 1 where an interval held the truth, 0 where it didn't, NaN where there was none."""
    return np.where(np.isnan(half), np.nan, (np.abs(error) <= half).astype(float))


def _own(path: Path | None) -> pd.DataFrame:
    """Return authority, target, horizon, phase, own_error in per cent; no row without a file."""
    if path is None:
        kinds = {"authority": str, "target": int, "horizon": int, "phase": str, "own_error": float}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    rows = table(path, OWN_COLUMNS)
    return pd.DataFrame(
        {
            "authority": rows["la_code"],
            "target": whole_years(path, rows, "target_academic_year"),
            "horizon": pd.to_numeric(rows["years_ahead"], errors="coerce"),
            "phase": rows["phase"].str.lower(),
            "own_error": 100 * pd.to_numeric(rows["signed_error"], errors="coerce"),
        }
    ).dropna()


def summed(cases: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return mape, median_ape, bias, baseline_mape, own_mape (per cent), coverage_80, coverage_95 (shares), n.

    coverage_80_allowing, coverage_95_allowing: with the allowance for a national shock, which hindsight taught.
    """
    size = cases.assign(
        ape=cases["error"].abs(), baseline=cases["baseline_error"].abs(), own=cases["own_error"].abs()
    ).groupby(keys, as_index=False)
    return size.agg(
        mape=("ape", "mean"), median_ape=("ape", "median"), bias=("error", "mean"), baseline_mape=("baseline", "mean"),
        own_mape=("own", "mean"), coverage_80=("inside_80", "mean"), coverage_95=("inside_95", "mean"),
        coverage_80_allowing=("allowing_80", "mean"), coverage_95_allowing=("allowing_95", "mean"), n=("ape", "size"),
    )  # fmt: skip

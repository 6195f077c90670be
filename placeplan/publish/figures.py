"""The figures that a paper quotes, each with the rows it is the sum or count of, so that anybody can work it out again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_checks import gaps
from placeplan.domain.arrays import YesNo
from placeplan.domain.years import nc_year

FIGURES = "appraisal/figures.csv"
OPTIONS, SHORTFALL, PRINCIPLES = "plan/options.csv", "plan/shortfall.csv", "appraisal/principles.csv"
PROGRAMME, EACH_FUTURE = "appraisal/programme.csv", "appraisal/each_future.csv"
BEYOND = "appraisal/beyond.csv"
LAST_COMPULSORY = 11
TOLERANCE = 1e-6  # of a published figure, relative to its size above 1
CLOSE = 1e-4  # of a gap, a ratio of small differences of published figures


@dataclass(frozen=True, slots=True)
class Derived:
    """One figure worked out. path, column: what it is made of.  rows: which of them.  how: in words."""

    figure: str
    value: float
    unit: str
    path: str
    column: str
    rows: YesNo
    how: str


def derive(tables: Mapping[str, pd.DataFrame], run: Mapping[str, object]) -> list[Derived]:
    """Return every figure that published tables and run.json allow, in the order of the list."""
    told = []
    for figure, (path, of) in _WAYS.items():
        table = tables.get(path)
        found = None if table is None else of(table, run)
        if found is not None:
            told.append(Derived(figure, found.value, found.unit, path, found.column, found.rows, found.how))
    return told


def figures_table(tables: Mapping[str, pd.DataFrame], run: Mapping[str, object]) -> pd.DataFrame:
    """Return figure, value, unit, table, rows, how: one row a figure that the paper quotes."""
    rows = [(d.figure, d.value, d.unit, d.path, int(d.rows.sum()), d.how) for d in derive(tables, run)]
    frame = pd.DataFrame(rows, columns=["figure", "value", "unit", "table", "rows", "how"])
    return frame.astype({"value": float, "rows": "int64", **dict.fromkeys(("figure", "unit", "table", "how"), object)})


def is_chosen(options: pd.DataFrame) -> YesNo:
    """Return which options the plan opens: those whose cell says when."""
    opens: YesNo = options["opens"].astype(str).str.match(r"\d{4}/\d\d$").to_numpy(dtype=bool)
    return opens


def is_refused(options: pd.DataFrame) -> YesNo:
    """Return which options could not be considered, for a reason that their row gives."""
    refused: YesNo = options["reason"].astype(str).str.startswith("refused:").to_numpy(dtype=bool)
    return refused


def quoted_figures(tables: Mapping[str, pd.DataFrame], run: Mapping[str, object]) -> Iterator[tuple[str, float, float]]:
    """Yield each figure of figures.csv: its name, as told, as worked out again (unknown where nothing allows it)."""
    derived = {d.figure: d.value for d in derive(tables, run)}
    table = tables.get(FIGURES)
    if table is not None:
        for name, value in zip(table["figure"].tolist(), table["value"].tolist(), strict=True):
            yield str(name), float(value), derived.get(str(name), np.nan)


def agree(told: float, counted: float, slack: float = TOLERANCE) -> bool:
    """Return whether two figures are the same to the last published digit; unknown on both sides is the same."""
    if np.isnan(told) or np.isnan(counted):
        return bool(np.isnan(told) and np.isnan(counted))
    return abs(told - counted) <= slack * max(1.0, abs(counted))


@dataclass(frozen=True, slots=True)
class _Found:
    value: float
    unit: str
    column: str
    rows: YesNo
    how: str


def _count(rows: YesNo, unit: str, how: str) -> _Found:
    return _Found(float(rows.sum()), unit, "", rows, how)


def _sum(table: pd.DataFrame, column: str, rows: YesNo, unit: str, how: str) -> _Found:
    return _Found(float(table.loc[rows, column].sum()), unit, column, rows, how)


def _options(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    return _count(np.ones(len(table), dtype=bool), "options", "count of all rows")


def _chosen(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    return _count(is_chosen(table), "options", "count of the rows that say when the option opens")


def _refused(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    return _count(is_refused(table), "options", "count of the rows whose reason begins with refused")


def _not_chosen(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    rows = ~is_chosen(table) & ~is_refused(table)
    return _count(rows, "options", "count of the rows that are neither chosen nor refused")


def _capital(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    return _sum(table, "capital_pounds", is_chosen(table), "£", "sum of capital_pounds over the options chosen")


def _shortfall(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    rows = table["nc_year"].map(nc_year).to_numpy(dtype=float) <= LAST_COMPULSORY
    return _sum(table, "children", rows, "child-years", "sum of children over Reception to Year 11")


def _shortfall_post_16(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    rows = table["nc_year"].map(nc_year).to_numpy(dtype=float) > LAST_COMPULSORY
    return _sum(table, "children", rows, "child-years", "sum of children over Years 12 and 13")


def _objective(table: pd.DataFrame, run: Mapping[str, object]) -> _Found | None:
    cost = run.get("cost_contribution")
    if not isinstance(cost, int | float):
        return None
    rows = np.ones(len(table), dtype=bool)
    how = "sum of contribution over the principles, and cost_contribution of run.json"
    return _Found(float(table["contribution"].sum()) + cost, "no unit", "contribution", rows, how)


def _gap(which: int) -> Callable[[pd.DataFrame, Mapping[str, object]], _Found | None]:
    """Return how the gap (0) or the controllable gap (1) is worked out from the objective and the bound."""

    def of(table: pd.DataFrame, run: Mapping[str, object]) -> _Found | None:
        objective, bound, before = _objective(table, run), run.get("bound"), run.get("do_minimum")
        minimum = before.get("objective") if isinstance(before, Mapping) else None
        if objective is None or not isinstance(bound, int | float) or not isinstance(minimum, int | float):
            return None
        how = ("(objective − bound) ÷ objective", "(objective − bound) ÷ what the plan gains on the do-minimum")[which]
        return _Found(gaps(objective.value, bound, minimum)[which], "share", "contribution", objective.rows, how)

    return of


def _tasks(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found:
    return _count(np.ones(len(table), dtype=bool), "tasks", "count of all rows")


def _futures(which: int) -> Callable[[pd.DataFrame, Mapping[str, object]], _Found | None]:
    """Return how the futures tried are counted (0), or those in which the plan, of which the first row tells, is first."""

    def of(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found | None:
        if not len(table):
            return None
        rows = (table["plan"] == table["plan"].iloc[0]).to_numpy(dtype=bool)
        if not which:
            return _count(rows, "futures", "count of the rows of the plan")
        first = rows & (table["first"] == 1).to_numpy(dtype=bool)
        return _count(first, "futures", "count of the rows in which the plan is first")

    return of


def _horizons(which: int) -> Callable[[pd.DataFrame, Mapping[str, object]], _Found | None]:
    """Return how the longer horizons are counted (0), or those over which the plan, of which the first row tells, is first."""

    def of(table: pd.DataFrame, _run: Mapping[str, object]) -> _Found | None:
        if not len(table):
            return None
        plan, planned = table["plan"].iloc[0], table["horizon_years"].iloc[0]
        rows = ((table["plan"] == plan) & (table["horizon_years"] > planned)).to_numpy(dtype=bool)
        if not which:
            return _count(rows, "horizons", "count of the rows of the plan over more than the planned years")
        first = rows & (table["first"] == 1).to_numpy(dtype=bool)
        return _count(
            first, "horizons", "count of the rows over more than the planned years in which the plan is first"
        )

    return of


_WAYS: Mapping[str, tuple[str, Callable[[pd.DataFrame, Mapping[str, object]], _Found | None]]] = {
    "options": (OPTIONS, _options),
    "options_chosen": (OPTIONS, _chosen),
    "options_not_chosen": (OPTIONS, _not_chosen),
    "options_refused": (OPTIONS, _refused),
    "capital_pounds": (OPTIONS, _capital),
    "shortfall": (SHORTFALL, _shortfall),
    "shortfall_post_16": (SHORTFALL, _shortfall_post_16),
    "objective": (PRINCIPLES, _objective),
    "gap": (PRINCIPLES, _gap(0)),
    "controllable_gap": (PRINCIPLES, _gap(1)),
    "programme_tasks": (PROGRAMME, _tasks),
    "futures": (EACH_FUTURE, _futures(0)),
    "futures_first": (EACH_FUTURE, _futures(1)),
    "beyond": (BEYOND, _horizons(0)),
    "beyond_first": (BEYOND, _horizons(1)),
}

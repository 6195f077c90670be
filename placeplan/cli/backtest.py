"""placeplan backtest: how good forecasts from earlier years would have been."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from placeplan.cli import screen

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = ("phase", "years ahead", "error %", "median %", "bias %", "plain %", "own %", "in 80 %", "in 95 %", "cases")


def backtest(
    pupils: Annotated[Path, typer.Option(metavar="CSV", help="Pupils: academic_year, la_code, nc_year, headcount.")],
    births: Annotated[Path, typer.Option(metavar="CSV", help="Births: gss, year_ending, births.")],
    own_errors: Annotated[
        Path | None, typer.Option("--own-errors", metavar="CSV", help="Authorities' own errors, to compare with.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="New folder for tables and charts of errors.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Let an earlier folder make way.")] = False,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Forecast from earlier years and compare with what came.   placeplan backtest --pupils pupils.csv --births births.csv"""
    from placeplan import pipeline

    with screen.progress(quiet=quiet or json) as told:
        found = pipeline.backtest(pupils, births, own_errors, out, replace=replace, progress=told)
    if json:
        screen.document({"rows": _rows(found.rows), "own": _rows(found.own), "notes": list(found.notes)})
        return
    _table(found.rows)
    for sentence in () if quiet else found.notes:
        screen.say(f"• {sentence}")
    if out is not None:
        screen.say(f"Tables and charts are in {out}.")


def _rows(table: "pd.DataFrame") -> list[dict[str, object]]:
    """Return rows for a JSON document; null where nothing is known."""
    rows = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _table(rows: "pd.DataFrame") -> None:
    """Print errors in per cent; coverage too."""
    shares = rows.assign(coverage_80=100 * rows["coverage_80"], coverage_95=100 * rows["coverage_95"])
    columns = ["phase", "horizon", "mape", "median_ape", "bias", "baseline_mape", "own_mape", "coverage_80", "coverage_95", "n"]  # fmt: skip
    cells = [
        ["–" if isinstance(cell, float) and isnan(cell) else cell for cell in row]
        for row in shares[columns].astype(object).itertuples(index=False)
    ]
    screen.show_table(HEADINGS, cells, title="Mean absolute error of a phase's total, in per cent (+ is too high)")

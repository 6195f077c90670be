"""placeplan forecast: the forecast alone, with intervals, charts and a table as in the School Capacity survey."""

import json as json_text
from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def forecast(
    scenario: Annotated[Path, typer.Argument(help="scenario folder or workbook")],
    out: Annotated[Path, typer.Option(help="new folder for the results")],
    replace: Annotated[bool, typer.Option("--replace", help="let an earlier folder make way")] = False,
    json: Annotated[bool, typer.Option("--json", help="one JSON document on standard output")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="nothing but problems")] = False,
) -> None:
    """Forecast pupils by planning area, year and year group.   placeplan forecast scenarios/demo --out out/forecast"""
    from placeplan import pipeline
    from placeplan.forecast.summary import summary

    with screen.progress(quiet=quiet or json) as progress:
        told = pipeline.forecast(scenario, out, replace=replace, progress=progress)
    table = summary(told)
    if json:
        rows = json_text.loads(table.to_json(orient="records", double_precision=6))
        document = {"out": str(out), "forecast": rows, "notes": list(told.notes)}
        typer.echo(json_text.dumps(document, ensure_ascii=False, indent=2))
    elif not quiet:
        typer.echo("Pupils of mainstream schools, expected (4 futures in 5 lie between the figures in brackets)\n")
        for row in table.to_dict("records"):
            bounds = "" if isnan(row["low_80"]) else f"  ({row['low_80']:,.0f} to {row['high_80']:,.0f})"
            typer.echo(f"{row['academic_year']}  Years {row['year_groups']:<6}{row['median']:>10,.0f}{bounds}")
        typer.echo("\n" + "\n".join(f"• {note}" for note in told.notes) + f"\n\nAll of it is in {out}.")

"""placeplan explain: why a run says what it says of one subject, in sentences with figures and a small table."""

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def explain(
    run: Annotated[Path, typer.Argument(help="Folder that placeplan run or placeplan forecast made.")],
    subject: Annotated[
        str,
        typer.Argument(
            help="An option, a package, a school, a principle, “cost”, a zone, a community, a planning area or “authority”."
        ),
    ],
    year: Annotated[
        str,
        typer.Option(metavar="YEAR", help="Planned year, as 2023/24, for what is told by year; left out: the last."),
    ] = "",
    scenario: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The scenario of the run; left out: looked for beside it and in scenarios/."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Time for each new solve of a large authority.")] = 30.0,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Say why an option is chosen or refused, what a school, zone or principle gets, and why.   placeplan explain out/demo EXP-07"""
    from placeplan import pipeline

    with screen.progress(quiet=quiet) as told_of:
        told = pipeline.explain(run, subject, year or None, scenario=scenario, seconds=seconds, progress=told_of)
    if json:
        rows = json_text.loads(told.table.to_json(orient="records", double_precision=6))
        figures = {"run": str(run), "subject": told.subject, "kind": told.kind, "title": told.title}
        screen.document(figures | {"sentences": list(told.sentences), "figures": dict(told.figures), "table": rows})
        return
    for sentence in () if quiet else told.sentences:
        screen.say(f"• {sentence}")
    if not quiet:
        screen.say("")
    screen.show_table(list(told.table.columns), told.table.to_numpy(dtype=object).tolist(), decimals=told.decimals)

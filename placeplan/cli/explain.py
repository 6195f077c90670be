"""placeplan explain: why a run says what it says of one area, in sentences with figures and a small table."""

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def explain(
    run: Annotated[Path, typer.Argument(help="Folder that placeplan run or placeplan forecast made.")],
    subject: Annotated[str, typer.Argument(help="“authority”, a planning area or a zone.")],
    year: Annotated[str, typer.Option(metavar="YEAR", help="Planned year, as 2023/24; left out: the last.")] = "",
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Say what brings an area from its pupils to those expected, adding up exactly.   placeplan explain out/demo authority"""
    from placeplan import pipeline

    told = pipeline.explain(run, subject, year or None)
    if json:
        rows = json_text.loads(told.table.to_json(orient="records", double_precision=6))
        figures = {"run": str(run), "subject": told.subject, "kind": told.kind, "title": told.title}
        screen.document(figures | {"sentences": list(told.sentences), "table": rows})
        return
    for sentence in () if quiet else told.sentences:
        screen.say(f"• {sentence}")
    if not quiet:
        screen.say("")
    screen.show_table(list(told.table.columns), told.table.to_numpy(dtype=object).tolist(), decimals=1)

"""placeplan new: a scenario folder to start from."""

from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder for the scenario.")],
    source: Annotated[
        str | None,
        typer.Option("--from", help="Copy a bundled scenario, demo or town; left out: empty tables and notes."),
    ] = None,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Make a scenario folder to start from.   placeplan new my-authority --from demo"""
    from placeplan.scenario.start import start_empty, start_from

    files = start_from(source, folder) if source else start_empty(folder)
    if json:
        screen.document({"scenario": str(folder), "from": source, "files": [file.name for file in files]})
    elif not quiet:
        what = f"a copy of {source}" if source else "empty tables; NOTES.txt says what belongs in each column"
        screen.say(f"{folder}: {what}. Next: placeplan check {folder}")

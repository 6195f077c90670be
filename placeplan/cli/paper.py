"""placeplan paper: the Executive paper of a run, as a Word document."""

from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def paper(
    run: Annotated[Path, typer.Argument(help="Run folder, as placeplan run made it.")],
    out: Annotated[Path, typer.Option(metavar="FILE.docx", help="Where the paper is written.")],
    template: Annotated[
        Path | None, typer.Option(metavar="FILE.docx", help="Your own document: its styles, headers and text are kept.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let an earlier paper at the same place make way.")
    ] = False,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Write the Executive paper of a run from its published files alone.   placeplan paper out/demo --out paper.docx"""
    from placeplan import pipeline

    written = pipeline.paper(run, out, template, replace=replace)
    if json:
        screen.document({"run": str(run), "paper": str(out), "bytes": written.stat().st_size})
        return
    screen.say(f"Written: {out}")
    screen.note(
        "A draft for consultation: fill in Table 1, confirm the recommendations, and have them checked.", quiet=quiet
    )

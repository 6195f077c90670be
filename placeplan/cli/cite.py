"""placeplan cite: where a published figure comes from, worked out again."""

from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def cite(
    run: Annotated[Path, typer.Argument(help="Run folder, as placeplan run made it.")],
    id: Annotated[str, typer.Argument(metavar="ID", help="Citation, as the paper prints it in square brackets.")],  # noqa: A002  (the name of the argument is part of the interface)
    json: screen.Json = False,
    quiet: screen.Quiet = False,  # noqa: ARG001  (every verb takes it)
) -> None:
    """Say where a published figure comes from, and work it out again.   placeplan cite out/demo a1b2c3:options:EXP-07"""
    from placeplan import pipeline

    found = pipeline.cite(run, id)
    if json:
        screen.document(
            {
                "id": found.id,
                "file": found.file,
                "row": found.row,
                "values": dict(found.values),
                "derived": list(found.derived),
            }
        )
        return
    for sentence in found.sentences():
        screen.say(sentence)

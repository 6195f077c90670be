"""placeplan import england: the scenario of an authority, from national extracts."""

from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen

import_app = typer.Typer(
    name="import",
    help="Make a scenario from data that others publish.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@import_app.callback()
def sources() -> None:
    """Make a scenario from data that others publish."""


@import_app.command("england")
def england(
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder with the national extracts.")],
    la: Annotated[str, typer.Option(metavar="CODE", help="Three digits of the authority, for example 823.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder for the scenario.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over a scenario that is there already.")] = False,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Make a scenario of an English authority.   placeplan import england --data extracts --la 823 --out out/la-823"""
    from placeplan.importers.england import import_england

    with screen.progress(quiet=quiet or json) as told:
        imported = import_england(data, la, out, replace=replace, progress=told)
    rows = {name: len(table) for name, table in imported.tables.items()} | {"zones": len(imported.zones)}
    if json:
        screen.document({"scenario": str(out), "rows": rows, "notes": list(imported.notes)})
        return
    for sentence in imported.notes:
        screen.note(sentence, quiet=quiet)
    if not quiet:
        assumed = f"{rows['assumptions']} assumptions in assumptions.csv"
        screen.say(f"{out}: {imported.settings.la_name}, {assumed}. Next: placeplan check {out}")

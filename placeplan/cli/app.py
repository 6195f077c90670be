"""All verbs, each a file of its own: a new one is one import and one line here."""

from typing import Annotated

import typer

from placeplan import __version__
from placeplan.cli.backtest import backtest
from placeplan.cli.check import check
from placeplan.cli.cite import cite
from placeplan.cli.explain import explain
from placeplan.cli.forecast import forecast
from placeplan.cli.frontier import frontier
from placeplan.cli.import_england import import_app
from placeplan.cli.new import new
from placeplan.cli.paper import paper
from placeplan.cli.run import run
from placeplan.cli.verify import verify

app = typer.Typer(
    name="placeplan",
    help="Plan school places: what will be needed, where, when, and the best provable plan for it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (new, check, forecast, run, frontier, explain, verify, paper, cite, backtest):
    app.command()(verb)
app.add_typer(import_app)


def _version(asked: bool) -> None:
    """Print the version and leave."""
    if asked:
        typer.echo(f"placeplan {__version__}")
        raise typer.Exit


@app.callback()
def everything(
    _version_asked: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Plan school places: what will be needed, where, when, and the best provable plan for it."""

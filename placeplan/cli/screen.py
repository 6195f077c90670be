"""The screen: progress, problems and tables, in plain words; results on standard output, all else on standard error."""

import json as json_text
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from placeplan.domain.errors import PlaceplanError, Problem, ScenarioProblems
from placeplan.domain.progress import Progress, silent

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no notes, problems alone.")]

_UNSEEN = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), 127, *range(128, 160))}


def say(sentence: str) -> None:
    """Print a result."""
    typer.echo(plain(sentence))


def note(sentence: str, *, quiet: bool = False) -> None:
    """Print a note beside the result, on standard error; nothing when quiet."""
    if not quiet:
        typer.echo(plain(sentence), err=True)


def document(values: Mapping[str, Any]) -> None:
    """Print one JSON document on standard output."""
    typer.echo(json_text.dumps(values, ensure_ascii=False, indent=2, default=str, allow_nan=False))


def plain(text: str) -> str:
    r"""Return text that can't steer a terminal: a school's name is shown, never obeyed.

    >>> print(plain("Oak" + chr(27) + "[2J School"))
    Oak\x1b[2J School
    """
    return text.translate(_UNSEEN)


def show_error(error: PlaceplanError, *, json: bool) -> None:
    """Tell an error that placeplan raised on purpose: its problems one by one, or its sentence."""
    if isinstance(error, ScenarioProblems):
        if json:
            document({"scenario": error.scenario, **of_problems(error.problems), "ran": False})
        show_problems(error.problems, error.scenario, err=True)
        typer.echo("Nothing was run.", err=True)
        return
    if json:
        document({"error": type(error).__name__, "message": str(error)})
    typer.echo(plain(str(error)), err=True)


def show_problems(problems: Sequence[Problem], scenario: str, *, err: bool = False, quiet: bool = False) -> None:
    """Print warnings, then grave problems, then how many there are."""
    grave = [problem for problem in problems if problem.grave]
    warnings = [] if quiet else [problem for problem in problems if not problem.grave]
    for problem in warnings:
        typer.echo(plain(f"warning: {problem}"), err=err)
    for problem in grave:
        typer.echo(plain(str(problem)), err=err)
    counted = [_count(len(grave), "problem")] if grave else []
    counted += [_count(len(warnings), "warning")] if warnings else []
    if counted:
        where = f" in {scenario}" if scenario else ""
        typer.echo(plain(f"{' and '.join(counted)}{where}."), err=err)


def of_problems(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return problems as part of a JSON document: each with file, row, column, message and hint."""
    rows = [
        {"file": p.file, "row": p.row, "column": p.column, "message": p.wrong, "hint": p.remedy, "grave": p.grave}
        for p in problems
    ]
    grave = sum(problem.grave for problem in problems)
    return {"problems": rows, "grave": grave, "warnings": len(rows) - grave}


def show_table(
    headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "", decimals: int = 2
) -> None:
    """Print a table on standard output: text to the left, figures to the right, plain lines when nobody looks."""
    cells = [[plain(_figure(cell, decimals)) for cell in row] for row in rows]
    right = [bool(rows) and all(isinstance(row[n], int | float) for row in rows) for n in range(len(headings))]
    widths = [max([len(headings[n]), *(len(row[n]) for row in cells)]) for n in range(len(headings))]
    if title:
        say(title)
    for line in [list(headings), ["─" * width for width in widths], *cells]:
        parts = (cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(line, widths, right, strict=True))
        typer.echo("  ".join(parts).rstrip())


def _figure(cell: object, decimals: int) -> str:
    """Return a cell as people read it."""
    if isinstance(cell, float):
        return f"{round(cell, decimals) + 0.0:,.{decimals}f}"  # no −0.00
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Yield a progress callable that draws on standard error: a line that moves for people, plain lines for a file.

    with screen.progress(quiet=quiet) as told: pipeline.run(scenario, out, progress=told)
    """
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _moving_line() as told:
            yield told
    else:
        yield _plain_lines()


@contextmanager
def _moving_line() -> Iterator[Progress]:
    """Yield a progress callable for a terminal; its line goes when the work is done."""
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def told(sentence: str, share: float | None = None) -> None:
            bars.update(task, description=plain(sentence), total=None if share is None else 1.0, completed=share or 0.0)

        yield told


def _plain_lines() -> Progress:
    """Return a progress callable that writes each new sentence once."""
    last = ""

    def told(sentence: str, _share: float | None = None) -> None:
        nonlocal last
        if sentence != last:
            last = sentence
            typer.echo(plain(sentence), err=True)

    return told

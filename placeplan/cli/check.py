"""placeplan check: every problem of a scenario at once, each with file, row, column and what to do."""

from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import exit_codes, screen


def check(
    scenario: Annotated[Path, typer.Argument(help="Scenario folder, its scenario.toml, or a workbook.")],
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Say everything that is wrong with a scenario.   placeplan check scenarios/demo"""
    from placeplan.scenario.read import check_scenario

    problems = check_scenario(scenario)
    grave = any(problem.grave for problem in problems)
    if json:
        screen.document({"scenario": str(scenario), **screen.of_problems(problems)})
    else:
        screen.show_problems(problems, str(scenario), quiet=quiet)
        if not grave and not quiet:
            screen.say(f"{scenario} can be planned with.")
    raise typer.Exit(exit_codes.PROBLEMS if grave else exit_codes.DONE)

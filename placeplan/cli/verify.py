"""placeplan verify: recompute what a run folder says, from its files alone, without the solver."""

from pathlib import Path
from typing import Annotated

import typer

from placeplan.cli import screen


def verify(
    run: Annotated[Path, typer.Argument(help="Run folder, as placeplan run made it.")],
    scenario: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The scenario of the run: forecast, places, prices and measures are made again from it. Left out: taken as the run tells them.",
        ),
    ] = None,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Recompute hashes, feasibility, objective and bound from the files alone, without the solver.   placeplan verify out/demo"""
    from placeplan import pipeline

    verdict = pipeline.verify(run, scenario)
    if json:
        checks = [
            {"file": c.file, "rule": c.rule, "passed": c.passed, "figure": c.figure, "tolerance": c.tolerance}
            for c in verdict.checks
        ]
        figures = {
            "run": str(run), "verified": True, "largest_violation": verdict.largest_violation,
            "objective": verdict.objective, "bound": verdict.bound, "gap": verdict.gap,
            "controllable_gap": verdict.controllable_gap,
        } | verdict.told_of_proof  # fmt: skip
        screen.document(figures | {"checks": checks})
        return
    screen.say(
        f"{run} bears out what it says."
        if scenario is None
        else f"{run} bears out what it says, and follows from {scenario}."
    )
    for sentence in () if quiet else verdict.sentences():
        screen.say(f"• {sentence}")

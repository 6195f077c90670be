"""placeplan run: everything, from a scenario folder to maps, tables and a report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from placeplan.allocate.limit import NO_SHORTFALL
from placeplan.cli import exit_codes, screen


class Effort(StrEnum):
    """How hard the best plan is sought."""

    normal = "normal"
    proof = "proof"


ALIKE = 1e-6  # of a gap: the same to any digit that is printed


def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario folder, its scenario.toml, or one workbook.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder for the results.")],
    replace: Annotated[bool, typer.Option("--replace", help="Let an earlier run at the same place make way.")] = False,
    effort: Annotated[
        Effort,
        typer.Option(
            help="normal: as [solve] says; proof: twenty minutes, for a gap of 0.3 %, then up to twelve more to try the plan in other futures and over longer horizons."
        ),
    ] = Effort.normal,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Do everything: check, forecast, optimise, certify, appraise, publish.   placeplan run scenarios/demo --out out/demo"""
    from placeplan import pipeline
    from placeplan.publish.documents import left_out

    with screen.progress(quiet=quiet) as told:
        done = pipeline.run(scenario, out, replace=replace, effort=effort.value, progress=told)
    for lacking in left_out():
        screen.note(lacking, quiet=quiet)
    short = done.shortfall > NO_SHORTFALL
    if json:
        figures = {
            "out": str(out), "status": done.status, "objective": done.objective, "bound": done.bound, "gap": done.gap,
            "controllable_gap": done.controllable_gap, "certified_gap": done.certified_gap, "shortfall": done.shortfall,
            "shortfall_post_16": done.shortfall_post_16, "findings": list(done.findings),
            "exit_code": exit_codes.SHORTFALL if short else exit_codes.DONE,
        }  # fmt: skip
        screen.document(figures | screen.of_problems(done.warnings))
    else:
        screen.show_problems(done.warnings, str(scenario), err=True, quiet=quiet)
        for sentence in done.findings:
            screen.say(f"• {sentence}")
        screen.say(
            f"The plan is within {done.gap:.1%} of the best possible objective "
            f"({done.controllable_gap:.1%} of what a plan can change)."
        )
        if done.certified_gap is not None and not quiet:
            alike = done.certified_gap <= done.gap + ALIKE
            said = "That is proven without the solver too, by what placeplan verify recounts."
            proven = f"So says the solver. Proven without it, by what placeplan verify recounts: within {done.certified_gap:.1%}."
            screen.say(said if alike else proven)
        screen.say(f"Results: {out}. Begin with {out / 'report.html'}.")
    if short:
        raise typer.Exit(exit_codes.SHORTFALL)

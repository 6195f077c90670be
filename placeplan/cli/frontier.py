"""placeplan frontier: what more money buys, in efficient plans alone."""

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from placeplan.allocate.limit import NO_SHORTFALL
from placeplan.cli import exit_codes, screen


def frontier(
    scenario: Annotated[Path, typer.Argument(help="Scenario folder, its scenario.toml, or one workbook.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder for the results.")],
    solves: Annotated[
        int, typer.Option(min=2, max=200, help="Plans sought at most, each as long as [solve] says.")
    ] = 12,
    replace: Annotated[bool, typer.Option("--replace", help="Let an earlier folder make way.")] = False,
    json: screen.Json = False,
    quiet: screen.Quiet = False,
) -> None:
    """Say what more money buys: efficient plans, each with the weights of cost that choose it.   placeplan frontier scenarios/town --out out/frontier"""
    from placeplan import pipeline
    from placeplan.appraise.frontier_tables import PLANS

    with screen.progress(quiet=quiet) as told:
        found, tables = pipeline.frontier(scenario, out, solves=solves, replace=replace, progress=told)
    short = bool((tables[PLANS]["shortfall"] > NO_SHORTFALL).any())
    if json:
        rows = json_text.loads(tables[PLANS].to_json(orient="records", double_precision=10))
        screen.document(
            {
                "out": str(out), "complete": found.complete, "solves": len(found.bounds), "plans": rows,
                "exit_code": exit_codes.SHORTFALL if short else exit_codes.DONE,
            }
        )  # fmt: skip
    else:
        for row in tables[PLANS].to_dict("records"):
            taken = f"{row['decisions']} decision" + "s" * (row["decisions"] != 1)
            yours = ", yours among them" if row["yours"] == "yes" else ""
            screen.say(
                f"{row['plan']:<4}£{row['cost_pounds'] / 1e6:.2f}m, {taken}: the principles lose {row['loss']:.4f}. Best for weights "
                f"of cost from {row['from_cost_weight']:.3g} to {row['to_cost_weight']:.3g}{yours}."
            )
        if not found.complete:
            screen.say(
                f"There may be more between them: {len(found.bounds)} plans were sought, the most allowed (--solves)."
            )
        screen.say(f"Results: {out}. Begin with {out / 'frontier' / 'frontier.svg'}.")
    if short:
        raise typer.Exit(exit_codes.SHORTFALL)

"""Effort: how long and how closely a plan is sought, whatever the scenario says."""

import dataclasses

from placeplan.scenario.scenario import Scenario

NORMAL, PROOF = "normal", "proof"
PROOF_GAP, PROOF_SECONDS = 0.003, 1200.0


def with_effort(scenario: Scenario, effort: str) -> Scenario:
    """Return a scenario whose plan is sought with an effort; ValueError for one that nobody knows."""
    if effort == NORMAL:
        return scenario
    if effort != PROOF:
        message = f"effort is {NORMAL!r} or {PROOF!r}, not {effort!r}"
        raise ValueError(message)
    solve, settings = scenario.settings.solve, scenario.settings
    closer = {"gap": min(solve.gap, PROOF_GAP), "time_limit_seconds": max(solve.time_limit_seconds, PROOF_SECONDS)}
    solve = solve.model_copy(update=closer)
    return dataclasses.replace(scenario, settings=settings.model_copy(update={"solve": solve}))

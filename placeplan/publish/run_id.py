"""The id of a run: what papers, tables and maps cite it by."""

import hashlib
import json
from collections.abc import Mapping

from placeplan.scenario.scenario import Scenario


def run_id(scenario: Scenario) -> str:
    """Return what papers cite the run by: twelve signs made from what went in, tables and settings."""
    settings = scenario.settings.model_dump(
        mode="json", exclude={"publish": {"source", "licence"}}
    )  # no figure hangs on them
    told = json.dumps([dict(scenario.inputs), settings], sort_keys=True)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:12]


def run_id_of(run: Mapping[str, object]) -> str:
    """Return what a run is cited by: as run.json gives it; of an older one the hash of what went in and what came out."""
    given = run.get("run_id")
    if given:
        return str(given)
    told = [run.get(key) for key in ("inputs", "scenario", "weights", "seed", "objective")]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode("utf-8")).hexdigest()[:12]

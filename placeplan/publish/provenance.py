"""Provenance: what a run was made of and with."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

from placeplan.publish.documents import left_out
from placeplan.publish.run_id import run_id
from placeplan.scenario.scenario import Scenario

PARTS_THAT_COUNT = (
    "numpy",
    "pandas",
    "scipy",
    "pulp",
    "highspy",
    "geopandas",
    "shapely",
    "pyogrio",
    "pyproj",
    "pydantic",
)
GAP_NOTE = (
    "gap is the part of the whole objective that a better plan might still save, most of which is travel that no plan "
    "avoids; controllable_gap is the same as a part of what the plan changes against the do-minimum"
)


def provenance(scenario: Scenario) -> dict[str, object]:
    """Return what the run was made of: its id, inputs with their hashes, versions, seed, and the documents it lacks."""
    return {
        "run_id": run_id(scenario),
        "left_out": left_out(),
        "inputs": dict(scenario.inputs),
        "versions": versions(),
        "seed": scenario.settings.solve.seed,
        "small_counts_below": scenario.settings.publish.small_counts_below,
        "synthetic": scenario.settings.synthetic,
        "warnings": [str(w) for w in scenario.warnings],
    }


def versions() -> dict[str, str]:
    """Return what the figures were made with."""
    own = {"placeplan": version("placeplan"), "python": platform.python_version()}
    return own | {name: version(name) for name in PARTS_THAT_COUNT}


def made_here(run: Mapping[str, object]) -> bool:
    """Return whether this installation is the one that made a run, so that its documents can be made again byte for byte.

    run: run.json.
    """
    return run.get("versions") == versions()

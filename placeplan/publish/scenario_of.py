"""The scenario of a run: found again where it lay, and held to what the run read."""

from collections.abc import Iterator
from pathlib import Path

from placeplan.domain.errors import Problem, ScenarioProblems
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.run_id import run_id, run_id_of
from placeplan.scenario.effort import NORMAL, PROOF, with_effort
from placeplan.scenario.read import read_scenario
from placeplan.scenario.scenario import Scenario

USUAL = "scenarios"  # the folder in which scenarios lie, as a rule
ENDINGS = ("", ".xlsx")


def scenario_of(folder: RunFolder, given: Path | None = None) -> Scenario:
    """Return the scenario that a run was made from.

    given: where it lies; None: by its name in the working folder, beside the run folder and above it, or in a folder
    "scenarios" of these.
    Raises ScenarioProblems when there is none, or it isn't as the run read it.
    """
    wanted = run_id_of(folder.run)
    if given is not None:
        read = as_sought(read_scenario(given), wanted)
        if read is None:
            wrong = f"is not what run {wanted} read: a table or a setting differs."
            raise ScenarioProblems(
                [Problem(str(given), None, None, wrong, "Run it again, or name the one of the run.")]
            )
        return read
    differs = []
    for place in _places(folder):
        try:
            read = as_sought(read_scenario(place), wanted)
        except ScenarioProblems:
            differs.append(place)
            continue
        if read is not None:
            return read
        differs.append(place)
    name = str(folder.run.get("scenario", ""))
    found = f" {differs[0]} is not as the run read it." if differs else ""
    wrong = f"was made from scenario {name}, which isn't found.{found}"
    raise ScenarioProblems([Problem(str(folder.path), None, None, wrong, "Name its folder: --scenario DIR.")])


def as_sought(scenario: Scenario, wanted: str) -> Scenario | None:
    """Return the scenario with the effort of the run that has an id; None where it has none of them."""
    tries = (with_effort(scenario, effort) for effort in (NORMAL, PROOF))
    return next((one for one in tries if run_id(one) == wanted), None)


def _places(folder: RunFolder) -> Iterator[Path]:
    """Yield where a scenario of the run's name lies."""
    name = str(folder.run.get("scenario", ""))
    if not name or Path(name).name != name:
        return
    seen = set()
    for start in (Path.cwd(), folder.path.resolve().parent, *folder.path.resolve().parent.parents[:2]):
        for base in (start / USUAL, start):
            for ending in ENDINGS:
                place = base / f"{name}{ending}"
                is_one = place.is_file() if ending else (place / "scenario.toml").is_file()
                if is_one and place not in seen:
                    seen.add(place)
                    yield place

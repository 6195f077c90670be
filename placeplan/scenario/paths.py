"""Paths: where a scenario lies, and that no file of it leads out of its folder."""

import difflib
import hashlib
import re
from pathlib import Path

from placeplan.domain.errors import Problem, ScenarioProblems

SETTINGS_FILE = "scenario.toml"
WORKBOOKS = (".xlsx", ".xlsm")
_REMOTE = re.compile(r"^(/vsi|\\\\|//)|^[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_DRIVE = re.compile(r"^[a-z]:", re.IGNORECASE)


def find_scenario(path: Path) -> Path:
    """Return the file that holds the settings: scenario.toml of a folder, that file itself, or a workbook.

    Raises ScenarioProblems when nothing is there, naming the nearest name that is.
    """
    file = path / SETTINGS_FILE if path.is_dir() else path
    if file.is_file():
        if file.suffix.lower() == ".toml" or file.suffix.lower() in WORKBOOKS or file.suffix.lower() == ".xls":
            return file
        remedy = "Give a folder that holds scenario.toml, that file itself, or one workbook (.xlsx)."
        raise refusal(file.name, f'"{file.suffix}" is no format of a scenario.', remedy)
    near = nearest_file(file)
    remedy = f"Did you mean {near}?" if near else "Start one with: placeplan new DIR --from demo"
    raise refusal(file.name, f"there is no file {file}.", remedy)


def file_inside(folder: Path, name: str, *, formats: tuple[str, ...], where: Problem) -> Path:
    """Return the file of this name, which must lie in the scenario's folder and be of an accepted format.

    where: names the setting, and carries file, row and column into the fault.
    Raises ScenarioProblems: a connection, an absolute path, a way out of the folder, a format not accepted, no file.
    """
    _refuse_unsafe(name, where)
    if Path(name).suffix.lower() not in formats:
        raise at(where, f'the format of "{name}" is not accepted.', f"Give a file that ends in {' or '.join(formats)}.")
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        raise at(
            where, f'"{name}" leads out of the folder of {where.file}.', "Keep every file of a scenario in its folder."
        )
    if not file.is_file():
        near = nearest_file(file)
        remedy = (
            f'Did you mean "{near.relative_to(folder).as_posix()}"?' if near else "Put the file there, or name another."
        )
        raise at(where, f'there is no file "{name}" (looked for {file}).', remedy)
    return file


def sibling(folder: Path, name: str, where: Problem) -> Path:
    """Return the scenario.toml of a folder beside (or in) this one that a scenario extends.

    Raises ScenarioProblems: an absolute path, one that climbs more than one folder up, or nothing there.
    """
    _refuse_unsafe(name, where)
    target = folder / name
    target = target.parent if target.name == SETTINGS_FILE else target
    if not target.resolve().is_relative_to(folder.resolve().parent):
        remedy = 'A scenario may extend one beside it, for example "../demo".'
        raise at(where, f'"{name}" climbs more than one folder up.', remedy)
    file = target / SETTINGS_FILE
    if not file.is_file():
        near = nearest_file(target)
        remedy = f'Did you mean "../{near.name}"?' if near else "Name the folder of a scenario."
        raise at(where, f'there is no scenario at "{name}" (looked for {file}).', remedy)
    return file


def _refuse_unsafe(name: str, where: Problem) -> None:
    """Refuse what is no plain relative path; nothing is opened and no connection is tried."""
    if any(ord(letter) < 32 for letter in name) or "\\" in name:
        remedy = "Write it with forward slashes, relative to the scenario's folder."
        raise at(where, f"{name!a} holds backslashes.", remedy)
    if _DRIVE.match(name) and not _REMOTE.match(name):
        raise at(where, f'"{name}" names a drive.', "Give a path relative to the scenario's folder.")
    if _REMOTE.match(name):
        remedy = "Give a file of the scenario's folder; nothing is fetched from elsewhere."
        raise at(where, f'"{name}" is not a file of this folder.', remedy)
    if name.startswith(("/", "~")):
        raise at(where, f'"{name}" is an absolute path.', "Give a path relative to the scenario's folder.")


def nearest_file(file: Path) -> Path | None:
    """Return the existing neighbour whose name comes nearest to one that isn't there."""
    folder = file.parent
    if not folder.is_dir():
        return nearest_file(folder) if folder != folder.parent else None
    names = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    near = difflib.get_close_matches(file.name, names, n=1)
    return folder / near[0] if near else None


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def refusal(file: str, wrong: str, remedy: str = "") -> ScenarioProblems:
    """Return the error of one fault that concerns a whole file."""
    return ScenarioProblems([Problem(file=file, row=None, column=None, wrong=wrong, remedy=remedy)])


def at(where: Problem, wrong: str, remedy: str = "") -> ScenarioProblems:
    """Return the error of one fault at a known place."""
    return ScenarioProblems([Problem(where.file, where.row, where.column, wrong, remedy)])

"""The house stays as drawn: sizes, names, versions and the lock, held by tests where no tool holds them."""

import doctest
import importlib
import re
import subprocess
import tomllib

import pytest

import placeplan

TERMS = """academic year, bundle, community, controllable gap, do-minimum, form of entry, gap, GSS code, journey, NC year,
net capacity, PAN, partnership, phase, planning area, pupil yield, retention, shortfall, stay, survival ratio, transfer, URN"""


@pytest.fixture(scope="module")
def modules(repository):
    return sorted((repository / "placeplan").rglob("*.py"))


@pytest.fixture(scope="module")
def settings(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def test_no_file_is_longer_than_300_lines(modules):
    lines = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in modules}
    assert {name: length for name, length in lines.items() if length > 300} == {}


def test_every_file_begins_with_a_sentence(modules):
    first_lines = {str(file): file.read_text(encoding="utf-8").split("\n", 1)[0] for file in modules}
    assert [file for file, line in first_lines.items() if not line.startswith('"""')] == []


def test_the_examples_in_docstrings_are_true(repository, modules):
    for file in modules:
        if ">>> " in file.read_text(encoding="utf-8"):
            name = ".".join(file.relative_to(repository).with_suffix("").parts)
            assert doctest.testmod(importlib.import_module(name.removesuffix(".__init__"))).failed == 0, name


@pytest.mark.parametrize(
    ("folder", "shared", "contract"),
    [
        ("principles", {"principle", "nine"}, "The nine principles are strangers to each other"),
        ("options", {"option", "read", "money", "particulars"}, "Option kinds are strangers to each other"),
    ],
)
def test_a_file_of_its_kind_stands_in_the_contract(repository, settings, folder, shared, contract):
    contracts = {one["name"]: one for one in settings["tool"]["importlinter"]["contracts"]}
    listed = {module.rsplit(".", 1)[1] for module in contracts[contract]["modules"]}
    there = {file.stem for file in (repository / "placeplan" / folder).glob("*.py")} - {"__init__"} - shared
    assert there == listed


def test_the_lock_names_no_host_and_hashes_every_package(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*-", lock.replace("    --hash=sha256:", ""), re.MULTILINE)
    packages = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    assert [package for package in packages if package and "--hash=sha256:" not in package] == []


def test_the_lock_holds_every_package_that_is_asked_for(repository, settings):
    locked = set(re.findall(r"^([a-z0-9-]+)==", (repository / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    project = settings["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["all"] + settings["dependency-groups"]["dev"]
    assert {re.match(r"[A-Za-z0-9-]+", one)[0] for one in asked} <= locked


def test_the_version_is_the_same_wherever_it_is_told(repository):
    assert f"\n## {placeplan.__version__}\n" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {placeplan.__version__}\n" in (repository / "CITATION.cff").read_text(encoding="utf-8")


def test_the_glossary_defines_each_word_once(repository):
    glossary = (repository / "docs" / "glossary.md").read_text(encoding="utf-8")
    defined = re.findall(r"^\*\*(.+)\*\* — ", glossary, re.MULTILINE)
    assert defined == sorted(set(defined), key=str.lower)
    assert set(re.split(r",\s+", TERMS)) <= set(defined)


def test_decisions_are_numbered_without_a_gap(repository):
    numbers = [int(file.name[:4]) for file in sorted((repository / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_file_names_a_folder_of_somebodys_machine(repository):
    kept = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    homes = re.compile(rb"(?<![\w.:/])/(work|home|root|Users)/\w")
    telling = [
        name for name in kept if (repository / name).is_file() and homes.search((repository / name).read_bytes())
    ]
    assert telling == []

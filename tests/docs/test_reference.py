"""The reference pages say what the program says, and every link of the documentation leads somewhere."""

import importlib.util
import re

import pytest

from placeplan.cli import exit_codes
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from placeplan.scenario.read import read_scenario
from placeplan.scenario.settings import PRINCIPLES
from placeplan.scenario.tables import TABLES

LARGEST_PICTURE = 300_000  # bytes: a checkout stays small


@pytest.fixture(scope="module")
def reference(repository):
    spec = importlib.util.spec_from_file_location("docs_reference", repository / "docs" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(reference):
    return reference.pages()


@pytest.fixture(scope="module")
def documents(repository):
    return [repository / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")] + sorted(
        (repository / "docs").rglob("*.md")
    )


def test_no_page_is_stale(repository, pages):
    kept = {name: (repository / "docs" / "reference" / name).read_text(encoding="utf-8") for name in pages}
    stale = [name for name in pages if kept[name] != pages[name]]
    assert stale == [], "run: make docs"


def test_every_table_and_column_has_its_line(pages):
    for name, table in TABLES.items():
        section = pages["tables.md"].split(f"\n## {name}\n")[1].split("\n## ")[0]
        columns = re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.MULTILINE)
        assert [heading for heading, _ in columns] == [f.alias or n for n, f in table.model_fields.items()]
        assert [meaning for _, meaning in columns] == [f.description for f in table.model_fields.values()]


def test_every_exit_code_is_explained(repository, pages):
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    told = re.findall(r"^\| (\d+) \|", pages["commands.md"], re.MULTILINE)
    assert {int(code) for code in told} == codes
    readme = (repository / "README.md").read_text(encoding="utf-8").split("| exit code | means |")[1]
    in_readme = re.findall(r"^\| ([\d, ]+) \|", readme, re.MULTILINE)
    assert {int(code) for line in in_readme for code in line.split(",")} == codes


def test_every_principle_has_its_row_and_its_paragraph(repository):
    page = (repository / "docs" / "explanation" / "principles.md").read_text(encoding="utf-8")
    for key in PRINCIPLES:
        assert f"\n| `{key}` | " in page
        assert f"\n**{key}.** " in page


@pytest.fixture(scope="module")
def town(repository):
    scenario = read_scenario(repository / "scenarios" / "town")
    return scenario, network(scenario, forecast(scenario), options(scenario))


def test_a_year_without_a_place_and_the_anchors_are_those_of_the_principles(repository, town):
    scenario, could_go = town
    page = (repository / "docs" / "explanation" / "principles.md").read_text(encoding="utf-8")
    told = {key: cells.split(" | ") for key, cells in re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE)}
    whole = could_go.demand.child_years()
    anchors = {
        "*D*": whole,
        "0.1 · *D*": 0.1 * whole,
        "2 · *D*(R–11) ÷ 12": could_go.demand.child_years(0, 11) / 6,
        "0.1 · *D*(12–13)": 0.1 * could_go.demand.child_years(12, 13),
        "1": 1.0,
        "need of all years": could_go.specialist.need.sum(),
    }
    for principle in NINE:
        prices = principle.prices(could_go, scenario)
        _, _, without, unacceptable = told[principle.key]
        price = prices.unplaced.max() * (whole if "÷ *D*" in without else 1.0)
        assert price == pytest.approx(float(re.match(r"[\d.]+", without)[0])), principle.key
        if unacceptable in anchors:
            assert prices.unacceptable == pytest.approx(anchors[unacceptable]), principle.key
    assert {row[3] for row in told.values()} - set(anchors) == {"transfers of the base year's pattern"}


def test_every_block_of_the_model_is_named_in_the_mathematics(repository):
    page = (repository / "docs" / "explanation" / "mathematics.md").read_text(encoding="utf-8")
    model = "".join(
        (repository / "placeplan" / "allocate" / f"{name}.py").read_text("utf-8") for name in ("model", "rules")
    )
    rows = set(re.findall(r'add_rows\(\s*"([a-z ,]+)"', model)) | set(
        re.findall(r'^\s+\("([a-z ]+)", "(?:bundles|rolls)"', model, re.MULTILINE)
    )
    rules = {name.rstrip("_") for name in re.findall(r'Rule\(f?"([a-z_]+)', model)}
    columns = set(re.findall(r'add_columns\("([a-z]+)"', model))
    assert {"flow", "places", "net capacity", "gate"} <= rows
    assert {"budget", "needs", "partner_load"} <= rules
    assert {"stays", "openings"} <= columns
    assert {name for name in rows | columns if name not in page} == set()
    assert {name for name in rules if not re.search(rf"\b{name}(_|\b)", page)} == set()


def test_every_link_leads_to_a_file_and_a_heading(documents):
    broken = []
    for document in documents:
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
            path, _, heading = target.partition("#")
            file = (document.parent / path) if path else document
            if "://" in target or not file.exists() or (heading and heading not in headings(file)):
                broken.append((document.name, target))
    assert broken == []


def headings(file):
    lines = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_pictures_are_small_and_each_is_shown(repository, documents):
    pictures = sorted((repository / "docs" / "pictures").glob("*"))
    shown = "".join(document.read_text(encoding="utf-8") for document in documents)
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST_PICTURE] == []
    assert [picture.name for picture in pictures if f"pictures/{picture.name})" not in shown] == []

"""What the README and the tutorial show is what the program prints."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from placeplan.cli.app import app

pytestmark = pytest.mark.end_to_end
EXAMPLES = ("README.md", "docs/tutorial.md")
ALL = (*EXAMPLES, "docs/how-to/use-your-own-tables.md", "docs/how-to/import-an-authority.md")
DUST = re.compile(
    r"\d+(?= checks hold)|(?<=violation of a rule is )[\d.e+-]+"
)  # rounding, and how finely verify counts


def placeplan(words, folder):
    told = subprocess.run(
        [sys.executable, "-m", "placeplan", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return told.returncode, told.stdout, told.stderr


def examples(file):
    """Yield (words of a command, what is printed under it) for each command of the console blocks."""
    text = file.read_text(encoding="utf-8")
    for block in re.findall(r"^ *```console\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        for command in re.split(r"^ *\$ ", block, flags=re.MULTILINE)[1:]:
            first, _, printed = command.partition("\n")
            yield shlex.split(first)[1:], printed


def verbs():
    plain = [(verb.name or verb.callback.__name__,) for verb in app.registered_commands]
    grouped = [
        (group.typer_instance.info.name, verb.name)
        for group in app.registered_groups
        for verb in group.typer_instance.registered_commands
    ]
    return plain + grouped


def test_every_verb_has_its_example_in_the_readme(repository):
    shown = [words for words, _ in examples(repository / "README.md")]
    for verb in verbs():
        assert any(tuple(words[: len(verb)]) == verb for words in shown), verb


@pytest.mark.parametrize("name", ALL)
def test_every_command_that_is_shown_can_be_asked_for(repository, name, tmp_path):
    known = {}
    for words, _ in examples(repository / name):
        verb = next(v for v in verbs() if tuple(words[: len(v)]) == v)
        if verb not in known:
            code, known[verb], _ = placeplan([*verb, "--help"], tmp_path)
            assert code == 0
        for option in (word for word in words if word.startswith("--")):
            assert option in known[verb], (verb, option)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_shown_is_what_is_printed(repository, name, tmp_path):
    for words, printed in examples(repository / name):
        if words[0] in {"import", "backtest"}:
            continue  # need the national extracts: their own tests are below
        if "out/single-phase" in words:
            change(tmp_path / "my-town" / "scenario.toml", "single_phase = 1.0", "single_phase = 5.0")
        code, out, err = placeplan(words, tmp_path)
        assert code == 0, err
        assert DUST.sub("", out) == DUST.sub("", printed), " ".join(words)


def change(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.real_data
def test_the_back_test_that_is_shown_is_what_is_printed(repository, shared_data, tmp_path):
    words, printed = next(shown for shown in examples(repository / "README.md") if shown[0][0] == "backtest")
    words = [word.replace("extracts", str(shared_data)) for word in words]
    code, out, err = placeplan(words, tmp_path)
    assert code == 0, err
    assert out.strip() == printed.strip()


@pytest.mark.slow
@pytest.mark.real_data
def test_the_import_that_is_shown_makes_a_scenario_that_can_be_planned_with(repository, shared_data, tmp_path):
    words = next(words for words, _ in examples(repository / "README.md") if words[0] == "import")
    words[words.index("--data") + 1] = str(shared_data)
    code, _, err = placeplan(words, tmp_path)
    assert code == 0, err
    code, out, _ = placeplan(["check", words[words.index("--out") + 1]], tmp_path)
    assert code == 0
    assert "can be planned with" in out


@pytest.mark.slow
def test_a_changed_figure_is_refused_as_the_tutorial_says(repository, tmp_path):
    shutil.copytree(repository / "scenarios" / "town", tmp_path / "my-town")
    assert placeplan(["run", "my-town", "--out", "run", "--quiet"], tmp_path)[0] == 0
    file = tmp_path / "run" / "plan" / "schools.csv"
    file.write_bytes(file.read_bytes().replace(b",25,30,0", b",24,30,0", 1))
    code, _, err = placeplan(["verify", "run"], tmp_path)
    assert code == 5
    assert "plan/schools.csv" in err


@pytest.mark.slow
def test_the_pyramid_s_moves_are_those_of_the_principles_page(repository, tmp_path):
    page = (repository / "docs" / "explanation" / "principles.md").read_text(encoding="utf-8")
    assert "tells 1.4 moves a child against 2 in the do-minimum" in page
    assert placeplan(["run", str(repository / "scenarios" / "pyramid"), "--out", "run", "--quiet"], tmp_path)[0] == 0
    measures = (tmp_path / "run" / "appraisal" / "measures.csv").read_text(encoding="utf-8")
    assert 'single_phase,"moves a child, Reception to Year 11",1.4,moves,2\n' in measures

"""scenario.toml as text: what it says and on which line, with a remedy for every way of getting TOML wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from placeplan.domain.errors import Problem, ScenarioProblems

LARGEST = 1_000_000  # bytes: the settings of a scenario are a page or two
DEEPEST = 4  # sections in sections: anchors.local.ideal is three
LONGEST_NUMBER = 15  # digits: no setting is counted in thousand billions
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_HEADER = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*(["']?)([^"'=\[\]#]+?)\1\s*=""")
_REMEDIES = (  # what the line looks like, what to do
    (re.compile(r"[\u2018-\u201e]"), "It holds curly quotes: type straight ones, as in title = 'Demo'."),
    (re.compile(r'"[^"]*\\'), "A backslash in double quotes means something else: write forward slashes, or single quotes."),
    (re.compile(r"=\s*[\d.]+\s*%"), "Give per cent as a fraction: 0.05 for 5 %."),
    (re.compile(r"=\s*-?\d+,\d+"), "Write decimals with a point, for example 1.5."),
    (re.compile(r"=\s*\d{4}\s*[/–-]\s*\d{2}"), 'Write an academic year in quotes, for example base_year = "2018/19".'),
    (re.compile(r"=\s*£"), "Give pounds as a bare number, for example 1200000."),
    (re.compile(r"^[^=]*=\s*(#|$)"), "A value is missing after the equals sign."),
    (re.compile(r"^\s*\[[^\]]*$"), "Close the heading with ]."),
    (re.compile(r'^[^"]*"[^"]*$|^[^\']*\'[^\']*$'), "Close the quotes on the same line."),
    (re.compile(r"^[^=\[]*$"), "Every line is a heading such as [weights], a setting such as local = 1.0, or blank."),
    (re.compile(r"=\s*(yes|no|True|False|TRUE|FALSE)\b"), "Write true or false."),
    (re.compile(r"=\s*[A-Za-z]"), 'Put text in straight quotes, for example name = "demo".'),
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """What a settings file says.

    values: section → key → value.  lines: "weights.local" → its line.  warnings: what was noticed on the way.
    """

    file: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    warnings: tuple[Problem, ...] = ()

    def place(self, key: str) -> Problem:
        """Return the place of a setting, to carry into a fault."""
        parents = (key.rsplit(".", n)[0] for n in range(key.count(".") + 1))
        line = next((self.lines[parent] for parent in parents if parent in self.lines), None)
        return Problem(self.file, line, key, "")


def read_toml(content: bytes, file: str) -> Document:
    """Return what a settings file says.

    Raises ScenarioProblems with the line and the column where it isn't TOML, and says what to do about it.
    """
    if len(content) > LARGEST:
        raise ScenarioProblems(
            [_fault(file, None, f"it is larger than {LARGEST:,} bytes.", "Keep settings alone in it.")]
        )
    text, warnings = _decode(content, file)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioProblems([_explain(error, text, file)]) from None
    except RecursionError:
        wrong = "lists or sections lie too deep within each other."
        raise ScenarioProblems([_fault(file, None, wrong, "No setting needs more than three.")]) from None
    except ValueError:
        line = next((n for n, one in enumerate(text.splitlines(), 1) if re.search(r"\d{1000}", one)), None)
        raise ScenarioProblems([_fault(file, line, "a number has thousands of digits.", "Give a number.")]) from None
    lines = dict(_lines(text))
    faults = [_fault(file, lines.get(key), wrong, column=key) for key, wrong in _monsters(values)]
    if faults:
        raise ScenarioProblems(faults)
    return Document(file, values, lines, tuple(warnings))


def _decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """Return the text: UTF-8 with or without a byte order mark, else Windows-1252 with a warning."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioProblems([_fault(file, None, "it is saved as UTF-16.", "Save it as UTF-8.")])
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        wrong = "it holds a letter that is neither UTF-8 nor Windows-1252."
        raise ScenarioProblems([_fault(file, line, wrong, "Save it as UTF-8.")]) from None
    return text, [Problem(file, line, None, "it is saved as Windows-1252; read so.", "Save it as UTF-8.", grave=False)]


def _explain(error: tomllib.TOMLDecodeError, text: str, file: str) -> Problem:
    """Return the fault with its line, its column and what to do."""
    place = _PLACE.search(str(error))
    lines = text.splitlines() or [""]
    line, column = (int(place[1]), int(place[2])) if place else (len(lines), len(lines[-1]) + 1)
    here = lines[min(line, len(lines)) - 1]
    if not here.strip() and line > 1:  # the fault shows where the next line ends
        here = lines[line - 2]
    if "overwrite" in str(error) or "twice" in str(error) or "Cannot declare" in str(error):
        return _fault(
            file, line, f"line {line}, column {column}: a setting or heading stands twice.", "Keep one of the two."
        )
    remedy = next(
        (remedy for looks, remedy in _REMEDIES if looks.search(here)), "Compare the line with scenarios/demo."
    )
    return _fault(file, line, f"line {line}, column {column} can't be read.", remedy)


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each setting and heading with its line."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            section = header[1]
            yield section, number
        elif key:
            yield (f"{section}.{key[2].strip()}" if section else key[2].strip()), number


def _monsters(values: Mapping[str, Any], above: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    """Yield settings that nobody means: sections five deep and numbers of twenty digits."""
    for key, value in values.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            if depth >= DEEPEST:
                yield name[:80], "sections lie too deep within each other."
            else:
                yield from _monsters(value, name, depth + 1)
        elif isinstance(value, int) and abs(value) >= 10**LONGEST_NUMBER:
            yield name, "the number is too long."


def _fault(file: str, line: int | None, wrong: str, remedy: str = "", column: str | None = None) -> Problem:
    return Problem(file, line, column, wrong, remedy)

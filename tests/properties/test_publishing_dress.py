"""Order and dress: the same scenario in other clothes, its rows and columns in another order, is the same run, byte for byte but for the hashes of its inputs."""

import csv
import io
import json
import random
import shutil
import zipfile

import pytest

from placeplan import pipeline
from placeplan.publish.manifest import files_of

ABOUT_INPUTS = {"inputs", "run_id", "files", "declared_to_vary"}  # of run.json, and what may vary


def rows_of(file):
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))


def dress(file):
    """BOM, line ends of Windows, every cell in quotes, headings in capitals, columns turned round, blank lines after."""
    rows = [list(reversed(row)) for row in rows_of(file)]
    rows[0] = [heading.upper() for heading in rows[0]]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    file.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode("utf-8") + b"\r\n\r\n")


@pytest.fixture(scope="module")
def plain(bundled_run):
    return bundled_run("town")


def contents(folder):
    """Every published file without what hangs on the hashes of the inputs: the run's id, the digest of run.json."""
    run = json.loads((folder / "run.json").read_text("utf-8"))
    vary = ABOUT_INPUTS | set(run["declared_to_vary"])
    told = {"run.json": {key: value for key, value in run.items() if key not in vary}}
    for path in files_of(folder):
        if path == "certificate.json":
            continue  # it keeps a digest of run.json
        content = (folder / path).read_bytes()
        if zipfile.is_zipfile(folder / path):
            with zipfile.ZipFile(folder / path) as archive:
                told |= {f"{path}/{name}": archive.read(name) for name in archive.namelist()}
        else:
            told[path] = content
    ids = run["run_id"].encode(), run["run_id"][:6].encode()
    digests = [digest.encode() for digest in run["inputs"].values()]
    for path, content in told.items():
        if isinstance(content, bytes):
            for code in (*ids, *digests):
                content = content.replace(code, b"#" * len(code))  # noqa: PLW2901
            told[path] = content
    return told


def shuffled(file):
    """Rows in another order: none stays the first or the last that it was, where there are three."""
    heading, *rows = rows_of(file)
    drawn = random.Random(62)
    before = list(rows)
    while len(rows) > 2 and (rows[0] == before[0] or rows[-1] == before[-1]):
        drawn.shuffle(rows)
    if len(rows) == 2:
        rows.reverse()
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([heading, *rows])


@pytest.mark.parametrize("change", [dress, shuffled], ids=["in another dress", "with its rows in another order"])
def test_the_same_tables_publish_the_same_bytes(plain, repository, tmp_path, change):
    scenario = shutil.copytree(repository / "scenarios" / "town", tmp_path / "town")
    for file in scenario.glob("*.csv"):
        change(file)
    again = contents(pipeline.run(scenario, tmp_path / "out").folder)
    expected = contents(plain)
    assert set(again) == set(expected)
    assert [path for path in expected if again[path] != expected[path]] == []

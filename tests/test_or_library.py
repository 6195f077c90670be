"""Warehouse location told as planning of school places: the published optima of the OR-Library are reached and proven."""

import json
import shutil
import subprocess
import sys

import pytest

from cases import DEEP

FEW = ("or-library/cap71", "or-library-capacitated/cap41", "or-library-capacitated/cap94")
ALL = 21


def run(repository, *arguments):
    command = [sys.executable, "-m", "benchmarks.or_library", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository)


@pytest.fixture
def few(shared_data, tmp_path):
    return copied(FEW, shared_data, tmp_path)


def copied(names, shared_data, folder):
    for name in names:
        for end in (".txt", ".txt.opt"):
            shutil.copy(shared_data / f"{name}{end}", folder)
    return folder


def all_instances(shared_data):
    """Every instance of the two folders that are solved to the optimum: 21."""
    found = [
        f"{folder}/{file.stem}"
        for folder in ("or-library", "or-library-capacitated")
        for file in sorted((shared_data / folder).glob("*.txt"))
    ]
    assert len(found) == ALL
    return found


@pytest.mark.real_data
def test_published_optima_are_reached_and_proven_with_and_without_capacities_that_bind(
    repository, shared_data, tmp_path
):
    """Three of them while people wait, all in a night."""
    names = all_instances(shared_data) if DEEP else FEW
    copies = copied(names, shared_data, tmp_path)
    done = run(repository, copies, "--json")
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert sorted(found) == sorted(name.split("/")[1] for name in names)
    for name, one in found.items():
        published = float((copies / f"{name}.txt.opt").read_text().split()[-1])
        assert one["objective"] == pytest.approx(published, rel=1e-6)
        assert one["bound"] == pytest.approx(published, rel=1e-6)
        assert (one["status"], one["optimum"], one["reached"]) == ("Optimal", published, True)
        assert one["seconds"] > 0
    assert done.returncode == 0


@pytest.mark.real_data
def test_an_optimum_that_is_not_reached_is_said(repository, few):
    for name in FEW[1:]:
        (few / f"{name.split('/')[1]}.txt").unlink()
    published = (few / "cap71.txt.opt").read_text().split()
    published[-1] = str(float(published[-1]) - 10)
    (few / "cap71.txt.opt").write_text(" ".join(published))
    done = run(repository, few)
    assert done.returncode == 1
    assert "MISSED" in done.stdout


def test_what_is_no_instance_is_told_in_words(repository, tmp_path):
    (tmp_path / "cap0.txt").write_text("2 3\n100 5\n")
    (tmp_path / "cap0.txt.opt").write_text("1\n")
    done = run(repository, tmp_path)
    assert done.returncode == 1
    assert "cap0.txt is no instance" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_not_there_is_told_in_words(repository, tmp_path):
    done = run(repository, tmp_path / "nowhere")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr

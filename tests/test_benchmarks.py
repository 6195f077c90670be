"""Benchmarks run at a small size, say what they measured, and fail where a bound isn't kept."""

import json
import subprocess
import sys

import pytest


def run(repository, *arguments):
    command = [sys.executable, repository / "benchmarks" / "draws.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_draws_measures_time_and_memory_side_by_side(repository):
    done = run(repository, "--json", "--draws", "400", "--areas", "3", "--years", "4", "--repeats", "1")
    found = json.loads(done.stdout)
    assert found["ratio"] == pytest.approx(found["seconds"] / found["floor_seconds"])
    assert 10 < found["peak_mb"] < 200
    assert found["kept"] == (found["ratio"] <= 2 and found["peak_mb"] <= 200)
    assert done.returncode == (0 if found["kept"] else 1)


def test_too_much_memory_is_a_bound_not_kept_and_is_said(repository):
    size = ("--draws", "60000", "--areas", "1", "--years", "25", "--repeats", "1")
    done = run(repository, *size)
    assert done.returncode == 1
    assert "NOT KEPT" in done.stdout


@pytest.mark.parametrize("wrong", [["--draws", "0"], ["--areas", "many"], ["--years", "-1"]])
def test_a_size_that_makes_no_sense_is_refused_in_words(repository, wrong):
    done = run(repository, *wrong)
    assert done.returncode == 2
    assert wrong[0] in done.stderr
    assert "Traceback" not in done.stderr


def zone_kept(repository, *arguments):
    command = [sys.executable, "-m", "benchmarks.zone_kept", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository)


def test_zone_kept_tells_both_objectives_and_what_makes_the_difference(repository):
    found = json.loads(zone_kept(repository, "--json").stdout)
    rows = found["principles"]
    change = sum(row["weight"] * row["change"] for row in rows)
    assert found["objective"]["kept"] - found["objective"]["pooled"] == pytest.approx(change, abs=1e-6)
    local = next(row for row in rows if row["principle"] == "local")
    assert local["kept"] < local["pooled"]
    assert found["stays"]["kept"] > found["stays"]["pooled"]


def test_zone_kept_says_that_a_scenario_is_not_there(repository, tmp_path):
    done = zone_kept(repository, str(tmp_path / "none"))
    assert done.returncode == 2
    assert "none" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.browser
@pytest.mark.parametrize("padding", [0, 1_000_000])
def test_page_measures_a_report_and_refuses_one_that_is_too_large(repository, tmp_path, padding):
    script = "document.documentElement.dataset.ready = 'yes'; performance.mark('map drawn')"
    report = tmp_path / "report.html"
    report.write_text(f"<!DOCTYPE html><p>A map</p><script>{script}</script><!--{' ' * padding}-->", encoding="utf-8")
    command = [sys.executable, repository / "benchmarks" / "page.py", "--json", "--repeats", "1", "--run", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert found["bytes"] == report.stat().st_size
    assert found["drawn_milliseconds"] > 0
    assert found["kept"] == (found["bytes"] < 1_000_000 and found["drawn_milliseconds"] <= 500)
    assert done.returncode == (0 if found["kept"] else 1)


def test_page_says_how_a_missing_report_is_made(repository, tmp_path):
    command = [sys.executable, repository / "benchmarks" / "page.py", "--run", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "placeplan run scenarios/demo" in done.stderr

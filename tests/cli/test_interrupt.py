"""Ctrl-C and SIGTERM end a run within a moment, with a code of their own, and leave no run folder."""

import os
import signal
import subprocess
import sys
import time

import pytest

WITHIN = 2.0  # seconds on a machine of one's own
BUSY = 3.0  # times as long where other tests and benchmarks share the cores
SOLVING = "The model has"  # the last that is told before the solver begins

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a process is sent signals so on Unix only")


@pytest.mark.parametrize(
    ("sent", "after", "code"),
    [(signal.SIGINT, 2.0, 130), (signal.SIGTERM, 0.5, 143)],
    ids=["Ctrl-C, the relaxation being solved beside", "SIGTERM, the solver just begun"],
)
def test_a_signal_while_the_model_is_solved_ends_the_run_and_leaves_no_run_folder(
    repository, tmp_path, sent, after, code
):
    words = ["run", repository / "scenarios" / "demo", "--out", tmp_path / "out"]
    with subprocess.Popen(
        [sys.executable, "-m", "placeplan", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        told = next(line for line in run.stderr if line.startswith(SOLVING) or not line)
        assert told.startswith(SOLVING)
        time.sleep(after)
        run.send_signal(sent)
        began = time.monotonic()
        out, err = run.communicate(timeout=60)
    assert time.monotonic() - began < WITHIN * BUSY
    assert run.returncode == code
    assert "Nothing half written is left." in err
    assert "Traceback" not in err
    assert "terminate" not in err  # the solver's own threads end in order too
    assert out == ""
    assert [path.name for path in tmp_path.iterdir() if path.name != ".out.lock"] == []


DEAF = """
import sys, time
import highspy
from placeplan import cli
def deaf(_solver):
    print("solving", flush=True)
    time.sleep(120)
highspy.Highs.run = deaf
cli.main(["run", sys.argv[1], "--out", sys.argv[2]])
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_heard_while_the_solver_asks_nobody(repository, tmp_path, sent, code):
    words = [sys.executable, "-c", DEAF, repository / "scenarios" / "pyramid", tmp_path / "out"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert next(iter(run.stdout)) == "solving\n"
        run.send_signal(sent)
        began = time.monotonic()
        _, err = run.communicate(timeout=60)
    assert time.monotonic() - began < 1.0 * BUSY
    assert run.returncode == code
    assert "Nothing half written is left." in err
    assert [path.name for path in tmp_path.iterdir() if path.name != ".out.lock"] == []

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import build
import pytest

from cases import DEEP
from placeplan.domain.errors import CannotWrite, RunFolderInTheWay
from placeplan.importers.england import import_england
from placeplan.publish.manifest import files_of
from placeplan.publish.place import check_place, reserve
from placeplan.publish.run_folder import read_run_folder, write_run_folder
from placeplan.scenario.start import start_from

HOLD = """
import sys, time
from pathlib import Path
from placeplan.publish.manifest import files_of
from placeplan.publish.place import reserve
with reserve(Path(sys.argv[1]), Path(sys.argv[2]), replace=False):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "scenario").mkdir()
    return tmp_path / "scenario"


@pytest.mark.parametrize("inside", ["", "out", "a/b", "../scenario/out"])
def test_a_place_in_the_scenario_is_refused(scenario, inside):
    with pytest.raises(RunFolderInTheWay):
        check_place(scenario / inside, scenario, replace=True)


@pytest.mark.parametrize("name", ["CON", "nul", "aux.2026", "a:b", "spring.", "spring ", "what?"])
def test_a_folder_that_windows_could_not_open_is_refused_by_every_verb_that_makes_one(scenario, name):
    for make in (
        lambda folder: check_place(folder, scenario, replace=True),
        lambda folder: start_from("town", folder),
        lambda folder: import_england(scenario, "823", folder),
    ):
        with pytest.raises(RunFolderInTheWay, match="Windows"):
            make(scenario.parent / name)
        assert not (scenario.parent / name).exists()


@pytest.mark.parametrize("name", ["Ysgol Bryn-y-Môr", "console", "com", "v1.2", "O’Neill & sons"])
def test_any_other_folder_may_be_made(scenario, name):
    check_place(scenario.parent / name, scenario, replace=True)
    assert start_from("town", scenario.parent / name)


def test_a_place_around_the_scenario_is_refused_though_replace_is_given(scenario):
    (scenario.parent / "run.json").write_text("{}")
    with pytest.raises(RunFolderInTheWay):
        check_place(scenario.parent, scenario, replace=True)


def test_a_file_of_that_name_is_in_the_way(scenario, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(RunFolderInTheWay, match="file"):
        check_place(tmp_path / "out", scenario, replace=True)
    assert (tmp_path / "out").read_text() == "mine"


def test_replace_leaves_alone_what_is_no_run_folder(scenario, tmp_path):
    (tmp_path / "holiday").mkdir()
    with pytest.raises(RunFolderInTheWay, match="not a run folder"):
        check_place(tmp_path / "holiday", scenario, replace=True)


def test_a_link_is_never_followed(scenario, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "run.json").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(RunFolderInTheWay, match="link"):
        check_place(tmp_path / "link", scenario, replace=True)


def test_a_place_below_a_file_cannot_be_written(scenario, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite):
        check_place(tmp_path / "file" / "out", scenario, replace=False)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a place nobody can write is known on Linux only")
def test_a_read_only_place_cannot_be_written(scenario):
    with pytest.raises(CannotWrite, match="can't be written"):
        check_place(Path("/proc/self/out"), scenario, replace=False)


def test_checking_leaves_nothing_behind(scenario, tmp_path):
    check_place(tmp_path / "deep" / "er" / "out", scenario, replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["scenario"]


def test_the_second_of_two_runs_is_told_who_the_first_is(scenario, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "out", scenario], stdout=subprocess.PIPE, text=True
    ) as first:
        try:
            assert first.stdout.readline() == "held\n"
            with (
                pytest.raises(RunFolderInTheWay, match=f"process {first.pid} "),
                reserve(tmp_path / "out", scenario, replace=False),
            ):
                pytest.fail("two runs hold one place")
        finally:
            first.kill()
    with reserve(tmp_path / "out", scenario, replace=False):
        pass  # the place is free again, though nobody tidied up


def test_one_process_may_enter_its_own_place_again(scenario, tmp_path):
    results = build.results(folder=scenario)
    with reserve(tmp_path / "out", scenario, replace=False) as place:
        assert write_run_folder(tmp_path / "out", results) == place


def test_left_overs_of_killed_runs_are_cleared_away(scenario, tmp_path):
    for name in (".out.part-1234", ".out.old-1234", ".other.part-1"):
        (tmp_path / name).mkdir()
    with reserve(tmp_path / "out", scenario, replace=False):
        left = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert left == [".other.part-1", "scenario"]


def test_a_folder_that_was_being_replaced_comes_back(scenario, tmp_path):
    folder = write_run_folder(tmp_path / "out", build.results(folder=scenario))
    folder.rename(tmp_path / ".out.old-abcd")  # as a kill between the two renames leaves it
    with reserve(tmp_path / "out", scenario, replace=True):
        assert read_run_folder(folder).run["run_id"] == "r-20181101"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    place = tmp_path_factory.mktemp("undisturbed")
    (place / "scenario").mkdir()
    return write_run_folder(place / "small", build.results(folder=place / "scenario"))


def contents(folder):
    return {path: (folder / path).read_bytes() for path in [*files_of(folder), "run.json"]}


KILLED = """
import sys, os, time, threading, signal
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import build
from placeplan.publish.run_folder import write_run_folder
results = build.results(folder=Path(sys.argv[2]))
after = float(sys.argv[4])
began = time.monotonic()
write_run_folder(Path(sys.argv[1]).with_name("warm"), results)
spent = time.monotonic() - began
signal_sent = signal.Signals[sys.argv[5]]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its background jobs ignore it
threading.Thread(target=lambda: (time.sleep(after * spent), os.kill(os.getpid(), signal_sent)), daemon=True).start()
write_run_folder(Path(sys.argv[1]), results, replace=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process is killed so on Unix only")
@pytest.mark.parametrize(
    ("share", "sent", "replaced"),
    [
        (0.1, "SIGKILL", False),
        (0.5, "SIGINT", True),
        (0.9, "SIGTERM", True),
        *([(0.7, "SIGKILL", False), (1.0, "SIGINT", True)] if DEEP else []),
    ],
)
def test_a_run_stopped_at_any_moment_leaves_none_or_a_whole_one_and_run_again_gives_the_same_bytes(
    scenario, tmp_path, undisturbed, share, sent, replaced
):
    out = tmp_path / "out" / "small"
    if replaced:
        write_run_folder(out, build.results(folder=scenario, seed=2))
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, out, scenario, Path(build.__file__).parent, str(share), sent],
        check=False,
        capture_output=True,
    )
    assert ran.returncode == -signal.Signals[sent]
    if out.exists():
        read_run_folder(out)  # whole: every file is as run.json says
    again = write_run_folder(out, build.results(folder=scenario), replace=True)
    assert contents(again) == contents(undisturbed)
    assert [path.name for path in out.parent.iterdir() if ".part-" in path.name or ".old-" in path.name] == []


TOGETHER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import build
from placeplan.domain.errors import RunFolderInTheWay
from placeplan.publish.run_folder import write_run_folder
results = build.results(folder=Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
try:
    write_run_folder(Path(sys.argv[1]), results)
except RunFolderInTheWay as refusal:
    print(refusal)
    sys.exit(2)
"""


def test_of_runs_started_together_one_is_whole_and_the_others_are_refused_in_a_sentence(
    scenario, tmp_path, undisturbed
):
    out = tmp_path / "small"
    words = [sys.executable, "-c", TOGETHER, out, scenario, Path(build.__file__).parent]
    runs = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for run in runs:
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        run.stdin.write("go\n")
        run.stdin.flush()
    told = [run.communicate(timeout=300)[0] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2, 2]
    for run, words in zip(runs, told, strict=True):
        assert run.returncode == 0 or "another run is writing here" in words or "exists already" in words
    assert contents(out) == contents(undisturbed)


def test_publishing_asks_no_network(scenario, tmp_path, undisturbed, monkeypatch):
    import socket

    def forbidden(*_args, **_how):
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, forbidden)
    assert contents(write_run_folder(tmp_path / "small", build.results(folder=scenario))) == contents(undisturbed)


LIMITED = """
import sys, resource
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import build
from placeplan.domain.errors import CannotWrite
from placeplan.publish.run_folder import write_run_folder
results = build.results(folder=Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    write_run_folder(Path(sys.argv[1]), results)
except CannotWrite:
    sys.exit(7)
"""


@pytest.mark.skipif(os.name == "nt", reason="a limit on the size of files is known on Unix only")
def test_a_disk_that_fills_up_leaves_nothing_and_is_told(scenario, tmp_path):
    whole = write_run_folder(tmp_path / "whole", build.results(folder=scenario))
    sizes = sorted({entry["bytes"] for entry in json.loads((whole / "run.json").read_text("utf-8"))["files"]})
    limits = [1, sizes[len(sizes) // 2], int(sizes[-2] * 0.999), sizes[-2] - 1, sizes[-1] - 1]
    for limit in limits:
        out = tmp_path / f"out-{limit}" / "small"
        ran = subprocess.run(
            [sys.executable, "-c", LIMITED, out, scenario, Path(build.__file__).parent, str(limit)], check=False
        )
        assert ran.returncode == 7, limit
        assert [path for path in out.parent.iterdir() if path.is_dir()] == []

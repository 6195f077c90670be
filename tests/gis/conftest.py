import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "publish"))

import build

from placeplan.publish.run_folder import write_run_folder


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    room = tmp_path_factory.mktemp("published")
    (room / "scenario").mkdir()
    return write_run_folder(room / "out" / "small", build.results(folder=room / "scenario"))

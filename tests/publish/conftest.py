import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that a test may say: import build

import build


@pytest.fixture
def results(tmp_path):
    (tmp_path / "scenario").mkdir()
    return build.results(folder=tmp_path / "scenario")

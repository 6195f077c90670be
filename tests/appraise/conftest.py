"""The town's plan, and its run as explain asks it, for every test of this folder that has none of its own."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that a test may say: from explained import told_of

from explained import planned_town, told_of


@pytest.fixture(scope="module")
def town():
    return planned_town()


@pytest.fixture(scope="module")
def told(town):
    return told_of(town)

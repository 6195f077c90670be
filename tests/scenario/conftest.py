"""A fresh tiny scenario on disk for each test that spoils one."""

import shutil

import pytest

from tiny import Tiny, write_tiny


@pytest.fixture(scope="session")
def unspoiled(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("unspoiled") / "tiny").folder


@pytest.fixture
def tiny(unspoiled, tmp_path):
    return Tiny(shutil.copytree(unspoiled, tmp_path / "tiny"))

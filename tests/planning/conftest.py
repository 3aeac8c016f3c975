"""A copy of the shipped configuration that a test may edit."""

import shutil

import pytest

from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "resources").mkdir()
    shutil.copy(ROOT / "resources/taggers.yaml", tmp_path / "resources")
    return tmp_path / "config"

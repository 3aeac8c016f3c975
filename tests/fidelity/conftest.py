"""Simulated samples, made once a session: minutes, unless JETBENCH_FIDELITY names their folder."""

import os
from pathlib import Path

import pytest

from tests.fidelity.samples import make_sample, read_real, read_simulated


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the simulated files lie."""
    named = os.environ.get("JETBENCH_FIDELITY")
    return Path(named) if named else tmp_path_factory.mktemp("fidelity")


@pytest.fixture(scope="session")
def simulated_files(folder):
    """1000 jets of each class, by the emulated Delphes."""
    return make_sample(folder, "delphes")


@pytest.fixture(scope="session")
def simulated(simulated_files):
    return read_simulated(simulated_files)


@pytest.fixture(scope="session")
def wrong_detector(folder):
    """400 jets of each class, by a textbook detector without the quirks of Delphes."""
    return read_simulated(make_sample(folder, "textbook"))


@pytest.fixture(scope="session")
def real_jets(real):
    return read_real(real / "jetclass_500.npz")

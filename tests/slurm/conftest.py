"""A real Slurm for all tests of this folder, which run one after another."""

import pytest

from tests.slurm.cluster import Cluster, missing


@pytest.fixture(scope="session")
def cluster():
    """A Slurm of one node with two GPU slots; its `environment` is for those who talk to it."""
    if missing():
        pytest.skip(f"needs Slurm: {', '.join(missing())} not installed")
    with Cluster() as running:
        yield running

"""Toy data and a finished toy training, shared by the tests of this wing."""

from types import SimpleNamespace

import pytest

from tests.training.helpers import toy_shard, train_toy


@pytest.fixture(scope="session")
def shards(tmp_path_factory):
    """A training and a validation shard."""
    folder = tmp_path_factory.mktemp("shards")
    return toy_shard(folder / "train.h5", seed=1), toy_shard(folder / "val.h5", jets=90, seed=2)


@pytest.fixture(scope="session")
def trained(shards, tmp_path_factory):
    """Folder of a training that nothing disturbed, and its two files."""
    folder = tmp_path_factory.mktemp("trained")
    train_toy(folder, shards)
    return SimpleNamespace(
        folder=folder, weights=folder / "weights.safetensors", history=folder / "history.csv"
    )

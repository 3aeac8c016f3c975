"""What weights and scores say of their making."""

import json

import h5py
import numpy as np
import torch

from jetbench.data.jets import Jets
from jetbench.training.provenance import (
    configuration_digest,
    made_with,
    shards_version,
    surroundings,
)
from jetbench.training.weights import load_weights
from tests.training.helpers import toy_model, toy_shard
from workflow.scripts.predict import predict


def test_weights_have_the_digest_of_what_was_asked_for(trained):
    found = load_weights(trained.weights)[1]["configuration_digest"]
    assert found == configuration_digest(toy_model(), 1, 200, None)


def test_everything_asked_for_changes_the_digest():
    asked = [(toy_model(), 1, 200, None), (toy_model(lr=0.1), 1, 200, None)]
    asked += [(toy_model(), 2, 200, None), (toy_model(), 1, 100, None), (toy_model(), 1, 200, "a")]
    assert len({configuration_digest(*values) for values in asked}) == 5


def test_code_versions_of_shards_are_told_once(tmp_path):
    paths = [toy_shard(tmp_path / f"{n}.h5", jets=20) for n in range(3)]
    for path, version in zip(paths, "bab", strict=True):
        with h5py.File(path, "a") as file:
            file.attrs["code_version"] = version
    assert shards_version(Jets(paths[:2]), Jets(paths[2:])) == "a b"


def test_shards_that_tell_no_version_are_unknown(shards):
    assert shards_version(Jets(shards)) == "unknown"


def test_surroundings_are_those_of_this_process():
    found = surroundings(torch.device("cpu"), processes=2)
    assert (found["torch"], found["numpy"]) == (torch.__version__, np.__version__)
    assert (found["threads"], found["processes"]) == (torch.get_num_threads(), 2)
    assert not {"gpu", "cuda"} & set(found)


def test_a_gpu_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Toy {device.index}")
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    found = surroundings(torch.device("cuda", 1))
    assert (found["device"], found["gpu"], found["cuda"]) == ("cuda", "Toy 1", "12.8")


def test_scores_say_what_their_weights_said(trained, shards, tmp_path):
    predict(trained.weights, shards[1:], tmp_path / "scores.h5")
    metadata = load_weights(trained.weights)[1]
    with h5py.File(tmp_path / "scores.h5") as file:
        training = json.loads(file.attrs["training"])
        assert file.attrs["python"] == metadata["python"]
    assert training == made_with(metadata)
    names = ("code_version", "configuration_digest", "data_digest", "torch", "threads")
    assert all(training[name] == metadata[name] for name in names)


def test_weights_of_before_say_what_they_know():
    assert made_with({"code_version": "0.1.0", "run": "a"}) == {"code_version": "0.1.0"}

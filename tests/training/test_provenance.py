"""What weights and scores say of their making."""

import json

import h5py
import numpy as np
import torch

from jetbench.data.jets import Jets
from jetbench.provenance import code_version
from jetbench.training import runs
from jetbench.training.provenance import (
    configuration_digest,
    made_with,
    shards_version,
    surroundings,
    together,
)
from jetbench.training.weights import load_weights
from tests.training.dying import outlive
from tests.training.helpers import toy_model, toy_shard
from workflow.scripts.predict import predict

STEP, BEGIN = "jetbench.training.watch:Watch.after_step", "jetbench.training.running:begin"


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


A, B = {"torch": "2.13", "gpu": "Toy 1", "threads": 8}, {"torch": "2.13", "gpu": "Toy 2"}


def test_attempts_on_two_machines_are_told_each_once():
    expected = {"torch": "2.13", "gpu": "Toy 1, Toy 2", "threads": "8", "cuda": "12"}
    assert together([A, B | {"cuda": "12"}, A]) == expected


def test_code_versions_of_shards_are_told_once_over_the_attempts():
    versions = [{"data_code_version": text} for text in ("a b", "b c")]
    assert together(versions) == {"data_code_version": "a b c"}


def other_code(*_):
    """Go on as an attempt with edited code."""
    runs.code_version = lambda: "other"


def test_weights_tell_the_code_of_all_attempts(shards, tmp_path):
    assert outlive(tmp_path, shards, (STEP, 5, "terminate")) == 143
    assert outlive(tmp_path, shards, (BEGIN, 1, other_code)) == 0
    found = load_weights(tmp_path / "weights.safetensors")[1]
    assert found["code_version"] == f"{code_version()} other"


def test_weights_given_back_tell_the_code_that_trained_them(shards, tmp_path):
    assert outlive(tmp_path, shards) == 0
    assert outlive(tmp_path, shards, (BEGIN, 1, other_code)) == 0
    assert "going on from step 20" in (tmp_path / "train.log").read_text()
    found = load_weights(tmp_path / "weights.safetensors")[1]
    assert found["code_version"] == code_version()


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

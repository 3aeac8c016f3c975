"""Scores come in the order of the jets, from the trained network, in float32."""

import h5py
import numpy as np
import pytest
import torch

from jetbench.data.jets import Jets
from jetbench.data.loading import eval_batches
from jetbench.data.shards import read_shard
from jetbench.errors import InputError
from jetbench.training.predicting import predict_run
from jetbench.training.weights import build_network, load_weights, write_weights
from tests.training.helpers import CLASSES, RUN, toy_model, toy_shard
from workflow.scripts.predict import predict


def test_scores_are_those_of_each_jet_alone(trained, shards):
    predictions = predict_run(trained.weights, shards[1:])
    network, _ = load_weights(trained.weights)
    with torch.no_grad():
        for index, jet in eval_batches(Jets(shards[1:]), 1, "full", "cpu"):
            alone = network(jet.points, jet.features, jet.vectors, jet.mask).softmax(dim=1)
            np.testing.assert_allclose(predictions.scores[index], alone[0], atol=1e-6)


def test_labels_are_in_shard_order(trained, shards):
    predictions = predict_run(trained.weights, shards)
    labels = [read_shard(shard).jets["label"] for shard in shards]
    np.testing.assert_array_equal(predictions.label, np.concatenate(labels))


def test_file_as_evaluation_reads_it(trained, shards, tmp_path):
    predict(trained.weights, shards[1:], tmp_path / "scores.h5")
    with h5py.File(tmp_path / "scores.h5") as file:
        assert (file["scores"].shape, file["scores"].dtype) == ((90, 3), "float32")
        np.testing.assert_allclose(file["scores"][:].sum(axis=1), 1, atol=1e-6)
        assert file["label"].dtype == "uint8"
        assert (file.attrs["run"], list(file.attrs["classes"])) == (RUN, list(CLASSES))
        digests = (load_weights(trained.weights)[1]["digest"], Jets(shards[1:]).digest)
        assert (file.attrs["weights_digest"], file.attrs["data_digest"]) == digests


def test_scored_twice_gives_the_same(trained, shards):
    first, second = (predict_run(trained.weights, shards[1:]) for _ in range(2))
    np.testing.assert_array_equal(first.scores, second.scores)


def test_shards_of_other_classes_are_refused(trained, tmp_path):
    other = toy_shard(tmp_path / "other.h5", classes=["QCD", "Zqq", "Tbl"])
    with pytest.raises(InputError, match="expected classes .*Zqq.*, got .*Hbb"):
        predict_run(trained.weights, [other])


def test_limited_attention_changes_scores_and_is_noted(trained, shards, tmp_path):
    written = {}
    for top in (None, 1, 128):
        predict(trained.weights, shards[1:], tmp_path / "scores.h5", top)
        with h5py.File(tmp_path / "scores.h5") as file:
            written[top] = file["scores"][:]
            assert file.attrs.get("top") == top
    np.testing.assert_array_equal(written[128], written[None])
    assert np.abs(written[1] - written[None]).max() > 1e-3


def test_attention_cannot_be_limited_where_there_is_none(shards, tmp_path):
    model = toy_model() | {"network": "pfn", "sizes": {}}
    weights, about = build_network(model, 3).state_dict(), {"run": RUN, "model": model}
    write_weights(tmp_path / "w.safetensors", weights, about | {"classes": list(CLASSES)})
    with pytest.raises(InputError, match="top: .* ParticleFlowNetwork, without attention"):
        predict_run(tmp_path / "w.safetensors", shards[1:], top=3)

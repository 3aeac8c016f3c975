"""Class scores of jets from trained weights. Dimensions: N jets, C classes."""

import json
from collections.abc import Sequence
from os import PathLike
from typing import NamedTuple

import h5py
import numpy as np
import torch

from jetbench.data.jets import Jets
from jetbench.data.loading import eval_batches
from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.methods.classify import logits
from jetbench.networks import limit_attention
from jetbench.provenance import code_version
from jetbench.training.devices import pick_device
from jetbench.training.learning import is_pretraining
from jetbench.training.provenance import made_with, shards_version, surroundings
from jetbench.training.streams import read_classes
from jetbench.training.watch import counted
from jetbench.training.weights import load_weights


class Predictions(NamedTuple):
    """Scores in the order of the jets in the shards, and what they come from."""

    scores: np.ndarray  # (N, C) float32, softmax
    label: np.ndarray  # (N,) uint8
    attributes: dict


@torch.inference_mode()
def predict_run(
    weights: str | PathLike, shards: Sequence[str | PathLike], top: int | None = None
) -> Predictions:
    """softmax(z) of every jet of the shards, in float32 throughout.

    With `top`, every particle attends in every head to its `top` largest scores only.

    Half precision would round the scores of a confident network to a few values, and the rejection
    at an efficiency counts jets above one of them.

    Raises:
        InputError: weights that cannot be used, shards of other classes than the network's, `top`
            for a network whose particles do not attend to each other.
    """
    network, metadata = load_weights(weights)
    if is_pretraining(metadata["model"]):
        raise InputError(f"{weights}: expected the weights of a tagger, got a pre-training")
    classes = read_classes(shards)
    if classes != metadata["classes"]:
        raise InputError(f"{weights}: expected classes {classes}, got {metadata['classes']}")
    if top is not None:
        limit_attention(network, top)
    device, jets = pick_device(), Jets(shards)
    network.to(device)
    attributes = about(metadata, jets, device) | ({} if top is None else {"top": top})
    scores = np.empty((len(jets), len(classes)), np.float32)
    label = np.empty(len(jets), np.uint8)
    model = metadata["model"]
    batches = eval_batches(jets, model["recipe"]["batch"], model["features"], device)
    for index, batch in counted(batches, f"{metadata['run']} scores", len(jets)):
        index = index.cpu().numpy()
        scores[index] = logits(network, batch).softmax(dim=1).cpu().numpy()
        label[index] = batch.label.cpu().numpy()
    return Predictions(scores, label, attributes)


def about(metadata: dict, jets: Jets, device: torch.device) -> dict:
    """What the score file says of itself, and under `training` what the weights said."""
    return {
        "run": metadata["run"],
        "classes": metadata["classes"],
        "weights_digest": metadata["digest"],  # as in files of export
        "training": json.dumps(made_with(metadata)),
        "data_digest": jets.digest,
        "data_code_version": shards_version(jets),
        "code_version": code_version(),
        **surroundings(device),
    }


def write_predictions(path: str | PathLike, predictions: Predictions) -> None:
    """Write `scores` and `label` as HDF5."""
    with whole(path) as partial, h5py.File(partial, "w") as file:
        file.create_dataset("scores", data=predictions.scores)
        file.create_dataset("label", data=predictions.label)
        file.attrs.update(predictions.attributes)

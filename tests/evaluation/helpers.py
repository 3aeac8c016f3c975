"""Toy scores: softmax of noise that leans towards the true class."""

import json

import h5py
import numpy as np

from jetbench.data.datasets import CLASSES


def toy_scores(jets=2000, classes=10, seed=1, digits=None, skill=1.5):
    """Scores (jets, classes) that sum to 1, and labels with every class; few digits make ties."""
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(jets) % classes)
    logits = rng.normal(size=(jets, classes)) + skill * np.eye(classes)[label]
    if digits is not None:
        logits = logits.round(digits)
    scores = np.exp(logits)
    return scores / scores.sum(axis=1, keepdims=True), label


TRAINING = {  # what weights say of their making
    "code_version": "0.1.0+aaaaaaaaaaaa",
    "configuration_digest": "c0" * 32,
    "data_digest": "d0" * 32,
    "data_code_version": "0.1.0+aaaaaaaaaaaa",
    "python": "3.13.1",
    "torch": "2.13.0+cpu",
    "numpy": "2.4.6",
    "device": "cpu",
    "threads": "1",
    "processes": "1",
}


# Eight arguments, as many as there are things that tests vary.
def write_scores(
    path,
    scores,
    label,
    classes=CLASSES,
    run="toy/jetclass/part/scratch/1k/1",
    top=None,
    training=TRAINING,
    version="0.1.0+aaaaaaaaaaaa",
):
    """File as `predict` writes it; `top` where attention is limited to so many particles."""
    with h5py.File(path, "w") as file:
        file["scores"], file["label"] = scores.astype(np.float32), label.astype(np.uint8)
        file.attrs["run"] = run
        file.attrs["classes"] = list(classes)
        file.attrs["weights_digest"] = "e0" * 32
        file.attrs["training"] = json.dumps(training)
        file.attrs["data_digest"] = "f0" * 32
        file.attrs["data_code_version"] = file.attrs["code_version"] = version
        file.attrs.update({name: TRAINING[name] for name in ("python", "torch", "device")})
        if top is not None:
            file.attrs["top"] = top
    return path

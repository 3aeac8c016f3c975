"""Toy scores: softmax of noise that leans towards the true class."""

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


def write_scores(
    path, scores, label, classes=CLASSES, run="toy/jetclass/part/scratch/1k/1", top=None
):
    """File as `predict` writes it; `top` where attention is limited to so many particles."""
    with h5py.File(path, "w") as file:
        file["scores"], file["label"] = scores.astype(np.float32), label.astype(np.uint8)
        file.attrs["run"] = run
        file.attrs["classes"] = list(classes)
        file.attrs["weights_digest"] = "0123"
        if top is not None:
            file.attrs["top"] = top
    return path

"""Scores of a tagger on test jets: read from file and checked at the door.

Dimensions: N jets, C classes.
"""

import json
from os import PathLike
from typing import NamedTuple

import h5py
import numpy as np

from jetbench.errors import InputError

SUM_TOLERANCE = 1e-3  # a softmax stored in half precision still passes, logits do not


class Scores(NamedTuple):
    """Class scores and true labels of the test jets, with what is known about their origin."""

    scores: np.ndarray  # (N, C) probabilities
    label: np.ndarray  # (N,) index of the true class
    classes: tuple[str, ...]
    attributes: dict  # text and numbers; what made the weights under `training`


def read_scores(path: str | PathLike, most: int | None = None) -> Scores:
    """Scores and labels of `path`, or of its first `most` jets.

    InputError if the file or its content cannot be used.
    """
    try:
        with h5py.File(path) as file:
            attributes = {name: plain(value) for name, value in file.attrs.items()}
            scores, label = file["scores"][:most], file["label"][:most]
        attributes["training"] = json.loads(attributes.get("training", "{}"))
    except (OSError, KeyError, json.JSONDecodeError) as error:
        raise InputError(f"{path}: expected HDF5 with scores and label, got: {error}") from error
    missing = {"run", "classes"} - set(attributes)
    if missing:
        raise InputError(f"{path}: expected the attributes {sorted(missing)}, got none")
    classes = tuple(attributes.pop("classes"))
    check(scores, label, classes, path)
    return Scores(scores, label, classes, attributes)


def plain(value):
    """Attribute as Python text, number or list."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return value.decode() if isinstance(value, bytes) else value


def check(scores: np.ndarray, label: np.ndarray, classes: tuple, where: str | PathLike) -> None:
    """Raise InputError unless `scores` (N, C) are probabilities and `label` (N,) indices below C.

    Scores must be finite, not negative and sum to 1 within SUM_TOLERANCE in every jet.
    """
    expected = (len(label), len(classes))
    if scores.shape != expected or label.ndim != 1:
        raise InputError(
            f"{where}: expected scores of shape {expected}, jets by classes, got {scores.shape}"
        )
    if len(label) == 0:
        raise InputError(f"{where}: expected at least one jet, got none")
    refuse(~np.isfinite(scores).all(axis=1), scores, where, "finite scores")
    refuse((scores < 0).any(axis=1), scores, where, "scores of at least 0")
    total = scores.sum(axis=1, dtype=np.float64)
    refuse(np.abs(total - 1) > SUM_TOLERANCE, scores, where, "scores that sum to 1")
    unknown = (label < 0) | (label >= len(classes))
    refuse(unknown, label, where, f"labels from 0 to {len(classes) - 1}")


def refuse(bad: np.ndarray, values: np.ndarray, where: str | PathLike, expected: str) -> None:
    """Raise InputError naming the first of the `bad` jets, if there is one."""
    if bad.any():
        jet = int(np.argmax(bad))
        raise InputError(
            f"{where}: expected {expected}, got {values[jet].tolist()} in jet {jet} "
            f"({np.count_nonzero(bad)} such jets)"
        )

"""What a training learns, as its model says: the classes of jets, or what was taken from them."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from torch import nn

from jetbench.data.loading import Batch
from jetbench.methods import classify, pretrain
from jetbench.methods.outcome import Outcome


class Learning(NamedTuple):
    """What the loop minimises and keeps. A row of the history has the terms beside the losses."""

    outcome: Callable[[nn.Module, Batch], Outcome]
    terms: tuple[str, ...]  # names of the outcome's sums
    shown: str  # the column that progress shows, which the weights say of themselves
    score: Callable[[dict], float]  # of a row: the weights of its first largest value are kept


def learning(model: dict, network: nn.Module, smoothing: float = 0.0) -> Learning:
    """What a training of `network`, built for the configuration `model`, learns.

    `smoothing` is that of the labels of a tagger; tasks of a pre-training have their own.
    A tagger keeps the weights of the epoch with the highest validation accuracy; a pre-training,
    whose validation loss says little of its use, those of the last one, as published.
    """
    if is_pretraining(model):
        return Learning(pretrain.outcome, pretrain.terms(network), "val_loss", last)
    outcome = partial(classify.outcome, smoothing=smoothing)
    return Learning(outcome, classify.terms(network), "val_accuracy", most_accurate)


def is_pretraining(model: dict) -> bool:
    """Whether a model's configuration asks for a pre-training and not for a tagger."""
    return "pretraining" in model


def most_accurate(row: dict) -> float:
    """Validation accuracy of an epoch."""
    return row["val_accuracy"]


def last(row: dict) -> float:
    """Number of an epoch."""
    return row["epoch"]

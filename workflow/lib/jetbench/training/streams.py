"""The batches of one run: an endless stream to train on, and the held-back jets."""

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import NamedTuple

import torch
from torch import Tensor

from jetbench.data.jets import Jets
from jetbench.data.loading import Batch, eval_batches, train_batches
from jetbench.data.shards import open_shard
from jetbench.errors import InputError
from jetbench.training.padding import prepared
from jetbench.training.recipes import Recipe


class Streams(NamedTuple):
    """Where batches come from; what the loop has to know about data."""

    training: Callable[[int], Iterator[Batch]]  # from a step on; trimming draws random numbers
    validation: Callable[[], Iterator[tuple[Tensor, Batch]]]  # every jet once


def open_streams(
    train: Jets, val: Jets, recipe: Recipe, features: str, seed: int, device: torch.device
) -> Streams:
    """Streams of a run's jets on the device."""

    def training(step: int) -> Iterator[Batch]:
        batches = train_batches(train, recipe.batch, features, seed, device, start_step=step)
        return prepared(batches, recipe.padding, recipe.trimming, step)

    return Streams(
        training,
        lambda: eval_batches(val, recipe.batch, features, device),
    )


def read_classes(shards: Sequence[str | PathLike]) -> list[str]:
    """Names of the classes in the order of the labels; all shards must agree."""
    found = {}
    for path in shards:
        with open_shard(path) as file:
            found[tuple(str(name) for name in file.attrs["classes"])] = path
    if len(found) > 1:
        raise InputError(f"expected shards of the same classes, got {found}")
    return list(next(iter(found)))

"""The batches of one run: an endless stream to train on, and the held-back jets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np
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


# Eight arguments: two sets of jets, how to make batches of them, and for which rank.
def open_streams(
    train: Jets,
    val: Jets,
    recipe: Recipe,
    features: str,
    seed: int,
    device: torch.device,
    rank: int = 0,
    ranks: int = 1,
) -> Streams:
    """Streams of a run's jets on the device; of several `ranks`, the shares of one."""

    def training(step: int) -> Iterator[Batch]:
        batches = train_batches(train, recipe.batch, features, seed, device, step, rank, ranks)
        if ranks > 1:
            batches = seeded(batches, seed, rank, step)
        return prepared(batches, recipe.padding, recipe.trimming, step)

    return Streams(
        training,
        lambda: eval_batches(val, recipe.batch // ranks, features, device, rank, ranks),
    )


def seeded(batches: Iterable[Batch], seed: int, rank: int, step: int) -> Iterator[Batch]:
    """Batches from number `step` on, each after seeding what is drawn for it: trimming, dropout.

    So each rank draws its own numbers, and they depend on nothing but `seed`, the rank and the
    step: rank 0 can save a training without the others, and any number of ranks go on from it.
    """
    for number, batch in enumerate(batches, step):
        words = np.random.SeedSequence([seed, rank, number]).generate_state(1, np.uint64)
        torch.manual_seed(int(words[0]))
        yield batch


def read_classes(shards: Sequence[str | PathLike]) -> list[str]:
    """Names of the classes in the order of the labels; all shards must agree."""
    found = {}
    for path in shards:
        with open_shard(path) as file:
            found[tuple(str(name) for name in file.attrs["classes"])] = path
    if len(found) > 1:
        raise InputError(f"expected shards of the same classes, got {found}")
    return list(next(iter(found)))

"""Batches of toy jets, and how they are told apart."""

from itertools import islice

import torch

from jetbench.data.loading import train_batches

BATCH = 32


def steps(jets, count, seed=0, start_step=0, features="full"):
    """So many batches of the stream."""
    return list(islice(train_batches(jets, BATCH, features, seed, "cpu", start_step), count))


def identity(batch):
    """One number a jet that no two jets share: px of the leading particle."""
    return batch.vectors[:, 0, 0]


def equal(batch, other):
    """Whether two batches hold the same values."""
    return all(torch.equal(a, b) for a, b in zip(batch, other, strict=True))

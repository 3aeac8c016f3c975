"""What a reconstruction task is asked to fill in.

Dimensions: B jets, P slots, K dropped particles of the batch, C continuous features.
"""

from typing import NamedTuple

from torch import Tensor


class Target(NamedTuple):
    """The dropped particles of a batch, jet after jet in the order of their slots."""

    continuous: Tensor  # (K, C) normal scores
    identity: Tensor  # (K,) int64
    dropped: Tensor  # (B, P) True for a dropped particle: which jet each of the K belongs to

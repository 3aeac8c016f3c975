"""Which particles of a jet are dropped.

Dimensions: B jets, P slots, N particles of which K are dropped.

Masks come from torch's global random numbers on the device: new in every step, the same again
from the same seed.
"""

import torch
from torch import Tensor

from jetbench.networks.sequences import places

RATE = 0.4  # share of a jet's particles that is dropped, as published (arXiv:2409.12589)
# 0.29 * 100 is 28.999... in binary, but its floor is 29.
ROUNDING = 1e-9


class Split:
    """Which of the particles mask (B, P) are kept, and which of them `dropped` (B, P).

    place   where each of the N lies in B P
    kept    rows (N - K,) of N
    hidden  rows (K,) of N

    The host waits for the device twice, to know how many they are; so nothing behind has to ask.
    """

    def __init__(self, mask: Tensor, dropped: Tensor):
        self.mask, self.dropped = mask, dropped
        self.place = places(mask)
        hidden = dropped.flatten().index_select(0, self.place)
        self.hidden = places(hidden)
        self.kept = places(~hidden, len(self.place) - len(self.hidden))

    def particles(self, features: Tensor) -> Tensor:
        """(B, P, F) -> (N, F)."""
        return features.flatten(0, 1).index_select(0, self.place)


def drop(mask: Tensor, rate: float) -> Tensor:
    """floor(rate n) of the n particles of each jet, without replacement: (B, P) -> (B, P) bool."""
    return pick(mask, (mask.sum(1).double() * rate + ROUNDING).floor())


def drop_between(mask: Tensor, low: float, high: float) -> Tensor:
    """k of the n particles, k uniform over the integers in [low n, high n]: (B, P) -> (B, P).

    Where there is no integer between, floor(high n).
    """
    n = mask.sum(1).double()
    fewest, most = (n * low - ROUNDING).ceil(), (n * high + ROUNDING).floor()
    chance = torch.rand(n.shape, dtype=n.dtype, device=n.device)
    return pick(mask, torch.minimum(fewest + (chance * (most - fewest + 1)).floor(), most))


def pick(mask: Tensor, counts: Tensor) -> Tensor:
    """`counts` (B,) of the particles of each jet, all choices alike: (B, P) -> (B, P) bool."""
    scores = torch.rand(mask.shape, device=mask.device).masked_fill(~mask, torch.inf)
    places = scores.argsort(1).argsort(1)  # of each particle in a random order, real ones first
    return places < counts[:, None]

"""What several networks share: jets without their padding, and stacks of dense layers.

Dimensions: B jets, P slots a jet, N real particles in the batch, D width.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout


class Packing:
    """The real particles of a padded batch as rows, and the way back.

    Layers that look at one particle at a time work on rows: no work on padding, and batch norms
    see real particles only.
    """

    def __init__(self, mask: Tensor):
        self.mask = mask  # (B, P)
        self.rows = mask.flatten().nonzero().squeeze(1)  # (N,)
        self.full = len(self.rows) == mask.numel()

    def pack(self, x: Tensor) -> Tensor:
        """(B, P, D) -> (N, D): the rows of the real particles."""
        x = x.flatten(0, 1)
        return x if self.full else x.index_select(0, self.rows)

    def unpack(self, x: Tensor) -> Tensor:
        """(N, D) -> (B, P, D), zero where there is no particle."""
        if not self.full:
            slots = x.new_zeros(self.mask.numel(), x.shape[-1])
            x = slots.index_copy(0, self.rows, x)
        return x.unflatten(0, self.mask.shape)

    def clear(self, x: Tensor, value: float = 0) -> Tensor:
        """(N, D) -> (N, D): `value` in the rows that are no particle, of which there are none."""
        return x

    def sum(self, x: Tensor) -> Tensor:
        """(N, D) -> (B, D): the sum over the particles of each jet."""
        return self.unpack(x).sum(1)

    def mean(self, x: Tensor) -> Tensor:
        """(N, D) -> (B, D): the mean over the particles of each jet, zero for an empty jet."""
        return self.sum(x) / self.mask.sum(1, keepdim=True).clamp(min=1)


class Slots(Packing):
    """Every slot of a padded batch as a row, so that batch norms see the padding (N = B P).

    Rows of padding are to be cleared before rows are summed.
    """

    def __init__(self, mask: Tensor):
        self.mask = mask
        self.full = True
        self.padding = ~mask.flatten().unsqueeze(1)  # (N, 1)

    def clear(self, x: Tensor, value: float = 0) -> Tensor:
        """(N, D) -> (N, D): `value` in the rows of padding."""
        return x.masked_fill(self.padding, value)


def dense(sizes: Sequence[int], dropout: float = 0.0) -> list[nn.Module]:
    """Linear, ReLU and dropout from each width to the next."""
    steps = zip(sizes, sizes[1:], strict=False)
    return [nn.Sequential(nn.Linear(a, b), nn.ReLU(), Dropout(dropout)) for a, b in steps]


class Dropout(nn.Module):
    """x -> x keep / (1 - p), keep = 0 with probability p, else 1.

    On a CPU PyTorch draws one random number an entry, which took a fifth of a training step of
    ParT; sixteen bits an entry decide as well, with p rounded to a multiple of 2^-16.
    """

    def __init__(self, p: float):
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """x in evaluation; in training x with a share p of its entries set to zero."""
        if not self.training or self.p == 0:
            return x
        if x.device.type != "cpu":
            return dropout(x, self.p)
        words = torch.empty((x.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
        bits = words.view(torch.int16)[: x.numel()].view(x.shape)
        dropped = round(self.p * 2**16)
        keep = torch.ge(bits, dropped - 2**15, out=torch.empty(x.shape, dtype=x.dtype))
        return x * keep.mul_(2**16 / (2**16 - dropped))

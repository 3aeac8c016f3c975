"""What several networks share: jets without their padding, and stacks of dense layers.

Dimensions: B jets, P slots a jet, N real particles in the batch, D width.
"""

from collections.abc import Sequence

from torch import Tensor, nn


class Jets:
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

    def sum(self, x: Tensor) -> Tensor:
        """(N, D) -> (B, D): the sum over the particles of each jet."""
        return self.unpack(x).sum(1)

    def mean(self, x: Tensor) -> Tensor:
        """(N, D) -> (B, D): the mean over the particles of each jet, zero for an empty jet."""
        return self.sum(x) / self.mask.sum(1, keepdim=True).clamp(min=1)


def dense(sizes: Sequence[int]) -> list[nn.Module]:
    """Linear and ReLU from each width to the next."""
    steps = zip(sizes, sizes[1:], strict=False)
    return [nn.Sequential(nn.Linear(width, following), nn.ReLU()) for width, following in steps]

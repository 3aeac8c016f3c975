"""Jets alike in length, so that attention has little padding in a batch of random jets.

Dimensions: B jets, P slots a jet, N real particles in the batch, D width; a group of the batch has
G jets with L slots each, S = sum of G L over the groups.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

STEP = 16  # jets of a group differ in length by less


class Groups:
    """The real particles of a padded batch as rows, and its jets in groups alike in length.

    As `layers.Packing`, rows are for layers that look at one particle at a time. Attention works
    group by group, so that a short jet is not padded to the longest one of a batch of random jets.
    Rows and groups hold the jets from the first group to the last; `restore` undoes that.
    """

    def __init__(self, mask: Tensor):
        slots = mask.shape[1]
        slot = torch.arange(slots, device=mask.device)
        last = pad(mask * slot, (0, 1)).amax(1)  # (B,): the last particle of a jet
        steps, self.order = (last // STEP).sort(stable=True)  # (B,) each
        self.mask = mask[self.order]  # (B, P)
        self.lengths = (STEP * (steps + 1)).clamp(max=slots)  # (B,), L of the jet's group
        jet, slot = self.mask.nonzero(as_tuple=True)
        self.rows = self.order[jet] * slots + slot  # (N,) in B P
        self.places = (self.lengths.cumsum(0) - self.lengths)[jet] + slot  # (N,) in S
        ends = range(STEP, max(slots, 1) + STEP, STEP)
        counts = (steps[:, None] == torch.arange(len(ends), device=mask.device)).sum(0).tolist()
        groups = zip(counts, ends, strict=True)
        self.shapes = [(jets, min(end, slots)) for jets, end in groups if jets]  # (G, L) of each
        self.total = sum(jets * length for jets, length in self.shapes)  # S

    def pack(self, x: Tensor) -> Tensor:
        """(B, P, D) -> (N, D): the rows of the real particles."""
        return x.flatten(0, 1).index_select(0, self.rows)

    def part(self, x: Tensor) -> list[Tensor]:
        """(N, D) -> (G, L, D) for each group, zero where there is no particle."""
        if len(x) < self.total:
            x = x.new_zeros(self.total, x.shape[-1]).index_copy_(0, self.places, x)
        parts = x.split([jets * length for jets, length in self.shapes])
        return [part.unflatten(0, shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def join(self, parts: list[Tensor]) -> Tensor:
        """(G, L, D) of each group -> (N, D)."""
        x = torch.cat([part.flatten(0, 1) for part in parts])
        return x.index_select(0, self.places) if len(self.places) < self.total else x

    def split(self, x: Tensor) -> tuple[Tensor, ...]:
        """(B, D) -> (G, D) for each group."""
        return x.split([jets for jets, _ in self.shapes])

    def restore(self, x: Tensor) -> Tensor:
        """(B, D) in the order of the groups -> (B, D) in the order of the batch."""
        return x.index_select(0, self.order.argsort())

    @property
    def masks(self) -> list[Tensor]:
        """(G, L) for each group: True for a particle."""
        groups = zip(self.split(self.mask), self.shapes, strict=True)
        return [mask[:, :length] for mask, (_, length) in groups]

    @property
    def keys(self) -> list[Tensor]:
        """(G, L): slots to attend to. All of an empty jet: a softmax of nothing is no number."""
        return [mask | ~mask.any(1, keepdim=True) for mask in self.masks]

"""Jets alike in length, so that attention has little padding in a batch of random jets.

Dimensions: B jets, P slots a jet, N real particles in the batch, D width, T pairs, H heads; a group
of the batch has G jets with L slots each, S = sum of G L over the groups.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from jetbench.networks.layers import Slots

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

    def pairs(self) -> tuple[Tensor, Tensor, Tensor]:
        """Rows in B P of the particles i >= j of each real pair (T,), and its place in `biases`.

        The places (2, T) are those of (i, j) and of (j, i) in all G L L.
        """
        slots = self.mask.shape[1]
        i, j = torch.tril_indices(slots, slots, device=self.mask.device)
        jet, pair = (self.mask[:, i] & self.mask[:, j]).nonzero(as_tuple=True)
        i, j = i[pair], j[pair]
        areas = self.lengths.square()
        first, length = (areas.cumsum(0) - areas)[jet], self.lengths[jet]
        places = torch.stack((first + i * length + j, first + j * length + i))
        jets = self.order[jet] * slots
        return jets + i, jets + j, places

    def biases(self, x: Tensor, places: Tensor, padding: list[Tensor]) -> list[Tensor]:
        """(T, H) of the pairs in their places -> (G, H, L, L) of each group, symmetric.

        Elsewhere the bias is that of padding, (G, 1, 1, L).
        """
        parts = [part.mT.expand(-1, part.shape[3], -1, x.shape[1]) for part in padding]
        bias = torch.cat([part.flatten(0, 2) for part in parts])  # of G L L, H
        for place in places:
            bias.index_copy_(0, place, x)
        biases = zip(bias.split([part[..., 0].numel() for part in parts]), parts, strict=True)
        return [bias.view_as(part).permute(0, 3, 1, 2).contiguous() for bias, part in biases]


class OneGroup(Slots):
    """All jets of a batch as one group, every slot as a row: in evaluation the same function.

    It works on padding, but no shape follows from the values of a mask, so that the network can be
    written down as a fixed graph. Here G = B, L = P and N = B P.
    """

    def part(self, x: Tensor) -> list[Tensor]:
        """(N, D) -> (G, L, D)."""
        return [self.unpack(x)]

    def join(self, parts: list[Tensor]) -> Tensor:
        """(G, L, D) -> (N, D)."""
        return parts[0].flatten(0, 1)

    def split(self, x: Tensor) -> tuple[Tensor, ...]:
        """(B, D) -> (G, D)."""
        return (x,)

    def restore(self, x: Tensor) -> Tensor:
        """(B, D) as it is."""
        return x

    @property
    def masks(self) -> list[Tensor]:
        """(G, L): True for a particle."""
        return [self.mask]

    keys = Groups.keys

    def pairs(self) -> tuple[Tensor, Tensor, Tensor]:
        """Rows in B P of the slots i >= j of each pair (T,), and the pair of each two slots.

        Pair t of a jet is number j of row i of a triangle: t = i (i + 1) / 2 + j, (P, P) of them.
        """
        jets, slots = self.mask.shape
        t = torch.arange(slots * (slots + 1) // 2, device=self.mask.device)
        i = ((8 * t.double() + 1).sqrt() / 2 - 0.5).long()
        first = slots * torch.arange(jets, device=self.mask.device).unsqueeze(1)
        j = first + t - i * (i + 1) // 2  # (B, T / B)
        slot = torch.arange(slots, device=self.mask.device)
        low, high = torch.minimum(slot[:, None], slot), torch.maximum(slot[:, None], slot)
        return (first + i).flatten(), j.flatten(), high * (high + 1) // 2 + low

    def biases(self, x: Tensor, places: Tensor, padding: list[Tensor]) -> list[Tensor]:
        """(T, H) -> (B, H, P, P); the bias of padding, (B, 1, 1, P), where a slot is padding."""
        bias = x.unflatten(0, (self.mask.shape[0], -1)).index_select(1, places.flatten())
        bias = bias.unflatten(1, places.shape).permute(0, 3, 1, 2)
        real = self.mask[:, None, :, None] & self.mask[:, None, None, :]
        return [torch.where(real, bias, padding[0])]

"""ParticleNet: arXiv:1902.08570, at the size of arXiv:2202.03772.

Dimensions: B jets, P slots, F features, N real particles, K neighbours, C channels in, D out.
Batch norms see real particles, and the edges that start at them, only; of padding they see what
the published code shows them where a training asks for it (`ParticleNet.sees_padding`).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from jetbench.networks.layers import Packing, Slots


@torch.no_grad()
def nearest(coordinates: Tensor, packing: Packing, k: int) -> Tensor:
    """Rows (N, K) of the nearest other particles of the same jet, for each particle.

    coordinates (N, C). A jet with fewer than K other particles fills up with row N, which stands
    for an absent particle whose features are zero; so do all neighbours of padding.
    """
    precise = torch.promote_types(coordinates.dtype, torch.float32)
    x = packing.unpack(coordinates.to(precise))  # (B, P, C)
    with torch.autocast(x.device.type, enabled=False):  # neighbours need more than three digits
        squares = x.square().sum(-1)  # (B, P)
        distance = squares[:, :, None] + squares[:, None, :] - 2 * x @ x.transpose(1, 2)
    itself = torch.eye(distance.shape[-1], dtype=torch.bool, device=x.device)
    distance.masked_fill_(itself, torch.inf)  # (B, P, P)
    distance.masked_fill_(~packing.mask[:, None, :], torch.inf)
    absent = coordinates.shape[0]
    number = torch.arange(absent, device=x.device).unsqueeze(1)
    number = packing.unpack(number).squeeze(2)  # (B, P)
    closest = distance.topk(torch.sym_min(k, distance.shape[-1]), largest=False)  # (B, P, K)
    rows = number.unsqueeze(1).expand_as(distance).gather(2, closest.indices)
    missing = (0, k - rows.shape[-1])
    found = nn.functional.pad(closest.values.isfinite(), missing)  # (B, P, K)
    rows = nn.functional.pad(rows, missing).masked_fill(~found, absent)
    return packing.clear(packing.pack(rows), absent)


class EdgeConvolution(nn.Module):
    """x_i -> ReLU( shortcut(x_i) + mean over j near i of h(x_i, x_j - x_i) )."""

    def __init__(self, inputs: int, widths: Sequence[int], k: int):
        super().__init__()
        self.k = k
        sizes = (2 * inputs, *widths)
        pairs = zip(sizes, widths, strict=False)
        self.maps = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in widths)
        self.shortcut = nn.Linear(inputs, widths[-1], bias=False)
        self.shortcut_norm = nn.BatchNorm1d(widths[-1])

    def forward(self, x: Tensor, neighbours: Tensor) -> Tensor:
        """(N, C) with neighbours (N, K) -> (N, D)."""
        edges = self.edges(x, neighbours)  # (N K, D)
        for norm, following in zip(self.norms, self.maps[1:], strict=False):
            edges = following(relu(norm(edges), inplace=True))
        edges = relu(self.norms[-1](edges), inplace=True)
        message = edges.unflatten(0, neighbours.shape).mean(1)  # (N, D)
        return relu(self.shortcut_norm(self.shortcut(x)) + message)

    def edges(self, x: Tensor, neighbours: Tensor) -> Tensor:
        """W1 x_i + W2 (x_j - x_i) = (W1 - W2) x_i + W2 x_j: two maps a particle, none an edge."""
        own, other = self.maps[0].weight.chunk(2, dim=1)  # W1, W2
        centre = x @ (own - other).T  # (N, D)
        table = nn.functional.pad(x @ other.T, (0, 0, 0, 1))  # (N + 1, D); absent: zero
        near = nn.functional.embedding(neighbours, table)  # (N, K, D)
        return near.add_(centre.unsqueeze(1)).flatten(0, 1)

    def spared(self, particles: int) -> int:
        """Multiply-accumulates of the first map on every edge, less those of its two halves."""
        return (self.k - 1) * particles * self.maps[0].weight.numel()


class ParticleNet(nn.Module):
    """logits = head( mean_i of edge convolutions on graphs that are rebuilt from their output )."""

    sees_padding = False  # whether batch norms do in training
    layout: type[Packing] = Packing

    def __init__(
        self,
        inputs: int,
        classes: int,
        blocks: Sequence[Sequence[int]] = ((64, 64, 64), (128, 128, 128), (256, 256, 256)),
        k: int = 16,
        hidden: int = 256,
        dropout: float = 0.1,
    ):
        super().__init__()
        self.k = k
        self.norm = nn.BatchNorm1d(inputs)
        ends = (inputs, *(widths[-1] for widths in blocks))
        self.blocks = nn.ModuleList(
            EdgeConvolution(width, widths, k) for width, widths in zip(ends, blocks, strict=False)
        )
        self.head = nn.Sequential(
            nn.Linear(ends[-1], hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)
        )

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, classes) of jets with features (B, P, F) at points (B, P, 2)."""
        packing = (Slots if self.sees_padding and self.training else self.layout)(mask)
        coordinates = packing.pack(points)
        x = packing.clear(self.norm(packing.pack(features)))  # (N, F)
        for block in self.blocks:
            x = packing.clear(block(x, nearest(coordinates, packing, self.k)))  # (N, D)
            coordinates = x
        return self.head(packing.mean(x))

"""Pools: jets on the device with their features, ready to be put into batches.

Dimensions: B jets, P slots, F features, n particles.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from jetbench.data.features import JET_COLUMNS, POSITION, SETS, feature_columns

VECTOR = ("px", "py", "pz", "energy")
TOGETHER = 2**11  # jets computed together: they stay in the cache of a core


class Batch(NamedTuple):
    """Jets on the device; the slots beyond the particles of a jet hold zeros."""

    points: Tensor  # (B, P, 2) deta, dphi
    features: Tensor  # (B, P, F)
    vectors: Tensor  # (B, P, 4) px, py, pz, energy in GeV
    mask: Tensor  # (B, P) True for a particle
    label: Tensor  # (B,) int64


class Block(NamedTuple):
    """Raw columns of some jets on the host."""

    counts: np.ndarray  # particles of each jet
    jets: dict[str, np.ndarray]
    particles: dict[str, np.ndarray]


class Pool:
    """Jets that batches are drawn from; it is filled again and again.

    A particle is a row of its features and its four-momentum, so that a batch is one gather of
    rows. The first row is zero: it fills the slots beyond the particles of a jet. Rows keep their
    memory, since fresh pages cost a CPU as much as what is put into them.
    """

    def __init__(self, features: str, device: torch.device | str):
        self.features, self.device = features, torch.device(device)
        self.width = len(SETS[features])
        self.at = SETS[features].index(POSITION[0])  # deta and dphi enter as they are
        self.rows = torch.zeros(1, self.width + len(VECTOR), device=device)

    def fill(self, blocks: Iterable[Block], max_particles: int) -> "Pool":
        """Hold these jets, cut to their leading particles, instead of those before."""
        counts, labels, end = [], [], 1
        for block in blocks:
            counts.append(block.counts)
            labels.append(block.jets["label"])
            for columns in self.parts(block):
                end = self.append(columns, end)
        counts = np.concatenate(counts)
        self.lengths = np.minimum(counts, max_particles)
        self.first = self.on_device((1 + np.cumsum(counts) - counts).astype(np.int32))
        self.counts = self.on_device(self.lengths.astype(np.int32))
        self.label = self.on_device(np.concatenate(labels)).long()
        return self

    def parts(self, block: Block) -> Iterator[dict[str, Tensor]]:
        """Columns (n,) of some of the jets after the other, on the device."""
        edges = np.append(0, np.cumsum(block.counts))
        for start in range(0, len(block.counts), TOGETHER):
            jets = slice(start, start + TOGETHER)
            own = slice(edges[start], edges[: start + TOGETHER + 1][-1])
            columns = {name: self.on_device(of[own]) for name, of in block.particles.items()}
            counts, size = self.on_device(block.counts[jets]), own.stop - own.start
            for name in JET_COLUMNS[self.features]:
                of_jets = self.on_device(block.jets[name][jets])
                columns[f"jet_{name}"] = of_jets.repeat_interleave(counts, output_size=size)
            yield columns

    def append(self, columns: dict[str, Tensor], start: int) -> int:
        """Write particles as rows from `start` on; returns where they end."""
        values = self.rows.new_empty(self.rows.shape[1], len(columns["px"]))
        vectors = (columns[name] for name in VECTOR)
        contents = chain(feature_columns(columns, self.features), vectors)
        for row, content in zip(values, contents, strict=True):
            row.copy_(content)
        end = start + values.shape[1]
        if end > len(self.rows):
            self.grow(end * 3 // 2, start)
        if self.device.type == "cpu":
            np.copyto(self.rows[start:end].numpy(), values.T.numpy())  # twice as fast as torch
        else:
            self.rows[start:end] = values.T
        return end

    def grow(self, size: int, kept: int) -> None:
        """Make room for `size` rows."""
        if self.device.type == "cpu":  # numpy asks for huge pages: a gather of rows takes 4/5
            rows = torch.from_numpy(np.empty((size, self.rows.shape[1]), np.float32))
        else:
            rows = self.rows.new_empty(size, self.rows.shape[1])
        rows[:kept] = self.rows[:kept]
        self.rows = rows

    def on_device(self, values: np.ndarray) -> Tensor:
        """The values as a tensor on the device of the pool."""
        return torch.from_numpy(values).to(self.device)

    def batch(self, jets: np.ndarray) -> Batch:
        """Padded tensors of the jets at these places of the pool."""
        length = int(self.lengths[jets].max())
        jets = self.on_device(jets)
        slots = torch.arange(length, dtype=torch.int32, device=self.device)
        mask = slots < self.counts[jets, None]  # (B, P)
        index = ((self.first[jets, None] + slots) * mask).flatten()
        rows = self.rows.index_select(0, index).view(*mask.shape, -1)  # (B, P, F + 4)
        points = rows[..., self.at : self.at + len(POSITION)]
        features, vectors = rows[..., : self.width], rows[..., self.width :]
        return Batch(points, features, vectors, mask, self.label[jets])

"""Shards -> batches on the device. Dimensions: B jets, P particles, F features.

The host reads contiguous blocks of raw columns, a pool of jets at a time and one pool ahead, and
sends them as they are; padding and features are computed on the device, a batch at a time. A batch
is as long as its longest jet.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from jetbench.data import order
from jetbench.data.features import COLUMNS, compute, offered, stack
from jetbench.data.jets import Jets
from jetbench.errors import InputError

POOL = 2**16  # jets shuffled together: about 130 MB of raw columns

JET_COLUMNS = ("pt", "energy", "label")


class Batch(NamedTuple):
    """Jets on the device; the slots beyond the particles of a jet hold zeros."""

    points: Tensor  # (B, P, 2) deta, dphi
    features: Tensor  # (B, P, F)
    vectors: Tensor  # (B, P, 4) px, py, pz, energy in GeV
    mask: Tensor  # (B, P) True for a particle
    label: Tensor  # (B,) int64


class Pool(NamedTuple):
    """Jets in memory, ragged: the particles of each lie from `first` on, `counts` are kept."""

    first: Tensor  # on the device, as the columns
    counts: np.ndarray
    jets: dict[str, Tensor]
    particles: dict[str, Tensor]


def train_batches(
    jets: Jets,
    batch: int,
    features: str,
    seed: int,
    device: torch.device | str,
    start_step: int = 0,
) -> Iterator[Batch]:
    """Endless batches of exactly `batch` jets, from step `start_step` on.

    Batch number s depends on the jets, `batch`, `seed` and s alone. Every pass over the data holds
    each jet once; what does not fill the last pool of a pass opens the first pool of the next.
    Raises InputError for features that the shards do not have the columns of.
    """
    check_features(jets, features)
    steps = max(1, min(POOL, len(jets)) // batch)  # of a pool
    number, skip = divmod(start_step, steps)
    plans = order.pools(jets.edges, steps * batch, seed, number)
    for pool in ahead(lambda ranges: read_pool(jets, ranges, features), plans):
        plan = order.batches(len(pool.counts), batch, [seed, 1, number])
        pool = to_device(pool, device)
        for rows in plan[skip:]:
            yield assemble(pool, rows, features)
        number, skip = number + 1, 0


def eval_batches(
    jets: Jets, batch: int, features: str, device: torch.device | str
) -> Iterator[tuple[Tensor, Batch]]:
    """Every jet once, alike in length within a batch: positions in shard order (B,), and batch.

    Raises InputError for features that the shards do not have the columns of.
    """
    check_features(jets, features)
    blocks = np.stack([jets.edges[:-1], jets.edges[1:]], 1)
    pools = np.split(blocks, np.flatnonzero(np.diff(blocks[:, 0] // POOL)) + 1)
    start = 0
    for pool in ahead(lambda ranges: read_pool(jets, ranges, features), pools):
        by_length = np.argsort(pool.counts, kind="stable")
        pool = to_device(pool, device)
        for at in range(0, len(by_length), batch):
            rows = by_length[at : at + batch]
            yield torch.from_numpy(rows + start), assemble(pool, rows, features)
        start += len(by_length)


def check_features(jets: Jets, features: str) -> None:
    """InputError unless every shard has the columns that the feature set is computed from."""
    for file in jets.files:
        missing = [name for name in COLUMNS[features] if name not in file["particles"]]
        if missing:
            raise InputError(
                f"{file.filename}: expected columns {missing} for the features {features!r}, got a "
                f"shard without them; it offers {', '.join(offered(file['particles']))}"
            )


def ahead(function: Callable, items: Iterable) -> Iterator:
    """function(item) for each item; the next one is computed in a thread in the meantime."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting = []
        for item in items:
            waiting.append(thread.submit(function, item))
            if len(waiting) == 2:
                yield waiting.pop(0).result()
        if waiting:
            yield waiting.pop().result()


def read_pool(jets: Jets, ranges: np.ndarray, features: str) -> Pool:
    """Raw columns of the jets in these ranges, on the host."""
    names = [f"jets/{name}" for name in JET_COLUMNS]
    names += [f"particles/{name}" for name in COLUMNS[features]]
    counts, columns = jets.read(ranges, names)
    first = np.cumsum(counts) - counts
    columns = {name: torch.from_numpy(values) for name, values in columns.items()}
    return Pool(
        torch.from_numpy(first),
        np.minimum(counts, jets.max_particles),
        {name: columns[f"jets/{name}"] for name in JET_COLUMNS},
        {name: columns[f"particles/{name}"] for name in COLUMNS[features]},
    )


def to_device(pool: Pool, device: torch.device | str) -> Pool:
    """The same pool with its tensors on the device; the counts stay, they give the shapes."""
    jets, particles = (
        {name: values.to(device, non_blocking=True) for name, values in columns.items()}
        for columns in (pool.jets, pool.particles)
    )
    return Pool(pool.first.to(device), pool.counts, jets, particles)


def assemble(pool: Pool, rows: np.ndarray, features: str) -> Batch:
    """Padded tensors of the jets `rows` of a pool."""
    device = pool.first.device
    counts = torch.from_numpy(pool.counts[rows]).to(device)
    slots = torch.arange(int(pool.counts[rows].max()), device=device)
    rows = torch.from_numpy(rows).to(device)
    mask = slots < counts[:, None]
    # Padded slots take the leading particle, so that every feature of theirs is finite.
    index = (pool.first[rows, None] + slots * mask).flatten()
    columns = {
        name: values.index_select(0, index).view(mask.shape)
        for name, values in pool.particles.items()
    }
    columns |= {f"jet_{name}": pool.jets[name][rows, None] for name in ("pt", "energy")}
    tensors = (
        stack([columns["deta"], columns["dphi"]]),
        compute(columns, features),
        stack([columns[name] for name in ("px", "py", "pz", "energy")]),
    )
    points, inputs, vectors = ((tensor * mask[..., None]).contiguous() for tensor in tensors)
    return Batch(points, inputs, vectors, mask, pool.jets["label"][rows].long())

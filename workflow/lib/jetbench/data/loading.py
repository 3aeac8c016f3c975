"""Shards -> batches on the device.

One thread reads blocks of raw columns, another sends them to the device as they are and computes
features there, a pool of jets ahead, and the caller puts batches together. A batch is as long as
its longest jet.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

import numpy as np
import torch
from torch import Tensor

from jetbench.data import order
from jetbench.data.features import COLUMNS, JET_COLUMNS, offered
from jetbench.data.jets import Jets
from jetbench.data.pools import Batch, Block, Pool
from jetbench.errors import InputError

POOL = 2**16  # jets shuffled together: 240 MB with 17 features, twice


def train_batches(
    jets: Jets,
    batch: int,
    features: str,
    seed: int,
    device: torch.device | str,
    start_step: int = 0,
    rank: int = 0,
    ranks: int = 1,
) -> Iterator[Batch]:
    """Endless batches of exactly `batch` jets, from step `start_step` on.

    Batch number s depends on the jets, `batch`, `seed` and s alone. Every pass over the data holds
    each jet once; what does not fill the last pool of a pass opens the first pool of the next.
    Of several `ranks`, the one numbered `rank` gets the batches with s mod ranks = rank, so that
    all together see the stream of one; `start_step` counts the batches of all.
    Raises InputError for features that the shards do not have the columns of.
    """
    check_features(jets, features)
    steps = max(1, min(POOL, len(jets)) // batch)  # of a pool
    number, skip = divmod(start_step, steps)
    plans = order.pools(jets.edges, steps * batch, seed, number)
    for pool in pools(jets, plans, features, device):
        plan = order.batches(len(pool.lengths), batch, [seed, 1, number])
        for step, rows in enumerate(plan[skip:], number * steps + skip):
            if step % ranks == rank:
                yield pool.batch(rows)
        number, skip = number + 1, 0


def eval_batches(
    jets: Jets, batch: int, features: str, device: torch.device | str
) -> Iterator[tuple[Tensor, Batch]]:
    """Every jet once, alike in length within a batch: positions in shard order (B,), and batch.

    Raises InputError for features that the shards do not have the columns of.
    """
    check_features(jets, features)
    blocks = np.stack([jets.edges[:-1], jets.edges[1:]], 1)
    plans = np.split(blocks, np.flatnonzero(np.diff(blocks[:, 0] // POOL)) + 1)
    start = 0
    for pool in pools(jets, plans, features, device):
        by_length = np.argsort(pool.lengths, kind="stable")
        for at in range(0, len(by_length), batch):
            rows = by_length[at : at + batch]
            yield torch.from_numpy(rows + start), pool.batch(rows)
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


def pools(
    jets: Jets, plans: Iterable[np.ndarray], features: str, device: torch.device | str
) -> Iterator[Pool]:
    """A pool of the jets in the ranges (n, 2) of each plan; the next one overwrites the last."""
    two = cycle([Pool(features, device), Pool(features, device)])
    read = partial(read_block, jets, features)
    yield from ahead(lambda plan: next(two).fill(ahead(read, plan), jets.max_particles), plans)


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


def read_block(jets: Jets, features: str, span: np.ndarray) -> Block:
    """Raw columns of the jets [a, b)."""
    names = {"jets": ("label", *JET_COLUMNS[features]), "particles": COLUMNS[features]}
    paths = [f"{group}/{name}" for group in names for name in names[group]]
    counts, columns = jets.read_range(*span, paths)
    return Block(
        counts,
        *({name: columns[f"{group}/{name}"] for name in names[group]} for group in names),
    )

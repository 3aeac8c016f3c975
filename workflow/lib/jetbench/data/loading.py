"""Shards -> batches on the device.

One thread reads blocks of raw columns, another sends them to the device as they are and computes
features there, a pool of jets ahead, and the caller puts batches together. A batch is as long as
its longest jet.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, tee

import numpy as np
import torch
from torch import Tensor

from jetbench.data import order
from jetbench.data.features import COLUMNS, JET_COLUMNS, offered
from jetbench.data.jets import Jets
from jetbench.data.order import Piece
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
    Of several `ranks`, the one numbered `rank` gets its share of every batch: together the shares
    are the batch of one process, so `batch` must be a multiple of `ranks`. A rank unpacks all
    blocks, since a share has jets in each of them, but keeps, sends and computes on its own only.
    Raises InputError for features that the shards do not have the columns of.
    """
    check_features(jets, features)
    steps = max(1, min(POOL, len(jets)) // batch)  # of a pool
    number, skip = divmod(start_step, steps)
    plans = order.pools(jets.edges, steps * batch, seed, number)
    plans, same = tee(order.shares(plans, batch, seed, number, rank, ranks))
    filled = pools(jets, (pieces for pieces, _ in plans), features, device)
    for pool, (_, plan) in zip(filled, same, strict=False):
        for rows in plan[skip:]:
            yield pool.batch(rows)
        skip = 0


# Six arguments: two say which share of the jets, like those of train_batches.
def eval_batches(
    jets: Jets,
    batch: int,
    features: str,
    device: torch.device | str,
    rank: int = 0,
    ranks: int = 1,
) -> Iterator[tuple[Tensor, Batch]]:
    """Every jet once, alike in length within a batch: positions in shard order (B,), and batch.

    Of several `ranks`, the one numbered `rank` gets its part of the jets, in a row.
    Raises InputError for features that the shards do not have the columns of.
    """
    check_features(jets, features)
    blocks = order.part(jets.edges, rank, ranks)
    cuts = np.flatnonzero(np.diff(blocks[:, 0] // POOL)) + 1
    plans = ([Piece(*span) for span in plan] for plan in np.split(blocks, cuts) if len(plan))
    start = blocks[0, 0] if len(blocks) else 0
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
    jets: Jets, plans: Iterable[list[Piece]], features: str, device: torch.device | str
) -> Iterator[Pool]:
    """A pool of the jets in the pieces of each plan; the next one overwrites the last."""
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


def read_block(jets: Jets, features: str, piece: Piece) -> Block:
    """Raw columns of the jets of a piece."""
    names = {"jets": ("label", *JET_COLUMNS[features]), "particles": COLUMNS[features]}
    paths = [f"{group}/{name}" for group in names for name in names[group]]
    counts, columns = jets.read_range(piece.begin, piece.end, paths)
    if piece.kept is not None:
        rows = {"jets": piece.kept, "particles": np.repeat(piece.kept, counts)}
        rows = {group: np.flatnonzero(kept) for group, kept in rows.items()}
        columns = {path: of.take(rows[path.split("/")[0]]) for path, of in columns.items()}
        counts = counts[rows["jets"]]
    return Block(
        counts,
        *({name: columns[f"{group}/{name}"] for name in names[group]} for group in names),
    )

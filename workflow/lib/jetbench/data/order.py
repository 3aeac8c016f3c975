"""In which order training sees the jets: pure functions of the seed and the place in the stream.

The stream is endless: pass after pass over all jets, each pass in its own random order of blocks.
It is cut into pools of one size, across passes, so that no jet is lost and any pool can be found
without reading those before it.
"""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np


class Piece(NamedTuple):
    """The jets [begin, end), or of these only the ones that `kept` (end - begin,) says."""

    begin: int
    end: int
    kept: np.ndarray | None = None


def pools(edges: np.ndarray, size: int, seed: int, number: int) -> Iterator[np.ndarray]:
    """Ranges of jets (n, 2) that make up pool `number`, then the next ones, `size` jets each."""
    jets = edges[-1]
    while True:
        begin, end = number * size, (number + 1) * size
        turns = range(begin // jets, -(-end // jets))
        yield np.concatenate(
            [
                piece(edges, [seed, 0, turn], begin - turn * jets, end - turn * jets)
                for turn in turns
            ]
        )
        number += 1


def piece(edges: np.ndarray, seed: list[int], begin: int, end: int) -> np.ndarray:
    """Ranges of jets (n, 2) at the positions [begin, end) of one pass over shuffled blocks."""
    order = np.random.default_rng(seed).permutation(len(edges) - 1)
    stop = np.cumsum(np.diff(edges)[order])  # positions in the pass where the blocks end
    start = stop - np.diff(edges)[order]
    here = (stop > begin) & (start < end)
    shift = (edges[order] - start)[here]
    return (
        np.stack([np.maximum(start[here], begin), np.minimum(stop[here], end)], 1) + shift[:, None]
    )


def batches(jets: int, batch: int, seed: list[int]) -> np.ndarray:
    """Jets of a pool by batch (steps, batch), in random order.

    Batches are random samples. Batches of jets alike in length hold less padding, but length tells
    the class: after the same steps P-CNN was at an accuracy of 0.34 instead of 0.54, and ParT at
    0.33 instead of 0.41 (docs/log.md). Saving the padding is left to the networks.
    """
    return np.random.default_rng(seed).permutation(jets).reshape(-1, batch)


def shares(
    plans: Iterator[np.ndarray], batch: int, seed: int, number: int, rank: int, ranks: int
) -> Iterator[tuple[list[Piece], np.ndarray]]:
    """For each pool from `number` on what one of `ranks` processes reads, and its batches of it.

    Of every batch it takes each ranks-th jet from number `rank` on, so that the shares of all are
    the batch of one process. The batches (steps, batch / ranks) are places among the jets read.
    """
    for plan, pool in zip(plans, count(number), strict=False):
        ends = np.diff(plan).cumsum()
        rows = batches(ends[-1], batch, [seed, 1, pool])
        if ranks == 1:
            yield [Piece(*span) for span in plan], rows
            continue
        rows = rows[:, rank::ranks]
        kept = np.zeros(ends[-1], bool)
        kept[rows] = True
        parts = np.split(kept, ends[:-1])
        pieces = [Piece(*span, part) for span, part in zip(plan, parts, strict=True)]
        yield pieces, (kept.cumsum() - 1)[rows]


def part(edges: np.ndarray, rank: int, ranks: int) -> np.ndarray:
    """Ranges (n, 2) of one of `ranks` parts of all jets, alike in size, that end at the edges."""
    begin, end = (edges[-1] * np.array([rank, rank + 1])) // ranks
    ends = np.unique(np.clip(edges, begin, end))
    return np.stack([ends[:-1], ends[1:]], 1)

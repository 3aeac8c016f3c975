"""In which order training sees the jets: pure functions of the seed and the place in the stream.

The stream is endless: pass after pass over all jets, each pass in its own random order of blocks.
It is cut into pools of one size, across passes, so that no jet is lost and any pool can be found
without reading those before it.
"""

from collections.abc import Iterator

import numpy as np

LENGTH_GROUPS = 8  # more: less padding; fewer: batches closer to random samples


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


def batches(counts: np.ndarray, batch: int, seed: list[int]) -> np.ndarray:
    """Jets of a pool by batch (steps, batch): shuffled, alike in length within a batch.

    The jets, sorted by their number of particles, fall into groups of whole batches; each group is
    shuffled and cut, and the batches come in random order.
    """
    generator = np.random.default_rng(seed)
    steps = len(counts) // batch
    order = generator.permutation(len(counts))
    order = order[np.argsort(counts[order], kind="stable")]
    groups = np.arange(1, LENGTH_GROUPS) * steps // LENGTH_GROUPS * batch
    for group in np.split(order, groups):
        generator.shuffle(group)  # a view: shuffles in place
    return generator.permutation(order.reshape(steps, batch))

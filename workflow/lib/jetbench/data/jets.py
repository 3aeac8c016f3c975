"""Jets of many shards as one long list, read in contiguous ranges."""

import hashlib
import os
from collections.abc import Iterable

import numpy as np

from jetbench.data.shards import open_shard, read_column
from jetbench.errors import InputError

BLOCK = 2**14  # jets read together: few chunks of the file are read by halves


class Jets:
    """The first `limit` jets of the shards in their order, each cut to its leading particles.

    edges   where the blocks begin, and the end of the last; no block reaches across shards
    digest  SHA-256 of what is read: the digests of the shards and the number of jets

    Raises InputError for a file that is no shard, and if there are fewer than `limit` jets.
    """

    def __init__(
        self,
        shards: Iterable[str | os.PathLike],
        limit: int | None = None,
        max_particles: int = 128,
    ):
        self.max_particles = max_particles
        self.files, self.starts, total = [], [], 0
        for shard in shards:
            if limit is not None and total >= limit:
                break
            self.files.append(open_shard(shard))
            self.starts.append(total)
            total += len(self.files[-1]["jets/label"])
        if total < (limit or 1):
            raise InputError(f"{list(shards)}: expected at least {limit or 1} jets, got {total}")
        self.size = total if limit is None else limit
        self.edges = self._edges(total)
        self.digest = self._digest()

    def __len__(self) -> int:
        return self.size

    def _edges(self, total: int) -> np.ndarray:
        ends = [*self.starts[1:], total]
        edges = [np.arange(a, b, BLOCK) for a, b in zip(self.starts, ends, strict=True)]
        edges = np.concatenate(edges)
        return np.append(edges[edges < self.size], self.size)

    def _digest(self) -> str:
        parts = [file.attrs["digest"] for file in self.files] + [str(self.size)]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    def read(self, ranges: Iterable, names: Iterable[str]) -> tuple[np.ndarray, dict]:
        """Particles of each jet, and columns such as "particles/px", of the jets [a, b) in turn.

        No range may reach across shards. Raises InputError where a shard is corrupted.
        """
        counts, spans = [], []
        for begin, end in ranges:
            shard = np.searchsorted(self.starts, begin, side="right") - 1
            file, at = (
                self.files[shard],
                slice(begin - self.starts[shard], end - self.starts[shard]),
            )
            first = read_column(file, "jets/first", slice(at.start, at.stop + 1))
            counts.append(np.diff(first))
            spans.append((file, {"jets": at, "particles": slice(first[0], first[-1])}))
        columns = {
            name: joined([read_column(file, name, span[name.split("/")[0]]) for file, span in spans])
            for name in names
        }
        return joined(counts), columns


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """The parts as one; no copy of a single one."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)

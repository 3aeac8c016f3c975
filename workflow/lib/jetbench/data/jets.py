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
        counts, columns = zip(*(self.read_range(*span, names) for span in ranges), strict=True)
        columns = {name: np.concatenate([part[name] for part in columns]) for name in names}
        return np.concatenate(counts), columns

    def read_range(self, begin: int, end: int, names: Iterable[str]) -> tuple[np.ndarray, dict]:
        """As `read`, of the jets [begin, end)."""
        shard = np.searchsorted(self.starts, begin, side="right") - 1
        file, start = self.files[shard], self.starts[shard]
        first = read_column(file, "jets/first", slice(begin - start, end - start + 1))
        spans = {"jets": slice(begin - start, end - start), "particles": slice(first[0], first[-1])}
        columns = {name: read_column(file, name, spans[name.split("/")[0]]) for name in names}
        return np.diff(first), columns

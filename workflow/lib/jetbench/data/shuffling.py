"""Jets of a few files -> one shard, in an order that a seed decides.

Two passes, so that memory does not grow with the number of jets: every jet is dealt to a random
bucket on disk; then one bucket after the other is shuffled in memory and written. Together that
is a uniform shuffle.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jetbench.data.columns import Schema, schema
from jetbench.data.shards import writing
from jetbench.files import sha256
from jetbench.progress import track
from jetbench.provenance import code_version

BUCKET = 2**14  # jets of a bucket, on average: about 30 MB
PIECE = 2**13  # jets of a bucket written at a time
BLOCK = 2**14  # records turned into columns, or made of them, at a time: less than 1 MB


class Records(NamedTuple):
    """One record a jet and one a particle: what lies together moves together."""

    jets: np.ndarray
    particles: memoryview  # those of one jet after those of the other


def write_shuffled(
    shard: str | os.PathLike,
    chunks: Iterable[tuple[dict, dict]],
    jets: int,
    sources: list[str | os.PathLike],
    attributes: dict,
) -> None:
    """Write the jets of the chunks as one shard, in an order that follows from the seed.

    chunks      columns of some jets and of their particles, `jets` jets in all
    attributes  dataset, split, seed and classes; the names and checksums of the sources are added

    The same chunks, attributes and code give the same bytes.
    """
    attributes = attributes | {
        "sources": [Path(source).name for source in sources],
        "sources_sha256": [sha256(source) for source in sources],
        "code_version": code_version(),
    }
    what = f"{attributes['split']} {Path(shard).stem}"
    generator = np.random.default_rng(attributes["seed"])
    types = record_types(schema(attributes["dataset"]))
    with scratch(shard) as folder, writing(shard, attributes) as writer:
        buckets = [folder / str(n) for n in range(1 + jets // BUCKET)]
        with track(None, f"convert {what}", jets, unit="jet") as bar:
            for chunk in chunks:
                bar.update(len(chunk[0]["label"]))
                deal(to_records(*chunk, types), buckets, types[1].itemsize, generator)
        for bucket in track(buckets, f"shuffle {what}", unit="bucket"):
            if bucket.exists():
                for columns in shuffled(bucket, types, generator):
                    writer.append(*columns)


@contextmanager
def scratch(shard: str | os.PathLike) -> Iterator[Path]:
    """Empty folder beside the shard, removed in the end; one that a killed job left is emptied."""
    folder = Path(shard).with_name(f".{Path(shard).stem}.buckets")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def record_types(columns: Schema) -> tuple[np.dtype, np.dtype]:
    """Types of a record of a jet, which counts its particles, and of one of a particle."""
    jets = [(name, dtype) for name, dtype in columns.jets.items() if name != "first"]
    return np.dtype([*jets, ("count", "i4")]), np.dtype(list(columns.particles.items()))


def to_records(jets: dict, particles: dict, types: tuple[np.dtype, np.dtype]) -> Records:
    """Columns as records."""
    jets = jets | {"count": np.diff(jets["first"])}
    records = np.empty(len(jets["label"]), types[0]), np.empty(len(particles["px"]), types[1])
    for table, columns in zip(records, (jets, particles), strict=True):
        for block in blocks(table):
            for name in table.dtype.names:
                table[name][block] = columns[name][block]
    return Records(records[0], records[1].view(np.uint8).data)


def to_columns(records: np.ndarray) -> dict[str, np.ndarray]:
    """Records as columns."""
    kinds = {name: records.dtype[name] for name in records.dtype.names}
    columns = {name: np.empty(len(records), kind) for name, kind in kinds.items()}
    for block in blocks(records):
        for name, values in columns.items():
            values[block] = records[name][block]
    return columns


def blocks(records: np.ndarray) -> Iterator[slice]:
    """Slices of records so short that they stay in the cache of a core."""
    return (slice(start, start + BLOCK) for start in range(0, len(records), BLOCK))


class Places(NamedTuple):
    """Where the particles of each jet begin and end among the bytes of all."""

    starts: np.ndarray
    ends: np.ndarray


def places(jets: np.ndarray, size: int) -> Places:
    """Places of the particles of these jets, a particle being `size` bytes."""
    ends = size * np.cumsum(jets["count"], dtype=np.int64)
    return Places(ends - size * jets["count"], ends)


def gather(content: memoryview, where: Places, rows: np.ndarray) -> bytes:
    """Particles of the jets `rows`, in that order.

    Those of a jet move as one: an index array of particles takes five times as long.
    """
    edges = zip(where.starts[rows].tolist(), where.ends[rows].tolist(), strict=True)
    return b"".join([content[start:end] for start, end in edges])


def deal(records: Records, buckets: list[Path], size: int, generator: np.random.Generator) -> None:
    """Append every jet to a bucket drawn at random: its jets and their particles, a file each."""
    drawn = generator.integers(len(buckets), size=len(records.jets))
    ends = np.cumsum(np.bincount(drawn, minlength=len(buckets)))
    dealt = np.split(np.argsort(drawn, kind="stable"), ends[:-1])
    where = places(records.jets, size)
    for bucket, rows in zip(buckets, dealt, strict=True):
        append(bucket, records.jets[rows].tobytes())
        append(particles_of(bucket), gather(records.particles, where, rows))


def append(path: Path, content: bytes) -> None:
    """Write at the end of a file."""
    with open(path, "ab", buffering=0) as file:
        file.write(content)


def particles_of(bucket: Path) -> Path:
    """File with the particles of the jets of a bucket."""
    return bucket.with_suffix(".particles")


def shuffled(
    bucket: Path, types: tuple[np.dtype, np.dtype], generator: np.random.Generator
) -> Iterator[tuple[dict, dict]]:
    """Columns (jets, particles) of a bucket, its jets in random order, some jets at a time."""
    jets = np.fromfile(bucket, types[0])
    content = memoryview(particles_of(bucket).read_bytes())
    where = places(jets, types[1].itemsize)
    order = generator.permutation(len(jets))
    for start in range(0, len(jets), PIECE):
        rows = order[start : start + PIECE]
        columns = to_columns(jets[rows])
        first = np.concatenate([[0], np.cumsum(columns.pop("count"), dtype=np.int64)])
        particles = np.frombuffer(gather(content, where, rows), types[1])
        yield columns | {"first": first}, to_columns(particles)

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

BUCKET = 2**15  # jets of a bucket, on average: about 60 MB


class Records(NamedTuple):
    """One record a jet and one a particle: what lies together moves together."""

    jets: np.ndarray
    particles: np.ndarray


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
                deal(to_records(*chunk, types), buckets, generator)
        for bucket in track(buckets, f"shuffle {what}", unit="bucket"):
            if bucket.exists():
                writer.append(*shuffled(bucket, types, generator))


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
    records = Records(
        np.empty(len(jets["label"]), types[0]), np.empty(len(particles["px"]), types[1])
    )
    for table, columns in zip(records, (jets, particles), strict=True):
        for name in table.dtype.names:
            table[name] = columns[name]
    return records


def reorder(records: Records, rows: np.ndarray) -> Records:
    """Records of the jets `rows` in that order, and those of their particles."""
    counts = records.jets["count"].astype(np.int64)
    first = np.cumsum(counts) - counts
    counts = counts[rows]
    start = np.cumsum(counts) - counts  # where the particles of each jet come to lie
    slots = np.repeat(first[rows] - start, counts) + np.arange(counts.sum())
    return Records(records.jets[rows], records.particles[slots])


def deal(records: Records, buckets: list[Path], generator: np.random.Generator) -> None:
    """Append every jet to a bucket drawn at random: its jets and their particles, a file each."""
    drawn = generator.integers(len(buckets), size=len(records.jets))
    jets, particles = reorder(records, np.argsort(drawn, kind="stable"))
    ends = np.cumsum(np.bincount(drawn, minlength=len(buckets)))
    particle_ends = np.append(0, np.cumsum(jets["count"], dtype=np.int64))[ends]
    pieces = zip(np.split(jets, ends[:-1]), np.split(particles, particle_ends[:-1]), strict=True)
    for bucket, (some_jets, their_particles) in zip(buckets, pieces, strict=True):
        with open(bucket, "ab") as file:
            some_jets.tofile(file)
        with open(f"{bucket}.particles", "ab") as file:
            their_particles.tofile(file)


def shuffled(
    bucket: Path, types: tuple[np.dtype, np.dtype], generator: np.random.Generator
) -> tuple[dict, dict]:
    """Columns (jets, particles) of a bucket, its jets in random order."""
    records = Records(np.fromfile(bucket, types[0]), np.fromfile(f"{bucket}.particles", types[1]))
    jets, particles = reorder(records, generator.permutation(len(records.jets)))
    first = np.concatenate([[0], np.cumsum(jets["count"], dtype=np.int64)])
    columns = {name: jets[name] for name in jets.dtype.names if name != "count"}
    return columns | {"first": first}, {name: particles[name] for name in particles.dtype.names}

"""ROOT files of one number, a class each -> one shard with classes mixed and jets shuffled.

Two passes, so that memory does not grow with the number of jets: every jet is dealt to a random
bucket on disk; then one bucket after the other is shuffled in memory and written. Together that
is a uniform shuffle.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import numpy as np

from jetbench.data.columns import JET_COLUMNS, PARTICLE_COLUMNS
from jetbench.data.datasets import CLASSES, PROCESSES
from jetbench.data.rootfiles import count_jets, read_chunks
from jetbench.data.shards import writing
from jetbench.errors import InputError
from jetbench.files import sha256
from jetbench.progress import track
from jetbench.provenance import code_version

BUCKET = 2**15  # jets of a bucket, on average: about 60 MB

JET = np.dtype(
    [(name, dtype) for name, dtype in JET_COLUMNS.items() if name != "first"] + [("count", "i4")]
)
PARTICLE = np.dtype(list(PARTICLE_COLUMNS.items()))


def convert(
    sources: list[str | os.PathLike], shard: str | os.PathLike, dataset: str, split: str, seed: int
) -> None:
    """Write the jets of the files `{process}_{number}.root`, one a class, as one shard.

    The order of the jets follows from the sources and the seed; within a jet it is that of the
    file. The same sources, seed and code give the same bytes. Raises InputError for sources that
    `rootfiles` refuses, whose name tells another class than their labels, or that come twice.
    """
    labels = [label_of(source) for source in sources]
    if len(set(labels)) < len(labels):
        raise InputError(f"{shard}: expected one source a class, got {[str(s) for s in sources]}")
    sizes = [count_jets(source) for source in sources]
    generator = np.random.default_rng(seed)
    attributes = {
        "dataset": dataset,
        "split": split,
        "seed": seed,
        "classes": list(CLASSES),
        "sources": [Path(source).name for source in sources],
        "sources_sha256": [sha256(source) for source in sources],
        "code_version": code_version(),
    }
    with scratch(shard) as folder, writing(shard, attributes) as writer:
        buckets = [folder / str(n) for n in range(1 + sum(sizes) // BUCKET)]
        with track(None, f"convert {split} {Path(shard).stem}", sum(sizes), unit="jet") as bar:
            for jets, particles in chain.from_iterable(map(read_class, sources, labels)):
                bar.update(len(jets))
                deal(jets, particles, buckets, generator)
        for bucket in track(buckets, f"shuffle {split} {Path(shard).stem}", unit="bucket"):
            if bucket.exists():
                writer.append(*shuffled(bucket, generator))


def label_of(source: str | os.PathLike) -> int:
    """Class index that the name of a ROOT file tells."""
    match = re.fullmatch(r"(.+)_\d+\.root", Path(source).name)
    if not match or match[1] not in PROCESSES:
        raise InputError(f"{source}: expected a name like HToBB_000.root, process in {PROCESSES}")
    return PROCESSES.index(match[1])


def read_class(source: str | os.PathLike, label: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Records of the jets and particles of a source, in chunks; all jets are of class `label`."""
    for jets, particles in read_chunks(source):
        if (jets["label"] != label).any():
            got = [CLASSES[other] for other in np.unique(jets["label"])]
            raise InputError(f"{source}: expected jets of class {CLASSES[label]}, got {got}")
        yield to_records(jets, particles)


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


def to_records(jets: dict, particles: dict) -> tuple[np.ndarray, np.ndarray]:
    """Columns as one record a jet and one a particle: what lies together moves together."""
    jets = jets | {"count": np.diff(jets["first"])}
    jet_records = np.empty(len(jets["label"]), JET)
    particle_records = np.empty(len(particles["px"]), PARTICLE)
    for records, columns in ((jet_records, jets), (particle_records, particles)):
        for name in records.dtype.names:
            records[name] = columns[name]
    return jet_records, particle_records


def reorder(jets: np.ndarray, particles: np.ndarray, rows: np.ndarray) -> tuple:
    """Records of the jets `rows` in that order, and those of their particles."""
    counts = jets["count"].astype(np.int64)
    first = np.cumsum(counts) - counts
    jets, counts = jets[rows], counts[rows]
    start = np.cumsum(counts) - counts  # where the particles of each jet come to lie
    return jets, particles[np.repeat(first[rows] - start, counts) + np.arange(counts.sum())]


def deal(jets: np.ndarray, particles: np.ndarray, buckets: list[Path], generator) -> None:
    """Append every jet to a bucket drawn at random: its jets and their particles, a file each."""
    drawn = generator.integers(len(buckets), size=len(jets))
    jets, particles = reorder(jets, particles, np.argsort(drawn, kind="stable"))
    ends = np.cumsum(np.bincount(drawn, minlength=len(buckets)))
    particle_ends = np.append(0, np.cumsum(jets["count"], dtype=np.int64))[ends]
    pieces = zip(np.split(jets, ends[:-1]), np.split(particles, particle_ends[:-1]), strict=True)
    for bucket, (some_jets, their_particles) in zip(buckets, pieces, strict=True):
        with open(bucket, "ab") as file:
            some_jets.tofile(file)
        with open(f"{bucket}.particles", "ab") as file:
            their_particles.tofile(file)


def shuffled(bucket: Path, generator: np.random.Generator) -> tuple[dict, dict]:
    """Columns (jets, particles) of a bucket, its jets in random order."""
    jets, particles = np.fromfile(bucket, JET), np.fromfile(f"{bucket}.particles", PARTICLE)
    jets, particles = reorder(jets, particles, generator.permutation(len(jets)))
    first = np.concatenate([[0], np.cumsum(jets["count"], dtype=np.int64)])
    columns = {name: jets[name] for name in jets.dtype.names if name != "count"}
    return columns | {"first": first}, {name: particles[name] for name in particles.dtype.names}

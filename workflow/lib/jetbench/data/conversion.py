"""Public files of jets -> one shard with classes mixed and jets shuffled."""

import os
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from jetbench.data import parquet
from jetbench.data.datasets import CLASSES, PROCESSES, described
from jetbench.data.rootfiles import count_jets, read_chunks
from jetbench.data.shuffling import write_shuffled
from jetbench.errors import InputError


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
    attributes = {"dataset": dataset, "split": split, "seed": seed, "classes": list(CLASSES)}
    chunks = chain.from_iterable(map(read_class, sources, labels))
    write_shuffled(shard, chunks, sum(map(count_jets, sources)), sources, attributes)


def label_of(source: str | os.PathLike) -> int:
    """Class index that the name of a ROOT file tells."""
    match = re.fullmatch(r"(.+)_\d+\.root", Path(source).name)
    if not match or match[1] not in PROCESSES:
        raise InputError(f"{source}: expected a name like HToBB_000.root, process in {PROCESSES}")
    return PROCESSES.index(match[1])


def read_class(source: str | os.PathLike, label: int) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and particles of a source, in chunks; all jets are of class `label`."""
    for jets, particles in read_chunks(source):
        if (jets["label"] != label).any():
            got = [CLASSES[other] for other in np.unique(jets["label"])]
            raise InputError(f"{source}: expected jets of class {CLASSES[label]}, got {got}")
        yield jets, particles


def convert_parquet(
    source: str | os.PathLike, shard: str | os.PathLike, dataset: str, split: str, seed: int
) -> None:
    """Write the jets of one parquet file, which holds both classes, as one shard.

    `dataset` is toplandscape or quarkgluon. Order and bytes follow from source and seed as those of
    `convert`. Raises InputError for a source that `parquet` refuses.
    """
    classes = list(described(dataset).classes)
    attributes = {"dataset": dataset, "split": split, "seed": seed, "classes": classes}
    jets = parquet.count_jets(source, dataset)
    write_shuffled(shard, parquet.read_chunks(source, dataset), jets, [source], attributes)

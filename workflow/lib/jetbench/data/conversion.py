"""Public files of jets -> one shard with classes mixed and jets shuffled."""

import os
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from jetbench.data.datasets import CLASSES, PROCESSES, described, family
from jetbench.data.readers import btagfiles, parquet, qgfiles, topfiles
from jetbench.data.readers.rootfiles import open_chunks
from jetbench.data.shuffling import write_shuffled
from jetbench.errors import InputError

# Readers of files that hold all classes: count_jets(path, family), read_chunks(path, family).
READERS = {
    "btag": btagfiles,
    "topreference": topfiles,
    "toplandscape": parquet,
    "qgreference": qgfiles,
    "quarkgluon": parquet,
}


def convert(
    sources: list[str | os.PathLike], shard: str | os.PathLike, dataset: str, split: str, seed: int
) -> None:
    """Write the jets of the sources as one shard, in an order that follows from the seed.

    The sources of jetclass and jetclass_{scale} are the files `{process}_{number}.root`, one a
    class; that of any other data set is one file with the jets of all its classes. Within a jet the
    order is that of the file. The same sources, seed and code give the same bytes. Raises
    InputError for sources that their reader refuses; for JetClass also for those whose name tells
    another class than their labels, or that come twice.
    """
    classes = list(described(dataset).classes)
    attributes = {"dataset": dataset, "split": split, "seed": seed, "classes": classes}
    read = read_classes if family(dataset) == "jetclass" else read_all_classes
    write_shuffled(shard, *read(sources, family(dataset)), sources, attributes)


def read_all_classes(sources: list[str | os.PathLike], name: str) -> tuple[Iterator, int]:
    """Chunks of columns of the one source of such a data set, and how many jets they hold."""
    (source,) = sources
    return READERS[name].read_chunks(source, name), READERS[name].count_jets(source, name)


def read_classes(sources: list[str | os.PathLike], _) -> tuple[Iterator, int]:
    """Chunks of columns of the JetClass files, one a class, and how many jets they hold."""
    labels = [label_of(source) for source in sources]
    if len(set(labels)) < len(labels):
        raise InputError(f"expected one source a class, got {[str(s) for s in sources]}")
    counts, chunks = zip(*map(open_chunks, sources), strict=True)
    return chain.from_iterable(map(only_class, sources, labels, chunks)), sum(counts)


def label_of(source: str | os.PathLike) -> int:
    """Class index that the name of a ROOT file tells."""
    match = re.fullmatch(r"(.+)_\d+\.root", Path(source).name)
    if not match or match[1] not in PROCESSES:
        raise InputError(f"{source}: expected a name like HToBB_000.root, process in {PROCESSES}")
    return PROCESSES.index(match[1])


def only_class(
    source: str | os.PathLike, label: int, chunks: Iterator[tuple[dict, dict]]
) -> Iterator[tuple[dict, dict]]:
    """The chunks of a source as they are, once all their jets are found to be of class `label`."""
    entry = 0
    for jets, particles in chunks:
        others = np.flatnonzero(jets["label"] != label)
        if len(others):
            got = CLASSES[jets["label"][others[0]]]
            where = f"{source}: branch label_{got}, entry {entry + others[0]}"
            raise InputError(f"{where}: expected jets of class {CLASSES[label]}, got {got}")
        yield jets, particles
        entry += len(jets["label"])

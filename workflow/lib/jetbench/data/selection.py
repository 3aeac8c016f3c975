"""Shards of a data set -> shards with the jets of some of its classes."""

import os
from pathlib import Path

import h5py
import numpy as np

from jetbench.data.datasets import described
from jetbench.data.shards import open_shard, read_column, writing
from jetbench.errors import InputError
from jetbench.progress import track
from jetbench.provenance import code_version

BLOCK = 2**14  # jets in memory at once, about 50 MB
NOWHERE = 255  # label of the jets that are left out


def select(source: str | os.PathLike, shard: str | os.PathLike, dataset: str) -> None:
    """Write the jets of the classes of `dataset` that a shard holds, in its order, as a shard.

    All columns are kept; labels are renumbered to the classes of `dataset`, such as top_demo. The
    same source and code give the same bytes. Raises InputError for a source without one of the
    classes, or without any jet of it.
    """
    classes = described(dataset).classes
    with open_shard(source) as file:
        known = list(file.attrs.get("classes", ()))
        if not set(classes) <= set(known):
            raise InputError(f"{source}: expected the classes {classes}, got {known}")
        renumbered = np.full(256, NOWHERE, np.uint8)
        renumbered[[known.index(name) for name in classes]] = range(len(classes))
        found = np.zeros(256, np.int64)
        with writing(shard, attributes_of(file, dataset)) as writer:
            starts = range(0, len(file["jets/label"]), BLOCK)
            for start in track(starts, f"select {Path(shard).stem}", unit="block"):
                jets, particles = read_block(file, start)
                jets["label"] = renumbered[jets["label"]]
                found += np.bincount(jets["label"], minlength=len(found))
                writer.append(*kept(jets, particles, jets["label"] != NOWHERE))
            check_found(source, dict(zip(classes, found.tolist(), strict=False)))


def attributes_of(file: h5py.File, dataset: str) -> dict:
    """Attributes of the shard that is made of this one."""
    inherited = {name: file.attrs[name] for name in ("split", "seed") if name in file.attrs}
    return inherited | {
        "dataset": dataset,
        "classes": list(described(dataset).classes),
        "source_dataset": file.attrs.get("dataset", ""),
        "source_digest": file.attrs["digest"],
        "code_version": code_version(),
    }


def read_block(file: h5py.File, start: int) -> tuple[dict, dict]:
    """All columns of at most BLOCK jets from `start` on, and of their particles."""
    first = read_column(file, "jets/first", slice(start, start + BLOCK + 1))
    spans = {
        "jets": slice(start, start + len(first) - 1),
        "particles": slice(first[0], first[-1]),
    }
    jets, particles = (
        {name: read_column(file, f"{group}/{name}", span) for name in file[group]}
        for group, span in spans.items()
    )
    return jets | {"first": first - first[0]}, particles


def kept(jets: dict, particles: dict, keep: np.ndarray) -> tuple[dict, dict]:
    """Columns of those jets that are to be kept, and of their particles."""
    counts = np.diff(jets["first"])
    of_kept = np.repeat(keep, counts)
    first = np.concatenate([[0], np.cumsum(counts[keep])])
    jets = {name: values[keep] for name, values in jets.items() if name != "first"}
    return jets | {"first": first}, {name: values[of_kept] for name, values in particles.items()}


def check_found(source: str | os.PathLike, jets: dict[str, int]) -> None:
    """Refuse a shard without jets of one of the classes."""
    absent = [name for name, count in jets.items() if count == 0]
    if absent:
        raise InputError(
            f"{source}: expected jets of the classes {list(jets)}, got none of {absent}"
        )

"""Shards as they are: nothing is refused that can be read at all, so that it can be looked at."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import h5py
import hdf5plugin  # noqa: F401, registers the codec
import numpy as np

from jetbench.data import columns
from jetbench.data.shards import read_column
from jetbench.errors import InputError

ABOUT = ("format", "dataset", "split", "seed", "code_version")  # attributes that are told
MISSING = "missing"


class Block(NamedTuple):
    """Some jets of a file; the particles of jet i are those from first[i] to first[i + 1]."""

    entries: np.ndarray  # numbers of these jets in the file
    jets: dict[str, np.ndarray]
    particles: dict[str, np.ndarray]
    first: np.ndarray


class Raw(NamedTuple):
    """An open file of jets: what it says of itself, and how to read some of them.

    The columns of a block have the names of a shard's where they mean the same. Those of ROOT files
    keep their five flags and what BTag has instead of momenta: pt, eta, phi and pid of particles.
    """

    about: dict[str, str]
    family: str  # the data set whose columns it has
    classes: tuple[str, ...]
    labels: np.ndarray  # (jets,) index in `classes`, -1 for no class, or several
    names: dict[str, str]  # of a column such as jets/pt, as the file itself calls it
    read: Callable[[int, int], Block]  # jets from start to stop
    remarks: list[str]  # what keeps columns from being read


@contextmanager
def open_raw_shard(path: str | os.PathLike) -> Iterator[Raw]:
    """A shard, its columns unchecked.

    Raises InputError for a file that is not HDF5 or whose jets/first does not divide its particles,
    and, also while reading, for bytes that are corrupted.
    """
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: {unopened(error)}") from None
    with file:
        first = offsets(file)
        told = {name: file.attrs[name] for name in file.attrs}
        expected = columns.schema(str(told.get("dataset", ""))).names()
        wanted = dict.fromkeys([*expected, *found(file)])
        faults = {name: fault(file, name, first) for name in wanted if name != "jets/first"}
        names = {name: name for name, reason in faults.items() if reason is None}
        classes = tuple(str(name) for name in told.get("classes", ()))
        yield Raw(
            {name: str(told[name]) for name in ABOUT if name in told},
            str(told.get("dataset", "jetclass")).split("_")[0],
            classes,
            labels_of(file, names, classes, len(first) - 1),
            names,
            partial(read_block, file, list(names), first),
            remarks(faults),
        )


def unopened(error: OSError) -> str:
    """Why HDF5 does not open a file, with its sizes where it is truncated."""
    sizes = re.search(r"eof = (\d+),.* stored_eof = (\d+)", str(error))
    if sizes is None:
        return f"expected an HDF5 file, got: {error}"
    return f"expected {sizes[2]} bytes, got {sizes[1]}: truncated, HDF5 opens no part of it"


def offsets(file: h5py.File) -> np.ndarray:
    """jets/first; InputError where the particles of a jet cannot be found by it."""
    if not {"jets/first", "particles/px"} <= set(found(file)):
        raise InputError(
            f"{file.filename}: expected a shard with jets/first and particles/px, got {[*file]}"
        )
    first, particles = read_column(file, "jets/first"), len(file["particles/px"])
    if len(first) < 2 or (np.diff(first) < 0).any() or first[0] < 0 or first[-1] > particles:
        raise InputError(
            f"{file.filename}: jets/first: expected offsets that rise from 0 to {particles}, "
            f"got {first}"
        )
    return first


def found(file: h5py.File) -> list[str]:
    """Full names of the columns of a shard."""
    groups = [name for name in ("jets", "particles") if isinstance(file.get(name), h5py.Group)]
    return [f"{group}/{name}" for group in groups for name in file[group]]


def fault(file: h5py.File, name: str, first: np.ndarray) -> str | None:
    """Why a column cannot be read, or None."""
    if name not in file:
        return MISSING
    size = int(first[-1]) if name.startswith("particles/") else len(first) - 1
    column = file[name]
    if column.ndim == 1 and len(column) >= size and column.dtype.kind in "fiub":
        return None
    return f"{column.dtype} of shape {column.shape}, not {size} numbers"


def remarks(faults: dict[str, str | None]) -> list[str]:
    """What to say of columns that cannot be read: a line for those missing, one for each other."""
    missing = [name for name, reason in faults.items() if reason == MISSING]
    others = {name: reason for name, reason in faults.items() if reason not in (None, MISSING)}
    lines = [f"{MISSING}: {', '.join(missing)}"] if missing else []
    return lines + [f"{name} is {reason}" for name, reason in others.items()]


def labels_of(file: h5py.File, names: dict, classes: tuple, jets: int) -> np.ndarray:
    """Labels of all jets, -1 for those that are none of the classes."""
    if "jets/label" not in names:
        return np.full(jets, -1)
    labels = read_column(file, "jets/label", slice(jets))
    known = np.isin(labels, range(len(classes)))
    return np.where(known, np.where(known, labels, 0).astype(int), -1)


def read_block(
    file: h5py.File, names: list[str], first: np.ndarray, start: int, stop: int
) -> Block:
    """The jets from `start` to `stop`."""
    spans = {"jets": slice(start, stop), "particles": slice(first[start], first[stop])}
    read = {"jets": {}, "particles": {}}
    for name in names:
        group, column = name.split("/")
        read[group][column] = read_column(file, name, spans[group])
    return Block(np.arange(start, stop), **read, first=first[start : stop + 1] - first[start])

"""The shard: jets of all classes, shuffled, ragged, in one HDF5 file. docs/shards.md describes it.

Columns lie in the groups /jets (one value a jet) and /particles (one value a particle); the
particles of jet i are those from jets/first[i] to jets/first[i + 1].
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import h5py
import hdf5plugin
import numpy as np

from jetbench.data import columns
from jetbench.data.datasets import DATASETS
from jetbench.errors import InputError
from jetbench.files import whole

FORMAT = "jetbench-shard"
VERSION = 1
CHUNK = 2**15  # values compressed together
CACHE = 2**20  # bytes of chunks that a column keeps while it is written
# By measurement (tests/benchmarks/bench_codecs.py): of momenta and angles only signs and exponents
# compress, which LZ4 finds once like bits lie together. Displacements are 0 for half of the
# particles and their errors take few values, which it finds where the bytes of a value stay
# together. Both are read nearly as fast as plain values; zstd saves a tenth more and reads slower.
ALIKE_BITS = hdf5plugin.Bitshuffle(cname="lz4")
WHOLE_VALUES = hdf5plugin.LZ4()
CODECS = {f"particles/{name}": WHOLE_VALUES for name in ("d0", "d0err", "dz", "dzerr")}
SLAB = 2**20  # values of a column in memory at once when a shard is verified


class Shard(NamedTuple):
    """A shard in memory: columns by name, and the attributes of the file."""

    jets: dict[str, np.ndarray]
    particles: dict[str, np.ndarray]
    attributes: dict


class ShardWriter:
    """Appends blocks of jets to an open HDF5 file and hashes the columns on the way."""

    def __init__(self, file: h5py.File, schema: columns.Schema):
        self.file, self.schema = file, schema
        self.hashes, self.columns = {}, {}
        self.particles = 0
        self._extend("jets/first", np.zeros(1, np.int64))

    def append(self, jets: dict, particles: dict) -> None:
        """Write jets whose particles lie from `first[i]` to `first[i + 1]`, first[0] being 0."""
        columns.check_columns(self.file.filename, jets, particles, self.schema)
        first = jets["first"][1:] + self.particles
        for name, values in {**jets, "first": first}.items():
            self._extend(f"jets/{name}", values)
        for name, values in particles.items():
            self._extend(f"particles/{name}", values)
        self.particles += int(jets["first"][-1])

    def _extend(self, name: str, values: np.ndarray) -> None:
        if name not in self.hashes:
            self._create(name, values.dtype)
        column, values = self.columns[name], np.ascontiguousarray(values)
        start = len(column)
        column.resize(start + len(values), axis=0)
        column[start:] = values
        self.hashes[name].update(values.data)

    def _create(self, name: str, dtype: np.dtype) -> None:
        self.hashes[name] = hashlib.sha256()
        self.columns[name] = self.file.create_dataset(
            name,
            shape=(0,),
            maxshape=(None,),
            dtype=dtype,
            chunks=(CHUNK,),
            fletcher32=True,  # a flipped bit stops the reader instead of training on it
            track_times=False,  # the same jets give the same bytes
            **CODECS.get(name, ALIKE_BITS),
        )


def combine(hashes: dict) -> str:
    """SHA-256 over one line a column, in order of name: its name and its own SHA-256."""
    lines = [f"{name} {hashes[name].hexdigest()}\n" for name in sorted(hashes)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@contextmanager
def writing(path: str | os.PathLike, attributes: dict) -> Iterator[ShardWriter]:
    """Writer of a shard that appears under `path` when the block ends without an error."""
    with whole(path) as partial, h5py.File(partial, "w", libver="v110", rdcc_nbytes=CACHE) as file:
        writer = ShardWriter(file, columns.schema(attributes.get("dataset")))
        yield writer
        if not writer.particles:
            raise InputError(f"{path}: expected at least one jet to write, got none")
        digest = combine(writer.hashes)
        file.attrs.update({"format": FORMAT, "version": VERSION, "digest": digest} | attributes)


def write_shard(path: str | os.PathLike, jets: dict, particles: dict, attributes: dict) -> None:
    """Write columns that are in memory as one shard.

    `jets` and `particles` hold 1-d arrays in the types of `columns`; `attributes` names at least
    `dataset`, which decides the columns, `split` and `classes`. Raises InputError for columns that
    `check_columns` refuses.
    """
    with writing(path, attributes) as writer:
        writer.append(jets, particles)


def open_shard(path: str | os.PathLike) -> h5py.File:
    """Open a shard for reading; InputError unless format, columns and lengths are as expected."""
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(
            f"{path}: expected a whole HDF5 file; delete it to have it made again; got: {error}"
        ) from None
    try:
        check_layout(file)
    except InputError:
        file.close()
        raise
    return file


def check_layout(file: h5py.File) -> None:
    """Refuse another format or version, other classes, missing columns, offsets that do not fit."""
    path, attributes = file.filename, dict(file.attrs)
    got = (attributes.get("format"), attributes.get("version"), "digest" in attributes)
    if got != (FORMAT, VERSION, True):
        raise InputError(
            f"{path}: expected {FORMAT} version {VERSION} with a digest, got {attributes}"
        )
    check_classes(path, attributes)
    expected = columns.schema(attributes.get("dataset")).names()
    missing = [name for name in expected if name not in file]
    if missing:
        raise InputError(f"{path}: expected columns {missing}, got a shard without them")
    jets, particles = len(file["jets/label"]), len(file["particles/px"])
    last = read_column(file, "jets/first", slice(-1, None))
    if len(file["jets/first"]) != jets + 1 or last != particles:
        raise InputError(f"{path}: expected jets/first to end at {particles}, got {last}")


def check_classes(path: str | os.PathLike, attributes: dict) -> None:
    """Refuse classes other than those of the data set, or in another order, if it is one of ours.

    A label means a class by its place, so the same classes in another order are other labels.
    """
    dataset = DATASETS.get(str(attributes.get("dataset")).split("_")[0])
    classes = [str(name) for name in attributes.get("classes", ())]
    if dataset and classes != list(dataset.classes):
        raise InputError(f"{path}: expected classes {list(dataset.classes)}, got {classes}")


def read_column(file: h5py.File, name: str, span: slice = slice(None)) -> np.ndarray:
    """Values of one column; InputError where the file is corrupted or has no such column."""
    try:
        return file[name][span]
    except (OSError, KeyError) as error:
        raise InputError(
            f"{file.filename}: {name} cannot be read; delete the file and make it by its "
            f"path before anything else (docs/data.md, One bad file); got: {error}"
        ) from None


def read_shard(path: str | os.PathLike) -> Shard:
    """The whole shard in memory. Raises InputError as `open_shard` and `read_column`."""
    with open_shard(path) as file:
        jets, particles = (
            {name: read_column(file, f"{group}/{name}") for name in file[group]}
            for group in ("jets", "particles")
        )
        return Shard(jets, particles, dict(file.attrs))


def verify_shard(path: str | os.PathLike) -> str:
    """Digest of the columns as they are on disk; InputError unless it is the one recorded."""
    with open_shard(path) as file:
        found = [f"{group}/{name}" for group in ("jets", "particles") for name in file[group]]
        digest = combine({name: hash_column(file, name) for name in found})
        if digest != file.attrs["digest"]:
            expected = file.attrs["digest"]
            raise InputError(f"{path}: expected columns of digest {expected}, got {digest}")
        return digest


def hash_column(file: h5py.File, name: str):
    """SHA-256 object over the values of one column, read a slab at a time."""
    digest = hashlib.sha256()
    for start in range(0, len(file[name]), SLAB):
        digest.update(read_column(file, name, slice(start, start + SLAB)).data)
    return digest

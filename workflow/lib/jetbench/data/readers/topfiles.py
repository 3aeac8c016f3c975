"""The original top tagging files (Zenodo 2603256) -> columns of a shard, checked.

They are tables that pandas wrote through PyTables: one row a jet, the four-momenta of up to 200
constituents E_0, PX_0, PY_0, PZ_0 ... by falling pT, zeros after the last, and is_signal_new, 1 for
top. Which column of which block these are stands in pickled attributes. Pandas would unpickle them,
so the file is read without it: of the pickles the texts are listed, and nothing is executed.

Particles are the constituents of which any number is not 0, the jet is their sum. A jet that is not
sorted by pT is sorted. Refused are, with the file, the column and the row: columns missing or named
twice, values that are NaN or infinite, particles without energy, particles or jets without pT, jets
without particles, other labels than 0 and 1. The columns truth... and ttv are left alone.
"""

import os
import pickletools
from collections.abc import Iterator
from contextlib import contextmanager

import h5py
import hdf5plugin  # noqa: F401  registers the codecs
import numpy as np

from jetbench.data.columns import Schema, schema
from jetbench.data.readers.checks import PT_TOLERANCE, Place
from jetbench.data.readers.constituents import by_falling_pt, check_labels, momenta_columns, typed
from jetbench.data.readers.formats import Format, check_size
from jetbench.errors import InputError

CHUNK = 10_000  # jets in memory at once, 3.2 kB each in the file
TABLE = "table/table"
AXES = ("PX", "PY", "PZ", "E")
CONSTITUENTS = np.array([[f"{axis}_{n}" for axis in AXES] for n in range(200)])
LABEL = "is_signal_new"
WHOLE = Format(f"a whole HDF5 file with the table `{TABLE}`", (OSError, KeyError, RuntimeError))
SIGNATURE = b"\x89HDF\r\n\x1a\n"
END = {0: 40, 1: 44, 2: 28, 3: 28}  # version of the superblock -> where the size of the file stands
TEXTS = ("STRING", "UNICODE", "BINSTRING", "BINUNICODE")  # opcodes of pickles that hold a text


@contextmanager
def open_table(path: str | os.PathLike) -> Iterator[h5py.Dataset]:
    """The table of a file, which holds at least one row."""
    with WHOLE.reading(path):
        check_size(path, told_size(path))
        file = h5py.File(path)
    with file:
        with WHOLE.reading(path):
            table = file[TABLE]
        if not isinstance(table, h5py.Dataset) or table.dtype.names is None:
            raise InputError(f"{path}: expected `{TABLE}` to be a table, got {table}")
        if len(table) == 0:
            raise InputError(f"{path}: expected at least one jet, got an empty table")
        yield table


def told_size(path: str | os.PathLike) -> int:
    """Bytes of a whole file, by its first ones; 0 where they do not tell."""
    with open(path, "rb") as file:
        head = file.read(64)
    if len(head) < 64 or head[:8] != SIGNATURE:
        return 0
    at = END.get(head[8], 64)
    return int.from_bytes(head[at : at + 8], "little")


def texts(pickle: bytes) -> list[str]:
    """The texts in a pickle, in their order; its opcodes are read, none is executed."""
    opcodes = pickletools.genops(pickle)
    return [text for code, text, _ in opcodes if code.name.removeprefix("SHORT_") in TEXTS]


def names_of(path: str | os.PathLike, table: h5py.Dataset, field: str) -> np.ndarray:
    """Names of the columns that a field of the table holds side by side."""
    attribute = f"{field}_kind"
    try:
        names = texts(bytes(table.attrs[attribute]))
    except Exception as error:  # a byte out of place ends in almost any exception
        raise InputError(f"{path}: attribute {attribute}: expected names, got {error}") from error
    width = int(np.prod(table.dtype[field].shape))
    if len(set(names)) != width or len(names) != width:
        got = f"{len(names)} for {width} columns"
        raise InputError(f"{path}: attribute {attribute}: expected a name a column, got {got}")
    return np.array(names)


def find_columns(
    path: str | os.PathLike, table: h5py.Dataset, names: np.ndarray
) -> tuple[str, np.ndarray]:
    """The field of the table that holds all columns of these names, and their places in it."""
    best = names.ravel()
    for field in table.dtype.names:
        if not field.startswith("values_block_"):
            continue
        known = names_of(path, table, field)
        missing = np.setdiff1d(names, known)
        if len(missing) == 0:
            order = np.argsort(known)
            return field, order[np.searchsorted(known, names, sorter=order)]
        best = min(best, missing, key=len)
    got = f"a table without {len(best)} of them, such as {best[0]}"
    raise InputError(f"{path}: expected columns {names.flat[0]} to {names.flat[-1]}, got {got}")


def count_jets(path: str | os.PathLike, _) -> int:
    """Number of jets in a file. Raises InputError as `read_chunks`."""
    with open_table(path) as table:
        return len(table)


def read_chunks(path: str | os.PathLike, dataset: str) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and of their particles, at most CHUNK jets at a time, in file order.

    `first` starts at 0 in each chunk. Raises InputError for what the head of this file names, and
    in the end if all jets were of one class.
    """
    labels = set()
    with open_table(path) as table:
        block, places = find_columns(path, table, CONSTITUENTS)
        (label_block, label_place) = find_columns(path, table, np.array([LABEL]))
        for entry in range(0, len(table), CHUNK):
            with WHOLE.reading(path):
                rows = table[entry : entry + CHUNK]
            momenta = rows[block][:, places]  # (jets, 200, 4)
            label = rows[label_block][:, label_place[0]]
            jets, particles = to_columns(path, entry, momenta, label, schema(dataset))
            labels.update(jets["label"].tolist())
            yield jets, particles
    check_labels(path, labels, dataset)


def to_columns(
    path: str | os.PathLike, entry: int, momenta: np.ndarray, label: np.ndarray, columns: Schema
) -> tuple[dict, dict]:
    """Columns (jets, particles) of the shard from (jets, 200, 4) px, py, pz, E and the labels."""
    nonzero = momenta != 0  # of zeros alone are the slots that fill the rows up
    real = nonzero[:, :, 0] | nonzero[:, :, 1] | nonzero[:, :, 2] | nonzero[:, :, 3]  # (jets, 200)
    counts = real.sum(1)
    first = np.concatenate([[0], np.cumsum(counts)])
    place = Place(path, entry, first, ("column", "row"))
    check_values(place, momenta, real)
    place.check(counts > 0, counts, "E_0", "at least one constituent")
    place.check((label == 0) | (label == 1), label, LABEL, "0 or 1")

    found = momenta[real].astype(np.float64)  # (particles, 4)
    pt = np.sqrt(found[:, 0] ** 2 + found[:, 1] ** 2)
    place.check(pt > 0, pt, "PX", "positive pT")
    jets, particles = momenta_columns(place, found[by_falling_pt(pt, first, PT_TOLERANCE)])
    return typed(jets | {"label": label}, columns.jets), typed(particles, columns.particles)


def check_values(place: Place, momenta: np.ndarray, real: np.ndarray) -> None:
    """Refuse what is not finite, and constituents without energy."""
    for axes, good, expected in (
        (slice(0, 4), np.isfinite(momenta), "finite values"),
        (slice(3, 4), (momenta[:, :, 3:] > 0) | ~real[:, :, None], "a positive energy"),
    ):
        values, names = momenta[:, :, axes], CONSTITUENTS[:, axes]
        for _, n, axis in np.argwhere(~good)[:1]:
            place.check(good[:, n, axis], values[:, n, axis], names[n, axis], expected)

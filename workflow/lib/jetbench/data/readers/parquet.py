"""Parquet files of TopLandscape and QuarkGluon -> columns of a shard, checked.

The files are those that the authors of JetClass made of the originals; docs/shards.md says what
they did. Refused are, with the file, the column and the jet: missing columns, other types, particle
columns of unequal length, jets without particles, nulls, NaN and infinities, energies and pT that
are not positive, and angles that are not those of the momenta. Other columns are left alone.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jetbench.data.columns import Schema, schema
from jetbench.data.readers.checks import (
    FLAGS,
    Lost,
    Place,
    charges,
    check_momenta,
    check_positions,
    identities,
)
from jetbench.data.readers.constituents import check_labels
from jetbench.data.readers.formats import Format
from jetbench.errors import InputError

CHUNK = 10_000  # jets in memory at once
WHOLE = Format("a whole parquet file", (pa.ArrowException, OSError))
COUNT = "jet_nparticles"  # need not be there
BUFFER = 2**20  # bytes of a column read at once; whole columns of one row group can be a gigabyte


def jet_sources(columns: Schema) -> dict[str, str]:
    """Columns of the file by those of the shard that they become, one value a jet."""
    names = [name for name in columns.jets if name not in ("label", "first")]
    return {"label": "label"} | {name: f"jet_{name}" for name in names}


def particle_sources(columns: Schema) -> list[str]:
    """Columns of the file that those of the shard are made of, one list a jet."""
    names = [f"part_{name}" for name in columns.particles if name != "id"]
    return [*names, *FLAGS] if "id" in columns.particles else names


@contextmanager
def open_file(path: str | os.PathLike, dataset: str) -> Iterator[pq.ParquetFile]:
    """The parquet file, its columns checked."""
    with WHOLE.reading(path):
        file = pq.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False)
    with file:
        check_schema(path, file.schema_arrow, schema(dataset))
        if file.metadata.num_rows == 0:
            raise InputError(f"{path}: expected at least one jet, got an empty file")
        yield file


def check_schema(path: str | os.PathLike, found: pa.Schema, columns: Schema) -> None:
    """Refuse missing columns and types other than numbers, or lists of them for particles."""
    jets, particles = jet_sources(columns).values(), particle_sources(columns)
    missing = sorted({*jets, *particles} - set(found.names))
    if missing:
        raise InputError(f"{path}: expected columns {missing}, got a file without them")
    for names, expected, fits in (
        (jets, "a number", is_number),
        (particles, "a list of numbers", is_list_of_numbers),
    ):
        for name in names:
            got = found.field(name).type
            if not fits(plain_type(got)):
                raise InputError(f"{path}: column {name}: expected {expected} a jet, got {got}")


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type itself; awkward-array wraps types to remember its own names for them."""
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def plain(values: pa.Array) -> pa.Array:
    """The values themselves, as `plain_type`."""
    return values.storage if isinstance(values, pa.ExtensionArray) else values


def is_number(kind: pa.DataType) -> bool:
    """Whether a type is one of floats, integers or truth values."""
    return pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)


def is_list_of_numbers(kind: pa.DataType) -> bool:
    """Whether a type is one of lists, of any length, of numbers."""
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return is_list and is_number(plain_type(kind.value_type))


def count_jets(path: str | os.PathLike, dataset: str) -> int:
    """Number of jets in a file. Raises InputError as `read_chunks`."""
    with open_file(path, dataset) as file:
        return file.metadata.num_rows


def read_chunks(path: str | os.PathLike, dataset: str) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and of their particles, at most CHUNK jets at a time, in file order.

    `first` starts at 0 in each chunk. Raises InputError for what the head of this file names, and
    in the end if all jets were of one class.
    """
    entry, labels, columns, lost = 0, set(), schema(dataset), Lost(path)
    names = [*jet_sources(columns).values(), *particle_sources(columns)]
    with open_file(path, dataset) as file:
        counted = COUNT in file.schema_arrow.names and is_number(
            plain_type(file.schema_arrow.field(COUNT).type)
        )
        names += [COUNT] * counted
        chunks = file.iter_batches(CHUNK, columns=names, use_threads=False)
        for chunk in WHOLE.each(path, chunks):
            jets, particles = to_columns(path, entry, chunk, columns)
            labels.update(jets["label"].tolist())
            if counted:
                lost.compare(entry, to_numpy(chunk[COUNT]), jets["first"])
            yield jets, particles
            entry += len(chunk)
    lost.warn()
    check_labels(path, labels, dataset)


def to_columns(
    path: str | os.PathLike, entry: int, chunk: pa.RecordBatch, columns: Schema
) -> tuple[dict, dict]:
    """Columns (jets, particles) of the shard from one chunk of the file."""
    of_jets = jet_sources(columns)
    lists = {name: plain(chunk[name]) for name in particle_sources(columns)}
    counts = count_particles(lists["part_px"])
    place = Place(path, entry, np.concatenate([[0], np.cumsum(counts)]), ("column", "jet"))
    place.check(counts > 0, counts, "part_px", "at least one particle")
    for name, some in lists.items():
        found = count_particles(some)
        place.check(found == counts, found, name, "as many particles as part_px")
    values = {name: to_numpy(chunk[name]) for name in of_jets.values()}
    values |= {name: to_numpy(some.flatten()) for name, some in lists.items()}
    check_values(place, values)
    if "id" in columns.particles:
        values["part_id"] = identities(place, values)
    jets = {name: values[of].astype(columns.jets[name]) for name, of in of_jets.items()}
    particles = {
        name: values[f"part_{name}"].astype(dtype) for name, dtype in columns.particles.items()
    }
    return jets | {"first": place.first}, particles


def count_particles(lists: pa.Array) -> np.ndarray:
    """Particles of each jet; none where there is null instead of a list."""
    return pc.fill_null(pc.list_value_length(lists), 0).to_numpy().astype(np.int64)


def to_numpy(values: pa.Array) -> np.ndarray:
    """Numbers as numpy has them, NaN for null."""
    values = plain(values)
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())
    return values.to_numpy(zero_copy_only=False)


def check_values(place: Place, values: dict) -> None:
    """Refuse what is not finite, labels and charges that are none, and impossible momenta."""
    for name, found in values.items():
        place.check(np.isfinite(found), found, name, "finite values")
    label = values["label"]
    place.check((label == 0) | (label == 1), label, "label", "0 or 1")
    check_momenta(place, values)
    check_positions(place, values)
    if "part_charge" in values:
        charges(place, values)
    if "part_pid" in values:
        pid = values["part_pid"]
        place.check(pid == np.rint(pid), pid, "part_pid", "whole numbers")

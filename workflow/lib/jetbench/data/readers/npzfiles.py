"""Arrays of an npz file, a bounded number of rows at a time; nothing is unpickled."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from jetbench.data.readers.formats import Format
from jetbench.errors import InputError

BROKEN = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


class Header(NamedTuple):
    """What an npy file says of its array before the values."""

    shape: tuple[int, ...]
    by_columns: bool  # the first index runs fastest
    dtype: np.dtype


READ_HEADER = {  # by version of the npy format
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


@contextmanager
def open_array(path: str | os.PathLike, name: str) -> Iterator[tuple[zipfile.ZipExtFile, Header]]:
    """An array of an npz file, at its first value. Raises InputError if the file is broken."""
    whole = Format(f"a whole npz file with the array {name}", BROKEN)
    with whole.reading(path), zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
        yield file, Header(*READ_HEADER[np.lib.format.read_magic(file)](file))


def read_header(path: str | os.PathLike, name: str) -> Header:
    """Shape and type of an array. Raises InputError for other types than numbers."""
    with open_array(path, name) as (_, header):
        if header.dtype.kind not in "fiub":
            raise InputError(f"{path}: array {name}: expected numbers, got {header.dtype}")
        return header


def read_rows(path: str | os.PathLike, name: str, rows: int) -> Iterator[np.ndarray]:
    """The array in turns of so many rows; the archive's checksum is looked at with the last.

    An array stored column after column is read whole, since its rows are strewn over the file.
    Raises InputError if the file is broken.
    """
    shape, by_columns, dtype = read_header(path, name)
    with open_array(path, name) as (file, _):
        if by_columns:
            values = read_values(file, shape[::-1], dtype).T
        for row in range(0, shape[0], rows):
            if by_columns:
                yield values[row : row + rows]
            else:
                yield read_values(file, (min(rows, shape[0] - row), *shape[1:]), dtype)


def read_values(file: zipfile.ZipExtFile, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The next values of an array. Raises EOFError if there are fewer."""
    size = int(np.prod(shape)) * dtype.itemsize
    content = file.read(size)
    if len(content) < size:
        raise EOFError(f"{size - len(content)} of {size} bytes are missing")
    return np.frombuffer(content, dtype).reshape(shape)

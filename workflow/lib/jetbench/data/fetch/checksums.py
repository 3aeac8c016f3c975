"""Checksums of what is downloaded: the published one, or the one that the first download recorded.

A record is a line that `sha256sum -c` reads, in {file}.sha256 beside the file.
"""

import hashlib
import re
import sys
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.progress import track

KINDS = ("md5", "sha256", "git_blob")  # keys of an entry in resources/archives.yaml
PIECE = 2**20  # bytes
BEGINNINGS = {".root": b"root", ".h5": b"\x89HDF", ".npz": b"PK"}  # of files, by suffix


class Expected(NamedTuple):
    """The checksum that a file must have."""

    kind: str
    value: str | None  # None: nobody knows it yet, what comes is recorded
    record: Path | None = None  # where the first download wrote it

    def mismatch(self, got: str, path: Path, name: str) -> str | None:
        """What is wrong with the file `name` at `path` whose checksum is `got`; None: nothing.

        Where no checksum is known it must at least begin as its suffix promises.
        """
        if self.value is None:
            return unlike(path, name)
        if self.value == got:
            return None
        origin = f" (as {self.record} has it from the first download)" if self.record else ""
        return f"expected {self.kind} {self.value}{origin}, got {got}"


def unlike(path: Path, name: str) -> str | None:
    """What is wrong with the first bytes of a file of this name; None if nothing is."""
    expected = BEGINNINGS.get(Path(name).suffix, b"")
    with open(path, "rb") as file:
        got = file.read(len(expected))
    return None if got == expected else f"expected {expected} as the first bytes, got {got}"


def record_of(file: Path) -> Path:
    """Where the first download of `file` records its checksum."""
    return file.with_name(f"{file.name}.sha256")


def expected_of(source: Mapping, file: Path) -> Expected:
    """Checksum of an entry in resources/archives.yaml, else that of the first download of `file`.

    Raises:
        InputError: the record is not one.
    """
    for kind in KINDS:
        if kind in source:
            return Expected(kind, source[kind])
    record = record_of(file)
    if not record.exists():
        return Expected("sha256", None)
    line = record.read_text().strip()
    if not re.fullmatch(r"[0-9a-f]{64} .*", line):
        raise InputError(f"{record}: expected a SHA-256 and the name of a file, got {line!r}")
    return Expected("sha256", line.split()[0], record)


def write_record(file: Path, sha256: str) -> None:
    """Record the checksum of a first download, and say how it becomes binding for everyone."""
    record = record_of(file)
    with whole(record) as partial:
        partial.write_text(f"{sha256}  {file.name}\n")
    print(
        f"{record}: no checksum of {file.name} is published: this one is recorded, and later "
        f"downloads into this folder must match it. To make it binding everywhere, add to the "
        f"entry of {file.name} in resources/archives.yaml:\n      sha256: {sha256}",
        file=sys.stderr,
    )


def start(kind: str, size: int):
    """Hash object for a content of `size` bytes; only the name that git gives depends on that."""
    if kind == "git_blob":  # SHA-1 of "blob {size}\0{content}"
        return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    return hashlib.new(kind, usedforsecurity=False)


def feed(hasher, path: Path, description: str) -> None:
    """Add the content of a file to a hash object, with progress."""
    size = path.stat().st_size
    with (
        open(path, "rb") as file,
        track(None, description, size, unit="B", unit_scale=True) as bar,
    ):
        while piece := file.read(PIECE):
            hasher.update(piece)
            bar.update(len(piece))


def checksum(kind: str, path: str | PathLike) -> str:
    """Checksum of a file's content, in hexadecimal."""
    path = Path(path)
    hasher = start(kind, path.stat().st_size)
    feed(hasher, path, f"check {path.name}")
    return hasher.hexdigest()


def git_blob(path: str | PathLike) -> str:
    """SHA-1 of "blob {size}\\0{content}": what `git hash-object` prints."""
    return checksum("git_blob", path)
